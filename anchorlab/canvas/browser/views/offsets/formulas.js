// The four formulas of the chosen coder with the reader's numbers: encoding, or, once a number was
// changed, decoding.

import { placeInCell } from "../../core/coders/cell.js";
import { sigmoid } from "../../core/rounding.js";
import { boundedGrowth, rawOffsets } from "../../model/coding.js";
import { pixels, signed } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { centreX, centreY, height, width } from "../../core/boxes.js";
import { fraction, number, result } from "../shared.js";

const NAMES = { center: ["x", "y", "w", "h"], corner: ["x1", "y1", "x2", "y2"], cell: ["x", "y", "w", "h"] };
export const namesOf = ({ kind }) => NAMES[kind];

const by = (v) => number(pixels(v), "positive");
const own = (v) => number(pixels(v));
const percent = (v) => `${Math.round(Math.abs(v) * 100)}%`;

// Which side of anchor, box and decoded box the k-th number is about.
const MEASURES = [centreX, centreY, width, height];

export function formulaOf(p, coder, k) {
  const name = namesOf(coder)[k];
  const t = `<span><i>t</i><sub><i>${name}</i></sub></span>`;
  const body = p.changed ? decoding(p, coder, k) : encoding(p, coder, k);
  const [out, symbol] = p.changed
    ? [pixels(coder.kind === "corner" ? p.box[k] : MEASURES[k](p.box)), `<i>${name[0]}</i>${name[1] ? `<sub>${name[1]}</sub>` : ""}`]
    : [signed(p.target[k]), t];
  return { html: `${symbol} = ${body} = ${result(out)}`, spoken: say(p.changed ? "offsets.spoken_decoded" : "offsets.spoken_encoded", { name, value: out }) };
}

function encoding(p, coder, k) {
  const { anchor, object } = p;
  const std = coder.kind === "cell" ? 1 : coder.stds[k];
  const mean = coder.kind === "cell" ? 0 : coder.means[k];
  const divide = std !== 1 ? ` · ${number(std)}` : "";
  const shift = mean ? ` − ${number(mean)}` : "";
  const size = k % 2 ? height(anchor) : width(anchor);
  if (coder.kind === "corner") return fraction(`${own(object[k])} − ${by(anchor[k])}`, `${by(size)}${divide}`) + shift;
  const [to, from] = [MEASURES[k](object), MEASURES[k](anchor)];
  if (k < 2 && coder.kind === "cell") {
    const side = p.cell[k];
    return `<span class="fn">logit </span>${fraction(`${own(to)} − ${by(from - side / 2)}`, own(side))}`;
  }
  if (k < 2) return fraction(`${own(to)} − ${by(from)}`, `${by(size)}${divide}`) + shift;
  const tiny = coder.kind === "center" && coder.eps ? " + 10⁻⁶" : "";
  const log = `<span class="fn">ln ( ${own(to)} / ${by(from)}${tiny} )</span>`;
  return (std !== 1 ? fraction(log, number(std)) : log) + shift;
}

function decoding(p, coder, k) {
  const { anchor, offsets } = p;
  const std = coder.kind === "cell" ? 1 : coder.stds[k];
  const mean = coder.kind === "cell" ? 0 : coder.means[k];
  const size = k % 2 ? height(anchor) : width(anchor);
  const t = `${number(signed(offsets[k]))}${std !== 1 ? ` · ${number(std)}` : ""}${mean ? ` + ${number(mean)}` : ""}`;
  if (coder.kind === "corner") return `${by(anchor[k])} + (${t}) · ${by(size)}`;
  if (k < 2 && coder.kind === "cell") {
    const side = p.cell[k];
    return `${by(MEASURES[k](anchor) - side / 2)} + <span class="fn">σ(${t})</span> · ${own(side)}`;
  }
  if (k < 2) return `${by(MEASURES[k](anchor))} + (${t}) · ${by(size)}`;
  const growth = rawOffsets(coder, offsets)[k];
  const kept = boundedGrowth(coder, growth);
  return `${by(size)} · exp(${kept === growth ? t : number(signed(kept))})`;
}

// What a number says, in words.
export function words(p, coder, k) {
  const raw = rawOffsets(coder, p.offsets)[k];
  const share = { percent: percent(raw) };
  const way = k % 2 ? (raw > 0 ? "down" : "up") : raw > 0 ? "right" : "left";
  if (coder.kind === "corner") {
    if (share.percent === "0%") return say(`offsets.kept_${k}`);
    // The formula of decoding is long.
    return p.changed ? say(`offsets.short_${way}`, share) : say(`offsets.corner_${k}_${way}`, share);
  }
  if (k < 2 && coder.kind === "cell") {
    const place = p.changed ? sigmoid(raw) : placeInCell(p.anchor, p.object, p.cell)[k];
    if (place < 0 || place > 1) return say("offsets.outside_cell");
    return say(k ? "offsets.down_cell" : "offsets.across_cell", { percent: percent(place) });
  }
  if (k < 2) return share.percent === "0%" ? say("offsets.not_moved") : say(`offsets.by_${way}`, share);
  const kept = boundedGrowth(coder, raw);
  if (kept !== raw) return say("offsets.bounded", { growth: signed(raw) });
  const factor = Math.exp(kept);
  const times = factor > 1e4 || factor < 0.005 ? factor.toExponential(0) : factor.toFixed(factor > 100 ? 0 : 2);
  return say(k === 2 ? "offsets.times_wide" : "offsets.times_tall", { times });
}
