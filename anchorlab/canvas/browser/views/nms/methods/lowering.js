// What soft-NMS and Matrix NMS share: overlap lowers scores, and what falls too low is dropped.

import { intersectionOf } from "../../../core/iou.js";
import { say } from "../../../model/sentences.js";
import { box, byState, drawWaiting, header, iouOrDash, MANY, safeTitle, titleOf, two } from "../common.js";

const STATES = PALETTE.states;

// Kept boxes solid, those that wait fading with their scores, dropped ones dotted. `touched`: whose scores the step
// lowers.
export function drawLowering(stage, method, marks, ctx, { step, current, picks, touched }) {
  const { played } = stage;
  const layers = byState(method, played, step);
  const many = layers.waiting.length + layers.suppressed.length > MANY;
  const crowd = layers.kept.length > (stage.narrow ? 6 : 12);
  stage.lightUnion(ctx, layers.kept.map((i) => box(played, i)), 0.42);
  const [picked = -1] = picks;
  const told = picked >= 0 && played.suppressed_by[picked] >= 0 ? [played.suppressed_by[picked], picked] : [current, touched[0] ?? -1];
  const pair = picks.length > 1 ? picks : told;
  const shared = pair[0] >= 0 && pair[1] >= 0 && intersectionOf(box(played, pair[0]), box(played, pair[1]));
  if (shared) stage.light(ctx, shared);
  const alpha = (i) => Math.max(0.35, method.score(played, i, step) / Math.max(played.scores[i], 1e-6));
  drawWaiting(marks, played, layers.waiting, { many, alpha });
  for (const i of layers.suppressed.slice(0, 300).reverse()) {
    const fresh = played.round[i] === step;
    marks.box(box(played, i), "suppressed", { alpha: fresh ? 1 : 0.3, bare: many && !fresh });
  }
  for (const i of layers.kept.reverse()) {
    marks.box(box(played, i), "kept", { width: i === current ? 4.2 : crowd ? 2.2 : 3 });
    const must = i === current || picks.includes(i);
    const text = `✓ ${titleOf(played, i, method.score(played, i, step))}`;
    if (must || !crowd) marks.tag(box(played, i), text, { background: STATES.kept.core, must });
  }
}

export const legend = (counts) => [
  ["kept", say("nms.legend_kept"), counts.kept],
  ["suppressed", say("methods.linear.legend_dropped"), counts.suppressed],
  ["waiting", say("nms.legend_waiting"), counts.waiting],
];

export const funnel = (played, cut) => (cut ? say("methods.linear.funnel_best", { most: played.above }) : say("methods.linear.funnel"));

// `last`: the column of who did it.
export const columns = (last) => [...header("rank", "class", "score", "lowered_to", "decision", last), "IoU"];

// `told`: whether it is known who did it.
export function cells(played, i, score, state, told) {
  const by = played.suppressed_by[i];
  const known = by >= 0 && told;
  return [
    two(played.scores[i]),
    score < played.scores[i] ? two(score) : "–",
    { kept: () => say("nms.cell_kept"), suppressed: () => say("methods.linear.cell_dropped"), waiting: () => say("nms.cell_waiting") }[state]?.(),
    known ? safeTitle(played, by) : "–",
    iouOrDash(known, played.prediction_iou[i]),
  ];
}
