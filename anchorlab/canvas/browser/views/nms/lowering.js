// Soft-NMS, round by round, and Matrix NMS, all at once: overlap lowers scores, and what falls too low is dropped.

import { escapeHtml, iouText, plural } from "../../model/format.js";
import { intersectionOf, iouOf } from "../../core/iou.js";
import { scoresByRound } from "../../core/softening.js";
import { STATUS } from "../../core/suppression.js";
import { caption, formula, fraction, number, result } from "../shared.js";
import {
  box,
  byState,
  drawWaiting,
  keptIn,
  leftOut,
  limitText,
  MANY,
  measured,
  ofClass,
  rangeText,
  stateAt,
  tagged,
  takesPart,
  titleOf,
} from "./common.js";

const STATES = PALETTE.states;
const two = (value) => value.toFixed(2);

// Kept boxes solid, those that wait fading with their scores, dropped ones dotted.
function draw(stage, marks, ctx, way, { step, current, picks, touched }) {
  const { data } = stage;
  const layers = byState(way, data, step);
  const many = layers.waiting.length + layers.suppressed.length > MANY;
  const crowd = layers.kept.length > (stage.narrow ? 6 : 12);
  stage.lightUnion(ctx, layers.kept.map((i) => box(data, i)), 0.42);
  const [picked = -1] = picks;
  const told = picked >= 0 && data.suppressed_by[picked] >= 0 ? [data.suppressed_by[picked], picked] : [current, touched[0] ?? -1];
  const pair = picks.length > 1 ? picks : told;
  const shared = pair[0] >= 0 && pair[1] >= 0 && intersectionOf(box(data, pair[0]), box(data, pair[1]));
  if (shared) stage.light(ctx, shared);
  const alpha = (i) => Math.max(0.35, way.score(data, i, step) / Math.max(data.scores[i], 1e-6));
  drawWaiting(marks, data, layers.waiting, { many, alpha });
  for (const i of layers.suppressed.slice(0, 300).reverse()) {
    const fresh = data.round[i] === step;
    marks.box(box(data, i), "suppressed", { alpha: fresh ? 1 : 0.3, bare: many && !fresh });
  }
  for (const i of layers.kept.reverse()) {
    marks.box(box(data, i), "kept", { width: i === current ? 4.2 : crowd ? 2.2 : 3 });
    const must = i === current || picks.includes(i);
    const text = `✓ ${titleOf(data, i, way.score(data, i, step))}`;
    if (must || !crowd) marks.tag(box(data, i), text, { background: STATES.kept.core, must });
  }
}

const columns = (last) => ["rank", "class", "score", "lowered to", "decision", last, "IoU"];

function cells(data, i, way, step, state, kept) {
  const by = data.suppressed_by[i];
  const told = by >= 0 && (state === "suppressed" || way === matrix) && step > 0;
  const score = way.score(data, i, step);
  return [
    two(data.scores[i]),
    score < data.scores[i] ? two(score) : "–",
    { kept, suppressed: "× dropped", waiting: "… waiting" }[state],
    told ? escapeHtml(titleOf(data, by)) : "–",
    told ? iouText(data.prediction_iou[i]) : "–",
  ];
}

// ---- soft-NMS

const memory = new WeakMap(); // a trace's status -> the scores after every round

function rounds(data) {
  if (!memory.has(data.status)) memory.set(data.status, scoresByRound(data, data.suppression));
  return memory.get(data.status);
}

// Who lost score in a round, and what is left of it: [index, factor].
function lowered(data, step) {
  if (step < 1) return [];
  const [before, after] = [rounds(data)[step - 1], rounds(data)[step]];
  const out = [];
  for (const i of data.order) if (after[i] < before[i]) out.push([i, after[i] / before[i]]);
  return out;
}

const kernelText = ({ method, gaussian }, o) =>
  method === "gaussian"
    ? `<span class="fn">e<sup>−${iouText(o)}²/${gaussian.sigma}</sup></span>`
    : `<span class="fn">(1 − ${number(iouText(o))})</span>`;

