// Where an image lies on its stage: arithmetic only, nothing of the page.
//
// A view is { zoom, x, y }: how many times larger than fitted to the stage, and which point of the image lies in the
// middle of the stage, in shares of its width and height. So a view means the same on a stage of any size, in full
// screen, and on another image that is linked with it. A place is { scale, left, top }, in CSS pixels of the stage.

export const FITTED = Object.freeze({ zoom: 1, x: 0.5, y: 0.5 });
const MAX_SCALE = 32; // CSS pixels to one pixel of the image
const MIN_MAX_ZOOM = 8; // what is already large can be enlarged so far at least

export function fitScale(image, stage) {
  return Math.min(stage.width / image.width, stage.height / image.height);
}

export function placeOf(view, image, stage) {
  const scale = fitScale(image, stage) * view.zoom;
  const left = stage.width / 2 - view.x * image.width * scale;
  const top = stage.height / 2 - view.y * image.height * scale;
  // at one to one a pixel of the image lies on one of the page, not between two
  return Math.abs(scale - 1) < 1e-6 ? { scale: 1, left: Math.round(left), top: Math.round(top) } : { scale, left, top };
}

// The nearest view that the stage allows: no smaller than fitted or one to one, and no empty room beside the image.
export function allowed(view, image, stage) {
  const fit = fitScale(image, stage);
  const zoom = between(view.zoom, Math.min(1, 1 / fit), Math.max(MIN_MAX_ZOOM, MAX_SCALE / fit));
  return {
    zoom,
    x: centred(view.x, image.width * fit * zoom, stage.width),
    y: centred(view.y, image.height * fit * zoom, stage.height),
  };
}

function centred(share, shownSize, stageSize) {
  const margin = stageSize / 2 / shownSize;
  return margin >= 0.5 ? 0.5 : between(share, margin, 1 - margin);
}

// Enlarge by a factor; the point of the image below a point of the stage stays where it is.
export function zoomedAt(view, factor, point, image, stage) {
  const zoom = allowed({ ...view, zoom: view.zoom * factor }, image, stage).zoom;
  const under = toImage(point, placeOf(view, image, stage));
  const scale = fitScale(image, stage) * zoom;
  return allowed(
    {
      zoom,
      x: (under.x + (stage.width / 2 - point.x) / scale) / image.width,
      y: (under.y + (stage.height / 2 - point.y) / scale) / image.height,
    },
    image,
    stage,
  );
}

export function movedBy(view, dx, dy, image, stage) {
  const { scale } = placeOf(view, image, stage);
  const moved = { ...view, x: view.x - dx / scale / image.width, y: view.y - dy / scale / image.height };
  return allowed(moved, image, stage);
}

export function toImage(point, place) {
  return { x: (point.x - place.left) / place.scale, y: (point.y - place.top) / place.scale };
}

export function toStage(point, place) {
  return { x: place.left + point.x * place.scale, y: place.top + point.y * place.scale };
}

export function between(value, lowest, highest) {
  return Math.min(Math.max(value, lowest), highest);
}
