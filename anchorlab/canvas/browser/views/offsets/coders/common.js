// What the coders' formulas share. A coder says
//   encoding(pair, k), decoding(pair, k)  the k-th formula with the reader's numbers, without its result
//   decoded(box, k)                       what the k-th number decides of the decoded box
//   words(pair, k)                        what it says
//   tried                                 [k, value] to try out, one more than can be set at once
//   question({ name, value })             what is asked of that, and
//   answer(pair, k, offsets, box)         what comes of it, decoding to that box
//   guard(pair)                           what it does about wild numbers
//   roundTrip(pair, miss)                 why decode(encode(object)) misses; undefined: for no reason of its own

import { centreX, centreY, height, width } from "../../../core/boxes.js";
import { boundedGrowth, rawOffsets } from "../../../model/coding.js";
import { pixels, signed } from "../../../model/format.js";
import { say } from "../../../model/sentences.js";
import { number } from "../../shared.js";

export const by = (v) => number(pixels(v), "positive");
export const own = (v) => number(pixels(v));
export const percent = (v) => `${Math.round(Math.abs(v) * 100)}%`;

// Which side of anchor, box and decoded box the k-th number is about, of coders that tell centre and sides.
export const MEASURES = [centreX, centreY, width, height];
export const sideOf = (box, k) => (k % 2 ? height(box) : width(box));
export const wayOf = (raw, k) => (k % 2 ? (raw > 0 ? "down" : "up") : raw > 0 ? "right" : "left");

// A std and a mean within a formula that encodes, and a number with both within one that decodes; what changes nothing
// is left out.
export const divisor = ({ stds }, k) => (stds[k] !== 1 ? ` · ${number(stds[k])}` : "");
export const shift = ({ means }, k) => (means[k] ? ` − ${number(means[k])}` : "");
export const restored = ({ coder, offsets }, k) =>
  `${number(signed(offsets[k]))}${divisor(coder, k)}${coder.means[k] ? ` + ${number(coder.means[k])}` : ""}`;

export const logOf = ({ anchor, object }, k, tiny = "") =>
  `<span class="fn">ln ( ${own(MEASURES[k](object))} / ${by(MEASURES[k](anchor))}${tiny} )</span>`;

// A side by its logarithm; `t`: the number as the formula has it.
export function grown({ anchor, coder, offsets }, k, t) {
  const growth = rawOffsets(coder, offsets)[k];
  const kept = boundedGrowth(coder, growth);
  return `${by(MEASURES[k](anchor))} · exp(${kept === growth ? t : number(signed(kept))})`;
}

export function growthWords({ coder, offsets }, k) {
  const raw = rawOffsets(coder, offsets)[k];
  const kept = boundedGrowth(coder, raw);
  if (kept !== raw) return say("offsets.bounded", { growth: signed(raw) });
  const factor = Math.exp(kept);
  const times = factor > 1e4 || factor < 0.005 ? factor.toExponential(0) : factor.toFixed(factor > 100 ? 0 : 2);
  return say(k === 2 ? "offsets.times_wide" : "offsets.times_tall", { times });
}
