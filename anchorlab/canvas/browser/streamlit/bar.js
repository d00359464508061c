// The small things in the scene bar that need the browser: the link in the address bar, the keys, and whether this tab
// keeps the uploaded picture.

import { say } from "../model/sentences.js";
import { address } from "./address.js";
import { announce, bus } from "./bus.js";

const fields = new Set(); // those that show the link
const refresh = () => fields.forEach((field) => (field.value = address()));
bus().events.addEventListener("address", refresh);

export function bar({ parentElement: root, data }) {
  const button = root.querySelector("button");
  const field = root.querySelector("input");
  const said = root.querySelector("output");
  root.querySelector(".bar").dataset.kind = data.kind;
  if (data.kind === "keys") {
    field.hidden = true;
    said.hidden = true;
    button.innerHTML = `<svg viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round"><rect x="1.5" y="4" width="13" height="8.5" rx="1.5"/><path d="M4 7h.01M6.700 7h.01M9.300 7h.01M12 7h.01M5 10h6"/></svg>`;
    button.title = button.ariaLabel = say("stage.keyboard_button");
    button.onclick = () => announce("keys");
    return;
  }
  if (data.kind === "kept") {
    field.hidden = true;
    button.hidden = true;
    const write = () => {
      const { kept } = bus();
      said.textContent = kept?.id ? say(kept.kept ? "stage.kept" : "stage.not_kept") : "";
    };
    write();
    bus().events.addEventListener("kept", write);
    return () => bus().events.removeEventListener("kept", write);
  }
  button.textContent = say("stage.copy");
  fields.add(field);
  refresh();
  field.onfocus = () => {
    refresh();
    field.select();
  };
  button.onclick = async () => {
    refresh();
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = say("stage.copied");
    } catch {
      field.focus();
      field.select();
      said.textContent = say("stage.copy_by_hand");
    }
  };
  return () => fields.delete(field);
}
