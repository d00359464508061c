// Weighted boxes fusion, box by box: each joins the fused box it overlaps most, or founds one.

import { boxArea, boxAt } from "../../../core/boxes.js";
import { boxIou } from "../../../core/iou.js";
import { f32 } from "../../../core/rounding.js";
import { overlapOf, rivals } from "../../../core/suppression/common.js";
import { fuseBoxes, fusedAfter } from "../../../core/suppression/fusion.js";
import { escapeHtml, iouText, two } from "../../../model/format.js";
import { say } from "../../../model/sentences.js";
import { caption, formula, fraction, number, result } from "../../shared.js";
import { bold, box, drawWaiting, leftOut, MANY, nameOf, tagged, takesPart, titleOf, whomOf } from "../common.js";

const STATES = PALETTE.states;
const joins = (played, i) => played.suppressed_by[i] >= 0;
const limitText = ({ suppression }) => iouText(suppression.iou_threshold);

const memory = new WeakMap(); // a trace's status -> the fused boxes after each step asked for

function fused(played, step) {
  if (!memory.has(played.status)) memory.set(played.status, new Map());
  const known = memory.get(played.status);
  if (!known.has(step)) known.set(step, fusedAfter(played, played.suppression, step));
  return known.get(step);
}

const founderOf = (played, i) => (joins(played, i) ? played.suppressed_by[i] : i);
const clusterOf = (played, i, step) => fused(played, step).find((c) => c.founder === founderOf(played, i));

// The prediction that is dealt with in a step.
function currentOf(played, step) {
  for (const i of played.order) if (played.round[i] === step && step > 0) return i;
  return -1;
}

// How far the fused box went when i joined: of the edge that moved most, in pixels.
function moved(played, i, step) {
  const [before, after] = [clusterOf(played, i, step - 1), clusterOf(played, i, step)];
  return before ? Math.max(...after.box.map((v, k) => Math.abs(v - before.box[k]))) : 0;
}

function endText(played, { members, score }) {
  const values = { count: members.length, score: two(score) };
  if (played.suppression.fusion.score === "max") return say("methods.fusion.end_best", values);
  return members.length > 1 ? say("methods.fusion.end_mean", values) : say("methods.fusion.end_alone", { score: values.score });
}

