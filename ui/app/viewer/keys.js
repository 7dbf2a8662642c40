// The keyboard on the stage, as its description says it.

import { levelsDragged } from "./levels.js";
import { DRAWN, firstDrawing, nudged } from "./drawing.js";

const STEP = 24; // CSS pixels
const NUDGE = 8; // CSS pixels that a box or ruler moves
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export const KEYS_IN_WORDS =
  "Arrow keys: next or previous image; with Shift: move the image. + and - zoom, 0 fits, 1 shows pixel for pixel. " +
  "M move, L brightness and contrast, or the window of a DICOM image, R ruler, B box: arrow keys then change these, " +
  "with Shift the second end. W takes the next window, I inverts, Z takes all changes back, F full screen, Enter takes " +
  "the box, Escape drops it.";

// What a key asks for, as a name and values; null where it asks for nothing here.
function wishOf(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  if (ARROWS[event.key]) {
    const [x, y] = ARROWS[event.key];
    return { name: "arrow", x, y, shift: event.shiftKey };
  }
  const names = {
    "+": "zoomIn",
    "=": "zoomIn",
    "-": "zoomOut",
    0: "fit",
    1: "actual",
    m: "move",
    l: "levels",
    r: "ruler",
    b: "box",
    i: "invert",
    z: "reset",
    w: "nextWindow",
    f: "full",
    Enter: "take",
    Escape: "drop",
    Home: "first",
    End: "last",
    PageDown: "next",
    PageUp: "previous",
  };
  const name = names[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  return name ? { name } : null;
}

export function keyPressed(viewer, event) {
  const wish = event.target === viewer.parts.stage ? wishOf(event) : null;
  if (!wish) return;
  event.preventDefault();
  event.stopPropagation();
  if (wish.name === "arrow") arrow(viewer, wish);
  else viewer.does(wish.name);
  const { tool } = viewer.set;
  if (DRAWN.includes(wish.name) && tool === wish.name && !viewer.own[tool]) {
    viewer.drawn(tool, firstDrawing(tool, viewer.image));
  }
}

function arrow(viewer, { x, y, shift }) {
  const { tool } = viewer.set;
  if (tool === "levels") viewer.level(levelsDragged(viewer.own.levels, x * STEP, y * STEP, viewer.image.grey));
  else if (viewer.own[tool]) {
    const pixels = Math.max(1, Math.round(NUDGE / viewer.place().scale));
    viewer.drawn(tool, nudged(viewer.own[tool], x * pixels, y * pixels, viewer.image, shift));
  } else if (shift || viewer.data.images.length === 1) viewer.pan(-x * STEP, -y * STEP);
  else viewer.turnBy(x + y);
}
