// What the picture is built of: a bar, an SVG with lines below nodes, the keys in words, and the same as a table.

import { KEYS_IN_WORDS } from "./keys.js";

const SVG = "http://www.w3.org/2000/svg";
const BUTTONS = [
  ["undo", "undo", "Undo (U)"],
  ["redo", "redo", "Redo (R)"],
  ["zoomIn", "zoom_in", "Zoom in (+)"],
  ["zoomOut", "zoom_out", "Zoom out (−)"],
  ["fit", "fit_screen", "Show all (0)"],
];
const MAX_REASONS = 6;
const RADIUS = { plain: 15, open: 18, image: 25, start: 28 };

export function make(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

export function draw(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(element, attributes, children) {
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
}

function icon(symbol) {
  return make("span", { class: "cgg-symbol", "aria-hidden": "true" }, symbol);
}

export function buildParts(does) {
  const bar = make("div", { class: "cgg-bar", role: "toolbar", "aria-label": "Graph tools" });
  const buttons = new Map();
  for (const [name, symbol, says] of BUTTONS) {
    const button = make("button", { type: "button", class: "cgg-button", "aria-label": says, title: says }, icon(symbol));
    button.addEventListener("click", () => does(name));
    buttons.set(name, button);
    bar.append(button);
  }
  const world = draw("g");
  // Chromium makes what listens to focus a stop of the Tab key; here only a node is one.
  const stage = draw("svg", { class: "cgg-stage", role: "group", tabindex: "-1" }, world);
  const said = make("div", { class: "cgg-said", role: "status" });
  const legend = make("p", { class: "cgg-legend" });
  const keys = make("p", { class: "cgg-keys" });
  for (const [key, does] of KEYS_IN_WORDS) keys.append(make("kbd", {}, key), ` ${does}  `);
  const table = make("details", { class: "cgg-table" });
  const root = make("section", { class: "cgg", "aria-label": "Knowledge graph" }, bar, stage, legend, keys, said, table);
  return { root, bar, buttons, stage, world, said, legend, keys, table };
}

export function radiusOf(node, start) {
  if (node.key === start) return RADIUS.start;
  if (node.image) return RADIUS.image;
  return node.open || node.count ? RADIUS.open : RADIUS.plain;
}

// What is read out of a node.
export function words(node) {
  const left = node.left === null ? [] : [node.open ? `${node.left} more` : "closed"];
  const states = [node.open ? "open" : "", node.pinned ? "pinned" : "", ...left].filter(Boolean);
  return [`${node.kind} ${node.name}`, ...node.says.slice(0, 3), states.join(", ")].filter(Boolean).join(". ");
}

// The shapes of a node, around its own place.
export function shapesOf(node, radius) {
  const shapes = [draw("circle", { class: "cgg-ring", r: radius + 4 })];
  shapes.push(draw("circle", { class: "cgg-disc", r: radius, fill: node.colour }));
  if (node.image) shapes.push(...imageOf(node, radius));
  else if (node.count) shapes.push(centred("cgg-count", String(node.open && node.left ? `+${node.left}` : node.count)));
  else shapes.push(centred("cgg-symbol", node.symbol));
  node.lines.forEach((line, number) => {
    shapes.push(draw("text", { class: "cgg-name", y: radius + 15 + 14 * number }, line));
  });
  if (node.pinned) shapes.push(draw("text", { class: "cgg-symbol cgg-pin", x: radius, y: -radius }, "keep"));
  shapes.push(draw("title", {}, words(node)));
  return shapes;
}

function centred(name, text) {
  return draw("text", { class: name, "dominant-baseline": "central" }, text);
}

function imageOf(node, radius) {
  const id = `cgg-clip-${radius}`;
  return [
    draw("clipPath", { id }, draw("circle", { r: radius - 3 })),
    draw("image", {
      href: node.image,
      x: -radius,
      y: -radius,
      width: 2 * radius,
      height: 2 * radius,
      preserveAspectRatio: "xMidYMid slice",
      "clip-path": `url(#${id})`,
    }),
  ];
}

// What the colours and symbols of the nodes shown mean.
export function fillLegend(legend, nodes) {
  const kinds = new Map(nodes.map((node) => [node.legend, node]));
  const parts = [...kinds].map(([says, { colour, symbol }]) => {
    const disc = make("span", { class: "cgg-symbol cgg-key", "aria-hidden": "true", style: `background:${colour}` }, symbol);
    return make("span", {}, disc, says);
  });
  legend.replaceChildren(...parts);
}

// The table that says the same; each thing that one can do in the picture is a button here.
export function fillTable(table, data, act) {
  const open = table.open;
  const rows = data.nodes.map((node) => rowOf(node, data, act));
  const heads = ["what", "kind", "stands there because", "do"].map((head) => make("th", { scope: "col" }, head));
  table.replaceChildren(
    make("summary", {}, `The same as a table: ${data.nodes.length} rows`),
    make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows)),
  );
  table.open = open;
}

function reasons(says) {
  const more = says.length - MAX_REASONS;
  return says.slice(0, MAX_REASONS).join("; ") + (more > 0 ? `; and ${more} more` : "");
}

function rowOf(node, data, act) {
  const does = [["choose", "Choose"]];
  if (node.count) does.push(...(node.left ? [["expand", node.open ? "More" : "Open"]] : []), ...(node.open ? [["fold", "Fold"]] : []));
  else does.push(node.open ? ["fold", "Fold"] : ["expand", "Open"]);
  if (node.key !== data.start) does.push(["hide", "Hide"]);
  const buttons = does.map(([what, says]) => {
    const button = make("button", { type: "button", "aria-label": `${says} ${node.name}` }, says);
    button.addEventListener("click", () => act(what, node));
    return button;
  });
  const name = node.case ? make("a", { href: `case?case=${encodeURIComponent(node.case)}` }, node.name) : node.name;
  return make(
    "tr",
    node.key === data.chosen ? { "aria-current": "true" } : {},
    make("th", { scope: "row" }, name),
    make("td", {}, node.kind),
    make("td", {}, reasons(node.says)),
    make("td", { class: "cgg-do" }, ...buttons),
  );
}
