// What every method of suppression shares: names, states and sentences about predictions. `played`: the predictions and
// what was made of them, see played.js.

import { boxArea, boxAt } from "../../core/boxes.js";
import { intersectionOf, iouOf } from "../../core/iou.js";
import { f32 } from "../../core/rounding.js";
import { STATUS } from "../../core/suppression/common.js";
import { escapeHtml, two, whole } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { fraction, number } from "../shared.js";

export const MANY = 40; // boxes of a crowd are drawn fainter

export const box = (played, i) => boxAt(played.predictions, i);
export const nameOf = (played, i) => played.classes[played.prediction_classes[i]] ?? "object";
export const classColour = (id) => PALETTE.objects[id % PALETTE.objects.length];

const queues = new WeakMap(); // an order -> the rank of each prediction in it

// The place of every prediction in the queue, from 1.
export function ranksOf({ order }) {
  if (!queues.has(order)) {
    const ranks = new Int32Array(order.length);
    order.forEach((i, at) => (ranks[i] = at + 1));
    queues.set(order, ranks);
  }
  return queues.get(order);
}

const twins = new WeakMap(); // an order -> which predictions look like another by class and score

// Whether another prediction has the same class and, as far as it is shown, the same score: then its rank tells them
// apart.
export function hasTwin(played, i) {
  if (!twins.has(played.order)) {
    const seen = new Map();
    const alike = new Uint8Array(played.order.length);
    for (const k of played.order) {
      const text = `${played.prediction_classes[k]} ${two(played.scores[k])}`;
      if (seen.has(text)) alike[k] = alike[seen.get(text)] = 1;
      seen.set(text, k);
    }
    twins.set(played.order, alike);
  }
  return Boolean(twins.get(played.order)[i]);
}

export const rankText = (played, i) => `#${ranksOf(played)[i]}`;

// Class and score; of predictions that look alike also the rank, and always with `ranked`.
export function titleOf(played, i, score = played.scores[i], ranked = hasTwin(played, i)) {
  const title = `${nameOf(played, i)} ${two(score)}`;
  return ranked ? `${title} ${rankText(played, i)}` : title;
}

export const safeTitle = (played, i, score) => escapeHtml(titleOf(played, i, score));
export const tagged = (played, i, state, score) => `<b class="${state}">${safeTitle(played, i, score)}</b>`;
export const bold = (played, i) => `<b>${safeTitle(played, i)}</b>`;

export const takesPart = ({ status }, i) => status[i] === STATUS.KEPT || status[i] === STATUS.SUPPRESSED;
export const isKept = ({ status }, i) => status[i] === STATUS.KEPT;
export const isSuppressed = ({ status }, i) => status[i] === STATUS.SUPPRESSED;

// The state of prediction i after `step` steps, of methods that decide one by one.
export function stateAt(played, i, step) {
  if (!takesPart(played, i)) return "out";
  if (played.round[i] > step) return "waiting";
  return isKept(played, i) ? "kept" : "suppressed";
}

// The prediction kept in a step; -1 before the first.
export function keptIn(played, step) {
  for (let i = 0; i < played.status.length; i++) if (isKept(played, i) && played.round[i] === step) return i;
  return -1;
}

// Which of several sentences: whether the threshold itself counts, and whether classes do.
export const limitOf = ({ suppress_equal }) => (suppress_equal ? "least" : "more");
export const whomOf = ({ per_class }) => (per_class ? "class" : "any");

export const limitSign = ({ suppress_equal }) => (suppress_equal ? "≥" : "&gt;");

// A box as its width is measured: with the last pixel, if that belongs to it.
export function measuredBox(played, i) {
  const b = box(played, i);
  return played.suppression.inclusive ? [b[0], b[1], f32(b[2] + 1), f32(b[3] + 1)] : b;
}

export function overlapParts(p, q) {
  const shared = intersectionOf(p, q);
  const inter = shared ? boxArea(shared) : 0;
  return { inter, union: boxArea(p) + boxArea(q) - inter, iou: iouOf(p, q) };
}

// The book's boxes are fractions of the picture; areas in pixels stay readable for both.
export const areaText = (area) => (area < 10 ? area.toFixed(3) : whole(area));

export const iouFraction = ({ inter, union }) => fraction(number(areaText(inter)), number(areaText(union)));

