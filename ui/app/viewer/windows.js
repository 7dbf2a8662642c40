// Windows over grey values: arithmetic only, nothing of the page. DICOM PS3.3 C.11.2.1.2 and C.11.2.1.3; the same levels
// as ingest/images/window.py makes.
//
// `grey` says what a code means: { slope, intercept, inverted, hounsfield, windows }. A window is
// { centre, width, function, name }; null stands for the image as stored.

const CODES = 65536;
const DRAG_PER_TWICE_AS_WIDE = 160; // CSS pixels, of the width
const DRAG_PER_WIDTH = 320; // CSS pixels, of the centre
const MIN_CODES = 1; // of a width

// The level that each code is shown at.
export function levelsOf(grey, window) {
  const table = new Uint8Array(CODES);
  const level = levelFunction(window);
  for (let code = 0; code < CODES; code += 1) {
    const shown = Math.floor(Math.min(Math.max(level(grey.slope * code + grey.intercept) + 0.5, 0), 255));
    table[code] = grey.inverted ? 255 - shown : shown;
  }
  return table;
}

function levelFunction({ centre, width, function: kind }) {
  if (kind === "SIGMOID") return (value) => 255 / (1 + Math.exp((-4 * (value - centre)) / width));
  const [middle, span] = kind === "LINEAR" ? [centre - 0.5, width - 1] : [centre, width];
  if (span === 0) return (value) => (value > middle ? 255 : 0);
  return (value) => ((value - (middle - span / 2)) * 255) / span;
}

// To the right: wider; downwards: a higher centre, so a darker image, as at a workstation.
export function windowDragged(grey, window, dx, dy) {
  const from = window ?? grey.windows[0];
  const narrowest = from.function === "LINEAR" ? Math.max(1, Math.abs(grey.slope)) : MIN_CODES * Math.abs(grey.slope);
  return {
    ...from,
    name: "",
    width: Math.min(Math.max(from.width * 2 ** (dx / DRAG_PER_TWICE_AS_WIDE), narrowest), CODES * Math.abs(grey.slope)),
    centre: from.centre + (dy * from.width) / DRAG_PER_WIDTH,
  };
}

// "brain C 40 W 80"
export function windowInWords(window) {
  const number = (value) => String(Math.abs(value) < 10 ? Number(value.toFixed(2)) : Math.round(value));
  return [window.name, `C ${number(window.centre)} W ${number(window.width)}`].filter(Boolean).join(" ");
}

export function isSameWindow(one, other) {
  const key = (window) => window && JSON.stringify([window.centre, window.width, window.function]);
  return key(one) === key(other);
}
