// Rosetta: one scene, two libraries. The picture is shown twice, side by side (on phones one below the
// other), each half as its library answers; what differs is lit, what is equal stays quiet.

import { bus } from "../streamlit/bus.js";
import { escapeHtml } from "../model/format.js";
import { say } from "../model/sentences.js";
import { boxAt } from "../core/boxes.js";
import { divider, foldHalves, half, halfMargin } from "./halves.js";
import { drawLattice, drawWords, formulaOf } from "./rosetta/anchors.js";
import { drawCoder } from "./rosetta/coder.js";
import { NEGATIVE, SIDES } from "./rosetta/common.js";
import { drawLabels, FEW, found } from "./rosetta/labels.js";
import { means } from "./rosetta/meanings.js";
import { cellAt, inspect, point, POINTER, smallest, step, stops, subject } from "./rosetta/pointing.js";
import { drawPredictions } from "./rosetta/predictions.js";
import { book, conventions, frames } from "./rosetta/tables.js";
import { caption, number, tryThis, why } from "./shared.js";

// What a row of the table asks is answered in the picture, which may be out of sight. Who goes from row to row by
// the keyboard stays there.
function showPicture({ frame }) {
  const table = bus().slots.get("conventions");
  if (table?.getRootNode().activeElement?.matches(":focus-visible")) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  frame.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
}

// ---- slots

// The numbers of what differs, as they are right now.
function counterOf(stage) {
  const { counter, kind, sides } = stage.data;
  if (kind !== "labels" || sides.some((s) => s.problem)) return counter;
  const { count: differ, alone } = found(stage);
  return { ...counter, differ, alone, same: counter.total - differ };
}

// As Python says it: see `_text` in labels.py.
function labelsText({ labels, differ: count, alone = null }) {
  if (!count) return say("rosetta.labels_same", { labels });
  if (alone === null || alone === count) return say("rosetta.labels_differ", { labels, count });
  return alone ? say("rosetta.labels_alone", { labels, count, alone }) : say("rosetta.labels_not_alone", { labels, count });
}

function readout(stage) {
  const { data } = stage;
  const { suggest } = data;
  const counter = counterOf(stage);
  const { alone = null } = counter;
  const part = alone !== null && alone !== counter.differ ? `<p>${say("rosetta.by_this", { alone })}</p>` : "";
  const said = inspect(stage)
    .map(([title, text]) => `<p><b>${escapeHtml(title)}</b> ${text}</p>`)
    .join("");
  const walk = counter.differ && stops(stage).length > 1 ? stepper(stage) : "";
  const other = suggest
    ? `<p><button type="button" class="link" data-act="case:${suggest.case}">${counter.differ ? say("rosetta.suggest_alone", { title: escapeHtml(suggest.title) }) : say("rosetta.suggest", { title: escapeHtml(suggest.title) })}</button></p>`
    : "";
  const documented = data.libraries
    .map(({ title }, side) => (data.documented[side] ? `<p class="cap">${say("rosetta.documented", { library: escapeHtml(title), why: escapeHtml(data.documented[side]) })}</p>` : ""))
    .join("");
  return (
    `<div class="counters"><p>${say("rosetta.differ", { count: counter.differ })}</p>${part}` +
    `<p>${say("rosetta.same", { same: counter.same })}</p><p class="cap">${say("rosetta.of_all", { total: counter.total, noun: counter.noun })}</p></div>` +
    why(escapeHtml(subject(stage) || data.question), said + documented + other) +
    walk +
    tryThis(stage, data.try_this ? { question: data.try_this, answer: () => data.reveal } : null)
  );
}

function stepper(stage) {
  const { alone = null, differ } = counterOf(stage);
  const list = stops(stage);
  const at = list.indexOf(stage[POINTER[stage.data.kind]]);
  const place = { at: at < 0 ? "–" : at + 1, count: list.length };
  return (
    `<div class="stepper"><button type="button" data-act="step:-1" aria-label="${say("rosetta.previous")}">‹</button>` +
    `<b>${alone && alone !== differ ? say("rosetta.step_by_this", place) : say("rosetta.step", place)}</b>` +
    `<button type="button" data-act="step:1" aria-label="${say("rosetta.next")}">›</button></div>`
  );
}

