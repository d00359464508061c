// What became of a detection, in words.

import { OUTCOME } from "../../core/evaluation.js";
import { circled, escapeHtml, iouText, two } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { pictureOf, startsOf } from "./counted.js";

const KINDS = Object.fromEntries(Object.entries(OUTCOME).map(([name, value]) => [value, name.toLowerCase()]));

// 'true_positive', 'double', 'misplaced' or 'false_alarm'.
export const kindOf = ({ outcome }) => KINDS[outcome];
export const isTrue = ({ outcome }) => outcome === OUTCOME.TRUE_POSITIVE;
export const stateOf = (detection) => (isTrue(detection) ? "kept" : "suppressed");

export const apText = (ap) => (ap === null ? say("evaluation.no_figure") : two(ap));

// Without any class there are false alarms all the same.
export const className = ({ names }, category) => names[category] ?? say("stage.unnamed");
export const titleOf = (data, { category, score }) => `${className(data, category)} ${two(score)}`;

// The number and class of an object, as in its picture.
export function objectName(data, row) {
  return `${circled(row - startsOf(data, "objects")[pictureOf(data, row)])} ${data.names[data.gt_classes[row]]}`;
}

// The whole story of the detection at a place of the list.
export function story({ data, counted }, place) {
  const one = counted.list[place];
  const known = {
    object: one.gt < 0 ? "" : `<b>${escapeHtml(objectName(data, one.gt))}</b>`,
    overlap: iouText(one.overlap),
    name: escapeHtml(className(data, one.category)),
    threshold: iouText(counted.evaluation.iou_threshold),
    better: one.better < 0 ? "" : `<b class="kept">${escapeHtml(titleOf(data, counted.list[one.better]))}</b>`,
  };
  const { object, overlap, threshold, better, name } = known;
  const told = {
    true_positive: () => say("evaluation.true_positive", { object, overlap }),
    double: () => say("evaluation.double", { object, better, overlap }),
    misplaced: () => say("evaluation.misplaced", { object, overlap, threshold }),
    false_alarm: () => say("evaluation.false_alarm", { name }),
  }[kindOf(one)]();
  if (data.pictures.length < 2) return told;
  return `${told} ${say("evaluation.in_picture", { title: escapeHtml(data.pictures[one.picture].title) })}`;
}

// The same in two words, for a tag on the picture.
export function shortStory({ data }, one) {
  const object = one.gt < 0 ? "" : objectName(data, one.gt);
  return {
    true_positive: () => say("evaluation.short_true_positive", { object }),
    double: () => say("evaluation.short_double", { object }),
    misplaced: () => say("evaluation.short_misplaced"),
    false_alarm: () => say("evaluation.short_false_alarm"),
  }[kindOf(one)]();
}
