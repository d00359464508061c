// What rules that ask for the cell draw.

// A cell of a level, outlined.
export function drawCell(marks, level, row, col) {
  const [down, across] = level.stride;
  marks.box([col * across, row * down, (col + 1) * across, (row + 1) * down], "object", { width: 1.6 });
}
