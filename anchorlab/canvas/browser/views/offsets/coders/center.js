// The shift of the centre in anchor sizes, and the logs of the side ratios.

import { height, width } from "../../../core/boxes.js";
import { boundedGrowth, rawOffsets } from "../../../model/coding.js";
import { pixels, signed } from "../../../model/format.js";
import { say } from "../../../model/sentences.js";
import { fraction, number } from "../../shared.js";
import { by, divisor, grown, growthWords, logOf, MEASURES, own, percent, restored, shift, sideOf, wayOf } from "./common.js";

export const center = {
  encoding(p, k) {
    const { anchor, object, coder } = p;
    if (k < 2) {
      const [to, from] = [MEASURES[k](object), MEASURES[k](anchor)];
      return fraction(`${own(to)} − ${by(from)}`, `${by(sideOf(anchor, k))}${divisor(coder, k)}`) + shift(coder, k);
    }
    const log = logOf(p, k, coder.eps ? " + 10⁻⁶" : "");
    return (coder.stds[k] !== 1 ? fraction(log, number(coder.stds[k])) : log) + shift(coder, k);
  },

  decoding(p, k) {
    const t = restored(p, k);
    return k < 2 ? `${by(MEASURES[k](p.anchor))} + (${t}) · ${by(sideOf(p.anchor, k))}` : grown(p, k, t);
  },

  decoded: (box, k) => MEASURES[k](box),

  words(p, k) {
    if (k >= 2) return growthWords(p, k);
    const raw = rawOffsets(p.coder, p.offsets)[k];
    const share = { percent: percent(raw) };
    return share.percent === "0%" ? say("coders.center.not_moved") : say(`coders.center.by_${wayOf(raw, k)}`, share);
  },

  tried: [[2, -4], [3, -4], [2, 4]],
  question: (drag) => say("offsets.predict_turned", drag),
  answer({ anchor, coder }, k, offsets, box) {
    const growth = signed(boundedGrowth(coder, rawOffsets(coder, offsets)[k]));
    const told = (measure) => ({ side: pixels(measure(anchor)), growth, now: measure(box).toFixed(1) });
    return k === 2 ? say("coders.center.never_turned_wide", told(width)) : say("coders.center.never_turned_tall", told(height));
  },

  guard({ coder, offsets }) {
    const growth = rawOffsets(coder, offsets).slice(2);
    if (growth.every((g) => boundedGrowth(coder, g) === g)) return say("coders.center.guard");
    const times = { times: Math.exp(coder.clamp).toFixed(1) };
    return say(coder.clamp_both ? "coders.center.bounded_both" : "coders.center.bounded_above", times);
  },

  roundTrip: ({ coder }, miss) => (coder.eps ? say("coders.center.round_trip_eps", { miss }) : undefined),
};
