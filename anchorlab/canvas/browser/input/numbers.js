// A few numbers as chips: each can be taken off, and a field at their end takes another one.
//
// A list is { label, thing ("size" or "ratio"), key, values, low, high, most, refuse(values), set(values) }: `refuse` says in words why
// the view cannot take these values (null: it can), `set` takes them.

import { escapeHtml, ratioText, whole } from "../model/format.js";
import { say } from "../model/sentences.js";

const VULGAR = { "½": 1 / 2, "¼": 1 / 4, "¾": 3 / 4, "⅓": 1 / 3, "⅔": 2 / 3, "⅕": 1 / 5 };

// A number as people write it: 96, 0.5, 0,5, 1/2 or ½; NaN if it is none.
function readNumber(text) {
  const plain = text.trim().replaceAll(",", ".");
  if (plain in VULGAR) return VULGAR[plain];
  const parts = plain.split("/").map((part) => (part.trim() ? Number(part) : NaN));
  return parts.length === 1 ? parts[0] : parts.length === 2 ? parts[0] / parts[1] : NaN;
}

// The way a chip shows a number: as many digits as tell it apart.
export function numberText(value) {
  const known = ratioText(value);
  if (known in VULGAR) return known;
  return String(Number(value.toPrecision(value >= 1000 ? 6 : 4)));
}

// Why a text cannot join the list; null if it can.
function refusal(list, text) {
  const value = readNumber(text);
  if (!Number.isFinite(value)) return say("lists.no_number", { text });
  if (value <= 0) return say("lists.not_positive", { text });
  if (value < list.low || value > list.high) return say("lists.out_of_range", { text, low: String(list.low), high: whole(list.high) });
  if (list.values.some((v) => Math.abs(v - value) < 1e-6 * v)) return say("lists.twice", { number: numberText(value) });
  return list.refuse([...list.values, value]);
}

// What a list has from its control, the one of this path; `own`: the rest.
export function listAt({ settings }, path, own) {
  const key = path.replace(".", "_");
  const { low, high, most } = settings.controls[key];
  return { key, thing: path.endsWith("sizes") ? "size" : "ratio", low, high, most, ...own };
}

// What stands in the slot before the list is written into it.
export const numbersSkeleton = () =>
  `<div class="numberlist" role="group"><p class="lab"></p><div class="chips"><span class="all"></span>` +
  `<input class="chip add" type="text" autocomplete="off" spellcheck="false" enterkeyhint="done"></div>` +
  `<p class="refusal" role="alert"></p></div>`;

const lists = new WeakMap(); // slot -> the list it shows

// Writes a list into its slot. What is being typed stays, and so does the focus.
export function paintNumbers(element, list) {
  const group = element.querySelector(".numberlist");
  const field = group.querySelector(".add");
  const fresh = !lists.has(group);
  lists.set(group, list);
  group.ariaLabel = list.label;
  group.dataset.list = list.key;
  group.dataset.values = list.values.join();
  const full = list.values.length >= list.most;
  field.disabled = full;
  field.ariaLabel = say(`lists.add_${list.thing}`);
  field.title = say("lists.hint");
  writeChips(group, list);
  if (fresh) listen(group, field);
  hint(group, field);
}

function hint(group, field) {
  const list = lists.get(group);
  const typing = field.getRootNode().activeElement === field;
  field.placeholder = field.disabled ? say("lists.most", { most: list.most }) : typing ? "96, 0.5, 1/2" : say("lists.add");
  const label = group.querySelector(".lab");
  const text = typing ? say("lists.hint") : list.label;
  if (label.textContent !== text) label.textContent = text; // a term in it may carry its meaning
}

function writeChips(group, list) {
  const all = group.querySelector(".all");
  const html = list.values
    .map((value, k) => {
      const text = escapeHtml(numberText(value));
      return `<button type="button" class="chip" data-place="${k}" aria-label="${say(`lists.take_off_${list.thing}`, { number: text })}" title="${say("lists.take_off")}">${text} <span aria-hidden="true">×</span></button>`;
    })
    .join("");
  if (all.anchorlabHtml === html) return;
  const active = group.getRootNode().activeElement;
  const place = all.contains(active) ? Number(active.dataset.place) : -1;
  all.anchorlabHtml = html;
  all.innerHTML = html;
  if (place < 0) return;
  const left = all.querySelectorAll("button");
  (left[Math.min(place, left.length - 1)] ?? group.querySelector(".add")).focus({ preventScroll: true });
}

function listen(group, field) {
  const refuse = (text) => (group.querySelector(".refusal").textContent = text ?? "");
  const take = (values) => {
    const list = lists.get(group);
    const why = values.length ? list.refuse(values) : say(`lists.one_${list.thing}`);
    refuse(why);
    if (!why) list.set(values);
  };
  const remove = (place) => take(lists.get(group).values.filter((_, k) => k !== place));
  const add = () => {
    const text = field.value.trim();
    if (!text) return;
    const list = lists.get(group);
    const why = refusal(list, text);
    refuse(why);
    if (why) return;
    field.value = "";
    list.set([...list.values, readNumber(text)]);
  };
  group.querySelector(".all").addEventListener("click", (e) => {
    const chip = e.target.closest("[data-place]");
    if (chip) remove(Number(chip.dataset.place));
  });
  group.addEventListener("keydown", (e) => {
    const chip = e.target.closest("[data-place]");
    if (chip && (e.key === "Delete" || e.key === "Backspace")) remove(Number(chip.dataset.place));
    else if (e.target !== field) return;
    else if (e.key === "Enter") add();
    else if (e.key === "Backspace" && !field.value) remove(lists.get(group).values.length - 1);
    else if (e.key === "Escape" && field.value) [field.value] = ["", refuse("")];
    else return;
    e.preventDefault();
    e.stopPropagation();
  });
  // Who types on a phone and taps elsewhere means it, too.
  field.addEventListener("change", add);
  field.addEventListener("input", () => refuse(""));
  for (const type of ["focus", "blur"]) field.addEventListener(type, () => hint(group, field));
}
