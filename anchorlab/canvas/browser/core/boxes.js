// Boxes are four numbers, xyxy in pixels of the image; many of them lie in one flat array.

import { f32 } from "./rounding.js";

export const boxAt = (A, i) => [A[4 * i], A[4 * i + 1], A[4 * i + 2], A[4 * i + 3]];

export const middle = (a, b) => f32(f32(a + b) / 2);
export const width = (b) => f32(b[2] - b[0]);
export const height = (b) => f32(b[3] - b[1]);
export const centreX = (b) => middle(b[0], b[2]);
export const centreY = (b) => middle(b[1], b[3]);
export const boxArea = (b) => f32(width(b) * height(b));

export const toCentreAndSides = (b) => [centreX(b), centreY(b), width(b), height(b)];
export const fromCentreAndSides = ([x, y, w, h]) => [f32(x - w / 2), f32(y - h / 2), f32(x + w / 2), f32(y + h / 2)];

export const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
