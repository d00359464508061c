// The small charts of the matching page's rail: what decides over all anchors, and over one.

import { circled, escapeHtml, iouText, pixels, plural, whole } from "../../model/format.js";
import { height, width } from "../../core/boxes.js";
import { isCentredIn, sideOf, worstFactor } from "../../core/matching_grids.js";
import { iousOf } from "../shared.js";
import { cellsNear, focusOf, place, ruleOf } from "./subject.js";

const ROWS = 6; // objects a chart has room for
const x = (v) => 6 + 388 * v;

// From where on an IoU is ignored, and from where positive.
function bandsOf(stage) {
  const { high, low, ignore_iou } = stage.data.match;
  return { greedy: [high, high], ssd: [high, high], yolo: [ignore_iou, 1] }[ruleOf(stage)] ?? [low, high];
}

// ---- one object a row

// The objects with a row: the first ones, and the one under discussion.
function rowsOf(stage) {
  const all = stage.boxes.map((_, g) => g);
  const focus = focusOf(stage);
  return all.length <= ROWS || focus < ROWS ? all.slice(0, ROWS) : [...all.slice(0, ROWS - 1), focus];
}

function objectRows(stage, title, label, rowOf, foot) {
  const rows = rowsOf(stage);
  const left = stage.boxes.length - rows.length;
  const end = 8 + 17 * Math.max(rows.length, 1);
  const content = rows
    .map((g, k) => `<text x="2" y="${18 + 17 * k}" class="h">${circled(g)}</text>${rowOf(g, 14 + 17 * k)}`)
    .join("");
  const more = left ? ` <span class="cap">${plural(left, "more object")} not shown</span>` : "";
  return (
    `<p class="lab">${title}${more}</p>` +
    `<svg class="chart" viewBox="0 0 400 ${end + 18}" role="img" aria-label="${escapeHtml(label)}">` +
    `${content}<path d="M30 ${end}H394" stroke="var(--st-border-color)"/>${foot(end + 14)}</svg>`
  );
}

const dot = (at, y, state, title, pick) =>
  `<circle class="dot ${state}" data-pick="${pick}" cx="${at.toFixed(1)}" cy="${y}" r="3.2" fill="currentColor" fill-opacity=".75"><title>${title}</title></circle>`;

// ATSS: the IoUs of every object's candidates, and the threshold that follows from them.
function candidates(stage) {
  const { adaptive, columns } = stage.story;
  const at = (v) => 30 + 326 * Math.min(v, 1);
  const spoken = adaptive.map(({ threshold }, g) => `${stage.className(g)} ${iouText(threshold)}`).join(", ");
  return objectRows(
    stage,
    "IoUs of each object’s candidates (white rings); bar: mean + deviation",
    `Thresholds: ${spoken}`,
    (g, y) => {
      const { candidates: own, mean, threshold } = adaptive[g];
      const dots = own
        .map((i) => {
          const learns = columns[g].iou[i] >= threshold && isCentredIn(stage.anchors, i, columns[g].box, stage.levels);
          return dot(at(columns[g].iou[i]), y, learns ? "positive" : "negative", `#${i}: ${iouText(columns[g].iou[i])}`, `anchor:${i}:${g}`);
        })
        .join("");
      const bar = at(threshold);
      return (
        `<path d="M${at(mean)} ${y - 4}V${y + 4}" stroke="var(--muted)" stroke-width="1.4"/>${dots}` +
        `<path d="M${bar} ${y - 7}V${y + 7}" stroke="var(--st-text-color)" stroke-width="2.4"/>` +
        `<text x="394" y="${y + 4}" text-anchor="end" class="h">${iouText(threshold)}</text>`
      );
    },
    (y) => [0, 0.25, 0.5, 0.75, 1].map((v) => `<text x="${at(v)}" y="${y}" text-anchor="middle">${v}</text>`).join(""),
  );
}

// YOLOv5: by which factor the worst side differs, for every object and every shape.
function factors(stage) {
  const limit = stage.data.match.side_factor;
  const largest = Math.max(8, 2 ** Math.ceil(Math.log2(2 * limit)));
  const at = (v) => 30 + (364 * Math.log2(Math.min(v, largest))) / Math.log2(largest);
  const shapes = stage.levels.flatMap((level) => Array.from({ length: level.shapes.length / 2 }, (_, k) => sideOf(level, k)));
  return objectRows(
    stage,
    "How many times each shape’s worst side differs from the object’s",
    `A shape is alike if that is less than ${limit}`,
    (g, y) => {
      const b = stage.boxes[g];
      const dots = shapes
        .map(([a, c]) => [worstFactor(Math.fround(width(b)), Math.fround(height(b)), a, c), a, c])
        .map(([f, a, c]) => dot(at(f), y, f < limit ? "positive" : "negative", `${Math.round(a)}×${Math.round(c)}: ${f.toFixed(2)}`, `object:${g}`))
        .join("");
      return dots + `<path d="M${at(limit)} ${y - 8.5}V${y + 8.5}" stroke="var(--st-text-color)" stroke-width="1" stroke-dasharray="2 2"/>`;
    },
    (y) =>
      [1, 2, 4, 8, 16, 32]
        .filter((v) => v <= largest)
        .map((v) => `<text x="${at(v)}" y="${y}" text-anchor="middle">${v === largest ? `${v}+` : v}</text>`)
        .join(""),
  );
}

