// ATSS: a threshold for each object, found among its candidates.

import { isCentredIn, labelByAtss } from "../../../core/matching/atss.js";
import { circled, iouText } from "../../../model/format.js";
import { say, sayFrom } from "../../../model/sentences.js";
import { caption, formula, number, result } from "../../shared.js";
import { axis, dot, objectRows, ruler } from "../charts.js";
import { apart, focusOf, levelLookedAt, listed, nameOf, nounOf, specOf, stateMark } from "../subject.js";
import { askedAbout, common } from "./common.js";

const MOST_CANDIDATES = 30; // the slider's end

const centredIn = (stage, i, box) => isCentredIn(stage.story.A, i, box);

// The object whose anchor it is or, of an anchor that is none, whose threshold it comes nearest to; -1 of no candidate.
function objectOf(stage, index) {
  const { adaptive, columns } = stage.story;
  const { label, gt_index } = stage.labels;
  const near = adaptive.flatMap((own, g) => (own.candidates.includes(index) ? [g] : []));
  if (!near.length) return -1;
  if (label[index] === 1) return gt_index[index];
  const focus = focusOf(stage);
  const above = (g) => columns[g].iou[index] - adaptive[g].threshold;
  return near.includes(focus) ? focus : near.reduce((a, b) => (above(b) > above(a) ? b : a));
}

// What the object's own threshold means for the anchor.
function meaning(stage, index, focus) {
  const { threshold, candidates } = stage.story.adaptive[focus];
  const { iou, box } = stage.story.columns[focus];
  const { label, gt_index } = stage.labels;
  const said = { anchor: `#${index}`, iou: `<b class="${stage.stateOf(index)}">${iouText(iou[index])}</b>`, threshold: iouText(threshold) };
  if (!candidates.includes(index)) return say("rules.atss.no_candidate", { anchor: said.anchor, count: candidates.length });
  if (iou[index] < threshold) return say("rules.atss.below", said);
  if (!centredIn(stage, index, box)) return say("rules.atss.centred_outside", said);
  const learned = label[index] === 1 ? gt_index[index] : -1;
  return sayFrom(learned === focus ? "rules.atss.centred_inside" : "rules.atss.overlaps_more", { ...said, other: circled(learned) });
}

