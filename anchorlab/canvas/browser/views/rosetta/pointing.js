// What is pointed at, what can be stepped through, and what both libraries say of it.

import { escapeHtml, minus, pixels, whole } from "../../model/format.js";
import { wordOf } from "./anchors.js";
import { centreOf, SIDES } from "./common.js";
import { because, found, labelStops, stateOf, verdict } from "./labels.js";
import { fate } from "./predictions.js";

const AREA = (b) => Math.max(0, b[2] - b[0]) * Math.max(0, b[3] - b[1]);
const within = (b, x, y, slack) => x >= b[0] - slack && x <= b[2] + slack && y >= b[1] - slack && y <= b[3] + slack;

// The smallest of some boxes around a point; -1 without one.
export function smallest(stage, boxes, x, y) {
  const slack = (6 * stage.unit) / stage.viewport.scale;
  let best = -1;
  boxes.forEach((b, k) => {
    if (b && within(b, x, y, slack) && (best < 0 || AREA(b) < AREA(boxes[best]))) best = k;
  });
  return best;
}

export const cellAt = (stage, x, y) => {
  const { rows, cols, stride } = stage.data.cells;
  const limit = (v, most) => Math.max(0, Math.min(most - 1, Math.floor(v / stride)));
  return limit(y, rows) * cols + limit(x, cols);
};

// What can be stepped through: the differing things, or all where nothing differs.
export function stops(stage) {
  const { data } = stage;
  if (data.kind === "anchors" && !data.lattice) {
    const words = data.sides.flatMap((s) => s.words);
    const marked = ["caused", "differs"].map((mark) => words.filter((w) => w[mark])).find((some) => some.length) ?? [];
    const all = [...new Set(marked.map((w) => w.key))];
    return (all.length ? all : [...new Set(words.map((w) => w.key))]).sort((p, q) => p - q);
  }
  if (data.kind === "coder" || data.lattice) return [];
  if (data.kind === "labels") return labelStops(stage);
  const all = Array.from(data.differs, (_, k) => k);
  const by = data.caused.some(Boolean) ? data.caused : data.differs;
  const lit = all.filter((k) => by[k]);
  return lit.length ? lit : all;
}

export const POINTER = { anchors: "step", labels: "anchor", nms: "prediction" };

export function step(stage, by) {
  const list = stops(stage);
  const field = POINTER[stage.data.kind];
  if (!list.length) return false;
  const at = list.indexOf(stage[field]);
  const next = at < 0 ? list.find((v) => v > stage[field]) ?? list[0] : list[(at + by + list.length) % list.length];
  point(stage, field, next);
  return true;
}

export function point(stage, field, value) {
  stage[field] = value;
  stage.commitPick();
  stage.say(spoken(stage));
  stage.schedule();
}

// Both libraries about what is pointed at, without markup.
function spoken(stage) {
  return inspect(stage)
    .map(([title, text]) => `${title}: ${text.replace(/<[^>]*>/g, "")}.`)
    .join(" ");
}

// [library, what it says] of what is pointed at.
export function inspect(stage) {
  const { data } = stage;
  return SIDES.map((name, side) => {
    const { title } = data.libraries[side];
    const { problem } = data.sides[side];
    if (problem) return [title, escapeHtml(problem)];
    if (data.kind === "anchors") {
      if (data.lattice) {
        return [title, `this cell is centred at <b>${centreOf(stage, side, stage.cell).map(pixels).join(", ")}</b>`];
      }
      const k = data.sides[side].words.findIndex((w) => w.key === stage.step);
      if (k < 0) return [title, "generates no such box"];
      const w = data.sides[side].words[k];
      return [title, `box ${k + 1} of the cell, <b>${exactly(w.w)} × ${exactly(w.h)}</b>${data.convention === "order" ? `: ${w.word}` : ""}`];
    }
    if (data.kind === "labels") {
      const { code: codes } = found(stage)[name];
      if (stage.anchor < 0 || stage.anchor >= codes.length) return [title, "no anchor"];
      const code = codes[stage.anchor];
      return [title, `<b class="${stateOf(code)}">${verdict(stage, name, stage.anchor)}</b>, ${because(stage, name, side, stage.anchor)}`];
    }
    if (data.kind === "coder") {
      if (!data.pair) return [title, "nothing to encode"];
      const s = data.sides[side];
      return [title, `${data.given ? "is told" : "writes"} <b>${s.said.join("  ")}</b>`];
    }
    return stage.prediction < 0 ? [title, "no prediction"] : [title, fate(stage, name, side)];
  });
}

const exactly = (value) => minus(String(Math.round(value * 100) / 100));

export function subject(stage) {
  const { data } = stage;
  if (data.kind === "anchors") {
    if (data.lattice) return `Cell in row ${Math.floor(stage.cell / data.cells.cols)}, column ${stage.cell % data.cells.cols}, from 0`;
    const w = wordOf(stage, 0) ?? wordOf(stage, 1);
    return data.convention === "order" ? `Box ${stage.step + 1} of the cell` : w ? w.word[0].toUpperCase() + w.word.slice(1) : "";
  }
  if (data.kind === "labels") return stage.anchor >= 0 ? `Anchor ${whole(stage.anchor)}` : "";
  if (data.kind === "coder") return data.given ? "The same four numbers" : "The same box";
  return stage.prediction >= 0 ? `Prediction #${stage.prediction}` : "";
}
