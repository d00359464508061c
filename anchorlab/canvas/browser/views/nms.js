// What is done with boxes that say the same thing twice. Python sends the finished trace of the chosen method; every
// step of the player is drawn here, so that stepping costs one frame and works in both directions.

import { escapeHtml, iouText, two, whole } from "../model/format.js";
import { say, sayFrom } from "../model/sentences.js";
import { recordOf } from "../model/settings.js";
import { STATUS } from "../core/suppression/common.js";
import { classKey, drawBefore } from "./nms/before.js";
import { box, countStates, drawPicked, emptyText, header, leftOutWords, nameOf, safeTitle, titleOf, waitingText } from "./nms/common.js";
import { METHODS } from "./nms/methods/index.js";
import { pairStrip, pairTitle, pairWords } from "./nms/pair.js";
import { firstStep, play, playedOn } from "./nms/played.js";
import { drawQueue, picksOf, queueHit } from "./nms/queue.js";
import { shiftFigure } from "./nms/shift.js";
import { methodsTable, paintMethods, resultBox } from "./nms/side_by_side.js";
import { pause, playerOf } from "./player.js";
import { legend, smallestAt, table, tryThis, why } from "./shared.js";

const methodOf = (stage) => METHODS[stage.played.suppression.method];

// ---- the player

function stepOf(stage) {
  return Math.max(0, Math.min(stage.played.rounds, stage.step));
}

const currentOf = (stage) => methodOf(stage).current(stage.played, stepOf(stage));

function goTo(stage, step) {
  stage.step = Math.max(0, Math.min(stage.played.rounds, step));
  stage.prediction = stage.partner = -1;
  const { played } = stage;
  const method = methodOf(stage);
  const { unit } = method;
  const told = () => method.said(played, stage.step, currentOf(stage));
  if (stage.step) stage.say(say(`nms.${unit}.told`, { step: stage.step, steps: played.rounds, told: told() }));
  else stage.say(played.above ? say(`nms.${unit}.waiting`, { count: played.above }) : emptyText(stage));
  stage.commitPick(400);
  stage.schedule();
}

const player = playerOf({
  where: (stage) => ({ step: stepOf(stage), steps: stage.played.rounds }),
  goTo,
  words(stage, place) {
    const { unit } = methodOf(stage);
    return { unit, named: (act) => say(`nms.${unit}.to_${act}`), range: say(`nms.${unit}.range`), at: say(`nms.${unit}.at`, place) };
  },
});

// ---- slots

// What the question of the page asks for: another threshold, or another sigma where no threshold is read.
function tried(stage) {
  const { played, data, settings } = stage;
  const [[path, value]] = Object.entries(data.try_change);
  const fields = { ...settings.under("suppression"), [path.replace("suppression.", "")]: value };
  const { kept } = play(played, recordOf(fields));
  const counts = { kept: `<b class="kept">${whole(kept)}</b>`, now: played.kept };
  const change = kept > played.kept ? say("nms.tried_more", counts) : kept < played.kept ? say("nms.tried_fewer", counts) : say("nms.tried_same", counts);
  return `${change} ${data.try_reason}`;
}

function panelOf(stage) {
  const { played } = stage;
  const method = methodOf(stage);
  const step = stepOf(stage);
  const [picked, partner] = picksOf(stage);
  if (partner !== undefined) return why(escapeHtml(pairTitle(played, picked, partner)), `<p>${pairWords(played, picked, partner)}</p>`);
  if (picked !== undefined) {
    const more = played.order.length > 1 ? `<p class="cap">${say("nms.pick_another")}</p>` : "";
    return why(say("nms.what_happens", { name: escapeHtml(titleOf(played, picked)) }), `<p>${method.sentence(played, picked)}</p>${more}`);
  }
  if (step === 0) return why(say(`nms.${method.unit}.before`), `<p>${waitingText(stage)}</p>${classKey(played)}`);
  return why(say(`nms.${method.unit}.during`, { step }), `<p>${method.panel(stage, step, currentOf(stage))}</p>`);
}

// The states that boxes are in: [state, what it means, how many].
function statesOf(stage) {
  const { played } = stage;
  const { states } = methodOf(stage);
  const counts = countStates(methodOf(stage), played, stepOf(stage));
  return states.map((state) => [state, say(`methods.${played.suppression.method}.legend_${state}`), counts[state]]);
}

