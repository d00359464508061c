// The twin of anchorlab.core.matching.yolov5: every shape that is like enough, in up to three cells.

import { centreX, centreY, height, width } from "../boxes.js";
import { f32 } from "../rounding.js";
import { limited, REASON, shapeCount } from "./common.js";
import { worstFactor } from "./shapes.js";

// What is taken from the centre, in cells, to come into its own cell and those left, above, right and below.
const SHIFTS = [[0, 0], [0.5, 0], [0, 0.5], [-0.5, 0], [0, -0.5]];

// The cells of a level in which an object's anchors may be: its own and the nearer neighbours,
// [which of SHIFTS, row, col], unless they lie beyond the border.
export function cellsOf({ box }, level) {
  const x = f32(centreX(box) / level.stride[1]);
  const y = f32(centreY(box) / level.stride[0]);
  const near = (v) => v % 1 < 0.5 && v > 1;
  const takes = [true, near(x), near(y), near(f32(level.cols - x)), near(f32(level.rows - y))];
  return SHIFTS.flatMap(([dx, dy], k) => {
    if (!takes[k]) return [];
    const row = limited(Math.trunc(f32(y - dy)), level.rows);
    const col = limited(Math.trunc(f32(x - dx)), level.cols);
    return [[k, row, col]];
  });
}

// Every pair of object and anchor, by anchor and then object: [anchor, object, neighbour, factor];
// `near`: the anchors of all cells that count, whether or not their shape fits.
export function pairsByShape(columns, levels, factorLimit) {
  const limit = f32(factorLimit);
  const pairs = [];
  const near = [];
  columns.forEach((column, g) => {
    const [w, h] = [width(column.box), height(column.box)];
    for (const level of levels) {
      const cells = cellsOf(column, level);
      const shapes = shapeCount(level);
      for (let s = 0; s < shapes; s++) {
        const factor = worstFactor(w, h, level.shapes[2 * s], level.shapes[2 * s + 1]);
        for (const [neighbour, row, col] of cells) {
          const anchor = level.start + (row * level.cols + col) * shapes + s;
          near.push(anchor);
          if (factor < limit) pairs.push([anchor, g, neighbour, factor]);
        }
      }
    }
  });
  pairs.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return { pairs, near };
}

export function labelByYolov5(out, { columns, usable, levels, settings }) {
  out.reason.fill(REASON.OTHER_CELL);
  const { pairs, near } = pairsByShape(columns, levels, settings.side_factor);
  for (const anchor of near) out.reason[anchor] = REASON.SHAPE_DIFFERS;
  for (const [anchor, g] of pairs) {
    out.label[anchor] = 1;
    out.reason[anchor] = REASON.SHAPE_FITS;
    out.gt_index[anchor] = g; // the last of its objects
  }
  out.pairs = usable ? pairs.filter(([anchor]) => usable[anchor]) : pairs;
}
