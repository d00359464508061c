// What the methods of suppression share: the twin of anchorlab.core.suppression.common, and of the engine's `played`.
// `data` has predictions (flat xyxy), scores, prediction_classes and order (best score first); `settings` are the
// fields of Python's `Suppression`.

import { boxArea, boxAt } from "../boxes.js";
import { boxIou } from "../iou.js";
import { f32 } from "../rounding.js";

// What became of a prediction.
export const STATUS = ENUMS.Status;

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
export function undecided({ scores }) {
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

// The boxes as their widths are measured: with the last pixel, if that belongs to them.
export function measured({ predictions }, { inclusive }) {
  const boxes = Float32Array.from(predictions);
  if (inclusive) for (let k = 0; k < boxes.length; k++) if (k % 4 > 1) boxes[k] += 1;
  return boxes;
}

// The boxes of `measured`, every class moved to a place of its own.
export function shiftByClass(data, settings) {
  const boxes = measured(data, settings);
  if (!boxes.length) return boxes;
  const step = classStep(data, settings);
  return boxes.map((v, k) => v + f32(data.prediction_classes[k >> 2] * step));
}

// Whether two predictions may act on each other.
export const rivals = ({ prediction_classes: classes }, { per_class }) => (a, b) => !per_class || classes[a] === classes[b];

// The IoU of two boxes of the flat array.
export const overlapOf = (boxes) => (a, b) => {
  const p = boxAt(boxes, a);
  return boxIou(boxes, b, p[0], p[1], p[2], p[3], boxArea(p));
};

// Whether an overlap is enough to suppress.
export const isEnough = (overlap, { iou_threshold, suppress_equal }) => overlap > f32(iou_threshold) || (suppress_equal && overlap === f32(iou_threshold));