function readout(stage) {
  const { data, played } = stage;
  const cut = played.status.includes(STATUS.OVER_TOP_K);
  const counted = sayFrom(`methods.${played.suppression.method}.funnel${cut ? "_best" : ""}`, { most: played.above });
  const funnel = `<p class="funnel"><b>${whole(played.order.length)} → ${whole(played.above)} → ${whole(played.kept)}</b> ${counted}</p>`;
  return legend(statesOf(stage)) + panelOf(stage) + funnel + tryThis(stage, {
    question: data.try_this,
    asks: { control: data.try_control, value: Object.values(data.try_change)[0] },
    answer: () => tried(stage),
  });
}

// What was decided of a prediction, as far as it is known: what became of its score or when, in words, by whom, and their
// IoU.
function decisionCells(played, method, i, step, state) {
  const apart = state === "out";
  const score = method.score(played, i, step);
  const turn = apart || state === "waiting" ? "–" : played.round[i];
  const lowered = score < played.scores[i] ? two(score) : "–";
  const words = apart ? leftOutWords(played, i) : say(`methods.${played.suppression.method}.cell_${state}`);
  const by = method.knowsWho(step, state) ? played.suppressed_by[i] : -1;
  const [who, overlap] = by >= 0 ? [safeTitle(played, by), iouText(played.prediction_iou[i])] : ["–", "–"];
  return `<td>${two(played.scores[i])}</td><td>${method.shrinks ? lowered : turn}</td><td class="${state}">${words}</td><td>${who}</td><td>${overlap}</td>`;
}

// Every decision, in order; the rows follow the player.
function decisions(stage) {
  const { played } = stage;
  const method = methodOf(stage);
  const step = stepOf(stage);
  const picks = picksOf(stage);
  const rows = Array.from(played.order)
    .slice(0, 300)
    .map((i, rank) => {
      const state = method.state(played, i, step);
      const now = step > 0 && state !== "waiting" && played.round[i] === step;
      return (
        `<tr class="${now ? "now" : ""}"><td>${rank + 1}</td>` +
        `<td><button type="button" class="link" data-pick="prediction:${i}" aria-pressed="${picks.includes(i)}">${escapeHtml(nameOf(played, i))}</button></td>` +
        `${decisionCells(played, method, i, step, state)}</tr>`
      );
    });
  return table(say("nms.decisions"), [...header(method.columns), method.measure], rows, { tall: true });
}

// Other predictions or another method: the player begins where something is to be seen.
function startAnew(stage) {
  pause(stage);
  stage.step = firstStep(stage.played);
  stage.prediction = stage.partner = -1;
  stage.layout();
}

