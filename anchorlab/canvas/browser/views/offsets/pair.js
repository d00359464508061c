// The anchor and the object that are looked at: what they are, how they are drawn, and what the offsets between them say.

import { centreX, centreY } from "../../core/boxes.js";
import { encodeOffsets } from "../../core/coders/center.js";
import { PLAIN } from "../../core/coders/common.js";
import { decodeBox, encodeBox } from "../../model/coding.js";
import { say } from "../../model/sentences.js";
import { anchorBox, OBJECT } from "../shared.js";

const STATES = PALETTE.states;
export const NUMBERS = ["x", "y", "w", "h"].map((name) => `offsets.${name}`); // the paths of the four sliders

export const coderOf = (stage) => stage.settings.under("coder");

// Everything the view speaks of: the pair, the target offsets, and what the sliders or a drag say now.
export function pair(stage) {
  const { count } = stage.generated;
  const index = stage.anchor;
  const focus = stage.object;
  const object = stage.boxes[focus];
  if (index < 0 || index >= count || !object) return null;
  const anchor = anchorBox(stage, index);
  const { stride_x, stride_y } = stage.cells.levels[stage.cells.levelOfAnchor(index)];
  const cell = [stride_x, stride_y];
  const coder = coderOf(stage);
  const target = encodeBox(coder, anchor, object, cell);
  const offsets = stage.offsets ?? target;
  const changed = Boolean(stage.offsets);
  return { index, focus, object, anchor, cell, coder, target, offsets, changed, box: decodeBox(coder, anchor, offsets, cell) };
}

// Corner deltas can turn a box inside out: the same box with its corners in order.
export const upright = ([x1, y1, x2, y2]) => [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)];
export const isInsideOut = (b) => b[2] <= b[0] || b[3] <= b[1];

// One of the four numbers on the move.
export function moveOffset(stage, k, value) {
  const p = pair(stage);
  if (!p) return;
  stage.offsets = p.offsets.map((v, i) => (i === k ? value : v));
}

// The four numbers are changed on the canvas, all at once; null: back to the encoded ones. What a slider said is overtaken.
export function setOffsets(stage, offsets) {
  stage.settings.drop("offsets");
  stage.offsets = offsets;
}

// Anchor and object with an arrow from corner to corner.
export function drawPair(stage, marks, anchor, object, { small = false, name = "", index = -1 } = {}) {
  const v = stage.viewport;
  marks.box(anchor, "positive", { width: small ? 1.8 : 3 });
  marks.box(object, "object", { width: small ? 2.2 : 3 });
  const corner = (b, k) => [v.x(b[k & 1 ? 2 : 0]), v.y(b[k & 2 ? 3 : 1])];
  for (let k = 0; k < 4; k++) marks.arrow(corner(anchor, k), corner(object, k), STATES.selected.core, small ? 1.5 : 2.2);
  const from = [v.x(centreX(anchor)), v.y(centreY(anchor))];
  const to = [v.x(centreX(object)), v.y(centreY(object))];
  if (!small) marks.arrow(from, to, STATES.selected.core, 2.2);
  marks.disc(...from, small ? 2.4 : 5, STATES.positive.core);
  if (small) return;
  marks.line([[to[0] - 6, to[1]], [to[0] + 6, to[1]]], "#FFFFFF", 2);
  marks.line([[to[0], to[1] - 6], [to[0], to[1] + 6]], "#FFFFFF", 2);
  if (name) marks.tag(object, say("offsets.object", { name }), { prefer: "right" });
  if (index >= 0) marks.tag(anchor, say("offsets.anchor", { index: String(index) }), { background: STATES.positive.core, prefer: "left" });
}

// What the lines of `drawPair` mean; `changed`: the offsets decode to another box than the object.
export const pairMeans = (changed) => [
  OBJECT,
  { state: "positive", text: say("offsets.means_anchor") },
  { sign: "arrow", colour: STATES.selected.core, text: say(changed ? "offsets.means_arrow_decoded" : "offsets.means_arrow") },
  ...(changed ? [{ state: "selected", text: say("offsets.means_decoded") }] : []),
];

// A dimension line beside or below a box, as on a technical drawing.
export function dimension(stage, marks, b, side, text, colour) {
  const [x1, y1, x2, y2] = stage.viewport.box(b);
  const [gap, cap] = [20 * stage.unit, 6 * stage.unit];
  const across = side === "top" || side === "bottom";
  const [from, to] = across ? [x1, x2] : [y1, y2];
  const level = { top: y1 - gap, bottom: y2 + gap, left: x1 - gap, right: x2 + gap }[side];
  const at = (along, off = 0) => (across ? [along, level + off] : [level + off, along]);
  marks.line([at(from), at(to)], colour, 1.8);
  for (const end of [from, to]) marks.line([at(end, -cap), at(end, cap)], colour, 1.8);
  marks.tagAt(...at((from + to) / 2), text, { background: colour });
}

// "Move 8% right. Grow 44% taller.": the offsets without stds, as a person would say them. The larger of each kind
// says it best.
export function inWords([tx, ty, tw, th]) {
  const percent = (v) => `${Math.round(100 * Math.abs(v))}%`;
  const grown = (t) => percent(Math.exp(t) - 1);
  const place =
    Math.abs(tx) >= Math.abs(ty)
      ? say(tx > 0 ? "offsets.move_right" : "offsets.move_left", { percent: percent(tx) })
      : say(ty > 0 ? "offsets.move_down" : "offsets.move_up", { percent: percent(ty) });
  const size =
    Math.abs(tw) >= Math.abs(th)
      ? say(tw < 0 ? "offsets.shrink_width" : "offsets.grow_wider", { percent: grown(tw) })
      : say(th < 0 ? "offsets.shrink_height" : "offsets.grow_taller", { percent: grown(th) });
  return `${place} ${size}`;
}

// What each number says, below and above 0.
const WAYS = [["left", "right"], ["up", "down"], ["narrower", "wider"], ["flatter", "taller"]];

// "slightly right, clearly taller": what the four numbers say now.
export function atAGlance(stage) {
  const p = pair(stage);
  if (!p) return "";
  if (isInsideOut(p.box)) return say("offsets.inside_out");
  const change = encodeOffsets(p.anchor, p.box, PLAIN);
  const amountOf = (v) =>
    say(v < 0.09 ? "offsets.slightly" : v < 0.2 ? "offsets.a_bit" : v < 0.5 ? "offsets.clearly" : "offsets.far");
  const parts = change.map((raw, k) => Math.abs(raw) >= 0.005 && say(`offsets.way_${WAYS[k][raw < 0 ? 0 : 1]}`, { amount: amountOf(Math.abs(raw)) }));
  return parts.filter(Boolean).join(", ") || say("offsets.nothing");
}
