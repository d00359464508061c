// Offsets of R-CNN (2014, appendix C): the centre's shift in anchor sizes, the logs of the side ratios.

import { fromCentreAndSides, toCentreAndSides } from "../boxes.js";
import { exp, f32, log } from "../rounding.js";
import { standardised, undivided } from "./common.js";

// `eps` is added to the side ratios: d2l's 10⁻⁶.
export function encodeOffsets(anchor, box, { eps = 0, ...scales }) {
  const [ax, ay, aw, ah] = toCentreAndSides(anchor);
  const [x, y, w, h] = toCentreAndSides(box);
  const growth = (side, own) => log(f32(f32(eps) + f32(side / own)));
  return standardised([f32(f32(x - ax) / aw), f32(f32(y - ay) / ah), growth(w, aw), growth(h, ah)], scales);
}

// A log size within the coder's bounds.
export function bounded(growth, { clamp, clamp_both }) {
  if (clamp === null) return growth;
  return Math.max(Math.min(growth, f32(clamp)), clamp_both ? -f32(clamp) : -Infinity);
}

export function decodeOffsets(anchor, offsets, coder) {
  const [x, y, w, h] = toCentreAndSides(anchor);
  const t = undivided(offsets, coder);
  const [wider, taller] = [t[2], t[3]].map((growth) => exp(bounded(growth, coder)));
  return fromCentreAndSides([f32(x + f32(t[0] * w)), f32(y + f32(t[1] * h)), f32(w * wider), f32(h * taller)]);
}
