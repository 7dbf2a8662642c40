// The images of a case as a stack: thumbnails to choose from, and the neighbours loaded before one turns to them.

import { make } from "./parts.js";

const AHEAD = 3; // images on either side
const loaded = new Map(); // address -> image, so that the browser keeps it

export function preload(images, index) {
  for (const image of images.slice(Math.max(index - AHEAD, 0), index + AHEAD + 1)) {
    if (!image.url || loaded.has(image.url)) continue;
    const ahead = new Image();
    ahead.src = image.url;
    loaded.set(image.url, ahead);
  }
}

// Draw the thumbnails anew; a viewer of one image has none.
export function fillStrip(strip, images, choose) {
  strip.replaceChildren();
  strip.hidden = images.length < 2;
  if (strip.hidden) return;
  images.forEach((image, index) => {
    const says = `Image ${index + 1} of ${images.length}: ${image.line || image.alt}`;
    const button = make("button", { type: "button", class: "cgv-thumb", "aria-label": says, title: says });
    button.append(image.url ? make("img", { src: image.url, alt: "", loading: "lazy" }) : "missing");
    button.append(make("span", { "aria-hidden": "true" }, String(index + 1)));
    button.addEventListener("click", () => choose(index));
    strip.append(button);
  });
}

export function markInStrip(strip, index) {
  [...strip.children].forEach((button, at) => button.setAttribute("aria-pressed", String(at === index)));
  const chosen = strip.children[index];
  if (!chosen) return; // scrollIntoView would move the page too
  strip.scrollLeft = chosen.offsetLeft - (strip.clientWidth - chosen.clientWidth) / 2;
}
