// One box, written in four numbers by each library and read back.

import { pixels } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { centreX, centreY, height, width } from "../../core/boxes.js";

const STATES = PALETTE.states;

export function drawCoder(stage, marks, ctx, side) {
  const { pair, sides: both, given } = stage.data;
  if (!pair) return;
  const { anchor, object } = pair;
  const read = both[side].box;
  const still = both.every((s) => s.box?.every((value, k) => Math.abs(value - both[0].box[k]) < 1e-3));
  stage.light(ctx, read, side ? 0.85 : 0.6);
  marks.box(anchor, "positive", { width: 2.4 });
  if (!given) marks.box(object, "object", { width: 2.4 });
  marks.box(read, side && !still ? "ignored" : "kept", { width: 3, colour: side && !still ? STATES.ignored.core : undefined });
  const from = [stage.viewport.x(centreX(anchor)), stage.viewport.y(centreY(anchor))];
  const to = [stage.viewport.x(centreX(read)), stage.viewport.y(centreY(read))];
  marks.arrow(from, to, STATES.selected.core, 2.2);
  marks.tag(anchor, say("rosetta.anchor"), { background: STATES.positive.core, prefer: "left", size: 12 });
  if (!given) marks.tag(object, stage.data.case ? say("rosetta.object") : stage.objectName(pair.gt), { prefer: "right", size: 12 });
  const size = { width: pixels(width(read)), height: pixels(height(read)) };
  const told = given || side === 0 ? say("rosetta.reads", size) : say("rosetta.reads_a", size);
  const colour = side && !still ? STATES.ignored.core : STATES.kept.core;
  marks.tag(read, told, { background: colour, prefer: "below", must: true });
}
