// Any two predictions held against each other: their IoU, and in words why one did or did not act on the other.

import { escapeHtml, iouText } from "../../model/format.js";
import { pairOf } from "../../model/pairs.js";
import { isEnough } from "../../core/suppression.js";
import { caption, formula, number, result } from "../shared.js";
import { areaText, iouFraction, leftOut, leftOutWords, limitText, nameOf, overlapParts, titleOf } from "./common.js";

const two = (value) => value.toFixed(2);
const THRESHOLD = ["hard", "diou", "linear"]; // methods that hold two predictions against a threshold
const measure = ({ method }) => (method === "diou" ? "DIoU" : "IoU");

// Names of the two, with their ranks if they would read alike.
function namesOf(data, a, b) {
  const [p, q] = [titleOf(data, a), titleOf(data, b)];
  return p === q ? [titleOf(data, a, undefined, true), titleOf(data, b, undefined, true)] : [p, q];
}

const bold = (text) => `<b>${escapeHtml(text)}</b>`;
const title = (data, i) => bold(titleOf(data, i));

// "IoU 0.31 is not more than 0.50", of the method's own measure and limit.
function verdict(data, pair) {
  const { suppression } = data;
  const limit = pair.enough ? limitText(suppression) : suppression.suppress_equal ? `less than ${iouText(suppression.iou_threshold)}` : `not more than ${iouText(suppression.iou_threshold)}`;
  return `Their ${measure(suppression)} is <b>${iouText(pair.overlap)}</b>, ${limit}`;
}

const DROPPING = {
  suppressed: (data, { a, b, round, ...pair }) => `${verdict(data, pair)}: in round ${round} ${title(data, a)} suppresses ${title(data, b)}.`,
  class: (data, { a, b, ...pair }) =>
    `${title(data, a)} and ${title(data, b)} are of different classes, and only boxes of the same class are compared.` +
    (pair.enough ? ` ${verdict(data, pair)}: within one class that would be enough.` : ""),
  gone: (data, { a, by, round, ...pair }) =>
    `${title(data, a)} suppresses nobody: it was suppressed itself in round ${round}, by ${title(data, by)}. ${verdict(data, pair)}${pair.enough ? ", but it never had its turn" : ""}.`,
  late: (data, { a, b, by, round }) =>
    `When ${title(data, a)} had its turn, in round ${data.round[a]}, ${title(data, b)} was gone already: ${title(data, by)} had suppressed it in round ${round}.`,
  passed: (data, { a, b, by, round, ...pair }) =>
    `${verdict(data, pair)}: in round ${round} ${title(data, a)} lets ${title(data, b)} pass. ` +
    (by < 0 ? `It is kept itself in round ${data.round[b]}.` : `In round ${data.round[b]} ${title(data, by)} suppresses it.`),
};

const SOFT = {
  class: (data, { a, b }) => `${title(data, a)} and ${title(data, b)} are of different classes: they do not lower each other’s scores.`,
  neither: (data, { a, b }) => `${title(data, a)} and ${title(data, b)} were both dropped. Only a box that is kept lowers the scores of others.`,
  late: (data, { actor, other, by, round }) =>
    `When ${title(data, actor)} had its turn, in round ${data.round[actor]}, ${title(data, other)} was gone already: dropped in round ${round}, below ${two(data.suppression.score_threshold)} after ${title(data, by)}.`,
  passed: (data, { actor, other, round, overlap, ...pair }) =>
    overlap > 0
      ? `${verdict(data, { overlap, ...pair })}: in round ${round} ${title(data, actor)} leaves the score of ${title(data, other)} as it is.`
      : `They do not overlap: in round ${round} ${title(data, actor)} leaves the score of ${title(data, other)} as it is.`,
  lowered: (data, { actor, other, round, overlap, factor, before, after }) =>
    `In round ${round} ${title(data, actor)} lowers the score of ${title(data, other)}: IoU <b>${iouText(overlap)}</b>, so ${two(before)} × ${two(factor)} = ${two(after)}. It waits on.`,
  dropped: (data, { actor, other, round, overlap, factor, before, after }) =>
    `In round ${round} ${title(data, actor)} lowers the score of ${title(data, other)}: IoU <b>${iouText(overlap)}</b>, so ${two(before)} × ${two(factor)} = ${two(after)}, below ${two(data.suppression.score_threshold)}: dropped.`,
};

const heard = ({ doubt }) => (doubt > 0 ? `, itself overlapped by ${iouText(doubt)}` : "");

const MATRIX = {
  class: (data, { a, b }) => `${title(data, a)} and ${title(data, b)} are of different classes: neither has a word against the other.`,
  decides: (data, { a, b, overlap, word, ...pair }) =>
    `${title(data, a)} decides: IoU <b>${iouText(overlap)}</b>${heard(pair)}, so the score of ${title(data, b)} is multiplied by ${two(word)}. No better box has a stronger word.`,
  weaker: (data, { a, b, by, overlap, word, factor, ...pair }) =>
    `IoU <b>${iouText(overlap)}</b>: ${title(data, a)}${heard(pair)}, would multiply the score of ${title(data, b)} by ${two(word)}. ${title(data, by)} has the strongest word, ${two(factor)}, and that alone counts.`,
  silent: (data, { a, b, overlap, ...pair }) =>
    overlap > 0
      ? `IoU <b>${iouText(overlap)}</b>, but a better box overlaps ${title(data, a)} by as much or more (${iouText(pair.doubt)}): its word against ${title(data, b)} counts for nothing.`
      : `They do not overlap: ${title(data, a)} has nothing to say against ${title(data, b)}.`,
};

