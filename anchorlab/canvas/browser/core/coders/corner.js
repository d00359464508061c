// How far each corner is from the anchor's, in anchor sizes; no logarithm.

import { height, width } from "../boxes.js";
import { f32 } from "../rounding.js";
import { standardised, undivided } from "./common.js";

const sideOf = (anchor, k) => (k % 2 ? height(anchor) : width(anchor));

export const encodeCorners = (anchor, box, coder) =>
  standardised(box.map((v, k) => f32(f32(v - anchor[k]) / sideOf(anchor, k))), coder);

export const decodeCorners = (anchor, offsets, coder) =>
  undivided(offsets, coder).map((v, k) => f32(anchor[k] + f32(v * sideOf(anchor, k))));
