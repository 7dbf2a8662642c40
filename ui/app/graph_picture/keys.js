// The keyboard in the picture: arrows go to the nearest node that way, along a line where there is one.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ACTS = {
  Enter: "expand",
  " ": "choose",
  Backspace: "fold",
  Delete: "hide",
  h: "hide",
  p: "pin",
  u: "undo",
  r: "redo",
  s: "start",
};
const VIEWS = { "+": "zoomIn", "=": "zoomIn", "-": "zoomOut", 0: "fit" };

export const KEYS_IN_WORDS = [
  ["Arrows", "next node that way"],
  ["Enter", "open"],
  ["Space", "choose"],
  ["Backspace", "fold back"],
  ["P", "pin or let go"],
  ["H", "hide"],
  ["S", "start from here"],
  ["U, R", "undo, redo"],
  ["+ − 0", "zoom, fit"],
];

// What a key asks for: a way to go, an act, or another view; null where it asks for nothing here.
export function wishOf(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  if (ARROWS[event.key]) return { way: ARROWS[event.key] };
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (ACTS[key]) return { act: ACTS[key] };
  return VIEWS[key] ? { view: VIEWS[key] } : null;
}

// The nearest node that way from here: what lies aside counts as twice as far, and so does what no line leads to.
export function nextNode(here, [across, down], nodes, neighbours) {
  let found = null;
  let least = Infinity;
  for (const node of nodes) {
    const [x, y] = [node.x - here.x, node.y - here.y];
    const ahead = x * across + y * down;
    const aside = Math.abs(x * down) + Math.abs(y * across);
    if (ahead <= 0 || aside > 2 * ahead) continue;
    const far = (ahead + 2 * aside) * (neighbours.has(node.key) ? 1 : 2);
    if (far < least) [found, least] = [node, far];
  }
  return found;
}
