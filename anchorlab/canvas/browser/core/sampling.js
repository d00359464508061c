// Which of the labelled anchors count in the loss.

import { f32 } from "./rounding.js";

// Marks the `count` indices of the highest keys; of equal keys the lowest index comes first.
function take(taken, indices, key, count) {
  if (count <= 0) return;
  const sorted = Float32Array.from(indices, (i) => key[i]).sort();
  const least = sorted[Math.max(0, sorted.length - count)];
  let equal = count - indices.reduce((above, i) => above + (key[i] > least), 0);
  for (const i of indices) if (key[i] > least || (key[i] === least && equal-- > 0)) taken[i] = 1;
}

function indicesOf(label, kind) {
  const found = [];
  for (let i = 0; i < label.length; i++) if (label[i] === kind) found.push(i);
  return found;
}

export function sampleAtRandom(label, luck, { size, most_positive }) {
  const taken = new Uint8Array(label.length);
  const positive = indicesOf(label, 1);
  const positives = Math.min(positive.length, most_positive);
  take(taken, positive, luck, positives);
  take(taken, indicesOf(label, 0), luck, size - positives);
  return taken;
}

export function sampleHardNegatives(label, loss, { per_positive }) {
  const taken = new Uint8Array(label.length);
  const positive = indicesOf(label, 1);
  for (const i of positive) taken[i] = 1;
  take(taken, indicesOf(label, 0), loss, Math.floor(f32(f32(per_positive) * positive.length)));
  return taken;
}
