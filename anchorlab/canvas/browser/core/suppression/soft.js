// Soft-NMS: the twin of anchorlab.core.suppression.soft. Classes are compared, so no box moves.

import { exp, f32 } from "../rounding.js";
import { isEnough, measured, overlapOf, rivals, STATUS, takingPart, undecided } from "./common.js";

// What an IoU with a better box multiplies a score by, of each kernel.
export const linearDecay = (overlap, settings) => (overlap > 0 && isEnough(overlap, settings) ? f32(1 - overlap) : 1);
export const gaussianDecay = (overlap, { gaussian: { sigma } }) => (overlap > 0 ? exp(f32(-f32(overlap * overlap) / f32(sigma))) : 1);

// Pick the best, lower the scores of those that overlap it by `decay`, drop what falls too low, repeat.
export function softSuppress(data, settings, decay) {
  const trace = undecided(data);
  const queue = takingPart(data, settings, trace.status, LIMITS.traced);
  const overlap = overlapOf(measured(data, settings));
  const rival = rivals(data, settings);
  const scores = trace.final_scores;
  const least = f32(settings.score_threshold);
  trace.above = queue.length;
  let waiting = queue;
  while (waiting.length) {
    let best = waiting[0];
    for (const i of waiting) if (scores[i] > scores[best]) best = i;
    trace.rounds += 1;
    trace.kept += 1;
    trace.status[best] = STATUS.KEPT;
    trace.round[best] = trace.rounds;
    const left = [];
    for (const i of waiting) {
      if (i === best) continue;
      const shared = rival(best, i) ? overlap(best, i) : 0;
      scores[i] *= decay(shared, settings);
      if (scores[i] >= least) {
        left.push(i);
        continue;
      }
      trace.status[i] = STATUS.SUPPRESSED;
      trace.round[i] = trace.rounds;
      trace.suppressed_by[i] = best;
      trace.prediction_iou[i] = overlap(best, i);
    }
    waiting = left;
  }
  return trace;
}

// The scores after every round, from a finished trace: scores[r][i]. scores[0] is before the first.
export function scoresByRound(data, settings, decay) {
  const { status, round, rounds } = data;
  const overlap = overlapOf(measured(data, settings));
  const rival = rivals(data, settings);
  const picked = [];
  const part = [];
  status.forEach((s, i) => {
    if (s === STATUS.KEPT) picked[round[i]] = i;
    if (s === STATUS.KEPT || s === STATUS.SUPPRESSED) part.push(i);
  });
  const rows = [Float32Array.from(data.scores)];
  for (let r = 1; r <= rounds; r++) {
    const row = Float32Array.from(rows[r - 1]);
    for (const i of part) {
      if (round[i] < r || i === picked[r] || !rival(picked[r], i)) continue;
      row[i] *= decay(overlap(picked[r], i), settings);
    }
    rows.push(row);
  }
  return rows;
}
