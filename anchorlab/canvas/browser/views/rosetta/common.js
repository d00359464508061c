// What the parts of Rosetta's view share.

export const SIDES = ["a", "b"];
export const QUIET = "#A7AFBE"; // what is equal in both libraries

// Codes of what an anchor learns, besides the index of an object.
export const NEGATIVE = -1;
export const IGNORED = -2;

// Where a library centres a cell of the grid; some keep centres within the image.
export function centreOf({ data }, side, cell) {
  const { center, step, within } = data.sides[side];
  const { cols } = data.cells;
  const place = [((cell % cols) + center) * step[1], (Math.floor(cell / cols) + center) * step[0]];
  return within ? place.map((v, axis) => Math.min(v, within[axis])) : place;
}
