// Training: what a detector says of a picture as it learns, and its curves. Python sends few boxes of each step that it has
// seen; going back and forth through the training happens here.

import { circled, escapeHtml, iouText, whole } from "../model/format.js";
import { say } from "../model/sentences.js";
import { divider, half, halfMargin } from "./halves.js";
import { playerOf } from "./player.js";
import { formula, legend, number, OBJECT, result, table, tryThis, why } from "./shared.js";
import { apText, curves, small } from "./training/curves.js";
import { apAt, foundCount, frameOf, isFound, lossAt, placeOf, sidesOf, stepOf, timeline } from "./training/film.js";
import { actOnJob, jobPanel, stopWatching, watchJob } from "./training/job.js";
import { drawLoss, drawPredictions, isFaint, isSure } from "./training/marks.js";

const showsLoss = (stage) => stage.setting("training.show") === "loss";
// Two pictures side by side, if they are the same one.
const isDouble = ({ data }) => data.sides.length > 1 && data.sides[1].same;
const stepsOf = ({ data }) => Math.max(...data.sides.map(({ steps }) => steps));
const nameOf = (stage, g) => `${circled(g)} ${escapeHtml(stage.className(g))}`;

// ---- the player

function goTo(stage, place) {
  const steps = timeline(stage);
  stage.step = place >= steps.length - 1 ? -1 : steps[Math.max(0, place)];
  stage.say(say("training.told", { step: stepOf(stage), steps: stepsOf(stage), ap: apText(apAt(stage, 0)), found: foundCount(stage, "a"), objects: stage.boxes.length }));
  stage.commitPick(600);
  stage.schedule();
}

const player = playerOf({
  where: (stage) => ({ step: placeOf(stage), steps: timeline(stage).length - 1 }),
  goTo,
  words: (stage) => ({
    unit: "training",
    named: (act) => say(`training.to_${act}`),
    range: say("training.range"),
    at: say("training.at", { step: stepOf(stage), steps: stepsOf(stage) }),
  }),
});

// ---- slots

function answer(stage) {
  const { data } = stage;
  const [a, b] = data.sides;
  const own = { step: whole(stepOf(stage)), ap: apText(apAt(stage, 0)), found: foundCount(stage, "a"), objects: stage.boxes.length };
  if (isDouble(stage)) {
    const other = { first: escapeHtml(a.title), second: escapeHtml(b.title), other_ap: apText(apAt(stage, 1)), other_found: foundCount(stage, "b") };
    return say("training.answer_two", { ...own, ...other });
  }
  if (a.tried) return say("training.answer_tried", { ap: own.ap, found: own.found, objects: own.objects });
  return a.own ? say("training.answer_own", own) : say("training.answer", own);
}

function objectsTable(stage) {
  const { data } = stage;
  const sides = isDouble(stage) ? ["a", "b"] : ["a"];
  const letter = (k) => (sides.length > 1 ? `<b class="side">${"AB"[k]}</b> ` : "");
  const heads = sides.flatMap((_, k) => [letter(k) + say("training.column_reach"), say("training.column_found")]);
  const frames = sides.map((side) => frameOf(stage, side));
  const rows = stage.boxes.map((_, g) => {
    const cells = frames.map(({ found }, k) => {
      const said = isFound(found[g]) ? `<td class="kept">${say("training.found_at", { iou: iouText(found[g]) })}</td>` : `<td class="suppressed">${say("training.unseen")}</td>`;
      return `<td>${iouText(data.sides[k].best[g])}</td>${said}`;
    });
    return `<tr><th scope="row">${nameOf(stage, g)}</th>${cells.join("")}</tr>`;
  });
  return table(say("training.objects_label"), [say("training.column_object"), ...heads], rows);
}

// Of the training beside, if there is one, else of the one that is shown: the unseen object that anchors reach least.
function whyUnseen(stage) {
  const k = isDouble(stage) ? 1 : 0;
  const { found } = frameOf(stage, "ab"[k]);
  const { best, learning, tried } = stage.data.sides[k];
  const unseen = stage.boxes.map((_, g) => g).filter((g) => !isFound(found[g])).sort((p, q) => best[p] - best[q]);
  if (tried || !unseen.length) return "";
  const [g] = unseen;
  const values = { best: iouText(best[g]), count: learning[g] };
  const told = !learning[g] ? say("training.why_none") : best[g] < 0.5 ? say("training.why_far", values) : say("training.why_yet", values);
  return why(say("training.why_title", { object: nameOf(stage, g) }), `<p>${told}</p>`);
}

