// DIoU-NMS: as hard suppression, but from the IoU is taken how far apart the centres are.

import { centreDistance } from "../../../core/iou.js";
import { distanceOverlap } from "../../../core/suppression/hard.js";
import { iouText } from "../../../model/format.js";
import { say } from "../../../model/sentences.js";
import { number } from "../../shared.js";
import { limitOf, titleOf } from "../common.js";
import { dropping } from "./dropping.js";

export const diou = dropping({
  measure: "DIoU",
  overlapWith: distanceOverlap,
  // The IoU itself is worked out on a page of its own.
  worked(played, { p, q, parts, b }) {
    const distance = centreDistance(Float32Array.from(q), 0, p) ** played.suppression.diou.beta;
    return { html: `${number(iouText(parts.iou))} − ${number(iouText(distance))}`, value: played.prediction_iou[b] };
  },
  spoken: ({ suppression, ...played }, { a, b, parts }) =>
    say(`methods.diou.spoken_${limitOf(suppression)}`, {
      a: titleOf(played, a),
      b: titleOf(played, b),
      plain: iouText(parts.iou),
      overlap: iouText(played.prediction_iou[b]),
      iou: iouText(suppression.iou_threshold),
    }),
});
