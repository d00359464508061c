// A place beside the picture that the stage's current view fills (legend, inspector, charts).
// It is a component of its own so that Streamlit's widgets can stand between two of them.

import { announce, bus } from "./bus.js";

export function slot({ parentElement: root, data }) {
  const element = root.querySelector(".slot");
  element.dataset.name = data.name;
  element.given = data.given; // what only this slot shows
  element.style.minHeight = data.min_height ? `${data.min_height}rem` : "";
  bus().slots.set(data.name, element);
  announce("slot", { name: data.name });
  return () => {
    if (bus().slots.get(data.name) === element) bus().slots.delete(data.name);
  };
}
