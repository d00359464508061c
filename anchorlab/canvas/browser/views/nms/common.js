// What every method of suppression shares: names, states and sentences about predictions.

import { escapeHtml, iouText, plural, whole } from "../../model/format.js";
import { boxArea, boxAt } from "../../core/boxes.js";
import { intersectionOf, iouOf } from "../../core/iou.js";
import { ranksOf } from "../../model/pairs.js";
import { STATUS } from "../../core/suppression.js";
import { fraction, number } from "../shared.js";

export const MANY = 40; // boxes of a crowd are drawn fainter

export const box = (data, i) => boxAt(data.predictions, i);
export const nameOf = (data, i) => data.classes[data.prediction_classes[i]] ?? "object";
export const classColour = (id) => PALETTE.objects[id % PALETTE.objects.length];

const twins = new WeakMap(); // an order -> which predictions look like another by class and score

// Whether another prediction has the same class and, as far as it is shown, the same score: then its rank tells them
// apart.
export function hasTwin(data, i) {
  if (!twins.has(data.order)) {
    const seen = new Map();
    const alike = new Uint8Array(data.order.length);
    for (const k of data.order) {
      const text = `${data.prediction_classes[k]} ${data.scores[k].toFixed(2)}`;
      if (seen.has(text)) alike[k] = alike[seen.get(text)] = 1;
      seen.set(text, k);
    }
    twins.set(data.order, alike);
  }
  return Boolean(twins.get(data.order)[i]);
}

export const rankText = (data, i) => `#${ranksOf(data)[i]}`;

// Class and score; of predictions that look alike also the rank, and always with `ranked`.
export function titleOf(data, i, score = data.scores[i], ranked = hasTwin(data, i)) {
  const title = `${nameOf(data, i)} ${score.toFixed(2)}`;
  return ranked ? `${title} ${rankText(data, i)}` : title;
}

export const tagged = (data, i, state, score) => `<b class="${state}">${escapeHtml(titleOf(data, i, score))}</b>`;

export const takesPart = ({ status }, i) => status[i] === STATUS.KEPT || status[i] === STATUS.SUPPRESSED;

// The state of prediction i after `step` steps, of methods that decide one by one.
export function stateAt(data, i, step) {
  if (!takesPart(data, i)) return "out";
  if (data.round[i] > step) return "waiting";
  return data.status[i] === STATUS.KEPT ? "kept" : "suppressed";
}

// The prediction kept in a step; -1 before the first.
export function keptIn(data, step) {
  for (let i = 0; i < data.status.length; i++) if (data.status[i] === STATUS.KEPT && data.round[i] === step) return i;
  return -1;
}

export const limitText = ({ iou_threshold, suppress_equal }) => (suppress_equal ? `${iouText(iou_threshold)} or more` : `more than ${iouText(iou_threshold)}`);
export const limitSign = ({ suppress_equal }) => (suppress_equal ? "≥" : "&gt;");
export const ofClass = ({ per_class }) => (per_class ? " of its class" : "");

// A box as its width is measured: with the last pixel, if that belongs to it.
export function measured(data, i) {
  const b = box(data, i);
  return data.suppression.inclusive ? [b[0], b[1], b[2] + 1, b[3] + 1] : b;
}

export function overlapParts(p, q) {
  const shared = intersectionOf(p, q);
  const inter = shared ? boxArea(shared) : 0;
  return { inter, union: boxArea(p) + boxArea(q) - inter, iou: iouOf(p, q) };
}

// The book's boxes are fractions of the picture; areas in pixels stay readable for both.
export const areaText = (area) => (area < 10 ? area.toFixed(3) : whole(area));

export const iouFraction = ({ inter, union }) => fraction(number(areaText(inter)), number(areaText(union)));

// Why a prediction takes no part.
export function leftOut(data, i) {
  const name = `<b>${escapeHtml(titleOf(data, i))}</b>`;
  if (data.status[i] === STATUS.BELOW_SCORE) {
    return `${name} scores less than ${data.suppression.score_threshold.toFixed(2)}: it is left out before the first step.`;
  }
  const limit = data.suppression.top_k ?? whole(data.above);
  return `${name} is not among the best ${limit}: it is left out before the first step.`;
}

export const leftOutWords = (data, i) => (data.status[i] === STATUS.BELOW_SCORE ? "below the score" : "not in the best k");

// Why the queue is empty, and what helps.
export function emptyText({ data, boxes }) {
  if (data.order.length) return `No prediction reaches a score of ${data.suppression.score_threshold.toFixed(2)}. Lower “Score at least”.`;
  if (data.source === "upload") return "Load a file beside the picture.";
  return boxes.length ? "There are no predictions." : "There are no objects to predict: draw one on Matching or Home.";
}

export const waitingText = (stage) =>
  stage.data.above
    ? `${plural(stage.data.above, "prediction")} ${stage.data.above === 1 ? "reaches" : "reach"} the score of ${stage.data.suppression.score_threshold.toFixed(2)}, best first. Press Space or →. Pick a box to ask about it, two for their IoU.`
    : emptyText(stage);

export function rangeText(values, digits = 2) {
  const [low, high] = [Math.min(...values).toFixed(digits), Math.max(...values).toFixed(digits)];
  return low === high ? low : `${low} to ${high}`;
}

// How many predictions are in each state.
export function countStates(way, data, step) {
  const counts = { kept: 0, suppressed: 0, joined: 0, waiting: 0, out: 0 };
  for (const i of data.order) {
    const state = way.state(data, i, step);
    counts[state] += 1;
  }
  return counts;
}

// ---- drawing

// The weakest first, so that the best lie on top. Hundreds of dark casings would leave nothing of the picture.
export function drawWaiting(marks, data, waiting, { small, many, alpha = () => 1 }) {
  const style = small ? { width: 0.9 } : { width: many ? 1 : 1.4 };
  const base = !many ? 0.85 : waiting.length > 3 * MANY ? 0.4 : 0.6;
  for (const i of waiting.slice(-300).reverse()) marks.box(box(data, i), "waiting", { ...style, alpha: base * alpha(i), bare: many });
}

// Those that were picked: ringed and named, whatever their state.
export function drawPicked(stage, marks, way, picks, step) {
  const { data } = stage;
  for (const i of picks) {
    const state = way.state(data, i, step);
    const style = state === "out" ? "waiting" : state;
    marks.box(box(data, i), style, step === 0 ? { colour: classColour(data.prediction_classes[i]) } : {});
    marks.ring(box(data, i));
    if (state === "kept" && !way.averages) continue; // named already
    const background = state === "suppressed" ? PALETTE.states.suppressed.core : "#FFFFFF";
    marks.tag(box(data, i), titleOf(data, i, way.score(data, i, step)), { background, prefer: "below", must: true });
  }
}

export function byState(way, data, step) {
  const layers = { waiting: [], suppressed: [], kept: [], joined: [] };
  for (const i of data.order) layers[way.state(data, i, step)]?.push(i);
  return layers;
}
