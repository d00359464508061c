// Soft-NMS with either kernel, round by round.

import { iouOf } from "../../../core/iou.js";
import { overlapOf, rivals } from "../../../core/suppression/common.js";
import { scoresByRound, softSuppress } from "../../../core/suppression/soft.js";
import { iouText, two } from "../../../model/format.js";
import { say } from "../../../model/sentences.js";
import { caption, formula, number, result } from "../../shared.js";
import { bold, isKept, isSuppressed, keptIn, leftOut, measuredBox, rangeText, safeTitle, stateAt, tagged, takesPart, titleOf, whomOf } from "../common.js";
import { drawLowering, LOWERING } from "./lowering.js";

const TOLD = 4; // rounds that a sentence names

// `decay`: of core/suppression/soft.js; `kernel`: it as a formula, of an IoU; `spared`: the sentence, with what it asks
// for, of a box that lowers nobody; `enough`: whether an overlap costs score at all; `compared`: which sentence says of a
// pair that it does not.
export const softening = ({ holdsPairs, decay, kernel, spared, enough, compared }) => {
  const memory = new WeakMap(); // a trace's status -> the scores after every round

  function rounds(played) {
    if (!memory.has(played.status)) memory.set(played.status, scoresByRound(played, played.suppression, decay));
    return memory.get(played.status);
  }

  // Who lost score in a round, and what is left of it: [index, factor].
  function lowered(played, step) {
    if (step < 1) return [];
    const [before, after] = [rounds(played)[step - 1], rounds(played)[step]];
    const out = [];
    for (const i of played.order) if (after[i] < before[i]) out.push([i, after[i] / before[i]]);
    return out;
  }

  const fallsIn = (played, i, step) => played.round[i] === step && isSuppressed(played, i);
  const leastText = ({ suppression }) => two(suppression.score_threshold);

  return {
    unit: "round",
    holdsPairs,
    play: (found, settings) => softSuppress(found, settings, decay),
    state: stateAt,
    score: (played, i, step) => (takesPart(played, i) ? rounds(played)[Math.min(step, played.rounds)][i] : played.scores[i]),
    current: keptIn,
    draw(stage, marks, ctx, options) {
      const touched = lowered(stage.played, options.step).map(([i]) => i);
      drawLowering(stage, this, marks, ctx, { ...options, touched });
    },
    arcs: (played, step, current) =>
      current < 0 ? [] : lowered(played, step).map(([to, factor]) => ({ from: current, to, now: true, weight: 1 - factor, state: stateAt(played, to, step) })),
    ...LOWERING,
    knowsWho: (step, state) => state === "suppressed",

    said(played, step, current) {
      const all = lowered(played, step);
      const dropped = all.filter(([i]) => fallsIn(played, i, step)).length;
      return say("methods.linear.said", { name: titleOf(played, current, this.score(played, current, step)), lowered: all.length, dropped });
    },

    panel({ played }, step, current) {
      const all = lowered(played, step);
      const dropped = all.filter(([i]) => fallsIn(played, i, step)).length;
      const stays = say("methods.linear.stays", { name: tagged(played, current, "kept", this.score(played, current, step)) });
      if (!all.length) return [stays, say("methods.linear.nobody_lowered")].join(" ");
      const range = rangeText(all.map(([, factor]) => factor));
      const falls = dropped ? say("methods.linear.fall", { count: dropped, score: leastText(played) }) : say("methods.linear.none_falls", { score: leastText(played) });
      return [stays, say(`methods.linear.lowers_${whomOf(played.suppression)}`, { count: all.length, range }), falls].join(" ");
    },

    sentence(played, i) {
      if (!takesPart(played, i)) return leftOut(played, i);
      const story = rounds(played);
      const round = played.round[i];
      const by = [];
      for (let r = 1; r <= round; r++) if (story[r][i] < story[r - 1][i]) by.push([r, story[r][i] / story[r - 1][i]]);
      const more = by.length > TOLD ? " …" : "";
      const factors = by.slice(0, TOLD).map(([, f]) => `× ${two(f)}`).join(" ") + more;
      const values = { name: bold(played, i), count: by.length, rounds: by.slice(0, TOLD).map(([r]) => r).join(", ") + more, product: `${two(played.scores[i])} ${factors} = ${two(story[round][i])}` };
      return [
        by.length ? say("methods.linear.loses", values) : say("methods.linear.loses_nothing", { name: values.name }),
        isKept(played, i) ? say("methods.linear.kept", { round }) : say("methods.linear.dropped", { score: leastText(played), round }),
      ].join(" ");
    },

    strip({ played }, step, current, picked) {
      if (current < 0) return caption(played.rounds ? say("methods.linear.strip_before") : say("nms.strip_empty"));
      const all = lowered(played, step);
      const [i, factor] = all.find(([k]) => k === picked) ?? all[0] ?? [-1];
      if (i < 0) return caption(spared(played, tagged(played, current, "kept", this.score(played, current, step))));
      const before = rounds(played)[step - 1][i];
      const after = rounds(played)[step][i];
      const o = iouOf(measuredBox(played, current), measuredBox(played, i));
      const gone = fallsIn(played, i, step);
      const score = leastText(played);
      return (
        formula(
          `<span class="fn">${number(safeTitle(played, i, before), gone ? "suppressed" : "waiting")}</span> → ${number(two(before))} · ${kernel(played.suppression, o)} = ${number(two(before))} · ${number(two(factor))} = ${result(two(after))}`,
          say("methods.linear.spoken", { name: titleOf(played, i, before), by: titleOf(played, current), overlap: iouText(o), after: two(after) }),
        ) + caption(gone ? say("methods.linear.strip_dropped", { score }) : say("methods.linear.strip_waits", { score }))
      );
    },

    // Of the two the one that was kept first acts on the other. `actor` and `other`: in that order.
    pair(played, a, b, boxes) {
      const { suppression, round, suppressed_by: by } = played;
      const overlap = overlapOf(boxes)(a, b);
      const pair = { overlap, enough: enough(overlap, suppression) };
      if (!rivals(played, suppression)(a, b)) return { ...pair, kind: "class" };
      if (!isKept(played, a) && !isKept(played, b)) return { ...pair, kind: "neither" };
      const first = !isKept(played, b) || (isKept(played, a) && round[a] < round[b]);
      const [actor, other] = first ? [a, b] : [b, a];
      const acted = { ...pair, actor, other, round: round[actor] };
      if (round[other] < round[actor]) return { ...acted, kind: "late", by: by[other], round: round[other] };
      const factor = decay(overlap, suppression);
      if (factor === 1) return { ...acted, kind: "passed" };
      const scores = rounds(played);
      const falls = isSuppressed(played, other) && round[other] === round[actor];
      const [before, after] = [scores[round[actor] - 1][other], scores[round[actor]][other]];
      return { ...acted, kind: falls ? "dropped" : "lowered", factor, before, after };
    },

    reasons: (suppression, { kind, overlap }) =>
      ({
        class: ["class"],
        neither: ["neither"],
        late: ["late"],
        passed: [overlap > 0 ? compared(suppression) : "apart", "passed"],
        lowered: ["lowered", "waits"],
        dropped: ["lowered", "dropped"],
      })[kind],
  };
};
