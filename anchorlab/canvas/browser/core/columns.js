// The IoU matrix, column by column: one object with every anchor. While one object is dragged the
// columns of the others stay as they are, so they are remembered.

import { boxArea } from "./boxes.js";
import { boxIou } from "./iou.js";

// An object's column: its box in float32, its IoU with every anchor, and the anchor (of those that
// take part; the first of equals) that it overlaps most, -1 if none takes part.
function makeColumn(A, usable, box) {
  const b = box.map(Math.fround);
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
export function columnsOf(A, usable, boxes, memory = {}) {
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
