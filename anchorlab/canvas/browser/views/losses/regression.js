// The losses of one offset and their slopes over its error, which can be dragged; and those of a whole box.

import { iouOf } from "../../core/iou.js";
import { iouLoss, l1, smoothL1 } from "../../core/losses/regression.js";
import { f32 } from "../../core/rounding.js";
import { predictedBox } from "../../model/costs.js";
import { iouText, signed } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { nameOf } from "../matching/subject.js";
import { chart, gridLine, pathOf } from "../shared.js";
import { sceneOf } from "./costs.js";

const [LEFT, RIGHT, REACH] = [26, 330, 3];
const x = (error) => LEFT + ((RIGHT - LEFT) * (error + REACH)) / (2 * REACH);
const STEPS = Array.from({ length: 121 }, (_, k) => -REACH + k / 20);

// Loss and slope by the error.
function kinds(beta) {
  return {
    l1: { loss: (d) => l1(d, 0), slope: (d) => Math.sign(d), line: `stroke-dasharray="2 4" stroke-linecap="round"`, state: "ignored" },
    smooth_l1: {
      loss: (d) => smoothL1(d, 0, { beta }),
      slope: (d) => (Math.abs(d) < beta ? d / beta : Math.sign(d)),
      line: "",
      state: "positive",
    },
    l2: { loss: (d) => (d * d) / 2, slope: (d) => d, line: `stroke-dasharray="7 4"`, state: "suppressed" },
  };
}

export function dragError(stage, across) {
  const error = ((across * 400 - LEFT) / (RIGHT - LEFT)) * 2 * REACH - REACH;
  stage.set({ "probe.error": Math.round(20 * Math.min(REACH, Math.max(-REACH, error))) / 20 });
}

// `which`: "loss" or "slope"; `told`: what a screen reader says of the values at the error.
function graph(which, told, height, [low, high], ticks, error, all) {
  const [top, bottom] = [8, height - 20];
  const y = (v) => bottom - ((bottom - top) * (Math.min(high, Math.max(low, v)) - low)) / (high - low);
  const grid = ticks.map((v) => gridLine([LEFT, RIGHT], y(v), signed(v, 0).replace("+", ""))).join("");
  const axis = [-3, -2, -1, 0, 1, 2, 3].map((v) => `<text x="${x(v)}" y="${height - 4}" text-anchor="middle">${signed(v, 0).replace("+0", "0").replace("+", "")}</text>`).join("");
  const curves = Object.values(all).map((kind) => {
    const inside = STEPS.filter((d) => kind[which](d) <= high && kind[which](d) >= low);
    const path = pathOf(inside.map((d) => [x(d), y(kind[which](d))]));
    return `<path class="${kind.state}" d="${path}" fill="none" stroke="currentColor" stroke-width="2.2" ${kind.line}/>`;
  }).join("");
  const dots = Object.values(all).filter((kind) => kind[which](error) <= high && kind[which](error) >= low)
    .map((kind) => `<circle class="${kind.state}" cx="${x(error)}" cy="${y(kind[which](error))}" r="5" fill="currentColor" stroke="var(--st-background-color)" stroke-width="2"/>`).join("");
  const names = Object.entries(all).map(([own, kind], k) =>
    `<text class="${kind.state}" x="${RIGHT + 10}" y="${24 + 30 * k}">${say(`losses.name_${own}`)}</text><path class="${kind.state}" d="M${RIGHT + 10} ${31 + 30 * k}h40" stroke="currentColor" stroke-width="2.2" ${kind.line}/>`).join("");
  const line = `<path class="selected" d="M${x(error)} ${top}V${bottom}" stroke="currentColor" stroke-width="1.6"/>`;
  const values = Object.fromEntries(Object.entries(all).map(([own, kind]) => [own === "smooth_l1" ? "smooth" : own, kind[which](error).toFixed(2)]));
  const label = told({ error: signed(error), ...values });
  const ground = `<rect x="${LEFT - 10}" y="0" width="${RIGHT - LEFT + 20}" height="${height}" fill="transparent"/>`;
  return `<div class="draggable" data-drag="error">${chart(height, label, grid + axis + curves + line + ground + dots + (which === "loss" ? names : ""))}</div>`;
}

export function regression(stage) {
  const [error, beta] = [stage.setting("probe.error"), stage.setting("losses.smooth_l1.beta")];
  const all = kinds(beta);
  const columns = [say("losses.column_loss"), say("losses.column_at", { error: signed(error) }), say("losses.column_slope")];
  const head = columns.map((text) => `<th scope="col">${text}</th>`).join("");
  const rows = Object.entries(all).map(([name, { loss, slope, state }]) =>
    `<tr><th scope="row" class="${state}">${say(`losses.name_${name}`)}</th><td>${loss(error).toFixed(3)}</td><td>${signed(slope(error))}</td></tr>`).join("");
  const known = { error: signed(error), beta: String(beta) };
  const told = Math.abs(error) < beta ? say("losses.box_parabola", known) : say("losses.box_line", known);
  return (
    `<p class="lab">${say("losses.box_loss", { error: signed(error) })}</p>` +
    graph("loss", (values) => say("losses.box_label", values), 150, [0, 3], [0, 1, 2, 3], error, all) +
    `<p class="lab">${say("losses.box_slope")}</p>` +
    graph("slope", (values) => say("losses.slope_label", values), 110, [-3, 3], [-2, -1, 0, 1, 2], error, all) +
    `<table class="costs"><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table><p class="told">${told}</p>`
  );
}

// What a pretended network says of the selected positive anchor's box.
export function predicted(stage) {
  const { anchor, labels } = stage;
  return anchor >= 0 && labels.label[anchor] === 1 ? predictedBox(sceneOf(stage), anchor) : null;
}

const KINDS = { iou: "IoU", giou: "GIoU", diou: "DIoU", ciou: "CIoU" };

export function ious(stage) {
  const pair = predicted(stage);
  if (!pair) return `<p class="cap">${say("losses.ious_none")}</p>`;
  const [box, object] = [pair.box.map(f32), pair.object.map(f32)];
  const chosen = stage.setting("losses.regression");
  const rows = Object.entries(KINDS).map(([kind, title]) =>
    `<tr class="${kind === chosen ? "now" : ""}"><th scope="row">1 − ${title}</th><td>${iouLoss(box, object, { kind }).toFixed(3)}</td></tr>`).join("");
  const name = nameOf(stage, stage.labels.gt_index[stage.anchor]);
  return (
    `<p class="lab">${say("losses.ious", { anchor: `#${stage.anchor}`, object: name })}</p><table class="costs"><tbody>${rows}</tbody></table>` +
    `<p class="cap">${say("losses.ious_told", { object: name, iou: iouText(iouOf(box, object)) })}</p>`
  );
}
