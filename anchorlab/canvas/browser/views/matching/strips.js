// The formula under the picture: the number that decides, worked out.

import { circled, iouText, pixels, plural, whole } from "../../model/format.js";
import { boxArea, height, width } from "../../core/boxes.js";
import { intersectionOf } from "../../core/iou.js";
import { isCentredIn, shapeIou, sideOf, worstFactor } from "../../core/matching_grids.js";
import { REASON } from "../../core/reasons.js";
import { anchorBox, caption, formula, fraction, iousOf, number, result, strong } from "../shared.js";
import { pairOf, place, ruleOf } from "./subject.js";

const its = (state) => `it is ${strong(state, state)}`;

// What an IoU with the object under discussion means under the rules that read the IoU matrix alone.
function verdict(stage, index, focus) {
  const { labels } = stage;
  const { high, low } = stage.data.match;
  const state = stage.stateOf(index);
  const best = labels.best_iou[index];
  const text = iouText(best);
  if (labels.reason[index] === REASON.FORCED) return `${circled(labels.gt_index[index])} takes it for itself, so ${its(state)}.`;
  if (focus !== labels.gt_index[index]) return `Its best object is ${circled(labels.gt_index[index])}, at ${text}.`;
  if (["greedy", "ssd"].includes(ruleOf(stage))) return `${text} ${best >= high ? "≥" : "&lt;"} ${iouText(high)}; ${its(state)}.`;
  if (best >= high) return `${text} ≥ ${iouText(high)}, so ${its(state)}.`;
  if (best < low) return `${text} &lt; ${iouText(low)}${state === "negative" ? ", so it is" : "; yet it is"} ${strong(state, state)}.`;
  return `${iouText(low)} ≤ ${text} &lt; ${iouText(high)}${state === "ignored" ? ", so it is" : "; yet it is"} ${strong(state, state)}.`;
}

function overlap(stage, index, focus) {
  const object = stage.boxes[focus];
  const anchor = anchorBox(stage, index);
  const shared = intersectionOf(object, anchor);
  const inter = shared ? boxArea(shared) : 0;
  const [a, g] = [boxArea(anchor), boxArea(object)];
  const iou = iouText(iousOf(stage, index)[focus]);
  const state = stage.stateOf(index);
  return (
    formula(
      `<span class="fn">IoU(${number("#" + index, state)}, ${number(circled(focus))})</span> = ` +
        fraction("intersection", "union") +
        " = " +
        fraction(number(whole(inter)), `${number(whole(a), state)} + ${number(whole(g))} − ${number(whole(inter))}`) +
        ` = ${result(iou)}`,
      `IoU of anchor ${index} and object ${focus + 1}: ${whole(inter)} over ${whole(a)} plus ${whole(g)} minus ${whole(inter)} is ${iou}`,
      { anchor: index, object: focus },
    ) + caption(`The lit patch over all the outlined area. ${verdict(stage, index, focus)}`)
  );
}

// ATSS: the object's own threshold.
function ownThreshold(stage, index, focus) {
  const { mean, std, threshold, candidates } = stage.story.adaptive[focus];
  const { iou, box } = stage.story.columns[focus];
  const [m, s, t, v] = [mean, std, threshold, iou[index]].map(iouText);
  const state = stage.stateOf(index);
  const learned = stage.labels.label[index] === 1 ? stage.labels.gt_index[index] : -1;
  let words = `#${index} is not among its ${plural(candidates.length, "candidate")}.`;
  if (candidates.includes(index)) {
    const inside = isCentredIn(stage.anchors, index, box, stage.levels);
    if (iou[index] < threshold) words = `#${index}: IoU ${strong(state, v)} &lt; ${t}.`;
    else if (!inside) words = `#${index}: IoU ${strong(state, v)} ≥ ${t}, but centred outside.`;
    else words = `#${index}: IoU ${strong(state, v)} ≥ ${t}, centred inside${learned === focus ? "" : `; it overlaps ${circled(learned)} more`}.`;
  }
  return (
    formula(
      `<span class="fn">threshold(${number(circled(focus))})</span> = <span class="fn">mean + deviation</span> = ${number(m)} + ${number(s)} = ${result(t)}`,
      `Threshold of object ${focus + 1}: mean ${m} plus deviation ${s} is ${t}`,
      { anchor: index, object: focus },
    ) + caption(`${words} ${learned >= 0 && learned !== focus ? "It" : "So it"} is ${strong(state, state)}.`)
  );
}

// YOLO: boxes moved to one corner.
function likeness(stage, index, focus) {
  const { level, shape } = place(stage, index);
  const [a, c] = sideOf(level, shape);
  const b = stage.boxes[focus];
  const [w, h] = [width(b), height(b)];
  const value = iouText(shapeIou(Math.fround(w), Math.fround(h), a, c));
  const shared = Math.min(w, a) * Math.min(h, c);
  const state = stage.stateOf(index);
  const { anchor, alike, shape: best } = stage.story.responsible[focus];
  const words = anchor === index ? `No shape is more like ${circled(focus)}, and this is its cell.` : `The most like ${circled(focus)} has ${iouText(alike[best])}: #${anchor}.`;
  return (
    formula(
      `<span class="fn">shape IoU(${number("#" + index, state)}, ${number(circled(focus))})</span> = ` +
        fraction(number(whole(shared)), `${number(whole(a * c), state)} + ${number(whole(w * h))} − ${number(whole(shared))}`) +
        ` = ${result(value)}`,
      `Shape IoU of anchor ${index} and object ${focus + 1}: ${whole(shared)} over ${whole(a * c)} plus ${whole(w * h)} minus ${whole(shared)} is ${value}`,
      { anchor: index, object: focus },
    ) + caption(`Both moved to one corner. ${words} So ${its(state)}.`)
  );
}

// YOLOv5: the factor by which the worst side differs.
function sideFactor(stage, index, focus) {
  const { level, shape } = place(stage, index);
  const [a, c] = sideOf(level, shape);
  const b = stage.boxes[focus];
  const [w, h] = [width(b), height(b)];
  const limit = stage.data.match.side_factor;
  const value = worstFactor(Math.fround(w), Math.fround(h), a, c);
  const state = stage.stateOf(index);
  const ratio = (p, q, ps, qs) => fraction(number(pixels(p), ps), number(pixels(q), qs));
  const parts = [ratio(a, w, state, ""), ratio(w, a, "", state), ratio(c, h, state, ""), ratio(h, c, "", state)];
  return (
    formula(
      `<span class="fn">max</span> ( ${parts.join(" , ")} ) = ${result(value.toFixed(2))}`,
      `Of the ratios of both sides, either way round, the largest is ${value.toFixed(2)}`,
      { anchor: index, object: focus },
    ) + caption(`#${index} and ${circled(focus)}: ${value.toFixed(2)} ${value < Math.fround(limit) ? "&lt;" : "≥"} ${limit}, ${value < Math.fround(limit) ? "alike" : "not alike"}. By shape and cell ${its(state)}.`)
  );
}

const STRIPS = { atss: ownThreshold, yolo: likeness, yolov5: sideFactor };

export function strip(stage) {
  const { anchor: index, object: focus } = pairOf(stage);
  if (index < 0 || !stage.boxes[focus]) {
    return caption("Click a centre, then a second time for the next shape: its IoU with the object is worked out here.");
  }
  return (STRIPS[ruleOf(stage)] ?? overlap)(stage, index, focus);
}
