// Laying anchors while a setting is switched: anchorlab.core.anchors, in the browser. Python's answer
// follows; a test holds both equal.

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

// All anchors of an image of `width` x `height`: xyxy, row by row, cell by cell, shape by shape.
export function layAnchors(settings, width, height) {
  const { stride, centre, border, ratio_means: means } = settings;
  const shapes = pairsOf(settings).map(([size, ratio]) => sidesOf(size, ratio, means));
  const rows = Math.ceil(height / stride);
  const cols = Math.ceil(width / stride);
  const anchors = new Float32Array(4 * rows * cols * shapes.length);
  let at = 0;
  let outside = 0;
  for (let row = 0; row < rows; row++) {
    const y = (row + centre) * stride;
    for (let col = 0; col < cols; col++) {
      const x = (col + centre) * stride;
      for (const [w, h] of shapes) {
        const box = [x - w / 2, y - h / 2, x + w / 2, y + h / 2];
        if (box[0] < 0 || box[1] < 0 || box[2] > width || box[3] > height) outside++;
        for (let k = 0; k < 4; k++) {
          const limit = k % 2 ? height : width;
          anchors[at++] = border === "clip" ? Math.max(0, Math.min(limit, box[k])) : box[k];
        }
      }
    }
  }
  return { anchors, shapes, rows, cols, outside };
}
