// Non-maximum suppression and DIoU-NMS: the twin of anchorlab.core.suppression.hard.

import { boxAt } from "../boxes.js";
import { boxIou } from "../iou.js";
import { isEnough, measured, rivals, shiftByClass, STATUS, takingPart, undecided } from "./common.js";

const f32 = Math.fround;

// Squared distance of the centres over the squared diagonal around both boxes, of box `a` and box i of the flat array.
export function centreDistance(A, i, a) {
  const j = 4 * i;
  const w = f32(Math.max(a[2], A[j + 2]) - Math.min(a[0], A[j]));
  const h = f32(Math.max(a[3], A[j + 3]) - Math.min(a[1], A[j + 1]));
  const diagonal = f32(f32(w * w) + f32(h * h));
  if (!(diagonal > 0)) return 0;
  const x = f32(f32(f32(f32(a[0] + a[2]) - A[j]) - A[j + 2]) / 2);
  const y = f32(f32(f32(f32(a[1] + a[3]) - A[j + 1]) - A[j + 3]) / 2);
  return f32(f32(f32(x * x) + f32(y * y)) / diagonal);
}

// How much box i of the flat array overlaps box `best`: a function of i.
export function plainOverlap(boxes, best) {
  const b = boxAt(boxes, best);
  // Not rounded: XLA multiplies and adds this area in one step, and the last digit follows it.
  const area = f32(b[2] - b[0]) * f32(b[3] - b[1]);
  return (i) => boxIou(boxes, i, b[0], b[1], b[2], b[3], area);
}

// The same, less the distance of the centres: what DIoU-NMS compares.
export function distanceOverlap(boxes, best, { diou: { beta } }) {
  const b = boxAt(boxes, best);
  const overlap = plainOverlap(boxes, best);
  return (i) => f32(overlap(i) - f32(Math.pow(centreDistance(boxes, i, b), beta)));
}

// The trace that the player shows. `overlapWith`: one of the two above.
export function suppress(data, settings, overlapWith = plainOverlap) {
  const trace = undecided(data);
  const shifted = settings.shift_classes && settings.per_class;
  const boxes = shifted ? shiftByClass(data, settings) : measured(data, settings);
  const rival = shifted ? () => true : rivals(data, settings);
  const queue = takingPart(data, settings, trace.status);
  trace.above = queue.length;
  for (let at = 0; at < queue.length; at++) {
    const best = queue[at];
    if (trace.status[best]) continue;
    trace.rounds += 1;
    trace.kept += 1;
    trace.status[best] = STATUS.KEPT;
    trace.round[best] = trace.rounds;
    const overlapOf = overlapWith(boxes, best, settings);
    for (let next = at + 1; next < queue.length; next++) {
      const i = queue[next];
      if (trace.status[i] || !rival(i, best)) continue;
      const overlap = overlapOf(i);
      if (isEnough(overlap, settings)) {
        trace.status[i] = STATUS.SUPPRESSED;
        trace.round[i] = trace.rounds;
        trace.suppressed_by[i] = best;
        trace.prediction_iou[i] = overlap;
      }
    }
  }
  return trace;
}