export const nmsView = {
  settingChanged(stage) {
    const { source, suppression } = stage.played;
    this.update(stage);
    if (stage.played.source !== source || stage.played.suppression.method !== suppression.method) startAnew(stage);
  },
  numbers: ({ played: { suppression } }) => ({ iou: iouText(suppression.iou_threshold), score: two(suppression.score_threshold) }),
  get keys() {
    return [
      ["Space", say("nms.key_play")],
      ["← →", say("nms.key_step")],
      [say("nms.keys_ends"), say("nms.key_ends")],
      ["↑ ↓", say("nms.key_walk")],
      ["Shift+↑ ↓", say("nms.key_hold")],
      ["Esc", say("nms.key_release")],
    ];
  },
  edits: false,
  room: 19.4,
  slots: { readout, decisions, methods: methodsTable, shift: shiftFigure },
  below: ["decisions", "methods", "shift"],
  paintSlot: (stage, name, element) => name === "methods" && paintMethods(stage, element),

  update(stage) {
    stage.played = playedOn(stage);
    stage.photo = stage.played.photo;
    // A new trace (a threshold moved) keeps the round where it still exists.
    stage.step = stepOf(stage);
    const count = stage.played.status.length;
    if (stage.prediction >= count) stage.prediction = -1;
    if (stage.partner >= count || stage.prediction < 0 || stage.partner === stage.prediction) stage.partner = -1;
    player.update(stage);
  },

  dispose: player.dispose,

  margin(stage) {
    const u = stage.unit;
    return stage.narrow
      ? { left: 0, right: 0, top: 4, bottom: 108 * u }
      : { left: 46 * u, right: 156 * u, top: 8 * u, bottom: 8 * u };
  },

  // On phones the picture has the full width, and the queue lies below it.
  narrowHeight(stage, width) {
    const { photo, unit } = stage;
    return Math.min((width * photo.height) / photo.width, 1.1 * width) + 112 * unit;
  },

  // Predictions beside the picture need to be seen, too.
  home({ played, photo }) {
    const home = [0, 0, photo.width, photo.height];
    if (played.source !== "example") return home;
    const margin = 0.02 * photo.width;
    played.predictions.forEach((v, k) => {
      home[k % 4] = k % 4 < 2 ? Math.min(home[k % 4], v - margin) : Math.max(home[k % 4], v + margin);
    });
    return home;
  },

  label(stage) {
    const { played } = stage;
    const { unit } = methodOf(stage);
    return say(`nms.${unit}.label`, { alt: stage.photo.alt, count: played.order.length, step: stepOf(stage), steps: played.rounds });
  },

  means(stage) {
    return statesOf(stage).map(([state, text]) => ({ state, text }));
  },

  draw(stage, marks, ctx) {
    const step = stepOf(stage);
    const method = methodOf(stage);
    const current = currentOf(stage);
    const picks = picksOf(stage);
    if (step === 0) drawBefore(stage, marks);
    else method.draw(stage, marks, ctx, { step, current, picks });
    drawPicked(stage, marks, method, picks, step);
    const pointed = stage.hover?.kind === "prediction" ? stage.hover.index : -1;
    if (pointed >= 0 && !picks.includes(pointed) && pointed < stage.played.status.length) {
      marks.box(box(stage.played, pointed), "object", { width: 2.2 });
      marks.tag(box(stage.played, pointed), titleOf(stage.played, pointed, method.score(stage.played, pointed, step)), { must: true });
    }
    const result = stage.hover?.kind === "result" && resultBox(stage.hover);
    if (result) marks.box(result, "object", { width: 2.6 });
    marks.flushTags();
    drawQueue(stage, method, ctx, step, current);
    player.paint(stage);
  },

  strip(stage) {
    const { played, prediction, partner } = stage;
    const method = methodOf(stage);
    const step = stepOf(stage);
    if (partner >= 0) return pairStrip(played, prediction, partner, (i) => method.state(played, i, step));
    return method.strip(stage, step, currentOf(stage), prediction);
  },

  // The first box that is picked tells its own story, the second is held against it, the third begins anew; a picked
  // one is let go. `hold`: the box that was picked first stays, whoever is held against it.
  pickPrediction(stage, i, { hold = false } = {}) {
    const { prediction, partner } = stage;
    if (i === prediction) this.show(stage, partner, -1);
    else if (i === partner) this.show(stage, prediction, -1);
    else if (prediction < 0 || (partner >= 0 && !hold)) this.show(stage, i, -1);
    else this.show(stage, i, partner >= 0 ? partner : prediction);
  },

  show(stage, prediction, partner) {
    pause(stage);
    Object.assign(stage, { prediction, partner });
    const { played } = stage;
    const words = partner >= 0 ? pairWords(played, prediction, partner) : prediction >= 0 ? methodOf(stage).sentence(played, prediction) : "";
    if (words) stage.say(words.replace(/<[^>]+>/g, ""));
    stage.commitPick(400);
    stage.schedule();
  },

  hover(stage, ix, iy, x, y) {
    const i = queueHit(stage, methodOf(stage), stepOf(stage), currentOf(stage), x, y);
    return i >= 0 ? { kind: "prediction", index: i } : null;
  },

  // A click in the queue or on the smallest box under the pointer.
  click(stage, ix, iy, x, y, hold) {
    const { played } = stage;
    const [method, step] = [methodOf(stage), stepOf(stage)];
    const inQueue = queueHit(stage, method, step, currentOf(stage), x, y);
    const seen = Array.from(played.order).filter((k) => method.state(played, k, step) !== "out");
    const i = inQueue >= 0 ? inQueue : (seen[smallestAt(seen.map((k) => box(played, k)), ix, iy)] ?? -1);
    if (i >= 0) this.pickPrediction(stage, i, { hold });
    else this.show(stage, -1, -1);
  },

  act: player.act,
  input: player.input,

  key(stage, key, event) {
    if (player.key(stage, key)) return true;
    if (key === "ArrowDown" || key === "ArrowUp") {
      const order = Array.from(stage.played.order);
      if (!order.length) return true;
      const { prediction, partner } = stage;
      const way = key === "ArrowDown" ? 1 : -1;
      const held = event.shiftKey ? (partner >= 0 ? partner : prediction) : -1;
      let at = order.indexOf(prediction) + way;
      if (held >= 0 && order[at] === held) at += way; // nobody is held against itself
      const next = order[Math.max(0, Math.min(order.length - 1, at))];
      if (next !== held) this.show(stage, next, held);
      return true;
    }
    if (key === "Escape" && stage.prediction >= 0) return this.show(stage, stage.partner, -1), true;
    return false;
  },
};
