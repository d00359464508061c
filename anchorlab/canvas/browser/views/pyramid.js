// Pyramid: which level finds which object.

import { circled, escapeHtml, iouText, pixels, plural, whole } from "../model/format.js";
import { centreX, centreY, height, width } from "../core/boxes.js";
import { countOf, levelsOver } from "../core/anchors.js";
import { numbersSkeleton, paintNumbers } from "../input/numbers.js";
import { anchorsOver } from "../model/generated.js";
import { alike } from "../model/settings.js";
import { drawCell, levelColour } from "./anchors.js";
import { LISTS, listOf, reshaped } from "./pyramid/lists.js";
import { anchorBox, caption, formula, number, OBJECT, result, tryThis, why } from "./shared.js";

const MANY = 4; // objects whose numbers find room beside a level

// ---- pyramids over the picture

// The size a picture is resized to: by a factor, or what a preset's fixed maps ask for.
const frameBy = (resize, { width, height }) =>
  Array.isArray(resize) ? resize : [width, height].map((side) => Math.max(1, Math.floor(side * resize + 0.5)));

const presetOf = ({ data }, name) => data.presets.find((preset) => preset.name === name);

// The pyramid as the settings ask for it: { pyramid, regular, preset, resize, frame }.
function asked(stage) {
  const { data, photo, settings } = stage;
  const chosen = presetOf(stage, stage.setting("pyramid.preset"));
  let preset = chosen?.name ?? "";
  let { pyramid, regular } = chosen && settings.moved.has("pyramid.preset") ? chosen : data;
  const [sizes, ratios] = [stage.setting("pyramid.sizes"), stage.setting("pyramid.ratios")];
  if (regular && !(alike(sizes, regular.sizes) && alike(ratios, regular.ratios))) {
    regular = { ...regular, sizes, ratios };
    pyramid = reshaped(pyramid, regular);
    preset = "";
  }
  const { center, uneven, border } = settings.under("pyramid");
  const resize = stage.setting("resize");
  return { pyramid: { ...pyramid, center, uneven, border }, regular, preset, resize, frame: frameBy(resize, photo) };
}

// The anchors are generated as the settings are now. What would be too many of them waits for Python's no.
function regenerate(stage) {
  const { data, settings } = stage;
  const now = asked(stage);
  const { pyramid, regular, frame } = data;
  const told = { pyramid, regular, frame, preset: settings.said["pyramid.preset"], resize: settings.said.resize };
  stage.pyramid = countOf(now.pyramid, now.frame) > data.most ? told : now;
  stage.generate(stage.pyramid.pyramid, stage.pyramid.frame);
}

// The switches that resize to a size the preset is usually shown; some presets have two.
const USUAL = ["pyramid.usual.0", "pyramid.usual.1"];

// ---- reading

// A level's colour, fine to coarse; more levels than colours get mixtures of two neighbours.
function colourAt(stage, level, colours = PALETTE.levels) {
  const { length } = stage.generated.levels;
  if (length <= colours.length) return levelColour(level, length, colours);
  const place = (level * (colours.length - 1)) / (length - 1);
  const k = Math.min(colours.length - 2, Math.floor(place));
  const part = (colour, i) => parseInt(colour.slice(1 + 2 * i, 3 + 2 * i), 16);
  const mixed = [0, 1, 2].map((i) => Math.round(part(colours[k], i) + (place - k) * (part(colours[k + 1], i) - part(colours[k], i))));
  return `#${mixed.map((v) => v.toString(16).padStart(2, "0")).join("")}`;
}

const inkAt = (stage, level) => colourAt(stage, level, PALETTE.levelInks[stage.dark ? "dark" : "light"]);
const bests = (stage) => stage.boxes.map((box) => stage.generated.best(box));
const sizesOf = (level) => level.frame.shapes.map(([w, h]) => Math.sqrt(w * h));

// The object that is explained: the one pointed at, the selected, else the last.
function focusOf(stage) {
  if (stage.hover?.kind === "object") return stage.hover.index;
  return stage.object >= 0 ? stage.object : stage.boxes.length - 1;
}

// The level looked at alone; -1 for all.
const aloneOf = (stage) => (stage.step < stage.generated.levels.length ? stage.step : -1);

