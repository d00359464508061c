// Non-maximum suppression, round by round. Python sends the finished trace once; every step of the
// player is drawn here, so that stepping costs one frame and works in both directions.

import { escapeHtml, iouText, plural, whole } from "../format.js";
import { boxArea, boxAt, intersectionOf, iouOf } from "../geometry.js";
import { ICONS } from "../icons.js";
import { suppress } from "../suppression.js";
import { caption, formula, fraction, legend, number, result, tryThis, why } from "./shared.js";

const STATES = PALETTE.states;
const KEPT = 1;
const SUPPRESSED = 2;
const BELOW_SCORE = 3;
const SECONDS_A_ROUND = 1.2;

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
  if (current >= 0) {
    stage.light(ctx, box(data, current), 0.42);
    const victim = picked >= 0 ? picked : victimsOf(data, current, round)[0];
    const shared = victim >= 0 && intersectionOf(box(data, current), box(data, victim));
    if (shared) stage.light(ctx, shared);
  } else {
    stage.lightUnion(ctx, layers.kept.map((i) => box(data, i)), small ? 1 : 0.42);
  }
  const faint = data.order.length > 120 ? 0.35 : 0.85;
  // The weakest first, so that the best lie on top.
  for (const i of layers.waiting.slice(-300).reverse()) marks.box(box(data, i), "waiting", { alpha: faint, width: small ? 0.9 : 1.4 });
  for (const i of layers.suppressed.slice(0, 300).reverse()) {
    const fresh = current >= 0 && data.suppressed_by[i] === current;
    marks.box(box(data, i), "suppressed", { alpha: fresh || small ? 1 : 0.35, width: small ? 1.4 : 2.2 });
  }
  for (const i of layers.kept.reverse()) {
    marks.box(box(data, i), "kept", { width: small ? 2 : i === current ? 4.2 : 3 });
    if (!small) marks.tag(box(data, i), `✓ ${titleOf(data, i)}`, { background: STATES.kept.core });
  }
  if (picked >= 0 && !small) {
    const state = stateAt(data, picked, round);
    marks.box(box(data, picked), state === "out" ? "waiting" : state);
    marks.ring(box(data, picked));
    if (state !== "kept") marks.tag(box(data, picked), titleOf(data, picked), { background: state === "suppressed" ? STATES.suppressed.core : "#FFFFFF", prefer: "below" });
  }
}

// ---- the queue: best score on top, the fill is the score, the outline the state

function queueLayout(stage) {
  const { data, viewport, unit, narrow } = stage;
  const n = data.order.length;
  if (narrow) return { narrow, n, top: viewport.height - 86 * unit, left: 10 * unit, width: viewport.width - 20 * unit, bar: Math.min(14 * unit, (viewport.width - 20 * unit) / Math.max(n, 1)) };
  const top = 10 * unit;
  const room = viewport.height - 2 * top;
  const rowHeight = Math.max(3 * unit, Math.min(19 * unit, room / Math.max(n, 1)));
  const shown = Math.min(n, Math.floor(room / rowHeight));
  const width = 106 * unit;
  return { narrow, n, shown, top, rowHeight, width, left: viewport.width - width - 7 * unit };
}

