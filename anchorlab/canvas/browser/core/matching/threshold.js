// The twin of anchorlab.core.matching.threshold: each anchor by the object it overlaps most.

import { f32 } from "../rounding.js";
import { decide, labelByBands, REASON, tiesOf } from "./common.js";

export function labelByThreshold(out, { columns, usable, settings }) {
  const high = f32(settings.high);
  labelByBands(out, high, f32(settings.low), settings.low_negative);
  if (!settings.low_quality) return;
  for (const column of columns) {
    if (column.best < 0 || !(column.bestIou > f32(settings.min_best_iou))) continue;
    for (const i of tiesOf(column, usable)) if (out.best_iou[i] < high) decide(out, i, 1, REASON.LOW_QUALITY);
  }
}
