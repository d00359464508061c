// What hard NMS and DIoU-NMS share: the best box stays and suppresses those that overlap it too much.

import { isEnough, rivals, STATUS } from "../../../core/suppression/common.js";
import { suppress } from "../../../core/suppression/hard.js";
import { escapeHtml, iouText } from "../../../model/format.js";
import { say } from "../../../model/sentences.js";
import { caption, formula, number, result } from "../../shared.js";
import { bold, box, byState, drawLayers, isKept, isSuppressed, keptIn, leftOut, limitOf, limitSign, measuredBox, nameOf } from "../common.js";
import { overlapParts, rangeText, safeTitle, stateAt, tagged, titleOf, whomOf } from "../common.js";

function victimsOf(played, current, step) {
  const out = [];
  for (const i of played.order) if (isSuppressed(played, i) && played.suppressed_by[i] === current && played.round[i] <= step) out.push(i);
  return out;
}

// In a round the box that is kept is lit, with what it shares with the first that falls; of two that were picked what they
// share. `small`: without names.
export function drawDropping(stage, played, marks, ctx, { step, current = -1, picks = [], small = false }) {
  const layers = byState(played, step);
  const keptBoxes = layers.kept.map((i) => box(played, i));
  if (current >= 0) {
    if (layers.many) stage.lightUnion(ctx, keptBoxes, 0.42);
    stage.light(ctx, box(played, current), 0.42);
    const [p = victimsOf(played, current, step)[0] ?? -1, q = current] = picks;
    if (p >= 0) stage.lightShared(ctx, box(played, p), box(played, q));
  } else {
    stage.lightUnion(ctx, keptBoxes, small ? 1 : 0.42);
  }
  const fresh = (i) => current >= 0 && played.suppressed_by[i] === current;
  drawLayers(stage, played, marks, layers, { current, picks, small, fresh });
}

const comparisons = new WeakMap(); // a trace's status -> whether the other way of comparing keeps the same boxes

// Whether it would come to the same if other classes were compared, too, or not.
function sameWithout(played, overlapWith) {
  const { status, suppression } = played;
  if (!comparisons.has(status)) {
    const other = suppress(played, { ...suppression, per_class: !suppression.per_class }, overlapWith).status;
    comparisons.set(status, status.every((s, i) => (s === STATUS.KEPT) === (other[i] === STATUS.KEPT)));
  }
  return comparisons.get(status);
}

function comparedText(played, overlapWith) {
  const { suppression } = played;
  if (suppression.per_class && suppression.shift_classes) return say("methods.hard.moved_away");
  const same = sameWithout(played, overlapWith);
  if (suppression.per_class) return same ? say("methods.hard.own_class_same") : say("methods.hard.own_class");
  return same ? say("methods.hard.every_class_same") : say("methods.hard.every_class");
}

// Classes that were to be kept apart, and met.
function metText(played, current, victims) {
  const classes = played.prediction_classes;
  const met = played.suppression.per_class ? victims.filter((i) => classes[i] !== classes[current]) : [];
  return met.length ? say("methods.hard.met", { count: met.length }) : "";
}

