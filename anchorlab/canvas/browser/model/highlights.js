// What is worth pointing at where nobody has pointed: `session/highlights.py`, for labels that Python has not answered yet.

// An ignored anchor of the hardest object, which raises the question of Matching.
export function anchorWorthSeeing({ label, gt_index, best_iou, best_anchor }) {
  if (!best_anchor.length || !label.length) return -1;
  const positives = new Int32Array(best_anchor.length);
  const ignored = Array.from(best_anchor, () => []);
  label.forEach((kind, i) => {
    if (kind === 1) positives[gt_index[i]]++;
    else if (kind === -1 && gt_index[i] >= 0 && best_iou[i] > 0) ignored[gt_index[i]].push(i);
  });
  const hardest = Array.from(positives.keys()).sort((a, b) => positives[a] - positives[b]);
  const gt = hardest.find((of) => ignored[of].length);
  if (gt === undefined) return best_anchor[hardest[0]];
  const own = ignored[gt].sort((a, b) => best_iou[a] - best_iou[b]);
  return own[Math.floor(own.length / 2)];
}

// The best positive anchor: its class and its box both cost something.
export function anchorThatCosts({ label, best_iou }) {
  let best = -1;
  label.forEach((kind, i) => {
    if (kind === 1 && (best < 0 || best_iou[i] > best_iou[best])) best = i;
  });
  return best;
}
