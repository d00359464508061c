// Non-maximum suppression while a threshold is being dragged: anchorlab.core.suppression.hard, in the browser.
// A test holds both equal.

import { boxAt } from "./boxes.js";
import { boxIou } from "./iou.js";

const f32 = Math.fround;

export const STATUS = { KEPT: 1, SUPPRESSED: 2, BELOW_SCORE: 3, OVER_TOP_K: 4 };

// Indices by falling score; of equal scores the first box first, or the last.
export function byScore(scores, ties = "first") {
  const order = Int32Array.from(scores, (_, i) => i);
  const turn = ties === "last" ? -1 : 1;
  return order.sort((a, b) => scores[b] - scores[a] || turn * (a - b));
}

// Fills in who is left out from the start; returns who takes part, best first. `most`: how many at most.
export function takingPart({ scores, order }, { score_threshold, top_k }, status, most = Infinity) {
  const least = f32(score_threshold);
  const limit = Math.min(top_k ?? Infinity, most);
  const queue = [];
  for (const i of order) {
    if (scores[i] < least) status[i] = STATUS.BELOW_SCORE;
    else if (queue.length >= limit) status[i] = STATUS.OVER_TOP_K;
    else queue.push(i);
  }
  return queue;
}

// The trace of any method before it says anything.
export function blankTrace({ scores }) {
  const count = scores.length;
  return {
    status: new Int8Array(count),
    round: new Int32Array(count),
    suppressed_by: new Int32Array(count).fill(-1),
    prediction_iou: new Float32Array(count),
    final_scores: Float32Array.from(scores),
    rounds: 0,
    above: 0,
    kept: 0,
  };
}

// How far each class is moved where classes are kept apart by moving their boxes: class x (largest coordinate + 1).
export function classStep({ predictions }, { inclusive }) {
  let largest = -Infinity;
  for (let k = 0; k < predictions.length; k++) {
    largest = Math.max(largest, inclusive && k % 4 > 1 ? f32(predictions[k] + 1) : predictions[k]);
  }
  return f32(largest + 1);
}

// The boxes as the IoU reads them: with the last pixel, and every class in a place of its own, if that is asked.
export function asMeasured(data, settings) {
  const { inclusive, shift_classes, per_class } = settings;
  const boxes = Float32Array.from(data.predictions);
  if (inclusive) for (let k = 0; k < boxes.length; k++) if (k % 4 > 1) boxes[k] += 1;
  if (shift_classes && per_class && boxes.length) {
    const step = classStep(data, settings);
    for (let k = 0; k < boxes.length; k++) boxes[k] += f32(data.prediction_classes[k >> 2] * step);
  }
  return boxes;
}

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

// How much a box of the flat array overlaps box `best`, as hard NMS and DIoU-NMS compare them: a function of its index.
export function overlapWith(boxes, best, { method, diou }) {
  const b = boxAt(boxes, best);
  // Not rounded: XLA multiplies and adds this area in one step, and the last digit follows it.
  const area = f32(b[2] - b[0]) * f32(b[3] - b[1]);
  return (i) => {
    const overlap = boxIou(boxes, i, b[0], b[1], b[2], b[3], area);
    return method === "diou" ? f32(overlap - f32(Math.pow(centreDistance(boxes, i, b), diou.beta))) : overlap;
  };
}

// Whether an overlap is enough to suppress.
export const isEnough = (overlap, { iou_threshold, suppress_equal }) => overlap > f32(iou_threshold) || (suppress_equal && overlap === f32(iou_threshold));

// data: predictions (flat xyxy), scores, prediction_classes and order (best score first);
// settings: the fields of Python's `Suppression`. Returns the trace that the player
// shows.
export function suppress(data, settings) {
  const { per_class, shift_classes } = settings;
  const { prediction_classes: classes } = data;
  const trace = blankTrace(data);
  const boxes = asMeasured(data, settings);
  const compares = per_class && !shift_classes;
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
      if (trace.status[i] || (compares && classes[i] !== classes[best])) continue;
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
