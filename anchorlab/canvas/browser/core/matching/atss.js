// The twin of anchorlab.core.matching.atss: every object finds its own threshold from the anchors around its centre.

import { centreX, centreY, middle } from "../boxes.js";
import { f32, sqrt, total } from "../rounding.js";
import { anchorCount, REASON } from "./common.js";

const MARGIN = f32(0.01);

// Indices of the k anchors of a level nearest to a point, the first of equals.
function nearest(A, usable, level, x, y, k) {
  const found = []; // [index, squared distance, distance], nearest first
  let limit = Infinity; // the squared distance of the last of k
  const end = level.start + anchorCount(level);
  for (let i = level.start; i < end; i++) {
    if (usable && !usable[i]) continue;
    const dx = f32(middle(A[4 * i], A[4 * i + 2]) - x);
    const dy = f32(middle(A[4 * i + 1], A[4 * i + 3]) - y);
    const squared = f32(f32(dx * dx) + f32(dy * dy));
    // Whoever is not nearer than the last comes later in the list, and loses a tie.
    if (squared >= limit) continue;
    const distance = sqrt(squared);
    let at = found.length;
    while (at > 0 && found[at - 1][2] > distance) at--;
    if (at >= k) continue;
    found.splice(at, 0, [i, squared, distance]);
    if (found.length > k) found.pop();
    if (found.length === k) limit = Math.max(...found.map(([, squared]) => squared));
  }
  return found.map(([i]) => i);
}

// An object's candidates in the order of the anchors, and its threshold: the mean of their IoUs plus
// their deviation. Kept with the object's column.
export function adaptive(A, usable, column, levels, topK) {
  if (column.adaptive?.levels === levels && column.adaptive.topK === topK) return column.adaptive;
  const { box, iou } = column;
  const [x, y] = [centreX(box), centreY(box)];
  const candidates = levels.flatMap((level) => nearest(A, usable, level, x, y, topK)).sort((a, b) => a - b);
  const count = candidates.length;
  const mean = f32(total(candidates, candidates.map((i) => iou[i])) / Math.max(count, 1));
  const squares = candidates.map((i) => f32(f32(iou[i] - mean) * f32(iou[i] - mean)));
  const std = sqrt(f32(total(candidates, squares) / Math.max(count - 1, 1)));
  column.adaptive = { levels, topK, candidates, mean, std, threshold: f32(mean + std) };
  return column.adaptive;
}

// Whether an anchor's centre lies in a box, and not just on its border.
export function isCentredIn(A, i, [x1, y1, x2, y2]) {
  const x = middle(A[4 * i], A[4 * i + 2]);
  const y = middle(A[4 * i + 1], A[4 * i + 3]);
  return Math.min(f32(x - x1), f32(x2 - x), f32(y - y1), f32(y2 - y)) > MARGIN;
}

export function labelByAtss(out, { A, columns, usable, levels, settings }) {
  out.reason.fill(REASON.NOT_NEAREST);
  const found = columns.map((column) => adaptive(A, usable, column, levels, settings.top_k));
  const rank = [REASON.BELOW_OWN_THRESHOLD, REASON.CENTER_OUTSIDE, REASON.CANDIDATE];
  const best = new Map(); // positive anchor -> its largest IoU with an object it may learn
  found.forEach(({ candidates, threshold }, g) => {
    const { box, iou } = columns[g];
    for (const i of candidates) {
      const reached = iou[i] < threshold ? 0 : isCentredIn(A, i, box) ? 2 : 1;
      if (reached > rank.indexOf(out.reason[i])) out.reason[i] = rank[reached];
      if (reached === 2 && !(iou[i] <= best.get(i))) {
        best.set(i, iou[i]);
        out.label[i] = 1;
        out.gt_index[i] = g;
      }
    }
  });
  out.adaptive = found;
}
