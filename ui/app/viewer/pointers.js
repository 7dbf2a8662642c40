// Mouse, pen and fingers on the stage: one pointer drags, two pinch, the wheel zooms or turns the images of a stack.

const SWIPE = 50; // CSS pixels
const WHEEL_PER_DOUBLING = 400;

// `to` receives: down(point), drag(dx, dy, point), up(moved), cancel(), pinch(factor, centre, dx, dy), swipe(step),
// wheel(event, factor, point).
export function listenToPointers(stage, to) {
  const pointers = new Map();
  const at = (event) => {
    const box = stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  let start = null;

  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.target.closest("button")) return;
    stage.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, at(event));
    start = pointers.size === 1 ? at(event) : null;
    if (start) to.down(start);
    else to.cancel();
  });
  stage.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = at(event);
    if (pointers.size === 1) to.drag(now.x - before.x, now.y - before.y, now);
    else pinch(event.pointerId, before, now);
    pointers.set(event.pointerId, now);
  });
  const end = (event) => {
    if (!pointers.delete(event.pointerId) || !start) return;
    const now = at(event);
    const moved = Math.hypot(now.x - start.x, now.y - start.y);
    const sideways = now.x - start.x;
    if (event.type === "pointerup") {
      if (event.pointerType === "touch" && Math.abs(sideways) > SWIPE) to.swipe(sideways < 0 ? 1 : -1);
      to.up(moved);
    }
    start = null;
  };
  stage.addEventListener("pointerup", end);
  stage.addEventListener("pointercancel", end);
  stage.addEventListener("wheel", (event) => to.wheel(event, 2 ** (-pixelsOf(event) / WHEEL_PER_DOUBLING), at(event)), {
    passive: false,
  });

  function pinch(moving, before, now) {
    const [other] = [...pointers].filter(([id]) => id !== moving).map(([, point]) => point);
    const distance = (point) => Math.max(Math.hypot(point.x - other.x, point.y - other.y), 1);
    const centre = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    to.pinch(distance(now) / distance(before), centre, (now.x - before.x) / 2, (now.y - before.y) / 2);
  }
}

function pixelsOf(event) {
  const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 40 : 1;
  const pinched = event.ctrlKey && Math.abs(event.deltaY) < 50 ? 5 : 1; // a touchpad's pinch comes in small steps
  return event.deltaY * unit * pinched;
}
