// Hard NMS: the best box stays and suppresses those whose IoU with it is too much.

import { plainOverlap } from "../../../core/suppression/hard.js";
import { iouText } from "../../../model/format.js";
import { say } from "../../../model/sentences.js";
import { areaText, iouFraction, limitOf, titleOf } from "../common.js";
import { dropping } from "./dropping.js";

export const hard = dropping({
  measure: "IoU",
  overlapWith: plainOverlap,
  // How the overlap of a with b is worked out, and how that is spoken.
  worked: (played, { parts }) => ({ html: iouFraction(parts), value: parts.iou }),
  spoken: ({ suppression, ...played }, { a, b, parts }) =>
    say(`methods.hard.spoken_${limitOf(suppression)}`, {
      a: titleOf(played, a),
      b: titleOf(played, b),
      inter: areaText(parts.inter),
      union: areaText(parts.union),
      overlap: iouText(parts.iou),
      iou: iouText(suppression.iou_threshold),
    }),
});