export const rosettaView = {
  get keys() {
    return [
      [", .", say("rosetta.key_step")],
      ["← ↑ → ↓", say("rosetta.key_cell")],
      [say("rosetta.page_keys"), say("rosetta.key_convention")],
    ];
  },
  slots: { readout, conventions, frames },
  labelled: found, // for tests
  below: ["conventions", "frames"],
  room: 24,
  edits: true,

  update(stage) {
    const { kind } = stage.data;
    this.room = stage.data.case && (kind === "labels" || kind === "nms") ? 19 : 24;
    this.edits = !stage.data.case;
    if (stage.data.case) stage.object = -1;
  },

  narrowHeight: (stage, w) => Math.round(2 * 0.68 * w),

  margin: halfMargin,

  home(stage) {
    return stage.data.region ?? [0, 0, stage.photo.width, stage.photo.height];
  },

  fold: foldHalves,

  numbers(stage) {
    return stage.data.kind === "labels" ? { labels: labelsText(counterOf(stage)) } : {};
  },

  label(stage) {
    const { libraries, question } = stage.data;
    const counter = counterOf(stage);
    const [a, b] = libraries.map((l) => l.title);
    const { differ: count, total, noun } = counter;
    return say("rosetta.label", { alt: stage.photo.alt, a, b, question, count, total, noun });
  },

  means,

  draw(stage, _, ctx) {
    const { kind, lattice, libraries, sides } = stage.data;
    for (const side of [0, 1]) {
      const name = SIDES[side];
      half(stage, ctx, side, { title: libraries[side].title, problem: sides[side].problem }, (marks) => {
        if (kind === "anchors") (lattice ? drawLattice : drawWords)(stage, marks, ctx, side);
        else if (kind === "labels") drawLabels(stage, marks, ctx, name);
        else if (kind === "coder") drawCoder(stage, marks, ctx, side);
        else drawPredictions(stage, marks, ctx, name);
        if (kind !== "labels" && stage.object >= 0 && stage.editing()) stage.drawObjects(marks, { alpha: 0.9 });
      });
    }
    divider(stage, ctx);
  },

  strip(stage) {
    const { data } = stage;
    if (data.kind === "coder" && data.pair && !data.sides.some((s) => s.problem)) {
      const line = (side, name) => `<span class="item">${name}${data.sides[side].said.map((v) => number(v)).join(" ")}</span>`;
      const letter = (side) => `<b class="side">${"AB"[side]}</b>`;
      return data.given
        ? `<div class="fun">${line(0, "")}</div>` + caption(say("rosetta.decoded_by_both"))
        : `<div class="fun">${line(0, letter(0))}${line(1, letter(1))}</div>`;
    }
    const two = (line) => `<div class="two">${line(0)}${line(1)}</div>`;
    if (data.kind === "anchors") return two((side) => formulaOf(stage, side));
    return two((side) => `<div><b class="side">${"AB"[side]}</b><span class="told">${escapeHtml(data.sides[side].problem ? "–" : data.told[side])}</span></div>`);
  },

  hover(stage, ix, iy) {
    const { data } = stage;
    if (data.kind === "anchors" && !data.lattice) {
      const side = stage.secondHalf ? 1 : 0;
      const words = data.sides[side].words;
      const k = smallest(stage, words.map((w) => w.box), ix, iy);
      return k >= 0 ? { kind: "word", index: words[k].key } : null;
    }
    return null;
  },

  click(stage, ix, iy) {
    const { data } = stage;
    const side = stage.secondHalf ? 1 : 0;
    if (data.kind === "anchors") {
      const words = data.sides[side].words;
      const k = data.lattice ? -1 : smallest(stage, words.map((w) => w.box), ix, iy);
      if (k >= 0) return point(stage, "step", words[k].key);
      return point(stage, "cell", cellAt(stage, ix, iy));
    }
    if (data.kind === "nms") {
      const boxes = Array.from(data.scores, (_, k) => boxAt(data.predictions, k));
      const k = smallest(stage, boxes, ix, iy);
      if (k >= 0) point(stage, "prediction", k);
      return;
    }
    if (data.kind !== "labels") return;
    const count = stage.anchors.length / 4;
    if (count <= FEW) {
      const k = smallest(stage, Array.from({ length: count }, (_, n) => boxAt(stage.anchors, n)), ix, iy);
      if (k >= 0) point(stage, "anchor", k);
      return;
    }
    // Of the clicked cell the anchor that differs, else one that learns, else the first.
    const first = cellAt(stage, ix, iy) * data.shapes_per_cell;
    const mine = Array.from({ length: data.shapes_per_cell }, (_, k) => first + k);
    const { [SIDES[side]]: { code }, differs } = found(stage);
    point(stage, "anchor", mine.find((k) => differs[k]) ?? mine.find((k) => code[k] !== NEGATIVE) ?? first);
  },

  key(stage, key, event, arrow) {
    if (key === "," || key === ".") return step(stage, key === "." ? 1 : -1);
    if (key === "PageUp" || key === "PageDown") {
      const names = (book()?.rows ?? []).map((row) => row.name);
      const next = names[names.indexOf(stage.data.convention) + (key === "PageDown" ? 1 : -1)];
      if (next) this.act(stage, `ask:${next}`);
      return true;
    }
    if (!arrow || stage.object >= 0 || !stage.data.cells) return false;
    const { rows, cols } = stage.data.cells;
    const labels = stage.data.kind === "labels";
    const shapes = stage.data.shapes_per_cell ?? 1;
    const cell = labels ? Math.floor(Math.max(0, stage.anchor) / shapes) : Math.max(0, stage.cell);
    const col = Math.min(cols - 1, Math.max(0, (cell % cols) + arrow[0]));
    const row = Math.min(rows - 1, Math.max(0, Math.floor(cell / cols) + arrow[1]));
    const to = row * cols + col;
    if (labels) point(stage, "anchor", to * shapes + (Math.max(0, stage.anchor) % shapes));
    else point(stage, "cell", to);
    return true;
  },

  // Up and down in the table go from row to row.
  slotKey(stage, e) {
    const button = e.target.closest?.(".rosetta tbody button");
    if (!button || (e.key !== "ArrowDown" && e.key !== "ArrowUp")) return;
    const all = [...button.closest("table").querySelectorAll("tbody button")];
    const next = all[all.indexOf(button) + (e.key === "ArrowDown" ? 1 : -1)];
    e.preventDefault();
    next?.focus();
  },

  act(stage, act) {
    const [name, value] = act.split(":");
    if (name === "step") return step(stage, Number(value));
    if (!["ask", "case", "b"].includes(name)) return;
    stage.command("rosetta", { [name]: value });
    if (name !== "case") showPicture(stage);
  },
};
