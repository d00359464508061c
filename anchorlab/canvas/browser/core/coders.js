// How a box is written from an anchor: the coders of anchorlab.core, in the browser. A coder is
// { kind, means, stds, clamp, clamp_both, eps } as in settings.CoderSpec; `cell` is the (width, height) of
// the anchor's cell, which kind "cell" asks for.

import { centreX, centreY, decode, height, width } from "./geometry.js";

// Places in a cell keep this far from its borders, where the logit is infinite.
const [FIRST, LAST] = [Math.fround(1e-6), Math.fround(1 - 1e-6)];

const sides = (box) => [width(box), height(box)];
const centre = (box) => [centreX(box), centreY(box)];

// Where in the anchor's cell a box is centred, 0 to 1 inside it.
export function placeInCell(anchor, box, cell) {
  return [0, 1].map((k) => (centre(box)[k] - centre(anchor)[k]) / cell[k] + 0.5);
}

export const logit = (p) => Math.log(p) - Math.log1p(-p);
export const sigmoid = (t) => 1 / (1 + Math.exp(-t));

// The four numbers without means and stds.
function raw(coder, anchor, box, cell) {
  const [w, h] = sides(anchor);
  if (coder.kind === "corner") return box.map((v, k) => (v - anchor[k]) / (k % 2 ? h : w));
  const growth = sides(box).map((v, k) => Math.log((coder.kind === "cell" ? 0 : coder.eps) + v / [w, h][k]));
  if (coder.kind === "cell") {
    return [...placeInCell(anchor, box, cell).map((p) => logit(Math.min(LAST, Math.max(FIRST, p)))), ...growth];
  }
  return [...centre(box).map((v, k) => (v - centre(anchor)[k]) / [w, h][k]), ...growth];
}

const divided = ({ kind }) => kind !== "cell";

export function encodeBox(coder, anchor, box, cell) {
  const t = raw(coder, anchor, box, cell);
  return divided(coder) ? t.map((v, k) => (v - coder.means[k]) / coder.stds[k]) : t;
}

// The same four numbers as the coder's formula takes them: times stds, plus means, and not yet bounded.
export const undivided = (coder, t) => (divided(coder) ? t.map((v, k) => v * coder.stds[k] + coder.means[k]) : t);

// A log size within the coder's bounds.
export function bounded({ clamp, clamp_both }, growth) {
  if (clamp === null) return growth;
  return Math.max(Math.min(growth, clamp), clamp_both ? -clamp : -Infinity);
}

export function decodeBox(coder, anchor, offsets, cell) {
  const t = undivided(coder, offsets);
  const [w, h] = sides(anchor);
  if (coder.kind === "corner") return t.map((v, k) => anchor[k] + v * (k % 2 ? h : w));
  if (coder.kind === "center") return decode(anchor, [t[0], t[1], bounded(coder, t[2]), bounded(coder, t[3])], [0, 0, 0, 0], [1, 1, 1, 1]);
  const [x, y] = centre(anchor).map((v, k) => v + (sigmoid(t[k]) - 0.5) * cell[k]);
  const [a, b] = [w * Math.exp(t[2]), h * Math.exp(t[3])];
  return [x - a / 2, y - b / 2, x + a / 2, y + b / 2];
}
