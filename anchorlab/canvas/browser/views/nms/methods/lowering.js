// What soft-NMS and Matrix NMS share: overlap lowers scores, and what falls too low is dropped.

import { box, byState, drawLayers } from "../common.js";

// Those that wait fade with their scores. `touched`: whose scores the step lowers.
export function drawLowering(stage, method, marks, ctx, { step, current, picks, touched }) {
  const { played } = stage;
  const layers = byState(played, step);
  stage.lightUnion(ctx, layers.kept.map((i) => box(played, i)), 0.42);
  const [picked = -1] = picks;
  const told = picked >= 0 && played.suppressed_by[picked] >= 0 ? [played.suppressed_by[picked], picked] : [current, touched[0] ?? -1];
  const [p, q] = picks.length > 1 ? picks : told;
  if (p >= 0 && q >= 0) stage.lightShared(ctx, box(played, p), box(played, q));
  const score = (i) => method.score(played, i, step);
  const alpha = (i) => Math.max(0.35, score(i) / Math.max(played.scores[i], 1e-6));
  drawLayers(stage, played, marks, layers, { current, picks, alpha, score, faint: 0.3, fresh: (i) => played.round[i] === step });
}

export const LOWERING = {
  measure: "IoU",
  shrinks: true, // scores do
  states: ["kept", "suppressed", "waiting"],
  columns: ["rank", "class", "score", "lowered_to", "decision", "dropped_by"],
};
