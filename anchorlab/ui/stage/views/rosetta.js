// Rosetta: one scene, two libraries. The picture is shown twice, side by side (on phones one below the
// other), each half as its library answers; what differs is lit, what is equal stays quiet.

import { circled, escapeHtml, iouText, minus, pixels, plural, ratioText, whole } from "../format.js";
import { centreX, centreY, height, width } from "../geometry.js";
import { levelsOf } from "../levels.js";
import { Marks } from "../marks.js";
import { matchAnchors } from "../matching.js";
import { levelColour } from "./anchors.js";
import { caption, number, result, tryThis, why } from "./shared.js";

const STATES = PALETTE.states;
const QUIET = "#A7AFBE";
const NEGATIVE = -1;
const IGNORED = -2;
const SIDES = ["a", "b"];
// Of more anchors than this only the places are shown.
const FEW = 64;

// ---- the two halves

// Where each half begins, and how large one is: the viewport is that of the first.
function halves(stage) {
  const { width: w, height: h } = stage.viewport;
  return stage.narrow
    ? { size: [w, Math.floor(h / 2)], offset: [0, Math.ceil(h / 2)] }
    : { size: [Math.floor(w / 2), h], offset: [Math.ceil(w / 2), 0] };
}

// Draws one half: its own copy of the photo, then what `paint` adds in the coordinates of the first half.
function half(stage, ctx, side, paint) {
  const { size, offset } = halves(stage);
  const [dx, dy] = side ? offset : [0, 0];
  ctx.save();
  ctx.translate(dx, dy);
  ctx.beginPath();
  ctx.rect(0, 0, ...size);
  ctx.clip();
  const copied = size.map((v) => v * stage.ratio);
  if (side) ctx.drawImage(stage.base, 0, 0, ...copied, 0, 0, ...size);
  const viewport = Object.create(stage.viewport, { width: { value: size[0] }, height: { value: size[1] } });
  const marks = new Marks(ctx, viewport, stage.unit, stage.font);
  const { title } = stage.data.libraries[side];
  marks.tagAt(size[0] / 2, 15 * stage.unit, `${"AB"[side]} · ${title}`, { must: true, size: 14 });
  const { problem } = stage.data.sides[side];
  if (problem) note(stage, ctx, size, problem);
  else paint(marks, SIDES[side], side);
  marks.flushTags();
  ctx.restore();
}

// Why a library has no answer, in its half.
function note(stage, ctx, [w, h], text) {
  const u = stage.unit;
  ctx.font = `500 ${15 * u}px ${stage.font}`;
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (ctx.measureText(longer).width > 0.76 * w && lines.at(-1)) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  const tall = lines.length * 21 * u + 20 * u;
  ctx.fillStyle = "#0B0D12E6";
  ctx.fillRect(0.08 * w, (h - tall) / 2, 0.84 * w, tall);
  ctx.fillStyle = "#F2F0EC";
  ctx.textBaseline = "middle";
  lines.forEach((line, k) => ctx.fillText(line, 0.12 * w, (h - tall) / 2 + 20.5 * u + k * 21 * u));
}

function divider(stage, ctx) {
  const { size, offset } = halves(stage);
  ctx.fillStyle = stage.dark ? "#12161D" : "#FBFAF8";
  if (stage.narrow) ctx.fillRect(0, offset[1] - 2, size[0], 4);
  else ctx.fillRect(offset[0] - 2, 0, 4, size[1]);
}

// ---- anchors of one cell

const wordOf = (stage, side, key = stage.step) => stage.data.sides[side].words?.find((w) => w.key === key);

// Places of sizes in the row of sizes: the colour of a shape.
function colourOf(stage, side, word) {
  const areas = [...new Set(stage.data.sides.flatMap((s) => s.words.map((w) => Math.round(Math.log2(w.w * w.h) * 2))))];
  areas.sort((p, q) => p - q);
  return levelColour(areas.indexOf(Math.round(Math.log2(word.w * word.h) * 2)), areas.length);
}

function drawWords(stage, marks, ctx, side) {
  const { words } = stage.data.sides[side];
  const chosen = stage.hover?.kind === "word" ? stage.hover.index : stage.step;
  const numbered = stage.data.convention === "order";
  const ordered = words.map((word, k) => ({ word, k }));
  ordered.sort((p, q) => (p.word.key === chosen) - (q.word.key === chosen) || q.word.w * q.word.h - p.word.w * p.word.h);
  for (const { word, k } of ordered) {
    const on = word.key === chosen;
    const colour = colourOf(stage, side, word);
    if (on) {
      stage.light(ctx, word.box, 1);
      marks.box(word.box, "object", { width: 4, colour });
      const text = `${k + 1}: ${pixels(word.w)} × ${pixels(word.h)}`;
      marks.tag(word.box, text, { background: colour, must: true });
    } else if (word.differs) {
      marks.box(word.box, "object", { width: 1.7, colour, alpha: 0.6 });
      if (numbered || words.length <= 4) marks.tag(word.box, numbered ? `${k + 1}` : sides(word), { background: "#14181F", colour, size: 12 });
    } else {
      marks.box(word.box, "object", { width: 1.1, colour: QUIET, alpha: 0.55, bare: true });
    }
  }
  const first = words[0]?.box;
  if (first) marks.disc(stage.viewport.x(centreX(first)), stage.viewport.y(centreY(first)), 2.4, "#FFFFFF");
}

