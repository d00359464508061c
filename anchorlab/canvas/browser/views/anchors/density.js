// The picture of all anchors at once, which outlines cannot give.

// How many anchors cover each spot. Each anchor adds +1 / −1 at its corners; two running sums turn that into counts.
function density(anchors, photo, cellSize) {
  const w = Math.ceil(photo.width / cellSize);
  const h = Math.ceil(photo.height / cellSize);
  const sums = new Float32Array((w + 1) * (h + 1));
  const at = (v, last) => Math.max(0, Math.min(last, Math.round(v / cellSize)));
  for (let i = 0; i < anchors.length; i += 4) {
    const x1 = at(anchors[i], w);
    const y1 = at(anchors[i + 1], h);
    const x2 = at(anchors[i + 2], w);
    const y2 = at(anchors[i + 3], h);
    if (x2 <= x1 || y2 <= y1) continue;
    sums[y1 * (w + 1) + x1] += 1;
    sums[y1 * (w + 1) + x2] -= 1;
    sums[y2 * (w + 1) + x1] -= 1;
    sums[y2 * (w + 1) + x2] += 1;
  }
  const counts = new Float32Array(w * h);
  let most = 0;
  for (let y = 0; y < h; y++) {
    let run = 0;
    for (let x = 0; x < w; x++) {
      run += sums[y * (w + 1) + x];
      counts[y * w + x] = run + (y ? counts[(y - 1) * w + x] : 0);
      most = Math.max(most, counts[y * w + x]);
    }
  }
  return { counts, w, h, most };
}

export function drawDensity(stage, ctx) {
  const { anchors } = stage.generated;
  if (stage.densityOf !== anchors) {
    stage.densityOf = anchors;
    stage.densityMap = density(anchors, stage.photo, 4);
    const { counts, w, h, most } = stage.densityMap;
    const canvas = document.createElement("canvas");
    canvas.width = w;
    canvas.height = h;
    const picture = canvas.getContext("2d");
    const pixels = picture.createImageData(w, h);
    const stops = PALETTE.levels.map((c) => [1, 3, 5].map((k) => parseInt(c.slice(k, k + 2), 16))).reverse();
    for (let i = 0; i < counts.length; i++) {
      const t = most ? (counts[i] / most) * (stops.length - 1) : 0;
      const k = Math.min(stops.length - 2, Math.floor(t));
      for (let c = 0; c < 3; c++) pixels.data[4 * i + c] = stops[k][c] + (t - k) * (stops[k + 1][c] - stops[k][c]);
      pixels.data[4 * i + 3] = 190;
    }
    picture.putImageData(pixels, 0, 0);
    stage.densityPicture = canvas;
  }
  const v = stage.viewport;
  ctx.imageSmoothingEnabled = true;
  ctx.drawImage(stage.densityPicture, v.left, v.top, stage.photo.width * v.scale, stage.photo.height * v.scale);
}
