// Weighted boxes fusion, box by box: each joins the fused box it overlaps most, or founds one.

import { escapeHtml, iouText, plural } from "../../model/format.js";
import { intersectionOf } from "../../core/iou.js";
import { fusedAfter } from "../../core/softening.js";
import { caption, formula, fraction, number, result } from "../shared.js";
import { box, drawWaiting, leftOut, MANY, nameOf, ofClass, tagged, takesPart, titleOf } from "./common.js";

const STATES = PALETTE.states;
const two = (value) => value.toFixed(2);
const joins = (data, i) => data.suppressed_by[i] >= 0;

const memory = new WeakMap(); // a trace's status -> the fused boxes after each step asked for

function fused(data, step) {
  if (!memory.has(data.status)) memory.set(data.status, new Map());
  const known = memory.get(data.status);
  if (!known.has(step)) known.set(step, fusedAfter(data, step));
  return known.get(step);
}

const founderOf = (data, i) => (joins(data, i) ? data.suppressed_by[i] : i);
const clusterOf = (data, i, step) => fused(data, step).find((c) => c.founder === founderOf(data, i));

// The prediction that is dealt with in a step.
function currentOf(data, step) {
  for (const i of data.order) if (data.round[i] === step && step > 0) return i;
  return -1;
}

// How far the fused box went when i joined: of the edge that moved most, in pixels.
function moved(data, i, step) {
  const [before, after] = [clusterOf(data, i, step - 1), clusterOf(data, i, step)];
  return before ? Math.max(...after.box.map((v, k) => Math.abs(v - before.box[k]))) : 0;
}

