// Rules that ask in which level and cell an anchor lies: the twins of
// anchorlab.core.matching's atss, yolo and yolov5. A level is { start, rows, cols, stride: [y, x], shapes }, with
// `shapes` its (width, height)s in one flat Float32Array; anchors are listed level by level, cell by
// cell, shape by shape. All arithmetic is that of float32, step by step.

import { REASON } from "./reasons.js";

const f32 = Math.fround;

const shapeCount = (level) => level.shapes.length / 2;
const anchorCount = (level) => level.rows * level.cols * shapeCount(level);
const middle = (a, b) => f32(f32(a + b) / 2);

// Where an anchor sits: its level, row, col, and which of the level's shapes it has.
export function placeOf(levels, anchor) {
  const level = levels.findLast(({ start }) => anchor >= start);
  const within = anchor - level.start;
  const cell = Math.floor(within / shapeCount(level));
  return { level, row: Math.floor(cell / level.cols), col: cell % level.cols, shape: within % shapeCount(level) };
}

// (width, height) of a level's shape.
export const sideOf = (level, shape) => [level.shapes[2 * shape], level.shapes[2 * shape + 1]];

// ---- ATSS

const MARGIN = f32(0.01);

// Indices of the k anchors of a level nearest to a point, the first of equals, in rising order.
// Distances are those of the resized picture: `scale` (y, x) leads back to it.
function nearest(A, usable, level, x, y, k, scale) {
  const found = []; // [index, squared distance, distance], nearest first
  let limit = Infinity; // the squared distance of the last of k
  const end = level.start + anchorCount(level);
  for (let i = level.start; i < end; i++) {
    if (usable && !usable[i]) continue;
    const dx = f32(f32(middle(A[4 * i], A[4 * i + 2]) - x) / scale[1]);
    const dy = f32(f32(middle(A[4 * i + 1], A[4 * i + 3]) - y) / scale[0]);
    const squared = f32(f32(dx * dx) + f32(dy * dy));
    // Whoever is not nearer than the last comes later in the list, and loses a tie.
    if (squared >= limit) continue;
    const distance = f32(Math.sqrt(squared));
    let at = found.length;
    while (at > 0 && found[at - 1][2] > distance) at--;
    if (at >= k) continue;
    found.splice(at, 0, [i, squared, distance]);
    if (found.length > k) found.pop();
    if (found.length === k) limit = Math.max(...found.map(([, squared]) => squared));
  }
  return found.map(([i]) => i);
}

// An object's candidates in the order of the anchors, and its threshold: the mean of their IoUs plus
// their deviation. Kept with the object's column.
export function adaptive(A, usable, column, levels, topK) {
  if (column.adaptive?.levels === levels && column.adaptive.topK === topK) return column.adaptive;
  const [x1, y1, x2, y2] = column.box;
  const [x, y] = [middle(x1, x2), middle(y1, y2)];
  const { scale = [1, 1] } = levels;
  const candidates = levels.flatMap((level) => nearest(A, usable, level, x, y, topK, scale)).sort((a, b) => a - b);
  const count = candidates.length;
  let mean = 0;
  for (const i of candidates) mean = f32(mean + column.iou[i]);
  mean = f32(mean / Math.max(count, 1));
  let squares = 0;
  for (const i of candidates) {
    const spread = f32(column.iou[i] - mean);
    squares = f32(squares + f32(spread * spread));
  }
  const std = f32(Math.sqrt(f32(squares / Math.max(count - 1, 1))));
  column.adaptive = { levels, topK, candidates, mean, std, threshold: f32(mean + std) };
  return column.adaptive;
}

// Whether an anchor's centre lies in a box, and not just on its border.
export function isCentredIn(A, i, [x1, y1, x2, y2], { scale = [1, 1] }) {
  const x = middle(A[4 * i], A[4 * i + 2]);
  const y = middle(A[4 * i + 1], A[4 * i + 3]);
  const across = Math.min(f32(x - x1), f32(x2 - x)) / scale[1];
  const down = Math.min(f32(y - y1), f32(y2 - y)) / scale[0];
  return Math.min(across, down) > MARGIN;
}

export function labelByAtss(out, { A, columns, usable, levels, spec }) {
  out.reason.fill(REASON.NOT_NEAREST);
  const found = columns.map((column) => adaptive(A, usable, column, levels, spec.top_k));
  const rank = [REASON.BELOW_OWN_THRESHOLD, REASON.CENTER_OUTSIDE, REASON.CANDIDATE];
  const best = new Map(); // positive anchor -> its largest IoU with an object it may learn
  found.forEach(({ candidates, threshold }, g) => {
    const { box, iou } = columns[g];
    for (const i of candidates) {
      const reached = iou[i] < threshold ? 0 : isCentredIn(A, i, box, levels) ? 2 : 1;
      if (reached > rank.indexOf(out.reason[i])) out.reason[i] = rank[reached];
      if (reached === 2 && !(iou[i] <= best.get(i))) {
        best.set(i, iou[i]);
        out.label[i] = 1;
        out.gt_index[i] = g;
      }
    }
  });
  out.adaptive = found;
}

// ---- YOLO

// The shapes of all levels in one list: [level, width, height].
export function allShapes(levels) {
  return levels.flatMap((level) =>
    Array.from({ length: shapeCount(level) }, (_, k) => [level, level.shapes[2 * k], level.shapes[2 * k + 1]]),
  );
}

// IoU of two boxes moved to one corner.
export function shapeIou(w, h, a, b) {
  const shared = f32(Math.min(w, a) * Math.min(h, b));
  const union = f32(f32(f32(w * h) + f32(a * b)) - shared);
  return union > 0 ? f32(shared / union) : 0;
}

const limited = (value, count) => Math.min(Math.max(value, 0), count - 1);
const sidesOf = ([x1, y1, x2, y2]) => [f32(x2 - x1), f32(y2 - y1)];

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

export function labelByYolo(out, { columns, levels, spec }) {
  const ignore = f32(spec.ignore_iou);
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

// ---- YOLOv5

export const NEIGHBOURS = ["own", "left", "above", "right", "below"];
const SHIFTS = [[0, 0], [0.5, 0], [0, 0.5], [-0.5, 0], [0, -0.5]];

// By which factor two boxes differ on their worst side, at least 1.
export function worstFactor(w, h, a, b) {
  const across = f32(w / a);
  const down = f32(h / b);
  return Math.max(across, f32(1 / across), down, f32(1 / down));
}

// The cells of a level in which an object's anchors may be: its own and the nearer neighbours,
// [which of NEIGHBOURS, row, col], unless they lie beyond the border.
export function cellsOf({ box }, level) {
  const x = f32(middle(box[0], box[2]) / level.stride[1]);
  const y = f32(middle(box[1], box[3]) / level.stride[0]);
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
    const [w, h] = sidesOf(column.box);
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

export function labelByYolov5(out, { columns, usable, levels, spec }) {
  out.reason.fill(REASON.OTHER_CELL);
  const { pairs, near } = pairsByShape(columns, levels, spec.side_factor);
  for (const anchor of near) out.reason[anchor] = REASON.SHAPE_DIFFERS;
  for (const [anchor, g] of pairs) {
    out.label[anchor] = 1;
    out.reason[anchor] = REASON.SHAPE_FITS;
    out.gt_index[anchor] = g; // the last of its objects
  }
  out.pairs = usable ? pairs.filter(([anchor]) => usable[anchor]) : pairs;
}
