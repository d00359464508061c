// Thresholds: each anchor by its best IoU, and low-quality matches.

import { REASON } from "../../../core/matching/common.js";
import { labelByThreshold } from "../../../core/matching/threshold.js";
import { f32 } from "../../../core/rounding.js";
import { circled, iouText } from "../../../model/format.js";
import { say, sayFrom } from "../../../model/sentences.js";
import { iousOf } from "../../shared.js";
import { nameOf, specOf } from "../subject.js";
import { bands } from "./bands.js";
import { values } from "./overlap.js";

function lowQuality(stage, index) {
  const { labels } = stage;
  const { high, min_best_iou } = specOf(stage);
  const object = labels.gt_index[index];
  const ious = iousOf(stage, index);
  const found = ious.findIndex((v, g) => v > f32(min_best_iou) && v === labels.best_anchor_iou[g]);
  const of = found < 0 ? object : found;
  const name = nameOf(stage, of);
  if (!(ious[of] > 0)) return say("rules.threshold.low_quality_of_nothing", { object: name });
  const own = bands.anchorsOf(stage, of).length;
  const said = { iou: iouText(ious[of]), high: iouText(high), object: name };
  if (of === object) return say(own === 1 ? "rules.threshold.low_quality_alone" : "rules.threshold.low_quality", said);
  const keeps = { other: nameOf(stage, object) };
  const kept = own ? say("rules.threshold.never_reassigns", keeps) : say("rules.threshold.never_reassigns_none", { ...keeps, object: circled(of) });
  return `${say("rules.threshold.low_quality", said)} ${kept}`;
}

export const threshold = {
  ...bands,
  label: labelByThreshold,

  verdict(stage, index) {
    const { best_iou, reason } = stage.labels;
    if (reason[index] === REASON.LOW_QUALITY) return lowQuality(stage, index);
    const equal = reason[index] === REASON.BELOW_LOW && best_iou[index] >= f32(specOf(stage).low);
    return equal ? sayFrom("rules.threshold.equal_to_low", values(stage, index)) : bands.verdict(stage, index);
  },
};
