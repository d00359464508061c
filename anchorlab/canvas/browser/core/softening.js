// Soft-NMS, Matrix NMS and weighted boxes fusion while a threshold is being dragged: anchorlab.core.suppression's
// soft, matrix and fusion, in the browser. Tests hold them equal.

import { boxArea, boxAt } from "./boxes.js";
import { boxIou } from "./iou.js";
import { asMeasured, blankTrace, isEnough, STATUS, suppress, takingPart } from "./suppression.js";

const f32 = Math.fround;

export const MAX_TRACED = 2048; // predictions that may take part where every pair counts

// Classes are compared here, so no box moves.
const measured = (data, settings) => asMeasured(data, { ...settings, shift_classes: false });

export const rivals = ({ prediction_classes: classes }, { per_class }) => (a, b) => !per_class || classes[a] === classes[b];

export const overlapOf = (boxes) => (a, b) => {
  const p = boxAt(boxes, a);
  return boxIou(boxes, b, p[0], p[1], p[2], p[3], boxArea(p));
};

// What an IoU with a better box multiplies a score by.
export function decay(overlap, settings) {
  const { method, gaussian } = settings;
  if (method === "gaussian") return f32(Math.exp(f32(-f32(overlap * overlap) / f32(gaussian.sigma))));
  return overlap > 0 && isEnough(overlap, settings) ? f32(1 - overlap) : 1;
}

// What a box of Matrix NMS that overlaps another by `overlap`, and a better one itself by `doubt`, multiplies that
// other's score by; a word of 1 or more is not heard.
export function wordOf(overlap, doubt, { matrix: { kernel, sigma } }) {
  if (kernel === "gaussian") return f32(Math.exp(f32(f32(sigma) * f32(f32(doubt * doubt) - f32(overlap * overlap)))));
  const free = f32(1 - doubt);
  return free > 0 ? f32(f32(1 - overlap) / free) : 1;
}

// Soft-NMS: pick the best, lower the scores of those that overlap it, drop what falls too low, repeat.
export function softSuppress(data, settings) {
  const trace = blankTrace(data);
  const queue = takingPart(data, settings, trace.status, MAX_TRACED);
  const overlap = overlapOf(measured(data, settings));
  const rival = rivals(data, settings);
  const scores = trace.final_scores;
  const least = f32(settings.score_threshold);
  trace.above = queue.length;
  let waiting = queue;
  while (waiting.length) {
    let best = waiting[0];
    for (const i of waiting) if (scores[i] > scores[best]) best = i;
    trace.rounds += 1;
    trace.kept += 1;
    trace.status[best] = STATUS.KEPT;
    trace.round[best] = trace.rounds;
    const left = [];
    for (const i of waiting) {
      if (i === best) continue;
      const shared = rival(best, i) ? overlap(best, i) : 0;
      scores[i] *= shared > 0 ? decay(shared, settings) : 1;
      if (scores[i] >= least) {
        left.push(i);
        continue;
      }
      trace.status[i] = STATUS.SUPPRESSED;
      trace.round[i] = trace.rounds;
      trace.suppressed_by[i] = best;
      trace.prediction_iou[i] = overlap(best, i);
    }
    waiting = left;
  }
  return trace;
}

// The scores after every round of soft-NMS, from a finished trace: scores[r][i]. scores[0] is before the first.
export function scoresByRound(data, settings) {
  const { status, round, rounds } = data;
  const overlap = overlapOf(measured(data, settings));
  const rival = rivals(data, settings);
  const picked = [];
  const part = [];
  status.forEach((s, i) => {
    if (s === STATUS.KEPT) picked[round[i]] = i;
    if (s === STATUS.KEPT || s === STATUS.SUPPRESSED) part.push(i);
  });
  const rows = [Float32Array.from(data.scores)];
  for (let r = 1; r <= rounds; r++) {
    const row = Float32Array.from(rows[r - 1]);
    for (const i of part) {
      if (round[i] < r || i === picked[r] || !rival(picked[r], i)) continue;
      const shared = overlap(picked[r], i);
      if (shared > 0) row[i] *= decay(shared, settings);
    }
    rows.push(row);
  }
  return rows;
}

