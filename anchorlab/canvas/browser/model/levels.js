// The feature maps of generated anchors, as the rules that know grids want them.

const known = new WeakMap();

// [{ start, rows, cols, stride: [y, x], shapes }], fine to coarse, with `scale`: the (y, x) pixels of the
// picture for one of the resized picture, in which distances are measured. The same list for the same levels.
export function levelsOf({ levels, frame }, photo) {
  if (!known.has(levels)) {
    let start = 0;
    const found = levels.map(({ rows, cols, stride_y, stride_x, shapes }) => {
      const level = { start, rows, cols, stride: [stride_y, stride_x].map(Math.fround), shapes: Float32Array.from(shapes.flat()) };
      start += rows * cols * shapes.length;
      return level;
    });
    known.set(levels, Object.assign(found, { scale: [photo.height / frame[1], photo.width / frame[0]] }));
  }
  return known.get(levels);
}