const sides = (word) => `${pixels(word.w)}×${pixels(word.h)}`;

// All cells: where this library centres them, and how far that is from where the other does.
function drawLattice(stage, marks, ctx, side) {
  const { data, viewport: v, unit } = stage;
  const own = data[`${SIDES[side]}_centres`];
  const other = data[`${SIDES[1 - side]}_centres`];
  const { rows, cols } = data.cells;
  const chosen = stage.cell;
  const words = data.sides[side].words;
  const biggest = words.reduce((p, q) => (q.w * q.h > p.w * p.h ? q : p), words[0]);
  for (const word of words) marks.box(word.box, "object", { width: word === biggest ? 2.4 : 1.1, colour: word === biggest ? "#FFFFFF" : QUIET, alpha: word === biggest ? 1 : 0.5, bare: word !== biggest });
  const every = Math.max(1, Math.ceil((30 * unit) / (data.cells.stride * v.scale)));
  const at = (list, cell) => [v.x(list[2 * cell]), v.y(list[2 * cell + 1])];
  for (let cell = 0; cell < rows * cols; cell++) {
    const row = Math.floor(cell / cols);
    if (cell !== chosen && (row % every || (cell % cols) % every)) continue;
    const here = at(own, cell);
    const there = other.length ? at(other, cell) : here;
    const moved = Math.hypot(here[0] - there[0], here[1] - there[1]) > 0.5;
    if (moved) {
      ctx.strokeStyle = "#FFC22B";
      ctx.lineWidth = (cell === chosen ? 2.4 : 1.4) * unit;
      ctx.beginPath();
      ctx.moveTo(...there);
      ctx.lineTo(...here);
      ctx.stroke();
    }
    if (cell === chosen) {
      marks.circle(...here, 7, STATES.selected.core);
      marks.tagAt(here[0], here[1] - 20 * unit, `centre ${pixels(own[2 * cell])}, ${pixels(own[2 * cell + 1])}`, { must: true });
    }
    marks.disc(...here, cell === chosen ? 3.4 : 1.9, moved ? "#FFFFFF" : QUIET);
  }
}

// ---- labels

const stateOf = (code) => (code >= 0 ? "positive" : code === IGNORED ? "ignored" : "negative");
const anchorAt = (stage, k) => Array.from(stage.data.anchors.subarray(4 * k, 4 * k + 4));
const codeText = (stage, name, k) => minus(String(found(stage)[name].classes[k]));

// What both libraries say of every anchor: Python's answer or, while boxes move, our own.
function found(stage) {
  const { data } = stage;
  const live = stage.stale && data.rules?.every(Boolean);
  const key = live ? stage.revision : data;
  if (stage.rosettaKey === key) return stage.rosettaFound;
  const sent = (name, side) => {
    const of = (field) => data[`${name}_${field}`];
    const code = of("code") ?? [];
    return { code, gt: of("gt"), iou: of("iou"), reason: of("reason"), classes: of("classes") ?? classesOf(stage, side, code) };
  };
  const [a, b] = live ? matched(stage) : SIDES.map(sent);
  const said = data.codes ? "classes" : "code";
  const [differs, count] = live ? apart(a[said], b[said]) : [data.differs, data.counter.differ];
  stage.rosettaFound = { a, b, differs, count };
  stage.rosettaKey = key;
  return stage.rosettaFound;
}

// Where two lists of whole numbers are unequal, and how often. A plain loop: this runs with every frame.
function apart(ours, theirs) {
  const differs = new Uint8Array(ours.length);
  let count = 0;
  for (let k = 0; k < ours.length; k++) {
    if (ours[k] === theirs[k]) continue;
    differs[k] = 1;
    count++;
  }
  return [differs, count];
}

// The numbers that a library gives to what its anchors learn; worked out where they are shown.
function classesOf(stage, side, code) {
  const codes = stage.data.codes && stage.data.class_codes?.[side];
  if (!codes) return [];
  const [background, ignored, first] = codes;
  return Int32Array.from(code, (c) => (c >= 0 ? stage.boxClasses[c] + first : c === NEGATIVE ? background : ignored));
}

