// Suppression by area: the twin of anchorlab.core.suppression.score_free.

import { boxArea, boxAt } from "../boxes.js";
import { byScore, measured, takingPart } from "./common.js";
import { suppress } from "./hard.js";

const LEFT_OUT = -1; // less than any area

// The areas of those that take part.
export function areasOf(data, settings) {
  const boxes = measured(data, settings);
  const areas = new Float32Array(data.scores.length).fill(LEFT_OUT);
  for (const i of takingPart(data, settings, [])) areas[i] = boxArea(boxAt(boxes, i));
  return areas;
}

export function suppressByArea(data, settings) {
  const scores = areasOf(data, settings);
  const inTurn = { ...data, scores, order: byScore(scores, settings.ties) };
  const trace = suppress(inTurn, { ...settings, shift_classes: false, score_threshold: 0, top_k: null });
  takingPart(data, settings, trace.status);
  return { ...trace, final_scores: Float32Array.from(data.scores) };
}
