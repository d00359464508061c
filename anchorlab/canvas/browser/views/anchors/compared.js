// The shapes as another reading of the ratios would have them.

import { whole } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { sizeText } from "../shared.js";
import { shapeColour } from "./cell.js";

// What is said of the reading that the shapes are compared with, if they are.
export const comparison = ({ data, grid }) => data.compare_notes[grid.compare];

// The other reading's shapes: thin dashes a little outside, so that a box that both have shows both lines. Where
// the other reading only permutes the boxes, one of them is followed to the shape it becomes.
export function drawOther(stage, marks, cell) {
  const { grid, viewport } = stage;
  const [cx, cy] = stage.centre(cell);
  const gap = (4 * marks.unit) / viewport.scale;
  const around = (w, h, more) => [cx - w / 2 - more, cy - h / 2 - more, cx + w / 2 + more, cy + h / 2 + more];
  const own = grid.table.filter((c) => c.shape >= 0);
  for (const c of own) marks.box(around(c.other_w, c.other_h, gap), "waiting", { width: 1.2, colour: "#FFFFFF", bare: true });
  const close = (a, b) => Math.abs(a.other_w - b.w) + Math.abs(a.other_h - b.h) < 1;
  const permuted = own.every((c) => own.some((d) => close(c, d)));
  const hovered = stage.hover?.kind === "shape" ? own.find((c) => c.shape === stage.hover.index) : null;
  const pair = hovered ?? (permuted ? own.reduce((a, c) => (c.w / c.h > a.w / a.h || (c.w / c.h === a.w / a.h && c.w > a.w) ? c : a)) : null);
  let text = comparison(stage).legend;
  if (pair) {
    const [was, becomes] = [around(pair.w, pair.h, 0), around(pair.other_w, pair.other_h, gap)];
    const colour = shapeColour(stage, pair.shape);
    marks.box(was, "object", { width: 4, colour });
    marks.box(becomes, "waiting", { width: 3.2, colour: "#FFFFFF" });
    if (!close(pair, pair)) {
      marks.tag(was, sizeText(was), { background: "#14181F", colour, size: 12.5, prefer: "right" });
      marks.tag(becomes, say("anchors.becomes", { width: whole(pair.other_w), height: whole(pair.other_h) }), { size: 12.5 });
    }
  }
  if (permuted) text = stage.narrow ? say("anchors.permuted") : say("anchors.permuted_of", { legend: text });
  marks.tagAt(viewport.width / 2, 16 * marks.unit, text, { size: 12.5, must: true });
}