// `measure`: what overlap is called; `overlapWith`: of core/suppression/hard.js; `worked` and `spoken`: the overlap of
// boxes a and b, { a, b, p, q, parts }, as a formula and as a screen reader says it.
export const dropping = ({ measure, overlapWith, worked, spoken }) => ({
  unit: "round",
  measure,
  holdsPairs: true, // against a threshold
  movesClasses: true, // if it is set to
  play: (found, settings) => suppress(found, settings, overlapWith),
  overlapWith,
  state: stateAt,
  score: (played, i) => played.scores[i],
  current: keptIn,

  draw: (stage, marks, ctx, options) => drawDropping(stage, stage.played, marks, ctx, options),

  arcs(played, step, current) {
    const out = [];
    for (const i of played.order) {
      if (isSuppressed(played, i) && played.round[i] <= step) out.push({ from: played.suppressed_by[i], to: i, now: played.suppressed_by[i] === current });
    }
    return out;
  },

  states: ["kept", "suppressed", "waiting"],
  columns: ["rank", "class", "score", "round", "decision", "by_whom"],
  knowsWho: (step, state) => state === "suppressed",

  said: (played, step, current) => say("methods.hard.said", { name: titleOf(played, current), suppressed: victimsOf(played, current, step).length }),

  panel({ played }, step, current) {
    const victims = victimsOf(played, current, step);
    const met = metText(played, current, victims);
    const whom = met ? "any" : whomOf(played.suppression);
    const range = () => rangeText(victims.map((i) => played.prediction_iou[i]));
    return [
      say(`methods.${played.suppression.method}.stays`, { name: tagged(played, current, "kept") }),
      victims.length ? say(`methods.hard.suppresses_${whom}`, { count: victims.length, measure, range: range() }) : say(`methods.hard.spares_${whom}`),
      met || comparedText(played, overlapWith),
    ].join(" ");
  },

  sentence(played, i) {
    const { suppression, round } = played;
    const [name, iou] = [bold(played, i), iouText(suppression.iou_threshold)];
    if (isKept(played, i)) return say(`methods.hard.kept_${limitOf(suppression)}`, { name, round: round[i], iou });
    if (!isSuppressed(played, i)) return leftOut(played, i);
    const by = played.suppressed_by[i];
    const overlap = iouText(played.prediction_iou[i]);
    const told = say(`methods.hard.suppressed_${limitOf(suppression)}`, { name, round: round[i], by: tagged(played, by, "kept"), measure, overlap, iou });
    return [told, metText(played, by, [i])].filter(Boolean).join(" ");
  },

  strip({ played }, step, current, picked) {
    const { suppression } = played;
    let [a, b] = [current, current >= 0 ? victimsOf(played, current, step)[0] : -1];
    if (picked >= 0 && isSuppressed(played, picked)) [a, b] = [played.suppressed_by[picked], picked];
    if (a === undefined || a < 0) return caption(played.rounds ? say("methods.hard.strip_before") : say("nms.strip_empty"));
    const iou = iouText(suppression.iou_threshold);
    if (b === undefined || b < 0) return caption(say(`methods.hard.strip_alone_${limitOf(suppression)}`, { name: tagged(played, a, "kept"), iou }));
    const [p, q] = [measuredBox(played, a), measuredBox(played, b)];
    const both = { a, b, p, q, parts: overlapParts(p, q) };
    const { html, value } = worked(played, both);
    const names = `${number(safeTitle(played, a), "kept")}, ${number(safeTitle(played, b), "suppressed")}`;
    const weaker = `<b class="suppressed">${escapeHtml(nameOf(played, b))}</b>`;
    return (
      formula(`<span class="fn">${measure}(${names})</span> = ${html} = ${result(iouText(value))} ${limitSign(suppression)} ${number(iou)}`, spoken(played, both)) +
      caption(say(`methods.${suppression.method}.strip_falls_${limitOf(suppression)}`, { name: weaker }))
    );
  },

  // What two predictions had to do with each other: `a` the better in the queue, `boxes` as they are compared. `overlap`
  // is what is held against the threshold, `enough` whether it is too much.
  pair(played, a, b, boxes) {
    const { suppression, round, suppressed_by: by } = played;
    const overlap = overlapWith(boxes, a, suppression)(b);
    const pair = { overlap, enough: isEnough(overlap, suppression) };
    if (isSuppressed(played, b) && by[b] === a) return { ...pair, kind: "suppressed", round: round[b] };
    if (!suppression.shift_classes && !rivals(played, suppression)(a, b)) return { ...pair, kind: "class" };
    if (!isKept(played, a)) return { ...pair, kind: "gone", by: by[a], round: round[a] };
    if (isSuppressed(played, b) && round[b] < round[a]) return { ...pair, kind: "late", by: by[b], round: round[b] };
    return { ...pair, kind: "passed", by: by[b], round: round[a] };
  },

  // Why one did or did not act on the other: what is said of it, in order.
  reasons(suppression, { kind, enough, by }) {
    const compared = `${enough ? "enough" : "little"}_${limitOf(suppression)}`;
    return {
      suppressed: [compared, "suppressed"],
      class: ["class", ...(enough ? [compared, "class_enough"] : [])],
      gone: ["gone", compared, ...(enough ? ["no_turn"] : [])],
      late: ["late"],
      passed: [compared, "passed", by < 0 ? "kept_later" : "falls_later"],
    }[kind];
  },
});
