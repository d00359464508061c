// Labels while a box is being dragged: the two rules of anchorlab.core.matching, in the browser.
// A browser test holds both equal on every built-in scene.

import { boxArea, boxIou } from "./geometry.js";

export const REASON = {
  NO_OBJECTS: 0,
  OUTSIDE: 1,
  ABOVE_HIGH: 2,
  BELOW_LOW: 3,
  BETWEEN: 4,
  LOW_QUALITY: 5,
  GREEDY: 6,
  BELOW_THRESHOLD: 7,
};

// IoU of every anchor with every box, flat: row = anchor, column = box.
export function pairwiseIou(A, boxes) {
  const count = A.length / 4;
  const G = boxes.length;
  const iou = new Float32Array(count * G);
  for (let g = 0; g < G; g++) {
    const b = boxes[g].map(Math.fround);
    const area = boxArea(b);
    for (let i = 0; i < count; i++) iou[i * G + g] = boxIou(A, i, b[0], b[1], b[2], b[3], area);
  }
  return iou;
}

// A: Float32Array (4 * anchors), boxes: [[x1, y1, x2, y2], ...], usable: Uint8Array or null.
export function matchAnchors(A, boxes, spec, usable) {
  const count = A.length / 4;
  const G = boxes.length;
  const out = {
    label: new Int8Array(count),
    gt_index: new Int32Array(count).fill(-1),
    best_iou: new Float32Array(count),
    reason: new Int8Array(count),
    best_anchor: new Int32Array(G).fill(-1),
    best_anchor_iou: new Float32Array(G),
    rounds: [],
  };
  const iou = pairwiseIou(A, boxes);
  for (let g = 0; g < G; g++) {
    for (let i = 0; i < count; i++) {
      const value = iou[i * G + g];
      if (value > out.best_iou[i] || out.gt_index[i] < 0) {
        out.best_iou[i] = value;
        out.gt_index[i] = g;
      }
      if ((!usable || usable[i]) && (value > out.best_anchor_iou[g] || out.best_anchor[g] < 0)) {
        out.best_anchor_iou[g] = value;
        out.best_anchor[g] = i;
      }
    }
  }
  if (spec.rule === "greedy") labelGreedy(out, iou, count, G, spec, usable);
  else labelByThresholds(out, iou, count, G, spec, usable);
  out.iou = iou;
  return out;
}

function labelByThresholds(out, iou, count, G, spec, usable) {
  const high = Math.fround(spec.high);
  const low = Math.fround(spec.low);
  for (let i = 0; i < count; i++) {
    if (usable && !usable[i]) {
      out.label[i] = -1;
      out.reason[i] = REASON.OUTSIDE;
      continue;
    }
    if (!G) {
      out.reason[i] = REASON.NO_OBJECTS;
      continue;
    }
    const best = out.best_iou[i];
    if (best >= high) {
      out.label[i] = 1;
      out.reason[i] = REASON.ABOVE_HIGH;
    } else if (best < low) {
      out.reason[i] = REASON.BELOW_LOW;
    } else {
      out.label[i] = -1;
      out.reason[i] = REASON.BETWEEN;
    }
    if (spec.low_quality && out.label[i] !== 1) {
      for (let g = 0; g < G; g++) {
        const best = out.best_anchor_iou[g];
        if (best > 0 && iou[i * G + g] === best) {
          out.label[i] = 1;
          out.reason[i] = REASON.LOW_QUALITY;
          break;
        }
      }
    }
  }
}

function labelGreedy(out, iou, count, G, spec, usable) {
  const high = Math.fround(spec.high);
  for (let i = 0; i < count; i++) {
    if (usable && !usable[i]) {
      out.label[i] = -1;
      out.reason[i] = REASON.OUTSIDE;
    } else if (!G) {
      out.reason[i] = REASON.NO_OBJECTS;
    } else if (out.best_iou[i] >= high) {
      out.label[i] = 1;
      out.reason[i] = REASON.ABOVE_HIGH;
    } else {
      out.reason[i] = REASON.BELOW_THRESHOLD;
    }
  }
  // Each object's best free anchor is remembered; only those that lose theirs look again.
  const taken = new Uint8Array(count);
  const done = new Uint8Array(G);
  const rows = new Int32Array(G).fill(-1);
  const values = new Float32Array(G);
  const scan = (g) => {
    rows[g] = -1;
    values[g] = -1;
    for (let i = 0; i < count; i++) {
      if (taken[i] || (usable && !usable[i])) continue;
      if (iou[i * G + g] > values[g]) {
        values[g] = iou[i * G + g];
        rows[g] = i;
      }
    }
  };
  for (let g = 0; g < G; g++) scan(g);
  for (let round = 0; round < G; round++) {
    let best = -1;
    for (let g = 0; g < G; g++) {
      if (done[g] || rows[g] < 0) continue;
      if (best < 0 || values[g] > values[best] || (values[g] === values[best] && rows[g] < rows[best]))
        best = g;
    }
    if (best < 0) return;
    const anchor = rows[best];
    taken[anchor] = 1;
    done[best] = 1;
    out.label[anchor] = 1;
    out.reason[anchor] = REASON.GREEDY;
    out.gt_index[anchor] = best;
    out.rounds.push([anchor, best, values[best]]);
    for (let g = 0; g < G; g++) if (!done[g] && rows[g] === anchor) scan(g);
  }
}
