// The focal loss of one logit.

import { exp, f32, log, sigmoid } from "../rounding.js";
import { sigmoidCrossEntropy } from "./cross_entropy.js";

const TINY = 2 ** -126; // the smallest float32 of full precision

// `alpha`: null weighs nothing.
export function sigmoidFocalLoss(logit, target, { alpha, gamma }) {
  const missing = target ? sigmoid(-logit) : sigmoid(logit);
  const known = exp(f32(f32(gamma) * log(Math.max(missing, TINY))));
  const loss = f32(known * sigmoidCrossEntropy(logit, target));
  if (alpha === null) return loss;
  return f32((target ? f32(alpha) : f32(1 - f32(alpha))) * loss);
}
