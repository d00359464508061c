// SSD: each object takes its one best anchor, then a threshold.

import { REASON } from "../../../core/matching/common.js";
import { labelBySsd } from "../../../core/matching/ssd.js";
import { iouText, whole } from "../../../model/format.js";
import { say, sayFrom } from "../../../model/sentences.js";
import { specOf } from "../subject.js";
import { aboveOrBelow, overlap, values } from "./overlap.js";
import { takenBy } from "./taking.js";

function howManyLearn(stage, high) {
  const { label, reason } = stage.matched({ high });
  const all = label.reduce((sum, l) => sum + (l === 1), 0);
  const taken = label.reduce((sum, l, i) => sum + (l === 1 && reason[i] === REASON.FORCED), 0);
  const count = stage.boxes.length;
  const share = taken === count ? "learn" : taken ? "some_share" : "none_takes";
  return say(`rules.ssd.answer_${share}`, { count, anchors: whole(all), taken: whole(taken), others: whole(all - taken) });
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
    return sayFrom(reason[index] === REASON.ABOVE_HIGH ? "rules.ssd.why_above" : "matching.why_below", values(stage, index));
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
