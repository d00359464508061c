// Deploy: what is left of a detector when its weights have fewer bits. The picture stands there twice: with the boxes of all
// bits, and with those of fewer.

import { bytesText, escapeHtml, minus, two } from "../model/format.js";
import { say } from "../model/sentences.js";
import { bins, curve, layersTable } from "./deploy/charts.js";
import { askedOf, bitsOf, boxBefore, boxNow, countsOf, fatesOf, isFull, layerOf, truthOf, variantOf } from "./deploy/fates.js";
import { drawLeft, drawWhole } from "./deploy/marks.js";
import { divider, foldHalves, half, halfMargin } from "./halves.js";
import { caption, formula, fraction, legend, number, OBJECT, result, smallestAt, tryThis, why } from "./shared.js";
import { apText } from "./training/curves.js";

const TRIED = 3; // bits that the page asks to predict, and others where these are set
const leastOf = ({ data }) => two(data.least);

// What is seen: the variant, the fates of its boxes, and which of them is asked about.
function seen(stage) {
  const variant = variantOf(stage);
  const fates = fatesOf(stage, variant);
  return { variant, fates, asked: askedOf(stage, fates) };
}

function answer(stage) {
  const { data } = stage;
  const [full] = data.variants;
  const { variant, fates } = seen(stage);
  const whole = { whole: bytesText(full.size), best: apText(full.ap50) };
  if (isFull(data, variant.bits) && full.ap50 !== null) return say("deploy.answer_full", whole);
  const { stays, moved, lost, new: added } = countsOf(fates);
  const here = { whole: whole.whole, bits: variant.bits, size: bytesText(variant.size), stay: stays, count: full.boxes.length, moved, lost, added };
  if (full.ap50 === null) return say("deploy.answer_unmeasured", here);
  return say("deploy.answer", { ...here, best: whole.best, ap: apText(variant.ap50) });
}

// ---- slots

function fateText(stage, variant, { fate, whole, now }) {
  const { data } = stage;
  const [full] = data.variants;
  const before = two(fate === "new" ? variant.before[now] : full.scores[whole]);
  if (isFull(data, variant.bits)) return say("deploy.why_full", { before });
  const after = two(fate === "lost" ? variant.left[whole] : variant.scores[now]);
  if (fate === "lost") return variant.left[whole] < data.least ? say("deploy.why_lost", { before, now: after, least: leastOf(stage) }) : say("deploy.why_suppressed", { now: after });
  if (fate === "new") return variant.before[now] < data.least ? say("deploy.why_new", { before, now: after, least: leastOf(stage) }) : say("deploy.why_freed", { before });
  const values = { before, now: after, overlap: two(variant.overlap[now]) };
  return fate === "stays" ? say("deploy.why_stays", values) : say("deploy.why_moved", values);
}

function inspect(stage) {
  const { data } = stage;
  const { variant, fates, asked } = seen(stage);
  if (asked < 0) return `<p class="cap">${say("deploy.none", { least: leastOf(stage) })}</p>`;
  const one = fates[asked];
  const name = data.names[one.whole >= 0 ? data.variants[0].ids[one.whole] : variant.ids[one.now]];
  const truth = truthOf(stage, boxNow(stage, variant, one), name);
  const told = truth ? say("deploy.truth", { object: `<b>${escapeHtml(stage.objectName(truth.object))}</b>`, overlap: two(truth.overlap) }) : say("deploy.truth_none", { name: escapeHtml(name) });
  return why(say("deploy.what", { name: escapeHtml(name) }), `<p>${fateText(stage, variant, one)} ${told}</p>`);
}

function prediction(stage) {
  const bits = bitsOf(stage) === TRIED ? 5 : TRIED;
  const tried = variantOf(stage, bits);
  const [full] = stage.data.variants;
  const count = full.boxes.length;
  if (count < 2) return null;
  const answer = () => say("deploy.try_told", { found: tried.partner.filter((whole) => whole >= 0).length, count, ap: apText(tried.ap50) });
  const question = say("deploy.try", { bits, part: `1/${Math.round(full.size / tried.size)}`, count });
  return { question, answer, asks: { control: "deployment_weights_bits", value: bits } };
}

