// What every anchor learns in each library, and where the two part.

import { circled, escapeHtml, iouText, minus } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { boxAt, height, width } from "../../core/boxes.js";
import { matchAnchors } from "../../core/matching/common.js";
import { settingsOf } from "../../model/matching.js";
import { RULES } from "../matching/rules/index.js";
import { IGNORED, NEGATIVE, SIDES } from "./common.js";

const STATES = PALETTE.states;
// Of more anchors than this only the places are shown.
export const FEW = 64;

export const stateOf = (code) => (code >= 0 ? "positive" : code === IGNORED ? "ignored" : "negative");
const anchorAt = (stage, k) => boxAt(stage.anchors, k);

// ---- what both say

const memories = new WeakMap(); // of a stage

function memoryOf(stage) {
  if (!memories.has(stage)) memories.set(stage, { matching: [{}, {}] });
  return memories.get(stage);
}

// The labels of both libraries: Python's answer or, while boxes move, our own. Each side has the `code` of
// every anchor and its number as a class, `classes`; `differs` marks where they part, `count` says how often.
// `caused` marks those of them that part by the one convention alone, and `alone` says how many they are; null
// where no library could change that one thing.
export function found(stage) {
  const { data } = stage;
  const memory = memoryOf(stage);
  const live = stage.stale && data.rules?.slice(0, 2).every(Boolean);
  const key = live ? stage.revision : data;
  if (memory.key !== key) {
    memory.key = key;
    memory.story = live ? matched(stage, data.rules) : null;
    const [a, b] = SIDES.map((_, side) => new Side(stage, side, live ? codesOf(memory.story[side]) : sent(stage, side)));
    const parted = compared(stage, a, b);
    const changed = live && memory.story[2] ? new Side(stage, 2, codesOf(memory.story[2])) : null;
    memory.found = { a, b, ...parted, ...(live ? among(data, parted, a, changed) : unpacked(data, parted)) };
  }
  return memory.found;
}

const NOBODY = { caused: null, alone: null };

// Python's marks: a bit for each anchor.
function unpacked({ caused: bits }, { differs }) {
  if (!bits) return NOBODY;
  const caused = differs.map((_, k) => (bits[k >> 3] >> (7 - (k & 7))) & 1);
  return { caused, alone: caused.reduce((sum, v) => sum + v, 0) };
}

// The same while boxes move: `changed` is A with the one answer of B.
function among(data, { differs }, a, changed) {
  if (!changed) return NOBODY;
  const [ours, theirs] = data.codes ? [a.classes, changed.classes] : [a.code, changed.code];
  const caused = differs.map((differ, k) => (differ && ours[k] !== theirs[k] ? 1 : 0));
  return { caused, alone: caused.reduce((sum, v) => sum + v, 0) };
}

class Side {
  constructor(stage, side, code) {
    this.code = code;
    this.sent = stage.data[`${SIDES[side]}_classes`];
    this.codes = stage.data.class_codes?.[side];
    this.ofObjects = [...stage.boxClasses];
  }

  // The numbers that the library gives to what its anchors learn; worked out where they are shown.
  get classes() {
    this.known ??= this.sent ?? (this.codes ? this.code.map((code) => this.classOf(code)) : this.code);
    return this.known;
  }

  classOf(code) {
    const [background, ignored, first] = this.codes;
    return code >= 0 ? this.ofObjects[code] + first : code === NEGATIVE ? background : ignored;
  }

  classAt(k) {
    return this.sent ? this.sent[k] : this.classOf(this.code[k]);
  }
}

// Python tells a scene's labels that are not negative, and all of a case's; none where a library is silent.
function sent({ data, anchors }, side) {
  const name = SIDES[side];
  const codes = data[`${name}_code`] ?? new Int32Array(0);
  const at = data[`${name}_at`];
  if (!at) return codes;
  const all = new Int32Array(anchors.length / 4).fill(NEGATIVE);
  for (let n = 0; n < at.length; n++) all[at[n]] = codes[n];
  return all;
}

// Codes of a matching: labels 0 and -1 are NEGATIVE and IGNORED.
function codesOf({ label, gt_index }) {
  const codes = new Int32Array(label.length);
  for (let k = 0; k < codes.length; k++) codes[k] = label[k] === 1 ? gt_index[k] : label[k] - 1;
  return codes;
}

// Where the sides part. A plain loop: this runs with every frame of a drag.
function compared({ data, anchors }, a, b) {
  const total = anchors.length / 4;
  const differs = new Uint8Array(total);
  const [ours, theirs] = data.codes ? [a.classes, b.classes] : [a.code, b.code];
  let count = 0;
  if (ours.length === theirs.length) {
    for (let k = 0; k < total; k++) {
      if (ours[k] === theirs[k]) continue;
      differs[k] = 1;
      count++;
    }
  }
  return { differs, count };
}

