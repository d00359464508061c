// What the four numbers make of the anchor, why they are what they are, and a question to predict.

import { height, width } from "../../core/boxes.js";
import { decodeBox } from "../../model/coding.js";
import { iouText, pixels, signed } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { specOf } from "../matching/subject.js";
import { tryThis, why } from "../shared.js";
import { CODERS } from "./coders/index.js";
import { namesOf } from "./formulas.js";
import { isInsideOut, NUMBERS, pair } from "./pair.js";

// What the page asks to try: another of the four numbers than is set, and what comes of it, worked out.
function prediction(p) {
  if (!p) return null;
  const { tried, question, answer } = CODERS[p.coder.kind];
  const [k, value] = tried.find(([i, v]) => Math.abs(p.offsets[i] - v) > 0.005) ?? tried[0];
  const offsets = p.offsets.map((v, i) => (i === k ? value : v));
  const box = decodeBox(p.coder, p.anchor, offsets, p.cell);
  return {
    question: question({ name: `<i>t<sub>${namesOf(p.coder)[k]}</sub></i>`, value: signed(value, 0) }),
    asks: { control: NUMBERS[k].replace(".", "_"), value },
    answer: () => answer(p, k, offsets, box),
  };
}

// What the four numbers make of the anchor, and what the coder does about wild ones.
function decodedWords(p) {
  const { box } = p;
  if (isInsideOut(box)) return say(box[2] <= box[0] ? "offsets.decoded_left" : "offsets.decoded_above");
  const off = Math.max(...box.map((v, k) => Math.abs(v - p.object[k])));
  const size = say("offsets.decoded_box", { width: pixels(width(box)), height: pixels(height(box)), off: pixels(off) });
  return `${size} ${CODERS[p.coder.kind].guard(p)}`;
}

const roundTrip = (p, { round_trip: miss }) => CODERS[p.coder.kind].roundTrip(p, miss) ?? say("offsets.round_trip", { miss });

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
