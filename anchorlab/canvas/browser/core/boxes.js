// Boxes are four numbers, xyxy in pixels of the image; many of them lie in one flat array.

const f32 = Math.fround;

export const boxAt = (A, i) => [A[4 * i], A[4 * i + 1], A[4 * i + 2], A[4 * i + 3]];

export const width = (b) => b[2] - b[0];
export const height = (b) => b[3] - b[1];
export const centreX = (b) => (b[0] + b[2]) / 2;
export const centreY = (b) => (b[1] + b[3]) / 2;

// In float32 steps, as the JAX core takes them.
export const boxArea = (b) => f32(f32(b[2] - b[0]) * f32(b[3] - b[1]));

export const toCentreAndSides = (b) => [centreX(b), centreY(b), width(b), height(b)];
export const fromCentreAndSides = ([x, y, w, h]) => [x - w / 2, y - h / 2, x + w / 2, y + h / 2];

export const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