// By the rules of both libraries, and A's with one answer of B, in the browser.
function matched(stage, rules) {
  const { data, boxes, photo } = stage;
  const A = stage.anchors;
  const memory = memoryOf(stage);
  return rules.map((rule, side) => {
    if (!rule) return null;
    let usable = null;
    if (data.outside[side]) {
      memory.within = memory.centred === A ? memory.within : centredWithin(A, photo);
      memory.centred = A;
      usable = memory.within;
    }
    return matchAnchors(RULES[rule.rule].label, {
      A,
      boxes,
      settings: settingsOf(rule),
      usable,
      levels: stage.levels,
      memory: memory.matching[usable ? 1 : 0],
    });
  });
}

// Which anchors are centred left of the image's right side and above its lower one.
function centredWithin(A, { width: W, height: H }) {
  const within = new Uint8Array(A.length / 4);
  for (let k = 0; k < within.length; k++) within[k] = (A[4 * k] + A[4 * k + 2]) / 2 < W && (A[4 * k + 1] + A[4 * k + 3]) / 2 < H ? 1 : 0;
  return within;
}

// IoU, object and reason of an anchor in a library: sent with a case, else worked out when somebody asks.
function storyOf(stage, name, k) {
  const { data } = stage;
  if (data.case) return { iou: data[`${name}_iou`][k], gt: data[`${name}_gt`][k], reason: data[`${name}_reason`][k] };
  const memory = memoryOf(stage);
  found(stage);
  memory.story ??= matched(stage, data.rules.slice(0, 2));
  const { best_iou, gt_index, reason } = memory.story[SIDES.indexOf(name)];
  return { iou: best_iou[k], gt: gt_index[k], reason: reason[k] };
}

// The anchors on which the libraries part, by the one convention alone if there are such; without one, all.
export function labelStops(stage) {
  const now = found(stage);
  if (!now.stops) {
    const { differs, count, caused, alone } = now;
    const marks = alone ? caused : count ? differs : null;
    now.stops = new Int32Array(alone || count || differs.length);
    let n = 0;
    for (let k = 0; k < differs.length; k++) if (!marks || marks[k]) now.stops[n++] = k;
  }
  return now.stops;
}

function verdictOf(stage, name, k) {
  const side = found(stage)[name];
  if (stage.data.codes) return say("rosetta.class", { number: minus(String(side.classAt(k))) });
  const code = side.code[k];
  return code >= 0 ? circled(code) : code === IGNORED ? say("rosetta.ignored") : say("rosetta.negative");
}

// What a library decided, and why, by its reason.
export function because(stage, name, side, k) {
  const { data } = stage;
  const [high, low] = data.thresholds[side].map((value) => (value === null ? "" : iouText(value)));
  const story = storyOf(stage, name, k);
  const verdict = `<b class="${stateOf(found(stage)[name].code[k])}">${verdictOf(stage, name, k)}</b>`;
  const iou = story.iou.toFixed(3);
  const object = story.gt >= 0 ? circled(story.gt) : say("rosetta.no_object");
  if (data.documented[side] && story.reason === -1) return say("rosetta.why_documented", { verdict, why: escapeHtml(data.documented[side]) });
  switch (data.reasons[story.reason]) {
    case "OUTSIDE":
      return say("rosetta.why_outside", { verdict });
    case "ABOVE_HIGH":
      return say("rosetta.why_above", { verdict, iou, object, high });
    case "BELOW_LOW":
      return story.iou < data.thresholds[side][1] ? say("rosetta.why_below", { verdict, iou, low }) : say("rosetta.why_at", { verdict, iou, low });
    case "BETWEEN":
      return say("rosetta.why_between", { verdict, iou, low, high });
    case "LOW_QUALITY":
      return say("rosetta.why_low_quality", { verdict, iou });
    case "FORCED":
      return say("rosetta.why_forced", { verdict, object });
    case "GREEDY":
      return say("rosetta.why_round", { verdict, object });
    case "BELOW_THRESHOLD":
      return say("rosetta.why_no_round", { verdict, iou });
    case "SHAPE_FITS":
      return say("rosetta.why_fits", { verdict, object });
    case "SHAPE_DIFFERS":
      return say("rosetta.why_differs", { verdict });
    case "OTHER_CELL":
      return say("rosetta.why_cell", { verdict });
    default:
      return say("rosetta.why_nothing", { verdict });
  }
}

// ---- the picture

