// The viewer: one stage for the images that Python hands over, with zoom, levels, windows, ruler, box, stack and overlay.
//
// Streamlit calls the default export whenever the page was run; the same elements stay, and with them what the reader
// has set. Nothing goes back to Python but a box that the reader takes. Pixels are the stored ones, loaded as PNG.

import { placeOf, allowed, zoomedAt, movedBy, fitScale, FITTED } from "./geometry.js";
import { AS_STORED, filterOf, levelsInWords } from "./levels.js";
import { boxOf, marksOf, lengthInWords } from "./drawing.js";
import { settingsOf, settingsOfImage } from "./memory.js";
import { join, leave, isLinked, setLinked, share } from "./linking.js";
import { listenToPointers } from "./pointers.js";
import { gesturesOf } from "./gestures.js";
import { keyPressed } from "./keys.js";
import { preload, fillStrip, markInStrip } from "./stack.js";
import { showOverlay } from "./overlay.js";
import { showWindowed } from "./windowed.js";
import { chosenPreset, fillPresets, nextPreset } from "./presets.js";
import { askAboutBox } from "./question.js";
import { buildParts, make, TOOLS } from "./parts.js";

const ZOOM_STEP = 1.25;
const CRISP_FROM = 4; // screen pixels to a pixel of the image; below, the browser smooths between them
const viewers = new WeakMap();
let built = 0;

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  if (!viewers.has(parentElement)) viewers.set(parentElement, new Viewer(parentElement));
  const viewer = viewers.get(parentElement);
  viewer.commit = (box) => setTriggerValue("box", { image: viewer.image.id, box });
  viewer.show(data);
  return () => viewer.close();
}

class Viewer {
  constructor(parent) {
    this.parts = buildParts((name) => this.does(name));
    this.parts.help.id = `cgv-help-${(built += 1)}`;
    this.parts.stage.setAttribute("aria-describedby", this.parts.help.id);
    parent.append(this.parts.root);
    listenToPointers(this.parts.stage, gesturesOf(this));
    this.parts.stage.addEventListener("keydown", (event) => keyPressed(this, event));
    this.parts.root.addEventListener("fullscreenchange", () => this.fullScreenChanged());
    new ResizeObserver(() => this.draw()).observe(this.parts.stage);
  }

  // ---- what Python hands over

  show(data) {
    const same = this.data && JSON.stringify(this.data) === JSON.stringify(data);
    if (same) return;
    leave(this.data?.link, this);
    const imagesChanged = JSON.stringify(this.data?.images) !== JSON.stringify(data.images) || this.data.key !== data.key;
    this.data = data;
    this.set = settingsOf(data.key);
    join(data.link, this);
    this.dress();
    const named = data.start !== this.set.start ? data.start : (this.set.id ?? data.start);
    this.set.start = data.start;
    if (imagesChanged) fillStrip(this.parts.strip, data.images, (index) => this.turnTo(index));
    const index = Math.max(data.images.findIndex((image) => image.id === named), 0);
    if (imagesChanged || data.images[index].id !== this.image?.id) this.turnTo(index);
    else this.draw();
  }

  dress() {
    const { root, buttons, stage } = this.parts;
    root.dataset.size = this.data.size;
    root.setAttribute("aria-label", this.data.name);
    buttons.get("box").hidden = !this.data.box;
    buttons.get("link").hidden = !this.data.link;
    buttons.get("full").hidden = !document.fullscreenEnabled;
    if (this.set.tool === "box" && !this.data.box) this.set.tool = "move";
    stage.tabIndex = this.isThumb() ? -1 : 0;
    this.linkChanged();
    this.chosen();
  }

  isFull() {
    return this.parts.root.matches(":fullscreen");
  }

  isThumb() {
    return this.data.size === "thumb" && !this.isFull();
  }

  // ---- the stack

