// YOLO: where in its cell the centre lies, and the logs of the side ratios. `cell`: its [width, height].

import { centreX, centreY, clamp, fromCentreAndSides, height, toCentreAndSides, width } from "../boxes.js";
import { exp, f32, log, log1p, sigmoid } from "../rounding.js";

// Places in a cell keep this far from its borders, where the logit is infinite.
const [FIRST, LAST] = [f32(1e-6), f32(1 - 1e-6)];

// Where in the anchor's cell a box is centred, 0 to 1 inside it.
export const placeInCell = (anchor, box, [across, down]) => [
  f32(f32(f32(centreX(box) - centreX(anchor)) / f32(across)) + 0.5),
  f32(f32(f32(centreY(box) - centreY(anchor)) / f32(down)) + 0.5),
];

export const logit = (p) => f32(log(p) - log1p(-p));

export function encodeInCell(anchor, box, cell) {
  const place = placeInCell(anchor, box, cell).map((p) => logit(clamp(p, FIRST, LAST)));
  return [...place, log(f32(width(box) / width(anchor))), log(f32(height(box) / height(anchor)))];
}

export function decodeInCell(anchor, t, [across, down]) {
  const [x, y, w, h] = toCentreAndSides(anchor);
  const shift = (offset, side) => f32(f32(sigmoid(offset) - 0.5) * f32(side));
  return fromCentreAndSides([f32(x + shift(t[0], across)), f32(y + shift(t[1], down)), f32(w * exp(t[2])), f32(h * exp(t[3]))]);
}