const scoreText = ({ suppression }) => two(suppression.score_threshold);
const isBelow = ({ status }, i) => status[i] === STATUS.BELOW_SCORE;

// Why a prediction takes no part.
export function leftOut(played, i) {
  const name = bold(played, i);
  if (isBelow(played, i)) return say("nms.below_score", { name, score: scoreText(played) });
  return say("nms.beyond_best", { name, most: played.suppression.top_k ?? played.above });
}

export const leftOutWords = (played, i) => (isBelow(played, i) ? say("nms.below_score_short") : say("nms.beyond_best_short"));

// Why the queue is empty, and what helps.
export function emptyText({ played, boxes }) {
  if (played.order.length) return say("nms.no_score", { score: scoreText(played) });
  if (played.source === "upload") return say("nms.no_file");
  return boxes.length ? say("nms.no_predictions") : say("nms.no_objects");
}

export const waitingText = (stage) =>
  stage.played.above ? say("nms.waiting", { count: stage.played.above, score: scoreText(stage.played) }) : emptyText(stage);

export function rangeText(values) {
  const [low, high] = [two(Math.min(...values)), two(Math.max(...values))];
  return low === high ? low : say("nms.range", { low, high });
}

// How many predictions are in each state.
export function countStates(method, played, step) {
  const counts = { kept: 0, suppressed: 0, joined: 0, waiting: 0, out: 0 };
  for (const i of played.order) counts[method.state(played, i, step)] += 1;
  return counts;
}

export const header = (columns) => columns.map((column) => say(`nms.columns.${column}`));

// ---- drawing

// The weakest first, so that the best lie on top. Hundreds of dark casings would leave nothing of the picture.
export function drawWaiting(marks, played, waiting, { small, many, alpha = () => 1 }) {
  const style = small ? { width: 0.9 } : { width: many ? 1 : 1.4 };
  const base = !many ? 0.85 : waiting.length > 3 * MANY ? 0.4 : 0.6;
  for (const i of waiting.slice(-300).reverse()) marks.box(box(played, i), "waiting", { ...style, alpha: base * alpha(i), bare: many });
}

// Those that were picked: ringed and named, whatever their state.
export function drawPicked(stage, marks, method, picks, step) {
  const { played } = stage;
  for (const i of picks) {
    const state = method.state(played, i, step);
    const style = state === "out" ? "waiting" : state;
    marks.box(box(played, i), style, step === 0 ? { colour: classColour(played.prediction_classes[i]) } : {});
    marks.ring(box(played, i));
    if (state === "kept" && !method.averages) continue; // named already
    const background = state === "suppressed" ? PALETTE.states.suppressed.core : "#FFFFFF";
    marks.tag(box(played, i), titleOf(played, i, method.score(played, i, step)), { background, prefer: "below", must: true });
  }
}

// The predictions in each state, of methods that decide one by one; `many`: whether those that are not kept are a crowd.
export function byState(played, step) {
  const layers = { waiting: [], suppressed: [], kept: [] };
  for (const i of played.order) layers[stateAt(played, i, step)]?.push(i);
  return { ...layers, many: layers.waiting.length + layers.suppressed.length > MANY };
}

// Waiting boxes dashed, suppressed ones dotted and, unless they are `fresh`, `faint`, kept ones solid with their names.
export function drawLayers(stage, played, marks, { waiting, suppressed, kept, many }, { current, picks, fresh, faint = 0.35, small = false, score, alpha }) {
  const crowd = kept.length > (stage.narrow ? 6 : 12);
  drawWaiting(marks, played, waiting, { small, many, alpha });
  for (const i of suppressed.slice(0, 300).reverse()) {
    marks.box(box(played, i), "suppressed", { alpha: small || fresh(i) ? 1 : faint, width: small ? 1.4 : 2.2, bare: many && !fresh(i) });
  }
  for (const i of [...kept].reverse()) {
    marks.box(box(played, i), "kept", { width: small ? 2 : i === current ? 4.2 : crowd ? 2.2 : 3 });
    const must = i === current || picks.includes(i);
    if (!small && (must || !crowd)) marks.tag(box(played, i), `✓ ${titleOf(played, i, score?.(i))}`, { background: PALETTE.states.kept.core, must });
  }
}