export const fusing = {
  unit: "box",
  averages: true,
  state(data, i, step) {
    if (!takesPart(data, i)) return "out";
    if (data.round[i] > step) return "waiting";
    return joins(data, i) ? "joined" : "kept";
  },
  score: (data, i) => data.scores[i],
  current: currentOf,

  draw(stage, marks, ctx, { step, current, picks }) {
    const { data } = stage;
    const clusters = fused(data, step);
    const waiting = Array.from(data.order).filter((i) => fusing.state(data, i, step) === "waiting");
    const many = data.above > MANY;
    const crowd = clusters.length > (stage.narrow ? 6 : 12);
    const [picked = -1] = picks;
    const chosen = picked >= 0 && takesPart(data, picked) && data.round[picked] <= step ? picked : current;
    const mine = chosen >= 0 ? clusterOf(data, chosen, step) : null;
    stage.lightUnion(ctx, clusters.map((c) => c.box), 0.42);
    const [p, q] = picks.length > 1 ? picks.map((i) => box(data, i)) : mine && joins(data, chosen) ? [mine.box, box(data, chosen)] : [];
    const shared = p && intersectionOf(p, q);
    if (shared) stage.light(ctx, shared);
    drawWaiting(marks, data, waiting, { many });
    for (const c of clusters) {
      for (const i of c.members.slice(0, 60)) {
        if (i !== chosen && c.members.length > 1) marks.box(box(data, i), "joined", { alpha: c === mine ? 1 : 0.5, bare: many });
      }
    }
    for (const c of clusters) {
      marks.box(c.box, "kept", { width: c === mine ? 4.2 : crowd ? 2.2 : 3 });
      const text = `✓ ${nameOf(data, c.founder)} ${two(c.score)}${c.members.length > 1 ? ` · ${c.members.length}` : ""}`;
      if (c === mine || !crowd) marks.tag(c.box, text, { background: STATES.kept.core, must: c === mine });
    }
    if (chosen >= 0 && chosen !== picked && joins(data, chosen)) {
      marks.box(box(data, chosen), "joined", { width: 2.4 });
      marks.tag(box(data, chosen), `+ ${titleOf(data, chosen)}`, { background: "#FFFFFF", prefer: "below", must: true });
    }
  },

  arcs(data, step, current) {
    const out = [];
    for (const i of data.order) {
      if (fusing.state(data, i, step) === "joined") out.push({ from: data.suppressed_by[i], to: i, now: i === current, state: "joined" });
    }
    return out;
  },

  legend: (counts) => [
    ["kept", "fused boxes so far", counts.kept],
    ["joined", "joined one of them", counts.joined],
    ["waiting", "still waiting", counts.waiting],
  ],

  said: (data, step, current) =>
    joins(data, current)
      ? `${titleOf(data, current)} joins ${nameOf(data, founderOf(data, current))}: ${clusterOf(data, current, step).members.length} members.`
      : `${titleOf(data, current)} founds a fused box.`,

  panel({ data }, step, current) {
    const name = tagged(data, current, "kept");
    const whose = ofClass(data.suppression);
    if (!joins(data, current)) {
      return `The best box still waiting is ${name}. It overlaps no fused box${whose} by more than ${iouText(data.suppression.iou_threshold)}: it founds one.`;
    }
    const { members } = clusterOf(data, current, step);
    return (
      `${name} overlaps the fused ${escapeHtml(nameOf(data, founderOf(data, current)))} by ${iouText(data.prediction_iou[current])}, more than ${iouText(data.suppression.iou_threshold)}: it joins. ` +
      `The fused box is now the average of <b class="kept">${members.length}</b>, each weighing as much as its score; an edge moved by up to ${moved(data, current, step).toFixed(1)} pixels.`
    );
  },

  sentence(data, i) {
    if (!takesPart(data, i)) return leftOut(data, i);
    const c = clusterOf(data, i, data.rounds);
    const end = `In the end the fused box averages ${plural(c.members.length, "prediction")} and scores ${two(c.score)}${data.suppression.fusion.score === "max" ? ", their best" : c.members.length > 1 ? ", their mean" : ""}.`;
    const name = `<b>${escapeHtml(titleOf(data, i))}</b>`;
    return joins(data, i)
      ? `${name} joins in turn ${data.round[i]}: its IoU with the fused box was <b>${iouText(data.prediction_iou[i])}</b>. ${end}`
      : `${name} founds a fused box in turn ${data.round[i]}: it overlapped none${ofClass(data.suppression)} by more than ${iouText(data.suppression.iou_threshold)}. ${end}`;
  },

  // The left edge as the weighted mean of the members': one of the four.
  strip({ data }, step, current, picked) {
    const i = picked >= 0 && takesPart(data, picked) && data.round[picked] <= step ? picked : current;
    if (i < 0) return caption(data.rounds ? "Step to the first box: how the fused box is averaged is worked out here." : "No box takes part: there is nothing to fuse.");
    const c = clusterOf(data, i, step);
    if (c.members.length < 2) return caption(`${tagged(data, i, "kept")} is alone so far: the fused box is the box itself.`);
    const pixel = (v) => v.toFixed(Math.abs(v) < 10 ? 2 : 1);
    const shown = c.members.slice(0, 2);
    const more = c.members.length > 2 ? " + …" : "";
    const top = shown.map((k) => `${number(two(data.scores[k]))} · ${number(pixel(data.predictions[4 * k]))}`).join(" + ") + more;
    const bottom = shown.map((k) => number(two(data.scores[k]))).join(" + ") + more;
    return (
      formula(
        `<span class="fn"><i>x</i><sub>1</sub></span> = ${fraction(top, bottom)} = ${result(pixel(c.box[0]))}`,
        `The left edge of the fused box is the mean of its ${c.members.length} members, weighted by their scores: ${pixel(c.box[0])}`,
      ) + caption(`The left edge of the fused <b class="kept">${escapeHtml(nameOf(data, c.founder))}</b>: the mean of ${c.members.length} members, weighted by their scores. The other edges alike.`)
    );
  },

  funnel: "fused",
  columns: () => ["rank", "class", "score", "turn", "decision", "into", "IoU"],
  cells(data, i, step, state) {
    const joined = state === "joined";
    return [
      two(data.scores[i]),
      state === "kept" || joined ? data.round[i] : "–",
      { kept: "✓ founds one", joined: "+ joins", waiting: "… waiting" }[state],
      joined ? escapeHtml(titleOf(data, founderOf(data, i))) : "–",
      joined ? iouText(data.prediction_iou[i]) : "–",
    ];
  },
};
