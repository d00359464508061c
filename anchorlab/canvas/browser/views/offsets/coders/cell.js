// Where in its cell the centre lies, and the logs of the side ratios.

import { placeInCell } from "../../../core/coders/cell.js";
import { sigmoid } from "../../../core/rounding.js";
import { signed } from "../../../model/format.js";
import { say } from "../../../model/sentences.js";
import { fraction, number } from "../../shared.js";
import { by, grown, growthWords, logOf, MEASURES, own, percent } from "./common.js";

export const cell = {
  encoding(p, k) {
    if (k >= 2) return logOf(p, k);
    const side = p.cell[k];
    const from = MEASURES[k](p.anchor) - side / 2;
    return `<span class="fn">logit </span>${fraction(`${own(MEASURES[k](p.object))} − ${by(from)}`, own(side))}`;
  },

  decoding(p, k) {
    const t = number(signed(p.offsets[k]));
    if (k >= 2) return grown(p, k, t);
    const side = p.cell[k];
    return `${by(MEASURES[k](p.anchor) - side / 2)} + <span class="fn">σ(${t})</span> · ${own(side)}`;
  },

  decoded: (box, k) => MEASURES[k](box),

  words(p, k) {
    if (k >= 2) return growthWords(p, k);
    const place = p.changed ? sigmoid(p.offsets[k]) : placeInCell(p.anchor, p.object, p.cell)[k];
    if (place < 0 || place > 1) return say("coders.cell.outside");
    return say(k ? "coders.cell.down" : "coders.cell.across", { percent: percent(place) });
  },

  tried: [[0, 4], [0, -4]],
  question: (drag) => say("coders.cell.predict", drag),
  answer: (p, k, offsets) => say("coders.cell.never_leaves", { percent: `${(100 * sigmoid(offsets[k])).toFixed(1)}%` }),

  guard: () => say("coders.cell.guard"),
  roundTrip: ({ anchor, object, cell }, miss) =>
    placeInCell(anchor, object, cell).some((v) => v <= 0 || v >= 1) ? say("coders.cell.round_trip_outside", { miss }) : undefined,
};
