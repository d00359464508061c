// The twin of anchorlab.core.matching.greedy: one anchor for every object, round by round.

import { f32 } from "../rounding.js";
import { decide, REASON } from "./common.js";

export function labelGreedily(out, { columns, usable, settings }) {
  out.rounds = []; // [anchor, object, IoU]
  const count = out.label.length;
  const high = f32(settings.high);
  for (let i = 0; i < count; i++) {
    if (out.best_iou[i] >= high) decide(out, i, 1, REASON.ABOVE_HIGH);
    else decide(out, i, 0, REASON.BELOW_THRESHOLD);
  }
  // Each object's best free anchor is remembered; only those that lose theirs look again.
  const taken = new Uint8Array(count);
  const done = new Uint8Array(columns.length);
  const rows = columns.map(({ best }) => best);
  const values = columns.map(({ best, bestIou }) => (best < 0 ? -1 : bestIou));
  const scan = (g) => {
    rows[g] = -1;
    values[g] = -1;
    const { iou } = columns[g];
    for (let i = 0; i < count; i++) {
      if (iou[i] > values[g] && !taken[i] && (!usable || usable[i])) {
        values[g] = iou[i];
        rows[g] = i;
      }
    }
  };
  for (let round = 0; round < columns.length; round++) {
    let best = -1;
    for (let g = 0; g < columns.length; g++) {
      if (done[g] || rows[g] < 0) continue;
      if (best < 0 || values[g] > values[best] || (values[g] === values[best] && rows[g] < rows[best])) best = g;
    }
    if (best < 0) return;
    const anchor = rows[best];
    taken[anchor] = 1;
    done[best] = 1;
    decide(out, anchor, 1, REASON.GREEDY);
    out.gt_index[anchor] = best;
    out.rounds.push([anchor, best, values[best]]);
    for (let g = 0; g < columns.length; g++) if (!done[g] && rows[g] === anchor) scan(g);
  }
}
