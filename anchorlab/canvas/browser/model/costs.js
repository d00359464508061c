// What every anchor costs: the pretended network's scores, the losses of class and box, who counts, and the sum of it all.

import { boxAt, height, width } from "../core/boxes.js";
import { sigmoidCrossEntropy } from "../core/losses/cross_entropy.js";
import { sigmoidFocalLoss } from "../core/losses/focal.js";
import { iouLoss, l1, smoothL1 } from "../core/losses/regression.js";
import { addUp } from "../core/losses/rpn.js";
import { f32 } from "../core/rounding.js";
import { sampleAtRandom, sampleHardNegatives } from "../core/sampling.js";
import { headLogits, headOffsets } from "../core/simulate.js";
import { decodeBox, encodeBox } from "./coding.js";

// The settings of the focal loss as its function takes them.
export const focalSettings = ({ focal }) => ({ gamma: focal.gamma, alpha: focal.balanced ? focal.alpha : null });

// Each by its name; a loss's own settings are in `losses` under that name.
export const CLASS_LOSSES = {
  cross_entropy: (logit, target) => sigmoidCrossEntropy(logit, target),
  focal: (logit, target, losses) => sigmoidFocalLoss(logit, target, focalSettings(losses)),
};

// Of four offsets the sum, neighbours first; of boxes one number.
const ofOffsets = (loss) => ({ offsets, target }) => {
  const four = offsets.map((t, k) => loss(t, target[k]));
  return f32(f32(four[0] + four[1]) + f32(four[2] + four[3]));
};
const ofBoxes = (kind) => ({ box, object }) => iouLoss(box.map(f32), object.map(f32), { kind });
const BOX_LOSSES = {
  smooth_l1: (pair, { smooth_l1 }) => ofOffsets((t, to) => smoothL1(t, to, smooth_l1))(pair),
  l1: (pair) => ofOffsets(l1)(pair),
  ...Object.fromEntries(["iou", "giou", "diou", "ciou"].map((kind) => [kind, ofBoxes(kind)])),
};

export const SAMPLERS = {
  all: (label) => Uint8Array.from(label, (own) => Number(own >= 0)),
  random: (label, { size, positive_fraction }, { luck }) =>
    sampleAtRandom(label, luck, { size, most_positive: Math.floor(size * positive_fraction) }),
  hard: (label, { negatives_per_positive }, { classification }) =>
    sampleHardNegatives(label, classification, { per_positive: negatives_per_positive }),
};

// What a pretended network says of the box of a positive anchor: the offsets that it should say and does say, and the box
// that they decode to; null of an anchor without an area, which has no offsets.
export function predictedBox({ anchors, boxes, gt_index, cellSides, coder, heads }, index) {
  const anchor = boxAt(anchors, index);
  if (!(width(anchor) > 0 && height(anchor) > 0)) return null;
  const object = boxes[gt_index[index]];
  const target = encodeBox(coder, anchor, object.map(f32), cellSides(index));
  const offsets = headOffsets(target, heads);
  return { object, target, offsets, box: decodeBox(coder, anchor, offsets, cellSides(index)) };
}

// The value that was kept under a name if it hangs on the same settings; else it is made anew.
function kept(memory, name, settings, make) {
  const key = JSON.stringify(settings);
  if (memory[name]?.key !== key) memory[name] = { key, value: make() };
  return memory[name].value;
}

// `scene`: { label, gt_index, best_iou, anchors, boxes, cellSides(anchor), locations, noise, luck, coder, heads, losses,
// sampling }; `memory`: of the same scene, in which settings alone may have moved.
export function costsOf(scene, memory = {}) {
  const { label, best_iou, noise, luck, losses, sampling, heads, coder } = scene;
  const logits = kept(memory, "logits", heads, () => headLogits(best_iou, noise, heads));
  const settingsOf = (name) => [heads, losses[name] ?? null];
  const of = (name) =>
    kept(memory, name, settingsOf(name), () => Float32Array.from(label, (own, i) => (own < 0 ? 0 : CLASS_LOSSES[name](logits[i], Number(own === 1), losses))));
  const byLoss = Object.fromEntries(Object.keys(CLASS_LOSSES).map((name) => [name, of(name)]));
  const classification = byLoss[losses.classification];
  const regression = kept(memory, "regression", [heads.missing, coder, losses.regression, losses[losses.regression] ?? null], () => regressionOf(scene));
  const costly = sampling.sampler === "hard" ? [losses.classification, settingsOf(losses.classification)] : null;
  const taken = kept(memory, "taken", [sampling, costly], () => SAMPLERS[sampling.sampler](label, sampling, { luck, classification }));
  const counting = label.map((own, i) => (taken[i] ? own : -1));
  const positives = counting.reduce((count, own) => count + (own === 1), 0);
  const divisors = { sampled: null, positives, locations: scene.locations };
  const total = addUp(classification, regression, counting, {
    balance: losses.box_weight,
    n_cls: divisors[losses.n_cls],
    n_reg: divisors[losses.n_reg],
  });
  const found = { label, logits, byLoss, classification, regression, taken, counting, positives, total };
  const shareOf = ([name, values]) => [name, kept(memory, `share_${name}`, settingsOf(name), () => sharesOf(found, values))];
  found.shares = Object.fromEntries(Object.entries(byLoss).map(shareOf));
  found.shares.taken = sharesOf({ label: counting, logits }, classification);
  return found;
}

function regressionOf(scene) {
  const { label, losses } = scene;
  const regression = new Float32Array(label.length);
  label.forEach((own, i) => {
    const pair = own === 1 ? predictedBox(scene, i) : null;
    if (pair) regression[i] = BOX_LOSSES[losses.regression](pair, losses);
  });
  return regression;
}

export const GROUPS = ["easy_negative", "hard_negative", "hard_positive", "easy_positive"];

// How many anchors are easy and hard, positive and negative, and what they cost. Easy: more than a half is given to the
// truth. Those of label -1 do not count.
function sharesOf({ label, logits }, losses) {
  const groups = GROUPS.map(() => ({ count: 0, sum: 0 }));
  let sum = 0;
  for (let i = 0; i < label.length; i++) {
    if (label[i] < 0) continue;
    const group = groups[label[i] === 1 ? (logits[i] > 0 ? 3 : 2) : logits[i] < 0 ? 0 : 1];
    group.count++;
    group.sum += losses[i];
    sum += losses[i];
  }
  for (const group of groups) group.share = sum > 0 ? group.sum / sum : 0;
  return { sum, ...Object.fromEntries(GROUPS.map((name, k) => [name, groups[k]])) };
}

// The probability that an anchor's scores give to what it is.
export const sureOf = ({ label, logits }, i) => 1 / (1 + Math.exp(label[i] === 1 ? -logits[i] : logits[i]));
