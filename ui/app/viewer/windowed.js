// An image through a window: drawn on a canvas over the stored pixels, from the codes that Python hands over as a PNG.

import { levelsOf } from "./windows.js";
import { make } from "./parts.js";

const CODES_KEPT = 4; // images whose codes are kept; one of nine million pixels takes 28 MB
const codesOf = new Map(); // address -> { width, height, codes, absent }

// Show the image through a window; null shows the stored pixels again. Codes that are not there yet are fetched; then
// `ready` is called, or `failed`.
export function showWindowed(layer, image, window, ready, failed) {
  const canvas = layer.querySelector(".cgv-windowed");
  if (!window || !image.grey) {
    canvas?.remove();
    return;
  }
  const shown = JSON.stringify([image.grey.url, window]);
  if (canvas?.dataset.shown === shown) return;
  const values = valuesOf(image.grey.url);
  if (!values.read) {
    values.promise.then(ready, () => {
      codesOf.delete(image.grey.url);
      failed();
    });
    return;
  }
  const drawnOn = canvas ?? make("canvas", { class: "cgv-windowed", "aria-hidden": "true" });
  drawThrough(drawnOn, values.read, levelsOf(image.grey, window));
  drawnOn.dataset.shown = shown;
  if (!canvas) layer.querySelector(".cgv-image").after(drawnOn);
}

function valuesOf(url) {
  if (!codesOf.has(url)) {
    const values = { read: null };
    values.promise = readCodes(url).then((found) => (values.read = found));
    codesOf.set(url, values);
    if (codesOf.size > CODES_KEPT) codesOf.delete(codesOf.keys().next().value);
  }
  return codesOf.get(url);
}

// Red and green of the PNG are the bytes of a code, blue is padding (ingest/images/grey_values.py).
async function readCodes(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`grey values: ${answer.status}`);
  const bitmap = await createImageBitmap(await answer.blob(), { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  const { width, height } = bitmap;
  const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d", {
    willReadFrequently: true,
  });
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const codes = new Uint16Array(width * height);
  const absent = new Uint8Array(width * height);
  for (let at = 0; at < codes.length; at += 1) {
    codes[at] = data[4 * at] * 256 + data[4 * at + 1];
    absent[at] = data[4 * at + 2];
  }
  return { width, height, codes, absent };
}

function drawThrough(canvas, { width, height, codes, absent }, levels) {
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(width, height);
  for (let at = 0; at < codes.length; at += 1) {
    pixels.data.fill(absent[at] ? 0 : levels[codes[at]], 4 * at, 4 * at + 3);
    pixels.data[4 * at + 3] = 255;
  }
  context.putImageData(pixels, 0, 0);
}
