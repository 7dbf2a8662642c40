// What a reader has set on each viewer, kept in this browser tab and nowhere else: it is there again after the page was
// run anew and after a visit to another page, and gone with the tab.

import { FITTED } from "./geometry.js";
import { AS_STORED } from "./levels.js";

const settings = new Map();

export function settingsOf(key) {
  if (!settings.has(key)) settings.set(key, { id: null, start: undefined, tool: "move", images: new Map() });
  return settings.get(key);
}

// What is set on one image; an image of the same size as the last one (the next of a stack) is shown as that one was,
// through its window too where the values of both are in the same units.
export function settingsOfImage(viewer, image, last) {
  if (!viewer.images.has(image.id)) {
    const same = last && last.width === image.width && last.height === image.height;
    const { view, levels } = same ? viewer.images.get(last.id) : { view: FITTED, levels: AS_STORED };
    const window = image.grey && last?.grey?.hounsfield === image.grey.hounsfield ? levels.window : null;
    viewer.images.set(image.id, { view, levels: { ...levels, window }, ruler: null, box: null });
  }
  return viewer.images.get(image.id);
}
