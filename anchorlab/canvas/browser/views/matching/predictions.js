// What the matching page asks to predict: a question that fits the rule and what is set, and its answer, worked out
// of the picture as it is.

import { iouText, plural, whole } from "../../model/format.js";
import { REASON } from "../../core/reasons.js";
import { nameOf, rounds, ruleOf, taught } from "./subject.js";
import { apart, objectsText } from "./words.js";

const predict = (text) => `<b>Predict:</b> ${text}`;
const named = (stage, objects) => (objects.length ? (objects.length > 4 ? objectsText(objects) : objects.map((g) => nameOf(stage, g)).join(", ")) : "None");

// The object that questions are about: the selected one, else the last.
const objectOf = (stage) => (stage.boxes[stage.object] ? stage.object : stage.boxes.length - 1);

// Two objects that want the same best anchor; null if no two do.
function rivals({ labels }) {
  const best = Array.from(labels.best_anchor);
  const second = best.findIndex((anchor, g) => anchor >= 0 && best.indexOf(anchor) < g);
  return second < 0 ? null : [best.indexOf(best[second]), second];
}

// Another threshold than the present one: higher, so that anchors are lost; from the top, lower.
const otherHigh = ({ data }) => [0.6, 0.75, 0.9].find((v) => v > data.match.high + 0.005) ?? 0.5;
const highSlider = { threshold: "match_low_match_high", "max-iou": "match_low_match_high", greedy: "match_high", ssd: "match_high" };

// Objects that learn only from anchors below the threshold, and those that no anchor learns.
function weaklyTaught(stage, high) {
  const { low } = stage.data.match;
  const { label, gt_index, columns } = stage.matched({ high, low: Math.min(low, high) });
  const strong = new Set();
  const weak = new Set();
  label.forEach((l, i) => {
    if (l === 1) (columns[gt_index[i]].iou[i] >= Math.fround(high) ? strong : weak).add(gt_index[i]);
  });
  const all = stage.boxes.map((_, g) => g);
  return { only: all.filter((g) => weak.has(g) && !strong.has(g)), none: all.filter((g) => !weak.has(g) && !strong.has(g)) };
}

function byBands(stage) {
  const high = otherHigh(stage);
  const asks = { control: highSlider[ruleOf(stage)], value: high };
  const at = `at “positive from ${iouText(high)}”`;
  if (!stage.data.match.low_quality) {
    return {
      question: predict(`${at}, which objects does no anchor learn? Then drag.`),
      asks,
      answer: () => `<b>${named(stage, weaklyTaught(stage, high).none)}</b>, as low-quality matches are off.`,
    };
  }
  return {
    question: predict(`${at}, which objects live on low-quality matches alone? Then drag.`),
    asks,
    answer() {
      const { only, none } = weaklyTaught(stage, high);
      const lost = none.length ? ` No anchor at all learns ${objectsText(none)}.` : "";
      const why = only.length ? `: no anchor reaches IoU ${iouText(high)} with ${only.length === 1 ? "it" : "them"} and learns ${only.length === 1 ? "it" : "them"}` : "";
      return `<b>${named(stage, only)}</b>${why}.${lost}`;
    },
  };
}

function byMaxIou(stage) {
  const pair = stage.data.match.low_quality && rivals(stage);
  if (!pair) return byBands(stage);
  const [first, last] = pair;
  return {
    question: predict(`${nameOf(stage, first)} and ${nameOf(stage, last)} share their best anchor. Which of them learns from it?`),
    answer() {
      const anchor = stage.labels.best_anchor[last];
      if (stage.labels.label[anchor] !== 1) return `Neither: anchor #${anchor} is ${stage.stateOf(anchor)}, as its IoU is less than objects take.`;
      return `<b>${nameOf(stage, stage.labels.gt_index[anchor])}</b> learns from anchor #${anchor}: of objects that want one anchor the last listed gets it.`;
    },
  };
}

function greedily(stage) {
  const pair = rivals(stage);
  const taken = rounds(stage);
  if (pair) {
    const [a, b] = pair;
    return {
      question: predict(`${nameOf(stage, a)} and ${nameOf(stage, b)} share their best anchor: who gets it, and what does the other take? Then step.`),
      answer() {
        const anchor = stage.labels.best_anchor[a];
        const winner = taken.find(([i]) => i === anchor);
        const said = [a, b].map((g) => [g, taken.find(([, of]) => of === g)]);
        const rest = said
          .filter(([g]) => g !== winner?.[1])
          .map(([g, round]) => (round ? `${nameOf(stage, g)} takes #${round[0]}, at IoU ${iouText(round[2])}` : `${nameOf(stage, g)} gets none`));
        return `<b>${nameOf(stage, winner[1])}</b> gets #${anchor}, at IoU ${iouText(winner[2])}. ${rest.join("; ")}.`;
      },
    };
  }
  if (taken.length > 1) {
    return {
      question: predict("which object gets its anchor first, and which last? Then step."),
      answer() {
        const [first, last] = [taken[0], taken.at(-1)];
        return `First <b>${nameOf(stage, first[1])}</b>: its IoU ${iouText(first[2])} is the largest of the matrix. Last <b>${nameOf(stage, last[1])}</b>, at IoU ${iouText(last[2])}.`;
      },
    };
  }
  return {
    question: predict("once the object has its anchor, how many others does the threshold add? Then step."),
    answer() {
      const count = stage.labels.label.reduce((sum, l) => sum + (l === 1), 0) - taken.length;
      return `<b>${whole(count)}</b>: those of IoU ${iouText(stage.data.match.high)} or more.`;
    },
  };
}

