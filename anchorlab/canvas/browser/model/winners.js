// Which level of a pyramid fits an object best: the largest IoU on every level, and its anchor.

import { boxArea } from "../core/boxes.js";
import { boxIou } from "../core/iou.js";
import { f32 } from "../core/rounding.js";

// Of one box: { iou, anchor }, a number for every level; anchor -1 where none may take part. Of equal
// anchors the first counts.
export function bestPerLevel(anchors, usable, levels, box) {
  const [x1, y1, x2, y2] = box.map(f32);
  const area = boxArea([x1, y1, x2, y2]);
  const iou = new Float32Array(levels.length);
  const anchor = new Int32Array(levels.length).fill(-1);
  levels.forEach(({ start, rows, cols, shapes }, level) => {
    let [best, found] = [-1, -1];
    for (let i = start, end = start + rows * cols * shapes.length; i < end; i++) {
      if (usable && !usable[i]) continue;
      const value = boxIou(anchors, i, x1, y1, x2, y2, area);
      if (value > best) [best, found] = [value, i];
    }
    iou[level] = Math.max(0, best);
    anchor[level] = found;
  });
  return { iou, anchor };
}

// The level with the largest IoU, the finest of equals; -1 if no anchor touches the object.
export function winnerOf({ iou }) {
  let winner = -1;
  iou.forEach((value, level) => {
    if (value > 0 && (winner < 0 || value > iou[winner])) winner = level;
  });
  return winner;
}
