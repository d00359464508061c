// Weighted boxes fusion of one model's predictions: the twin of anchorlab.core.suppression.fusion.

import { boxArea, boxAt } from "../boxes.js";
import { boxIou } from "../iou.js";
import { f32 } from "../rounding.js";
import { measured, rivals, STATUS, takingPart, undecided } from "./common.js";

// A fused box: who founded it, its members, the sums of score x box and of scores, and the box as it is measured.
const foundedBy = (founder) => ({ founder, members: [], sums: new Float32Array(5), measured: null });

// Prediction i, its box and score, becomes a member.
function join(cluster, i, box, score) {
  const { members, sums } = cluster;
  members.push(i);
  box.forEach((v, k) => (sums[k] += f32(score * v)));
  sums[4] += score;
  const total = sums[4];
  cluster.measured = members.length > 1 ? sums.slice(0, 4).map((v, k) => (total > 0 ? v / total : box[k])) : Float32Array.from(box);
}

const scoreOf = ({ members, sums }, { scores }, { fusion }) =>
  fusion.score === "max" ? Math.max(...members.map((i) => scores[i])) : f32(sums[4] / members.length);

// Each prediction, best first, joins the fused box it overlaps most, or founds one.
export function fuseBoxes(data, settings) {
  const trace = undecided(data);
  const queue = takingPart(data, settings, trace.status, LIMITS.traced);
  const boxes = measured(data, settings);
  const rival = rivals(data, settings);
  const limit = f32(settings.iou_threshold);
  const clusters = [];
  queue.forEach((i, at) => {
    const box = boxAt(boxes, i);
    const area = boxArea(box);
    let [most, into] = [-1, null];
    for (const c of clusters) {
      if (!rival(c.founder, i)) continue;
      const shared = boxIou(c.measured, 0, box[0], box[1], box[2], box[3], area);
      if (shared > most) [most, into] = [shared, c];
    }
    trace.round[i] = at + 1;
    if (most > limit) {
      trace.status[i] = STATUS.SUPPRESSED;
      trace.suppressed_by[i] = into.founder;
      trace.prediction_iou[i] = most;
    } else {
      trace.status[i] = STATUS.KEPT;
      into = foundedBy(i);
      clusters.push(into);
    }
    join(into, i, box, data.scores[i]);
  });
  for (const c of clusters) trace.final_scores[c.founder] = scoreOf(c, data, settings);
  trace.above = trace.rounds = queue.length;
  trace.kept = clusters.length;
  return trace;
}

// The fused boxes after so many steps of a finished trace, in order of founding: {founder, members, box, measured, score}.
export function fusedAfter(data, settings, step) {
  const boxes = measured(data, settings);
  const clusters = new Map();
  for (const i of data.order) {
    if (!data.round[i] || data.round[i] > step) continue;
    const founder = data.suppressed_by[i] < 0 ? i : data.suppressed_by[i];
    if (!clusters.has(founder)) clusters.set(founder, foundedBy(founder));
    join(clusters.get(founder), i, boxAt(boxes, i), data.scores[i]);
  }
  const last = settings.inclusive ? [0, 0, 1, 1] : [0, 0, 0, 0];
  return Array.from(clusters.values(), (c) => ({ ...c, box: c.measured.map((v, k) => v - last[k]), score: scoreOf(c, data, settings) }));
}
