// Cross-entropy of one logit.

import { exp, f32, log1p } from "../rounding.js";

export const sigmoidCrossEntropy = (logit, target) =>
  f32(f32(Math.max(logit, 0) - f32(logit * target)) + log1p(exp(Math.min(logit, -logit))));
