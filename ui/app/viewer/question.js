// A box that is drawn is taken only when the reader says so: the buttons below the stage.

import { boxOf } from "./drawing.js";
import { make } from "./parts.js";

export function askAboutBox(viewer) {
  const { ask } = viewer.parts;
  const tool = viewer.data.box;
  const drawn = tool && boxOf(viewer.own.box);
  const state = JSON.stringify([drawn, tool]);
  if (ask.dataset.state === state) return;
  ask.dataset.state = state;
  const take = () => answer(tool.label, () => viewer.takeBox());
  const drop = () => answer("Drop it", () => viewer.dropBox());
  const whole = () => answer("Whole image again", () => viewer.commit([]));
  ask.replaceChildren(...(drawn ? [take(), drop()] : tool?.value ? [whole()] : []));
}

function answer(label, act) {
  const button = make("button", { type: "button", class: "cgv-answer" }, label);
  button.addEventListener("click", act);
  return button;
}
