// Max IoU: two thresholds, then objects take their best anchors.

import { REASON } from "../../../core/matching/common.js";
import { labelByMaxIou } from "../../../core/matching/max_iou.js";
import { say } from "../../../model/sentences.js";
import { nameOf, specOf, stateWord } from "../subject.js";
import { bands } from "./bands.js";
import { rivals } from "./overlap.js";
import { takenBy } from "./taking.js";

function whoGets(stage, anchor) {
  const said = { anchor: `#${anchor}` };
  return stage.labels.label[anchor] === 1
    ? say("rules.max_iou.answer_shared", { ...said, object: nameOf(stage, stage.labels.gt_index[anchor]) })
    : say("rules.max_iou.answer_neither", { ...said, state: stateWord(stage, anchor) });
}

export const maxIou = {
  ...bands,
  label: labelByMaxIou,

  verdict(stage, index) {
    const { reason, best_anchor, best_anchor_iou } = stage.labels;
    if (reason[index] !== REASON.FORCED) return bands.verdict(stage, index);
    const { assign_all } = specOf(stage);
    return takenBy(stage, index, (g, iou) => (assign_all ? iou === best_anchor_iou[g] : best_anchor[g] === index));
  },

  prediction(stage) {
    const pair = specOf(stage).low_quality && rivals(stage);
    if (!pair) return bands.prediction(stage);
    const [first, second] = pair.map((g) => nameOf(stage, g));
    return {
      question: say("rules.max_iou.ask_shared", { first, second }),
      answer: () => whoGets(stage, stage.labels.best_anchor[pair[1]]),
    };
  },
};
