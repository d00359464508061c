// Hard NMS and DIoU-NMS: the best box stays and suppresses those that overlap it too much.

import { escapeHtml, iouText, plural } from "../../model/format.js";
import { intersectionOf, iouOf } from "../../core/iou.js";
import { centreDistance, STATUS, suppress } from "../../core/suppression.js";
import { caption, formula, number, result } from "../shared.js";
import {
  box,
  byState,
  drawWaiting,
  iouFraction,
  keptIn,
  leftOut,
  limitSign,
  limitText,
  MANY,
  measured,
  nameOf,
  ofClass,
  overlapParts,
  areaText,
  rangeText,
  stateAt,
  tagged,
  titleOf,
} from "./common.js";

const STATES = PALETTE.states;

function victimsOf(data, current, step) {
  const out = [];
  for (const i of data.order) if (data.status[i] === STATUS.SUPPRESSED && data.suppressed_by[i] === current && data.round[i] <= step) out.push(i);
  return out;
}

// Predictions on the picture: waiting dashed, suppressed dotted, kept solid with their names. `picks`: those that were
// picked; of two the shared part is lit, of one that of it and the box of the round.
export function drawPredictions(stage, marks, ctx, { round, small = false, current = -1, picks = [] }) {
  const { data } = stage;
  const layers = byState(dropping, data, round);
  const many = layers.waiting.length + layers.suppressed.length > MANY;
  const crowd = layers.kept.length > (stage.narrow ? 6 : 12);
  if (current >= 0) {
    if (many) stage.lightUnion(ctx, layers.kept.map((i) => box(data, i)), 0.42);
    stage.light(ctx, box(data, current), 0.42);
    const [p = victimsOf(data, current, round)[0] ?? -1, q = current] = picks;
    const shared = p >= 0 && intersectionOf(box(data, p), box(data, q));
    if (shared) stage.light(ctx, shared);
  } else {
    stage.lightUnion(ctx, layers.kept.map((i) => box(data, i)), small ? 1 : 0.42);
  }
  drawWaiting(marks, data, layers.waiting, { small, many });
  for (const i of layers.suppressed.slice(0, 300).reverse()) {
    const fresh = current >= 0 && data.suppressed_by[i] === current;
    marks.box(box(data, i), "suppressed", { alpha: fresh || small ? 1 : 0.35, width: small ? 1.4 : 2.2, bare: many && !fresh });
  }
  for (const i of layers.kept.reverse()) {
    marks.box(box(data, i), "kept", { width: small ? 2 : i === current ? 4.2 : crowd ? 2.2 : 3 });
    const must = i === current || picks.includes(i);
    if (!small && (must || !crowd)) marks.tag(box(data, i), `✓ ${titleOf(data, i)}`, { background: STATES.kept.core, must });
  }
}

const measure = ({ method }) => (method === "diou" ? "DIoU" : "IoU");

const comparisons = new WeakMap(); // a trace's status -> whether the other way of comparing keeps the same boxes

function comparedText(data) {
  const { status, suppression } = data;
  if (suppression.per_class && suppression.shift_classes) return " Boxes of other classes were moved out of its reach.";
  if (!comparisons.has(status)) {
    const other = suppress(data, { ...suppression, per_class: !suppression.per_class }).status;
    comparisons.set(status, status.every((s, i) => (s === STATUS.KEPT) === (other[i] === STATUS.KEPT)));
  }
  const same = comparisons.get(status);
  if (suppression.per_class) return ` Boxes of other classes are not compared${same ? " (here that changes nothing)" : ""}.`;
  return ` Every class is compared${same ? ", which changes nothing here: no kept boxes of different classes overlap that much" : ""}.`;
}

// Classes that were to be kept apart, and met.
function metText(data, current, victims) {
  const { suppression } = data;
  const met = suppression.per_class && victims.filter((i) => data.prediction_classes[i] !== data.prediction_classes[current]);
  return met?.length
    ? ` <b class="suppressed">${plural(met.length, "of them is of another class", "of them are of other classes")}:</b> classes were moved apart, and met all the same (see Conventions).`
    : "";
}

