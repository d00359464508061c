// The picture lit where the loss is.

import { costs } from "./costs.js";

// A small canvas over the finest grid, whose opacity is the loss per pixel that the anchors of all levels pay there.
function lightOf(stage, found) {
  if (stage.lit?.found === found) return stage.lit;
  const { cells } = stage;
  const perCell = new Float64Array(cells.count);
  let [cell, i] = [0, 0];
  for (const level of cells.levels) {
    const area = level.stride_x * level.stride_y;
    for (const end = cell + level.cells; cell < end; cell++) {
      for (let s = 0; s < level.shapes.length; s++, i++) if (found.taken[i]) perCell[cell] += found.classification[i] / area;
    }
  }
  const { rows, cols, stride_x, stride_y } = cells.levels[0];
  const shift = cells.centreInCell - 0.5;
  const density = new Float64Array(rows * cols);
  for (let k = 0; k < density.length; k++) {
    const [x, y] = [((k % cols) + 0.5 + shift) * stride_x, (Math.floor(k / cols) + 0.5 + shift) * stride_y];
    for (let level = 0; level < cells.levels.length; level++) density[k] += perCell[cells.at(x, y, level)];
  }
  const most = density.reduce((a, b) => Math.max(a, b), 0);
  const mask = document.createElement("canvas");
  [mask.width, mask.height] = [cols, rows];
  const ctx = mask.getContext("2d");
  const image = ctx.createImageData(cols, rows);
  density.forEach((loss, k) => (image.data[4 * k + 3] = most > 0 ? Math.round(255 * Math.sqrt(loss / most)) : 0));
  ctx.putImageData(image, 0, 0);
  const [left, top] = [shift * stride_x, shift * stride_y];
  stage.lit = { found, mask, box: [left, top, left + cols * stride_x, top + rows * stride_y] };
  return stage.lit;
}

export function drawLight(stage, ctx) {
  const { mask, box } = lightOf(stage, costs(stage));
  stage.picture.lightThrough(ctx, mask, box);
}

// Of every cell one symbol: a disc where positives count, a ring where none of its positives does, a dot where background
// counts.
export function drawTaken(stage, marks) {
  const { taken, label } = costs(stage);
  const v = stage.viewport;
  let [cell, i] = [0, 0];
  for (const level of stage.cells.levels) {
    const spacing = Math.min(level.stride_x, level.stride_y) * v.scale;
    const shrink = Math.min(1, spacing / (14 * marks.unit));
    for (const end = cell + level.cells; cell < end; cell++) {
      const count = { positive: 0, untaken: 0, negative: 0 };
      for (let s = 0; s < level.shapes.length; s++, i++) {
        if (label[i] === 1) count[taken[i] ? "positive" : "untaken"]++;
        else if (taken[i]) count.negative++;
      }
      if (!count.positive && !count.untaken && !count.negative) continue;
      const [cx, cy] = stage.centre(cell);
      const [x, y] = [v.x(cx), v.y(cy)];
      if (count.positive) marks.disc(x, y, Math.min(7, 3 + Math.sqrt(count.positive)) * shrink, PALETTE.states.positive.core);
      else if (count.untaken) marks.circle(x, y, 4 * shrink, PALETTE.states.positive.core);
      else if (spacing > 5) marks.disc(x, y, 1.6, "#FFFFFF");
    }
  }
}
