// The cells of one grid or of all levels of a pyramid, numbered through: level by level, row by row.
// Anchors are numbered the same way, and in a cell by shape.

import { clamp } from "../core/boxes.js";

export class Cells {
  // levels: [{ name, start, rows, cols, stride_y, stride_x, shapes: [[w, h], ...] }], fine to coarse, in
  // pixels of the picture; `centre`: where in its cell an anchor is centred, in cells.
  constructor(levels, centre) {
    this.centreInCell = centre;
    this.count = 0;
    this.anchors = 0;
    this.levels = levels.map((level) => {
      const own = { ...level, cell: this.count, cells: level.rows * level.cols, start: this.anchors };
      this.count += own.cells;
      this.anchors += own.cells * level.shapes.length;
      return own;
    });
  }

  // Index of the level of a cell; of an anchor.
  levelOf(cell) {
    let index = this.levels.length - 1;
    while (index > 0 && cell < this.levels[index].cell) index--;
    return index;
  }

  levelOfAnchor(anchor) {
    let index = this.levels.length - 1;
    while (index > 0 && anchor < this.levels[index].start) index--;
    return index;
  }

  cellOf(anchor) {
    const level = this.levels[this.levelOfAnchor(anchor)];
    return level.cell + Math.floor((anchor - level.start) / level.shapes.length);
  }

  // The anchors of a cell: from `first`, so many.
  anchorsOf(cell) {
    const level = this.levels[this.levelOf(cell)];
    return { first: level.start + (cell - level.cell) * level.shapes.length, count: level.shapes.length };
  }

  // [row, column] of a cell in its level.
  placeOf(cell) {
    const level = this.levels[this.levelOf(cell)];
    const within = cell - level.cell;
    return [Math.floor(within / level.cols), within % level.cols];
  }

  // Where the anchors of a cell are centred.
  centreOf(cell) {
    const level = this.levels[this.levelOf(cell)];
    const [row, col] = this.placeOf(cell);
    return [(col + this.centreInCell) * level.stride_x, (row + this.centreInCell) * level.stride_y];
  }

  // The cell of a level at a point. With centres at 0 a cell's anchors sit on its corner: the nearest centre
  // counts, not the square.
  at(x, y, index) {
    const { rows, cols, cell, stride_x, stride_y } = this.levels[index];
    const shift = this.centreInCell - 0.5;
    const col = clamp(Math.floor(x / stride_x - shift), 0, cols - 1);
    const row = clamp(Math.floor(y / stride_y - shift), 0, rows - 1);
    return cell + row * cols + col;
  }

  // The neighbour of a cell in its level, so many columns and rows on; at the border it stays.
  step(cell, right, down) {
    const { cell: first, rows, cols } = this.levels[this.levelOf(cell)];
    const [row, col] = this.placeOf(cell);
    return first + clamp(row + down, 0, rows - 1) * cols + clamp(col + right, 0, cols - 1);
  }
}
