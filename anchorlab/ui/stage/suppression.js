// Non-maximum suppression while a threshold is being dragged: anchorlab.core.nms, in the browser.
// A browser test holds both equal.

import { boxArea, boxAt, boxIou } from "./geometry.js";

export const STATUS = { KEPT: 1, SUPPRESSED: 2, BELOW_SCORE: 3, OVER_TOP_K: 4 };

// data: predictions (flat xyxy), scores, prediction_classes and order (best score first);
// settings: iou, score, per_class, top_k (or null). Returns the trace that the player shows.
export function suppress(data, { iou, score, per_class, top_k }) {
  const { predictions, scores, prediction_classes: classes, order } = data;
  const count = scores.length;
  const trace = {
    status: new Int8Array(count),
    round: new Int32Array(count),
    suppressed_by: new Int32Array(count).fill(-1),
    prediction_iou: new Float32Array(count),
    rounds: 0,
    above: 0,
    kept: 0,
  };
  const least = Math.fround(score);
  const most = Math.fround(iou);
  const queue = [];
  for (const i of order) {
    if (scores[i] < least) trace.status[i] = STATUS.BELOW_SCORE;
    else if (top_k !== null && queue.length >= top_k) trace.status[i] = STATUS.OVER_TOP_K;
    else queue.push(i);
  }
  trace.above = queue.length;
  for (let at = 0; at < queue.length; at++) {
    const best = queue[at];
    if (trace.status[best]) continue;
    trace.rounds += 1;
    trace.kept += 1;
    trace.status[best] = STATUS.KEPT;
    trace.round[best] = trace.rounds;
    const b = boxAt(predictions, best);
    const area = boxArea(b);
    for (let next = at + 1; next < queue.length; next++) {
      const i = queue[next];
      if (trace.status[i] || (per_class && classes[i] !== classes[best])) continue;
      const overlap = boxIou(predictions, i, b[0], b[1], b[2], b[3], area);
      if (overlap > most) {
        trace.status[i] = STATUS.SUPPRESSED;
        trace.round[i] = trace.rounds;
        trace.suppressed_by[i] = best;
        trace.prediction_iou[i] = overlap;
      }
    }
  }
  return trace;
}
