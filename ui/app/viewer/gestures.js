// What pointers do to a viewer, by the tool that is chosen. `pointers.js` tells of them.

import { toImage } from "./geometry.js";
import { levelsDragged } from "./levels.js";
import { DRAWN, withinImage } from "./drawing.js";

const CLICK = 5; // CSS pixels; who moves less has clicked
const WHEEL_STEP = 50; // CSS pixels of the wheel to the next image
const LINE = 40; // CSS pixels, of a wheel that counts in lines

export function gesturesOf(viewer) {
  let turned = 0;
  const idle = () => !viewer.image.url || viewer.isThumb();
  const imagePoint = (point) => withinImage(toImage(point, viewer.place()), viewer.image);

  return {
    down(point) {
      if (idle() || !DRAWN.includes(viewer.set.tool)) return;
      viewer.drawn(viewer.set.tool, [imagePoint(point), imagePoint(point)]);
    },
    drag(dx, dy, point) {
      const { tool } = viewer.set;
      if (idle()) return;
      if (tool === "move") viewer.pan(dx, dy);
      else if (tool === "levels") viewer.level(levelsDragged(viewer.own.levels, dx, dy, viewer.image.grey));
      else if (viewer.own[tool]) viewer.drawn(tool, [viewer.own[tool][0], imagePoint(point)]);
    },
    up(moved) {
      if (moved >= CLICK) return;
      if (viewer.isThumb()) viewer.fullScreen();
      else if (DRAWN.includes(viewer.set.tool)) viewer.drawn(viewer.set.tool, null);
    },
    // A second finger makes it a pinch.
    cancel() {
      if (DRAWN.includes(viewer.set.tool)) viewer.drawn(viewer.set.tool, null);
    },
    pinch(factor, centre, dx, dy) {
      if (idle()) return;
      viewer.zoom(factor, centre);
      viewer.pan(dx, dy);
    },
    swipe(step) {
      if (viewer.set.tool === "move" && viewer.own.view.zoom <= 1) viewer.turnBy(step);
    },
    // The wheel is the page's until the reader has chosen the viewer by a click or by the keyboard.
    wheel(event, factor, point) {
      const ours = event.ctrlKey || viewer.parts.stage.matches(":focus") || viewer.isFull();
      if (!ours || idle()) return;
      event.preventDefault();
      if (event.ctrlKey || viewer.data.images.length === 1) {
        viewer.zoom(factor, point);
        return;
      }
      turned += event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * LINE : event.deltaY;
      if (Math.abs(turned) < WHEEL_STEP) return;
      viewer.turnBy(Math.sign(turned));
      turned = 0;
    },
  };
}
