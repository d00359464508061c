// What stands below the picture: the same detections in several figures, class by class, what anchors reach, and every
// detection with its story.

import { f32 } from "../../core/rounding.js";
import { escapeHtml, iouText, two } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { table } from "../shared.js";
import { evaluated, listedOf, objectsOf, pictureOf, settingsOf } from "./counted.js";
import { apText, className, kindOf, objectName, stateOf } from "./told.js";

const COCO = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.8999999999999999, 0.95]; // as COCO compares
const MOST_ROWS = 300;

const mean = (values) => {
  const known = values.filter((value) => value !== null);
  return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
};

// [figure, of this list, mean of its classes]: what `evaluating.figures` says in Python.
export function figuresOf(data, settings) {
  const { category } = settings.evaluation;
  const known = { ...settings, listed: listedOf(data, settings) };
  const classes = data.names[category] === undefined ? data.names.map((_, k) => k) : [category];
  const ap = (rule, threshold, of) => evaluated(data, known, { rule, threshold, category: of }).ap;
  const both = (of) => [of(category), mean(classes.map((k) => of(k)))];
  return [
    ["voc07", ...both((of) => ap("voc07", 0.5, of))],
    ["voc", ...both((of) => ap("voc", 0.5, of))],
    ["AP50", ...both((of) => ap("coco", 0.5, of))],
    ["AP75", ...both((of) => ap("coco", 0.75, of))],
    ["AP", ...both((of) => mean(COCO.map((threshold) => ap("coco", threshold, of))))],
  ];
}

export function figures(stage) {
  const { data, counted } = stage;
  const rows = figuresOf(data, settingsOf(stage)).map(([name, list, classes]) => {
    const of = say(`evaluation.figure_${name}`);
    return `<tr data-figure="${name}"><th scope="row">${of}</th><td>${apText(list)}</td><td>${apText(classes)}</td><td>${say(`evaluation.how_${name}`)}</td></tr>`;
  });
  const now = `<tr class="now"><th scope="row">${say("evaluation.now", { iou: iouText(counted.evaluation.iou_threshold) })}</th><td>${apText(counted.ap)}</td><td></td><td>${say("evaluation.how_now")}</td></tr>`;
  const names = [say("evaluation.figure"), say("evaluation.figure_list"), say("evaluation.figure_mean"), say("evaluation.figure_how")];
  return table(say("evaluation.figure"), names, [now, ...rows], { look: "figures" }) + `<p class="cap">${say("evaluation.figures_note")}</p>`;
}

export function ofClasses(stage) {
  const { data } = stage;
  const settings = settingsOf(stage);
  const known = { ...settings, listed: listedOf(data, settings) };
  const rows = data.names.map((name, category) => {
    const { ap, positives } = evaluated(data, known, { category });
    return `<tr><th scope="row">${escapeHtml(name)}</th><td>${positives}</td><td>${apText(ap)}</td></tr>`;
  });
  const names = [say("evaluation.class"), say("evaluation.class_objects"), say("evaluation.class_ap")];
  return table(say("evaluation.classes"), names, rows);
}

// Which objects some anchor reaches, and the share of them (null without objects).
export function reachOf({ data, counted }) {
  const { category, reach } = counted.evaluation;
  const mine = objectsOf(data).filter((o) => data.names[category] === undefined || o.category === category);
  const missed = mine.filter(({ row }) => data.best_iou[row] < f32(reach));
  return { objects: mine.length, missed, bpr: mine.length ? 1 - missed.length / mine.length : null };
}

// An IoU to two digits; to more, where it would look as large as what it falls short of.
const justBelow = (iou, limit) => (iouText(iou) === iouText(limit) ? iou.toFixed(4) : iouText(iou));

export function reach(stage) {
  const { data, counted } = stage;
  const { objects, missed, bpr } = reachOf(stage);
  if (bpr === null) return `<p>${say("evaluation.reach_nothing")}</p>`;
  const head = say("evaluation.reach", { bpr: two(bpr), reached: objects - missed.length, count: objects, from: iouText(counted.evaluation.reach) });
  if (!missed.length) return `<p>${head} ${say("evaluation.reach_all")}</p>`;
  const named = missed.map(({ row }) => {
    const values = { object: `<b>${escapeHtml(objectName(data, row))}</b>`, iou: justBelow(data.best_iou[row], counted.evaluation.reach) };
    if (data.pictures.length < 2) return say("evaluation.reach_object", values);
    return say("evaluation.reach_object_of", { ...values, title: escapeHtml(data.pictures[pictureOf(data, row)].title) });
  });
  const pretended = data.simulated && !counted.evaluation.only_reached ? ` ${say("evaluation.reach_pretended")}` : "";
  return `<p>${head}</p><p>${say("evaluation.reach_none", { count: missed.length, objects: named.join(", "), bpr: two(bpr) })}${pretended}</p>`;
}

// Every detection, in order; the row of the step is marked.
export function stories(stage, step) {
  const { data, counted } = stage;
  const several = data.pictures.length > 1;
  const columns = ["step", ...(several ? ["picture"] : []), "class", "score", "outcome", "object", "overlap", "precision", "recall"];
  const rows = counted.list.slice(0, MOST_ROWS).map((one, k) => {
    const state = stateOf(one);
    const cells = [
      ...(several ? [escapeHtml(data.pictures[one.picture].title)] : []),
      `<button type="button" class="link" data-pick="prediction:${k}" aria-pressed="${k === step - 1}">${escapeHtml(className(data, one.category))}</button>`,
      two(one.score),
      `<span class="${state}">${PALETTE.states[state].symbol} ${say(`evaluation.cell_${kindOf(one)}`)}</span>`,
      one.gt < 0 ? "–" : escapeHtml(objectName(data, one.gt)),
      one.gt < 0 ? "–" : iouText(one.overlap),
      two(counted.precision[k]),
      counted.positives ? two(counted.recall[k]) : "–",
    ];
    return `<tr class="${k === step - 1 ? "now" : ""}"><td>${k + 1}</td>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  return table(say("evaluation.stories"), columns.map((name) => say(`evaluation.columns_${name}`)), rows, { tall: true });
}