function showLevel(stage, level) {
  stage.step = level;
  stage.cell = -1;
  if (level < 0) stage.say("All levels.");
  else {
    const { name, stride_x, rows, cols, shapes } = stage.generated.levels[level];
    stage.say(`Level ${name} alone, stride ${pixels(stride_x)}: ${rows} by ${cols} cells of ${plural(shapes.length, "shape")}.`);
  }
  stage.commitPick();
  stage.schedule();
}

// The cell that was clicked in this level, whose shapes are shown; -1 without one.
function cellShown(stage, level) {
  const { cell, cells } = stage.cells.levels[level];
  return stage.cell >= cell && stage.cell < cell + cells ? stage.cell : -1;
}

// ---- picture

// The centres of a level within a box, as discs of its colour; close ones are thinned out.
function drawLevelCentres(stage, marks, level, colour, [x1, y1, x2, y2], radius) {
  const { rows, cols, stride_x, stride_y } = level;
  const v = stage.viewport;
  const c = stage.cells.centreInCell;
  const spacing = (Math.min(stride_x, stride_y) * v.scale) / marks.unit;
  const every = Math.max(1, Math.ceil(7 / spacing));
  const size = Math.max(1.2, Math.min(radius, spacing / 9));
  const within = (low, high, stride, count) => [
    Math.max(0, Math.ceil(low / stride - c)),
    Math.min(count - 1, Math.floor(high / stride - c)),
  ];
  const [top, bottom] = within(y1, y2, stride_y, rows);
  const [left, right] = within(x1, x2, stride_x, cols);
  for (let row = top; row <= bottom; row++) {
    if (row % every) continue;
    const y = v.y((row + c) * stride_y);
    for (let col = left; col <= right; col++) {
      if (col % every === 0) marks.disc(v.x((col + c) * stride_x), y, size, colour);
    }
  }
}

function drawAll(stage, marks, ctx) {
  const { boxes, generated, crowded } = stage;
  const found = bests(stage);
  const focus = focusOf(stage);
  if (!crowded) stage.lightUnion(ctx, boxes, 0.42);
  else if (boxes[focus]) stage.light(ctx, boxes[focus], 0.42);
  const order = boxes.map((_, g) => g).sort((a, b) => width(boxes[b]) * height(boxes[b]) - width(boxes[a]) * height(boxes[a]));
  for (const g of order) {
    const { winner, anchor } = found[g];
    if (winner < 0 || (crowded && g !== focus)) continue;
    const colour = colourAt(stage, winner);
    drawLevelCentres(stage, marks, generated.levels[winner], colour, boxes[g], 3.4);
    marks.box(anchorBox(stage, anchor[winner]), "object", { colour, width: 2.4 });
  }
  stage.drawObjects(marks, { names: false });
  boxes.forEach((b, g) => {
    const { winner } = found[g];
    const must = g === focus;
    const background = winner < 0 ? "#FFFFFF" : colourAt(stage, winner);
    const to = winner < 0 ? "none" : generated.levels[winner].name;
    if (!crowded || must) marks.tag(b, `${stage.objectName(g)} → ${to}`, { background, must });
    else marks.tag(b, to, { background, size: 12, compact: true });
  });
}

function drawGrid(stage, marks, ctx, level, colour) {
  const { rows, cols, stride_x, stride_y } = level;
  const v = stage.viewport;
  const c = stage.cells.centreInCell - 0.5;
  if (Math.min(stride_x, stride_y) * v.scale < 5 * marks.unit) return;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.globalAlpha = 0.4;
  ctx.lineWidth = marks.unit;
  ctx.beginPath();
  for (let col = 0; col <= cols; col++) {
    const x = v.x((col + c) * stride_x);
    ctx.moveTo(x, v.y(c * stride_y));
    ctx.lineTo(x, v.y((rows + c) * stride_y));
  }
  for (let row = 0; row <= rows; row++) {
    const y = v.y((row + c) * stride_y);
    ctx.moveTo(v.x(c * stride_x), y);
    ctx.lineTo(v.x((cols + c) * stride_x), y);
  }
  ctx.stroke();
  ctx.restore();
}

