// Any two predictions held against each other: their IoU, and in words why one did or did not act on the other. What
// they had to do with each other is read off the finished trace by the method; a test holds every reason against the
// engine's own.

import { boxAt } from "../../core/boxes.js";
import { isEnough, measured, shiftByClass } from "../../core/suppression/common.js";
import { plainOverlap } from "../../core/suppression/hard.js";
import { escapeHtml, iouText, two } from "../../model/format.js";
import { say, sayFrom } from "../../model/sentences.js";
import { caption, formula, number, result } from "../shared.js";
import { areaText, bold, iouFraction, leftOut, leftOutWords, limitOf, nameOf, overlapParts, ranksOf, takesPart, titleOf } from "./common.js";
import { METHODS } from "./methods/index.js";

const methodOf = ({ suppression }) => METHODS[suppression.method];

// Predictions i and j: `a` the better of them in the queue and `b` the other, their boxes as they are compared (`boxes`),
// their `overlap` (IoU, or DIoU), whether it is `enough` for the method, and the `kind` of reason why one did or did
// not act on the other, with what that kind needs. Of 'out', `out` are those that take no part.
export function pairOf(played, i, j) {
  const ranks = ranksOf(played);
  const [a, b] = ranks[i] < ranks[j] ? [i, j] : [j, i];
  const { suppression } = played;
  const method = methodOf(played);
  const out = [a, b].filter((k) => !takesPart(played, k));
  const moved = Boolean(method.movesClasses && suppression.shift_classes && suppression.per_class && !out.length);
  const boxes = moved ? shiftByClass(played, suppression) : measured(played, suppression);
  const both = { a, b, moved, boxes: [boxAt(boxes, a), boxAt(boxes, b)] };
  if (out.length) {
    const overlap = (method.overlapWith ?? plainOverlap)(boxes, a, suppression)(b);
    return { ...both, kind: "out", out, overlap, enough: isEnough(overlap, suppression) };
  }
  return { ...both, ...method.pair(played, a, b, boxes) };
}

// Names of the two, with their ranks if they would read alike.
function namesOf(played, a, b) {
  const [p, q] = [titleOf(played, a), titleOf(played, b)];
  return p === q ? [titleOf(played, a, undefined, true), titleOf(played, b, undefined, true)] : [p, q];
}

export function pairTitle(played, i, j) {
  const { a, b } = pairOf(played, i, j);
  const [one, other] = namesOf(played, a, b);
  return say("nms.pair_title", { one, other });
}

// What the sentences about two predictions may ask for, whichever the method and the kind of reason.
const valuesOf = (played, { a, b, actor = a, other = b, ...pair }) => ({
  measure: methodOf(played).measure,
  overlap: iouText(pair.overlap),
  iou: iouText(played.suppression.iou_threshold),
  score: two(played.suppression.score_threshold),
  one: bold(played, a),
  other: bold(played, other),
  actor: bold(played, actor),
  weaker: `<b class="suppressed">${escapeHtml(nameOf(played, b))}</b>`,
  turn: played.round[actor],
  round: pair.round,
  later: played.round[b],
  // Of some kinds only.
  get by() { return bold(played, pair.by); },
  get founder() { return bold(played, pair.founder); },
  get into() { return bold(played, pair.into); },
  get word() { return two(pair.word); },
  get factor() { return two(pair.factor); },
  get doubt() { return iouText(pair.doubt); },
  get reached() { return iouText(pair.reached); },
  get most() { return iouText(pair.most); },
  get product() { return `${two(pair.before)} × ${two(pair.factor)} = ${two(pair.after)}`; },
});

// Why the two did or did not act on each other, as HTML.
export function pairWords(played, i, j) {
  const pair = pairOf(played, i, j);
  if (pair.kind === "out") return [...pair.out.map((k) => leftOut(played, k)), say("nms.pair_never")].join(" ");
  const classes = played.prediction_classes;
  const moved = pair.moved && pair.kind !== "suppressed" && classes[pair.a] !== classes[pair.b];
  const values = valuesOf(played, pair);
  const reasons = methodOf(played).reasons(played.suppression, pair);
  const told = reasons.map((reason) => sayFrom(`methods.${played.suppression.method}.pair_${reason}`, values));
  return [...told, ...(moved ? [say("nms.pair_moved")] : [])].join(" ");
}

function shortWords(played, pair) {
  if (pair.kind !== "out") return sayFrom(`methods.${played.suppression.method}.short_${pair.kind}`, valuesOf(played, pair));
  return pair.out.map((i) => say("nms.short_out", { name: bold(played, i), why: leftOutWords(played, i) })).join(" ");
}

// The formula of the two: their areas, their overlap, and the threshold if the method holds pairs against one.
export function pairStrip(played, i, j, stateOf) {
  const pair = pairOf(played, i, j);
  const { suppression } = played;
  const { measure, holdsPairs } = methodOf(played);
  const { a, b, overlap } = pair;
  const [p, q] = namesOf(played, a, b);
  const ink = (k) => ({ out: "negative", joined: "joined" })[stateOf(k)] ?? stateOf(k);
  const parts = overlapParts(...pair.boxes);
  const far = measure === "DIoU";
  const distance = far ? ` − ${number(iouText(Math.max(0, parts.iou - overlap)))}` : "";
  const enough = isEnough(overlap, suppression);
  const sign = enough ? (suppression.suppress_equal ? "≥" : "&gt;") : suppression.suppress_equal ? "&lt;" : "≤";
  const limit = holdsPairs ? ` ${sign} ${number(iouText(suppression.iou_threshold))}` : "";
  const values = { one: p, other: q, inter: areaText(parts.inter), union: areaText(parts.union), overlap: iouText(overlap) };
  const spoken = [
    far ? say("nms.pair_spoken_far", values) : say("nms.pair_spoken", values),
    ...(holdsPairs ? [say(`nms.pair_spoken_${enough ? "enough" : "little"}_${limitOf(suppression)}`, { limit: iouText(suppression.iou_threshold) })] : []),
  ];
  return (
    formula(
      `<span class="fn">${measure}(${number(escapeHtml(p), ink(a))}, ${number(escapeHtml(q), ink(b))})</span> = ${iouFraction(parts)}${distance} = ${result(iouText(overlap))}${limit}`,
      spoken.join(" "),
    ) + caption(shortWords(played, pair))
  );
}
