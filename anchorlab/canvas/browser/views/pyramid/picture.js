// The picture: every object with the level that finds it, or one level alone.

import { iouText } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { height, width } from "../../core/boxes.js";
import { drawCell } from "../anchors/cell.js";
import { anchorBox } from "../shared.js";
import { bests, colourAt, focusOf, gridPath } from "./reading.js";

// The cell that was clicked in this level, whose shapes are shown; -1 without one.
function cellShown(stage, level) {
  const { cell, cells } = stage.cells.levels[level];
  return stage.cell >= cell && stage.cell < cell + cells ? stage.cell : -1;
}

// The centres of a level within a box, as discs of its colour; close ones are thinned out.
function drawLevelCentres(stage, marks, level, colour, [x1, y1, x2, y2], radius) {
  const { rows, cols, stride_x, stride_y } = level;
  const v = stage.viewport;
  const c = stage.cells.centreInCell;
  const spacing = (Math.min(stride_x, stride_y) * v.scale) / marks.unit;
  const every = Math.max(1, Math.ceil(7 / spacing));
  const size = Math.max(1.2, Math.min(radius, spacing / 9));
  const within = (low, high, stride, count) => [
    Math.max(0, Math.ceil(low / stride - c)),
    Math.min(count - 1, Math.floor(high / stride - c)),
  ];
  const [top, bottom] = within(y1, y2, stride_y, rows);
  const [left, right] = within(x1, x2, stride_x, cols);
  for (let row = top; row <= bottom; row++) {
    if (row % every) continue;
    const y = v.y((row + c) * stride_y);
    for (let col = left; col <= right; col++) {
      if (col % every === 0) marks.disc(v.x((col + c) * stride_x), y, size, colour);
    }
  }
}

export function drawAll(stage, marks, ctx) {
  const { boxes, generated, crowded } = stage;
  const found = bests(stage);
  const focus = focusOf(stage);
  if (!crowded) stage.lightUnion(ctx, boxes, 0.42);
  else if (boxes[focus]) stage.light(ctx, boxes[focus], 0.42);
  const order = boxes.map((_, g) => g).sort((a, b) => width(boxes[b]) * height(boxes[b]) - width(boxes[a]) * height(boxes[a]));
  for (const g of order) {
    const { winner, anchor } = found[g];
    if (winner < 0 || (crowded && g !== focus)) continue;
    const colour = colourAt(stage, winner);
    drawLevelCentres(stage, marks, generated.levels[winner], colour, boxes[g], 3.4);
    marks.box(anchorBox(stage, anchor[winner]), "object", { colour, width: 2.4 });
  }
  stage.drawObjects(marks, { names: false });
  boxes.forEach((b, g) => {
    const { winner } = found[g];
    const must = g === focus;
    const background = winner < 0 ? "#FFFFFF" : colourAt(stage, winner);
    const to = winner < 0 ? say("pyramid.none") : generated.levels[winner].name;
    if (!crowded || must) marks.tag(b, `${stage.objectName(g)} → ${to}`, { background, must });
    else marks.tag(b, to, { background, size: 12, compact: true });
  });
}

function drawGrid(stage, marks, ctx, level, colour) {
  const { stride_x, stride_y } = level;
  const v = stage.viewport;
  const c = stage.cells.centreInCell - 0.5;
  if (Math.min(stride_x, stride_y) * v.scale < 5 * marks.unit) return;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.globalAlpha = 0.4;
  ctx.lineWidth = marks.unit;
  gridPath(ctx, level, (col, row) => [v.x((col + c) * stride_x), v.y((row + c) * stride_y)]);
  ctx.stroke();
  ctx.restore();
}

// One level: its grid, the shapes of a cell that was clicked, and how well its anchors fit each object.
export function drawAlone(stage, marks, ctx, index) {
  const { generated, boxes, crowded } = stage;
  const level = generated.levels[index];
  const colour = colourAt(stage, index);
  const whole = [-1e6, -1e6, 1e6, 1e6];
  drawGrid(stage, marks, ctx, level, colour);
  drawLevelCentres(stage, marks, level, colour, whole, level.rows * level.cols > 1500 ? 1.2 : 2);
  const cell = cellShown(stage, index);
  if (cell >= 0) drawCell(stage, marks, ctx, cell, { tags: false, width: 1.6 });
  stage.drawObjects(marks, { names: false });
  const focus = focusOf(stage);
  boxes.forEach((b, g) => {
    const { winner, anchor, iou } = generated.best(b);
    if (anchor[index] < 0 || (crowded && winner !== index && g !== focus)) return;
    const box = anchorBox(stage, anchor[index]);
    marks.box(box, winner === index ? "object" : "waiting", { colour, width: winner === index ? 2.6 : 1.8 });
    const text = crowded && g !== focus ? iouText(iou[index]) : `${stage.objectName(g)}: ${iouText(iou[index])}`;
    marks.tag(b, text, { background: winner === index ? colour : "#FFFFFF", must: g === focus, compact: crowded });
  });
}