// One level: its grid, the shapes of a cell that was clicked, and how well its anchors fit each object.
function drawAlone(stage, marks, ctx, index) {
  const { generated, boxes, crowded } = stage;
  const level = generated.levels[index];
  const colour = colourAt(stage, index);
  const whole = [-1e6, -1e6, 1e6, 1e6];
  drawGrid(stage, marks, ctx, level, colour);
  drawLevelCentres(stage, marks, level, colour, whole, level.rows * level.cols > 1500 ? 1.2 : 2);
  const cell = cellShown(stage, index);
  if (cell >= 0) drawCell(stage, marks, ctx, cell, { tags: false, width: 1.6 });
  stage.drawObjects(marks, { names: false });
  const focus = focusOf(stage);
  boxes.forEach((b, g) => {
    const { winner, anchor, iou } = generated.best(b);
    if (anchor[index] < 0 || (crowded && winner !== index && g !== focus)) return;
    const box = anchorBox(stage, anchor[index]);
    marks.box(box, winner === index ? "object" : "waiting", { colour, width: winner === index ? 2.6 : 1.8 });
    const text = crowded && g !== focus ? iouText(iou[index]) : `${stage.objectName(g)}: ${iouText(iou[index])}`;
    marks.tag(b, text, { background: winner === index ? colour : "#FFFFFF", must: g === focus, compact: crowded });
  });
}

// ---- rail