  turnTo(index) {
    const last = this.image;
    this.index = index;
    this.image = this.data.images[index];
    this.set.id = this.image.id;
    this.own = settingsOfImage(this.set, this.image, this.set.images.has(last?.id) ? last : null);
    this.putImage();
    showOverlay(this.parts, this.image.overlay, this.own.overlay, (percent) => (this.own.overlay = percent));
    markInStrip(this.parts.strip, index);
    this.parts.line.textContent = this.image.line;
    this.parts.caption.innerHTML = this.image.caption; // escaped and marked by ui/app/texts.py
    preload(this.data.images, index);
    this.draw();
  }

  putImage() {
    const { layer, problem, stage } = this.parts;
    const { url, alt, width, height } = this.image;
    const position = this.data.images.length > 1 ? `, image ${this.index + 1} of ${this.data.images.length}` : "";
    stage.setAttribute("aria-label", `${alt}${position}`);
    problem.textContent = url ? "" : this.image.problem;
    layer.replaceChildren();
    layer.hidden = !url;
    if (!url) return;
    layer.style.width = `${width}px`;
    layer.style.height = `${height}px`;
    layer.append(make("img", { class: "cgv-image", src: url, alt, width, height, draggable: "false" }));
  }

  turnBy(step) {
    const index = this.index + step;
    if (index >= 0 && index < this.data.images.length) this.turnTo(index);
  }

  // ---- what is drawn

  stageSize() {
    return { width: this.parts.stage.clientWidth, height: this.parts.stage.clientHeight };
  }

  place() {
    return placeOf(this.own.view, this.image, this.stageSize());
  }

  draw() {
    const stage = this.stageSize();
    if (!this.image?.url || !stage.width || !stage.height) return this.drawWords("");
    this.own.view = allowed(this.own.view, this.image, stage);
    const place = this.place();
    const { layer, marks } = this.parts;
    layer.style.transform = `translate(${place.left}px, ${place.top}px) scale(${place.scale})`;
    const crisp = place.scale * window.devicePixelRatio >= CRISP_FROM;
    layer.style.imageRendering = crisp ? "pixelated" : "auto";
    this.drawLevels();
    const committed = this.data.box?.value;
    marks.replaceChildren(...marksOf({ ...this.own, committed }, place, this.image.pixelSize));
    this.parts.stage.classList.toggle("cgv-still", this.isStill());
    this.parts.root.dataset.scale = place.scale;
    this.drawWords(this.inWords(place.scale));
    askAboutBox(this);
    return undefined;
  }

  drawLevels() {
    const { layer, presets } = this.parts;
    const { image, own } = this;
    const ready = () => this.image === image && this.draw();
    showWindowed(layer, image, own.levels.window, ready, () => this.windowFailed());
    for (const shown of layer.querySelectorAll(".cgv-image, .cgv-windowed")) shown.style.filter = filterOf(own.levels);
    fillPresets(presets, image.grey, own.levels.window);
  }

  // Fitted, with nothing to draw: a finger may scroll the page.
  isStill() {
    return this.set.tool === "move" && this.own.view.zoom <= 1 && !this.isFull();
  }

  inWords(scale) {
    const { width, height } = this.image;
    const many = this.data.images.length > 1 ? [`${this.index + 1} / ${this.data.images.length}`] : [];
    const parts = [...many, `${width} × ${height} px`, `${Math.round(scale * 100)} %`, ...levelsInWords(this.own.levels)];
    if (this.own.ruler) parts.push(lengthInWords(this.own.ruler, this.image.pixelSize));
    return parts.join(" · ");
  }

  drawWords(words) {
    this.parts.readout.textContent = words;
    clearTimeout(this.saying);
    if (!this.parts.root.matches(":focus-within")) return;
    this.saying = setTimeout(() => (this.parts.said.textContent = words), 500); // once it rests, not at every step
  }

  takeBox() {
    const box = this.data.box && boxOf(this.own.box);
    if (!box) return;
    this.own.box = null;
    this.set.tool = "move";
    this.chosen();
    this.draw();
    if (this.isFull()) document.exitFullscreen();
    this.commit(box);
  }

