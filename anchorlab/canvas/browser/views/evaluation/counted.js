// What the page counts: `stage.counted`. It is Python's answer; where settings were moved since, the twin's, from the same
// predictions.

import { boxAt } from "../../core/boxes.js";
import { curveOf, evaluateList } from "../../core/evaluation.js";
import { f32 } from "../../core/rounding.js";
import { byScore, STATUS } from "../../core/suppression/common.js";
import { fusedAfter } from "../../core/suppression/fusion.js";
import { recordOf } from "../../model/settings.js";
import { METHODS } from "../nms/methods/index.js";
import { play } from "../nms/played.js";

// The first row of each picture's predictions, or objects, among those of all.
export function startsOf({ pictures }, name) {
  let start = 0;
  return pictures.map((picture) => (start += picture[name]) - picture[name]);
}

// The picture of an object.
export const pictureOf = (data, row) => startsOf(data, "objects").findLastIndex((start) => start <= row);

// The predictions that a detector makes, if what no anchor reaches was never learned, by their rows.
function rowsSaid(data, picture, first, firstObject, { reach, only_reached }) {
  const rows = Array.from({ length: data.pictures[picture].predictions }, (_, k) => first + k);
  if (!only_reached) return rows;
  return rows.filter((row) => {
    const object = data.prediction_sources[row];
    return object < 0 || data.best_iou[firstObject + object] >= f32(reach);
  });
}

// What a method of suppression lets out of predictions: {at, box, score}, best first.
function letOut(found, suppression) {
  const played = play({ ...found, order: byScore(found.scores, suppression.ties) }, suppression);
  if (METHODS[suppression.method].averages) {
    return fusedAfter(played, suppression, played.rounds).map(({ founder, box, score }) => ({ at: founder, box, score }));
  }
  const kept = Array.from(played.order).filter((i) => played.status[i] === STATUS.KEPT);
  return kept.map((at) => ({ at, box: boxAt(found.predictions, at), score: played.final_scores[at] }));
}

// All detections that come out, picture by picture.
export function listedOf(data, { suppression, evaluation }) {
  const [first, firstObject] = [startsOf(data, "predictions"), startsOf(data, "objects")];
  return data.pictures.flatMap(({ classes }, picture) => {
    const rows = rowsSaid(data, picture, first[picture], firstObject[picture], evaluation);
    const found = {
      predictions: Float32Array.from(rows.flatMap((row) => boxAt(data.predictions, row))),
      scores: Float32Array.from(rows, (row) => data.scores[row]),
      prediction_classes: Int32Array.from(rows, (row) => data.prediction_classes[row]),
    };
    return letOut(found, suppression).map(({ at, ...one }) => {
      const category = classes[data.prediction_classes[rows[at]]];
      return { ...one, picture, prediction: rows[at] - first[picture], category, group: picture * data.names.length + category };
    });
  });
}

// The objects of all pictures.
export const objectsOf = (data) =>
  data.pictures.flatMap(({ objects }, picture) => {
    const first = startsOf(data, "objects")[picture];
    return Array.from({ length: objects }, (_, k) => {
      const [row, category] = [first + k, data.gt_classes[first + k]];
      return { row, picture, category, box: boxAt(data.gt_boxes, row), group: picture * data.names.length + category };
    });
  });

// Those of one class; all, if it is none of them.
const only = (things, { names }, category) => (names[category] === undefined ? things : things.filter((thing) => thing.category === category));

const ruleOf = (data, rule, threshold) => ({ ...data.rules[rule], iou_thresholds: [threshold] });

// The settings in force; `changes`: with some of them changed, {path: value}.
export function settingsOf({ settings }, changes = {}) {
  const of = (record) => {
    const changed = Object.entries(changes).flatMap(([path, value]) => (path.startsWith(`${record}.`) ? [[path.slice(record.length + 1), value]] : []));
    return recordOf({ ...settings.under(record), ...Object.fromEntries(changed) });
  };
  const evaluation = of("evaluation");
  return { suppression: { ...of("suppression"), score_threshold: evaluation.score_threshold }, evaluation };
}

// The list, its curve and its average precision with these settings, by the twin.
export function evaluated(data, settings, { rule, threshold, category } = {}) {
  const { evaluation } = settings;
  const of = category ?? evaluation.category;
  const spec = ruleOf(data, rule ?? evaluation.rule, threshold ?? evaluation.iou_threshold);
  return evaluateList(only(settings.listed ?? listedOf(data, settings), data, of), only(objectsOf(data), data, of), spec);
}

// Python's list, as the twin's is.
function saidByPython(data, { evaluation }) {
  const list = Array.from(data.listed_picture, (picture, k) => ({
    picture,
    prediction: data.listed_prediction[k],
    category: data.listed_classes[k],
    box: boxAt(data.listed_boxes, k),
    score: data.listed_scores[k],
    outcome: data.outcome[k],
    gt: data.gt[k],
    overlap: data.overlap[k],
    better: data.better[k],
  }));
  const objects = only(objectsOf(data), data, evaluation.category);
  return { list, ...curveOf(list, objects.length, evaluation.rule), ap: data.ap };
}

export function countedOn(stage) {
  const { data, settings } = stage;
  const now = settingsOf(stage);
  // Other pictures must come from Python.
  const mine = Object.keys(now.evaluation).filter((name) => name !== "pictures");
  const moved = settings.pending("suppression") || mine.some((name) => settings.pending(`evaluation.${name}`));
  return { ...(moved ? evaluated(data, now) : saidByPython(data, now)), ...now };
}
