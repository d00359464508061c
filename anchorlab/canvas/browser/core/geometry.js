// Boxes are xyxy in pixels of the image. IoU is done in float32 steps, as the JAX core does it, so
// that what is coloured while dragging is what Python says on release.

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

export const boxArea = (b) => f32(f32(b[2] - b[0]) * f32(b[3] - b[1]));

export const boxAt = (A, i) => [A[4 * i], A[4 * i + 1], A[4 * i + 2], A[4 * i + 3]];

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

export const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

export const width = (b) => b[2] - b[0];
export const height = (b) => b[3] - b[1];
export const centreX = (b) => (b[0] + b[2]) / 2;
export const centreY = (b) => (b[1] + b[3]) / 2;

// Offsets as in R-CNN (2014, appendix C), each over its std.
export function encode(anchor, object, means, stds) {
  const wa = width(anchor);
  const ha = height(anchor);
  const t = [
    (centreX(object) - centreX(anchor)) / wa,
    (centreY(object) - centreY(anchor)) / ha,
    Math.log(width(object) / wa),
    Math.log(height(object) / ha),
  ];
  return t.map((value, k) => (value - means[k]) / stds[k]);
}

export function decode(anchor, offsets, means, stds) {
  const t = offsets.map((value, k) => value * stds[k] + means[k]);
  const wa = width(anchor);
  const ha = height(anchor);
  const x = centreX(anchor) + t[0] * wa;
  const y = centreY(anchor) + t[1] * ha;
  const w = wa * Math.exp(t[2]);
  const h = ha * Math.exp(t[3]);
  return [x - w / 2, y - h / 2, x + w / 2, y + h / 2];
}
