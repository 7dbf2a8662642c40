// The picture of the graph: nodes where Python puts them, lines between them, and what a reader does with them.
//
// Streamlit calls the default export whenever the page was run; nodes that stay keep their elements, and with them the
// focus. What the reader does goes to Python as one act; only the view is the browser's own.

import { fitting, readable, zoomedAt, isSeen, keep, kept } from "./view.js";
import { wishOf, nextNode } from "./keys.js";
import { Fingers } from "./fingers.js";
import { draw, buildParts, radiusOf, shapesOf, words, fillLegend, fillTable } from "./parts.js";

const DRAGGED = 4; // px: less is a click with an unsteady hand
const ZOOM_STEP = 1.25;
const pictures = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  if (!pictures.has(parentElement)) pictures.set(parentElement, new Picture(parentElement));
  const picture = pictures.get(parentElement);
  picture.tell = (act) => setTriggerValue("act", act);
  picture.show(data);
}

class Picture {
  constructor(parent) {
    this.parts = buildParts((name) => this.does(name));
    this.drawn = new Map();
    this.fingers = new Fingers();
    this.lines = draw("g", { class: "cgg-lines" });
    this.nodes = draw("g");
    this.parts.world.append(this.lines, this.nodes);
    parent.append(this.parts.root);
    this.listen();
    new ResizeObserver(() => this.resized()).observe(this.parts.stage);
  }

  // ---- what Python hands over

  show(data) {
    const text = JSON.stringify(data);
    if (text === this.text) return;
    const before = this.data;
    [this.text, this.data] = [text, data];
    this.byKey = new Map(data.nodes.map((node) => [node.key, node]));
    this.active = [this.active, data.chosen, data.start].find((key) => this.byKey.has(key));
    const hadFocus = this.nodes.contains(document.activeElement);
    this.drawNodes();
    this.drawLines();
    this.lookAtAll(before);
    fillLegend(this.parts.legend, data.nodes);
    fillTable(this.parts.table, data, (what, node) => this.act(what, node));
    this.parts.stage.setAttribute("aria-label", `Graph: ${data.nodes.length} nodes. Arrow keys go from one to the next.`);
    this.parts.buttons.get("undo").disabled = !data.undo;
    this.parts.buttons.get("redo").disabled = !data.redo;
    if (hadFocus) this.focus(this.active);
    if (before) this.say(before);
  }

  say(before) {
    const known = new Set(before.nodes.map((node) => node.key));
    const added = this.data.nodes.filter((node) => !known.has(node.key)).length;
    const gone = before.nodes.length + added - this.data.nodes.length;
    const parts = [added ? `${added} more shown` : "", gone ? `${gone} gone` : ""].filter(Boolean);
    if (parts.length) this.parts.said.textContent = `${parts.join(", ")}, ${this.data.nodes.length} in all.`;
  }

  // ---- what is drawn

  drawNodes() {
    for (const [key, element] of this.drawn) {
      if (!this.byKey.has(key)) {
        element.remove();
        this.drawn.delete(key);
      }
    }
    for (const node of this.data.nodes) {
      if (!this.drawn.has(node.key)) this.drawn.set(node.key, this.newNode(node.key));
      this.drawNode(node, this.drawn.get(node.key));
    }
  }

  newNode(key) {
    const element = draw("g", { class: "cgg-node", role: "button", tabindex: "-1" });
    element.dataset.key = key;
    this.nodes.append(element);
    return element;
  }

  drawNode(node, element) {
    const radius = radiusOf(node, this.data.start);
    element.replaceChildren(...shapesOf(node, radius));
    element.setAttribute("aria-label", words(node));
    element.setAttribute("aria-pressed", String(node.key === this.data.chosen));
    element.setAttribute("tabindex", node.key === this.active ? "0" : "-1");
    element.classList.toggle("cgg-open", node.open);
    element.classList.toggle("cgg-many", Boolean(node.count));
    this.put(element, node);
  }

  put(element, place) {
    element.setAttribute("transform", `translate(${place.x} ${place.y})`);
  }

  drawLines() {
    this.neighbours = new Map(this.data.nodes.map((node) => [node.key, new Set()]));
    this.lines.replaceChildren(
      ...this.data.lines.map((line) => {
        this.neighbours.get(line.source).add(line.target);
        this.neighbours.get(line.target).add(line.source);
        const element = draw("line", { class: `cgg-line cgg-${line.dash}${line.bold ? " cgg-bold" : ""}` });
        Object.assign(element.dataset, { source: line.source, target: line.target });
        return element;
      }),
    );
    this.putLines();
    this.light(this.active);
  }

  putLines() {
    for (const element of this.lines.children) {
      const [from, to] = [this.byKey.get(element.dataset.source), this.byKey.get(element.dataset.target)];
      for (const [name, value] of Object.entries({ x1: from.x, y1: from.y, x2: to.x, y2: to.y })) {
        element.setAttribute(name, value);
      }
    }
  }

  // The lines of one node stand out.
  light(key) {
    for (const element of this.lines.children) {
      const its = element.dataset.source === key || element.dataset.target === key;
      element.classList.toggle("cgg-lit", its);
    }
  }

  // ---- the view

  size() {
    const { clientWidth: width, clientHeight: height } = this.parts.stage;
    return { width, height };
  }

