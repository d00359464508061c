// Rules with two thresholds and an ignored band between them.

import { REASON } from "../../../core/matching/common.js";
import { f32 } from "../../../core/rounding.js";
import { iouText } from "../../../model/format.js";
import { say, sayFrom } from "../../../model/sentences.js";
import { nameOf, objectsText, specOf, stateMark } from "../subject.js";
import { overlap, values } from "./overlap.js";

// Where an IoU lies between the thresholds, and whether that decides.
function between(stage, index) {
  const { high, low } = specOf(stage);
  const state = stage.stateOf(index);
  const best = stage.labels.best_iou[index];
  const said = { iou: iouText(best), state: stateMark(stage, index), low: iouText(low), high: iouText(high) };
  if (best >= f32(high)) return sayFrom("matching.above", said);
  if (best < f32(low)) return sayFrom(state === "negative" ? "matching.below" : "matching.below_yet", said);
  return sayFrom(state === "ignored" ? "matching.within" : "matching.within_yet", said);
}

// Another threshold than the present one: higher, so that anchors are lost; from the top, lower.
const otherHigh = (high) => [0.6, 0.75, 0.9].find((v) => v > high + 0.005) ?? 0.5;

// Objects that learn only from anchors below the threshold, and those that no anchor learns.
function weaklyTaught(stage, high) {
  const { low } = specOf(stage);
  const { label, gt_index, columns } = stage.matched({ high, low: Math.min(low, high) });
  const strong = new Set();
  const weak = new Set();
  label.forEach((l, i) => {
    if (l === 1) (columns[gt_index[i]].iou[i] >= f32(high) ? strong : weak).add(gt_index[i]);
  });
  const all = stage.boxes.map((_, g) => g);
  return { only: all.filter((g) => weak.has(g) && !strong.has(g)), none: all.filter((g) => !weak.has(g) && !strong.has(g)) };
}

const named = (stage, objects) => (objects.length > 4 ? objectsText(objects) : objects.map((g) => nameOf(stage, g)).join(", "));

function withoutLowQuality(stage, high) {
  const { none } = weaklyTaught(stage, high);
  return none.length ? say("matching.answer_lost", { objects: named(stage, none) }) : say("matching.answer_none_lost");
}

function byLowQuality(stage, high) {
  const { only, none } = weaklyTaught(stage, high);
  const weak = only.length
    ? say("matching.answer_weak", { count: only.length, objects: named(stage, only), high: iouText(high) })
    : say("matching.answer_none_weak");
  return none.length ? `${weak} ${say("matching.answer_none_at_all", { objects: objectsText(none) })}` : weak;
}

export const bands = {
  ...overlap,
  bands: ({ low, high }) => [low, high],
  strip: (stage, index, focus) => overlap.strip(stage, index, focus, between),

  verdict(stage, index) {
    const where = { [REASON.ABOVE_HIGH]: "above", [REASON.BELOW_LOW]: "below" }[stage.labels.reason[index]] ?? "within";
    return sayFrom(`matching.why_${where}`, values(stage, index));
  },

  prediction(stage) {
    const { high: now, low_quality } = specOf(stage);
    const high = otherHigh(now);
    const asks = { control: `matching_${stage.match.rule}_low_matching_${stage.match.rule}_high`, value: high };
    return low_quality
      ? { question: say("matching.ask_weak", { high: iouText(high) }), asks, answer: () => byLowQuality(stage, high) }
      : { question: say("matching.ask_lost", { high: iouText(high) }), asks, answer: () => withoutLowQuality(stage, high) };
  },
};
