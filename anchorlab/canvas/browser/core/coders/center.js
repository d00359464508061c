// Offsets of R-CNN (2014, appendix C): the centre's shift in anchor sizes, the logs of the side ratios.

import { fromCentreAndSides, toCentreAndSides } from "../boxes.js";
import { standardised, undivided } from "./common.js";

// `eps` is added to the side ratios: d2l's 10⁻⁶.
export function encodeOffsets(anchor, box, { eps = 0, ...scales }) {
  const [ax, ay, aw, ah] = toCentreAndSides(anchor);
  const [x, y, w, h] = toCentreAndSides(box);
  return standardised([(x - ax) / aw, (y - ay) / ah, Math.log(eps + w / aw), Math.log(eps + h / ah)], scales);
}

// A log size within the coder's bounds.
export function bounded(growth, { clamp, clamp_both }) {
  if (clamp === null) return growth;
  return Math.max(Math.min(growth, clamp), clamp_both ? -clamp : -Infinity);
}

export function decodeOffsets(anchor, offsets, coder) {
  const [x, y, w, h] = toCentreAndSides(anchor);
  const t = undivided(offsets, coder);
  const [wider, taller] = [t[2], t[3]].map((growth) => Math.exp(bounded(growth, coder)));
  return fromCentreAndSides([x + t[0] * w, y + t[1] * h, w * wider, h * taller]);
}