  // All is seen at first. Later what is new is looked at where it would be outside the picture, and nothing else moves it.
  lookAtAll(before) {
    const size = this.size();
    if (!size.width) return;
    const same = before && before.start === this.data.start;
    const view = same ? this.view : kept(this.data.start);
    const known = new Set(same ? before.nodes.map((node) => node.key) : []);
    const fresh = this.data.nodes.filter((node) => !known.has(node.key));
    if (view && (!same || fresh.every((node) => isSeen(node, view, size)))) this.look(view);
    else this.look(readable(same ? this.worthSeeing(fresh) : [this.data.nodes], size));
  }

  // All; or what is new and what it was opened from, with the start if there is room.
  worthSeeing(fresh) {
    const opened = this.byKey.get(this.data.chosen);
    const near = opened && fresh.length ? [...fresh, opened] : fresh;
    return near.length ? [this.data.nodes, [...near, this.byKey.get(this.data.start)], near] : [this.data.nodes];
  }

  resized() {
    if (!this.data) return;
    if (this.view) this.look(this.view);
    else this.lookAtAll(null);
  }

  look(view) {
    this.view = view;
    this.parts.world.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
    keep(this.data.start, view);
  }

  zoom(factor, point) {
    const { width, height } = this.size();
    this.look(zoomedAt(this.view, factor, point ?? { x: width / 2, y: height / 2 }));
  }

  // ---- what the reader does

  does(name) {
    const views = {
      zoomIn: () => this.zoom(ZOOM_STEP),
      zoomOut: () => this.zoom(1 / ZOOM_STEP),
      fit: () => this.look(fitting(this.data.nodes, this.size())),
    };
    if (views[name]) views[name]();
    else this.act(name, this.byKey.get(this.active));
  }

  act(what, node) {
    const place = what === "pin" || what === "move" ? { x: Math.round(node.x), y: Math.round(node.y) } : {};
    this.tell({ what, key: node.key, ...place });
  }

  // The node that keys act on, and to which Tab comes back, however it got the focus.
  activate(key) {
    this.drawn.get(this.active)?.setAttribute("tabindex", "-1");
    this.active = key;
    this.drawn.get(key).setAttribute("tabindex", "0");
    this.light(key);
  }

  focus(key) {
    this.activate(key);
    this.drawn.get(key).focus({ preventScroll: true });
    if (!isSeen(this.byKey.get(key), this.view, this.size())) this.look(fitting(this.data.nodes, this.size()));
  }

  // A click chooses; a click on what is chosen opens it or folds it back, and on a group it opens.
  clicked(node) {
    const again = node.key === this.data.chosen;
    this.focus(node.key);
    if (node.count) this.act(node.open && !node.left ? "fold" : "expand", node);
    else if (again) this.act(node.open ? "fold" : "expand", node);
    else this.act("choose", node);
  }

  keyPressed(event) {
    const wish = wishOf(event);
    const node = this.byKey.get(event.target.dataset.key);
    if (!wish || !node) return;
    event.preventDefault();
    event.stopPropagation();
    if (wish.view) this.does(wish.view);
    else if (wish.act) this.act(wish.act, node);
    else {
      const next = nextNode(node, wish.way, this.data.nodes, this.neighbours.get(node.key));
      if (next) this.focus(next.key);
    }
  }

  // ---- the mouse and the finger

  listen() {
    const { stage } = this.parts;
    stage.addEventListener("keydown", (event) => this.keyPressed(event));
    stage.addEventListener("pointerdown", (event) => this.pressed(event));
    stage.addEventListener("pointermove", (event) => this.moved(event));
    for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, (event) => this.released(event));
    stage.addEventListener("click", (event) => this.clickedAt(event));
    stage.addEventListener("focusin", (event) => event.target.dataset.key && this.activate(event.target.dataset.key));
    stage.addEventListener("wheel", (event) => this.wheeled(event), { passive: false });
  }

  nodeAt(event) {
    return this.byKey.get(event.target.closest?.(".cgg-node")?.dataset.key);
  }

  pressed(event) {
    this.fingers.down(event);
    this.dragging = this.fingers.several ? null : { node: this.nodeAt(event), x: event.clientX, y: event.clientY, moved: false };
  }

  moved(event) {
    const pinched = this.fingers.moved(event);
    if (pinched) {
      this.zoom(pinched.factor, this.onStage(pinched.x, pinched.y));
      return;
    }
    const drag = this.dragging;
    if (!drag || !event.buttons) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.moved && Math.hypot(dx, dy) < DRAGGED) return;
    if (!drag.moved) this.parts.stage.setPointerCapture(event.pointerId);
    Object.assign(drag, { moved: true, x: event.clientX, y: event.clientY });
    if (!drag.node) {
      this.look({ ...this.view, x: this.view.x + dx, y: this.view.y + dy });
      return;
    }
    drag.node.x += dx / this.view.scale;
    drag.node.y += dy / this.view.scale;
    this.put(this.drawn.get(drag.node.key), drag.node);
    this.putLines();
  }

  released(event) {
    this.fingers.up(event);
    const drag = this.dragging;
    this.dragging = null;
    this.wasDragged = Boolean(drag?.moved);
    if (drag?.moved && drag.node) this.act("move", drag.node);
  }

  clickedAt(event) {
    const node = this.nodeAt(event);
    if (node && !this.wasDragged) this.clicked(node);
    this.wasDragged = false;
  }

  // Without Ctrl the wheel scrolls the page, as everywhere; two fingers on a pad come with it.
  wheeled(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY / 500), this.onStage(event.clientX, event.clientY));
  }

  onStage(x, y) {
    const { left, top } = this.parts.stage.getBoundingClientRect();
    return { x: x - left, y: y - top };
  }
}