  dropBox() {
    this.drawn("box", null);
    this.parts.stage.focus();
  }

  // ---- what the reader does

  does(name) {
    const centre = { x: this.parts.stage.clientWidth / 2, y: this.parts.stage.clientHeight / 2 };
    const act = {
      zoomIn: () => this.zoom(ZOOM_STEP, centre),
      zoomOut: () => this.zoom(1 / ZOOM_STEP, centre),
      fit: () => this.look(FITTED),
      actual: () => this.look({ ...this.own.view, zoom: 1 / fitScale(this.image, this.stageSize()) }),
      invert: () => this.level({ ...this.own.levels, inverted: !this.own.levels.inverted }),
      window: () => this.seeThrough(chosenPreset(this.parts.presets, this.image.grey)),
      nextWindow: () => this.image.grey && this.seeThrough(nextPreset(this.image.grey, this.own.levels.window)),
      reset: () => this.reset(),
      link: () => setLinked(this.data.link, !isLinked(this.data.link)),
      full: () => this.fullScreen(),
      take: () => this.takeBox(),
      drop: () => this.drop(),
      first: () => this.turnTo(0),
      last: () => this.turnTo(this.data.images.length - 1),
      next: () => this.turnBy(1),
      previous: () => this.turnBy(-1),
    };
    if (act[name]) act[name]();
    else this.choose(name);
  }

  choose(tool) {
    if (tool === "box" && !this.data.box) return;
    this.set.tool = tool;
    this.chosen();
    this.draw();
  }

  chosen() {
    for (const [name] of TOOLS) {
      this.parts.buttons.get(name).setAttribute("aria-pressed", String(name === this.set.tool));
    }
    this.parts.stage.dataset.tool = this.set.tool;
  }

  look(view) {
    if (!this.image.url) return;
    this.own.view = allowed(view, this.image, this.stageSize());
    this.draw();
    share(this.data.link, this, this.own.view);
  }

  zoom(factor, point) {
    if (this.image.url) this.look(zoomedAt(this.own.view, factor, point, this.image, this.stageSize()));
  }

  pan(dx, dy) {
    if (this.image.url) this.look(movedBy(this.own.view, dx, dy, this.image, this.stageSize()));
  }

  drawn(kind, points) {
    this.own[kind] = points;
    this.draw();
  }

  seeThrough(window) {
    if (window !== undefined) this.level({ ...this.own.levels, window });
  }

  windowFailed() {
    this.seeThrough(null);
    this.drawWords("The grey values could not be loaded: the image is shown as stored. Reload the page.");
  }

  level(levels) {
    this.own.levels = levels;
    this.draw();
  }

  reset() {
    Object.assign(this.own, { levels: AS_STORED, ruler: null, box: null });
    this.choose("move");
    this.look(FITTED);
  }

  drop() {
    if (this.own.box || this.own.ruler) Object.assign(this.own, { box: null, ruler: null });
    this.choose("move");
  }

  fullScreen() {
    if (this.isFull()) document.exitFullscreen();
    else this.parts.root.requestFullscreen();
  }

  fullScreenChanged() {
    this.parts.stage.tabIndex = this.isThumb() ? -1 : 0;
    const says = this.isFull() ? "Leave full screen (F)" : "Full screen (F)";
    this.parts.buttons.get("full").setAttribute("aria-label", says);
    this.parts.buttons.get("full").title = says;
    if (this.isFull()) this.parts.stage.focus();
    else this.parts.buttons.get("full").focus();
    this.draw();
  }

  // ---- linked viewers

  follow(view) {
    if (!this.image?.url) return;
    this.own.view = allowed(view, this.image, this.stageSize());
    this.draw();
  }

  linkChanged() {
    this.parts.buttons.get("link").setAttribute("aria-pressed", String(isLinked(this.data.link)));
  }

  close() {
    leave(this.data?.link, this);
  }
}
