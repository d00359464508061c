// Soft-NMS with a Gaussian kernel: every overlap lowers a score, a large one much.

import { gaussianDecay } from "../../../core/suppression/soft.js";
import { iouText } from "../../../model/format.js";
import { say } from "../../../model/sentences.js";
import { softening } from "./softening.js";

export const gaussian = softening({
  holdsPairs: false,
  decay: gaussianDecay,
  kernel: ({ gaussian: { sigma } }, overlap) => `<span class="fn">e<sup>−${iouText(overlap)}²/${sigma}</sup></span>`,
  spared: (played, name) => say("methods.gaussian.strip_alone", { name }),
  enough: (overlap) => overlap > 0,
  // So small that nothing of the score is lost in single precision.
  compared: () => "little",
});