// The labels of the boxes as they are dragged, by the rules of both libraries.
function matched(stage) {
  const { data, boxes, photo } = stage;
  const A = data.anchors;
  stage.rosettaMemory ??= [{}, {}];
  return data.rules.map((rule, side) => {
    let usable = null;
    if (data.outside[side]) {
      data.within ??= Uint8Array.from({ length: A.length / 4 }, (_, k) => (A[4 * k] + A[4 * k + 2]) / 2 < photo.width && (A[4 * k + 1] + A[4 * k + 3]) / 2 < photo.height);
      usable = data.within;
    }
    const m = matchAnchors(A, boxes, rule, usable, levelsOf(data), stage.rosettaMemory[usable ? 1 : 0]);
    const code = new Int32Array(m.label.length);
    for (let k = 0; k < code.length; k++) code[k] = m.label[k] === 1 ? m.gt_index[k] : m.label[k] === 0 ? NEGATIVE : IGNORED;
    return { code, gt: m.gt_index, iou: m.best_iou, reason: m.reason, classes: classesOf(stage, side, code) };
  });
}

const differing = (stage) => (stage.data.kind === "labels" ? found(stage).differs : stage.data.differs);

function verdict(stage, name, k) {
  const code = found(stage)[name].code[k];
  if (stage.data.codes) return `class ${codeText(stage, name, k)}`;
  return code >= 0 ? circled(code) : code === IGNORED ? "ignored" : "negative";
}

function drawLabels(stage, marks, ctx, name) {
  const { data } = stage;
  const { [name]: { code }, differs } = found(stage);
  const count = data.anchors.length / 4;
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
  const code = found(stage)[name].code[k];
  const state = stateOf(code);
  const b = anchorAt(stage, k);
  if (width(b) + height(b) === 0) marks.disc(stage.viewport.x(b[0]), stage.viewport.y(b[1]), 4, STATES[state].core);
  marks.box(b, state, { alpha });
  const few = stage.data.anchors.length / 4 <= FEW;
  const differs = found(stage).differs[k];
  const text = `${few ? `${k} ` : ""}${differs ? "≠ " : ""}${verdict(stage, name, k)}`;
  marks.tag(b, text, { background: STATES[state].core, alpha: differs || k === stage.anchor ? 1 : 0.75, must: k === stage.anchor, prefer: "below", size: 12 });
}