// Matrix NMS: every score at once, by what the better boxes have against it.
export function matrixSuppress(data, settings) {
  const trace = blankTrace(data);
  const queue = takingPart(data, settings, trace.status, MAX_TRACED);
  const overlap = overlapOf(measured(data, settings));
  const rival = rivals(data, settings);
  const n = queue.length;
  const shared = queue.map(() => new Float32Array(n)); // shared[j][i], i better than j; 0 where i has no say
  const doubt = new Float32Array(n); // the largest IoU with any better box
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < j; i++) {
      if (!rival(queue[i], queue[j])) continue;
      shared[j][i] = overlap(queue[i], queue[j]);
      doubt[j] = Math.max(doubt[j], shared[j][i]);
    }
  }
  const least = f32(settings.score_threshold);
  trace.factor = new Float32Array(data.scores.length).fill(1);
  trace.compensation = new Float32Array(data.scores.length);
  for (let j = 0; j < n; j++) {
    const k = queue[j];
    let [factor, speaker] = [1, -1];
    for (let i = 0; i < j; i++) {
      if (!rival(queue[i], k)) continue;
      const w = wordOf(shared[j][i], doubt[i], settings);
      if (w < factor) [factor, speaker] = [w, i];
    }
    trace.factor[k] = factor;
    trace.compensation[k] = doubt[j];
    trace.final_scores[k] = data.scores[k] * factor;
    if (speaker >= 0) {
      trace.suppressed_by[k] = queue[speaker];
      trace.prediction_iou[k] = shared[j][speaker];
    }
    const stays = trace.final_scores[k] >= least;
    trace.status[k] = stays ? STATUS.KEPT : STATUS.SUPPRESSED;
    trace.round[k] = 2;
    trace.kept += stays;
  }
  trace.above = n;
  trace.rounds = n ? 2 : 0;
  return trace;
}

// Weighted boxes fusion of one model's predictions: each, best first, joins the fused box it overlaps most.
export function fuse(data, settings) {
  const trace = blankTrace(data);
  const queue = takingPart(data, settings, trace.status, MAX_TRACED);
  const boxes = measured(data, settings);
  const rival = rivals(data, settings);
  const limit = f32(settings.iou_threshold);
  const clusters = []; // {founder, members, best, sums, box}
  queue.forEach((i, at) => {
    const box = boxAt(boxes, i);
    const area = boxArea(box);
    const score = data.scores[i];
    let [most, into] = [-1, null];
    for (const c of clusters) {
      if (!rival(c.founder, i)) continue;
      const shared = boxIou(c.box, 0, box[0], box[1], box[2], box[3], area);
      if (shared > most) [most, into] = [shared, c];
    }
    trace.round[i] = at + 1;
    if (most > limit) {
      trace.status[i] = STATUS.SUPPRESSED;
      trace.suppressed_by[i] = into.founder;
      trace.prediction_iou[i] = most;
    } else {
      trace.status[i] = STATUS.KEPT;
      into = { founder: i, members: 0, best: 0, sums: new Float32Array(5), box: Float32Array.from(box) };
      clusters.push(into);
    }
    into.members += 1;
    into.best = Math.max(into.best, score);
    box.forEach((v, k) => (into.sums[k] += f32(score * v)));
    into.sums[4] += score;
    const total = into.sums[4];
    if (into.members > 1) into.box = into.sums.slice(0, 4).map((v, k) => (total > 0 ? v / total : box[k]));
  });
  for (const { founder, members, best, sums } of clusters) {
    trace.final_scores[founder] = settings.fusion.score === "max" ? best : f32(sums[4] / members);
  }
  trace.above = trace.rounds = queue.length;
  trace.kept = clusters.length;
  return trace;
}

// The fused boxes after so many steps of a finished trace, in order of founding: {founder, members, box, score}.
export function fusedAfter(data, step) {
  const clusters = new Map();
  for (const i of data.order) {
    if (!data.round[i] || data.round[i] > step) continue;
    const founder = data.suppressed_by[i] < 0 ? i : data.suppressed_by[i];
    if (!clusters.has(founder)) clusters.set(founder, { founder, members: [] });
    clusters.get(founder).members.push(i);
  }
  for (const c of clusters.values()) {
    const scores = c.members.map((i) => data.scores[i]);
    const total = scores.reduce((a, b) => a + b, 0);
    const mean = (k) => c.members.reduce((sum, i, m) => sum + scores[m] * data.predictions[4 * i + k], 0) / total;
    c.box = total > 0 && c.members.length > 1 ? [0, 1, 2, 3].map(mean) : boxAt(data.predictions, c.founder);
    c.score = data.suppression.fusion.score === "max" ? Math.max(...scores) : total / c.members.length;
  }
  return [...clusters.values()];
}

const METHODS = { hard: suppress, diou: suppress, linear: softSuppress, gaussian: softSuppress, matrix: matrixSuppress, fusion: fuse };

// The trace of whichever method the settings name.
export const resolve = (data, settings) => METHODS[settings.method](data, settings);
