// How much two boxes overlap. IoU is done in float32 steps, as the JAX core does it, so that what is coloured while
// dragging is what Python says on release.

import { boxArea } from "./boxes.js";

const f32 = Math.fround;

// IoU of anchor i of the flat array A with the four numbers of a box; 0 where the union is 0.
export function boxIou(A, i, x1, y1, x2, y2, area) {
  const j = 4 * i;
  const w = f32(Math.min(A[j + 2], x2) - Math.max(A[j], x1));
  if (w <= 0) return 0;
  const h = f32(Math.min(A[j + 3], y2) - Math.max(A[j + 1], y1));
  if (h <= 0) return 0;
  const intersection = f32(w * h);
  const areaA = f32(f32(A[j + 2] - A[j]) * f32(A[j + 3] - A[j + 1]));
  const union = f32(f32(areaA + area) - intersection);
  return union > 0 ? f32(intersection / union) : 0;
}

export function iouOf(a, b) {
  return boxIou(a, 0, b[0], b[1], b[2], b[3], boxArea(b));
}

export function intersectionOf(a, b) {
  const x1 = Math.max(a[0], b[0]);
  const y1 = Math.max(a[1], b[1]);
  const x2 = Math.min(a[2], b[2]);
  const y2 = Math.min(a[3], b[3]);
  return x2 > x1 && y2 > y1 ? [x1, y1, x2, y2] : null;
}
