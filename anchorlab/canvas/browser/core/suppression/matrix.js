// Matrix NMS: the twin of anchorlab.core.suppression.matrix.

import { exp, f32 } from "../rounding.js";
import { measured, overlapOf, rivals, STATUS, takingPart, undecided } from "./common.js";

// What a box that overlaps another by `overlap`, and a better one itself by `doubt`, multiplies that other's score by; a
// word of 1 or more is not heard.
export function wordOf(overlap, doubt, { matrix: { kernel, sigma } }) {
  if (kernel === "gaussian") return exp(f32(f32(sigma) * f32(f32(doubt * doubt) - f32(overlap * overlap))));
  const free = f32(1 - doubt);
  return free > 0 ? f32(f32(1 - overlap) / free) : 1;
}

// Every score at once, by what the better boxes have against it; step 2 drops what is too low.
export function matrixSuppress(data, settings) {
  const trace = undecided(data);
  const queue = takingPart(data, settings, trace.status, LIMITS.traced);
  const overlap = overlapOf(measured(data, settings));
  const rival = rivals(data, settings);
  const n = queue.length;
  const shared = queue.map(() => new Float32Array(n)); // shared[j][i], i better than j; 0 where i has no say
  const doubt = new Float32Array(n); // the largest IoU with any better box
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < j; i++) {
      if (!rival(queue[i], queue[j])) continue;
      shared[j][i] = overlap(queue[i], queue[j]);
      doubt[j] = Math.max(doubt[j], shared[j][i]);
    }
  }
  const least = f32(settings.score_threshold);
  trace.factor = new Float32Array(data.scores.length).fill(1);
  trace.compensation = new Float32Array(data.scores.length);
  for (let j = 0; j < n; j++) {
    const k = queue[j];
    let [factor, speaker] = [1, -1];
    for (let i = 0; i < j; i++) {
      if (!rival(queue[i], k)) continue;
      const w = wordOf(shared[j][i], doubt[i], settings);
      if (w < factor) [factor, speaker] = [w, i];
    }
    trace.factor[k] = factor;
    trace.compensation[k] = doubt[j];
    trace.final_scores[k] = data.scores[k] * factor;
    if (speaker >= 0) {
      trace.suppressed_by[k] = queue[speaker];
      trace.prediction_iou[k] = shared[j][speaker];
    }
    const stays = trace.final_scores[k] >= least;
    trace.status[k] = stays ? STATUS.KEPT : STATUS.SUPPRESSED;
    trace.round[k] = 2;
    trace.kept += stays;
  }
  trace.above = n;
  trace.rounds = n ? 2 : 0;
  return trace;
}