function bySsd(stage) {
  const high = stage.data.match.high < 1 ? 1 : 0.5;
  return {
    question: predict(`at “positive from ${iouText(high)}”, how many anchors learn? Then drag.`),
    asks: { control: "match_high", value: high },
    answer() {
      const { label, reason } = stage.matched({ high });
      const taken = label.reduce((sum, l, i) => sum + (l === 1 && reason[i] === REASON.FORCED), 0);
      const all = label.reduce((sum, l) => sum + (l === 1), 0);
      const shared = taken < stage.boxes.length ? `, as ${taken ? "some objects share theirs" : "none takes part"}` : "";
      return `<b>${whole(all)}</b>: ${whole(taken)} that ${stage.boxes.length === 1 ? "the object takes" : `${plural(stage.boxes.length, "object")} take`} for themselves${shared}, and ${whole(all - taken)} by IoU.`;
    },
  };
}

const MOST_CANDIDATES = 30; // the slider's end

function byAtss(stage) {
  const { top_k: now } = stage.data.match;
  const then = now < MOST_CANDIDATES ? Math.min(2 * now, MOST_CANDIDATES) : 9;
  const g = objectOf(stage);
  return {
    question: predict(`with ${then} candidates instead of ${now}, does the threshold of ${nameOf(stage, g)} rise or fall? Then drag.`),
    asks: { control: "assign_top_k", value: then },
    answer() {
      const [before, after] = [now, then].map((top_k) => stage.matched({ top_k }).adaptive[g].threshold);
      const way = after > before ? "rises" : after < before ? "falls" : "stays";
      const why = {
        falls: then > now ? ": farther anchors overlap less and pull the mean down" : "",
        rises: then > now ? ": the IoUs now differ more, and the deviation counts, too" : "",
      }[way];
      const [from, to] = apart(before, after);
      return way === "stays" ? `It <b>stays</b>, at ${from}.` : `It <b>${way}</b>, from ${from} to ${to}${why}.`;
    },
  };
}

function byYolo(stage) {
  const g = objectOf(stage);
  const box = stage.boxes[g];
  const { level, anchor } = stage.story.responsible[g];
  const half = level.stride[1] / 2;
  // To the right, unless the picture ends there.
  const step = box[2] + half <= stage.photo.width ? half : -half;
  return {
    question: predict(`half a cell (${whole(half)} px) further ${step > 0 ? "right" : "left"}, does ${nameOf(stage, g)} keep its anchor? Then drag.`),
    answer() {
      const moved = stage.boxes.map((b, k) => (k === g ? [b[0] + step, b[1], b[2] + step, b[3]] : b));
      const next = stage.matched({}, moved).responsible[g].anchor;
      return next === anchor
        ? `<b>Yes</b>, #${anchor}: its centre stays in the same cell, and its shape is the same, though every IoU changes.`
        : `<b>No</b>: its centre crosses a line between cells, and #${next} follows on #${anchor}.`;
    },
  };
}

function byYolov5(stage) {
  const g = objectOf(stage);
  return {
    question: predict(`in how many cells do anchors learn ${nameOf(stage, g)}? Then drag its centre over a cell and count.`),
    answer() {
      const cells = new Set(stage.story.pairs.flatMap(([anchor, of]) => (of === g ? [stage.cells.cellOf(anchor)] : [])));
      if (!taught(stage).has(g)) return "In <b>none</b>: no shape is alike enough.";
      const levels = new Set([...cells].map((cell) => stage.cells.levelOf(cell))).size;
      const where = stage.cells.levels.length > 1 ? ` on ${plural(levels, "level")}` : "";
      return `In <b>${whole(cells.size)}</b>${where}: its own, and up to two neighbours on the nearer sides.`;
    },
  };
}

const QUESTIONS = { threshold: byBands, greedy: greedily, "max-iou": byMaxIou, ssd: bySsd, atss: byAtss, yolo: byYolo, yolov5: byYolov5 };

export function prediction(stage) {
  if (!stage.boxes.length) return { question: "<b>Draw</b> a box around something: how many anchors learn it?" };
  return QUESTIONS[ruleOf(stage)](stage);
}
