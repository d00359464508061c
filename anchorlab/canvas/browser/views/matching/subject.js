// What the matching page speaks of: the anchor, the object, the greedy round, and who learns from whom.

import { cellsOf, placeOf } from "../../core/matching_grids.js";
import { circled, escapeHtml } from "../../model/format.js";

export const ruleOf = (stage) => stage.data.match.rule;

// The object under discussion: the selected one, else the one the selected anchor belongs to.
export function focusOf(stage) {
  if (stage.hover?.kind === "anchor" && stage.hover.object >= 0) return stage.hover.object;
  if (stage.hover?.kind === "object") return stage.hover.index;
  if (stage.object >= 0) return stage.object;
  const anchor = anchorOf(stage);
  return anchor >= 0 ? stage.labels.gt_index[anchor] : stage.boxes.length - 1;
}

export function anchorOf(stage) {
  const index = stage.hover?.kind === "anchor" ? stage.hover.index : stage.anchor;
  return index >= 0 && index < stage.anchors.length / 4 ? index : -1;
}

// The pair that picture, formula and "why" speak of; an index is -1 where there is none.
export const pairOf = (stage) => ({ anchor: anchorOf(stage), object: focusOf(stage) });

// ① cup
export const nameOf = (stage, g) => `${circled(g)} ${escapeHtml(stage.className(g))}`;

// The level that is looked at; -1: all.
export const levelLookedAt = (stage) => (stage.level >= 0 && stage.level < stage.cells.levels.length ? stage.level : -1);

// ---- greedy rounds

export function rounds(stage) {
  if (ruleOf(stage) !== "greedy") return [];
  if (stage.stale) return stage.labels.rounds;
  const { round_anchor = [], round_gt = [], round_iou = [] } = stage.data;
  return Array.from(round_anchor, (anchor, k) => [anchor, round_gt[k], round_iou[k]]);
}

// Steps 1 ... n take one pair each; the last step applies the threshold to everyone left.
export function greedyStep(stage) {
  const total = rounds(stage).length + 1;
  const step = stage.step < 1 || stage.step > total ? total : stage.step;
  return { step, total, final: step === total };
}

// ---- who learns from whom

// YOLOv5's pairs of an anchor: [object, neighbour, factor].
export function pairsOf(stage, anchor) {
  const { story } = stage;
  if (!story.pairsByAnchor) {
    story.pairsByAnchor = new Map();
    for (const [i, ...pair] of story.pairs ?? []) {
      if (!story.pairsByAnchor.has(i)) story.pairsByAnchor.set(i, []);
      story.pairsByAnchor.get(i).push(pair);
    }
  }
  return story.pairsByAnchor.get(anchor) ?? [];
}

// The positive anchors of an object.
export function anchorsOf(stage, object) {
  if (ruleOf(stage) === "yolov5") return stage.story.pairs.flatMap(([anchor, g]) => (g === object ? [anchor] : []));
  const { label, gt_index } = stage.labels;
  const found = [];
  for (let i = 0; i < label.length; i++) if (label[i] === 1 && gt_index[i] === object) found.push(i);
  return found;
}

// Every object that some anchor learns.
export function taught(stage) {
  if (ruleOf(stage) === "yolov5") return new Set((stage.story.pairs ?? []).map(([, g]) => g));
  const found = new Set();
  stage.labels.label.forEach((label, i) => label === 1 && found.add(stage.labels.gt_index[i]));
  return found;
}

// ---- grids

// Where an anchor sits: its level (as the rules know it), row, col, and which of the level's shapes it has.
export const place = (stage, anchor) => placeOf(stage.levels, anchor);

// The cells of a level that an object's anchors may be in: [neighbour, row, col], its own first.
export const cellsNear = (stage, object, level) => cellsOf(stage.story.columns[object], level);

// Objects that lie in or beside an anchor's cell: [object, neighbour].
export function objectsNear(stage, anchor) {
  const { level, row, col } = place(stage, anchor);
  return stage.boxes.flatMap((_, g) =>
    cellsNear(stage, g, level).flatMap(([neighbour, r, c]) => (r === row && c === col ? [[g, neighbour]] : [])),
  );
}
