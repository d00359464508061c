// Soft-NMS with a linear kernel: from a threshold on, overlap takes its share of the score.

import { isEnough } from "../../../core/suppression/common.js";
import { linearDecay } from "../../../core/suppression/soft.js";
import { iouText } from "../../../model/format.js";
import { say } from "../../../model/sentences.js";
import { number } from "../../shared.js";
import { limitOf } from "../common.js";
import { softening } from "./softening.js";

export const linear = softening({
  holdsPairs: true,
  decay: linearDecay,
  kernel: (settings, overlap) => `<span class="fn">(1 − ${number(iouText(overlap))})</span>`,
  spared: ({ suppression }, name) => say(`methods.linear.strip_alone_${limitOf(suppression)}`, { name, iou: iouText(suppression.iou_threshold) }),
  enough: isEnough,
  compared: (suppression) => `little_${limitOf(suppression)}`,
});
