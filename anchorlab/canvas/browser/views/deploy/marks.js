// On the picture: the boxes that all bits leave, and beside them those of fewer bits.

import { say } from "../../model/sentences.js";
import { two } from "../../model/format.js";
import { boxBefore, boxNow } from "./fates.js";

const STATES = PALETTE.states;
export const STATE = { stays: "kept", moved: "kept", lost: "suppressed", new: "ignored" };

const nameOf = ({ data }, of, row) => `${data.names[of.ids[row]]} ${two(of.scores[row])}`;

export function drawWhole(stage, marks, ctx, fates, asked) {
  const [full] = stage.data.variants;
  stage.lightUnion(ctx, full.boxes, 0.7);
  fates.forEach((fate, k) => {
    const box = boxBefore(stage, fate);
    if (!box) return;
    marks.box(box, "kept");
    if (k === asked) marks.ring(box, 4);
    marks.tag(box, nameOf(stage, full, fate.whole), { background: STATES.kept.core, size: 12, must: k === asked });
  });
}

export function drawLeft(stage, marks, ctx, fates, asked, variant) {
  const [full] = stage.data.variants;
  stage.lightUnion(ctx, variant.boxes, 0.7);
  fates.forEach((one, k) => {
    const { fate, whole, now } = one;
    const box = boxNow(stage, variant, one);
    if (fate === "moved") marks.box(boxBefore(stage, one), "waiting");
    marks.box(box, STATE[fate]);
    if (k === asked) marks.ring(box, 4);
    const name = fate === "lost" ? nameOf(stage, full, whole) : nameOf(stage, variant, now);
    const text = fate === "stays" ? `✓ ${name}` : `${{ moved: "→", lost: "×", new: "+" }[fate]} ${say(`deploy.fate_${fate}`)}: ${name}`;
    marks.tag(box, text, { background: STATES[STATE[fate]].core, size: 12, must: k === asked || fate !== "stays" });
  });
}
