// Squared paper, which ready scenes are drawn on: made here, so that no picture has to travel.

const LONGER_SIDE = 720; // pixels of the sheet
const LIT = { sheet: "#3A4252", lines: "#505A6C" };
const DIMMED = { sheet: "#31353C", lines: "#434850" }; // as photos are dimmed: less colour, less light

function sheet(width, height, step, { sheet: ground, lines }) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const ctx = canvas.getContext("2d");
  ctx.fillStyle = ground;
  ctx.fillRect(0, 0, width, height);
  ctx.fillStyle = lines;
  for (let x = 0; x < width; x += step) ctx.fillRect(x, 0, 1, height);
  for (let y = 0; y < height; y += step) ctx.fillRect(0, y, width, 1);
  return canvas;
}

let last = {};

// The sheet of a photo that has `squares`, the side of one in its pixels: as an entry of the bus's photos.
export function paper({ id, width, height, squares }) {
  if (last.id !== id) {
    const scale = Math.max(1, Math.round(LONGER_SIDE / Math.max(width, height)));
    const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
    const of = (inks) => sheet(w, h, squares * scale, inks);
    last = { id, image: of(LIT), dimmed: of(DIMMED), width: w, height: h };
  }
  return last;
}
