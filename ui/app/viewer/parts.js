// What a viewer is built of: its elements, the buttons of its bar and their icons (drawn here, on a grid of 20 by 20).

import { KEYS_IN_WORDS } from "./keys.js";

const ICONS = {
  move: "M10 3v14M3 10h14M10 3l-2 2m2-2 2 2M10 17l-2-2m2 2 2-2M3 10l2-2m-2 2 2 2M17 10l-2-2m2 2-2 2",
  levels: "M10 3a7 7 0 1 0 0 14 7 7 0 1 0 0-14M10 3v14M10 6h4.500M10 9h6.500M10 12h6.300M10 15h4",
  ruler: "M3 13 13 3l4 4L7 17zM6 10l2 2M8.500 7.500l1.500 1.500M11 5l2 2",
  box: "M4 6V4h2M9 4h2M14 4h2v2M16 9v2M16 14v2h-2M11 16H9M6 16H4v-2M4 11V9",
  zoomIn: "M9 4a5 5 0 1 0 0 10A5 5 0 1 0 9 4M13 13l4 4M9 6.500v5M6.500 9h5",
  zoomOut: "M9 4a5 5 0 1 0 0 10A5 5 0 1 0 9 4M13 13l4 4M6.500 9h5",
  fit: "M4 8V4h4M12 4h4v4M16 12v4h-4M8 16H4v-4",
  actual: "M4 7l2-1.500V15M10 8v.100M10 12.500v.100M14 7l2-1.500V15",
  invert: "M10 3a7 7 0 1 0 0 14 7 7 0 1 0 0-14M10 3v14M10 4l5 12M10 9l3 7M10 13l1.500 4",
  reset: "M5 8a6 6 0 1 1-1 4M5 4v4h4",
  link: "M8 12l4-4M9 6l1.500-1.500a3.500 3.500 0 0 1 5 5L14 11M11 14l-1.500 1.500a3.500 3.500 0 0 1-5-5L6 9",
  full: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4M3 3l5 5M17 3l-5 5M17 17l-5-5M3 17l5-5",
};

// name, what it does in words; those of the first group stay pressed until another is chosen.
export const TOOLS = [
  ["move", "Move the image (M)"],
  ["levels", "Brightness and contrast, or the window, by dragging (L)"],
  ["ruler", "Ruler (R)"],
  ["box", "Draw a box (B)"],
];
const ACTIONS = [
  ["zoomIn", "Zoom in (+)"],
  ["zoomOut", "Zoom out (-)"],
  ["fit", "Fit (0)"],
  ["actual", "Pixel for pixel (1)"],
  ["invert", "Invert (I)"],
  ["reset", "As stored (Z)"],
  ["link", "Zoom and move together"],
  ["full", "Full screen (F)"],
];

export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
}

function iconButton(name, says) {
  const button = make("button", { type: "button", class: `cgv-button cgv-${name}`, "aria-label": says, title: says });
  button.dataset.does = name;
  button.innerHTML = `<svg viewBox="0 0 20 20" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`;
  return button;
}

// Build the elements of a viewer; `does(name)` is told of each button that is pressed, and of a window that is chosen.
export function buildParts(does) {
  const parts = {
    bar: make("div", { class: "cgv-bar", role: "toolbar", "aria-label": "Image tools" }),
    stage: make("div", { class: "cgv-stage", role: "application", tabindex: "0" }),
    layer: make("div", { class: "cgv-layer" }),
    ask: make("div", { class: "cgv-ask" }),
    readout: make("div", { class: "cgv-readout", "aria-hidden": "true" }),
    problem: make("div", { class: "cgv-problem" }),
    overlayBar: make("label", { class: "cgv-overlay-bar" }),
    strip: make("div", { class: "cgv-strip", role: "group", "aria-label": "Images" }),
    line: make("div", { class: "cgv-line" }),
    caption: make("div", { class: "cgv-caption cg-text" }),
    said: make("div", { class: "cgv-said", "aria-live": "polite" }),
    buttons: new Map(),
    presets: make("select", { class: "cgv-presets", "aria-label": "Window (W)", title: "Window (W)", hidden: "" }),
  };
  parts.marks = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  parts.marks.setAttribute("class", "cgv-marks");
  parts.marks.setAttribute("aria-hidden", "true");
  for (const [name, says] of [...TOOLS, ...ACTIONS]) {
    const button = iconButton(name, says);
    button.addEventListener("click", () => does(name));
    parts.buttons.set(name, button);
    parts.bar.append(button);
  }
  parts.presets.addEventListener("change", () => does("window"));
  parts.buttons.get("levels").after(parts.presets);
  parts.stage.append(parts.layer, parts.marks, parts.problem);
  parts.help = make("div", { hidden: "" }, KEYS_IN_WORDS);
  const { bar, stage, readout, ask, overlayBar, strip, line, caption, said, help } = parts;
  parts.root = make("div", { class: "cgv", role: "group" }, bar, stage, readout, ask, overlayBar, strip, line, caption, said, help);
  return parts;
}
