// The twin of anchorlab.core.matching.ssd: one best anchor for every object, then a threshold.

import { labelByMaxIou } from "./max_iou.js";

export function labelBySsd(out, given) {
  const { high } = given.settings;
  labelByMaxIou(out, { ...given, settings: { high, low: high, low_quality: true, min_pos_iou: 0, assign_all: false } });
}
