// The simulated detector while its sliders move: anchorlab.core.simulate's last step, in the browser.
// Python sends what the predictions are made from; a unit test holds both answers together. Not the coder's means and
// stds, which cancel out but for rounding: predictions are within a thousandth of a pixel of Python's, not the same bits.

import { boxArea, boxAt, centreX, centreY, clamp, height, width } from "./boxes.js";
import { boxIou } from "./iou.js";
import { f32, log, log1p } from "./rounding.js";

const [LOWEST, HIGHEST] = [0.01, 0.99]; // scores
const ALARMS = [0.05, 0.35]; // scores of false alarms, before the noise

// Whether there is material for so many predictions.
export const hasRoom = ({ made_for }, { per_object, false_alarms }) =>
  per_object <= made_for.per_object && false_alarms <= made_for.false_alarms;

// Returns predictions, their scores and classes, and their order, best score first.
export function detectionsFrom(data, { localisation_noise, score_noise, per_object, false_alarms, clamp: most }) {
  const { made_anchors: anchors, made_truth: truth, made_noise: noise, made_luck: luck } = data;
  const { made_class_ids: class_ids, made_source: source, made_rank: rank } = data;
  const rows = [];
  source.forEach((object, i) => rank[i] < (object < 0 ? false_alarms : per_object) && rows.push(i));
  const predictions = new Float32Array(4 * rows.length);
  const scores = new Float32Array(rows.length);
  rows.forEach((i, row) => {
    const a = boxAt(anchors, i);
    const t = boxAt(truth, i);
    const shift = (k) => 0.5 * localisation_noise * noise[4 * i + k];
    const side = (k, of, from) =>
      from * Math.exp(Math.min(Math.log(of / from) + localisation_noise * noise[4 * i + k], most ?? Infinity));
    const x = centreX(t) + shift(0) * width(a);
    const y = centreY(t) + shift(1) * height(a);
    const w = side(2, width(t), width(a));
    const h = side(3, height(t), height(a));
    predictions.set([x - w / 2, y - h / 2, x + w / 2, y + h / 2], 4 * row);
    const score =
      source[i] < 0
        ? ALARMS[0] + (ALARMS[1] + score_noise - ALARMS[0]) * luck[i]
        : boxIou(predictions, row, ...t, boxArea(t.map(f32))) + score_noise * luck[i];
    scores[row] = clamp(score, LOWEST, HIGHEST);
  });
  const order = Int32Array.from(rows.keys()).sort((p, q) => scores[q] - scores[p] || p - q);
  return {
    predictions,
    scores,
    prediction_classes: Int32Array.from(rows, (i) => class_ids[i]),
    order,
  };
}

// What the pretended class head says on every anchor.
export function headLogits(overlap, noise, { background, objects, spread }) {
  const logit = (p) => f32(log(f32(p)) - log1p(-f32(p)));
  const [low, high] = [-logit(background), logit(objects)];
  const range = f32(high - low);
  const wide = f32(spread);
  return Float32Array.from(overlap, (iou, i) => f32(f32(low + f32(range * iou)) + f32(wide * noise[i])));
}

// What the pretended box head says of four offsets.
export const headOffsets = (targets, { missing }) => targets.map((t) => f32(f32(1 - f32(missing)) * t));