function lead(stage) {
  const { levels } = stage.generated;
  const n = levels.length;
  const counts = [...new Set(levels.map((level) => level.shapes.length))].sort((a, b) => a - b);
  const shapes = counts.length > 1 ? `${counts[0]} to ${counts.at(-1)} shapes` : plural(counts[0], "shape");
  if (n === 1) {
    return `One grid, ${shapes} in every cell: no level to choose, so the <b>shapes</b> alone must cover every size.`;
  }
  const words = ["", "", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight"];
  return `${words[n] ?? n} grids, each with ${shapes} of its own scale: the object’s <b>size</b> chooses the level.`;
}

// What stays while an object is dragged; the numbers are written by `paintSlot`.
function levelList(stage) {
  const { levels } = stage.generated;
  const rows = levels.map(({ name, rows, cols, shapes, frame }, k) => {
    const stride = frame.x === frame.y ? pixels(frame.x) : `${pixels(frame.y)} × ${pixels(frame.x)}`;
    return (
      `<button type="button" class="level" data-act="level:${k}" style="--level:${inkAt(stage, k)}">` +
      `<canvas width="300" height="128" aria-hidden="true"></canvas>` +
      `<span class="words"><b>${escapeHtml(name)} · stride ${stride}</b><span class="ious"></span></span>` +
      `<b class="n">${whole(rows * cols * shapes.length)}</b></button>`
    );
  });
  return (
    `<p class="lab">Level, its grid, its anchors <span class="hint">click one to see it alone</span></p>` +
    `<div class="levels" role="group" aria-label="Levels" style="--count:${levels.length}">${rows.join("")}</div>`
  );
}

function iouList(stage, level, found) {
  if (!found.length) return "";
  if (found.length <= MANY) {
    const one = ({ iou, winner }, g) => {
      const text = `${circled(g)} ${iouText(iou[level])}`;
      return winner === level ? `<b class="together">${text}</b>` : `<span class="together">${text}</span>`;
    };
    return `best IoU ${found.map(one).join(" ")}`;
  }
  const won = found.flatMap(({ winner }, g) => (winner === level ? [g] : []));
  if (!won.length) return `fits none of the ${found.length} objects best`;
  const names = won.slice(0, 4).map(circled).join(" ");
  return `fits <b>${won.length} of ${found.length}</b> best: ${names}${won.length > 4 ? " …" : ""}`;
}

function writeLevels(stage, element) {
  const found = bests(stage);
  const focus = found[focusOf(stage)]?.winner ?? -1;
  const alone = aloneOf(stage);
  element.querySelectorAll(".level").forEach((button, k) => {
    const text = iouList(stage, k, found);
    const ious = button.querySelector(".ious");
    if (ious.anchorlabHtml !== text) {
      ious.anchorlabHtml = text;
      ious.innerHTML = text;
    }
    button.classList.toggle("lit", k === focus);
    button.classList.toggle("dim", alone >= 0 && k !== alone);
    button.setAttribute("aria-pressed", String(k === stage.step));
  });
}

// Each level's grid on a small view of the picture.
function paintThumbnails(stage, element) {
  const { generated, photo, photoImage } = stage;
  element.querySelectorAll("canvas").forEach((canvas, k) => {
    const ctx = canvas.getContext("2d");
    const { width: w, height: h } = canvas;
    const scale = Math.max(w / photo.width, h / photo.height);
    const left = (w - photo.width * scale) / 2;
    const top = (h - photo.height * scale) / 2;
    ctx.clearRect(0, 0, w, h);
    if (photoImage) {
      ctx.imageSmoothingQuality = "high";
      ctx.drawImage(photoImage.dimmed, left, top, photo.width * scale, photo.height * scale);
    }
    const { rows, cols, stride_x, stride_y } = generated.levels[k];
    const step = Math.min(stride_x, stride_y) * scale;
    ctx.strokeStyle = colourAt(stage, k);
    ctx.globalAlpha = Math.min(1, 0.4 + step / 60);
    ctx.lineWidth = step < 8 ? 1 : 2;
    ctx.beginPath();
    for (let col = 0; col <= cols; col++) {
      ctx.moveTo(left + col * stride_x * scale, top);
      ctx.lineTo(left + col * stride_x * scale, top + rows * stride_y * scale);
    }
    for (let row = 0; row <= rows; row++) {
      ctx.moveTo(left, top + row * stride_y * scale);
      ctx.lineTo(left + cols * stride_x * scale, top + row * stride_y * scale);
    }
    ctx.stroke();
    ctx.globalAlpha = 1;
  });
}

// The sizes of every level and the object's, on one logarithmic ruler.
function sizeRuler(stage, size) {
  const { levels } = stage.generated;
  const all = [...levels.flatMap(sizesOf), size];
  const low = Math.log(Math.min(...all)) - 0.12;
  const high = Math.log(Math.max(...all)) + 0.12;
  const x = (v) => 4 + (392 * (Math.log(v) - low)) / (high - low);
  let last = -Infinity;
  const ticks = levels.map((level, k) => {
    const sizes = [...new Set(sizesOf(level).map((v) => Math.round(v * 10) / 10))].sort((a, b) => a - b);
    const middle = (x(sizes[0]) + x(sizes.at(-1))) / 2;
    const name = middle - last > 26 ? `<text x="${middle}" y="12" text-anchor="middle" style="fill:${inkAt(stage, k)}" class="h">${escapeHtml(level.name)}</text>` : "";
    if (name) last = middle;
    const lines = sizes.map((v) => `M${x(v).toFixed(1)} 18v12`).join("");
    return `${name}<path d="${lines}" stroke="${inkAt(stage, k)}" stroke-width="3"/>`;
  });
  const at = x(size);
  const label = Math.min(Math.max(at, 16), 384);
  return (
    `<svg class="chart" viewBox="0 0 400 50" role="img" aria-label="Sizes of the levels’ anchors from ${whole(Math.min(...all))} to ${whole(Math.max(...all))} pixels; the object’s is ${whole(size)}">` +
    `<path d="M0 30H400" stroke="var(--st-border-color)"/>${ticks.join("")}` +
    `<path d="M${at} 14V36" stroke="var(--st-text-color)" stroke-width="2"/><text x="${label}" y="48" text-anchor="middle" class="h">${whole(size)} px</text></svg>`
  );
}

const range = (level) => {
  const sizes = sizesOf(level);
  const [low, high] = [Math.round(Math.min(...sizes)), Math.round(Math.max(...sizes))];
  return low === high ? `sides of ${whole(low)}` : `sides of ${whole(low)} to ${whole(high)}`;
};

function inspector(stage) {
  const g = focusOf(stage);
  const box = stage.boxes[g];
  if (!box) return why("Which level?", "<p>Draw a box, and the level that fits it lights up.</p>");
  const { levels, scale } = stage.generated;
  const { winner, iou } = stage.generated.best(box);
  const [w, h] = [width(box) * scale[0], height(box) * scale[1]];
  const size = Math.sqrt(w * h);
  const noun = escapeHtml(stage.className(g));
  const resized = scale[0] !== 1 || scale[1] !== 1 ? "Resized, its" : "Its";
  const sides = `${resized} ${whole(w)}×${whole(h)} px make √(${whole(w)} · ${whole(h)}) = <b>${whole(size)}</b>`;
  const ruler = sizeRuler(stage, size);
  if (winner < 0) return why(`Why does the ${noun} land nowhere?`, `${ruler}<p>${sides}, and no anchor touches it.</p>`);
  const own = levels[winner];
  if (levels.length === 1) {
    return why(`How well does one grid fit the ${noun}?`, `${ruler}<p>${sides}; the best of ${range(own)} reaches IoU <b>${iouText(iou[0])}</b>.</p>`);
  }
  const far = (level) => Math.min(...sizesOf(level).map((v) => Math.abs(Math.log(v / size))));
  const nearest = levels.reduce((best, level) => (far(level) < far(best) - 1e-9 ? level : best), own);
  const tail =
    nearest === own
      ? `${escapeHtml(own.name)} tries ${range(own)}.`
      : `${escapeHtml(nearest.name)} tries ${range(nearest)}, but shape and place count too: <b>${iouText(iou[winner])}</b> on ` +
        `${escapeHtml(own.name)}, ${iouText(iou[levels.indexOf(nearest)])} there.`;
  return why(`Why does the ${noun} land on ${escapeHtml(own.name)}?`, `${ruler}<p>${sides}; ${tail}</p>`);
}

const SMALLEST = 4; // pixels of a side that can still be drawn by hand

// A question about the object that is selected, else the last: half as large, or, if it is tiny, twice.
function prediction(stage) {
  const g = stage.boxes[stage.object] ? stage.object : stage.boxes.length - 1;
  const box = stage.boxes[g];
  if (!box) return { question: "<b>Draw</b> a box around something: which level lights up?" };
  const name = escapeHtml(stage.objectName(g));
  const factor = Math.min(width(box), height(box)) < 2 * SMALLEST ? 2 : 0.5;
  const one = stage.generated.levels.length === 1;
  const sides = factor < 1 ? "half as wide and half as tall" : "twice as wide and twice as tall";
  return {
    question: `<b>Predict:</b> ${sides}, ${one ? `does an anchor of ${name} reach IoU ${iouText(stage.data.high)}` : `where does ${name} land`}? Then drag a corner.`,
    answer: () => resized(stage, box, factor),
  };
}

// Where an object lands once it is smaller or larger, around the same centre.
function resized(stage, box, factor) {
  const { levels } = stage.generated;
  const [cx, cy, w, h] = [centreX(box), centreY(box), (factor * width(box)) / 2, (factor * height(box)) / 2];
  const { winner, iou } = stage.generated.best([cx - w, cy - h, cx + w, cy + h]);
  if (winner < 0) return "On none: no anchor would touch it.";
  const reached = iouText(iou[winner]);
  if (levels.length === 1) {
    const enough = iou[winner] >= Math.fround(stage.data.high);
    return `<b>${enough ? "Yes" : "No"}</b>: its best anchor would reach IoU <b>${reached}</b>.`;
  }
  const now = stage.generated.best(box).winner;
  const name = `<b>${escapeHtml(levels[winner].name)}</b>, at IoU ${reached}`;
  if (winner === now) return `Still on ${name}: its anchors still overlap it most.`;
  if (now < 0) return `On ${name}.`;
  return `On ${name}: ${plural(Math.abs(winner - now), "level")} ${winner < now ? "finer" : "coarser"} than ${escapeHtml(levels[now].name)}.`;
}

const readout = (stage) => inspector(stage) + tryThis(stage, prediction(stage));

// ---- formulas and tables

// rows · columns; a square map as a power.
const cellsText = (rows, cols, mark = (text) => text) =>
  rows === cols ? mark(`${rows}²`) : mark(`${whole(rows)}·${whole(cols)}`);

function sum(levels, mark = (text) => text) {
  const shapes = new Set(levels.map((level) => level.shapes.length));
  if (levels.length === 1) return `${cellsText(levels[0].rows, levels[0].cols, mark)} · ${mark(String([...shapes][0]))}`;
  if (shapes.size === 1) {
    return `${[...shapes][0]} · ( ${levels.map(({ rows, cols }) => cellsText(rows, cols, mark)).join(" + ")} )`;
  }
  return levels.map(({ rows, cols, shapes: own }) => mark(`${cellsText(rows, cols)}·${own.length}`)).join(" + ");
}

const total = (levels) => levels.reduce((count, { rows, cols, shapes }) => count + rows * cols * shapes.length, 0);

function strip(stage) {
  const { levels, count } = stage.generated;
  const alone = aloneOf(stage);
  if (alone >= 0 && levels.length > 1) return stripAlone(stage, levels[alone]);
  const text = sum(levels);
  const counts = levels.map(({ rows, cols, shapes }) => rows * cols * shapes.length);
  const most = counts.indexOf(Math.max(...counts));
  const share = Math.round((100 * counts[most]) / count);
  const why = most === 0 ? ", for the smallest objects" : "";
  const tail = levels.length > 1 ? `${share}% of them live on ${escapeHtml(levels[most].name)}${why}.` : "rows · columns · shapes";
  return (
    formula(`${sum(levels, number)} = ${result(plural(count, "anchor"))}`, `${text.replaceAll("·", " times ").replaceAll("²", " squared")} is ${plural(count, "anchor")}`) +
    caption(tail)
  );
}

function stripAlone(stage, level) {
  const { name, rows, cols, shapes } = level;
  const own = rows * cols * shapes.length;
  const share = (100 * own) / stage.generated.count;
  const part = `${share < 9.95 ? share.toFixed(1) : Math.round(share)}% of all ${whole(stage.generated.count)}`;
  return (
    formula(
      `<span class="fn">${escapeHtml(name)}:</span> ${sum([level], number)} = ${result(plural(own, "anchor"))}`,
      `${name}: ${rows} times ${cols} times ${shapes.length} is ${plural(own, "anchor")}`,
    ) + caption(`${part}. Click a cell to see its ${plural(shapes.length, "shape")}; Esc shows all levels.`)
  );
}

// What the preset's own pictures cost, beside what this one does.
function usual(stage) {
  const known = presetOf(stage, stage.pyramid.preset);
  if (!known) return "";
  const lines = known.usual.map(([w, h]) => {
    const levels = levelsOver(stage.pyramid.pyramid, [w, h], w, h);
    return `${known.label} on ${w} × ${h} px: ${sum(levels)} = <b>${plural(total(levels), "anchor")}</b>.`;
  });
  return `<p class="cap">${lines.join("<br>")}</p>`;
}

const table = (head, rows, label) =>
  `<div class="scroll tall" tabindex="0" role="group" aria-label="${label}"><table class="plain numbers"><thead><tr>${head
    .map((text) => `<th scope="col">${text}</th>`)
    .join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
const row = (first, cells, state = "") =>
  `<tr class="${state}"><th scope="row">${first}</th>${cells.map((text) => `<td>${text}</td>`).join("")}</tr>`;

function heads(stage) {
  const { levels } = stage.generated;
  const classes = Math.max(1, new Set(stage.boxClasses).size);
  const rows = levels.map(({ name, rows, cols, shapes }) => {
    const cells = rows * cols;
    const k = shapes.length;
    return row(escapeHtml(name), [`${rows} × ${cols}`, `${whole(cells)} × ${4 * k}`, `${whole(cells)} × ${k}`, `${whole(cells)} × ${whole(classes * k)}`]);
  });
  const numbers = (each) => whole(levels.reduce((n, { rows, cols, shapes }) => n + rows * cols * shapes.length * each, 0));
  if (levels.length > 1) rows.push(row("in all", ["", numbers(4), numbers(1), numbers(classes)], "sum"));
  const head = ["level", "cells", "offsets", "objectness", plural(classes, "class", "classes")];
  return (
    table(head, rows, "Outputs of the head on every level") +
    `<p class="cap">Each cell says four offsets for every shape, and a score: one (is there anything?) or one for each class.</p>`
  );
}

// The same coverage three ways, each counted on this picture.
function costs(stage) {
  const { levels, frame, count } = stage.generated;
  const area = frame[0] * frame[1];
  const middle = (level) => {
    const sizes = sizesOf(level);
    return Math.exp(sizes.reduce((s, v) => s + Math.log(v), 0) / sizes.length);
  };
  const shrink = levels.map((level) => middle(levels[0]) / middle(level));
  const pixelSum = shrink.reduce((s, f) => s + Math.max(1, Math.round(frame[0] * f)) * Math.max(1, Math.round(frame[1] * f)), 0);
  const shapes = new Set(levels.flatMap(({ frame: own }) => own.shapes.map(([w, h]) => `${w.toFixed(2)}x${h.toFixed(2)}`)));
  const dense = levels[0].rows * levels[0].cols * shapes.size;
  const times = (value, base) => `${(value / base).toFixed(value / base < 9.95 ? 2 : 0)} ×`;
  const rows = [
    row("pyramid of pictures", [`${plural(levels.length, "run")} over ${whole(pixelSum)} px`, `${times(pixelSum, area)} the pixels`]),
    row("one dense map", [`${plural(dense, "anchor")} at stride ${pixels(levels[0].frame.x)}`, `${times(dense, count)} the anchors`]),
    row("pyramid of anchors", [`one run over ${whole(area)} px, ${plural(count, "anchor")}`, "as shown"], "now"),
  ];
  const factors = shrink.slice(1).map((f) => `${pixels(100 * f)}%`).join(", ");
  return (
    table(["way", "what it takes on this picture", "against the pyramid"], rows, "Three ways to many scales") +
    `<p class="cap">Pictures: the shapes of ${escapeHtml(levels[0].name)} alone, on the picture${factors ? ` and shrunk to ${factors}` : ""}. ` +
    `Dense map: all ${plural(shapes.size, "shape")} in every cell of ${escapeHtml(levels[0].name)}.</p>`
  );
}

// This pyramid and another preset, object by object.
function rivals(stage) {
  const { data, photo, generated } = stage;
  const rival = presetOf(stage, stage.setting("rival"));
  // Over the same resized picture, unless one of them takes a single size only.
  const { pyramid, frame: resized, resize, preset } = stage.pyramid;
  const own = presetOf(stage, preset);
  const other = anchorsOver(rival.pyramid, frameBy(rival.fixed ?? (own?.fixed ? 1 : resize), photo), photo);
  anchorsOver(pyramid, resized, photo); // the one in use is not the one to be forgotten
  if (!stage.boxes.length) return `<p class="cap">Draw an object and both are compared.</p>`;
  const reached = [0, 0];
  const rows = stage.boxes.map((box, g) => {
    const sides = [generated, other].map((one, side) => {
      const { winner, iou } = one.best(box);
      const best = winner < 0 ? 0 : iou[winner];
      const enough = best >= Math.fround(data.high);
      if (enough) reached[side]++;
      const level = winner < 0 ? "none" : escapeHtml(one.levels[winner].name);
      return { best, enough, cells: [level, `${iouText(best)} ${enough ? "✓" : "–"}`] };
    });
    const [a, b] = sides;
    const mark = a.enough !== b.enough ? (a.enough ? "only here" : "only there") : iouText(a.best) === iouText(b.best) ? "=" : a.best > b.best ? "here better" : "there better";
    return row(escapeHtml(stage.objectName(g)), [...a.cells, ...b.cells, mark], a.enough !== b.enough ? "differs" : "");
  });
  const frame = ({ frame: [w, h] }) => `${whole(w)} × ${whole(h)} px`;
  const share = (n) => `<b>${n} of ${stage.boxes.length}</b>`;
  const spent = (one, n) => `${whole(one.count)}${n ? `, ${whole(one.count / n)} for each` : ""}`;
  rows.push(row(`reached at IoU ${iouText(data.high)}`, ["", share(reached[0]), "", share(reached[1]), reached[0] === reached[1] ? "=" : "≠"], "sum"));
  rows.push(row("anchors spent", ["", spent(generated, reached[0]), "", spent(other, reached[1]), generated.count === other.count ? "=" : "≠"], "sum"));
  rows.push(row("generated over", ["", frame(generated), "", frame(other), frame(generated) === frame(other) ? "=" : "≠"], "sum"));
  return table(["object", `${own?.label ?? "this pyramid"}: level`, "best IoU", `${rival.label}: level`, "best IoU", ""], rows, "Two pyramids compared");
}

// ---- the view

export const pyramidView = {
  settingChanged(stage, path) {
    const { settings } = stage;
    const resize = stage.setting("resize");
    if (path === "pyramid.preset") {
      const fixed = presetOf(stage, stage.setting(path))?.fixed;
      settings.hold("resize", fixed ?? (Array.isArray(resize) ? 1 : resize));
    } else if (USUAL.includes(path)) {
      const size = presetOf(stage, stage.pyramid.preset).usual[USUAL.indexOf(path)];
      settings.hold("resize", stage.setting(path) ? size : 1);
    }
    regenerate(stage);
  },
  numbers: (stage) => ({ lead: lead(stage) }),
  keys: [
    ["1 … 8", "a level alone; again, or Esc: all levels"],
    ["↑ ↓", "without a selected object: the next level alone"],
  ],
  slots: { levels: levelList, readout, usual, heads, costs, rivals, sizes: numbersSkeleton, ratios: numbersSkeleton },
  below: ["heads", "costs", "rivals"],

  update(stage) {
    if (!stage.stale) stage.generated.adopt(stage.boxes, stage.data.level_iou, stage.data.level_anchor);
    regenerate(stage);
  },

  paintSlot(stage, name, element) {
    if (LISTS.includes(name)) paintNumbers(element, listOf(stage, name));
    if (name !== "levels") return;
    const key = [stage.dark, Boolean(stage.photoImage), stage.photo.id, element.anchorlabFilled].join();
    if (stage.thumbnailsKey !== key || stage.thumbnailsOf !== stage.generated) {
      stage.thumbnailsKey = key;
      stage.thumbnailsOf = stage.generated;
      paintThumbnails(stage, element);
    }
    writeLevels(stage, element);
  },

  label(stage) {
    const { levels, count } = stage.generated;
    const landed = bests(stage).slice(0, 12).map(({ winner }, g) => `${stage.className(g)} on ${winner < 0 ? "none" : levels[winner].name}`);
    return `${stage.photo.alt} ${plural(count, "anchor")} on ${plural(levels.length, "level")}. ${landed.join(", ")}.`;
  },

  // What a screen reader hears besides an object's place.
  describe(stage, index) {
    const { winner, iou } = stage.generated.best(stage.boxes[index]);
    return winner < 0 ? " No level finds it." : ` Level ${stage.generated.levels[winner].name} finds it best, at IoU ${iouText(iou[winner])}.`;
  },

  means(stage) {
    const { levels } = stage.generated;
    const alone = aloneOf(stage);
    if (alone >= 0) {
      const colour = colourAt(stage, alone);
      return [
        OBJECT,
        { state: "object", colour, width: 2.6, text: `best anchor, on ${levels[alone].name}` },
        { state: "waiting", colour, width: 1.8, text: `best anchor of ${levels[alone].name}; another level fits better` },
        { sign: "dot", colour, text: `centre of a cell of ${levels[alone].name}` },
      ];
    }
    return [OBJECT, ...levels.map(({ name }, k) => ({ state: "object", colour: colourAt(stage, k), width: 2.4, text: `best anchor, on ${name}` }))];
  },

  draw(stage, marks, ctx) {
    const alone = aloneOf(stage);
    if (alone >= 0) drawAlone(stage, marks, ctx, alone);
    else drawAll(stage, marks, ctx);
  },

  strip,

  hover(stage, ix, iy, x, y) {
    const hit = stage.editor.hit(x, y, 7 * stage.unit);
    return hit && !hit.inside ? { kind: "object", index: hit.index } : null;
  },

  // In a level alone a click shows another cell's shapes; else it selects the smallest object there.
  click(stage, ix, iy) {
    const alone = aloneOf(stage);
    if (alone >= 0) {
      stage.cell = stage.cells.at(ix, iy, alone);
      stage.commitPick();
      return;
    }
    let found = -1;
    stage.boxes.forEach((b, g) => {
      if (ix < b[0] || iy < b[1] || ix > b[2] || iy > b[3]) return;
      const smaller = found < 0 || width(b) * height(b) < width(stage.boxes[found]) * height(stage.boxes[found]);
      if (smaller) found = g;
    });
    stage.selectObject(found);
  },

  act(stage, act) {
    const [what, index] = act.split(":");
    if (what === "level") showLevel(stage, stage.step === Number(index) ? -1 : Number(index));
  },

  key(stage, key, event, arrow) {
    const { length } = stage.generated.levels;
    if (/^[1-8]$/.test(key)) {
      const level = Number(key) - 1;
      if (level < length) showLevel(stage, stage.step === level ? -1 : level);
      return true;
    }
    if (key === "Escape" && stage.step >= 0) return showLevel(stage, -1), true;
    if (arrow?.[1] && stage.object < 0) {
      showLevel(stage, Math.min(length - 1, Math.max(0, stage.step < 0 ? (arrow[1] > 0 ? 0 : length - 1) : stage.step + arrow[1])));
      return true;
    }
    return false;
  },
};
