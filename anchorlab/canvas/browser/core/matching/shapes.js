// The twin of anchorlab.core.matching.shapes: how alike two boxes are in shape, wherever they lie.

import { f32 } from "../rounding.js";

// IoU of two boxes moved to one corner.
export function shapeIou(w, h, a, b) {
  const shared = f32(Math.min(w, a) * Math.min(h, b));
  const union = f32(f32(f32(w * h) + f32(a * b)) - shared);
  return union > 0 ? f32(shared / union) : 0;
}

// By which factor two boxes differ on their worst side, at least 1.
export function worstFactor(w, h, a, b) {
  const across = f32(w / a);
  const down = f32(h / b);
  return Math.max(across, f32(1 / across), down, f32(1 / down));
}