export const soft = {
  unit: "round",
  state: stateAt,
  score: (data, i, step) => (takesPart(data, i) ? rounds(data)[Math.min(step, data.rounds)][i] : data.scores[i]),
  current: keptIn,
  shrinks: true,
  draw: (stage, marks, ctx, options) => {
    const touched = lowered(stage.data, options.step).map(([i]) => i);
    draw(stage, marks, ctx, soft, { ...options, touched });
  },
  arcs: (data, step, current) =>
    current < 0 ? [] : lowered(data, step).map(([to, factor]) => ({ from: current, to, now: true, weight: 1 - factor, state: soft.state(data, to, step) })),

  legend: (counts) => [
    ["kept", "kept so far", counts.kept],
    ["suppressed", "dropped so far", counts.suppressed],
    ["waiting", "still waiting", counts.waiting],
  ],

  said: (data, step, current) => {
    const all = lowered(data, step);
    return `${titleOf(data, current, soft.score(data, current, step))} is kept and lowers ${all.length}; ${all.filter(([i]) => data.round[i] === step && data.status[i] === STATUS.SUPPRESSED).length} are dropped.`;
  },

  panel({ data }, step, current) {
    const all = lowered(data, step);
    const dropped = all.filter(([i]) => data.round[i] === step && data.status[i] === STATUS.SUPPRESSED).length;
    const whom = `${plural(all.length, "box", "boxes")}${ofClass(data.suppression)}`;
    const lowers = all.length
      ? ` It lowers ${whom}, to ${rangeText(all.map(([, factor]) => factor))} of their scores; <b class="suppressed">${dropped || "none"}</b> ${dropped === 1 ? "falls" : dropped ? "fall" : "falls"} below ${two(data.suppression.score_threshold)}${dropped ? (dropped === 1 ? " and is dropped" : " and are dropped") : ""}.`
      : ` It lowers nobody.`;
    return `The highest score left is ${tagged(data, current, "kept", soft.score(data, current, step))}: kept.${lowers}`;
  },

  sentence(data, i) {
    if (!takesPart(data, i)) return leftOut(data, i);
    const story = rounds(data);
    const by = [];
    for (let r = 1; r <= data.round[i]; r++) if (story[r][i] < story[r - 1][i]) by.push([r, story[r][i] / story[r - 1][i]]);
    const name = `<b>${escapeHtml(titleOf(data, i))}</b>`;
    const end = story[data.round[i]][i];
    const product = by.length ? `: ${two(data.scores[i])} ${by.slice(0, 4).map(([, f]) => `× ${two(f)}`).join(" ")}${by.length > 4 ? " …" : ""} = ${two(end)}` : "";
    const lost = by.length
      ? `${name} loses score in ${by.length === 1 ? "round" : "rounds"} ${by.map(([r]) => r).slice(0, 4).join(", ")}${by.length > 4 ? " …" : ""}${product}`
      : `Nobody lowers ${name}`;
    return data.status[i] === STATUS.KEPT
      ? `${lost}. In round ${data.round[i]} it has the highest score left and is kept.`
      : `${lost}. That is less than ${two(data.suppression.score_threshold)}: dropped in round ${data.round[i]}.`;
  },

  strip({ data }, step, current, picked) {
    if (current < 0) return caption(data.rounds ? "Step to the first round: what an overlap costs is worked out here." : "No box takes part: there is nothing to compare.");
    const all = lowered(data, step);
    const [i, factor] = all.find(([k]) => k === picked) ?? all[0] ?? [-1];
    if (i < 0) return caption(`${tagged(data, current, "kept", soft.score(data, current, step))} is kept; ${data.suppression.method === "linear" ? `nobody left overlaps it by ${limitText(data.suppression)}` : "nobody left overlaps it"}.`);
    const before = rounds(data)[step - 1][i];
    const after = rounds(data)[step][i];
    const o = iouOf(measured(data, current), measured(data, i));
    const gone = data.status[i] === STATUS.SUPPRESSED && data.round[i] === step;
    return (
      formula(
        `<span class="fn">${number(escapeHtml(titleOf(data, i, before)), gone ? "suppressed" : "waiting")}</span> → ${number(two(before))} · ${kernelText(data.suppression, o)} = ${number(two(before))} · ${number(two(factor))} = ${result(two(after))}`,
        `${titleOf(data, i, before)} overlaps ${titleOf(data, current)} by ${iouText(o)}: its score becomes ${two(after)}`,
      ) + caption(gone ? `Less than ${two(data.suppression.score_threshold)}: dropped.` : `Still ${two(data.suppression.score_threshold)} or more: it waits on.`)
    );
  },

  funnel: "kept",
  columns: () => columns("dropped by"),
  cells: (data, i, step, state) => cells(data, i, soft, step, state, "✓ kept"),
};

// ---- Matrix NMS: step 1 lowers all scores, step 2 drops what is too low

