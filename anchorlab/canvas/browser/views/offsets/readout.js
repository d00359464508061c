// What the four numbers make of the anchor, why they are what they are, and a question to predict.

import { height, width } from "../../core/boxes.js";
import { placeInCell } from "../../core/coders/cell.js";
import { sigmoid } from "../../core/rounding.js";
import { boundedGrowth, decodeBox, rawOffsets } from "../../model/coding.js";
import { iouText, pixels, signed } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { specOf } from "../matching/subject.js";
import { tryThis, why } from "../shared.js";
import { namesOf } from "./formulas.js";
import { isInsideOut, NUMBERS, pair } from "./pair.js";

// What the page asks to try: another of the four numbers than is set, and what comes of it, worked out.
const TRIED = {
  // One more than can be set at once.
  center: [[2, -4], [3, -4], [2, 4]],
  corner: [[0, 4], [2, -4], [0, -4]],
  cell: [[0, 4], [0, -4]],
};

function prediction(p) {
  if (!p) return null;
  const { coder } = p;
  const [k, value] = TRIED[coder.kind].find(([i, v]) => Math.abs(p.offsets[i] - v) > 0.005) ?? TRIED[coder.kind][0];
  const offsets = p.offsets.map((v, i) => (i === k ? value : v));
  const box = decodeBox(coder, p.anchor, offsets, p.cell);
  const drag = { name: `<i>t<sub>${namesOf(coder)[k]}</sub></i>`, value: signed(value, 0) };
  return {
    question: say(coder.kind === "cell" ? "offsets.predict_leaves" : "offsets.predict_turned", drag),
    asks: { control: NUMBERS[k].replace(".", "_"), value },
    answer: () => ANSWERS[coder.kind](p, k, offsets, box),
  };
}

// What comes of setting the k-th number: the offsets then, and the box that they decode to.
const ANSWERS = {
  corner({ anchor, coder }, k, offsets, box) {
    const sides = { moved: pixels(box[k]), other: pixels(box[2 - k]) };
    if (isInsideOut(box)) return say(k ? "offsets.turned_right" : "offsets.turned_left", sides);
    const turn = signed(((box[2 - k] - anchor[k]) / width(anchor) - coder.means[k]) / coder.stds[k]);
    return say(k ? "offsets.not_turned_right" : "offsets.not_turned_left", { ...sides, turn });
  },
  cell: (p, k, offsets) => say("offsets.never_leaves", { percent: `${(100 * sigmoid(offsets[k])).toFixed(1)}%` }),
  center({ anchor, coder }, k, offsets, box) {
    const growth = signed(boundedGrowth(coder, rawOffsets(coder, offsets)[k]));
    const told = (measure) => ({ side: pixels(measure(anchor)), growth, now: measure(box).toFixed(1) });
    return k === 2 ? say("offsets.never_turned_wide", told(width)) : say("offsets.never_turned_tall", told(height));
  },
};

// What the four numbers make of the anchor, and what the coder does about wild ones.
function decodedWords(p) {
  const { box } = p;
  if (isInsideOut(box)) return say(box[2] <= box[0] ? "offsets.decoded_left" : "offsets.decoded_above");
  const off = Math.max(...box.map((v, k) => Math.abs(v - p.object[k])));
  const size = say("offsets.decoded_box", { width: pixels(width(box)), height: pixels(height(box)), off: pixels(off) });
  return `${size} ${guardWords(p)}`;
}

function guardWords({ coder, offsets }) {
  if (coder.kind === "corner") return say("offsets.decoded_corner");
  if (coder.kind === "cell") return say("offsets.decoded_cell");
  const growth = rawOffsets(coder, offsets).slice(2);
  if (growth.every((g) => boundedGrowth(coder, g) === g)) return say("offsets.decoded_center");
  return say(coder.clamp_both ? "offsets.bounded_both" : "offsets.bounded_above", { times: Math.exp(coder.clamp).toFixed(1) });
}

function roundTrip(p, { round_trip: miss }) {
  if (p.coder.kind === "cell" && placeInCell(p.anchor, p.object, p.cell).some((v) => v <= 0 || v >= 1)) {
    return say("offsets.round_trip_outside", { miss });
  }
  return say(p.coder.eps && p.coder.kind === "center" ? "offsets.round_trip_eps" : "offsets.round_trip", { miss });
}

// Why no anchor is positive, as far as the page can tell.
function nothingWords(stage) {
  const { boxes, labels } = stage;
  if (!boxes.length) return say("offsets.none_without_object");
  const best = labels.best_iou.reduce((most, iou) => Math.max(most, iou), 0);
  const { high } = specOf(stage); // of rules that read one
  const iou = iouText(best);
  return high !== undefined ? say("offsets.none_from", { iou, high: iouText(high) }) : say("offsets.none_positive", { iou });
}

function panel(stage, p) {
  const button = (look, act, text) => `<button type="button" class="${look}" data-act="${act}">${text}</button>`;
  if (!p) return why(say("offsets.none"), `<p>${nothingWords(stage)}</p><p>${button("plain-button", "draw", say("offsets.draw"))}</p>`);
  if (p.changed) return why(say("offsets.decode"), `<p>${decodedWords(p)} ${button("link", "reset", say("offsets.reset"))}</p>`);
  const { why: spread } = stage.data;
  return why(spread.title, `<p>${spread.text}</p><p class="cap">${roundTrip(p, stage.data)}</p>`);
}

export function readout(stage) {
  const p = pair(stage);
  return panel(stage, p) + tryThis(stage, prediction(p));
}
