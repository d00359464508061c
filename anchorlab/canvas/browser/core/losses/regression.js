// What a box costs: by one of its offsets, or as a whole.

import { ciou, diou, giou, iouOf } from "../iou.js";
import { f32 } from "../rounding.js";

export const l1 = (prediction, target) => Math.abs(f32(prediction - target));

export function smoothL1(prediction, target, { beta }) {
  const distance = l1(prediction, target);
  const b = f32(beta);
  if (!(distance < b)) return f32(distance - f32(0.5 * b));
  return f32(f32(0.5 * f32(distance * distance)) / b);
}

const KINDS = { iou: iouOf, giou, diou, ciou };

export const iouLoss = (box, target, { kind }) => f32(1 - KINDS[kind](box, target));
