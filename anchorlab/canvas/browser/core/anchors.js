// Generating anchors while a setting is switched: anchorlab.core.anchors, in the browser. Python's answer
// follows; a test holds both equal.

import { f32 } from "./rounding.js";

// (size, ratio) of each shape of a cell, in anchor order: all pairs, size-major, or those with the
// first size or the first ratio only.
export function pairsOf({ sizes, ratios, combine }) {
  if (combine === "all") return sizes.flatMap((size) => ratios.map((ratio) => [size, ratio]));
  return [...sizes.map((size) => [size, ratios[0]]), ...ratios.slice(1).map((ratio) => [sizes[0], ratio])];
}

// A shape has the area of the square of its size; `means` says what its ratio divides.
export function sidesOf(size, ratio, means) {
  const root = Math.sqrt(ratio);
  return means === "h/w" ? [size / root, size * root] : [size * root, size / root];
}

// A pyramid, { levels: [{ name, stride, map_size, shapes }], center, uneven, border }, over a picture of
// `width` x `height` that is resized to `frame`, [width, height]: its levels in pixels of the picture, as
// Cells takes them.
export function levelsOver(pyramid, frame, width, height) {
  const [W, H] = frame;
  const across = width / W;
  const down = height / H;
  let start = 0;
  return pyramid.levels.map(({ name, stride, map_size, shapes }, index) => {
    const [rows, cols] = map_size ?? [Math.ceil(H / stride), Math.ceil(W / stride)];
    const [y, x] = {
      keep: [stride, stride],
      floor: [Math.floor(H / rows), Math.floor(W / cols)],
      exact: [H / rows, W / cols],
    }[pyramid.uneven];
    const level = {
      name: name.replace(" x ", "×") || `L${index + 1}`,
      start,
      rows,
      cols,
      stride_y: y * down,
      stride_x: x * across,
      shapes: shapes.map(([w, h]) => [w * across, h * down]),
      frame: { y, x, shapes }, // the same in pixels of the resized picture
    };
    start += rows * cols * shapes.length;
    return level;
  });
}

// How many anchors a pyramid has over a picture resized to [W, H].
export function countOf(pyramid, [W, H]) {
  return pyramid.levels.reduce((sum, { stride, map_size, shapes }) => {
    const [rows, cols] = map_size ?? [Math.ceil(H / stride), Math.ceil(W / stride)];
    return sum + rows * cols * shapes.length;
  }, 0);
}

// The anchors of these levels in pixels of the picture, and which of them lie in it (null where all may
// take part).
export function generateAnchors(pyramid, levels, frame, width, height) {
  const [W, H] = frame;
  const across = width / W;
  const down = height / H;
  const scaled = across !== 1 || down !== 1;
  const clip = pyramid.border === "clip";
  const center = f32(pyramid.center);
  const last = levels.at(-1);
  const anchors = new Float32Array(4 * (last.start + last.rows * last.cols * last.shapes.length));
  const inside = new Uint8Array(anchors.length / 4);
  let outside = 0;
  let at = 0;
  for (const { rows, cols, frame: own } of levels) {
    const [stepX, stepY] = [f32(own.x), f32(own.y)];
    const halves = own.shapes.map(([w, h]) => [f32(w) / 2, f32(h) / 2]);
    for (let row = 0; row < rows; row++) {
      const y = f32(f32(row + center) * stepY);
      for (let col = 0; col < cols; col++) {
        const x = f32(f32(col + center) * stepX);
        for (const [w, h] of halves) {
          let x1 = f32(x - w);
          let y1 = f32(y - h);
          let x2 = f32(x + w);
          let y2 = f32(y + h);
          if (x1 >= 0 && y1 >= 0 && x2 <= W && y2 <= H) inside[at / 4] = 1;
          else outside++;
          if (clip) {
            x1 = Math.max(0, Math.min(W, x1));
            y1 = Math.max(0, Math.min(H, y1));
            x2 = Math.max(0, Math.min(W, x2));
            y2 = Math.max(0, Math.min(H, y2));
          }
          anchors[at++] = scaled ? x1 * across : x1;
          anchors[at++] = scaled ? y1 * down : y1;
          anchors[at++] = scaled ? x2 * across : x2;
          anchors[at++] = scaled ? y2 * down : y2;
        }
      }
    }
  }
  return { anchors, usable: pyramid.border === "ignore" ? inside : null, outside };
}
