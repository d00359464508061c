// The feature maps of generated anchors, as the rules that know grids want them.

import { f32 } from "../core/rounding.js";

const known = new WeakMap();

// [{ start, rows, cols, stride: [y, x], shapes }], fine to coarse. The same list for the same levels.
export function levelsOf({ levels }) {
  if (!known.has(levels)) {
    let start = 0;
    const found = levels.map(({ rows, cols, stride_y, stride_x, shapes }) => {
      const level = { start, rows, cols, stride: [stride_y, stride_x].map(f32), shapes: Float32Array.from(shapes.flat()) };
      start += rows * cols * shapes.length;
      return level;
    });
    known.set(levels, found);
  }
  return known.get(levels);
}