export const fusion = {
  unit: "box",
  measure: "IoU",
  averages: true,
  play: fuseBoxes,
  // The first step that joins a box to another: before it every box is alone.
  firstStep({ round, suppressed_by, rounds }) {
    const joined = Array.from(round).filter((_, i) => suppressed_by[i] >= 0);
    return joined.length ? Math.min(...joined) : Math.min(1, rounds);
  },
  state(played, i, step) {
    if (!takesPart(played, i)) return "out";
    if (played.round[i] > step) return "waiting";
    return joins(played, i) ? "joined" : "kept";
  },
  score: (played, i) => played.scores[i],
  current: currentOf,

  draw(stage, marks, ctx, { step, current, picks }) {
    const { played } = stage;
    const clusters = fused(played, step);
    const waiting = Array.from(played.order).filter((i) => fusion.state(played, i, step) === "waiting");
    const many = played.above > MANY;
    const crowd = clusters.length > (stage.narrow ? 6 : 12);
    const [picked = -1] = picks;
    const chosen = picked >= 0 && takesPart(played, picked) && played.round[picked] <= step ? picked : current;
    const mine = chosen >= 0 ? clusterOf(played, chosen, step) : null;
    stage.lightUnion(ctx, clusters.map((c) => c.box), 0.42);
    const [p, q] = picks.length > 1 ? picks.map((i) => box(played, i)) : mine && joins(played, chosen) ? [mine.box, box(played, chosen)] : [];
    if (p) stage.lightShared(ctx, p, q);
    drawWaiting(marks, played, waiting, { many });
    for (const c of clusters) {
      for (const i of c.members.slice(0, 60)) {
        if (i !== chosen && c.members.length > 1) marks.box(box(played, i), "joined", { alpha: c === mine ? 1 : 0.5, bare: many });
      }
    }
    for (const c of clusters) {
      marks.box(c.box, "kept", { width: c === mine ? 4.2 : crowd ? 2.2 : 3 });
      const text = `✓ ${nameOf(played, c.founder)} ${two(c.score)}${c.members.length > 1 ? ` · ${c.members.length}` : ""}`;
      if (c === mine || !crowd) marks.tag(c.box, text, { background: STATES.kept.core, must: c === mine });
    }
    if (chosen >= 0 && chosen !== picked && joins(played, chosen)) {
      marks.box(box(played, chosen), "joined", { width: 2.4 });
      marks.tag(box(played, chosen), `+ ${titleOf(played, chosen)}`, { background: "#FFFFFF", prefer: "below", must: true });
    }
  },

  arcs(played, step, current) {
    const out = [];
    for (const i of played.order) {
      if (fusion.state(played, i, step) === "joined") out.push({ from: played.suppressed_by[i], to: i, now: i === current, state: "joined" });
    }
    return out;
  },

  states: ["kept", "joined", "waiting"],
  columns: ["rank", "class", "score", "turn", "decision", "into"],
  knowsWho: (step, state) => state === "joined",

  said: (played, step, current) =>
    joins(played, current)
      ? say("methods.fusion.said_joins", { name: titleOf(played, current), into: nameOf(played, founderOf(played, current)), members: clusterOf(played, current, step).members.length })
      : say("methods.fusion.said_founds", { name: titleOf(played, current) }),

  panel({ played }, step, current) {
    const name = tagged(played, current, "kept");
    const iou = limitText(played);
    if (!joins(played, current)) return [say("methods.fusion.next", { name }), say(`methods.fusion.founds_${whomOf(played.suppression)}`, { iou })].join(" ");
    const into = escapeHtml(nameOf(played, founderOf(played, current)));
    return [
      say("methods.fusion.joins", { name, into, overlap: iouText(played.prediction_iou[current]), iou }),
      say("methods.fusion.averages", { members: clusterOf(played, current, step).members.length, moved: moved(played, current, step).toFixed(1) }),
    ].join(" ");
  },

  sentence(played, i) {
    if (!takesPart(played, i)) return leftOut(played, i);
    const values = { name: bold(played, i), turn: played.round[i] };
    const told = joins(played, i)
      ? say("methods.fusion.joined", { ...values, overlap: iouText(played.prediction_iou[i]) })
      : say(`methods.fusion.founded_${whomOf(played.suppression)}`, { ...values, iou: limitText(played) });
    return [told, endText(played, clusterOf(played, i, played.rounds))].join(" ");
  },

  // The left edge as the weighted mean of the members': one of the four.
  strip({ played }, step, current, picked) {
    const i = picked >= 0 && takesPart(played, picked) && played.round[picked] <= step ? picked : current;
    if (i < 0) return caption(played.rounds ? say("methods.fusion.strip_before") : say("methods.fusion.strip_empty"));
    const c = clusterOf(played, i, step);
    if (c.members.length < 2) return caption(say("methods.fusion.strip_alone", { name: tagged(played, i, "kept") }));
    const pixel = (v) => v.toFixed(Math.abs(v) < 10 ? 2 : 1);
    const shown = c.members.slice(0, 2);
    const more = c.members.length > 2 ? " + …" : "";
    const top = shown.map((k) => `${number(two(played.scores[k]))} · ${number(pixel(played.predictions[4 * k]))}`).join(" + ") + more;
    const bottom = shown.map((k) => number(two(played.scores[k]))).join(" + ") + more;
    const members = c.members.length;
    return (
      formula(`<span class="fn"><i>x</i><sub>1</sub></span> = ${fraction(top, bottom)} = ${result(pixel(c.box[0]))}`, say("methods.fusion.spoken", { members, edge: pixel(c.box[0]) })) +
      caption(say("methods.fusion.strip_edge", { name: `<b class="kept">${escapeHtml(nameOf(played, c.founder))}</b>`, members }))
    );
  },

  // A box is compared with fused boxes, never with another prediction.
  pair(played, a, b, boxes) {
    const { suppression, round, suppressed_by: by, prediction_iou } = played;
    const overlap = overlapOf(boxes)(a, b);
    const pair = { overlap, enough: overlap > f32(suppression.iou_threshold) };
    if (!rivals(played, suppression)(a, b)) return { ...pair, kind: "class" };
    const founder = founderOf(played, a);
    if (founder === founderOf(played, b)) return { ...pair, kind: "together", founder, most: prediction_iou[b] };
    // What b met in its turn: the fused box that a belonged to.
    const own = boxAt(boxes, b);
    const { measured } = fusedAfter(played, suppression, round[b] - 1).find((c) => c.founder === founder);
    const reached = boxIou(measured, 0, own[0], own[1], own[2], own[3], boxArea(own));
    return { ...pair, kind: "apart", founder, reached, into: by[b], most: prediction_iou[b] };
  },

  reasons: (suppression, { kind, a, founder, into }) =>
    ({
      class: ["class"],
      together: founder === a ? ["joined", "averaged"] : ["together"],
      apart: ["turn", "reached", into < 0 ? "founded" : "elsewhere"],
    })[kind],
};