export const atss = {
  ...common,
  label: labelByAtss,
  readsLevels: true,
  numbers: (stage, { top_k }) => ({ count: top_k }),
  bands: () => [1, 1],
  levelsText: (levels) => say("rules.atss.levels_together", { levels }),

  strip(stage, index, focus) {
    const { mean, std, threshold } = stage.story.adaptive[focus];
    const [m, s, t] = [mean, std, threshold].map(iouText);
    const learned = stage.labels.label[index] === 1 ? stage.labels.gt_index[index] : -1;
    const so = say(learned >= 0 && learned !== focus ? "rules.atss.it_is" : "rules.atss.so_it_is", { state: stateMark(stage, index) });
    return (
      formula(
        `<span class="fn">${say("rules.atss.threshold_of", { object: number(circled(focus)) })}</span> = ` +
          `<span class="fn">${say("rules.atss.mean_and_deviation")}</span> = ${number(m)} + ${number(s)} = ${result(t)}`,
        say("rules.atss.threshold_told", { object: focus + 1, mean: m, deviation: s, threshold: t }),
        { anchor: index, object: focus },
      ) + caption(`${meaning(stage, index, focus)} ${so}`)
    );
  },

  // The IoUs of every object's candidates, and the threshold that follows from them.
  histogram(stage) {
    const { adaptive, columns } = stage.story;
    const at = (v) => 30 + 326 * Math.min(v, 1);
    const spoken = adaptive.map(({ threshold }, g) => `${stage.className(g)} ${iouText(threshold)}`).join(", ");
    return objectRows(
      stage,
      say("rules.atss.chart"),
      say("rules.atss.chart_told", { thresholds: spoken }),
      (g, y) => {
        const { candidates, mean, threshold } = adaptive[g];
        const dots = candidates
          .map((i) => {
            const learns = columns[g].iou[i] >= threshold && centredIn(stage, i, columns[g].box);
            return dot(at(columns[g].iou[i]), y, learns ? "positive" : "negative", `#${i}: ${iouText(columns[g].iou[i])}`, `anchor:${i}:${g}`);
          })
          .join("");
        const bar = at(threshold);
        return (
          `<path d="M${at(mean)} ${y - 4}V${y + 4}" stroke="var(--muted)" stroke-width="1.4"/>${dots}` +
          `<path d="M${bar} ${y - 7}V${y + 7}" stroke="var(--st-text-color)" stroke-width="2.4"/>` +
          `<text x="394" y="${y + 4}" text-anchor="end" class="h">${iouText(threshold)}</text>`
        );
      },
      axis([0, 0.25, 0.5, 0.75, 1], at),
    );
  },

  figure(stage, index) {
    const focus = focusOf(stage);
    const { threshold } = stage.story.adaptive[Math.max(0, focus)];
    return ruler(stage, index, [threshold, threshold], focus, iouText);
  },

  // The candidates among which an object's anchors are chosen.
  drawWhere(stage, marks, focus) {
    const level = levelLookedAt(stage);
    const shown = stage.story.adaptive[focus].candidates.filter((i) => level < 0 || stage.cells.levelOfAnchor(i) === level);
    for (const cell of new Set(shown.map((i) => stage.cells.cellOf(i)))) {
      const [x, y] = stage.centre(cell);
      marks.circle(stage.viewport.x(x), stage.viewport.y(y), 4.6, "#FFFFFF");
    }
  },

  verdict(stage, index) {
    const { adaptive, columns } = stage.story;
    const { best_iou, gt_index, label } = stage.labels;
    const { top_k } = specOf(stage);
    const many = say(stage.cells.levels.length > 1 ? "rules.atss.nearest_on_level" : "rules.atss.nearest", { count: top_k });
    const g = objectOf(stage, index);
    if (g < 0) return say("rules.atss.why_not_nearest", { nearest: many, iou: iouText(best_iou[index]), object: nameOf(stage, gt_index[index]) });
    const { mean, std, threshold } = adaptive[g];
    const own = columns[g].iou[index];
    const outcome = label[index] === 1 ? "learns" : own < threshold ? "less" : centredIn(stage, index, columns[g].box) ? "enough" : "outside";
    return [
      say("rules.atss.why_one_of", { nearest: many, object: nameOf(stage, g) }),
      say("rules.atss.why_threshold", { mean: iouText(mean), deviation: iouText(std), threshold: iouText(threshold) }),
      sayFrom(`rules.atss.own_${outcome}`, { iou: iouText(own), noun: nounOf(stage, g) }),
    ].join(" ");
  },

  besides(stage, index, g) {
    const { candidates, threshold } = stage.story.adaptive[g];
    const iou = stage.story.columns[g].iou[index];
    const how = !candidates.includes(index) ? "none" : iou >= threshold ? "reaches" : "less";
    return sayFrom(`rules.atss.besides_${how}`, { object: nameOf(stage, g), iou: iouText(iou), threshold: iouText(threshold) });
  },

  lost(stage, g) {
    const { candidates, threshold } = stage.story.adaptive[g];
    const { iou, box } = stage.story.columns[g];
    const reached = candidates.filter((i) => iou[i] >= threshold);
    const inside = reached.filter((i) => centredIn(stage, i, box));
    if (!candidates.length) return ["none"];
    if (!reached.length) return ["below", { threshold: iouText(threshold) }];
    if (!inside.length) return ["outside"];
    return ["others", { others: listed([...new Set(inside.map((i) => circled(stage.labels.gt_index[i])))]) }];
  },

  prediction(stage) {
    const { top_k: now } = specOf(stage);
    const then = now < MOST_CANDIDATES ? Math.min(2 * now, MOST_CANDIDATES) : 9;
    const g = askedAbout(stage);
    return {
      question: say("rules.atss.ask", { then, now, object: nameOf(stage, g) }),
      asks: { control: "matching_atss_top_k", value: then },
      answer() {
        const [before, after] = [now, then].map((top_k) => stage.matched({ top_k }).adaptive[g].threshold);
        const [from, to] = apart(before, after);
        if (after === before) return say("rules.atss.answer_stays", { from });
        if (then > now) return say(after > before ? "rules.atss.answer_rises_with_more" : "rules.atss.answer_falls_with_more", { from, to });
        return say(after > before ? "rules.atss.answer_rises" : "rules.atss.answer_falls", { from, to });
      },
    };
  },
};
