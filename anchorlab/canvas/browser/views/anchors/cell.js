// One cell and its shapes: their colours, how they are drawn, and what their lines mean.

import { pixels } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { anchorBox, sizeText } from "../shared.js";

// Colour by size, small to large.
export function levelColour(index, count, colours = PALETTE.levels) {
  const last = colours.length - 1;
  return colours[count > 1 ? Math.round((index * last) / (count - 1)) : last >> 1];
}

// The rank of a size among all, small to large, and how many there are.
export function ranksOf(sizes) {
  const same = (a, b) => a <= b * (1 + 1e-6);
  const order = [...sizes].sort((a, b) => a - b).filter((size, k, all) => !k || !same(size, all[k - 1]));
  return { count: order.length, of: (size) => order.findLastIndex((known) => same(known, size)) };
}

const sizeOf = ([w, h]) => Math.sqrt(w * h);

// The colour of a shape on a grid, where colour tells sizes.
export function shapeColour({ cells: { levels: [{ shapes }] } }, shape) {
  const { count, of } = ranksOf(shapes.map(sizeOf));
  return levelColour(of(sizeOf(shapes[shape])), count);
}

function cellBoxes(stage, cell) {
  const { first, count } = stage.cells.anchorsOf(cell);
  return Array.from({ length: count }, (_, s) => anchorBox(stage, first + s));
}

export function drawCell(stage, marks, ctx, cell, { tags = true, width = 2.2 } = {}) {
  const { cells } = stage;
  const { stride_x, stride_y } = cells.levels[cells.levelOf(cell)];
  const [cx, cy] = stage.centre(cell);
  const left = cx - cells.centreInCell * stride_x;
  const top = cy - cells.centreInCell * stride_y;
  const square = [left, top, left + stride_x, top + stride_y];
  // In a pyramid a level has its own colour.
  const many = cells.levels.length > 1;
  const colourOf = (s) => (many ? levelColour(cells.levelOf(cell), cells.levels.length) : shapeColour(stage, s));
  stage.light(ctx, square);
  marks.box(square, "object", { width: 1.4 });
  const order = cellBoxes(stage, cell).map((b, s) => [b, s]);
  // Large ones first, so that small ones are never hidden; tags of small ones would only crowd.
  order.sort((a, b) => (b[0][2] - b[0][0]) * (b[0][3] - b[0][1]) - (a[0][2] - a[0][0]) * (a[0][3] - a[0][1]));
  const hovered = stage.hover?.kind === "shape" ? stage.hover.index : -1;
  for (const [b, s] of order) {
    const colour = colourOf(s);
    marks.box(b, "object", { width: s === hovered ? 4 : width, colour, alpha: hovered >= 0 && s !== hovered ? 0.35 : 1 });
    const [x1, y1, x2, y2] = stage.viewport.box(b);
    const wide = x2 - x1 > 70 * stage.unit || s === hovered;
    if (tags && wide && y2 - y1 > 8) {
      marks.tag(b, sizeText(b), { background: "#14181F", colour, size: 12.5, alpha: hovered >= 0 && s !== hovered ? 0.35 : 1 });
    }
  }
  marks.disc(stage.viewport.x(cx), stage.viewport.y(cy), 2, "#FFFFFF");
}

// What the lines of `drawCell` mean.
export function cellMeans(stage, cell = stage.cell) {
  const { cells } = stage;
  const square = { state: "object", width: 1.4, text: say("anchors.means_cell") };
  if (cells.levels.length > 1) {
    const level = cells.levelOf(Math.max(0, cell));
    return [square, { state: "object", width: 2.2, colour: levelColour(level, cells.levels.length), text: say("anchors.means_anchors") }];
  }
  const sizes = [...new Set(stage.grid?.sizes)].sort((a, b) => a - b);
  const { count } = ranksOf(cells.levels[0].shapes.map(sizeOf));
  const shapes = sizes.length
    ? sizes.map((size, rank) => ({ colour: levelColour(rank, sizes.length), text: say("anchors.means_size", { size: pixels(size) }) }))
    : Array.from({ length: count }, (_, rank) => ({ colour: levelColour(rank, count), text: say("anchors.means_rank", { rank: rank + 1, sizes: count }) }));
  return [square, ...shapes.map((shape) => ({ state: "object", width: 2.2, ...shape }))];
}