// Cell by cell: a disc where anchors learn, a ring where some are ignored; large and lit where the libraries part.
function drawPlaces(stage, marks, ctx, name) {
  const { data, viewport: v, unit } = stage;
  const { rows, cols, stride, center } = data.cells;
  const { [name]: { code }, differs } = found(stage);
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
      if (differs[k]) differ++;
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

// Why a library decided as it did, by its reason.
function because(stage, name, side, k) {
  const { data } = stage;
  const [high, low] = data.thresholds[side];
  const iou = found(stage)[name].iou[k].toFixed(3);
  const gt = found(stage)[name].gt[k];
  const best = gt >= 0 ? circled(gt) : "no object";
  if (data.documented[side] && found(stage)[name].reason[k] === -1) return escapeHtml(data.documented[side]);
  switch (data.reasons[found(stage)[name].reason[k]]) {
    case "OUTSIDE":
      return "centred outside the image";
    case "ABOVE_HIGH":
      return `IoU ${iou} with ${best}, at least ${iouText(high)}`;
    case "BELOW_LOW":
      return `best IoU ${iou}, ${found(stage)[name].iou[k] < low ? "below" : "at"} ${iouText(low)}`;
    case "BETWEEN":
      return `best IoU ${iou}, from ${iouText(low)} to ${iouText(high)}`;
    case "LOW_QUALITY":
      return `IoU ${iou}, but no anchor overlaps some object more`;
    case "FORCED":
      return `it is the best anchor of ${best}, which takes it`;
    case "GREEDY":
      return `a round gave it to ${best}`;
    case "BELOW_THRESHOLD":
      return `taken in no round, and best IoU ${iou}`;
    case "SHAPE_FITS":
      return `its shape fits ${best}, in or beside the cell`;
    case "SHAPE_DIFFERS":
      return "its shape differs too much";
    case "OTHER_CELL":
      return "no object is centred in or beside its cell";
    default:
      return "no object";
  }
}

// ---- the four numbers

function drawCoder(stage, marks, ctx, side) {
  const { pair, sides: both, given } = stage.data;
  if (!pair) return;
  const { anchor, object } = pair;
  const read = both[side].box;
  const still = both.every((s) => s.box?.every((value, k) => Math.abs(value - both[0].box[k]) < 1e-3));
  stage.light(ctx, read, side ? 0.85 : 0.6);
  marks.box(anchor, "positive", { width: 2.4 });
  if (!given) marks.box(object, "object", { width: 2.4 });
  marks.box(read, side && !still ? "ignored" : "kept", { width: 3, colour: side && !still ? STATES.ignored.core : undefined });
  const from = [stage.viewport.x(centreX(anchor)), stage.viewport.y(centreY(anchor))];
  const to = [stage.viewport.x(centreX(read)), stage.viewport.y(centreY(read))];
  marks.arrow(from, to, STATES.selected.core, 2.2);
  marks.tag(anchor, "anchor", { background: STATES.positive.core, prefer: "left", size: 12 });
  if (!given) marks.tag(object, stage.data.case ? "object" : stage.objectName(pair.gt), { prefer: "right", size: 12 });
  const verb = given || side === 0 ? "reads" : "reads A’s numbers";
  const colour = side && !still ? STATES.ignored.core : STATES.kept.core;
  marks.tag(read, `${verb}: ${pixels(width(read))} × ${pixels(height(read))}`, { background: colour, prefer: "below", must: true });
}

// ---- suppression

const KEPT = 1;
const SUPPRESSED = 2;

function drawPredictions(stage, marks, ctx, name) {
  const { data } = stage;
  const status = data[`${name}_status`];
  const total = status.length;
  const few = total <= 12;
  const order = Array.from({ length: total }, (_, k) => k).sort((p, q) => (p === stage.prediction) - (q === stage.prediction) || data.differs[p] - data.differs[q]);
  for (const k of order) {
    const b = Array.from(data.predictions.subarray(4 * k, 4 * k + 4));
    const on = k === stage.prediction;
    const state = status[k] === KEPT ? "kept" : status[k] === SUPPRESSED ? "suppressed" : "waiting";
    if (state === "waiting" && !on && !data.differs[k]) continue;
    const alpha = data.differs[k] || on ? 1 : few ? 0.7 : 0.45;
    if ((data.differs[k] || on) && state === "kept") stage.light(ctx, b, 0.8);
    if (width(b) * height(b) === 0) marks.disc(stage.viewport.x(b[0]), stage.viewport.y(b[1]), 4, STATES[state].core);
    marks.box(b, state, { alpha });
    if (on) marks.ring(b, 4);
    if (!few && !data.differs[k] && !on && state !== "kept") continue;
    const sign = { kept: "✓", suppressed: "×", waiting: "…" }[state];
    marks.tag(b, `${data.differs[k] ? "≠ " : ""}#${k} ${data.scores[k].toFixed(2).replace("0.", ".")} ${sign}`, {
      background: STATES[state].core,
      alpha: alpha < 1 ? 0.8 : 1,
      must: on || Boolean(data.differs[k]),
      prefer: k % 2 ? "below" : undefined,
      size: 12,
    });
  }
}

function fate(stage, name, side) {
  const { data } = stage;
  const k = stage.prediction;
  const status = data[`${name}_status`]?.[k];
  if (status === KEPT) return "kept";
  if (status !== SUPPRESSED) return "takes no part: its score is too low";
  if (data.sides[side].documented) return `suppressed: ${escapeHtml(data.documented[side])}`;
  return `suppressed by #${data[`${name}_by`][k]} at IoU ${data[`${name}_iou`][k].toFixed(3)}`;
}

// ---- the formula of a side or a centre, with the reader's own numbers

const root = (text) => `<span class="fn">√${text}</span>`;

function formulaOf(stage, side) {
  const { data } = stage;
  const s = data.sides[side];
  const letter = `<b class="side">${"AB"[side]}</b>`;
  const line = (html, spoken) => `<div>${letter}<div class="f" role="math" aria-label="${escapeHtml(spoken)}"><span aria-hidden="true" class="f">${html}</span></div></div>`;
  if (s.problem) return line("–", s.problem);
  if (data.lattice) {
    const column = stage.cell % data.cells.cols;
    const x = data[`${SIDES[side]}_centres`][2 * stage.cell];
    const shift = s.center ? ` + ½` : "";
    return line(
      `<i>x</i> = ${shift ? "(" : ""}${number(column)}${shift}${shift ? ")" : ""} · ${number(pixels(s.step[1]))} = ${result(pixels(x))}`,
      `x is ${pixels(x)}`,
    );
  }
  const w = wordOf(stage, side);
  if (!w) return line("–", "no such box");
  const size = number(pixels(w.size));
  const r = root(ratioText(w.ratio));
  const end = `= ${result(pixels(w.w))}`;
  const gives = s.changed ? ` → ${result(pixels(w.w))}` : ` ${end}`;
  const by = { "h/w": `${size} / ${r}`, "w/h": `${size} · ${r}`, text: `${number(pixels((w.size * stage.photo.width) / stage.photo.height))} · ${r}` }[s.means];
  return line(by ? `<i>w</i> = ${by}${gives}` : `<i>w</i> ${end}, as listed`, `the width is ${pixels(w.w)}`);
}

// ---- what is pointed at

const AREA = (b) => Math.max(0, b[2] - b[0]) * Math.max(0, b[3] - b[1]);
const within = (b, x, y, slack) => x >= b[0] - slack && x <= b[2] + slack && y >= b[1] - slack && y <= b[3] + slack;

// The smallest of some boxes around a point; -1 without one.
function smallest(stage, boxes, x, y) {
  const slack = (6 * stage.unit) / stage.viewport.scale;
  let best = -1;
  boxes.forEach((b, k) => {
    if (b && within(b, x, y, slack) && (best < 0 || AREA(b) < AREA(boxes[best]))) best = k;
  });
  return best;
}

const cellAt = (stage, x, y) => {
  const { rows, cols, stride } = stage.data.cells;
  const limit = (v, most) => Math.max(0, Math.min(most - 1, Math.floor(v / stride)));
  return limit(y, rows) * cols + limit(x, cols);
};

// What can be stepped through: the differing things, or all where nothing differs.
function stops(stage) {
  const { data } = stage;
  if (data.kind === "anchors" && !data.lattice) {
    const words = data.sides.flatMap((s) => s.words);
    const all = [...new Set(words.filter((w) => w.differs).map((w) => w.key))];
    return (all.length ? all : [...new Set(words.map((w) => w.key))]).sort((p, q) => p - q);
  }
  if (data.kind === "coder" || data.lattice) return [];
  const differs = differing(stage);
  const all = Array.from({ length: differs.length }, (_, k) => k);
  const lit = all.filter((k) => differs[k]);
  return lit.length ? lit : all;
}

const POINTER = { anchors: "step", labels: "anchor", nms: "prediction" };

function step(stage, by) {
  const list = stops(stage);
  const field = POINTER[stage.data.kind];
  if (!list.length) return false;
  const at = list.indexOf(stage[field]);
  const next = at < 0 ? list.find((v) => v > stage[field]) ?? list[0] : list[(at + by + list.length) % list.length];
  point(stage, field, next);
  return true;
}

function point(stage, field, value) {
  stage[field] = value;
  stage.commitPick();
  stage.say(spoken(stage));
  stage.schedule();
}

// Both libraries about what is pointed at, without markup.
function spoken(stage) {
  return inspect(stage)
    .map(([title, text]) => `${title}: ${text.replace(/<[^>]*>/g, "")}.`)
    .join(" ");
}

// [library, what it says] of what is pointed at.
function inspect(stage) {
  const { data } = stage;
  return SIDES.map((name, side) => {
    const { title } = data.libraries[side];
    const { problem } = data.sides[side];
    if (problem) return [title, escapeHtml(problem)];
    if (data.kind === "anchors") {
      if (data.lattice) {
        const c = data[`${name}_centres`];
        return [title, `this cell is centred at <b>${pixels(c[2 * stage.cell])}, ${pixels(c[2 * stage.cell + 1])}</b>`];
      }
      const k = data.sides[side].words.findIndex((w) => w.key === stage.step);
      if (k < 0) return [title, "lays no such box"];
      const w = data.sides[side].words[k];
      return [title, `box ${k + 1} of the cell, <b>${exactly(w.w)} × ${exactly(w.h)}</b>${data.convention === "order" ? `: ${w.word}` : ""}`];
    }
    if (data.kind === "labels") {
      const { code: codes } = found(stage)[name];
      if (stage.anchor < 0 || stage.anchor >= codes.length) return [title, "no anchor"];
      const code = codes[stage.anchor];
      return [title, `<b class="${stateOf(code)}">${verdict(stage, name, stage.anchor)}</b>, ${because(stage, name, side, stage.anchor)}`];
    }
    if (data.kind === "coder") {
      if (!data.pair) return [title, "nothing to encode"];
      const s = data.sides[side];
      return [title, `${data.given ? "is told" : "writes"} <b>${s.said.join("  ")}</b>`];
    }
    return stage.prediction < 0 ? [title, "no prediction"] : [title, fate(stage, name, side)];
  });
}

const exactly = (value) => minus(String(Math.round(value * 100) / 100));

function subject(stage) {
  const { data } = stage;
  if (data.kind === "anchors") {
    if (data.lattice) return `Cell in row ${Math.floor(stage.cell / data.cells.cols) + 1}, column ${(stage.cell % data.cells.cols) + 1}`;
    const w = wordOf(stage, 0) ?? wordOf(stage, 1);
    return data.convention === "order" ? `Box ${stage.step + 1} of the cell` : w ? w.word[0].toUpperCase() + w.word.slice(1) : "";
  }
  if (data.kind === "labels") return stage.anchor >= 0 ? `Anchor ${whole(stage.anchor)}` : "";
  if (data.kind === "coder") return data.given ? "The same four numbers" : "The same box";
  return stage.prediction >= 0 ? `Prediction #${stage.prediction}` : "";
}

// ---- slots

// The numbers of what differs, as they are right now.
function counterOf(stage) {
  const { counter, kind, sides } = stage.data;
  if (kind !== "labels" || sides.some((s) => s.problem)) return counter;
  const differ = found(stage).count;
  return { ...counter, differ, same: counter.total - differ };
}

function readout(stage) {
  const { data } = stage;
  const { suggest } = data;
  const counter = counterOf(stage);
  const said = inspect(stage)
    .map(([title, text]) => `<p><b>${escapeHtml(title)}</b> ${text}.</p>`)
    .join("");
  const walk = stops(stage).length > 1 ? stepper(stage) : "";
  const other = suggest
    ? `<p><button type="button" class="link" data-act="case:${suggest.case}">Nothing differs here. Show a scene where it does: ${escapeHtml(suggest.title)}</button></p>`
    : "";
  const documented = data.libraries
    .map(({ title }, side) => (data.documented[side] ? `<p class="cap">${escapeHtml(title)}’s answer is documented, not computed here: ${escapeHtml(data.documented[side])}.</p>` : ""))
    .join("");
  return (
    `<div class="counters"><p><b class="differ">≠ ${whole(counter.differ)}</b> ${counter.differ === 1 ? "differs" : "differ"}</p>` +
    `<p><b>= ${whole(counter.same)}</b> the same</p><p class="cap">of ${whole(counter.total)} ${counter.noun}</p></div>` +
    why(escapeHtml(subject(stage) || data.question), said + documented + other) +
    walk +
    tryThis(stage, () => data.reveal)
  );
}

function stepper(stage) {
  const list = stops(stage);
  const at = list.indexOf(stage[POINTER[stage.data.kind]]);
  const what = counterOf(stage).differ ? "difference" : "item";
  return (
    `<div class="stepper"><button type="button" data-act="step:-1" aria-label="Previous ${what}">‹</button>` +
    `<b>${at < 0 ? "–" : whole(at + 1)} of ${plural(list.length, what)}</b>` +
    `<button type="button" data-act="step:1" aria-label="Next ${what}">›</button></div>`
  );
}

// The table of conventions: a click, or Enter, asks its question; on phones only A and B have columns.
function conventions(stage) {
  const { table, columns, libraries, convention } = stage.data;
  const pair = libraries.map((l) => l.name);
  const all = columns.map((c, k) => ({ ...c, k }));
  const shown = stage.narrow ? [...new Set(pair)].map((name) => all.find((c) => c.name === name)) : all;
  const letter = (name) => pair.map((p, side) => (p === name ? "AB"[side] : "")).join("");
  const head = shown
    .map(({ name, title }) => {
      const mark = letter(name);
      const label = mark ? `<span class="side">${mark.split("").join(" ")}</span> ` : "";
      return (
        `<th scope="col" class="${mark ? "pair" : ""}"><button type="button" data-act="b:${name}" ` +
        `aria-label="${escapeHtml(title)}${mark ? `, library ${mark}` : ": compare as B"}">${label}${escapeHtml(title)}</button></th>`
      );
    })
    .join("");
  let group = "";
  const rows = table
    .map((row) => {
      const heading =
        row.group === group ? "" : `<tr class="group"><th colspan="${shown.length + 1}" scope="colgroup">${row.group}</th></tr>`;
      group = row.group;
      const on = row.name === convention;
      const cells = shown
        .map(({ name, k }) => `<td class="${pair.includes(name) ? "pair" : ""}">${escapeHtml(row.cells[k])}</td>`)
        .join("");
      return (
        heading +
        `<tr class="${on ? "now" : ""}${row.differs ? " differ" : ""}" data-row="${row.name}">` +
        `<th scope="row"><button type="button" data-act="ask:${row.name}" aria-pressed="${on}" title="${escapeHtml(row.question)}">` +
        `<span class="sign" aria-hidden="true">${row.differs ? "≠" : ""}</span>${escapeHtml(row.label)}` +
        `${row.differs ? '<span class="unseen">, differs</span>' : ""}</button></th>${cells}</tr>`
      );
    })
    .join("");
  return (
    `<div class="scroll" tabindex="0" role="group" aria-label="Conventions of ${shown.length} libraries">` +
    `<table class="rosetta"><thead><tr><td></td>${head}</tr></thead><tbody>${rows}</tbody></table></div>`
  );
}

// One box in three frames and three forms.
function frames(stage) {
  const { data } = stage;
  const index = stage.object >= 0 ? stage.object : stage.boxes.length - 1;
  const b = stage.boxes[index];
  if (!b) return `<p class="cap">There is no object on this picture.</p>`;
  const { width: W, height: H } = stage.photo;
  const forms = (x, y, digits) => {
    const s = [b[0] * x, b[1] * y, b[2] * x, b[3] * y];
    const text = (values) => values.map((v) => minus(v.toFixed(digits))).join(" &nbsp;");
    return [
      text(s),
      text([(s[0] + s[2]) / 2, (s[1] + s[3]) / 2, s[2] - s[0], s[3] - s[1]]),
      text([s[0], s[1], s[2] - s[0], s[3] - s[1]]),
    ];
  };
  const stride = data.cells?.stride ?? data.stride;
  const rows = [
    ["pixels", `of ${pixels(W)} × ${pixels(H)}`, forms(1, 1, W > 10 ? 1 : 3), ["torchvision, detectron2, MMDetection", "–", "COCO’s files"]],
    ["cells", `of ${pixels(stride)} pixels`, forms(1 / stride, 1 / stride, 2), ["–", "YOLO, while matching", "–"]],
    ["fractions", "of width and height", forms(1 / W, 1 / H, 4), ["d2l, ssd.pytorch’s targets", "YOLO’s files, ssd.pytorch’s priors", "–"]],
  ];
  const body = rows
    .map(
      ([name, of, values, users]) =>
        `<tr><th scope="row">${name}<span class="cap"> ${of}</span></th>${values
          .map((v, k) => `<td>${v}<span class="cap">${users[k] === "–" ? "" : users[k]}</span></td>`)
          .join("")}</tr>`,
    )
    .join("");
  const name = data.case ? circled(index) : escapeHtml(stage.objectName(index));
  return (
    `<p class="lab">Nine ways to write ${name}: each is four numbers, and nothing in them says which.</p>` +
    `<div class="scroll" tabindex="0" role="group" aria-label="One box in three frames"><table class="plain frames"><thead><tr><td></td>` +
    `<th scope="col">x1 y1 x2 y2</th><th scope="col">cx cy w h</th><th scope="col">x y w h</th></tr></thead><tbody>${body}</tbody></table></div>`
  );
}

export const rosettaView = {
  keys: [
    [", .", "previous / next difference"],
    ["← ↑ → ↓", "without a selected object: the next cell"],
    ["PageUp PageDown", "the convention above / below"],
  ],
  slots: { readout, conventions, frames },
  below: ["conventions", "frames"],
  room: 24,
  edits: true,

  update(stage) {
    const { kind } = stage.data;
    this.room = stage.data.case && (kind === "labels" || kind === "nms") ? 19 : 24;
    this.edits = !stage.data.case;
    if (stage.data.case) stage.object = -1;
  },

  narrowHeight: (stage, w) => Math.round(2 * 0.68 * w),

  margin(stage) {
    const u = stage.unit ?? 1;
    const w = stage.host.clientWidth;
    const free = { left: 6 * u, right: 6 * u, top: 30 * u, bottom: 6 * u };
    if (stage.narrow) return { ...free, bottom: Math.ceil(this.narrowHeight(stage, w) / 2) + 6 * u };
    return { ...free, right: Math.ceil(w / 2) + 6 * u };
  },

  home(stage) {
    return stage.data.region ?? [0, 0, stage.photo.width, stage.photo.height];
  },

  // A point of either half, as one of the first; what is held stays in its half.
  fold(stage, [x, y], held) {
    const { size, offset } = halves(stage);
    const second = held ? stage.secondHalf : stage.narrow ? y > size[1] : x > size[0];
    stage.secondHalf = second;
    return second ? [x - offset[0], y - offset[1]] : [x, y];
  },

  numbers(stage) {
    const { same, differ } = counterOf(stage);
    return { same: whole(same), differ: whole(differ) };
  },

  label(stage) {
    const { libraries, question } = stage.data;
    const counter = counterOf(stage);
    const [a, b] = libraries.map((l) => l.title);
    return `${stage.photo.alt} Twice: as ${a} and as ${b} answer “${question}” ${whole(counter.differ)} of ${whole(counter.total)} ${counter.noun} differ.`;
  },

  draw(stage, _, ctx) {
    const { kind, lattice } = stage.data;
    for (const side of [0, 1]) {
      half(stage, ctx, side, (marks, name) => {
        if (kind === "anchors") (lattice ? drawLattice : drawWords)(stage, marks, ctx, side);
        else if (kind === "labels") drawLabels(stage, marks, ctx, name);
        else if (kind === "coder") drawCoder(stage, marks, ctx, side);
        else drawPredictions(stage, marks, ctx, name);
        if (kind !== "labels" && stage.object >= 0 && stage.editing()) stage.drawObjects(marks, { alpha: 0.9 });
      });
    }
    divider(stage, ctx);
  },

  strip(stage) {
    const { data } = stage;
    if (data.kind === "coder" && data.pair && !data.sides.some((s) => s.problem)) {
      const line = (side, name) => `<span class="item">${name}${data.sides[side].said.map((v) => number(v)).join(" ")}</span>`;
      const letter = (side) => `<b class="side">${"AB"[side]}</b>`;
      return data.given
        ? `<div class="fun">${line(0, "")}</div>` + caption("Four numbers, decoded by both.")
        : `<div class="fun">${line(0, letter(0))}${line(1, letter(1))}</div>`;
    }
    return data.kind === "anchors" ? `<div class="two">${formulaOf(stage, 0)}${formulaOf(stage, 1)}</div>` : "";
  },

  hover(stage, ix, iy) {
    const { data } = stage;
    if (data.kind === "anchors" && !data.lattice) {
      const side = stage.secondHalf ? 1 : 0;
      const words = data.sides[side].words;
      const k = smallest(stage, words.map((w) => w.box), ix, iy);
      return k >= 0 ? { kind: "word", index: words[k].key } : null;
    }
    return null;
  },

  click(stage, ix, iy) {
    const { data } = stage;
    const side = stage.secondHalf ? 1 : 0;
    if (data.kind === "anchors") {
      const words = data.sides[side].words;
      const k = data.lattice ? -1 : smallest(stage, words.map((w) => w.box), ix, iy);
      if (k >= 0) return point(stage, "step", words[k].key);
      return point(stage, "cell", cellAt(stage, ix, iy));
    }
    if (data.kind === "nms") {
      const boxes = data.scores.length ? Array.from(data.scores, (_, k) => Array.from(data.predictions.subarray(4 * k, 4 * k + 4))) : [];
      const k = smallest(stage, boxes, ix, iy);
      if (k >= 0) point(stage, "prediction", k);
      return;
    }
    if (data.kind !== "labels") return;
    const count = data.anchors.length / 4;
    if (count <= FEW) {
      const k = smallest(stage, Array.from({ length: count }, (_, n) => anchorAt(stage, n)), ix, iy);
      if (k >= 0) point(stage, "anchor", k);
      return;
    }
    // Of the clicked cell the anchor that differs, else one that learns, else the first.
    const first = cellAt(stage, ix, iy) * data.shapes_per_cell;
    const mine = Array.from({ length: data.shapes_per_cell }, (_, k) => first + k);
    const { [SIDES[side]]: { code }, differs } = found(stage);
    point(stage, "anchor", mine.find((k) => differs[k]) ?? mine.find((k) => code[k] !== NEGATIVE) ?? first);
  },

  key(stage, key, event, arrow) {
    if (key === "," || key === ".") return step(stage, key === "." ? 1 : -1);
    if (key === "PageUp" || key === "PageDown") {
      const names = stage.data.table.map((row) => row.name);
      const next = names[names.indexOf(stage.data.convention) + (key === "PageDown" ? 1 : -1)];
      if (next) this.act(stage, `ask:${next}`);
      return true;
    }
    if (!arrow || stage.object >= 0 || !stage.data.cells) return false;
    const { rows, cols } = stage.data.cells;
    const labels = stage.data.kind === "labels";
    const shapes = stage.data.shapes_per_cell ?? 1;
    const cell = labels ? Math.floor(Math.max(0, stage.anchor) / shapes) : Math.max(0, stage.cell);
    const col = Math.min(cols - 1, Math.max(0, (cell % cols) + arrow[0]));
    const row = Math.min(rows - 1, Math.max(0, Math.floor(cell / cols) + arrow[1]));
    const to = row * cols + col;
    if (labels) point(stage, "anchor", to * shapes + (Math.max(0, stage.anchor) % shapes));
    else point(stage, "cell", to);
    return true;
  },

  // Up and down in the table go from row to row.
  slotKey(stage, e) {
    const button = e.target.closest?.(".rosetta tbody button");
    if (!button || (e.key !== "ArrowDown" && e.key !== "ArrowUp")) return;
    const all = [...button.closest("table").querySelectorAll("tbody button")];
    const next = all[all.indexOf(button) + (e.key === "ArrowDown" ? 1 : -1)];
    e.preventDefault();
    next?.focus();
  },

  act(stage, act) {
    const [name, value] = act.split(":");
    if (name === "step") step(stage, Number(value));
    else if (["ask", "case", "b"].includes(name)) stage.command("rosetta", { [name]: value });
  },
};
