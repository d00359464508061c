// What is done with boxes that say the same thing twice. Python sends the finished trace of the chosen method; every
// step of the player is drawn here, so that stepping costs one frame and works in both directions.

import { able } from "../draw/able.js";
import { escapeHtml, iouText, plural, whole } from "../model/format.js";
import { boxArea } from "../core/boxes.js";
import { ICONS } from "../draw/icons.js";
import { hasRoom, detectionsFrom } from "../core/simulate.js";
import { resolve } from "../core/softening.js";
import { byScore, STATUS } from "../core/suppression.js";
import { classKey, drawBefore } from "./nms/before.js";
import { box, countStates, drawPicked, emptyText, leftOutWords, nameOf, titleOf, waitingText } from "./nms/common.js";
import { dropping } from "./nms/dropping.js";
import { fusing } from "./nms/fusing.js";
import { matrix, soft } from "./nms/lowering.js";
import { pairStrip, pairTitle, pairWords } from "./nms/pair.js";
import { drawQueue, picksOf, queueHit } from "./nms/queue.js";
import { shiftFigure } from "./nms/shift.js";
import { methodsTable, paintMethods, resultBox } from "./nms/side_by_side.js";
import { legend, tryThis, why } from "./shared.js";

const SECONDS_A_ROUND = 1.2;
const WAYS = { hard: dropping, diou: dropping, linear: soft, gaussian: soft, matrix, fusion: fusing };

const wayOf = (stage) => WAYS[stage.data.suppression.method];

// ---- the player

function stepOf(stage) {
  return Math.max(0, Math.min(stage.data.rounds, stage.step));
}

const currentOf = (stage) => wayOf(stage).current(stage.data, stepOf(stage));