function readout(stage) {
  const { fates } = seen(stage);
  const counts = countsOf(fates);
  const rows = [
    ["kept", say("deploy.legend_stays", { same: two(stage.data.same) }), counts.stays],
    ["waiting", say("deploy.legend_moved"), counts.moved],
    ["suppressed", say("deploy.legend_lost"), counts.lost],
    ["ignored", say("deploy.legend_new"), counts.new],
  ];
  return legend(rows) + inspect(stage) + tryThis(stage, prediction(stage));
}

// ---- pointing

function pick(stage, index) {
  stage.prediction = index;
  const { variant, fates } = seen(stage);
  stage.say(fateText(stage, variant, fates[index]).replace(/<[^>]+>/g, ""));
  stage.commitPick(0);
  stage.schedule();
}

const small = (value) => minus(value.toFixed(4)).replace("0.", ".");

export const deployView = {
  edits: false,
  room: 19.4,
  slots: { readout, curve, bins, layers: layersTable },
  below: ["bins", "layers"],
  answer,
  get keys() {
    return [["← →", say("deploy.key_walk")]];
  },
  settingChanged() {},

  margin: halfMargin,
  narrowHeight: (stage, width) => Math.round(2 * 0.75 * width),
  fold: foldHalves,

  label(stage) {
    const { variant, fates } = seen(stage);
    const { stays: stay, moved, lost, new: added } = countsOf(fates);
    return say("deploy.label", { alt: stage.photo.alt, bits: variant.bits, stay, moved, lost, added });
  },

  means: (stage) => [
    OBJECT,
    { state: "kept", text: say("deploy.means_kept", { least: leastOf(stage) }) },
    { state: "waiting", text: say("deploy.means_moved") },
    { state: "suppressed", text: say("deploy.means_lost") },
    { state: "ignored", text: say("deploy.means_new") },
  ],

  draw(stage, _, ctx) {
    const { variant, fates, asked } = seen(stage);
    half(stage, ctx, 0, { title: say("deploy.half_full") }, (marks) => drawWhole(stage, marks, ctx, fates, asked));
    half(stage, ctx, 1, { title: say("deploy.half", { bits: variant.bits }) }, (marks) => drawLeft(stage, marks, ctx, fates, asked, variant));
    divider(stage, ctx);
  },

  strip(stage) {
    const { data } = stage;
    const at = layerOf(stage);
    const { name, value, channels } = data.layers[at];
    const { bits, per, steps, codes } = variantOf(stage);
    if (isFull(data, bits)) return caption(say("deploy.strip_full", { name, value: small(value) }));
    const [step, code] = [steps[at], codes[at]];
    const left = small(code * step);
    const spoken = say("deploy.strip_spoken", { value: small(value), code, step: small(step), left });
    const html = `${say("deploy.round")}( ${fraction(number(small(value), "positive"), number(small(step)))} ) × ${number(small(step))} = ${number(code, "selected")} × ${number(small(step))} = ${result(left, "positive")}`;
    const most = 2 ** (bits - 1) - 1;
    return formula(html, spoken) + caption(per === "channel" ? say("deploy.strip_channel", { name, most, channels }) : say("deploy.strip_layer", { name, most }));
  },

  click(stage, ix, iy) {
    const { variant, fates } = seen(stage);
    const boxes = fates.map((one) => (stage.secondHalf ? boxNow(stage, variant, one) : boxBefore(stage, one)) ?? [0, 0, -1, -1]);
    const index = smallestAt(boxes, ix, iy);
    if (index >= 0) pick(stage, index);
  },

  key(stage, key, event, arrow) {
    if (!arrow) return false;
    const { fates, asked } = seen(stage);
    const next = asked + (arrow[0] || arrow[1]);
    if (next >= 0 && next < fates.length) pick(stage, next);
    return true;
  },
};
