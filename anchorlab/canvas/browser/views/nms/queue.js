// The queue: best score on top, the fill is the score, the outline the state.

import { two, whole } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { STATUS } from "../../core/suppression/common.js";
import { classColour, hasTwin, nameOf, rankText } from "./common.js";

const STATES = PALETTE.states;
const FILLS = { suppressed: "rgba(238,82,72,.30)", waiting: "rgba(185,174,187,.28)", joined: "rgba(108,245,162,.22)" };

const symbolOf = (state) => STATES[state]?.symbol ?? ""; // none of those that take no part

// The picked prediction and the one it is held against.
export const picksOf = ({ prediction, partner }) => [prediction, partner].filter((i) => i >= 0);

// Which rows a long queue spells out: what was picked, the round's box, those it suppresses, and the next ones.
function focusOf(played, method, step, current, [picked = -1, ...others], most) {
  const chosen = new Set();
  const add = (i) => i >= 0 && chosen.size < most && chosen.add(i);
  if (picked >= 0) [picked, ...others, played.suppressed_by[picked]].forEach(add);
  add(current);
  const victims = method.arcs(played, step, current, picked).filter((arc) => arc.now).map((arc) => arc.to);
  victims.slice(0, Math.max(0, most - chosen.size - 3)).forEach(add);
  const kept = [];
  for (const i of played.order) {
    const state = method.state(played, i, step);
    if (state === "waiting") add(i);
    if (state === "kept") kept.push(i);
  }
  victims.forEach(add);
  kept.reverse().forEach(add);
  played.order.forEach(add);
  return chosen;
}

// Where each rank lies along the queue. Long queues fold: the rows in focus keep their height and all between
// them become stripes, in `folds`.
function queueLayout(stage, method, step, current) {
  const { played, viewport, unit, narrow } = stage;
  const n = played.order.length;
  const across = narrow ? { left: 10 * unit, top: viewport.height - 86 * unit } : { left: viewport.width - 113 * unit, width: 106 * unit };
  const start = 10 * unit;
  const room = (narrow ? viewport.width : viewport.height) - 2 * start;
  const row = (narrow ? 14 : 19) * unit;
  const starts = new Float32Array(n);
  const sizes = new Float32Array(n);
  const q = { narrow, n, starts, sizes, full: null, folds: [], ...across };
  if (n * (narrow ? 7 : 11) * unit <= room) {
    q.row = Math.min(row, room / Math.max(n, 1));
    sizes.fill(q.row);
    for (let rank = 0; rank < n; rank++) starts[rank] = start + rank * q.row;
    return q;
  }
  q.row = narrow ? row : 17 * unit;
  q.full = focusOf(played, method, step, current, picksOf(stage), Math.max(3, Math.floor((0.55 * room) / q.row)));
  // A fold ends where the reason for being left out changes, too: there a line is drawn.
  const group = (i) => (played.status[i] === STATUS.BELOW_SCORE || played.status[i] === STATUS.OVER_TOP_K ? played.status[i] : 0);
  played.order.forEach((i, rank) => {
    if (q.full.has(i)) return;
    const last = q.folds.at(-1);
    if (last && last.to === rank && last.group === group(i)) last.to++;
    else q.folds.push({ from: rank, to: rank + 1, group: group(i) });
  });
  const least = (f) => Math.min((narrow ? 2 : 13) * unit, (f.to - f.from) * (narrow ? 2 : 3) * unit);
  const spare = room - q.full.size * q.row - q.folds.reduce((sum, f) => sum + least(f), 0);
  for (const f of q.folds) {
    f.size = Math.max(1, least(f) + (Math.max(0, spare) * (f.to - f.from)) / (n - q.full.size));
    sizes.fill(f.size / (f.to - f.from), f.from, f.to);
  }
  played.order.forEach((i, rank) => {
    if (q.full.has(i)) sizes[rank] = q.row;
    starts[rank] = rank ? starts[rank - 1] + sizes[rank - 1] : start;
  });
  for (const f of q.folds) f.start = starts[f.from];
  return q;
}

function foldText(played, { from, to, group }) {
  const number = to - from;
  if (group === STATUS.BELOW_SCORE) return say("nms.fold_below", { number, score: two(played.suppression.score_threshold) });
  return group === STATUS.OVER_TOP_K ? say("nms.fold_beyond", { number, most: played.above }) : say("nms.fold_more", { number });
}

const FOLDED = { kept: STATES.kept.core, suppressed: "#8E352F", joined: "#3E8C62", waiting: "#6F6A75", out: "#3A404B" };

