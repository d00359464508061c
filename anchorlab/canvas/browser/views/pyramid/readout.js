// Why an object lands where it does, and a question to predict.

import { escapeHtml, iouText, whole } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { centreX, centreY, height, width } from "../../core/boxes.js";
import { f32 } from "../../core/rounding.js";
import { chart, tryThis, why } from "../shared.js";
import { focusOf, inkAt, sizesOf } from "./reading.js";

// The sizes of every level and the object's, on one logarithmic ruler.
function sizeRuler(stage, size) {
  const { levels } = stage.generated;
  const all = [...levels.flatMap(sizesOf), size];
  const low = Math.log(Math.min(...all)) - 0.12;
  const high = Math.log(Math.max(...all)) + 0.12;
  const x = (v) => 4 + (392 * (Math.log(v) - low)) / (high - low);
  let last = -Infinity;
  const ticks = levels.map((level, k) => {
    const sizes = [...new Set(sizesOf(level).map((v) => Math.round(v * 10) / 10))].sort((a, b) => a - b);
    const middle = (x(sizes[0]) + x(sizes.at(-1))) / 2;
    const name = middle - last > 26 ? `<text x="${middle}" y="12" text-anchor="middle" style="fill:${inkAt(stage, k)}" class="h">${escapeHtml(level.name)}</text>` : "";
    if (name) last = middle;
    const lines = sizes.map((v) => `M${x(v).toFixed(1)} 18v12`).join("");
    return `${name}<path d="${lines}" stroke="${inkAt(stage, k)}" stroke-width="3"/>`;
  });
  const at = x(size);
  const label = Math.min(Math.max(at, 16), 384);
  const sizes = { low: whole(Math.min(...all)), high: whole(Math.max(...all)), size: whole(size) };
  const mark = `<path d="M${at} 14V36" stroke="var(--st-text-color)" stroke-width="2"/><text x="${label}" y="48" text-anchor="middle" class="h">${whole(size)} px</text>`;
  return chart(50, say("pyramid.ruler", sizes), `<path d="M0 30H400" stroke="var(--st-border-color)"/>${ticks.join("")}${mark}`);
}

const range = (level) => {
  const sizes = sizesOf(level);
  const [low, high] = [Math.round(Math.min(...sizes)), Math.round(Math.max(...sizes))];
  return low === high ? say("pyramid.sides", { low }) : say("pyramid.sides_range", { low, high });
};

function inspector(stage) {
  const g = focusOf(stage);
  const box = stage.boxes[g];
  if (!box) return why(say("pyramid.which"), `<p>${say("pyramid.which_why")}</p>`);
  const { levels, scale } = stage.generated;
  const { winner, iou } = stage.generated.best(box);
  const [w, h] = [width(box) * scale[0], height(box) * scale[1]];
  const size = Math.sqrt(w * h);
  const noun = escapeHtml(stage.className(g));
  const measured = { width: whole(w), height: whole(h), size: whole(size) };
  const sides = say(scale[0] !== 1 || scale[1] !== 1 ? "pyramid.size_resized" : "pyramid.size", measured);
  const ruler = sizeRuler(stage, size);
  if (winner < 0) return why(say("pyramid.nowhere", { noun }), `${ruler}<p>${sides} ${say("pyramid.untouched")}</p>`);
  const own = levels[winner];
  if (levels.length === 1) {
    return why(say("pyramid.fit", { noun }), `${ruler}<p>${sides} ${say("pyramid.reaches", { sides: range(own), iou: iouText(iou[0]) })}</p>`);
  }
  const far = (level) => Math.min(...sizesOf(level).map((v) => Math.abs(Math.log(v / size))));
  const nearest = levels.reduce((best, level) => (far(level) < far(best) - 1e-9 ? level : best), own);
  const tail =
    nearest === own
      ? say("pyramid.tries", { level: escapeHtml(own.name), sides: range(own) })
      : say("pyramid.tries_but", {
          level: escapeHtml(nearest.name),
          sides: range(nearest),
          iou: iouText(iou[winner]),
          own: escapeHtml(own.name),
          there: iouText(iou[levels.indexOf(nearest)]),
        });
  return why(say("pyramid.lands", { noun, level: escapeHtml(own.name) }), `${ruler}<p>${sides} ${tail}</p>`);
}

const SMALLEST = 4; // pixels of a side that can still be drawn by hand

// A question about the object that is selected, else the last: half as large, or, if it is tiny, twice.
function prediction(stage) {
  const g = stage.boxes[stage.object] ? stage.object : stage.boxes.length - 1;
  const box = stage.boxes[g];
  if (!box) return { question: say("pyramid.predict_draw") };
  const name = escapeHtml(stage.objectName(g));
  const factor = Math.min(width(box), height(box)) < 2 * SMALLEST ? 2 : 0.5;
  const one = stage.generated.levels.length === 1;
  const high = iouText(stage.data.high);
  return {
    question: one
      ? say(factor < 1 ? "pyramid.predict_half_reach" : "pyramid.predict_double_reach", { name, high })
      : say(factor < 1 ? "pyramid.predict_half" : "pyramid.predict_double", { name }),
    answer: () => resized(stage, box, factor),
  };
}

// Where an object lands once it is smaller or larger, around the same centre.
function resized(stage, box, factor) {
  const { levels } = stage.generated;
  const [cx, cy, w, h] = [centreX(box), centreY(box), (factor * width(box)) / 2, (factor * height(box)) / 2];
  const { winner, iou } = stage.generated.best([cx - w, cy - h, cx + w, cy + h]);
  if (winner < 0) return say("pyramid.on_none");
  const reached = iouText(iou[winner]);
  if (levels.length === 1) {
    const enough = iou[winner] >= f32(stage.data.high);
    return say(enough ? "pyramid.would_reach" : "pyramid.would_not_reach", { iou: reached });
  }
  const now = stage.generated.best(box).winner;
  const landed = { level: escapeHtml(levels[winner].name), iou: reached };
  if (winner === now) return say("pyramid.still_on", landed);
  if (now < 0) return say("pyramid.then_on", landed);
  const moved = { ...landed, count: Math.abs(winner - now), before: escapeHtml(levels[now].name) };
  return say(winner < now ? "pyramid.finer" : "pyramid.coarser", moved);
}

export const readout = (stage) => inspector(stage) + tryThis(stage, prediction(stage));