function goTo(stage, step) {
  stage.step = Math.max(0, Math.min(stage.data.rounds, step));
  stage.prediction = stage.partner = -1;
  const { data } = stage;
  const way = wayOf(stage);
  const unit = way.unit[0].toUpperCase() + way.unit.slice(1);
  stage.say(
    stage.step === 0
      ? data.above
        ? `Before the first ${way.unit}: ${plural(data.above, "prediction")} waiting.`
        : emptyText(stage)
      : `${unit} ${stage.step} of ${data.rounds}: ${way.said(data, stage.step, currentOf(stage))}`,
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
  const { rounds } = stage.data;
  if (stepOf(stage) >= rounds) goTo(stage, 0);
  // Many short steps, as of fusion, need less time each.
  const seconds = SECONDS_A_ROUND * Math.min(1, Math.max(0.25, 16 / Math.max(rounds, 1)));
  stage.playing = setInterval(() => {
    goTo(stage, stepOf(stage) + 1);
    if (stepOf(stage) >= stage.data.rounds) togglePlay(stage);
  }, seconds * 1000);
  goTo(stage, stepOf(stage) + 1);
  if (stepOf(stage) >= stage.data.rounds && stage.playing) togglePlay(stage);
}

// A step is a chevron: the filled triangle means playing.
const chevron = (path) =>
  `<svg viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="${path}"/></svg>`;
const STEP_ICONS = { first: ICONS.first, back: chevron("M10 3L5 8l5 5"), next: chevron("M6 3l5 5-5 5"), last: ICONS.last };

function paintPlayer(stage) {
  const element = stage.playerElement;
  const { rounds } = stage.data;
  const step = stepOf(stage);
  const { unit } = wayOf(stage);
  element.hidden = false;
  if (element.dataset.unit !== unit) {
    element.dataset.unit = unit;
    const button = (act, icon, label) =>
      `<button type="button" data-act="${act}" aria-label="${label}" title="${label}">${STEP_ICONS[icon]}</button>`;
    element.innerHTML =
      button("first", "first", `Before the first ${unit} (Home)`) +
      button("back", "back", `One ${unit} back (←)`) +
      `<button type="button" data-act="play" class="play"></button>` +
      button("next", "next", `Next ${unit} (→)`) +
      button("last", "last", `Last ${unit} (End)`) +
      `<input type="range" min="0" step="1" aria-label="${unit[0].toUpperCase()}${unit.slice(1)}" /><output></output>`;
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
  range.value = step;
  range.setAttribute("aria-valuetext", `${unit} ${step} of ${rounds}`);
  element.querySelector("output").textContent = `${unit} ${step} of ${rounds}`;
  for (const b of element.querySelectorAll("button")) {
    const act = b.dataset.act;
    able(b, { first: step > 0, back: step > 0, next: step < rounds, last: step < rounds, play: rounds > 0 }[act]);
  }
}

// ---- slots

// What the question of the page asks for: another threshold, or another sigma where no threshold is read.
function tried(stage) {
  const { data } = stage;
  const [[path, value]] = Object.entries(data.try_change);
  const { kept } = resolve(data, put(data.suppression, path.slice("suppression.".length), value));
  const change = kept > data.kept ? "More" : kept < data.kept ? "Fewer" : "As many";
  return `${change}: <b class="kept">${whole(kept)}</b> instead of ${whole(data.kept)}. ${data.try_reason}`;
}

function funnelText(data, way) {
  const cut = data.status.includes(STATUS.OVER_TOP_K);
  return cut ? `predicted, take part (the best ${whole(data.above)}), ${way.funnel}` : `predicted, above the score, ${way.funnel}`;
}

function readout(stage) {
  const { data } = stage;
  const way = wayOf(stage);
  const step = stepOf(stage);
  const [picked, partner] = picksOf(stage);
  let panel;
  if (partner !== undefined) {
    panel = why(escapeHtml(pairTitle(data, picked, partner)), `<p>${pairWords(data, picked, partner)}</p>`);
  } else if (picked !== undefined) {
    const more = data.order.length > 1 ? `<p class="cap">Pick another box to see their IoU.</p>` : "";
    panel = why(`What happens to ${escapeHtml(titleOf(data, picked))}?`, `<p>${way.sentence(data, picked)}</p>${more}`);
  } else if (step === 0) {
    panel = why(`Before the first ${way.unit}`, `<p>${waitingText(stage)}</p>${classKey(data)}`);
  } else {
    panel = why(`What happens ${way.unit === "box" ? `with box ${step}` : `in ${way.unit} ${step}`}?`, `<p>${way.panel(stage, step, currentOf(stage))}</p>`);
  }
  const funnel = `<p class="funnel"><b>${whole(data.order.length)} → ${whole(data.above)} → ${whole(data.kept)}</b> ${funnelText(data, way)}</p>`;
  return legend(way.legend(countStates(way, data, step))) + panel + funnel + tryThis(stage, {
    question: data.try_this,
    asks: { control: data.try_control, value: Object.values(data.try_change)[0] },
    answer: () => tried(stage),
  });
}

// Every decision, in order; the rows follow the player.
function decisions(stage) {
  const { data } = stage;
  const way = wayOf(stage);
  const step = stepOf(stage);
  const picks = picksOf(stage);
  const rows = Array.from(data.order)
    .slice(0, 300)
    .map((i, rank) => {
      const state = way.state(data, i, step);
      const now = step > 0 && state !== "waiting" && data.round[i] === step;
      const [score, first, words, ...rest] = way.cells(data, i, step, state);
      return (
        `<tr class="${now ? "now" : ""}"><td>${rank + 1}</td>` +
        `<td><button type="button" class="link" data-pick="prediction:${i}" aria-pressed="${picks.includes(i)}">${escapeHtml(nameOf(data, i))}</button></td>` +
        `<td>${score}</td><td>${first}</td><td class="${state}">${words ?? leftOutWords(data, i)}</td>` +
        `${rest.map((cell) => `<td>${cell}</td>`).join("")}</tr>`
      );
    })
    .join("");
  return (
    `<div class="scroll tall" tabindex="0" role="region" aria-label="Every decision"><table class="plain"><thead><tr>` +
    way.columns(data).map((h) => `<th scope="col">${h}</th>`).join("") +
    `</tr></thead><tbody>${rows}</tbody></table></div>`
  );
}

// A threshold on the move: the trace follows in the browser.
function resuppress(stage, settings = stage.data.suppression) {
  const { data } = stage;
  if (settings.ties !== data.suppression.ties) data.order = byScore(data.scores, settings.ties);
  data.suppression = settings;
  Object.assign(data, resolve(data, data.suppression));
  nmsView.update(stage);
}

// A slider of the simulated detector: new predictions, and their suppression. What only the engine
// knows, rows beyond those it sent, waits for it.
function resimulate(stage, settings) {
  const { data } = stage;
  const wanted = { ...data.simulate, ...settings };
  if (!hasRoom(data, wanted)) return;
  data.simulate = wanted;
  Object.assign(data, detectionsFrom(data, wanted));
  if (data.suppression.ties === "last") data.order = byScore(data.scores, "last");
  resuppress(stage);
}

// A step of the seed: what Python sent ahead becomes what the predictions are made from.
function reseed(stage, [seed]) {
  const { data } = stage;
  const side = { [data.simulate.seed + 1]: "next", [data.simulate.seed - 1]: "last" }[seed];
  if (seed === null || !data[`${side}_rank`]) return;
  const there = Object.keys(data).filter((name) => name.startsWith(`${side}_`));
  for (const name of there) data[name.replace(side, "made")] = data[name];
  for (const name of Object.keys(data)) if (/^(next|last)_/.test(name)) delete data[name];
  resimulate(stage, { seed });
}

// The step that a page begins with: see `first_step` of the methods' catalogue.
function stepWorthSeeing({ suppression, round, suppressed_by, rounds }) {
  const joined = Array.from(round).filter((_, i) => suppressed_by[i] >= 0);
  return suppression.method === "fusion" && joined.length ? Math.min(...joined) : Math.min(1, rounds);
}

const SOURCES = ["simulated", "book", "upload"]; // in the order of their segments

function changeSource(stage, [index]) {
  const { data } = stage;
  const source = SOURCES[index];
  const other = data.sources[source];
  if (!other) return;
  data.source = source;
  data.sources = {};
  data.photo = stage.photo = other.photo;
  data.classes = stage.classes = other.classes;
  for (const name of ["predictions", "scores", "prediction_classes"]) data[name] = data[`${source}_${name}`];
  data.order = byScore(data.scores, data.suppression.ties);
  startAnew(stage);
}

function changeMethod(stage, [title]) {
  const method = Object.keys(stage.data.methods).find((name) => stage.data.methods[name] === title);
  if (method) startAnew(stage, { ...stage.data.suppression, method });
}

// Other boxes or another method: the player begins where something is to be seen.
function startAnew(stage, settings) {
  pause(stage);
  resuppress(stage, settings);
  stage.step = stepWorthSeeing(stage.data);
  stage.prediction = stage.partner = -1;
  stage.layout();
}

const SIMULATION = ["localisation_noise", "score_noise", "false_alarms", "per_object"];

// Widget -> the path of the setting it moves, and what its value means.
const SETTINGS = {
  suppression_top_k: ["top_k"],
  suppression_iou_threshold: ["iou_threshold"],
  suppression_score_threshold: ["score_threshold"],
  suppression_per_class: ["per_class", (index) => index === 0],
  suppression_suppress_equal: ["suppress_equal", (index) => index === 1],
  suppression_ties: ["ties", (index) => ["first", "last"][index]],
  suppression_inclusive: ["inclusive", (index) => index === 1],
  suppression_shift_classes: ["shift_classes", (index) => index === 1],
  suppression_diou_beta: ["diou.beta"],
  suppression_gaussian_sigma: ["gaussian.sigma"],
  suppression_matrix_sigma: ["matrix.sigma"],
  suppression_matrix_kernel: ["matrix.kernel", (index) => ["gaussian", "linear"][index]],
  suppression_fusion_score: ["fusion.score", (index) => ["avg", "max"][index]],
};
const meant = (key, value) => (SETTINGS[key][1] ?? ((v) => v))(value);

// A record with the value at a dotted path changed, and the value there.
const put = (record, path, value) => {
  const [head, tail] = path.split(".");
  return { ...record, [head]: tail ? { ...record[head], [tail]: value } : value };
};
const get = (record, path) => path.split(".").reduce((part, name) => part[name], record);

export const nmsView = {
  controls: {
    source: changeSource,
    suppression_method: changeMethod,
    simulate_seed: reseed,
    ...Object.fromEntries(
      SIMULATION.map((name) => [`simulate_${name}`, (stage, [value]) => resimulate(stage, { [name]: value })]),
    ),
    ...Object.fromEntries(
      Object.entries(SETTINGS).map(([key, [name]]) => [key, (stage, [value]) => resuppress(stage, put(stage.data.suppression, name, meant(key, value)))]),
    ),
  },
  numbers: ({ data }) => ({ iou: iouText(data.suppression.iou_threshold), score: data.suppression.score_threshold.toFixed(2) }),
  agrees(stage, key, [value]) {
    if (key === "source") return stage.data.source === SOURCES[value];
    if (key === "suppression_method") return stage.data.methods[stage.data.suppression.method] === value;
    if (key.startsWith("simulate_")) return stage.data.simulate?.[key.slice(9)] === value;
    return get(stage.data.suppression, SETTINGS[key][0]) === meant(key, value);
  },
  keys: [["Space", "play, pause"], ["← →", "one round back, on"], ["Home End", "before the first round, last round"], ["↑ ↓", "walk through the queue"], ["Shift+↑ ↓", "hold the picked box against the others"], ["Esc", "let go of the picked box"]],
  edits: false,
  room: 19.4,
  slots: { readout, decisions, methods: methodsTable, shift: shiftFigure },
  below: ["decisions", "methods", "shift"],
  paintSlot: (stage, name, element) => name === "methods" && paintMethods(stage, element),

  update(stage) {
    // A new trace (a threshold moved) keeps the round where it still exists.
    stage.step = stepOf(stage);
    const count = stage.data.status.length;
    if (stage.prediction >= count) stage.prediction = -1;
    if (stage.partner >= count || stage.prediction < 0 || stage.partner === stage.prediction) stage.partner = -1;
    if (stage.playing && stepOf(stage) >= stage.data.rounds) togglePlay(stage);
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

  // Predictions beside the picture need to be seen, too.
  home({ data, photo }) {
    const home = [0, 0, photo.width, photo.height];
    if (data.source !== "example") return home;
    const margin = 0.02 * photo.width;
    data.predictions.forEach((v, k) => {
      home[k % 4] = k % 4 < 2 ? Math.min(home[k % 4], v - margin) : Math.max(home[k % 4], v + margin);
    });
    return home;
  },

  label(stage) {
    const { data } = stage;
    const { unit } = wayOf(stage);
    return `${stage.photo.alt} ${plural(data.order.length, "prediction")}, ${unit} ${stepOf(stage)} of ${data.rounds}, with their queue, best score first.`;
  },

  means(stage) {
    const way = wayOf(stage);
    return way.legend(countStates(way, stage.data, stepOf(stage))).map(([state, text]) => ({ state, text }));
  },

  draw(stage, marks, ctx) {
    const step = stepOf(stage);
    const way = wayOf(stage);
    const current = currentOf(stage);
    const picks = picksOf(stage);
    if (step === 0) drawBefore(stage, marks);
    else way.draw(stage, marks, ctx, { step, current, picks });
    drawPicked(stage, marks, way, picks, step);
    const pointed = stage.hover?.kind === "prediction" ? stage.hover.index : -1;
    if (pointed >= 0 && !picks.includes(pointed) && pointed < stage.data.status.length) {
      marks.box(box(stage.data, pointed), "object", { width: 2.2 });
      marks.tag(box(stage.data, pointed), titleOf(stage.data, pointed, way.score(stage.data, pointed, step)), { must: true });
    }
    const result = stage.hover?.kind === "result" && resultBox(stage.hover);
    if (result) marks.box(result, "object", { width: 2.6 });
    marks.flushTags();
    drawQueue(stage, way, ctx, step, current);
    paintPlayer(stage);
  },

  strip(stage) {
    const { data, prediction, partner } = stage;
    const way = wayOf(stage);
    const step = stepOf(stage);
    if (partner >= 0) return pairStrip(data, prediction, partner, (i) => way.state(data, i, step));
    return way.strip(stage, step, currentOf(stage), prediction);
  },

  // The first box that is picked tells its own story, the second is held against it, the third begins anew; a picked
  // one is let go. `hold`: the box that was picked first stays, whoever is held against it.
  pickPrediction(stage, i, { hold = false } = {}) {
    const { prediction, partner } = stage;
    if (i === prediction) this.show(stage, partner, -1);
    else if (i === partner) this.show(stage, prediction, -1);
    else if (prediction < 0 || (partner >= 0 && !hold)) this.show(stage, i, -1);
    else this.show(stage, i, partner >= 0 ? partner : prediction);
  },

  show(stage, prediction, partner) {
    pause(stage);
    Object.assign(stage, { prediction, partner });
    const { data } = stage;
    const words = partner >= 0 ? pairWords(data, prediction, partner) : prediction >= 0 ? wayOf(stage).sentence(data, prediction) : "";
    if (words) stage.say(words.replace(/<[^>]+>/g, ""));
    stage.commitPick(400);
    stage.schedule();
  },

  hover(stage, ix, iy, x, y) {
    const i = queueHit(stage, wayOf(stage), stepOf(stage), currentOf(stage), x, y);
    return i >= 0 ? { kind: "prediction", index: i } : null;
  },

  // A click in the queue or on the smallest box under the pointer.
  click(stage, ix, iy, x, y, hold) {
    let i = queueHit(stage, wayOf(stage), stepOf(stage), currentOf(stage), x, y);
    if (i < 0) {
      const { data } = stage;
      let best = Infinity;
      for (const k of data.order) {
        const b = box(data, k);
        if (ix < b[0] || ix > b[2] || iy < b[1] || iy > b[3] || wayOf(stage).state(data, k, stepOf(stage)) === "out") continue;
        if (boxArea(b) < best) {
          best = boxArea(b);
          i = k;
        }
      }
    }
    if (i >= 0) this.pickPrediction(stage, i, { hold });
    else this.show(stage, -1, -1);
  },

  act(stage, act) {
    const { rounds } = stage.data;
    const step = stepOf(stage);
    if (act === "play") return togglePlay(stage);
    pause(stage); // stepping by hand, or picking, is looking closely: the player must not run on
    goTo(stage, { first: 0, back: step - 1, next: step + 1, last: rounds }[act]);
  },

  input(stage, e) {
    if (e.target.type !== "range") return;
    pause(stage);
    goTo(stage, Number(e.target.value));
  },

  key(stage, key, event) {
    const { rounds } = stage.data;
    const step = stepOf(stage);
    const go = {
      ArrowRight: step + 1,
      ArrowLeft: step - 1,
      PageDown: step + 1,
      PageUp: step - 1,
      Home: 0,
      End: rounds,
    }[key];
    if (go !== undefined) return pause(stage), goTo(stage, go), true;
    if (key === " ") return togglePlay(stage), true;
    if (key === "ArrowDown" || key === "ArrowUp") {
      const order = Array.from(stage.data.order);
      if (!order.length) return true;
      const { prediction, partner } = stage;
      const way = key === "ArrowDown" ? 1 : -1;
      const held = event.shiftKey ? (partner >= 0 ? partner : prediction) : -1;
      let at = order.indexOf(prediction) + way;
      if (held >= 0 && order[at] === held) at += way; // nobody is held against itself
      const next = order[Math.max(0, Math.min(order.length - 1, at))];
      if (next !== held) this.show(stage, next, held);
      return true;
    }
    if (key === "Escape" && stage.prediction >= 0) return this.show(stage, stage.partner, -1), true;
    return false;
  },
};
