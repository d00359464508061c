// Non-maximum suppression, round by round. Python sends the finished trace once; every step of the
// player is drawn here, so that stepping costs one frame and works in both directions.

import { escapeHtml, iouText, plural, whole } from "../format.js";
import { boxArea, boxAt, intersectionOf, iouOf } from "../geometry.js";
import { ICONS } from "../icons.js";
import { hasRoom, simulate } from "../simulation.js";
import { suppress } from "../suppression.js";
import { caption, formula, fraction, legend, number, result, tryThis, why } from "./shared.js";

const STATES = PALETTE.states;
const KEPT = 1;
const SUPPRESSED = 2;
const BELOW_SCORE = 3;
const OVER_TOP_K = 4;
const SECONDS_A_ROUND = 1.2;
const MANY = 40; // boxes of a crowd are drawn fainter

// The state of prediction i after `round` rounds.
function stateAt(data, i, round) {
  const status = data.status[i];
  if (status !== KEPT && status !== SUPPRESSED) return "out";
  if (data.round[i] > round) return "waiting";
  return status === KEPT ? "kept" : "suppressed";
}

const box = (data, i) => boxAt(data.predictions, i);
const nameOf = (data, i) => data.classes[data.prediction_classes[i]] ?? "object";
const titleOf = (data, i) => `${nameOf(data, i)} ${data.scores[i].toFixed(2)}`;

function currentOf(data, round) {
  for (let i = 0; i < data.status.length; i++) if (data.status[i] === KEPT && data.round[i] === round) return i;
  return -1;
}

function victimsOf(data, current, round) {
  const out = [];
  for (const i of data.order) if (data.status[i] === SUPPRESSED && data.suppressed_by[i] === current && data.round[i] <= round) out.push(i);
  return out;
}

// Predictions on the picture: waiting dashed, silenced dotted, kept solid with their names.
export function drawPredictions(stage, marks, ctx, { round, small = false, current = -1, picked = -1 }) {
  const { data } = stage;
  const layers = { waiting: [], suppressed: [], kept: [] };
  for (const i of data.order) {
    const state = stateAt(data, i, round);
    if (state in layers) layers[state].push(i);
  }
  const many = layers.waiting.length + layers.suppressed.length > MANY;
  const crowd = layers.kept.length > (stage.narrow ? 6 : 12);
  if (current >= 0) {
    if (many) stage.lightUnion(ctx, layers.kept.map((i) => box(data, i)), 0.42);
    stage.light(ctx, box(data, current), 0.42);
    const victim = picked >= 0 ? picked : victimsOf(data, current, round)[0];
    const shared = victim >= 0 && intersectionOf(box(data, current), box(data, victim));
    if (shared) stage.light(ctx, shared);
  } else {
    stage.lightUnion(ctx, layers.kept.map((i) => box(data, i)), small ? 1 : 0.42);
  }
  // The weakest first, so that the best lie on top. Hundreds of dark casings would leave nothing of the picture.
  const waiting = small ? { width: 0.9 } : { width: many ? 1 : 1.4 };
  waiting.alpha = !many ? 0.85 : layers.waiting.length > 3 * MANY ? 0.4 : 0.6;
  for (const i of layers.waiting.slice(-300).reverse()) marks.box(box(data, i), "waiting", { ...waiting, bare: many });
  for (const i of layers.suppressed.slice(0, 300).reverse()) {
    const fresh = current >= 0 && data.suppressed_by[i] === current;
    marks.box(box(data, i), "suppressed", { alpha: fresh || small ? 1 : 0.35, width: small ? 1.4 : 2.2, bare: many && !fresh });
  }
  for (const i of layers.kept.reverse()) {
    marks.box(box(data, i), "kept", { width: small ? 2 : i === current ? 4.2 : crowd ? 2.2 : 3 });
    const must = i === current || i === picked;
    if (!small && (must || !crowd)) marks.tag(box(data, i), `✓ ${titleOf(data, i)}`, { background: STATES.kept.core, must });
  }
  if (picked >= 0 && !small) {
    const state = stateAt(data, picked, round);
    marks.box(box(data, picked), state === "out" ? "waiting" : state);
    marks.ring(box(data, picked));
    if (state !== "kept") marks.tag(box(data, picked), titleOf(data, picked), { background: state === "suppressed" ? STATES.suppressed.core : "#FFFFFF", prefer: "below", must: true });
  }
}

