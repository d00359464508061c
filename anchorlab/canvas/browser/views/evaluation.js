// How good detections are: taken one by one, best score first, each is a true or a false positive, and the
// precision-recall curve takes a step. Python sends the finished list; every step is drawn here.

import { boxAt } from "../core/boxes.js";
import { circled, escapeHtml, iouText, two, whole } from "../model/format.js";
import { say } from "../model/sentences.js";
import { countedOn, evaluated, objectsOf, settingsOf, startsOf } from "./evaluation/counted.js";
import { barAt, besideChart, drawCurve, drawList, marginOf } from "./evaluation/curve.js";
import { figures, ofClasses, reach, reachOf, stories } from "./evaluation/tables.js";
import { apText, isTrue, kindOf, objectName, shortStory, stateOf, story, titleOf } from "./evaluation/told.js";
import { pause, playerOf } from "./player.js";
import { caption, formula, fraction, legend, number, OBJECT, result, smallestAt, tryThis, why } from "./shared.js";

const STATES = PALETTE.states;

// ---- the player: `stage.step` is -1 behind the last detection, however many there are

const stepsOf = ({ counted }) => counted.list.length;
const stepOf = (stage) => (stage.step < 0 ? stepsOf(stage) : Math.min(stage.step, stepsOf(stage)));
const currentOf = (stage) => stage.counted.list[stepOf(stage) - 1];
const textOf = (html) => html.replace(/<[^>]+>/g, "");

function goTo(stage, step) {
  const steps = stepsOf(stage);
  stage.step = step >= steps ? -1 : Math.max(0, step);
  showPicture(stage);
  const place = stepOf(stage);
  if (place) stage.say(say("evaluation.told", { step: place, steps, told: `${titleOf(stage.data, currentOf(stage))}. ${textOf(story(stage, place - 1))}` }));
  else stage.say(say("evaluation.before_told", { count: steps }));
  stage.commitPick(400);
  stage.schedule();
}

// The picture in which the step's detection lies.
function showPicture(stage) {
  const { data } = stage;
  stage.photo = data.pictures[currentOf(stage)?.picture ?? 0].photo;
}

const player = playerOf({
  where: (stage) => ({ step: stepOf(stage), steps: stepsOf(stage) }),
  goTo,
  words: (stage, place) => ({
    unit: "detection",
    named: (act) => say(`evaluation.to_${act}`),
    range: say("evaluation.range"),
    at: say("evaluation.at", place),
  }),
});

// ---- slots

const counts = (list) => {
  const found = { true_positive: 0, double: 0, misplaced: 0, false_alarm: 0 };
  for (const one of list) found[kindOf(one)] += 1;
  return found;
};

const soFar = (stage) => stage.counted.list.slice(0, stepOf(stage));

function panelOf(stage) {
  const step = stepOf(stage);
  if (!stepsOf(stage)) return why(say("evaluation.before"), `<p>${say("evaluation.none", { score: two(stage.counted.evaluation.score_threshold) })}</p>`);
  if (!step) return why(say("evaluation.before"), `<p>${say("evaluation.before_why")}</p>`);
  return why(say("evaluation.what", { name: escapeHtml(titleOf(stage.data, currentOf(stage))) }), `<p>${story(stage, step - 1)}</p>`);
}

// What is asked to predict: the end of the list comes or goes with the score threshold.
function prediction(stage) {
  const { data, counted } = stage;
  if (counted.ap === null) return null;
  const lower = counted.evaluation.score_threshold > 0.06;
  const value = lower ? 0.05 : 0.5;
  const answer = () => {
    const { ap } = evaluated(data, settingsOf(stage, { "evaluation.score_threshold": value }));
    const [now, then] = [apText(counted.ap), apText(ap)];
    if (now === then) return say("evaluation.try_same", { ap: then });
    return ap > counted.ap ? say("evaluation.try_more", { now, ap: then }) : say("evaluation.try_less", { now, ap: then });
  };
  const question = lower ? say("evaluation.try_lower", { value: two(value) }) : say("evaluation.try_raise", { value: two(value) });
  return { question, answer, asks: { control: "evaluation_score_threshold", value } };
}

function readout(stage) {
  const { counted } = stage;
  const found = counts(soFar(stage));
  const rows = [
    ["kept", say("evaluation.legend_true_positive"), found.true_positive],
    ["suppressed", say("evaluation.legend_double"), found.double],
    ["suppressed", say("evaluation.legend_misplaced", { iou: iouText(counted.evaluation.iou_threshold) }), found.misplaced],
    ["suppressed", say("evaluation.legend_false_alarm"), found.false_alarm],
    ["object", say("evaluation.legend_missed"), counted.positives - found.true_positive],
  ];
  return `${legend(rows)}<div class="steady">${panelOf(stage)}</div>` + tryThis(stage, prediction(stage));
}

// ---- the picture

function drawPictureObjects(stage, marks, picture) {
  const { data, counted } = stage;
  const found = new Set(soFar(stage).filter(isTrue).map(({ gt }) => gt));
  const mine = objectsOf(data).filter((o) => o.picture === picture && (data.names[counted.evaluation.category] === undefined || o.category === counted.evaluation.category));
  const current = currentOf(stage);
  for (const { row, box } of mine) {
    const asked = current?.gt === row;
    marks.box(box, "object", { alpha: found.has(row) && !asked ? 0.45 : 1, width: asked ? 3 : 2 });
    if (asked || mine.length <= 12) marks.tag(box, objectName(data, row), { must: asked, alpha: found.has(row) && !asked ? 0.6 : 1 });
    else marks.tag(box, circled(row - startsOf(data, "objects")[picture]), { size: 12, compact: true, alpha: found.has(row) ? 0.6 : 1 });
  }
}