export function drawLabels(stage, marks, ctx, name) {
  const { data } = stage;
  const { [name]: { code }, differs } = found(stage);
  const count = stage.anchors.length / 4;
  const chosen = stage.anchor >= 0 && stage.anchor < count;
  if (chosen) stage.light(ctx, anchorAt(stage, stage.anchor), code[stage.anchor] >= 0 ? 0.75 : 0.3);
  if (count > FEW) drawPlaces(stage, marks, ctx, name);
  else {
    for (let k = 0; k < count; k++) {
      if (k === stage.anchor) continue;
      drawAnchor(stage, marks, ctx, name, k, differs[k] ? 1 : 0.7);
    }
  }
  ctx.globalAlpha = 1;
  stage.boxes.forEach((b, k) => {
    marks.box(b, "object", { width: 2.2 });
    const small = stage.boxes.length > 8;
    const text = small || data.case ? circled(k) : stage.objectName(k);
    // In a drawing objects lie upon each other: their numbers stand on either side.
    marks.tag(b, text, { prefer: data.case && k % 2 ? "left" : "right", compact: small, size: 12 });
  });
  if (chosen) {
    drawAnchor(stage, marks, ctx, name, stage.anchor, 1);
    marks.ring(anchorAt(stage, stage.anchor), 4);
  }
}

function drawAnchor(stage, marks, ctx, name, k, alpha) {
  const state = stateOf(found(stage)[name].code[k]);
  const b = anchorAt(stage, k);
  if (width(b) + height(b) === 0) marks.disc(stage.viewport.x(b[0]), stage.viewport.y(b[1]), 4, STATES[state].core);
  marks.box(b, state, { alpha });
  const few = stage.anchors.length / 4 <= FEW;
  const differs = found(stage).differs[k];
  const text = `${few ? `${k} ` : ""}${differs ? "≠ " : ""}${verdictOf(stage, name, k)}`;
  marks.tag(b, text, { background: STATES[state].core, alpha: differs || k === stage.anchor ? 1 : 0.75, must: k === stage.anchor, prefer: "below", size: 12 });
}

// Cell by cell: a disc where anchors learn, a ring where some are ignored; large and lit where the libraries part.
function drawPlaces(stage, marks, ctx, name) {
  const { data, viewport: v, unit } = stage;
  const { rows, cols, stride, center } = data.cells;
  const { [name]: { code }, differs, caused, alone } = found(stage);
  const shown = alone ? caused : differs; // what is lit; other differences stay quiet beside those of the convention
  const shapes = data.shapes_per_cell;
  const shrink = Math.min(1, (stride * v.scale) / (13 * unit));
  const alpha = ctx.globalAlpha;
  const lit = [];
  // Where cells are too close for symbols, squares; of one colour at a time, as changing it costs more than drawing.
  const dense = stride * v.scale < 7 * unit ? new Map() : null;
  for (let cell = 0; cell < rows * cols; cell++) {
    let [positive, ignored, differ] = [0, 0, 0];
    for (let k = cell * shapes; k < (cell + 1) * shapes; k++) {
      if (code[k] >= 0) positive++;
      else if (code[k] === IGNORED) ignored++;
      if (shown[k]) differ++;
    }
    const x = v.x(((cell % cols) + center) * stride);
    const y = v.y((Math.floor(cell / cols) + center) * stride);
    if (dense) {
      if (!differ && !positive && !ignored) continue;
      const key = `${positive ? "positive" : ignored ? "ignored" : "object"} ${differ ? 1 : 0.35}`;
      if (!dense.has(key)) dense.set(key, []);
      dense.get(key).push(x, y);
      continue;
    }
    if (differ) lit.push([x, y, positive, ignored]);
    else if (positive || ignored) place(marks, ctx, x, y, positive, ignored, 0.8 * shrink, 0.4 * alpha);
  }
  for (const [key, points] of dense ?? []) {
    const [state, strength] = key.split(" ");
    const size = Math.max(1.4 * unit, 0.62 * stride * v.scale);
    ctx.globalAlpha = alpha * Number(strength);
    ctx.fillStyle = STATES[state].core;
    for (let k = 0; k < points.length; k += 2) ctx.fillRect(points[k] - size / 2, points[k + 1] - size / 2, size, size);
  }
  for (const [x, y, positive, ignored] of lit) {
    const s = Math.max(5 * unit, 0.4 * stride * v.scale);
    ctx.globalAlpha = 0.75 * alpha;
    ctx.strokeStyle = "#FFFFFF";
    ctx.lineWidth = unit;
    ctx.strokeRect(x - s, y - s, 2 * s, 2 * s);
    place(marks, ctx, x, y, positive, ignored, shrink, alpha);
    if (!positive && !ignored) marks.disc(x, y, 1.8, STATES.negative.core);
  }
  ctx.globalAlpha = alpha;
}

function place(marks, ctx, x, y, positive, ignored, shrink, alpha) {
  ctx.globalAlpha = alpha;
  if (positive) marks.disc(x, y, Math.min(7, 3 + Math.sqrt(positive)) * shrink, STATES.positive.core);
  else if (ignored) marks.circle(x, y, 3.4 * shrink, STATES.ignored.core);
}

