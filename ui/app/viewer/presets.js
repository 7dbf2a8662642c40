// The menu of windows: those of the file and the usual ones, and the one that the reader has dragged to.

import { isSameWindow, windowInWords } from "./windows.js";
import { make } from "./parts.js";

const STORED = "As stored";
const OWN = "own";

// Fill the menu for an image; one without grey values has none.
export function fillPresets(select, grey, window) {
  select.hidden = !grey;
  if (!grey) return;
  const own = window && !grey.windows.some((preset) => isSameWindow(preset, window));
  const state = JSON.stringify([grey.url, own ? window : null]);
  if (select.dataset.state !== state) {
    select.dataset.state = state;
    const presets = grey.windows.map((preset, number) => option(String(number), windowInWords(preset)));
    select.replaceChildren(option("", STORED), ...presets, ...(own ? [option(OWN, windowInWords(window))] : []));
  }
  const chosen = grey.windows.findIndex((preset) => isSameWindow(preset, window));
  select.value = own ? OWN : window ? String(chosen) : "";
}

// The window that is chosen in the menu, null for the image as stored; undefined where it stays the reader's own.
export function chosenPreset(select, grey) {
  return select.value === OWN ? undefined : (grey.windows[Number(select.value || -1)] ?? null);
}

// The next window of the menu, after the last the image as stored.
export function nextPreset(grey, window) {
  const at = grey.windows.findIndex((preset) => isSameWindow(preset, window));
  return window && at < 0 ? null : (grey.windows[at + 1] ?? null);
}

function option(value, says) {
  return make("option", { value }, says);
}
