// What the matching page speaks of: the anchor, the object, and who learns from whom.

import { cellsOf } from "../../core/matching/yolov5.js";
import { height, width } from "../../core/boxes.js";
import { placeOf, sideOf } from "../../core/matching/common.js";
import { circled, escapeHtml } from "../../model/format.js";
import { settingsOf } from "../../model/matching.js";
import { say } from "../../model/sentences.js";
import { strong } from "../shared.js";

// The settings of the rule in force.
export const specOf = (stage) => settingsOf(stage.match);

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

// The level that is looked at; -1: all.
export const levelLookedAt = (stage) => (stage.level >= 0 && stage.level < stage.cells.levels.length ? stage.level : -1);

// ---- in words

// ① cup
export const nameOf = (stage, g) => `${circled(g)} ${escapeHtml(stage.className(g))}`;

// The class of an object alone.
export const nounOf = (stage, g) => escapeHtml(stage.className(g));

export const stateWord = (stage, index) => say(`matching.state_${stage.stateOf(index)}`);
export const stateMark = (stage, index) => strong(stage.stateOf(index), stateWord(stage, index));

// ①, ② and ③
export function listed(parts) {
  return parts.length < 2 ? parts.join("") : say("matching.and", { several: parts.slice(0, -1).join(", "), last: parts.at(-1) });
}

export const listedObjects = (objects) => listed(objects.map(circled));

// ① ② ③ and 4 more
export const objectsText = (objects, most = 6) =>
  objects.length <= most + 1
    ? listedObjects(objects)
    : say("matching.and_more", { several: objects.slice(0, most).map(circled).join(" "), count: objects.length - most });

// Two numbers with as many digits as it takes to tell them apart.
export function apart(a, b) {
  let digits = 2;
  while (digits < 6 && a.toFixed(digits) === b.toFixed(digits)) digits++;
  return [a, b].map((v) => v.toFixed(digits));
}

export const sidesText = ([w, h]) => `${Math.round(w)}×${Math.round(h)}`;

// ---- grids

// Where an anchor sits: its level (as the rules know it), row, col, and which of the level's shapes it has.
export const place = (stage, anchor) => placeOf(stage.levels, anchor);

// The sides [width, height] of an anchor and of an object, as rules compare them that ask for shapes.
export function sidesOf(stage, anchor, object) {
  const { level, shape } = place(stage, anchor);
  const box = stage.boxes[object];
  return { own: sideOf(level, shape), object: [width(box), height(box)] };
}

// The cells of a level that an object's anchors may be in: [neighbour, row, col], its own first.
export const cellsNear = (stage, object, level) => cellsOf(stage.story.columns[object], stage.story.levels[stage.levels.indexOf(level)]);

// Objects that lie in or beside an anchor's cell: [object, neighbour].
export function objectsNear(stage, anchor) {
  const { level, row, col } = place(stage, anchor);
  return stage.boxes.flatMap((_, g) =>
    cellsNear(stage, g, level).flatMap(([neighbour, r, c]) => (r === row && c === col ? [[g, neighbour]] : [])),
  );
}