export function drawQueue(stage, method, ctx, step, current) {
  const { played, unit } = stage;
  const q = queueLayout(stage, method, step, current);
  const place = new Map();
  const order = played.order;
  ctx.save();
  ctx.textBaseline = "middle";
  order.forEach((i, rank) => {
    const [at, size] = [q.starts[rank], q.sizes[rank]];
    place.set(i, q.narrow ? [at + size / 2, q.top] : [q.left, at + size / 2 - unit]);
    const state = method.state(played, i, step);
    const score = method.score(played, i, step);
    // Before the first step colour shows the class.
    const hue = step === 0 && state === "waiting" ? classColour(played.prediction_classes[i]) : null;
    if (!q.full || q.full.has(i)) (q.narrow ? drawBar : drawRow)(stage, ctx, q, { i, state, score, hue, shrinks: method.shrinks }, at, current);
    else if (!q.narrow) {
      ctx.fillStyle = hue ? `${hue}B0` : FOLDED[state];
      ctx.fillRect(q.left, at, q.width * score, Math.max(size > 2 * unit ? size - unit : size, state === "kept" ? unit : 0.4));
    } else {
      const h = 50 * unit * score;
      ctx.fillStyle = hue ? `${hue}B0` : FOLDED[state];
      ctx.fillRect(at, q.top + 52 * unit - h, Math.max(size > 2 * unit ? size - unit : size, state === "kept" ? unit : 0.4), h);
    }
  });
  ctx.font = `600 ${12 * unit}px ${stage.font}`;
  if (!q.narrow) {
    for (const f of q.folds) {
      if (f.size < 12 * unit || f.to - f.from < 2) continue;
      const text = foldText(played, f);
      const [x, y] = [q.left + q.width / 2, f.start + f.size / 2];
      const w = ctx.measureText(text).width;
      ctx.fillStyle = "#0B0D12E6";
      ctx.fillRect(x - w / 2 - 4 * unit, y - 6.5 * unit, w + 8 * unit, 13 * unit);
      ctx.fillStyle = "#E4E7EC";
      ctx.fillText(text, x - w / 2, y + 0.5 * unit);
    }
    queueLine(stage, ctx, q, STATUS.BELOW_SCORE, `< ${two(played.suppression.score_threshold)}`);
    queueLine(stage, ctx, q, STATUS.OVER_TOP_K, `k = ${whole(played.above)}`);
  } else if (q.full) {
    ctx.font = `400 ${12 * unit}px ${stage.font}`;
    ctx.fillStyle = "#C9CFDB";
    ctx.fillText(fit(ctx, say("nms.queue", { count: q.n }), stage.viewport.width - 20 * unit), q.left, q.top + 76 * unit);
  }
  // Arcs from who acts to whom it acts on, those of this step bold.
  const arcs = method.arcs(played, step, current, stage.prediction);
  if (stage.partner >= 0) arcs.push({ from: stage.partner, to: stage.prediction, now: true, state: "selected" });
  for (const { from, to, now, weight = 1, state = "suppressed" } of arcs) {
    if (!place.has(from) || !place.has(to)) continue;
    const [x1, y1] = place.get(from);
    const [x2, y2] = place.get(to);
    ctx.globalAlpha = now ? 1 : 0.28;
    ctx.strokeStyle = STATES[state].core;
    ctx.lineWidth = (now ? 0.8 + 1.2 * weight : 1) * unit;
    ctx.beginPath();
    if (q.narrow) {
      const lift = Math.min(22 * unit, 6 * unit + Math.abs(x2 - x1) * 0.12);
      ctx.moveTo(x1, y1);
      ctx.bezierCurveTo(x1, y1 - lift, x2, y2 - lift, x2, y2);
    } else {
      const bend = Math.min(38 * unit, 12 * unit + Math.abs(y2 - y1) * 0.16);
      ctx.moveTo(x1, y1);
      ctx.bezierCurveTo(x1 - bend, y1, x2 - bend, y2, x2, y2);
    }
    ctx.stroke();
  }
  ctx.restore();
}

function fit(ctx, text, room) {
  if (ctx.measureText(text).width <= room) return text;
  let cut = text;
  while (cut.length > 1 && ctx.measureText(cut + "…").width > room) cut = cut.slice(0, -1);
  return cut + "…";
}

function drawBar(stage, ctx, q, { i, state, score, hue }, x, current) {
  const { unit } = stage;
  const s = hue ? { core: hue } : (STATES[state] ?? { core: "#5B6270" });
  const h = 50 * unit * score;
  const y = q.top + 52 * unit - h;
  ctx.globalAlpha = state === "out" ? 0.5 : 1;
  ctx.fillStyle = state === "kept" ? s.core : hue ? `${hue}70` : "rgba(120,125,140,.35)";
  ctx.fillRect(x + 1, y, q.row - 2, h);
  ctx.strokeStyle = s.core;
  ctx.lineWidth = i === current ? 2 * unit : unit;
  ctx.setLineDash({ suppressed: [1.5, 2.5], waiting: [3, 2], joined: [2, 2] }[state] ?? []);
  ctx.strokeRect(x + 1, y, Math.max(1, q.row - 2), h);
  ctx.setLineDash([]);
  if (picksOf(stage).includes(i)) {
    ctx.strokeStyle = STATES.selected.core;
    ctx.lineWidth = 2.4 * unit;
    ctx.strokeRect(x - unit, y - 2 * unit, q.row + 2 * unit, h + 4 * unit);
  }
  ctx.fillStyle = s.core;
  ctx.font = `700 ${11 * unit}px ${stage.font}`;
  if (q.row > 8 * unit && state !== "waiting" && state !== "out") ctx.fillText(symbolOf(state), x + q.row / 2 - 4 * unit, q.top + 61 * unit);
  ctx.globalAlpha = 1;
}

