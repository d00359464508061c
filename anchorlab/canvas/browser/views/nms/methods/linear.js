// Soft-NMS with a linear kernel: from a threshold on, overlap takes its share of the score.

import { isEnough } from "../../../core/suppression/common.js";
import { linearDecay } from "../../../core/suppression/soft.js";
import { iouText } from "../../../model/format.js";
import { say } from "../../../model/sentences.js";
import { number } from "../../shared.js";
import { limitOf } from "../common.js";
import { softening } from "./softening.js";

const iouLimit = ({ suppression }) => iouText(suppression.iou_threshold);

export const linear = softening({
  holdsPairs: true,
  decay: linearDecay,
  kernel: (settings, overlap) => `<span class="fn">(1 − ${number(iouText(overlap))})</span>`,
  spared: (played, name) => say(`methods.linear.strip_alone_${limitOf(played.suppression)}`, { name, iou: iouLimit(played) }),
  enough: isEnough,
  compared: (played, { overlap }) => say(`methods.linear.pair_little_${limitOf(played.suppression)}`, { overlap: iouText(overlap), iou: iouLimit(played) }),
});
