// Brightness, contrast and inversion of what is shown. What is stored has 8 bits a channel, so these only spread or
// darken the levels that there are; they are no window over the values of a scanner, and are not called one. Where a
// DICOM file gave such values, a window over them (windows.js) takes the place of brightness and contrast.

import { between } from "./geometry.js";
import { windowDragged, windowInWords } from "./windows.js";

export const AS_STORED = Object.freeze({ brightness: 1, contrast: 1, inverted: false, window: null });
const RANGE = [0.1, 8];
const DRAG_PER_DOUBLING = 160; // CSS pixels

// Of stored levels, to the right: more contrast; upwards: brighter. Of grey values, see windows.js.
export function levelsDragged(levels, dx, dy, grey) {
  if (grey) return { ...levels, window: windowDragged(grey, levels.window, dx, dy) };
  return {
    ...levels,
    brightness: between(levels.brightness * 2 ** (-dy / DRAG_PER_DOUBLING), ...RANGE),
    contrast: between(levels.contrast * 2 ** (dx / DRAG_PER_DOUBLING), ...RANGE),
  };
}

export function filterOf(levels) {
  const parts = [
    levels.inverted ? "invert(1)" : "",
    levels.brightness === 1 ? "" : `brightness(${levels.brightness})`,
    levels.contrast === 1 ? "" : `contrast(${levels.contrast})`,
  ];
  return parts.filter(Boolean).join(" ") || "none";
}

export function levelsInWords(levels) {
  const percent = (share) => `${Math.round(share * 100)} %`;
  const changed = levels.brightness !== 1 || levels.contrast !== 1;
  return [
    levels.window ? windowInWords(levels.window) : "",
    changed ? `brightness ${percent(levels.brightness)}, contrast ${percent(levels.contrast)}` : "",
    levels.inverted ? "inverted" : "",
  ].filter(Boolean);
}