export const dropping = {
  unit: "round",
  state: stateAt,
  score: (data, i) => data.scores[i],
  current: keptIn,
  draw: (stage, marks, ctx, options) => drawPredictions(stage, marks, ctx, { round: options.step, ...options }),

  arcs(data, step, current) {
    const out = [];
    for (const i of data.order) {
      if (data.status[i] === STATUS.SUPPRESSED && data.round[i] <= step) out.push({ from: data.suppressed_by[i], to: i, now: data.suppressed_by[i] === current });
    }
    return out;
  },

  legend: (counts) => [
    ["kept", "kept so far", counts.kept],
    ["suppressed", "suppressed so far", counts.suppressed],
    ["waiting", "still waiting", counts.waiting],
  ],

  said: (data, step, current) => `${titleOf(data, current)} is kept and suppresses ${victimsOf(data, current, step).length}.`,

  panel({ data }, step, current) {
    const victims = victimsOf(data, current, step);
    const range = victims.length ? `, at ${measure(data.suppression)} ${rangeText(victims.map((i) => data.prediction_iou[i]))}` : "";
    const met = metText(data, current, victims);
    const whom = ` ${victims.length === 1 ? "box" : "boxes"}${met ? "" : ofClass(data.suppression)}`;
    return (
      `The best box still waiting is ${tagged(data, current, "kept")}: kept. It suppresses <b class="suppressed">${victims.length || "no"}</b>${whom}${range}.` +
      (met || comparedText(data))
    );
  },

  sentence(data, i) {
    if (data.status[i] === STATUS.KEPT) {
      return `<b>${escapeHtml(titleOf(data, i))}</b> is kept in round ${data.round[i]}: nobody better and left overlapped it by ${limitText(data.suppression)}.`;
    }
    if (data.status[i] !== STATUS.SUPPRESSED) return leftOut(data, i);
    const by = data.suppressed_by[i];
    const equal = data.suppression.suppress_equal ? "not less than" : "more than";
    return (
      `<b>${escapeHtml(titleOf(data, i))}</b> is suppressed in round ${data.round[i]} by ${tagged(data, by, "kept")}: ` +
      `their ${measure(data.suppression)} is <b>${iouText(data.prediction_iou[i])}</b>, ${equal} ${iouText(data.suppression.iou_threshold)}.` +
      metText(data, by, [i])
    );
  },

  strip({ data }, step, current, picked) {
    let [a, b] = [current, current >= 0 ? victimsOf(data, current, step)[0] : -1];
    if (picked >= 0 && data.status[picked] === STATUS.SUPPRESSED) [a, b] = [data.suppressed_by[picked], picked];
    if (a === undefined || a < 0) {
      return caption(data.rounds ? "Step to the first round: the IoU that decides is worked out here." : "No box takes part: there is nothing to compare.");
    }
    if (b === undefined || b < 0) {
      return caption(`${tagged(data, a, "kept")} is kept; nobody left overlaps it by ${limitText(data.suppression)}.`);
    }
    const [p, q] = [measured(data, a), measured(data, b)];
    const parts = overlapParts(p, q);
    const name = measure(data.suppression);
    const value = data.prediction_iou[b];
    // DIoU takes off how far apart the centres are; the IoU itself is worked out on a page of its own.
    const worked =
      name === "IoU"
        ? `${iouFraction(parts)}`
        : `${number(iouText(parts.iou))} − ${number(iouText(centreDistance(Float32Array.from(q), 0, p) ** data.suppression.diou.beta))}`;
    return (
      formula(
        `<span class="fn">${name}(${number(escapeHtml(titleOf(data, a)), "kept")}, ${number(escapeHtml(titleOf(data, b)), "suppressed")})</span> = ` +
          `${worked} = ${result(iouText(name === "IoU" ? iouOf(p, q) : value))} ${limitSign(data.suppression)} ${number(iouText(data.suppression.iou_threshold))}`,
        name === "IoU"
          ? `IoU of ${titleOf(data, a)} and ${titleOf(data, b)} is ${areaText(parts.inter)} over ${areaText(parts.union)}, ${iouText(parts.iou)}, ${limitText(data.suppression)}`
          : `DIoU of ${titleOf(data, a)} and ${titleOf(data, b)} is their IoU ${iouText(parts.iou)} less the distance of their centres, ${iouText(value)}, ${limitText(data.suppression)}`,
      ) + caption(`${data.suppression.suppress_equal ? "The threshold or more" : "More than the threshold"}: the weaker <b class="suppressed">${escapeHtml(nameOf(data, b))}</b> is suppressed.`)
    );
  },

  funnel: "kept at the end",

  columns: (data) => ["rank", "class", "score", "round", "decision", "by whom", measure(data.suppression)],
  cells(data, i, step, state) {
    const suppressed = state === "suppressed";
    return [
      data.scores[i].toFixed(2),
      state === "kept" || suppressed ? data.round[i] : "–",
      { kept: "✓ kept", suppressed: "× suppressed", waiting: "… waiting" }[state],
      suppressed ? escapeHtml(titleOf(data, data.suppressed_by[i])) : "–",
      suppressed ? iouText(data.prediction_iou[i]) : "–",
    ];
  },
};