// Where scores shrink, a kept row is filled as far as its score, too, and a thin line is what a score has lost.
function drawRow(stage, ctx, q, { i, state, score, hue, shrinks }, y, current) {
  const { played, unit } = stage;
  const s = hue ? { ...STATES[state], core: hue } : (STATES[state] ?? { core: "#5B6270", dash: [], cap: "butt" });
  const solid = state === "kept" && !shrinks;
  const h = q.row - 2.5 * unit;
  const out = state === "out";
  ctx.globalAlpha = out ? 0.75 : 1;
  ctx.fillStyle = "#14181F";
  ctx.fillRect(q.left, y, q.width, h);
  ctx.fillStyle = solid ? s.core : state === "kept" ? "rgba(108,245,162,.42)" : hue ? `${hue}48` : (FILLS[state] ?? "rgba(120,125,140,.30)");
  ctx.fillRect(q.left, y, q.width * (solid ? 1 : score), h);
  if (score < played.scores[i]) {
    ctx.fillStyle = "#A7AFBE";
    ctx.fillRect(q.left + q.width * score, y + h - 2 * unit, q.width * (played.scores[i] - score), 1.5 * unit);
  }
  if (!out) {
    ctx.strokeStyle = s.core;
    ctx.lineWidth = (i === current ? 2 : 1.3) * unit;
    ctx.lineCap = s.cap;
    ctx.setLineDash({ suppressed: [0, 3.2 * unit], waiting: [4 * unit, 3 * unit], joined: [2 * unit, 2 * unit] }[state] ?? []);
    ctx.strokeRect(q.left, y, q.width, h);
    ctx.setLineDash([]);
  }
  if (picksOf(stage).includes(i)) {
    ctx.strokeStyle = STATES.selected.core;
    ctx.lineWidth = 2.4 * unit;
    ctx.strokeRect(q.left - 3 * unit, y - unit, q.width + 6 * unit, h + 2 * unit);
  }
  ctx.font = `600 ${Math.min(13, q.row / unit - 4.5) * unit}px ${stage.font}`;
  ctx.fillStyle = solid ? PALETTE.casing : out ? "#A7AFBE" : "#F2F0EC";
  const middle = y + h / 2 + 0.5;
  ctx.fillText(symbolOf(state), q.left + 5 * unit, middle);
  const value = two(score);
  const w = ctx.measureText(value).width;
  const name = hasTwin(played, i) ? `${rankText(played, i)} ${nameOf(played, i)}` : nameOf(played, i);
  ctx.fillText(fit(ctx, name, q.width - w - 36 * unit), q.left + 22 * unit, middle);
  ctx.fillText(value, q.left + q.width - w - 5 * unit, middle);
  ctx.globalAlpha = 1;
}

// The line under which a limit leaves predictions out.
function queueLine(stage, ctx, q, status, text) {
  const { played, unit } = stage;
  const first = played.order.findIndex((i) => played.status[i] === status);
  if (first < 0) return;
  const y = q.starts[first] - 1.2 * unit;
  ctx.strokeStyle = "#A7AFBE";
  ctx.lineWidth = unit;
  ctx.setLineDash([2 * unit, 3 * unit]);
  ctx.beginPath();
  ctx.moveTo(q.left - 40 * unit, y);
  ctx.lineTo(q.left + q.width, y);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.font = `400 ${12 * unit}px ${stage.font}`;
  ctx.fillStyle = "#C9CFDB";
  ctx.fillText(text, q.left - 40 * unit, y + (y > stage.viewport.height - 20 * unit ? -8 : 10) * unit);
}

// The prediction whose row is at a point of the canvas; -1 beside the queue.
export function queueHit(stage, method, step, current, x, y) {
  const q = queueLayout(stage, method, step, current);
  if (q.narrow ? y < q.top - 24 * stage.unit : x < q.left - 4 || x > q.left + q.width + 4) return -1;
  const at = q.narrow ? x : y;
  const rank = q.starts.findIndex((start, k) => at >= start && at < start + q.sizes[k]);
  return rank >= 0 ? stage.played.order[rank] : -1;
}
