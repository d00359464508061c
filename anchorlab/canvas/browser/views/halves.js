// The picture twice: side by side, on phones one below the other.

import { Marks } from "../draw/marks.js";

// What is free around the picture in the first half; the view's `narrowHeight` says how tall both are on phones.
export function halfMargin(stage) {
  const u = stage.unit ?? 1;
  const w = stage.host.clientWidth;
  const free = { left: 6 * u, right: 6 * u, top: 30 * u, bottom: 6 * u };
  if (stage.narrow) return { ...free, bottom: Math.ceil(stage.view.narrowHeight(stage, w) / 2) + 6 * u };
  return { ...free, right: Math.ceil(w / 2) + 6 * u };
}

// Where each half begins, and how large one is: the viewport is that of the first.
export function halves(stage) {
  const { width: w, height: h } = stage.viewport;
  return stage.narrow
    ? { size: [w, Math.floor(h / 2)], offset: [0, Math.ceil(h / 2)] }
    : { size: [Math.floor(w / 2), h], offset: [Math.ceil(w / 2), 0] };
}

// A view's `fold`: a point of either half, as one of the first; what is held stays in its half.
export function foldHalves(stage, [x, y], held) {
  const { size, offset } = halves(stage);
  const second = held ? stage.secondHalf : stage.narrow ? y > size[1] : x > size[0];
  stage.secondHalf = second;
  return second ? [x - offset[0], y - offset[1]] : [x, y];
}

// Draws one half, 0 or 1, under its title: its own copy of the photo, then what `paint` adds in the coordinates of the first
// half; or in its place the `problem`.
export function half(stage, ctx, side, { title, problem = "" }, paint) {
  const { size, offset } = halves(stage);
  const [dx, dy] = side ? offset : [0, 0];
  ctx.save();
  ctx.translate(dx, dy);
  ctx.beginPath();
  ctx.rect(0, 0, ...size);
  ctx.clip();
  const copied = size.map((v) => v * stage.ratio);
  if (side) ctx.drawImage(stage.base, 0, 0, ...copied, 0, 0, ...size);
  const own = { width: size[0], height: size[1], tools: side ? null : stage.viewport.tools };
  const viewport = Object.assign(Object.create(stage.viewport), own);
  const marks = new Marks(ctx, viewport, stage.unit, stage.font);
  // On the right the name and the class of a selected object stand in the corner.
  const beside = side && !stage.narrow && stage.object >= 0 && stage.editing();
  marks.tagAt(size[0] * (beside ? 0.2 : 0.5), 15 * stage.unit, `${"AB"[side]} · ${title}`, { must: true, size: 14 });
  if (problem) note(stage, ctx, size, problem);
  else paint(marks);
  marks.flushTags();
  ctx.restore();
}

// Why there is no answer, in its half.
function note(stage, ctx, [w, h], text) {
  const u = stage.unit;
  ctx.font = `500 ${15 * u}px ${stage.font}`;
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (ctx.measureText(longer).width > 0.76 * w && lines.at(-1)) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  const tall = lines.length * 21 * u + 20 * u;
  ctx.fillStyle = "#0B0D12E6";
  ctx.fillRect(0.08 * w, (h - tall) / 2, 0.84 * w, tall);
  ctx.fillStyle = "#F2F0EC";
  ctx.textBaseline = "middle";
  lines.forEach((line, k) => ctx.fillText(line, 0.12 * w, (h - tall) / 2 + 20.5 * u + k * 21 * u));
}

export function divider(stage, ctx) {
  const { size, offset } = halves(stage);
  ctx.fillStyle = stage.dark ? "#12161D" : "#FBFAF8";
  if (stage.narrow) ctx.fillRect(0, offset[1] - 2, size[0], 4);
  else ctx.fillRect(offset[0] - 2, 0, 4, size[1]);
}
