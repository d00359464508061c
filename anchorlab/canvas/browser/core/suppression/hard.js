// Non-maximum suppression and DIoU-NMS: the twin of anchorlab.core.suppression.hard.

import { boxArea, boxAt } from "../boxes.js";
import { boxIou, centreDistance } from "../iou.js";
import { f32, power } from "../rounding.js";
import { isEnough, measured, rivals, shiftByClass, STATUS, takingPart, undecided } from "./common.js";

// How much box i of the flat array overlaps box `best`: a function of i.
export function plainOverlap(boxes, best) {
  const b = boxAt(boxes, best);
  const area = boxArea(b);
  return (i) => boxIou(boxes, i, b[0], b[1], b[2], b[3], area);
}

// The same, less the distance of the centres: what DIoU-NMS compares.
export function distanceOverlap(boxes, best, { diou: { beta } }) {
  const b = boxAt(boxes, best);
  const overlap = plainOverlap(boxes, best);
  return (i) => f32(overlap(i) - power(centreDistance(boxes, i, b), f32(beta)));
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
