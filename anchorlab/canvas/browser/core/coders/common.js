// The four numbers of a coder as they are stored, and as its formula takes them.

import { f32 } from "../rounding.js";

export const standardised = (raw, { means, stds }) => raw.map((v, k) => f32(f32(v - f32(means[k])) / f32(stds[k])));
export const undivided = (offsets, { means, stds }) => offsets.map((v, k) => f32(f32(v * f32(stds[k])) + f32(means[k])));

// Means and stds that change nothing.
export const PLAIN = { means: [0, 0, 0, 0], stds: [1, 1, 1, 1] };