// With what is pale on the picture where there is room for it.
function legendOf(stage, roomy) {
  const frame = frameOf(stage, "a");
  if (showsLoss(stage)) return legend([["positive", say("training.means_positive"), stage.data.a_label.filter((v) => v === 1).length]]) + `<p class="cap">${say("training.means_light")}</p>`;
  const count = (shows) => frame.scores.filter((_, k) => shows(stage, frame, k)).length;
  const faint = roomy ? [["waiting", say("training.means_waiting"), count(isFaint)]] : [];
  return legend([["kept", say("training.means_kept", { least: stage.data.least.toFixed(1) }), count(isSure)], ...faint]);
}

// What is asked to predict: which object is found first, if any is.
function prediction(stage) {
  const { data } = stage;
  const { length } = stage.boxes;
  const first = Array.from(data.a_steps).findIndex((_, at) => data.a_found.subarray(at * length, (at + 1) * length).some(isFound));
  if (first < 0 || length < 2) return null;
  const found = data.a_found.subarray(first * length, (first + 1) * length);
  const best = found.indexOf(Math.max(...found));
  return { question: say("training.try_first"), answer: () => say("training.try_found", { object: nameOf(stage, best), step: data.a_steps[first], best: iouText(data.sides[0].best[best]) }) };
}

function readout(stage) {
  const note = stage.data.sides.length > 1 && !isDouble(stage) ? `<p class="cap">${say("training.not_same")}</p>` : "";
  const unseen = whyUnseen(stage);
  return legendOf(stage, !unseen) + objectsTable(stage) + unseen + note + tryThis(stage, prediction(stage));
}

export const trainingView = {
  edits: false,
  room: 19.4,
  slots: { curves, readout, job: jobPanel },
  answer,
  get keys() {
    return [
      ["Space", say("training.key_play")],
      ["← →", say("training.key_step")],
      [say("training.keys_ends"), say("training.key_ends")],
    ];
  },
  settingChanged() {},

  update(stage) {
    player.update(stage);
    watchJob(stage);
  },

  dispose(stage) {
    player.dispose(stage);
    stopWatching(stage);
  },

  narrowHeight: (stage, width) => Math.round(width * (isDouble(stage) ? 2 : 1)),

  margin(stage) {
    if (isDouble(stage)) return halfMargin(stage);
    const u = stage.unit;
    return stage.narrow ? { left: 0, right: 0, top: 4, bottom: 4 } : { left: 46 * u, right: 8 * u, top: 8 * u, bottom: 8 * u };
  },

  label(stage) {
    const frame = frameOf(stage, "a");
    const sure = frame.scores.filter((_, k) => isSure(stage, frame, k)).length;
    const found = foundCount(stage, "a");
    return say("training.label", { alt: stage.photo.alt, step: stepOf(stage), found, objects: stage.boxes.length, sure, least: stage.data.least.toFixed(1) });
  },

  means(stage) {
    if (showsLoss(stage)) return [OBJECT, { state: "positive", text: say("training.means_positive") }];
    return [
      OBJECT,
      { state: "kept", text: say("training.means_kept", { least: stage.data.least.toFixed(1) }) },
      { state: "waiting", text: say("training.means_waiting") },
    ];
  },

  draw(stage, marks, ctx) {
    const paint = showsLoss(stage) ? drawLoss : drawPredictions;
    if (isDouble(stage)) {
      sidesOf(stage).forEach((side, k) => half(stage, ctx, k, { title: stage.data.sides[k].title }, (own) => paint(stage, own, ctx, side)));
      divider(stage, ctx);
    } else {
      paint(stage, marks, ctx, "a");
    }
    player.paint(stage);
  },

  strip(stage) {
    const { sides } = stage.data;
    if (sides[0].tried) return `<div class="cap">${say("training.sum_tried")}</div>`;
    const sums = sidesOf(stage).map((side) => lossAt(stage, side));
    if (!sums[0]) return `<div class="cap">${say("training.sum_before")}</div>`;
    const [sum] = sums;
    const part = (name, state) => `${number(small(sum[name]), state)} <span class="op">${say(`training.sum_${name}`)}</span>`;
    const html = `${say("training.sum_loss")} ${result(small(sum.total))} = ${part("positives", "positive")} + ${part("negatives", "negative")} + ${part("boxes", "kept")}`;
    const spoken = say("training.told_sum", { total: small(sum.total), positives: small(sum.positives), negatives: small(sum.negatives), boxes: small(sum.boxes) });
    return formula(html, spoken);
  },

  act(stage, act) {
    if (act.startsWith("job:")) actOnJob(stage, act.slice(4));
    else player.act(stage, act);
  },

  input: player.input,

  key: player.key,
};
