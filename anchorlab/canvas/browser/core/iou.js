// How much two boxes overlap.

import { boxArea, height, width } from "./boxes.js";
import { atan2, f32 } from "./rounding.js";

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

// Squared distance of the centres over the squared diagonal of the box around both, of box i of the flat array A and
// box `b`; 0 around one centre.
export function centreDistance(A, i, b) {
  const j = 4 * i;
  const w = f32(Math.max(A[j + 2], b[2]) - Math.min(A[j], b[0]));
  const h = f32(Math.max(A[j + 3], b[3]) - Math.min(A[j + 1], b[1]));
  const diagonal = f32(f32(w * w) + f32(h * h));
  if (!(diagonal > 0)) return 0;
  const x = f32(f32(f32(A[j] + A[j + 2]) - f32(b[0] + b[2])) / 2);
  const y = f32(f32(f32(A[j + 1] + A[j + 3]) - f32(b[1] + b[3])) / 2);
  return f32(f32(f32(x * x) + f32(y * y)) / diagonal);
}

// IoU minus the share of the box around both that neither covers.
export function giou(a, b) {
  const hull = f32(f32(Math.max(a[2], b[2]) - Math.min(a[0], b[0])) * f32(Math.max(a[3], b[3]) - Math.min(a[1], b[1])));
  const w = Math.max(f32(Math.min(a[2], b[2]) - Math.max(a[0], b[0])), 0);
  const h = Math.max(f32(Math.min(a[3], b[3]) - Math.max(a[1], b[1])), 0);
  const union = f32(f32(boxArea(a) + boxArea(b)) - f32(w * h));
  return f32(iouOf(a, b) - (hull > 0 ? f32(f32(hull - union) / hull) : 0));
}

export const diou = (a, b) => f32(iouOf(a, b) - centreDistance(a, 0, b));

const angle = (b) => (width(b) === 0 && height(b) === 0 ? 0 : atan2(width(b), height(b)));

// The penalty's steps are Python's but for the order of its products.
export function ciou(a, b) {
  const overlap = iouOf(a, b);
  const turn = f32(angle(a) - angle(b));
  const v = f32(f32(f32((2 / Math.PI) ** 2) * f32(turn * turn)));
  const rest = f32(f32(1 - overlap) + v);
  const alpha = rest > 0 ? f32(v / rest) : 0;
  return f32(f32(overlap - centreDistance(a, 0, b)) - f32(alpha * v));
}

export function intersectionOf(a, b) {
  const x1 = Math.max(a[0], b[0]);
  const y1 = Math.max(a[1], b[1]);
  const x2 = Math.min(a[2], b[2]);
  const y2 = Math.min(a[3], b[3]);
  return x2 > x1 && y2 > y1 ? [x1, y1, x2, y2] : null;
}
