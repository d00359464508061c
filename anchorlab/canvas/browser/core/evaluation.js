// Measuring detections: the twin of anchorlab.core.evaluation, in its float64, so nothing is rounded here.

// What a detection turned out to be.
export const OUTCOME = ENUMS.Outcome;

// IoU of two boxes, each four numbers; 0 where the union is 0.
export function overlapWith(a, b) {
  const w = Math.max(Math.min(a[2], b[2]) - Math.max(a[0], b[0]), 0);
  const h = Math.max(Math.min(a[3], b[3]) - Math.max(a[1], b[1]), 0);
  const union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - w * h;
  return union > 0 ? (w * h) / union : 0;
}

// Which object each detection finds: rows of overlaps, best score first; -1 of none. No object is ignored or a crowd.
export function findObjects(overlap, threshold) {
  const taken = new Set();
  return overlap.map((row) => {
    let [most, found] = [-1, -1];
    row.forEach((value, k) => {
      if (value >= threshold && value >= most && !taken.has(k)) [most, found] = [value, k];
    });
    taken.add(found);
    return found;
  });
}

// At each row the best precision from there on.
export function envelope(precision) {
  const best = Array.from(precision);
  for (let k = best.length - 2; k >= 0; k--) best[k] = Math.max(best[k], best[k + 1]);
  return best;
}

// The points of recall: multiples of the step, a few of which lie a rounding above the decimal.
export const recallPoints = (steps) =>
  Array.from({ length: steps + 1 }, (_, k) => (k < steps ? Math.max(k / steps, k * (1 / steps)) : 1));

// The best precision at or beyond each of them; 0 at recalls that are never reached.
export function precisionAt(recall, precision, steps) {
  const best = envelope(precision);
  return recallPoints(steps).map((point) => best[recall.findIndex((r) => r >= point)] ?? 0);
}

// The steps of recall from 0 to 1.
export const POINTS = { voc07: 10, coco: 100 };

// The curve as one number: the area under its envelope, or the mean at 11 or 101 points of recall.
export function averagePrecision(recall, precision, how) {
  if (how === "voc") return envelope(precision).reduce((sum, best, k) => sum + best * (recall[k] - (recall[k - 1] ?? 0)), 0);
  const heights = precisionAt(recall, precision, POINTS[how]);
  return heights.reduce((sum, height) => sum + height, 0) / heights.length;
}

const grown = (box, { inclusive }) => (inclusive ? [box[0], box[1], box[2] + 1, box[3] + 1] : box);
const byScore = (detections) => [...detections].sort((a, b) => b.score - a.score); // of equal scores the first goes first

// What became of the detections of one image and class: adds outcome, gt, overlap and better (another of them, or null).
function tellGroup(detections, objects, spec) {
  const [threshold] = spec.iou_thresholds;
  const least = Math.min(threshold, 1 - 1e-10);
  const first = spec.candidates === "best";
  const queue = byScore(detections).slice(0, spec.max_detections);
  const rows = queue.map(({ box }) => objects.map((o) => overlapWith(grown(box, spec), grown(o.box, spec))));
  const nearest = rows.map((row) => {
    const most = Math.max(0, ...row);
    return most > 0 ? (first ? row.indexOf(most) : row.lastIndexOf(most)) : -1;
  });
  const found = findObjects(first ? rows.map((row, i) => row.map((v, k) => (k === nearest[i] ? v : -1))) : rows, least);
  return queue.map((detection, i) => {
    const near = nearest[i];
    const overlap = near < 0 ? 0 : rows[i][near];
    if (found[i] >= 0) return { ...detection, outcome: OUTCOME.TRUE_POSITIVE, gt: objects[found[i]].row, overlap: rows[i][found[i]], better: null };
    const told = (outcome, finder = null) => ({ ...detection, outcome, gt: objects[near].row, overlap, better: finder });
    if (near >= 0 && overlap >= least) return told(OUTCOME.DOUBLE, queue[found.indexOf(near)]);
    if (near >= 0 && overlap >= spec.background_iou) return told(OUTCOME.MISPLACED);
    return { ...detection, outcome: OUTCOME.FALSE_ALARM, gt: -1, overlap: 0, better: null };
  });
}

// What `engine.evaluate` says of one list: what became of each detection, best score first, recall and precision after
// each, and the average precision (null without objects). Detections are {group, box, score, ...}, groups in order;
// objects {group, box, row}. `better` becomes a place in the list.
export function evaluateList(detections, objects, spec) {
  const groups = [...new Set(detections.map(({ group }) => group))].sort((a, b) => a - b);
  const within = (things, group) => things.filter((thing) => thing.group === group);
  const list = byScore(groups.flatMap((group) => tellGroup(within(detections, group), within(objects, group), spec)));
  const places = new Map(list.map(({ prediction, picture }, place) => [`${picture} ${prediction}`, place]));
  for (const one of list) one.better = one.better ? places.get(`${one.better.picture} ${one.better.prediction}`) : -1;
  return { list, ...curveOf(list, objects.length, spec.interpolation) };
}

// Recall and precision after each detection of a list, and the average precision.
export function curveOf(list, positives, how) {
  let hits = 0;
  const found = list.map(({ outcome }) => (hits += outcome === OUTCOME.TRUE_POSITIVE));
  const recall = found.map((count) => (positives ? count / positives : 0));
  const precision = found.map((count, k) => count / (k + 1));
  return { recall, precision, positives, ap: positives ? averagePrecision(recall, precision, how) : null };
}
