// Which part of the picture is seen, and how large; remembered in this browser tab, so that a reload shows the same.

const KEPT = "casegraph-graph-view";
const MARGIN = 70; // px around what is shown: half a name, and the names below
const SCALES = { least: 0.3, most: 2.5, fitted: 1.15, read: 0.7 }; // below the last, names are too small to read

export function allowedScale(scale) {
  return Math.min(Math.max(scale, SCALES.least), SCALES.most);
}

// The view that holds all of these places.
export function fitting(places, size) {
  const across = places.map((place) => place.x);
  const down = places.map((place) => place.y);
  const [left, right] = [Math.min(...across) - MARGIN, Math.max(...across) + MARGIN];
  const [top, bottom] = [Math.min(...down) - MARGIN / 2, Math.max(...down) + MARGIN];
  const scale = Math.min(size.width / (right - left), size.height / (bottom - top), SCALES.fitted);
  return {
    scale,
    x: size.width / 2 - (scale * (left + right)) / 2,
    y: size.height / 2 - (scale * (top + bottom)) / 2,
  };
}

// The view of the first of these groups of places whose names can be read then; of the last if none can.
export function readable(groups, size) {
  const views = groups.map((places) => fitting(places, size));
  return views.find((view) => view.scale >= SCALES.read) ?? views.at(-1);
}

export function zoomedAt(view, factor, point) {
  const scale = allowedScale(view.scale * factor);
  const by = scale / view.scale;
  return { scale, x: point.x - (point.x - view.x) * by, y: point.y - (point.y - view.y) * by };
}

export function isSeen(place, view, size) {
  const [x, y] = [view.x + place.x * view.scale, view.y + place.y * view.scale];
  return x >= 0 && y >= 0 && x <= size.width && y <= size.height - 30;
}

export function keep(start, view) {
  sessionStorage.setItem(KEPT, JSON.stringify({ start, view }));
}

export function kept(start) {
  const known = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  return known?.start === start ? known.view : null;
}
