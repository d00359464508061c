// Weighted boxes fusion of one model's predictions: the twin of anchorlab.core.suppression.fusion.

import { boxArea, boxAt } from "../boxes.js";
import { boxIou } from "../iou.js";
import { measured, rivals, STATUS, takingPart, undecided } from "./common.js";

const f32 = Math.fround;

// Each prediction, best first, joins the fused box it overlaps most, or founds one.
export function fuseBoxes(data, settings) {
  const trace = undecided(data);
  const queue = takingPart(data, settings, trace.status, LIMITS.traced);
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
export function fusedAfter(data, settings, step) {
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
    c.score = settings.fusion.score === "max" ? Math.max(...scores) : total / c.members.length;
  }
  return [...clusters.values()];
}
