// The twin of anchorlab.core.matching.yolo: the cell decides where, the shape alone decides which anchor.

import { centreX, centreY, height, width } from "../boxes.js";
import { f32 } from "../rounding.js";
import { limited, REASON, shapeCount } from "./common.js";
import { shapeIou } from "./shapes.js";

// The shapes of all levels in one list: [index of the level, width, height].
function allShapes(levels) {
  return levels.flatMap((level, index) =>
    Array.from({ length: shapeCount(level) }, (_, k) => [index, level.shapes[2 * k], level.shapes[2 * k + 1]]),
  );
}

// Which anchor is responsible for an object: the shape most like it, in the cell of its centre. `level`: its index.
export function responsible({ box }, levels) {
  const shapes = allShapes(levels);
  const alike = shapes.map(([, a, b]) => shapeIou(width(box), height(box), a, b));
  // To within a millionth: which of equally like shapes is first must not depend on rounding.
  const least = f32(Math.max(...alike) * f32(1 - 1e-6));
  const shape = alike.findIndex((value) => value >= least);
  const [level] = shapes[shape];
  const { start, rows, cols, stride } = levels[level];
  const row = limited(Math.floor(f32(centreY(box) / stride[0])), rows);
  const col = limited(Math.floor(f32(centreX(box) / stride[1])), cols);
  const within = shape - shapes.findIndex(([of]) => of === level);
  const anchor = start + (row * cols + col) * shapeCount(levels[level]) + within;
  return { anchor, shape, level, row, col, alike };
}

export function labelByYolo(out, { columns, levels, settings }) {
  const ignore = f32(settings.ignore_iou);
  for (let i = 0; i < out.label.length; i++) {
    const ignored = out.best_iou[i] > ignore;
    out.label[i] = ignored ? -1 : 0;
    out.reason[i] = ignored ? REASON.NOT_RESPONSIBLE : REASON.OTHER_CELL;
  }
  out.responsible = columns.map((column) => responsible(column, levels));
  out.responsible.forEach(({ anchor }, g) => {
    out.label[anchor] = 1;
    out.reason[anchor] = REASON.RESPONSIBLE;
    out.gt_index[anchor] = g; // of several objects the last
    out.best_anchor[g] = anchor;
    out.best_anchor_iou[g] = columns[g].iou[anchor];
  });
}
