// The twin of anchorlab.core.matching.max_iou: objects take their best anchors, from each other if need be.

import { f32 } from "../rounding.js";
import { decide, labelByBands, REASON, tiesOf } from "./common.js";

// Objects take their best anchors, later objects from earlier ones.
export function labelByMaxIou(out, { columns, usable, settings }) {
  labelByBands(out, f32(settings.high), f32(settings.low));
  if (!settings.low_quality) return;
  columns.forEach((column, g) => {
    if (column.best < 0 || column.bestIou < f32(settings.min_pos_iou)) return;
    for (const i of !settings.assign_all ? [column.best] : tiesOf(column, usable)) {
      decide(out, i, 1, REASON.FORCED);
      out.gt_index[i] = g;
    }
  });
}
