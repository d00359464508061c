// How far each corner is from the anchor's, in anchor sizes.

import { width } from "../../../core/boxes.js";
import { rawOffsets } from "../../../model/coding.js";
import { pixels, signed } from "../../../model/format.js";
import { say } from "../../../model/sentences.js";
import { fraction } from "../../shared.js";
import { isInsideOut } from "../pair.js";
import { by, divisor, own, percent, restored, shift, sideOf, wayOf } from "./common.js";

export const corner = {
  encoding: ({ anchor, object, coder }, k) =>
    fraction(`${own(object[k])} − ${by(anchor[k])}`, `${by(sideOf(anchor, k))}${divisor(coder, k)}`) + shift(coder, k),

  decoding: (p, k) => `${by(p.anchor[k])} + (${restored(p, k)}) · ${by(sideOf(p.anchor, k))}`,

  decoded: (box, k) => box[k],

  words(p, k) {
    const raw = rawOffsets(p.coder, p.offsets)[k];
    const share = { percent: percent(raw) };
    if (share.percent === "0%") return say(`coders.corner.kept_${k}`);
    // The formula of decoding is long.
    return p.changed ? say(`coders.corner.short_${wayOf(raw, k)}`, share) : say(`coders.corner.side_${k}_${wayOf(raw, k)}`, share);
  },

  tried: [[0, 4], [2, -4], [0, -4]],
  question: (drag) => say("offsets.predict_turned", drag),
  answer({ anchor, coder }, k, offsets, box) {
    const sides = { moved: pixels(box[k]), other: pixels(box[2 - k]) };
    if (isInsideOut(box)) return say(k ? "coders.corner.turned_right" : "coders.corner.turned_left", sides);
    const turn = signed(((box[2 - k] - anchor[k]) / width(anchor) - coder.means[k]) / coder.stds[k]);
    return say(k ? "coders.corner.not_turned_right" : "coders.corner.not_turned_left", { ...sides, turn });
  },

  guard: () => say("coders.corner.guard"),
  roundTrip: () => undefined,
};