const isLowered = (data, i) => data.suppressed_by[i] >= 0;

export const matrix = {
  unit: "step",
  state: stateAt,
  score: (data, i, step) => (step > 0 ? data.final_scores[i] : data.scores[i]),
  current: () => -1,
  shrinks: true,
  draw: (stage, marks, ctx, options) => draw(stage, marks, ctx, matrix, { ...options, touched: [] }),

  arcs(data, step, current, picked) {
    if (step < 1) return [];
    const all = [];
    for (const to of data.order) {
      if (!isLowered(data, to)) continue;
      all.push({ from: data.suppressed_by[to], to, now: picked < 0 || picked === to, weight: 1 - data.factor[to], state: matrix.state(data, to, step) });
    }
    return all;
  },

  legend: soft.legend,

  said: (data, step) =>
    step === 1
      ? `All scores are lowered at once: ${Array.from(data.order).filter((i) => isLowered(data, i)).length} fall.`
      : `${plural(data.above - data.kept, "box", "boxes")} below ${two(data.suppression.score_threshold)} dropped, ${data.kept} kept.`,

  panel({ data }, step) {
    const fell = Array.from(data.order).filter((i) => isLowered(data, i));
    if (step === 1) {
      return (
        `All scores are multiplied at once. <b>${fell.length}</b> of ${data.above} fall${fell.length ? `, to ${rangeText(fell.map((i) => data.factor[i]))} of what they were` : ""}. ` +
        `The strongest word of a better box${ofClass(data.suppression)} counts: overlap makes it louder, doubt softer.`
      );
    }
    const dropped = data.above - data.kept;
    return `What is left below ${two(data.suppression.score_threshold)} is dropped: <b class="suppressed">${dropped}</b>. <b class="kept">${data.kept}</b> ${data.kept === 1 ? "is" : "are"} kept, with lower scores.`;
  },

  sentence(data, i) {
    if (!takesPart(data, i)) return leftOut(data, i);
    const name = `<b>${escapeHtml(titleOf(data, i))}</b>`;
    const end = data.status[i] === STATUS.KEPT ? `at least ${two(data.suppression.score_threshold)}: kept.` : `less than ${two(data.suppression.score_threshold)}: dropped.`;
    if (!isLowered(data, i)) return `Nothing speaks against ${name}: no better box${ofClass(data.suppression)} overlaps it. That is ${end}`;
    const by = data.suppressed_by[i];
    const heard = data.compensation[by] > 0 ? `, itself overlapped by ${iouText(data.compensation[by])} and heard less` : "";
    return `${name} falls to ${two(data.final_scores[i])}. ${tagged(data, by, "kept")} decides: IoU ${iouText(data.prediction_iou[i])}${heard}. ${end[0].toUpperCase()}${end.slice(1)}`;
  },

  strip({ data }, step, current, picked) {
    if (step < 1) return caption(data.rounds ? "Step on: what each score is multiplied by is worked out here." : "No box takes part: there is nothing to compare.");
    const i = picked >= 0 && isLowered(data, picked) ? picked : Array.from(data.order).find((k) => isLowered(data, k));
    if (i === undefined) return caption("No box overlaps a better one: all scores stay.");
    const by = data.suppressed_by[i];
    const [o, c] = [data.prediction_iou[i], data.compensation[by]];
    const sigma = String(data.suppression.matrix.sigma);
    const worked =
      data.suppression.matrix.kernel === "gaussian"
        ? `<span class="fn">e<sup>−${sigma}(${iouText(o)}² − ${iouText(c)}²)</sup></span>`
        : fraction(`1 − ${number(iouText(o))}`, `1 − ${number(iouText(c))}`);
    return (
      formula(
        `<span class="fn">${number(escapeHtml(titleOf(data, i)), "waiting")}</span> → ${number(two(data.scores[i]))} · ${worked} = ${number(two(data.scores[i]))} · ${number(two(data.factor[i]))} = ${result(two(data.final_scores[i]))}`,
        `The score of ${titleOf(data, i)} becomes ${two(data.final_scores[i])}, decided by ${titleOf(data, by)}`,
      ) + caption(`${tagged(data, by, "kept")} decides: IoU ${iouText(o)}${c > 0 ? `, discounted by its own ${iouText(c)} with a better box` : ""}.`)
    );
  },

  funnel: "kept",
  columns: () => columns("decided by"),
  cells: (data, i, step, state) => cells(data, i, matrix, step, state, "✓ kept"),
};
