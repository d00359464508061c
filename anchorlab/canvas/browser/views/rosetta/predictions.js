// Which predictions each library keeps.

import { escapeHtml } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { height, width } from "../../core/boxes.js";
import { STATUS } from "../../core/suppression/common.js";

const STATES = PALETTE.states;

export function drawPredictions(stage, marks, ctx, name) {
  const { data } = stage;
  const status = data[`${name}_status`];
  const total = status.length;
  const few = total <= 12;
  const order = Array.from({ length: total }, (_, k) => k).sort((p, q) => (p === stage.prediction) - (q === stage.prediction) || data.differs[p] - data.differs[q]);
  for (const k of order) {
    const b = Array.from(data.predictions.subarray(4 * k, 4 * k + 4));
    const on = k === stage.prediction;
    const state = status[k] === STATUS.KEPT ? "kept" : status[k] === STATUS.SUPPRESSED ? "suppressed" : "waiting";
    if (state === "waiting" && !on && !data.differs[k]) continue;
    const alpha = data.differs[k] || on ? 1 : few ? 0.7 : 0.45;
    if ((data.differs[k] || on) && state === "kept") stage.light(ctx, b, 0.8);
    if (width(b) * height(b) === 0) marks.disc(stage.viewport.x(b[0]), stage.viewport.y(b[1]), 4, STATES[state].core);
    marks.box(b, state, { alpha });
    if (on) marks.ring(b, 4);
    if (!few && !data.differs[k] && !on && state !== "kept") continue;
    const sign = { kept: "✓", suppressed: "×", waiting: "…" }[state];
    marks.tag(b, `${data.differs[k] ? "≠ " : ""}#${k} ${data.scores[k].toFixed(2).replace("0.", ".")} ${sign}`, {
      background: STATES[state].core,
      alpha: alpha < 1 ? 0.8 : 1,
      must: on || Boolean(data.differs[k]),
      prefer: k % 2 ? "below" : undefined,
      size: 12,
    });
  }
}

// What becomes of the prediction that is pointed at.
export function fate(stage, name, side) {
  const { data } = stage;
  const k = stage.prediction;
  const status = data[`${name}_status`]?.[k];
  if (status === STATUS.KEPT) return say("rosetta.kept");
  if (status !== STATUS.SUPPRESSED) return say("rosetta.takes_no_part");
  if (data.sides[side].documented) return say("rosetta.suppressed_documented", { why: escapeHtml(data.documented[side]) });
  return say("rosetta.suppressed", { by: data[`${name}_by`][k], iou: data[`${name}_iou`][k].toFixed(3) });
}
