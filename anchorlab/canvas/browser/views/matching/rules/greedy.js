// Greedy: one anchor for every object, round by round, then a threshold.

import { REASON } from "../../../core/matching/common.js";
import { labelGreedily } from "../../../core/matching/greedy.js";
import { ableText } from "../../../draw/able.js";
import { ICONS } from "../../../draw/icons.js";
import { iouText, whole } from "../../../model/format.js";
import { say, sayFrom } from "../../../model/sentences.js";
import { STEP_KEYS, stepAfter } from "../../steps.js";
import { nameOf, specOf } from "../subject.js";
import { common } from "./common.js";
import { aboveOrBelow, overlap, rivals, values } from "./overlap.js";

// ---- rounds

const rounds = (stage) => stage.story.rounds;

// Steps 1 ... n take one pair each; the last step applies the threshold to everyone left.
function stepOf(stage) {
  const total = rounds(stage).length + 1;
  const step = stage.step < 1 || stage.step > total ? total : stage.step;
  return { step, total, final: step === total };
}

function moveStep(stage, act) {
  const { step, total } = stepOf(stage);
  const next = stepAfter(act, step, 1, total);
  stage.step = next;
  const taken = rounds(stage)[next - 1];
  if (taken) {
    const [anchor, object, iou] = taken;
    stage.anchor = anchor;
    stage.object = -1;
    stage.say(say("rules.greedy.round_told", { round: next, anchor: `${anchor}`, object: stage.className(object), iou: iouText(iou) }));
  } else {
    stage.say(say("rules.greedy.last_told", { high: iouText(specOf(stage).high) }));
  }
  stage.commitPick();
  stage.schedule();
}

function stepper(stage) {
  if (!rounds(stage).length) return "";
  const { step, total, final } = stepOf(stage);
  const button = (act, off) =>
    `<button type="button" data-act="${act}" aria-label="${say(`rules.greedy.step_${act}`)}" ${ableText(!off)}>${ICONS[act]}</button>`;
  const where = final ? say("rules.greedy.then_threshold") : say("rules.greedy.round_of", { round: step, rounds: total - 1 });
  return (
    `<div class="stepper">${button("first", step === 1)}${button("back", step === 1)}` +
    `<b>${where}</b>${button("next", final)}${button("last", final)}</div>`
  );
}

// ---- what is asked

function sharedBest(stage, [a, b]) {
  const [first, second] = [a, b].map((g) => nameOf(stage, g));
  return {
    question: say("rules.greedy.ask_shared", { first, second }),
    answer() {
      const taken = rounds(stage);
      const anchor = stage.labels.best_anchor[a];
      const [, winner, iou] = taken.find(([i]) => i === anchor);
      const rest = [a, b]
        .filter((g) => g !== winner)
        .map((g) => {
          const round = taken.find(([, of]) => of === g);
          const object = nameOf(stage, g);
          return round
            ? say("rules.greedy.answer_takes", { object, anchor: `#${round[0]}`, iou: iouText(round[2]) })
            : say("rules.greedy.answer_gets_none", { object });
        });
      return [say("rules.greedy.answer_gets", { object: nameOf(stage, winner), anchor: `#${anchor}`, iou: iouText(iou) }), ...rest].join(" ");
    },
  };
}

function firstAndLast(stage) {
  const name = (round) => ({ object: nameOf(stage, round[1]), iou: iouText(round[2]) });
  return {
    question: say("rules.greedy.ask_order"),
    answer() {
      const taken = rounds(stage);
      return `${say("rules.greedy.answer_first", name(taken[0]))} ${say("rules.greedy.answer_last", name(taken.at(-1)))}`;
    },
  };
}

function howManyMore(stage) {
  return {
    question: say("rules.greedy.ask_more"),
    answer() {
      const count = stage.labels.label.reduce((sum, l) => sum + (l === 1), 0) - rounds(stage).length;
      return say("rules.greedy.answer_more", { anchors: whole(count), high: iouText(specOf(stage).high) });
    },
  };
}

export const greedy = {
  ...overlap,
  label: labelGreedily,
  numbers: (stage, { high }) => ({ high: iouText(high) }),
  bands: ({ high }) => [high, high],
  rounds,
  stepOf,
  stepper,
  strip: (stage, index, focus) => overlap.strip(stage, index, focus, aboveOrBelow),

  rows(stage) {
    const { step, final } = stepOf(stage);
    if (final) return common.rows(stage);
    return [
      ["positive", say("rules.greedy.row_taken"), step],
      ["waiting", say("rules.greedy.row_waiting"), stage.labels.label.length - step],
    ];
  },

  act: moveStep,

  key(stage, key) {
    if (key in STEP_KEYS) moveStep(stage, STEP_KEYS[key]);
    return key in STEP_KEYS;
  },

  verdict(stage, index) {
    const { reason } = stage.labels;
    const said = values(stage, index);
    if (reason[index] === REASON.GREEDY) {
      const k = rounds(stage).findIndex(([anchor]) => anchor === index);
      return sayFrom(k ? "rules.greedy.why_taken" : "rules.greedy.why_first", { ...said, round: k + 1, iou: iouText(rounds(stage)[k][2]) });
    }
    return sayFrom(reason[index] === REASON.ABOVE_HIGH ? "rules.greedy.why_above" : "rules.greedy.why_below", said);
  },

  prediction(stage) {
    const pair = rivals(stage);
    if (pair) return sharedBest(stage, pair);
    return rounds(stage).length > 1 ? firstAndLast(stage) : howManyMore(stage);
  },
};
