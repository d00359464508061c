// What every rule of matching answers, and what they share: the twin of anchorlab.core.matching.common.

import { boxArea } from "../boxes.js";
import { boxIou } from "../iou.js";
import { f32 } from "../rounding.js";

// Why an anchor got its label.
export const REASON = ENUMS.Reason;

// Labels while boxes move. `label` is the rule: one of the functions of this folder. A: Float32Array (4 * anchors),
// boxes: [[x1, y1, x2, y2], ...], settings: of the rule, usable: Uint8Array or null, levels: of rules that know grids, as
// described below, memory: see `columnsOf`. The answer has A and levels with it. Tests hold it equal to the engine's.
export function matchAnchors(label, { A, boxes, settings, usable = null, levels = null, memory = {} }) {
  const count = A.length / 4;
  const columns = columnsOf(A, usable, boxes, memory);
  const out = {
    label: new Int8Array(count),
    gt_index: new Int32Array(count).fill(boxes.length ? 0 : -1),
    best_iou: columns.length ? columns[0].iou.slice() : new Float32Array(count),
    reason: new Int8Array(count),
    best_anchor: Int32Array.from(columns, ({ best }) => best),
    best_anchor_iou: Float32Array.from(columns, ({ bestIou }) => bestIou),
    columns,
    A,
    levels,
  };
  const { best_iou, gt_index } = out;
  for (let g = 1; g < columns.length; g++) {
    const { iou } = columns[g];
    for (let i = 0; i < count; i++) {
      if (iou[i] > best_iou[i]) {
        best_iou[i] = iou[i];
        gt_index[i] = g;
      }
    }
  }
  label(out, { A, columns, usable, levels, settings });
  if (!columns.length) for (let i = 0; i < count; i++) decide(out, i, 0, REASON.NO_OBJECTS);
  // Whoever leaves the image does not take part, whatever a rule says.
  if (usable) for (let i = 0; i < count; i++) if (!usable[i]) decide(out, i, -1, REASON.OUTSIDE);
  return out;
}

export function decide(out, i, label, reason) {
  out.label[i] = label;
  out.reason[i] = reason;
}

// By the best IoU alone: what the rules with two thresholds begin with.
export function labelByBands(out, high, low, lowNegative = false) {
  const { best_iou } = out;
  for (let i = 0; i < best_iou.length; i++) {
    const best = best_iou[i];
    if (best >= high) decide(out, i, 1, REASON.ABOVE_HIGH);
    else if (best < low || (lowNegative && best === low)) decide(out, i, 0, REASON.BELOW_LOW);
    else decide(out, i, -1, REASON.BETWEEN);
  }
}

// ---- the IoU matrix, column by column: while one object is dragged the columns of the others stay as they are

// An object's column: its box in float32, its IoU with every anchor, and the anchor (of those that
// take part; the first of equals) that it overlaps most, -1 if none takes part.
function makeColumn(A, usable, box) {
  const b = box.map(f32);
  const area = boxArea(b);
  const count = A.length / 4;
  const iou = new Float32Array(count);
  let [best, bestIou] = [-1, 0];
  for (let i = 0; i < count; i++) {
    const value = boxIou(A, i, b[0], b[1], b[2], b[3], area);
    iou[i] = value;
    if ((value > bestIou || best < 0) && (!usable || usable[i])) [best, bestIou] = [i, value];
  }
  return { box: b, iou, best, bestIou };
}

// The columns of these boxes. `memory`, an object of the caller's, keeps them for the next call.
function columnsOf(A, usable, boxes, memory = {}) {
  const known = memory.A === A && memory.usable === usable ? memory.columns : new Map();
  const columns = new Map();
  const found = boxes.map((box) => {
    const key = box.join();
    const column = columns.get(key) ?? known.get(key) ?? makeColumn(A, usable, box);
    columns.set(key, column);
    return column;
  });
  Object.assign(memory, { A, usable, columns });
  return found;
}

// Every anchor that takes part and shares the column's largest IoU.
export function tiesOf(column, usable) {
  if (!column.ties) {
    const { iou, bestIou } = column;
    column.ties = [];
    for (let i = 0; i < iou.length; i++) if (iou[i] === bestIou && (!usable || usable[i])) column.ties.push(i);
  }
  return column.ties;
}

// ---- rules that ask for level and cell. A level is { start, rows, cols, stride: [y, x], shapes }, with `shapes` its (width,
// height)s in one flat Float32Array; anchors are listed level by level, cell by cell, shape by shape.

export const shapeCount = (level) => level.shapes.length / 2;
export const anchorCount = (level) => level.rows * level.cols * shapeCount(level);
export const limited = (value, count) => Math.min(Math.max(value, 0), count - 1);

// Where an anchor sits: its level, row, col, and which of the level's shapes it has.
export function placeOf(levels, anchor) {
  const level = levels.findLast(({ start }) => anchor >= start);
  const within = anchor - level.start;
  const cell = Math.floor(within / shapeCount(level));
  return { level, row: Math.floor(cell / level.cols), col: cell % level.cols, shape: within % shapeCount(level) };
}

// (width, height) of a level's shape.
export const sideOf = (level, shape) => [level.shapes[2 * shape], level.shapes[2 * shape + 1]];
