// The four numbers of a coder as they are stored, and as its formula takes them.

export const standardised = (raw, { means, stds }) => raw.map((v, k) => (v - means[k]) / stds[k]);
export const undivided = (offsets, { means, stds }) => offsets.map((v, k) => v * stds[k] + means[k]);

// Means and stds that change nothing.
export const PLAIN = { means: [0, 0, 0, 0], stds: [1, 1, 1, 1] };