// ---- all anchors

function bestIous(stage) {
  const { best_iou: values } = stage.labels;
  const [lowAt, high] = bandsOf(stage);
  const bins = new Array(40).fill(0);
  for (const v of values) bins[Math.min(39, Math.floor(v * 40))]++;
  const top = Math.log10(Math.max(...bins, 1) + 1);
  const bars = bins
    .map((count, k) => {
      if (!count) return "";
      const middle = (k + 0.5) / 40;
      const state = middle >= high ? "positive" : middle >= lowAt ? "ignored" : "negative";
      const h = (58 * Math.log10(count + 1)) / top;
      return `<rect class="${state}" x="${x(k / 40) + 0.8}" y="${78 - h}" width="8.1" height="${h}" fill="currentColor"><title>IoU ${(k / 40).toFixed(3)} to ${((k + 1) / 40).toFixed(3)}: ${plural(count, "anchor")}</title></rect>`;
    })
    .join("");
  const word = (state, text, from, to) =>
    to - from > 0.04
      ? `<text class="${state}" x="${Math.min(Math.max(x((from + to) / 2), 34), 366)}" y="11" text-anchor="middle">${text}</text>`
      : "";
  const edges = [...new Set([lowAt, high])]
    .filter((v) => v < 1)
    .map((v) => `<path d="M${x(v)} 15V84" stroke="var(--st-text-color)" stroke-width="1" stroke-dasharray="2 2"/>`)
    .join("");
  const yolo = ruleOf(stage) === "yolo";
  return (
    `<p class="lab">Best IoU of ${values.length === 1 ? "the one anchor" : `each of the ${whole(values.length)} anchors`} (log count)</p>` +
    `<svg class="chart" viewBox="0 0 400 84" role="img" aria-label="Histogram of the best IoU of ${plural(values.length, "anchor")}">` +
    bars +
    word("negative", "background", 0, lowAt) +
    word("ignored", yolo ? "ignored, if not responsible" : "ignored", lowAt, high) +
    word("positive", "positive", high, 1) +
    edges +
    `<path d="M6 78.500H394" stroke="var(--st-border-color)"/></svg>`
  );
}

export function histogram(stage) {
  if (stage.boxes.length && ruleOf(stage) === "atss") return candidates(stage);
  if (stage.boxes.length && ruleOf(stage) === "yolov5") return factors(stage);
  return bestIous(stage);
}

// ---- one anchor

// Its IoUs on a ruler whose line shows what an IoU means.
function ruler(stage, index) {
  const atss = ruleOf(stage) === "atss";
  const own = atss ? stage.story.adaptive[Math.max(0, focusOf(stage))] : null;
  const [lowAt, high] = atss ? [own.threshold, own.threshold] : bandsOf(stage);
  const ious = iousOf(stage, index);
  const best = atss ? focusOf(stage) : stage.labels.gt_index[index];
  // Labels that would overlap are dropped, never the best object's.
  const order = ious.map((v, g) => [v, g]).sort((a, b) => (b[1] === best) - (a[1] === best) || b[0] - a[0]);
  const used = [];
  const ticks = order
    .map(([v, g]) => {
      const main = g === best;
      const at = Math.min(Math.max(x(v), 26), 374);
      const free = used.every((u) => Math.abs(u - at) > 52);
      if (free) used.push(at);
      const text = free
        ? `<text x="${at}" y="20" text-anchor="middle" class="${main ? "h" : ""}">${circled(g)} ${iouText(v)}</text>`
        : "";
      return `<path d="M${x(v)} 26V42" stroke="currentColor" stroke-width="${main ? 2.6 : 1.4}"/>${text}`;
    })
    .join("");
  const scale = [0, lowAt, high, 1].filter((v, k, all) => v <= 1 && all.indexOf(v) === k);
  const labels = scale
    .map((v, k) => {
      const close = k && v !== 1 && v !== high && x(high) - x(v) < 24;
      return close ? "" : `<text x="${x(v)}" y="58" text-anchor="${v === 0 ? "start" : v === 1 ? "end" : "middle"}">${atss && v && v !== 1 ? iouText(v) : v}</text>`;
    })
    .join("");
  const spoken = ious.map((v, g) => `${stage.className(g)} ${iouText(v)}`).join(", ");
  const to = (v) => x(Math.min(v, 1));
  return (
    `<svg class="chart" viewBox="0 0 400 62" role="img" aria-label="IoU with ${escapeHtml(spoken)}">` +
    `<path class="negative" d="M6 35H${to(lowAt)}" stroke="currentColor" stroke-width="3" stroke-dasharray="0 6" stroke-linecap="round"/>` +
    (high > lowAt
      ? `<path class="ignored" d="M${to(lowAt)} 35H${to(high)}" stroke="currentColor" stroke-width="5" stroke-dasharray="6 3"/>`
      : "") +
    `<path class="positive" d="M${to(high)} 35H394" stroke="currentColor" stroke-width="5"/>${ticks}${labels}</svg>`
  );
}

