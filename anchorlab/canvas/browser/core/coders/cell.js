// YOLO: where in its cell the centre lies, and the logs of the side ratios. `cell`: its [width, height].

import { centreX, centreY, clamp, fromCentreAndSides, toCentreAndSides } from "../boxes.js";

// Places in a cell keep this far from its borders, where the logit is infinite.
const [FIRST, LAST] = [Math.fround(1e-6), Math.fround(1 - 1e-6)];

// Where in the anchor's cell a box is centred, 0 to 1 inside it.
export const placeInCell = (anchor, box, [across, down]) => [
  (centreX(box) - centreX(anchor)) / across + 0.5,
  (centreY(box) - centreY(anchor)) / down + 0.5,
];

export const logit = (p) => Math.log(p) - Math.log1p(-p);
export const sigmoid = (t) => 1 / (1 + Math.exp(-t));

export function encodeInCell(anchor, box, cell) {
  const [, , aw, ah] = toCentreAndSides(anchor);
  const [, , w, h] = toCentreAndSides(box);
  const place = placeInCell(anchor, box, cell).map((p) => logit(clamp(p, FIRST, LAST)));
  return [...place, Math.log(w / aw), Math.log(h / ah)];
}

export function decodeInCell(anchor, t, [across, down]) {
  const [x, y, w, h] = toCentreAndSides(anchor);
  const centre = [x + (sigmoid(t[0]) - 0.5) * across, y + (sigmoid(t[1]) - 0.5) * down];
  return fromCentreAndSides([...centre, w * Math.exp(t[2]), h * Math.exp(t[3])]);
}
