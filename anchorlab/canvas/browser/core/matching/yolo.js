// The twin of anchorlab.core.matching.yolo: the cell decides where, the shape alone decides which anchor.

import { limited, middle, REASON, shapeCount, sidesOf } from "./common.js";
import { shapeIou } from "./shapes.js";

const f32 = Math.fround;

// The shapes of all levels in one list: [level, width, height].
function allShapes(levels) {
  return levels.flatMap((level) =>
    Array.from({ length: shapeCount(level) }, (_, k) => [level, level.shapes[2 * k], level.shapes[2 * k + 1]]),
  );
}

// Which anchor is responsible for an object: the shape most like it, in the cell of its centre.
export function responsible({ box }, levels) {
  const [w, h] = sidesOf(box);
  const shapes = allShapes(levels);
  const alike = shapes.map(([, a, b]) => shapeIou(w, h, a, b));
  // To within a millionth: which of equally like shapes is first must not depend on rounding.
  const least = f32(Math.max(...alike) * f32(1 - 1e-6));
  const shape = alike.findIndex((value) => value >= least);
  const level = shapes[shape][0];
  const row = limited(Math.floor(f32(middle(box[1], box[3]) / level.stride[0])), level.rows);
  const col = limited(Math.floor(f32(middle(box[0], box[2]) / level.stride[1])), level.cols);
  const within = shape - shapes.findIndex(([of]) => of === level);
  const anchor = level.start + (row * level.cols + col) * shapeCount(level) + within;
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