const FUSION = {
  class: (data, { a, b }) => `${title(data, a)} and ${title(data, b)} are of different classes: only boxes of the same class are fused.`,
  together: (data, { a, b, founder }) =>
    founder === a
      ? `${title(data, b)} joined the fused box that ${title(data, a)} founded: its IoU with it was <b>${iouText(data.prediction_iou[b])}</b> then. Both are averaged.`
      : `Both joined the fused box that ${title(data, founder)} founded, and are averaged in it.`,
  apart: (data, { a, b, reached, into, most }) =>
    `In its turn ${title(data, b)} was compared with fused boxes. With that of ${title(data, a)} its IoU was <b>${iouText(reached)}</b>, ` +
    (into < 0 ? `not more than ${iouText(data.suppression.iou_threshold)}: it founded one of its own.` : `and it joined the one it overlapped most, that of ${title(data, into)}, at ${iouText(most)}.`),
};

const WORDS = { hard: DROPPING, diou: DROPPING, linear: SOFT, gaussian: SOFT, matrix: MATRIX, fusion: FUSION };

const SHORT = {
  suppressed: (data, { b }) => `Enough: the weaker <b class="suppressed">${escapeHtml(nameOf(data, b))}</b> is suppressed.`,
  class: () => "Different classes: not compared.",
  gone: (data, { a }) => `${title(data, a)} was suppressed before its turn.`,
  late: (data, { b, other = b }) => `${title(data, other)} was gone before.`,
  passed: (data, { b, other = b }) => `Not enough: ${title(data, other)} ${data.suppression.method === "linear" || data.suppression.method === "gaussian" ? "keeps its score" : "passes"}.`,
  neither: () => "Both were dropped: neither acted.",
  lowered: (data, { before, factor, after }) => `The score falls: ${two(before)} × ${two(factor)} = ${two(after)}.`,
  dropped: (data, { before, factor, after }) => `The score falls: ${two(before)} × ${two(factor)} = ${two(after)}, below ${two(data.suppression.score_threshold)}.`,
  decides: (data, { word }) => `The strongest word: × ${two(word)}.`,
  weaker: (data, { word }) => `A word of × ${two(word)}; another’s is stronger.`,
  silent: () => "Its word counts for nothing.",
  together: () => "In one fused box.",
  apart: () => "In different fused boxes.",
  out: (data, { out }) => out.map((i) => `${title(data, i)}: ${leftOutWords(data, i)}`).join("; ") + ".",
};

export const pairTitle = (data, i, j) => {
  const { a, b } = pairOf(data, i, j);
  return namesOf(data, a, b).join(" and ");
};

// Why the two did or did not act on each other, as HTML.
export function pairWords(data, i, j) {
  const pair = pairOf(data, i, j);
  if (pair.kind === "out") return pair.out.map((k) => leftOut(data, k)).join(" ") + " So the two are never compared.";
  const moved = pair.moved && pair.kind !== "suppressed" && data.prediction_classes[pair.a] !== data.prediction_classes[pair.b];
  return WORDS[data.suppression.method][pair.kind](data, pair) + (moved ? " Their classes were moved apart first." : "");
}

// The formula of the two: their areas, their overlap, and the threshold if the method holds pairs against one.
export function pairStrip(data, i, j, stateOf) {
  const pair = pairOf(data, i, j);
  const { suppression } = data;
  const { a, b, overlap } = pair;
  const [p, q] = namesOf(data, a, b);
  const ink = (k) => ({ out: "negative", joined: "joined" })[stateOf(k)] ?? stateOf(k);
  const parts = overlapParts(...pair.boxes);
  const name = measure(suppression);
  const distance = name === "DIoU" ? ` − ${number(iouText(Math.max(0, parts.iou - overlap)))}` : "";
  const sign = isEnough(overlap, suppression) ? (suppression.suppress_equal ? "≥" : "&gt;") : suppression.suppress_equal ? "&lt;" : "≤";
  const limit = THRESHOLD.includes(suppression.method) ? ` ${sign} ${number(iouText(suppression.iou_threshold))}` : "";
  const spoken =
    `${name} of ${p} and ${q} is ${areaText(parts.inter)} over ${areaText(parts.union)}` +
    `${distance ? " less the distance of their centres" : ""}, ${iouText(overlap)}` +
    (limit ? `, ${isEnough(overlap, suppression) ? limitText(suppression) : `not ${limitText(suppression)}`}` : "");
  return (
    formula(
      `<span class="fn">${name}(${number(escapeHtml(p), ink(a))}, ${number(escapeHtml(q), ink(b))})</span> = ${iouFraction(parts)}${distance} = ${result(iouText(overlap))}${limit}`,
      spoken,
    ) + caption(SHORT[pair.kind](data, pair))
  );
}
