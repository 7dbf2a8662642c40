// A box or a ruler on an image: two points in pixels of the image, by pointer or by keyboard, drawn as SVG.

import { between, toStage } from "./geometry.js";

export const DRAWN = ["box", "ruler"]; // the tools that draw
const MIN_SIDE = 2; // pixels of the image; what is smaller was a click, no box

export function withinImage(point, image) {
  return { x: between(point.x, 0, image.width), y: between(point.y, 0, image.height) };
}

// Where a drawing starts that is made with the keyboard alone: the middle half of the image, or a line across it.
export function firstDrawing(kind, image) {
  const quarter = { x: image.width / 4, y: kind === "box" ? image.height / 4 : image.height / 2 };
  return [quarter, { x: image.width - quarter.x, y: image.height - quarter.y }];
}

// Move a drawing, or its second point only.
export function nudged(drawing, dx, dy, image, secondOnly) {
  const moved = ({ x, y }) => withinImage({ x: x + dx, y: y + dy }, image);
  const [first, second] = drawing;
  if (secondOnly) return [first, moved(second)];
  const next = [moved(first), moved(second)];
  const kept = (a, b, name) => Math.abs(a[0][name] - a[1][name] - (b[0][name] - b[1][name])) < 1e-9;
  return kept(next, drawing, "x") && kept(next, drawing, "y") ? next : drawing; // not beyond the edge
}

// Whole pixels as left, top, right, bottom; null where it is none.
export function boxOf(drawing) {
  if (!drawing) return null;
  const [a, b] = drawing;
  const box = [Math.min(a.x, b.x), Math.min(a.y, b.y), Math.max(a.x, b.x), Math.max(a.y, b.y)].map(Math.round);
  return box[2] - box[0] >= MIN_SIDE && box[3] - box[1] >= MIN_SIDE ? box : null;
}

// In mm where the file says how large a pixel is. At the detector things are larger than in the patient: so it is said.
export function lengthInWords([a, b], pixelSize) {
  const pixels = Math.hypot(b.x - a.x, b.y - a.y);
  const inPixels = `${pixels.toFixed(1)} px`;
  if (!pixelSize) return inPixels;
  return `${(pixels * pixelSize.sideMm).toFixed(1)} mm${pixelSize.atDetector ? " at the detector" : ""} (${inPixels})`;
}

// The marks of an image as SVG elements in the stage's own pixels, so that lines stay thin however far one zooms in.
export function marksOf({ box, committed, ruler }, place, pixelSize) {
  const marks = [];
  if (committed) marks.push(rectangle({ x: committed[0], y: committed[1] }, { x: committed[2], y: committed[3] }, place));
  if (box) marks.push(rectangle(box[0], box[1], place, "cgv-pending"));
  if (ruler) marks.push(...rulerMarks(ruler, place, pixelSize));
  return marks;
}

function rectangle(a, b, place, className = "cgv-committed") {
  const [from, to] = [toStage(a, place), toStage(b, place)];
  return svg("rect", {
    class: className,
    x: Math.min(from.x, to.x),
    y: Math.min(from.y, to.y),
    width: Math.abs(to.x - from.x),
    height: Math.abs(to.y - from.y),
  });
}

function rulerMarks(ruler, place, pixelSize) {
  const [from, to] = ruler.map((point) => toStage(point, place));
  const ends = [from, to].map((end) => svg("circle", { class: "cgv-end", cx: end.x, cy: end.y, r: 4 }));
  const text = svg("text", { x: (from.x + to.x) / 2 + 8, y: (from.y + to.y) / 2 - 8 });
  text.textContent = lengthInWords(ruler, pixelSize);
  return [svg("line", { class: "cgv-ruler", x1: from.x, y1: from.y, x2: to.x, y2: to.y }), ...ends, text];
}

function svg(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  return element;
}
