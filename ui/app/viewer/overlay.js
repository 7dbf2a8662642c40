// What lies over an image: a heat map, more or less opaque, or a second image with an edge to wipe between the two.

import { make } from "./parts.js";

const START = { blend: 55, wipe: 50 }; // percent

export function showOverlay(parts, overlay, setting, changed) {
  parts.layer.querySelectorAll(".cgv-over").forEach((old) => old.remove());
  parts.overlayBar.replaceChildren();
  parts.overlayBar.hidden = !overlay;
  if (!overlay) return;
  const above = make("img", { class: "cgv-over", src: overlay.url, alt: overlay.alt, draggable: "false" });
  const edge = make("div", { class: "cgv-over cgv-edge" });
  const range = make("input", { type: "range", min: 0, max: 100, "aria-label": overlay.label });
  range.value = setting ?? START[overlay.kind];
  const draw = () => {
    const percent = Number(range.value);
    if (overlay.kind === "blend") above.style.opacity = percent / 100;
    else above.style.clipPath = `inset(0 0 0 ${percent}%)`;
    edge.style.left = `${percent}%`;
    changed(percent);
  };
  range.addEventListener("input", draw);
  parts.layer.append(above);
  if (overlay.kind === "wipe") parts.layer.append(edge);
  parts.overlayBar.append(make("span", {}, overlay.label), range);
  draw();
}