function drawQueue(stage, marks, ctx, round, current) {
  const { data, unit } = stage;
  const q = queueLayout(stage);
  const place = new Map();
  const text = q.rowHeight >= 11 * unit;
  const order = Array.from(data.order);
  ctx.save();
  ctx.textBaseline = "middle";
  order.slice(0, q.narrow ? q.n : q.shown).forEach((i, rank) => {
    const state = stateAt(data, i, round);
    const s = STATES[state] ?? { core: "#5B6270", dash: [], cap: "butt" };
    const score = data.scores[i];
    if (q.narrow) {
      const h = 50 * unit * score;
      const x = q.left + rank * q.bar;
      const y = q.top + 52 * unit - h;
      place.set(i, [x + q.bar / 2, q.top]);
      ctx.globalAlpha = state === "out" ? 0.5 : 1;
      ctx.fillStyle = state === "kept" ? s.core : "rgba(120,125,140,.35)";
      ctx.fillRect(x + 1, y, q.bar - 2, h);
      ctx.strokeStyle = s.core;
      ctx.setLineDash(state === "suppressed" ? [1.5, 2.5] : state === "waiting" ? [3, 2] : []);
      ctx.strokeRect(x + 1, y, Math.max(1, q.bar - 2), h);
      ctx.setLineDash([]);
      ctx.fillStyle = s.core;
      ctx.font = `700 ${11 * unit}px ${stage.font}`;
      if (q.bar > 8 * unit && (state === "kept" || state === "suppressed")) ctx.fillText(state === "kept" ? "✓" : "×", x + q.bar / 2 - 4 * unit, q.top + 61 * unit);
      ctx.globalAlpha = 1;
      return;
    }
    const y = q.top + rank * q.rowHeight;
    const h = q.rowHeight - (text ? 2.5 : 1) * unit;
    place.set(i, [q.left, y + h / 2]);
    const out = state === "out";
    ctx.globalAlpha = out ? 0.75 : 1;
    ctx.fillStyle = "#14181F";
    ctx.fillRect(q.left, y, q.width, h);
    // Long queues have no room for words and outlines: there the fill alone tells the state.
    const fill = text ? { suppressed: "rgba(238,82,72,.30)", waiting: "rgba(185,174,187,.28)" } : { suppressed: "#8E352F", waiting: "#6F6A75" };
    ctx.fillStyle = fill[state] ?? (out ? "rgba(120,125,140,.30)" : s.core);
    ctx.fillRect(q.left, y, q.width * (state === "kept" ? 1 : score), h);
    if (!out && text) {
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
    if (text) {
      ctx.font = `600 ${Math.min(13, q.rowHeight / unit - 4.5) * unit}px ${stage.font}`;
      ctx.fillStyle = state === "kept" ? PALETTE.casing : out ? "#A7AFBE" : "#F2F0EC";
      const mark = { kept: "✓", suppressed: "×", waiting: "…", out: "" }[state];
      ctx.fillText(mark, q.left + 5 * unit, y + h / 2 + 0.5);
      const value = score.toFixed(2);
      const w = ctx.measureText(value).width;
      ctx.fillText(fit(ctx, nameOf(data, i), q.width - w - 36 * unit), q.left + 22 * unit, y + h / 2 + 0.5);
      ctx.fillText(value, q.left + q.width - w - 5 * unit, y + h / 2 + 0.5);
    }
    ctx.globalAlpha = 1;
  });
  // The line under which the score threshold leaves predictions out.
  const firstOut = order.findIndex((i) => data.status[i] === BELOW_SCORE);
  if (!q.narrow && firstOut >= 0 && firstOut < q.shown) {
    const y = q.top + firstOut * q.rowHeight - 1.2 * unit;
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
    if (text) ctx.fillText(`< ${data.nms.score.toFixed(2)}`, q.left - 40 * unit, y + 10 * unit);
  }
  if (!q.narrow && q.shown < q.n) {
    ctx.font = `400 ${12 * unit}px ${stage.font}`;
    ctx.fillStyle = "#C9CFDB";
    ctx.fillText(`+ ${whole(q.n - q.shown)} more`, q.left - 62 * unit, stage.viewport.height - 12 * unit);
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

function queueHit(stage, x, y) {
  const q = queueLayout(stage);
  const { data } = stage;
  if (q.narrow) {
    if (y < q.top - 24 * stage.unit) return -1;
    const rank = Math.floor((x - q.left) / q.bar);
    return rank >= 0 && rank < q.n ? data.order[rank] : -1;
  }
  if (x < q.left - 4 || x > q.left + q.width + 4) return -1;
  const rank = Math.floor((y - q.top) / q.rowHeight);
  return rank >= 0 && rank < q.shown ? data.order[rank] : -1;
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
      ? `Before the first round: ${plural(data.above, "prediction")} waiting.`
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

function paintPlayer(stage) {
  const element = stage.playerElement;
  const { rounds } = stage.data;
  const round = roundOf(stage);
  element.hidden = false;
  if (!element.firstChild) {
    const button = (act, icon, label, text = "") =>
      `<button type="button" data-act="${act}" aria-label="${label}" title="${label}">${ICONS[icon]}${text}</button>`;
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
      data.order.length
        ? `<p>${plural(data.above, "prediction")} reach the score of ${data.nms.score.toFixed(2)} and wait in a queue, best first. Press Space or →.</p>`
        : "<p>There are no predictions. Draw an object, or load some.</p>",
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
        `${data.nms.per_class ? " Boxes of other classes are not compared." : " Every class is compared."}</p>`,
    );
  }
  const funnel = `<p class="funnel"><b>${whole(data.order.length)} → ${whole(data.above)} → ${whole(data.kept)}</b> predicted, above the score, kept at the end</p>`;
  return legend(rows) + panel + funnel + tryThis(data.try_this);
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

export const nmsView = {
  controls: {
    nms_iou_threshold: (stage, [iou]) => resuppress(stage, { iou }),
    nms_score_threshold: (stage, [score]) => resuppress(stage, { score }),
    nms_per_class: (stage, [index]) => resuppress(stage, { per_class: index === 0 }),
  },
  numbers: (stage) => ({ iou: iouText(stage.data.nms.iou) }),
  agrees(stage, key, [value]) {
    const { iou, score, per_class } = stage.data.nms;
    if (key === "nms_per_class") return per_class === (value === 0);
    return value === (key === "nms_iou_threshold" ? iou : score);
  },
  keys: [["Space", "play, pause"], ["← →", "one round back, on"], ["Home End", "before the first round, last round"], ["↑ ↓", "walk through the queue"]],
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
    if (a === undefined || a < 0) return caption("Step to the first round: the IoU that decides is worked out here.");
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
