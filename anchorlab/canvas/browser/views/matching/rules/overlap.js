// Rules that read IoUs alone.

import { boxArea } from "../../../core/boxes.js";
import { intersectionOf } from "../../../core/iou.js";
import { REASON } from "../../../core/matching/common.js";
import { f32 } from "../../../core/rounding.js";
import { circled, iouText, whole } from "../../../model/format.js";
import { say } from "../../../model/sentences.js";
import { anchorBox, caption, formula, fraction, iousOf, number, result } from "../../shared.js";
import { nameOf, nounOf, specOf, stateMark } from "../subject.js";
import { common } from "./common.js";

// What an IoU with the object under discussion means; `decided` says it where that is the object that counts.
function meaning(stage, index, focus, decided) {
  const { gt_index, best_iou, reason } = stage.labels;
  const object = circled(gt_index[index]);
  if (reason[index] === REASON.FORCED) return say("matching.takes_it", { object, state: stateMark(stage, index) });
  if (focus !== gt_index[index]) return say("matching.other_best", { object, iou: iouText(best_iou[index]) });
  return decided(stage, index);
}

function strip(stage, index, focus, decided) {
  const object = stage.boxes[focus];
  const anchor = anchorBox(stage, index);
  const shared = intersectionOf(object, anchor);
  const inter = shared ? boxArea(shared) : 0;
  const [a, g] = [boxArea(anchor), boxArea(object)];
  const iou = iouText(iousOf(stage, index)[focus]);
  const state = stage.stateOf(index);
  const [sharedArea, anchorArea, objectArea] = [inter, a, g].map(whole);
  return (
    formula(
      `<span class="fn">IoU(${number("#" + index, state)}, ${number(circled(focus))})</span> = ` +
        fraction(say("matching.intersection"), say("matching.union")) +
        " = " +
        fraction(number(sharedArea), `${number(anchorArea, state)} + ${number(objectArea)} − ${number(sharedArea)}`) +
        ` = ${result(iou)}`,
      say("matching.iou_told", { anchor: `${index}`, object: focus + 1, shared: sharedArea, anchor_area: anchorArea, object_area: objectArea, iou }),
      { anchor: index, object: focus },
    ) + caption(`${say("matching.lit")} ${meaning(stage, index, focus, decided)}`)
  );
}

// With one threshold: above it or below.
export function aboveOrBelow(stage, index) {
  const { high } = specOf(stage);
  const best = stage.labels.best_iou[index];
  const values = { iou: iouText(best), high: iouText(high), state: stateMark(stage, index) };
  return best >= f32(high) ? say("matching.at_least_high", values) : say("matching.less_than_high", values);
}

// The numbers of an anchor's verdict: its best object and their IoU, and the thresholds.
export function values(stage, index) {
  const { gt_index, best_iou } = stage.labels;
  const { high, low = high } = specOf(stage);
  const object = gt_index[index];
  return {
    object: object >= 0 ? nameOf(stage, object) : "",
    noun: object >= 0 ? nounOf(stage, object) : "",
    best: iouText(best_iou[index]),
    high: iouText(high),
    low: iouText(low),
  };
}

export const overlap = {
  ...common,
  strip,
  besides: (stage, index, g) => say("matching.overlaps", { object: nameOf(stage, g), iou: iouText(iousOf(stage, index)[g]) }),
};

// Two objects that want the same best anchor; null if no two do.
export function rivals({ labels }) {
  const best = Array.from(labels.best_anchor);
  const second = best.findIndex((anchor, g) => anchor >= 0 && best.indexOf(anchor) < g);
  return second < 0 ? null : [best.indexOf(best[second]), second];
}
