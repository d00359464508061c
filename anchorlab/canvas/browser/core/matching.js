// Labels while a box is being dragged: the rules of anchorlab.core.matching, in the browser.
// Tests hold both equal on every built-in scene.

import { columnsOf, tiesOf } from "./columns.js";
import { labelByAtss, labelByYolo, labelByYolov5 } from "./matching_grids.js";
import { REASON } from "./reasons.js";

// A: Float32Array (4 * anchors), boxes: [[x1, y1, x2, y2], ...], spec: the rule and its settings,
// usable: Uint8Array or null, levels: of rules that know grids, as in levels.js, memory: see columns.js.
export function matchAnchors(A, boxes, spec, usable = null, levels = null, memory = {}) {
  const count = A.length / 4;
  const columns = columnsOf(A, usable, boxes, memory);
  const out = {
    label: new Int8Array(count),
    gt_index: new Int32Array(count).fill(boxes.length ? 0 : -1),
    best_iou: columns.length ? columns[0].iou.slice() : new Float32Array(count),
    reason: new Int8Array(count),
    best_anchor: Int32Array.from(columns, ({ best }) => best),
    best_anchor_iou: Float32Array.from(columns, ({ bestIou }) => bestIou),
    rounds: [],
    columns,
  };
  const { best_iou, gt_index } = out;
  for (let g = 1; g < columns.length; g++) {
    const { iou } = columns[g];
    for (let i = 0; i < count; i++) {
      if (iou[i] > best_iou[i]) {
        best_iou[i] = iou[i];
        gt_index[i] = g;
      }
    }
  }
  const given = { A, columns, usable, levels, spec };
  if (!columns.length) {
    for (let i = 0; i < count; i++) decide(out, i, 0, REASON.NO_OBJECTS);
  } else {
    RULES[spec.rule](out, given);
  }
  // Whoever leaves the image does not take part, whatever a rule says.
  if (usable) for (let i = 0; i < count; i++) if (!usable[i]) decide(out, i, -1, REASON.OUTSIDE);
  return out;
}

function decide(out, i, label, reason) {
  out.label[i] = label;
  out.reason[i] = reason;
}

// By the best IoU alone.
function labelByBands(out, high, low, lowNegative = false) {
  const { best_iou } = out;
  for (let i = 0; i < best_iou.length; i++) {
    const best = best_iou[i];
    if (best >= high) decide(out, i, 1, REASON.ABOVE_HIGH);
    else if (best < low || (lowNegative && best === low)) decide(out, i, 0, REASON.BELOW_LOW);
    else decide(out, i, -1, REASON.BETWEEN);
  }
}

function labelByThreshold(out, { columns, usable, spec }) {
  const high = Math.fround(spec.high);
  labelByBands(out, high, Math.fround(spec.low), spec.low_negative);
  if (!spec.low_quality) return;
  for (const column of columns) {
    if (column.best < 0 || !(column.bestIou > Math.fround(spec.min_best_iou ?? 0))) continue;
    for (const i of tiesOf(column, usable)) if (out.best_iou[i] < high) decide(out, i, 1, REASON.LOW_QUALITY);
  }
}

// Objects take their best anchors, later objects from earlier ones.
function labelByMaxIou(out, { columns, usable, spec }) {
  labelByBands(out, Math.fround(spec.high), Math.fround(spec.low));
  if (!spec.low_quality) return;
  columns.forEach((column, g) => {
    if (column.best < 0 || column.bestIou < Math.fround(spec.min_pos_iou ?? 0)) return;
    for (const i of spec.assign_all === false ? [column.best] : tiesOf(column, usable)) {
      decide(out, i, 1, REASON.FORCED);
      out.gt_index[i] = g;
    }
  });
}

function labelBySsd(out, given) {
  const { high } = given.spec;
  labelByMaxIou(out, { ...given, spec: { high, low: high, low_quality: true, assign_all: false } });
}

function labelGreedily(out, { columns, usable, spec }) {
  const count = out.label.length;
  const high = Math.fround(spec.high);
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

const RULES = {
  threshold: labelByThreshold,
  greedy: labelGreedily,
  "max-iou": labelByMaxIou,
  ssd: labelBySsd,
  atss: labelByAtss,
  yolo: labelByYolo,
  yolov5: labelByYolov5,
};
