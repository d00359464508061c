// The twin of anchorlab.core.matching.center_inside: an anchor learns the smallest object in which its centre lies.

import { boxArea } from "../boxes.js";
import { anchorCount, decide, middle, REASON } from "./common.js";

const f32 = Math.fround;

// How far an anchor's centre is from the left, top, right and bottom side of a box; negative beyond it.
export function sidesFrom(A, i, [x1, y1, x2, y2]) {
  const [x, y] = [middle(A[4 * i], A[4 * i + 2]), middle(A[4 * i + 1], A[4 * i + 3])];
  return [f32(x - x1), f32(y - y1), f32(x2 - x), f32(y2 - y)];
}

export const centreLiesIn = (A, i, box) => Math.min(...sidesFrom(A, i, box)) > 0;

// Whether it is near enough to the box's middle, in strides of its level.
function isNear(A, i, [x1, y1, x2, y2], { stride }, radius, [down, across]) {
  if (radius === 0) return true;
  const x = f32(f32(middle(A[4 * i], A[4 * i + 2]) - middle(x1, x2)) / across);
  const y = f32(f32(middle(A[4 * i + 1], A[4 * i + 3]) - middle(y1, y2)) / down);
  return Math.abs(x) < f32(f32(radius) * stride[1]) && Math.abs(y) < f32(f32(radius) * stride[0]);
}

export function labelByCentre(out, { A, columns, levels, settings }) {
  const { scale = [1, 1] } = levels;
  const least = new Float32Array(out.label.length).fill(Infinity);
  out.reason.fill(REASON.CENTER_IN_NONE);
  columns.forEach(({ box }, g) => {
    const area = boxArea(box);
    for (const level of levels) {
      for (let i = level.start; i < level.start + anchorCount(level); i++) {
        if (!centreLiesIn(A, i, box)) continue;
        if (!isNear(A, i, box, level, settings.radius, scale)) {
          if (out.label[i] !== 1) decide(out, i, 0, REASON.CENTER_FAR);
        } else if (area < least[i]) {
          least[i] = area;
          decide(out, i, 1, REASON.CENTER_INSIDE);
          out.gt_index[i] = g;
        }
      }
    }
  });
}