// ---- the queue: best score on top, the fill is the score, the outline the state

// Which rows a long queue spells out: what was picked, the round's box, those it silences, and the next ones.
function focusOf(data, round, current, picked, most) {
  const chosen = new Set();
  const add = (i) => i >= 0 && chosen.size < most && chosen.add(i);
  if (picked >= 0) [picked, data.suppressed_by[picked]].forEach(add);
  add(current);
  const victims = current >= 0 ? victimsOf(data, current, round) : [];
  victims.slice(0, Math.max(0, most - chosen.size - 3)).forEach(add);
  const kept = [];
  for (const i of data.order) {
    const state = stateAt(data, i, round);
    if (state === "waiting") add(i);
    if (state === "kept") kept.push(i);
  }
  victims.forEach(add);
  kept.reverse().forEach(add);
  data.order.forEach(add);
  return chosen;
}

// Where each rank lies along the queue. Long queues fold: the rows in focus keep their height and all between
// them become stripes, in `folds`.
function queueLayout(stage, round = roundOf(stage), current = currentOf(stage.data, round)) {
  const { data, viewport, unit, narrow } = stage;
  const n = data.order.length;
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
  q.full = focusOf(data, round, current, stage.prediction, Math.max(3, Math.floor((0.55 * room) / q.row)));
  // A fold ends where the reason for being left out changes, too: there a line is drawn.
  const group = (i) => (data.status[i] === BELOW_SCORE || data.status[i] === OVER_TOP_K ? data.status[i] : 0);
  data.order.forEach((i, rank) => {
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
  data.order.forEach((i, rank) => {
    if (q.full.has(i)) sizes[rank] = q.row;
    starts[rank] = rank ? starts[rank - 1] + sizes[rank - 1] : start;
  });
  for (const f of q.folds) f.start = starts[f.from];
  return q;
}

const foldText = (data, { from, to, group }) =>
  group === BELOW_SCORE ? `${whole(to - from)} below ${data.nms.score.toFixed(2)}` : group === OVER_TOP_K ? `${whole(to - from)} not in best ${data.nms.top_k}` : `+ ${whole(to - from)} more`;

const FOLDED = { kept: STATES.kept.core, suppressed: "#8E352F", waiting: "#6F6A75", out: "#3A404B" };

function drawQueue(stage, marks, ctx, round, current) {
  const { data, unit } = stage;
  const q = queueLayout(stage, round, current);
  const place = new Map();
  const order = data.order;
  ctx.save();
  ctx.textBaseline = "middle";
  order.forEach((i, rank) => {
    const [at, size] = [q.starts[rank], q.sizes[rank]];
    place.set(i, q.narrow ? [at + size / 2, q.top] : [q.left, at + size / 2 - unit]);
    const state = stateAt(data, i, round);
    if (!q.full || q.full.has(i)) (q.narrow ? drawBar : drawRow)(stage, ctx, q, i, state, at, current);
    else if (!q.narrow) {
      ctx.fillStyle = FOLDED[state];
      ctx.fillRect(q.left, at, q.width * data.scores[i], Math.max(size > 2 * unit ? size - unit : size, state === "kept" ? unit : 0.4));
    } else {
      const h = 50 * unit * data.scores[i];
      ctx.fillStyle = FOLDED[state];
      ctx.fillRect(at, q.top + 52 * unit - h, Math.max(size > 2 * unit ? size - unit : size, state === "kept" ? unit : 0.4), h);
    }
  });
  ctx.font = `600 ${12 * unit}px ${stage.font}`;
  if (!q.narrow) {
    for (const f of q.folds) {
      if (f.size < 12 * unit || f.to - f.from < 2) continue;
      const text = foldText(data, f);
      const [x, y] = [q.left + q.width / 2, f.start + f.size / 2];
      const w = ctx.measureText(text).width;
      ctx.fillStyle = "#0B0D12E6";
      ctx.fillRect(x - w / 2 - 4 * unit, y - 6.5 * unit, w + 8 * unit, 13 * unit);
      ctx.fillStyle = "#E4E7EC";
      ctx.fillText(text, x - w / 2, y + 0.5 * unit);
    }
    queueLine(stage, ctx, q, BELOW_SCORE, `< ${data.nms.score.toFixed(2)}`);
    queueLine(stage, ctx, q, OVER_TOP_K, `k = ${data.nms.top_k}`);
  } else if (q.full) {
    ctx.font = `400 ${12 * unit}px ${stage.font}`;
    ctx.fillStyle = "#C9CFDB";
    ctx.fillText(fit(ctx, `${whole(q.n)} boxes, best first; wide: this round’s and the next`, stage.viewport.width - 20 * unit), q.left, q.top + 76 * unit);
  }
  // Arcs from the silencer to those it silenced, the current round bold.
  for (const i of order) {
    const by = data.suppressed_by[i];
    if (data.status[i] !== SUPPRESSED || data.round[i] > round || !place.has(i) || !place.has(by)) continue;
    const now = by === current;
    const [x1, y1] = place.get(by);
    const [x2, y2] = place.get(i);
    ctx.globalAlpha = now ? 1 : 0.28;
    ctx.strokeStyle = STATES.suppressed.core;
    ctx.lineWidth = (now ? 2 : 1) * unit;
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

function drawBar(stage, ctx, q, i, state, x, current) {
  const { data, unit } = stage;
  const s = STATES[state] ?? { core: "#5B6270" };
  const h = 50 * unit * data.scores[i];
  const y = q.top + 52 * unit - h;
  ctx.globalAlpha = state === "out" ? 0.5 : 1;
  ctx.fillStyle = state === "kept" ? s.core : "rgba(120,125,140,.35)";
  ctx.fillRect(x + 1, y, q.row - 2, h);
  ctx.strokeStyle = s.core;
  ctx.lineWidth = i === current ? 2 * unit : unit;
  ctx.setLineDash(state === "suppressed" ? [1.5, 2.5] : state === "waiting" ? [3, 2] : []);
  ctx.strokeRect(x + 1, y, Math.max(1, q.row - 2), h);
  ctx.setLineDash([]);
  if (i === stage.prediction) {
    ctx.strokeStyle = STATES.selected.core;
    ctx.lineWidth = 2.4 * unit;
    ctx.strokeRect(x - unit, y - 2 * unit, q.row + 2 * unit, h + 4 * unit);
  }
  ctx.fillStyle = s.core;
  ctx.font = `700 ${11 * unit}px ${stage.font}`;
  if (q.row > 8 * unit && (state === "kept" || state === "suppressed")) ctx.fillText(state === "kept" ? "✓" : "×", x + q.row / 2 - 4 * unit, q.top + 61 * unit);
  ctx.globalAlpha = 1;
}

function drawRow(stage, ctx, q, i, state, y, current) {
  const { data, unit } = stage;
  const s = STATES[state] ?? { core: "#5B6270", dash: [], cap: "butt" };
  const score = data.scores[i];
  const h = q.row - 2.5 * unit;
  const out = state === "out";
  ctx.globalAlpha = out ? 0.75 : 1;
  ctx.fillStyle = "#14181F";
  ctx.fillRect(q.left, y, q.width, h);
  ctx.fillStyle = { suppressed: "rgba(238,82,72,.30)", waiting: "rgba(185,174,187,.28)", kept: s.core }[state] ?? "rgba(120,125,140,.30)";
  ctx.fillRect(q.left, y, q.width * (state === "kept" ? 1 : score), h);
  if (!out) {
    ctx.strokeStyle = s.core;
    ctx.lineWidth = (i === current ? 2 : 1.3) * unit;
    ctx.lineCap = s.cap;
    ctx.setLineDash(state === "suppressed" ? [0, 3.2 * unit] : state === "waiting" ? [4 * unit, 3 * unit] : []);
    ctx.strokeRect(q.left, y, q.width, h);
    ctx.setLineDash([]);
  }
  if (i === stage.prediction) {
    ctx.strokeStyle = STATES.selected.core;
    ctx.lineWidth = 2.4 * unit;
    ctx.strokeRect(q.left - 3 * unit, y - unit, q.width + 6 * unit, h + 2 * unit);
  }
  ctx.font = `600 ${Math.min(13, q.row / unit - 4.5) * unit}px ${stage.font}`;
  ctx.fillStyle = state === "kept" ? PALETTE.casing : out ? "#A7AFBE" : "#F2F0EC";
  const mark = { kept: "✓", suppressed: "×", waiting: "…", out: "" }[state];
  const middle = y + h / 2 + 0.5;
  ctx.fillText(mark, q.left + 5 * unit, middle);
  const value = score.toFixed(2);
  const w = ctx.measureText(value).width;
  ctx.fillText(fit(ctx, nameOf(data, i), q.width - w - 36 * unit), q.left + 22 * unit, middle);
  ctx.fillText(value, q.left + q.width - w - 5 * unit, middle);
  ctx.globalAlpha = 1;
}

// The line under which a limit leaves predictions out.
function queueLine(stage, ctx, q, status, text) {
  const { data, unit } = stage;
  const first = data.order.findIndex((i) => data.status[i] === status);
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

function queueHit(stage, x, y) {
  const q = queueLayout(stage);
  if (q.narrow ? y < q.top - 24 * stage.unit : x < q.left - 4 || x > q.left + q.width + 4) return -1;
  const at = q.narrow ? x : y;
  const rank = q.starts.findIndex((start, k) => at >= start && at < start + q.sizes[k]);
  return rank >= 0 ? stage.data.order[rank] : -1;
}

// ---- the player

function roundOf(stage) {
  return Math.max(0, Math.min(stage.data.rounds, stage.step));
}

function goTo(stage, round, { keepPick = false } = {}) {
  stage.step = Math.max(0, Math.min(stage.data.rounds, round));
  if (!keepPick) stage.prediction = -1;
  const { data, step } = stage;
  const current = currentOf(data, step);
  stage.say(
    current < 0
      ? data.above
        ? `Before the first round: ${plural(data.above, "prediction")} waiting.`
        : emptyText(stage)
      : `Round ${step} of ${data.rounds}: ${titleOf(data, current)} is kept and silences ${victimsOf(data, current, step).length}.`,
  );
  stage.commitPick(400);
  stage.schedule();
}

function pause(stage) {
  clearInterval(stage.playing);
  stage.playing = null;
  stage.schedule();
}

function togglePlay(stage) {
  if (stage.playing) return pause(stage);
  if (roundOf(stage) >= stage.data.rounds) goTo(stage, 0);
  stage.playing = setInterval(() => {
    goTo(stage, roundOf(stage) + 1);
    if (roundOf(stage) >= stage.data.rounds) togglePlay(stage);
  }, SECONDS_A_ROUND * 1000);
  goTo(stage, roundOf(stage) + 1);
  if (roundOf(stage) >= stage.data.rounds && stage.playing) togglePlay(stage);
}

// A step is a chevron: the filled triangle means playing.
const chevron = (path) =>
  `<svg viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="${path}"/></svg>`;
const STEP_ICONS = { first: ICONS.first, back: chevron("M10 3L5 8l5 5"), next: chevron("M6 3l5 5-5 5"), last: ICONS.last };

function paintPlayer(stage) {
  const element = stage.playerElement;
  const { rounds } = stage.data;
  const round = roundOf(stage);
  element.hidden = false;
  if (!element.firstChild) {
    const button = (act, icon, label) =>
      `<button type="button" data-act="${act}" aria-label="${label}" title="${label}">${STEP_ICONS[icon]}</button>`;
    element.innerHTML =
      button("first", "first", "Before the first round (Home)") +
      button("back", "back", "One round back (←)") +
      `<button type="button" data-act="play" class="play"></button>` +
      button("next", "next", "Next round (→)") +
      button("last", "last", "Last round (End)") +
      `<input type="range" min="0" step="1" aria-label="Round" /><output></output>`;
  }
  const play = element.querySelector(".play");
  const wanted = stage.playing ? "pause" : "play";
  if (play.dataset.shows !== wanted) {
    play.dataset.shows = wanted;
    play.innerHTML = `${ICONS[wanted]}<span>${stage.playing ? "Pause" : "Play"}</span>`;
    play.setAttribute("aria-label", `${stage.playing ? "Pause" : "Play"} (Space)`);
  }
  const range = element.querySelector("input");
  range.max = rounds;
  range.value = round;
  range.setAttribute("aria-valuetext", `round ${round} of ${rounds}`);
  element.querySelector("output").textContent = `round ${round} of ${rounds}`;
  for (const b of element.querySelectorAll("button")) {
    const act = b.dataset.act;
    b.disabled = ((act === "first" || act === "back") && round === 0) || ((act === "next" || act === "last") && round === rounds) || (act === "play" && rounds === 0);
  }
}

// ---- slots

function pickedSentence(data, i) {
  const name = `<b>${escapeHtml(titleOf(data, i))}</b>`;
  const by = data.suppressed_by[i];
  if (data.status[i] === KEPT) return `${name} is kept in round ${data.round[i]}: nobody better and left overlapped it by more than ${iouText(data.nms.iou)}.`;
  if (data.status[i] === SUPPRESSED) {
    return `${name} is silenced in round ${data.round[i]} by <b class="kept">${escapeHtml(titleOf(data, by))}</b>: their IoU is <b>${iouText(data.prediction_iou[i])}</b>, more than ${iouText(data.nms.iou)}.`;
  }
  if (data.status[i] === BELOW_SCORE) return `${name} scores less than ${data.nms.score.toFixed(2)}: it is left out before the first round.`;
  return `${name} is not among the best ${data.nms.top_k}: it is left out before the first round.`;
}

// Why the queue is empty, and what helps.
function emptyText({ data, boxes }) {
  if (data.order.length) return `No prediction reaches a score of ${data.nms.score.toFixed(2)}. Lower “Score at least”.`;
  if (data.source === "upload") return "Load a file beside the picture.";
  return boxes.length ? "There are no predictions." : "There are no objects to predict: draw one on Matching or Home.";
}

function funnelText({ status, nms }) {
  const cut = status.includes(OVER_TOP_K);
  if (!cut) return "predicted, above the score, kept at the end";
  return `predicted, take part (the best ${nms.top_k}), kept at the end`;
}

const comparisons = new WeakMap(); // a trace's status -> whether the other way of comparing keeps the same boxes

function comparedText(data) {
  const { status, nms } = data;
  if (!comparisons.has(status)) {
    const other = suppress(data, { ...nms, per_class: !nms.per_class }).status;
    comparisons.set(status, status.every((s, i) => (s === KEPT) === (other[i] === KEPT)));
  }
  const same = comparisons.get(status);
  if (nms.per_class) return ` Boxes of other classes are not compared${same ? " (here that changes nothing)" : ""}.`;
  return ` Every class is compared${same ? ", which changes nothing here: no kept boxes of different classes overlap that much" : ""}.`;
}

function atEighty(data) {
  const { kept } = suppress(data, { ...data.nms, iou: 0.8 });
  const change = kept > data.kept ? "More" : kept < data.kept ? "Fewer" : "As many";
  return (
    `${change}: <b class="kept">${whole(kept)}</b> instead of ${whole(data.kept)}. A higher threshold asks for more ` +
    "overlap before a box is silenced."
  );
}

function readout(stage) {
  const { data } = stage;
  const round = roundOf(stage);
  const counts = { kept: 0, suppressed: 0, waiting: 0 };
  for (const i of data.order) {
    const state = stateAt(data, i, round);
    if (state in counts) counts[state]++;
  }
  const rows = [
    ["kept", "kept so far", counts.kept],
    ["suppressed", "silenced so far", counts.suppressed],
    ["waiting", "still waiting", counts.waiting],
  ];
  const current = currentOf(data, round);
  let panel;
  if (stage.prediction >= 0 && stage.prediction < data.status.length) {
    panel = why(`What happens to ${escapeHtml(titleOf(data, stage.prediction))}?`, `<p>${pickedSentence(data, stage.prediction)}</p>`);
  } else if (current < 0) {
    panel = why(
      "Before the first round",
      data.above
        ? `<p>${plural(data.above, "prediction")} reach the score of ${data.nms.score.toFixed(2)} and wait in a queue, best first. Press Space or →.</p>`
        : `<p>${emptyText(stage)}</p>`,
    );
  } else {
    const victims = victimsOf(data, current, round);
    const ious = victims.map((i) => data.prediction_iou[i]);
    const range =
      victims.length > 1 ? `, at IoU ${iouText(Math.min(...ious))} to ${iouText(Math.max(...ious))}` : victims.length ? `, at IoU ${iouText(ious[0])}` : "";
    const whom = data.nms.per_class ? ` ${victims.length === 1 ? "box" : "boxes"} of its class` : ` ${victims.length === 1 ? "box" : "boxes"}`;
    panel = why(
      `What happens in round ${round}?`,
      `<p>The best box still waiting is <b class="kept">${escapeHtml(titleOf(data, current))}</b>: kept. It silences <b class="suppressed">${victims.length || "no"}</b>${whom}${range}.` +
        `${comparedText(data)}</p>`,
    );
  }
  const funnel = `<p class="funnel"><b>${whole(data.order.length)} → ${whole(data.above)} → ${whole(data.kept)}</b> ${funnelText(data)}</p>`;
  return legend(rows) + panel + funnel + tryThis(stage, () => atEighty(data));
}

// Every decision, in order; the rows follow the player.
function decisions(stage) {
  const { data } = stage;
  const round = roundOf(stage);
  const rows = Array.from(data.order)
    .slice(0, 300)
    .map((i, rank) => {
      const state = stateAt(data, i, round);
      const decided = state === "kept" || state === "suppressed";
      const words = { kept: "✓ kept", suppressed: "× silenced", waiting: "… waiting", out: data.status[i] === BELOW_SCORE ? "below the score" : "not in the best k" }[state];
      const by = data.suppressed_by[i];
      const silenced = state === "suppressed";
      return (
        `<tr class="${decided && data.round[i] === round ? "now" : ""}"><td>${rank + 1}</td>` +
        `<td><button type="button" class="link" data-pick="prediction:${i}">${escapeHtml(nameOf(data, i))}</button></td>` +
        `<td>${data.scores[i].toFixed(2)}</td><td>${decided ? data.round[i] : "–"}</td><td class="${state}">${words}</td>` +
        `<td>${silenced ? escapeHtml(titleOf(data, by)) : "–"}</td><td>${silenced ? iouText(data.prediction_iou[i]) : "–"}</td></tr>`
      );
    })
    .join("");
  return (
    `<div class="scroll tall" tabindex="0" role="region" aria-label="Every decision"><table class="plain"><thead><tr>` +
    ["rank", "class", "score", "round", "decision", "by whom", "IoU"].map((h) => `<th scope="col">${h}</th>`).join("") +
    `</tr></thead><tbody>${rows}</tbody></table></div>`
  );
}

// A threshold on the move: the trace follows in the browser.
function resuppress(stage, settings) {
  const { data } = stage;
  data.nms = { ...data.nms, ...settings };
  Object.assign(data, suppress(data, data.nms));
  nmsView.update(stage);
}

// A slider of the simulated detector: new predictions, and their suppression. What only the engine
// knows, rows beyond those it sent, waits for it.
function resimulate(stage, settings) {
  const { data } = stage;
  const wanted = { ...data.simulate, ...settings };
  if (!hasRoom(data, wanted)) return;
  data.simulate = wanted;
  Object.assign(data, simulate(data, wanted));
  resuppress(stage, {});
}

const SIMULATION = ["localisation_noise", "score_noise", "false_alarms", "per_object"];

export const nmsView = {
  controls: {
    ...Object.fromEntries(
      SIMULATION.map((name) => [`simulate_${name}`, (stage, [value]) => resimulate(stage, { [name]: value })]),
    ),
    nms_top_k: (stage, [top_k]) => resuppress(stage, { top_k }),
    nms_iou_threshold: (stage, [iou]) => resuppress(stage, { iou }),
    nms_score_threshold: (stage, [score]) => resuppress(stage, { score }),
    nms_per_class: (stage, [index]) => resuppress(stage, { per_class: index === 0 }),
  },
  numbers: (stage) => ({ iou: iouText(stage.data.nms.iou) }),
  agrees(stage, key, [value]) {
    const { iou, score, per_class, top_k } = stage.data.nms;
    if (key === "nms_top_k") return top_k === value;
    if (key.startsWith("simulate_")) return stage.data.simulate[key.slice(9)] === value;
    if (key === "nms_per_class") return per_class === (value === 0);
    return value === (key === "nms_iou_threshold" ? iou : score);
  },
  keys: [["Space", "play, pause"], ["← →", "one round back, on"], ["Home End", "before the first round, last round"], ["↑ ↓", "walk through the queue"], ["Esc", "let go of the picked box"]],
  edits: false,
  room: 19.4,
  slots: { readout, decisions },
  below: ["decisions"],

  update(stage) {
    // A new trace (a threshold moved) keeps the round where it still exists.
    stage.step = roundOf(stage);
    if (stage.prediction >= stage.data.status.length) stage.prediction = -1;
    if (stage.playing && roundOf(stage) >= stage.data.rounds) togglePlay(stage);
  },

  dispose(stage) {
    clearInterval(stage.playing);
  },

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

  label(stage) {
    const { data } = stage;
    return `${stage.photo.alt} ${plural(data.order.length, "prediction")}, round ${roundOf(stage)} of ${data.rounds}, with their queue, best score first.`;
  },

  draw(stage, marks, ctx) {
    const round = roundOf(stage);
    const current = currentOf(stage.data, round);
    drawPredictions(stage, marks, ctx, { round, current, picked: stage.prediction });
    marks.flushTags();
    drawQueue(stage, marks, ctx, round, current);
    paintPlayer(stage);
  },

  strip(stage) {
    const { data } = stage;
    const round = roundOf(stage);
    const current = currentOf(data, round);
    let [a, b] = [current, current >= 0 ? victimsOf(data, current, round)[0] : -1];
    const picked = stage.prediction;
    if (picked >= 0 && data.status[picked] === SUPPRESSED) [a, b] = [data.suppressed_by[picked], picked];
    if (a === undefined || a < 0) {
      return caption(data.rounds ? "Step to the first round: the IoU that decides is worked out here." : "No box takes part: there is nothing to compare.");
    }
    if (b === undefined || b < 0) {
      return caption(`<b class="kept">${escapeHtml(titleOf(data, a))}</b> is kept; nobody left overlaps it by more than ${iouText(data.nms.iou)}.`);
    }
    const [p, q] = [box(data, a), box(data, b)];
    const shared = intersectionOf(p, q);
    const inter = shared ? boxArea(shared) : 0;
    const union = boxArea(p) + boxArea(q) - inter;
    return (
      formula(
        `<span class="fn">IoU(${number(escapeHtml(titleOf(data, a)), "kept")}, ${number(escapeHtml(titleOf(data, b)), "suppressed")})</span> = ` +
          `${fraction(number(areaText(inter)), number(areaText(union)))} = ${result(iouText(iouOf(p, q)))} &gt; ${number(iouText(data.nms.iou))}`,
        `IoU of ${titleOf(data, a)} and ${titleOf(data, b)} is ${areaText(inter)} over ${areaText(union)}, ${iouText(iouOf(p, q))}, more than ${iouText(data.nms.iou)}`,
      ) + caption(`More than the threshold: the weaker <b class="suppressed">${escapeHtml(nameOf(data, b))}</b> is silenced.`)
    );
  },

  pickPrediction(stage, i) {
    pause(stage);
    stage.prediction = stage.prediction === i ? -1 : i;
    if (stage.prediction >= 0) stage.say(pickedSentence(stage.data, i).replace(/<[^>]+>/g, ""));
    stage.commitPick(400);
    stage.schedule();
  },

  hover(stage, ix, iy, x, y) {
    const i = queueHit(stage, x, y);
    return i >= 0 ? { kind: "prediction", index: i } : null;
  },

  // A click in the queue or on the smallest box under the pointer; a second click lets go.
  click(stage, ix, iy, x, y) {
    let i = queueHit(stage, x, y);
    if (i < 0) {
      const { data } = stage;
      let best = Infinity;
      for (const k of data.order) {
        const b = box(data, k);
        if (ix < b[0] || ix > b[2] || iy < b[1] || iy > b[3] || stateAt(data, k, roundOf(stage)) === "out") continue;
        if (boxArea(b) < best) {
          best = boxArea(b);
          i = k;
        }
      }
    }
    if (i >= 0) this.pickPrediction(stage, i);
    else {
      stage.prediction = -1;
      stage.commitPick(400);
    }
  },

  act(stage, act) {
    const { rounds } = stage.data;
    const round = roundOf(stage);
    if (act === "play") return togglePlay(stage);
    pause(stage); // stepping by hand, or picking, is looking closely: the player must not run on
    goTo(stage, { first: 0, back: round - 1, next: round + 1, last: rounds }[act]);
  },

  input(stage, e) {
    if (e.target.type !== "range") return;
    pause(stage);
    goTo(stage, Number(e.target.value));
  },

  key(stage, key) {
    const { rounds } = stage.data;
    const round = roundOf(stage);
    const go = {
      ArrowRight: round + 1,
      ArrowLeft: round - 1,
      PageDown: round + 1,
      PageUp: round - 1,
      Home: 0,
      End: rounds,
    }[key];
    if (go !== undefined) return pause(stage), goTo(stage, go), true;
    if (key === " ") return togglePlay(stage), true;
    if (key === "ArrowDown" || key === "ArrowUp") {
      const order = Array.from(stage.data.order);
      if (!order.length) return true;
      const at = order.indexOf(stage.prediction);
      const next = key === "ArrowDown" ? Math.min(order.length - 1, at + 1) : Math.max(0, at - 1);
      stage.prediction = -1;
      this.pickPrediction(stage, order[next]);
      return true;
    }
    if (key === "Escape" && stage.prediction >= 0) return this.pickPrediction(stage, stage.prediction), true;
    return false;
  },
};

// The book's boxes are fractions of the picture; areas in pixels stay readable for both.
function areaText(area) {
  return area < 10 ? area.toFixed(3) : whole(area);
}
