// Matrix NMS: step 1 lowers all scores at once, step 2 drops what is too low.

import { overlapOf, rivals } from "../../../core/suppression/common.js";
import { matrixSuppress, wordOf } from "../../../core/suppression/matrix.js";
import { iouText, two } from "../../../model/format.js";
import { say } from "../../../model/sentences.js";
import { caption, formula, fraction, number, result } from "../../shared.js";
import { bold, isKept, leftOut, rangeText, safeTitle, stateAt, tagged, takesPart, titleOf, whomOf } from "../common.js";
import { drawLowering, LOWERING } from "./lowering.js";

const isLowered = (played, i) => played.suppressed_by[i] >= 0;
const allLowered = (played) => Array.from(played.order).filter((i) => isLowered(played, i));
const leastText = ({ suppression }) => two(suppression.score_threshold);

export const matrix = {
  ...LOWERING,
  columns: [...LOWERING.columns.slice(0, -1), "decided_by"],
  knowsWho: (step) => step > 0,
  unit: "step",
  play: matrixSuppress,
  state: stateAt,
  score: (played, i, step) => (step > 0 ? played.final_scores[i] : played.scores[i]),
  current: () => -1,
  draw: (stage, marks, ctx, options) => drawLowering(stage, matrix, marks, ctx, { ...options, touched: [] }),

  arcs(played, step, current, picked) {
    if (step < 1) return [];
    return allLowered(played).map((to) => ({
      from: played.suppressed_by[to],
      to,
      now: picked < 0 || picked === to,
      weight: 1 - played.factor[to],
      state: stateAt(played, to, step),
    }));
  },

  said: (played, step) =>
    step === 1
      ? say("methods.matrix.said_lowered", { lowered: allLowered(played).length })
      : say("methods.matrix.said_dropped", { count: played.above - played.kept, score: leastText(played), kept: played.kept }),

  panel({ played }, step) {
    if (step !== 1) {
      const dropped = say("methods.matrix.dropped", { score: leastText(played), dropped: played.above - played.kept });
      return [dropped, say("methods.matrix.kept", { count: played.kept })].join(" ");
    }
    const fell = allLowered(played);
    const counts = { fallen: fell.length, all: played.above };
    const lowered = fell.length ? say("methods.matrix.lowered", { ...counts, range: rangeText(fell.map((i) => played.factor[i])) }) : say("methods.matrix.none_lowered", counts);
    return [say("methods.matrix.at_once"), lowered, say(`methods.matrix.strongest_${whomOf(played.suppression)}`)].join(" ");
  },

  sentence(played, i) {
    if (!takesPart(played, i)) return leftOut(played, i);
    const name = bold(played, i);
    const score = leastText(played);
    const end = isKept(played, i) ? say("methods.matrix.end_kept", { score }) : say("methods.matrix.end_dropped", { score });
    if (!isLowered(played, i)) return [say(`methods.matrix.unopposed_${whomOf(played.suppression)}`, { name }), end].join(" ");
    const by = played.suppressed_by[i];
    const doubt = played.compensation[by];
    const values = { name: tagged(played, by, "kept"), overlap: iouText(played.prediction_iou[i]) };
    return [
      say("methods.matrix.falls", { name, score: two(played.final_scores[i]) }),
      doubt > 0 ? say("methods.matrix.decides_doubted", { ...values, doubt: iouText(doubt) }) : say("methods.matrix.decides", values),
      end,
    ].join(" ");
  },

  strip({ played }, step, current, picked) {
    if (step < 1) return caption(played.rounds ? say("methods.matrix.strip_before") : say("nms.strip_empty"));
    const i = picked >= 0 && isLowered(played, picked) ? picked : allLowered(played)[0];
    if (i === undefined) return caption(say("methods.matrix.strip_none"));
    const { suppression, scores, factor, final_scores } = played;
    const by = played.suppressed_by[i];
    const [o, c] = [played.prediction_iou[i], played.compensation[by]];
    const worked =
      suppression.matrix.kernel === "gaussian"
        ? `<span class="fn">e<sup>−${suppression.matrix.sigma}(${iouText(o)}² − ${iouText(c)}²)</sup></span>`
        : fraction(`1 − ${number(iouText(o))}`, `1 − ${number(iouText(c))}`);
    const values = { name: tagged(played, by, "kept"), overlap: iouText(o) };
    return (
      formula(
        `<span class="fn">${number(safeTitle(played, i), "waiting")}</span> → ${number(two(scores[i]))} · ${worked} = ${number(two(scores[i]))} · ${number(two(factor[i]))} = ${result(two(final_scores[i]))}`,
        say("methods.matrix.spoken", { name: titleOf(played, i), score: two(final_scores[i]), by: titleOf(played, by) }),
      ) + caption(c > 0 ? say("methods.matrix.strip_discounted", { ...values, doubt: iouText(c) }) : say("methods.matrix.decides", values))
    );
  },

  // The better box has a word against the other; only the strongest word counts.
  pair(played, a, b, boxes) {
    const { suppression, suppressed_by: by, compensation, factor } = played;
    const overlap = overlapOf(boxes)(a, b);
    const word = wordOf(overlap, compensation[a], suppression);
    const pair = { overlap, enough: overlap > 0, word, doubt: compensation[a] };
    if (!rivals(played, suppression)(a, b)) return { ...pair, kind: "class" };
    if (by[b] === a) return { ...pair, kind: "decides" };
    return word < 1 ? { ...pair, kind: "weaker", by: by[b], factor: factor[b] } : { ...pair, kind: "silent" };
  },

  reasons(suppression, { kind, overlap, doubt }) {
    const doubted = doubt > 0 ? ["doubted"] : [];
    return {
      class: ["class"],
      decides: ["decides", ...doubted, "strongest"],
      weaker: ["weaker", ...doubted, "stronger"],
      silent: [overlap > 0 ? "silent" : "apart"],
    }[kind];
  },
};