// Anchor and object moved to one corner: what the rules of YOLO compare. For YOLOv5 beside it the cells
// that take part.
function corner(stage, index) {
  const g = focusOf(stage);
  const { level, shape } = place(stage, index);
  const [a, c] = sideOf(level, shape);
  const [w, h] = [width(stage.boxes[g]), height(stage.boxes[g])];
  const five = ruleOf(stage) === "yolov5";
  const scale = Math.min(84 / Math.max(h, c), (five ? 128 : 190) / Math.max(w, a));
  const [W, H, A, C] = [w, h, a, c].map((v) => v * scale);
  const state = stage.stateOf(index);
  const dash = { positive: "", ignored: "6 4", negative: "0 4.5" }[state];
  const right = Math.max(W, A) + 16;
  const lines = five
    ? [["w", w, a], ["h", h, c]].map(([name, p, q]) => `${name} ${pixels(p)} : ${pixels(q)}, ${Math.max(p / q, q / p).toFixed(2)} times`)
    : [`${circled(g)} ${pixels(w)} × ${pixels(h)}`, `#${index} ${pixels(a)} × ${pixels(c)}`, `shared ${pixels(Math.min(w, a))} × ${pixels(Math.min(h, c))}`];
  const text = lines.map((line, k) => `<text x="${right}" y="${24 + 20 * k}" class="h">${line}</text>`).join("");
  const spoken = `Moved to one corner: ${lines.join(", ")}`;
  return (
    `<svg class="chart" viewBox="0 0 400 94" role="img" aria-label="${escapeHtml(spoken)}">` +
    `<rect class="selected" x="4" y="4" width="${Math.min(W, A)}" height="${Math.min(H, C)}" fill="currentColor" fill-opacity=".2"/>` +
    `<rect x="4" y="4" width="${W}" height="${H}" fill="none" stroke="var(--st-text-color)" stroke-width="2.4"/>` +
    `<rect class="${state}" x="4" y="4" width="${A}" height="${C}" fill="none" stroke="currentColor" stroke-width="2.4" stroke-dasharray="${dash}" stroke-linecap="${state === "negative" ? "round" : "butt"}"/>` +
    `${text}${five ? cells(stage, index, g) : ""}</svg>`
  );
}

// The cell of an object's centre with its eight neighbours: filled those that take part, ringed the anchor's.
function cells(stage, index, g) {
  const { level, row, col } = place(stage, index);
  const near = cellsNear(stage, g, level);
  const [, r, c] = near[0];
  const b = stage.boxes[g];
  const [cx, cy] = [(b[0] + b[2]) / 2 / level.stride[1], (b[1] + b[3]) / 2 / level.stride[0]];
  const side = 27;
  const left = 400 - 3 * side - 4;
  const squares = [];
  for (let k = 0; k < 9; k++) {
    const [y, x] = [r - 1 + Math.floor(k / 3), c - 1 + (k % 3)];
    if (y < 0 || x < 0 || y >= level.rows || x >= level.cols) continue;
    const takes = near.some(([, nr, nc]) => nr === y && nc === x);
    const place = `x="${left + (k % 3) * side}" y="${5 + Math.floor(k / 3) * side}" width="${side}" height="${side}"`;
    squares.push(`<rect class="${takes ? "positive" : ""}" ${place} fill="currentColor" fill-opacity="${takes ? 0.3 : 0}" stroke="var(--muted)"/>`);
    if (y === row && x === col) squares.push(`<rect class="selected" ${place} fill="none" stroke="currentColor" stroke-width="3"/>`);
  }
  const at = (v, first) => Math.min(Math.max(v - first, 0), 2.999) * side;
  return `${squares.join("")}<circle cx="${left + at(cx, c - 1)}" cy="${5 + at(cy, r - 1)}" r="3.6" fill="var(--st-text-color)"/>`;
}

export function figure(stage, index) {
  if (!stage.boxes.length) return "";
  return ["yolo", "yolov5"].includes(ruleOf(stage)) ? corner(stage, index) : ruler(stage, index);
}