function drawDetections(stage, marks, ctx, picture) {
  const { data } = stage;
  const list = soFar(stage);
  const current = list.at(-1);
  for (const one of list.slice(0, -1)) {
    if (one.picture === picture) marks.box(one.box, stateOf(one), { width: 1.6, alpha: isTrue(one) ? 0.8 : 0.6 });
  }
  if (!current) return;
  const state = stateOf(current);
  if (current.gt >= 0) stage.lightShared(ctx, current.box, boxAt(data.gt_boxes, current.gt));
  marks.box(current.box, state, { width: isTrue(current) ? 4.2 : 3 });
  marks.tag(current.box, `${STATES[state].symbol} ${titleOf(data, current)}: ${shortStory(stage, current)}`, { background: STATES[state].core, prefer: "below", must: true });
}

export const evaluationView = {
  settingChanged(stage) {
    this.update(stage);
  },
  numbers: ({ counted }) => {
    const { list, positives, ap, evaluation } = counted;
    const found = list.filter(isTrue).length;
    return { ap: apText(ap), iou: iouText(evaluation.iou_threshold), found, count: positives, counted: list.length, false: list.length - found };
  },
  get keys() {
    return [
      ["Space", say("evaluation.key_play")],
      ["← →", say("evaluation.key_step")],
      [say("evaluation.keys_ends"), say("evaluation.key_ends")],
      ["↑ ↓", say("evaluation.key_false")],
    ];
  },
  edits: false,
  room: 19.4,
  slots: { readout, figures, classes: ofClasses, reach, stories: (stage) => stories(stage, stepOf(stage)) },
  below: ["figures", "classes", "reach", "stories"],

  update(stage) {
    stage.counted = countedOn(stage);
    showPicture(stage);
    player.update(stage);
  },

  dispose: player.dispose,

  margin: marginOf,
  narrowHeight: (stage, width) => Math.min((width * stage.photo.height) / stage.photo.width, 1.1 * width) + marginOf(stage).bottom + 4,
  home: ({ photo }) => [0, 0, photo.width, photo.height],

  label(stage) {
    return say("evaluation.label", { alt: stage.photo.alt, step: stepOf(stage), count: stepsOf(stage) });
  },

  means: () => [
    OBJECT,
    { state: "kept", text: say("evaluation.means_kept") },
    { state: "suppressed", text: say("evaluation.means_suppressed") },
  ],

  draw(stage, marks, ctx) {
    const picture = currentOf(stage)?.picture ?? 0;
    drawPictureObjects(stage, marks, picture);
    drawDetections(stage, marks, ctx, picture);
    besideChart(stage, marks);
    drawCurve(stage, marks, ctx, stepOf(stage), reachOf(stage).bpr ?? 1);
    marks.flushTags();
    drawList(stage, ctx, stepOf(stage));
    player.paint(stage);
  },

  strip(stage) {
    const { counted } = stage;
    const step = stepOf(stage);
    if (!step) return caption(say("evaluation.strip_before"));
    const hits = soFar(stage).filter(isTrue).length;
    const row = (name, bottom, value, spoken, told) =>
      `<div>${formula(`${name} = ${fraction(number(whole(hits), "kept"), number(whole(bottom)))} = ${result(value)}`, spoken)}<span class="cap told">${told}</span></div>`;
    const [precision, recall] = [two(hits / step), counted.positives ? two(hits / counted.positives) : say("evaluation.no_figure")];
    return (
      `<div class="two">` +
      row(say("evaluation.precision"), step, precision, say("evaluation.precision_spoken", { hits, counted: step, value: precision }), say("evaluation.precision_told")) +
      row(say("evaluation.recall"), counted.positives, recall, say("evaluation.recall_spoken", { hits, objects: counted.positives, value: recall }), say("evaluation.recall_told")) +
      `</div>`
    );
  },

  pickPrediction(stage, place) {
    pause(stage);
    goTo(stage, place + 1);
  },

  hover(stage, ix, iy, x, y) {
    const place = barAt(stage, x, y);
    return place >= 0 ? { kind: "prediction", index: place } : null;
  },

  // A click on a bar, or on the smallest box under the pointer that is counted already.
  click(stage, ix, iy, x, y) {
    const bar = barAt(stage, x, y);
    const picture = currentOf(stage)?.picture;
    const seen = soFar(stage).flatMap((one, place) => (one.picture === picture ? [place] : []));
    const place = bar >= 0 ? bar : (seen[smallestAt(seen.map((k) => stage.counted.list[k].box), ix, iy)] ?? -1);
    if (place >= 0) this.pickPrediction(stage, place);
  },

  act: player.act,
  input: player.input,

  key(stage, key) {
    if (player.key(stage, key)) return true;
    if (key !== "ArrowDown" && key !== "ArrowUp") return false;
    const wrong = stage.counted.list.flatMap((one, place) => (isTrue(one) ? [] : [place + 1]));
    const step = stepOf(stage);
    const next = key === "ArrowDown" ? wrong.find((s) => s > step) : wrong.findLast((s) => s < step);
    if (next !== undefined) this.pickPrediction(stage, next - 1);
    return true;
  },
};
