// How many anchors there are: the strip, and what the preset's own pictures cost.

import { escapeHtml, whole } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { levelsOver } from "../../core/anchors.js";
import { caption, formula, number, result } from "../shared.js";
import { presetOf } from "./chosen.js";
import { aloneOf } from "./reading.js";

// rows · columns; a square map as a power.
const cellsText = (rows, cols, mark = (text) => text) =>
  rows === cols ? mark(`${rows}²`) : mark(`${whole(rows)}·${whole(cols)}`);

function sum(levels, mark = (text) => text) {
  const shapes = new Set(levels.map((level) => level.shapes.length));
  if (levels.length === 1) return `${cellsText(levels[0].rows, levels[0].cols, mark)} · ${mark(String([...shapes][0]))}`;
  if (shapes.size === 1) {
    return `${[...shapes][0]} · ( ${levels.map(({ rows, cols }) => cellsText(rows, cols, mark)).join(" + ")} )`;
  }
  return levels.map(({ rows, cols, shapes: own }) => mark(`${cellsText(rows, cols)}·${own.length}`)).join(" + ");
}

const total = (levels) => levels.reduce((count, { rows, cols, shapes }) => count + rows * cols * shapes.length, 0);

export function strip(stage) {
  const { levels, count } = stage.generated;
  const alone = aloneOf(stage);
  if (alone >= 0 && levels.length > 1) return stripAlone(stage, levels[alone]);
  const text = sum(levels);
  const counts = levels.map(({ rows, cols, shapes }) => rows * cols * shapes.length);
  const most = counts.indexOf(Math.max(...counts));
  const share = Math.round((100 * counts[most]) / count);
  const home = { share, level: escapeHtml(levels[most].name) };
  const tail = levels.length > 1 ? say(most === 0 ? "pyramid.share_small" : "pyramid.share", home) : say("pyramid.factors");
  const anchors = say("things.anchors", { count });
  const product = text.replaceAll("·", ` ${say("pyramid.times")} `).replaceAll("²", ` ${say("pyramid.squared")}`);
  return formula(`${sum(levels, number)} = ${result(anchors)}`, say("pyramid.count_spoken", { product, anchors })) + caption(tail);
}

function stripAlone(stage, level) {
  const { name, rows, cols, shapes } = level;
  const own = rows * cols * shapes.length;
  const share = (100 * own) / stage.generated.count;
  const part = { share: share < 9.95 ? share.toFixed(1) : String(Math.round(share)), all: stage.generated.count };
  const anchors = say("things.anchors", { count: own });
  return (
    formula(
      `<span class="fn">${escapeHtml(name)}:</span> ${sum([level], number)} = ${result(anchors)}`,
      say("pyramid.count_alone_spoken", { level: name, rows, columns: cols, shapes: shapes.length, anchors }),
    ) + caption(say("pyramid.share_alone", { ...part, count: shapes.length }))
  );
}

// What the preset's own pictures cost, beside what this one does.
export function usual(stage) {
  const known = presetOf(stage.pyramid.preset);
  if (!known) return "";
  const lines = known.usual.map(([w, h]) => {
    const levels = levelsOver(stage.pyramid.pyramid, [w, h], w, h);
    const anchors = say("things.anchors", { count: total(levels) });
    return say("pyramid.usual", { preset: known.label, width: String(w), height: String(h), sum: sum(levels), anchors });
  });
  return `<p class="cap">${lines.join("<br>")}</p>`;
}
