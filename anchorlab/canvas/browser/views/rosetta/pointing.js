// What is pointed at, what can be stepped through, and what both libraries say of it.

import { escapeHtml, minus, pixels } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { wordOf } from "./anchors.js";
import { centreOf, SIDES } from "./common.js";
import { because, found, labelStops } from "./labels.js";
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
    .map(([title, text]) => say("rosetta.spoken", { library: title, text: text.replace(/<[^>]*>/g, "") }))
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
        return [title, say("rosetta.cell_centre", { place: centreOf(stage, side, stage.cell).map(pixels).join(", ") })];
      }
      const k = data.sides[side].words.findIndex((w) => w.key === stage.step);
      if (k < 0) return [title, say("rosetta.generates_none")];
      const w = data.sides[side].words[k];
      const box = { number: k + 1, width: exactly(w.w), height: exactly(w.h) };
      return [title, data.convention === "order" ? say("rosetta.box_called", { ...box, name: w.word }) : say("rosetta.box", box)];
    }
    if (data.kind === "labels") {
      const { code: codes } = found(stage)[name];
      if (stage.anchor < 0 || stage.anchor >= codes.length) return [title, say("rosetta.no_anchor")];
      return [title, because(stage, name, side, stage.anchor)];
    }
    if (data.kind === "coder") {
      if (!data.pair) return [title, say("rosetta.nothing_to_encode")];
      const numbers = data.sides[side].said.join("  ");
      return [title, data.given ? say("rosetta.is_told", { numbers }) : say("rosetta.writes", { numbers })];
    }
    return stage.prediction < 0 ? [title, say("rosetta.no_prediction")] : [title, fate(stage, name, side)];
  });
}

const exactly = (value) => minus(String(Math.round(value * 100) / 100));

export function subject(stage) {
  const { data } = stage;
  if (data.kind === "anchors") {
    if (data.lattice) return say("rosetta.cell", { row: Math.floor(stage.cell / data.cells.cols), col: stage.cell % data.cells.cols });
    const w = wordOf(stage, 0) ?? wordOf(stage, 1);
    return data.convention === "order" ? say("rosetta.box_of_cell", { number: stage.step + 1 }) : w ? w.word[0].toUpperCase() + w.word.slice(1) : "";
  }
  if (data.kind === "labels") return stage.anchor >= 0 ? say("rosetta.anchor_number", { index: stage.anchor }) : "";
  if (data.kind === "coder") return data.given ? say("rosetta.same_numbers") : say("rosetta.same_box");
  return stage.prediction >= 0 ? say("rosetta.prediction_number", { index: String(stage.prediction) }) : "";
}
