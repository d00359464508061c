// The twin of anchorlab.core.matching.threshold: each anchor by the object it overlaps most.

import { decide, labelByBands, REASON, tiesOf } from "./common.js";

export function labelByThreshold(out, { columns, usable, settings }) {
  const high = Math.fround(settings.high);
  labelByBands(out, high, Math.fround(settings.low), settings.low_negative);
  if (!settings.low_quality) return;
  for (const column of columns) {
    if (column.best < 0 || !(column.bestIou > Math.fround(settings.min_best_iou))) continue;
    for (const i of tiesOf(column, usable)) if (out.best_iou[i] < high) decide(out, i, 1, REASON.LOW_QUALITY);
  }
}
