// What two predictions had to do with each other, read off the finished trace of any method. Numbers and names of
// reasons only; the words are in views/nms/pair.js. A test holds every reason against the engine's own trace.

import { boxArea, boxAt } from "../core/boxes.js";
import { boxIou } from "../core/iou.js";
import { decay, fusedAfter, overlapOf, rivals, scoresByRound, wordOf } from "../core/softening.js";
import { asMeasured, isEnough, overlapWith, STATUS } from "../core/suppression.js";

const takesPart = ({ status }, i) => status[i] === STATUS.KEPT || status[i] === STATUS.SUPPRESSED;
const isKept = ({ status }, i) => status[i] === STATUS.KEPT;

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

// Hard NMS and DIoU-NMS. `overlap` is what is compared with the threshold, `enough` whether it is above it.
function dropped(data, a, b, boxes) {
  const { suppression, status, round, suppressed_by: by } = data;
  const overlap = overlapWith(boxes, a, suppression)(b);
  const pair = { overlap, enough: isEnough(overlap, suppression) };
  if (status[b] === STATUS.SUPPRESSED && by[b] === a) return { ...pair, kind: "suppressed", round: round[b] };
  if (!suppression.shift_classes && !rivals(data, suppression)(a, b)) return { ...pair, kind: "class" };
  if (!isKept(data, a)) return { ...pair, kind: "gone", by: by[a], round: round[a] };
  if (status[b] === STATUS.SUPPRESSED && round[b] < round[a]) return { ...pair, kind: "late", by: by[b], round: round[b] };
  return { ...pair, kind: "passed", by: by[b], round: round[a] };
}

// Soft-NMS: of the two the one that was kept first acts on the other. `actor` and `other`: in that order.
function softened(data, a, b, boxes) {
  const { suppression, status, round, suppressed_by: by } = data;
  const overlap = overlapOf(boxes)(a, b);
  const pair = { overlap, enough: suppression.method === "gaussian" ? overlap > 0 : isEnough(overlap, suppression) };
  if (!rivals(data, suppression)(a, b)) return { ...pair, kind: "class" };
  if (!isKept(data, a) && !isKept(data, b)) return { ...pair, kind: "neither" };
  const first = !isKept(data, b) || (isKept(data, a) && round[a] < round[b]);
  const [actor, other] = first ? [a, b] : [b, a];
  const acted = { ...pair, actor, other, round: round[actor] };
  if (round[other] < round[actor]) return { ...acted, kind: "late", by: by[other], round: round[other] };
  const factor = overlap > 0 ? decay(overlap, suppression) : 1;
  if (factor === 1) return { ...acted, kind: "passed" };
  const scores = scoresByRound(data, suppression);
  const falls = status[other] === STATUS.SUPPRESSED && round[other] === round[actor];
  const [before, after] = [scores[round[actor] - 1][other], scores[round[actor]][other]];
  return { ...acted, kind: falls ? "dropped" : "lowered", factor, before, after };
}

// Matrix NMS: the better box has a word against the other; only the strongest word counts.
function weighed(data, a, b, boxes) {
  const { suppression, suppressed_by: by, compensation, factor } = data;
  const overlap = overlapOf(boxes)(a, b);
  const word = wordOf(overlap, compensation[a], suppression);
  const pair = { overlap, enough: overlap > 0, word, doubt: compensation[a] };
  if (!rivals(data, suppression)(a, b)) return { ...pair, kind: "class" };
  if (by[b] === a) return { ...pair, kind: "decides" };
  return word < 1 ? { ...pair, kind: "weaker", by: by[b], factor: factor[b] } : { ...pair, kind: "silent" };
}

// Fusion: a box is compared with fused boxes, never with another prediction.
function fusedTogether(data, a, b, boxes) {
  const { suppression, round, suppressed_by: by, prediction_iou } = data;
  const overlap = overlapOf(boxes)(a, b);
  const pair = { overlap, enough: isEnough(overlap, { ...suppression, suppress_equal: false }) };
  if (!rivals(data, suppression)(a, b)) return { ...pair, kind: "class" };
  const founder = (i) => (by[i] < 0 ? i : by[i]);
  if (founder(a) === founder(b)) return { ...pair, kind: "together", founder: founder(a) };
  // What b met in its turn: the fused box that a belonged to.
  const own = boxAt(boxes, b);
  const last = suppression.inclusive ? [0, 0, 1, 1] : [0, 0, 0, 0];
  const met = fusedAfter(data, round[b] - 1).find((c) => c.founder === founder(a)).box.map((v, k) => v + last[k]);
  const reached = boxIou(met, 0, own[0], own[1], own[2], own[3], boxArea(own));
  return { ...pair, kind: "apart", founder: founder(a), reached, into: by[b], most: prediction_iou[b] };
}

const READ = { hard: dropped, diou: dropped, linear: softened, gaussian: softened, matrix: weighed, fusion: fusedTogether };
const MOVES = ["hard", "diou"]; // methods that may keep classes apart by moving their boxes

// Predictions i and j: `a` the better of them in the queue and `b` the other, their boxes as they are compared (`boxes`),
// their `overlap` (IoU, or DIoU), whether it is `enough` for the method, and the `kind` of reason why one did or did
// not act on the other, with what that kind needs. Of 'out', `out` are those that take no part.
export function pairOf(data, i, j) {
  const ranks = ranksOf(data);
  const [a, b] = ranks[i] < ranks[j] ? [i, j] : [j, i];
  const { suppression } = data;
  const moved = MOVES.includes(suppression.method) && suppression.shift_classes && takesPart(data, a) && takesPart(data, b);
  const boxes = asMeasured(data, { ...suppression, shift_classes: moved });
  const both = { a, b, moved: moved && suppression.per_class, boxes: [boxAt(boxes, a), boxAt(boxes, b)] };
  const out = [a, b].filter((k) => !takesPart(data, k));
  if (out.length) {
    const overlap = overlapWith(boxes, a, suppression)(b);
    return { ...both, kind: "out", out, overlap, enough: isEnough(overlap, suppression) };
  }
  return { ...both, ...READ[suppression.method](data, a, b, boxes) };
}
