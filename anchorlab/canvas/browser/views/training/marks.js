// On the picture: what a training predicts after a step, or what each anchor costs it.

import { two } from "../../model/format.js";
import { boxAt } from "../../core/boxes.js";
import { frameOf } from "./film.js";

const WEAK = 0.03; // of less sure predictions nothing is drawn

export const isSure = (stage, { scores, kept }, k) => Boolean(kept[k]) && scores[k] >= stage.data.least;

export const isFaint = (stage, frame, k) => !isSure(stage, frame, k) && frame.scores[k] >= WEAK;

export function drawPredictions(stage, marks, ctx, side) {
  const frame = frameOf(stage, side);
  const { boxes, scores, ids } = frame;
  const all = Array.from(scores, (_, k) => k);
  const sure = all.filter((k) => isSure(stage, frame, k));
  stage.lightUnion(ctx, sure.map((k) => boxAt(boxes, k)), 0.7);
  for (const k of all.filter((k) => isFaint(stage, frame, k)).reverse()) {
    marks.box(boxAt(boxes, k), "waiting", { bare: true, alpha: Math.min(0.9, 0.15 + scores[k]) });
  }
  stage.drawObjects(marks, { width: 1.6, names: !sure.length });
  for (const k of sure.reverse()) {
    const b = boxAt(boxes, k);
    marks.box(b, "kept");
    marks.tag(b, `${stage.classes[ids[k]]} ${two(scores[k])}`, { background: PALETTE.states.kept.core, size: 12 });
  }
}

// Each cell is lit by what its anchors cost; the positive ones are outlined, the dearer the stronger.
export function drawLoss(stage, marks, ctx, side) {
  const { data } = stage;
  const { cost } = frameOf(stage, side);
  const anchors = data[`${side}_anchors`];
  let index = 0;
  for (const [stride, shapes, cols, rows] of data.sides["ab".indexOf(side)].levels) {
    for (let row = 0; row < rows; row++) {
      for (let col = 0; col < cols; col++) {
        let sum = 0;
        for (let s = 0; s < shapes; s++, index++) sum += (cost[index] / 255) ** 2;
        const light = Math.min(1, Math.sqrt(sum));
        if (light > 0.04) stage.light(ctx, [col * stride, row * stride, (col + 1) * stride, (row + 1) * stride], light);
      }
    }
  }
  data[`${side}_label`].forEach((label, i) => {
    if (label === 1) marks.box(boxAt(anchors, i), "positive", { width: 1.6, bare: true, alpha: 0.3 + (0.7 * cost[i]) / 255 });
  });
  stage.drawObjects(marks, { width: 2 });
}
