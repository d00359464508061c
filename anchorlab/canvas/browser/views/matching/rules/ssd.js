// SSD: each object takes its one best anchor, then a threshold.

import { REASON } from "../../../core/matching/common.js";
import { labelBySsd } from "../../../core/matching/ssd.js";
import { iouText, whole } from "../../../model/format.js";
import { say } from "../../../model/sentences.js";
import { specOf } from "../subject.js";
import { aboveOrBelow, overlap, values } from "./overlap.js";
import { takenBy } from "./taking.js";

function howManyLearn(stage, high) {
  const { label, reason } = stage.matched({ high });
  const all = label.reduce((sum, l) => sum + (l === 1), 0);
  const taken = label.reduce((sum, l, i) => sum + (l === 1 && reason[i] === REASON.FORCED), 0);
  const objects = stage.boxes.length;
  const said = { count: objects, anchors: whole(all), taken: whole(taken), others: whole(all - taken) };
  if (taken === objects) return say("rules.ssd.answer_learn", said);
  return taken ? say("rules.ssd.answer_some_share", said) : say("rules.ssd.answer_none_takes", said);
}

export const ssd = {
  ...overlap,
  label: labelBySsd,
  numbers: (stage, { high }) => ({ high: iouText(high) }),
  bands: ({ high }) => [high, high],
  strip: (stage, index, focus) => overlap.strip(stage, index, focus, aboveOrBelow),

  verdict(stage, index) {
    const { reason, best_anchor } = stage.labels;
    if (reason[index] === REASON.FORCED) return takenBy(stage, index, (g) => best_anchor[g] === index);
    const { object, best, high } = values(stage, index);
    return reason[index] === REASON.ABOVE_HIGH
      ? say("rules.ssd.why_above", { object, best, high })
      : say("matching.why_below", { object, best, low: high });
  },

  prediction(stage) {
    const high = specOf(stage).high < 1 ? 1 : 0.5;
    return {
      question: say("rules.ssd.ask", { high: iouText(high) }),
      asks: { control: "matching_ssd_high", value: high },
      answer: () => howManyLearn(stage, high),
    };
  },
};
