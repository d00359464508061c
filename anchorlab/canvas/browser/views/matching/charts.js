// The small charts of the matching page's rail: what decides over all anchors, and over one.

import { circled, iouText } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { chart, iousOf } from "../shared.js";
import { focusOf } from "./subject.js";

const ROWS = 6; // objects a chart has room for
const x = (v) => 6 + 388 * v;

// ---- one object a row

// The objects with a row: the first ones, and the one under discussion.
function rowsOf(stage) {
  const all = stage.boxes.map((_, g) => g);
  const focus = focusOf(stage);
  return all.length <= ROWS || focus < ROWS ? all.slice(0, ROWS) : [...all.slice(0, ROWS - 1), focus];
}

// `rowOf(g, y)`: the marks of object g; `foot(y)`: those of the axis; `label`: what a screen reader says.
export function objectRows(stage, title, label, rowOf, foot) {
  const rows = rowsOf(stage);
  const left = stage.boxes.length - rows.length;
  const end = 8 + 17 * Math.max(rows.length, 1);
  const content = rows
    .map((g, k) => `<text x="2" y="${18 + 17 * k}" class="h">${circled(g)}</text>${rowOf(g, 14 + 17 * k)}`)
    .join("");
  const more = left ? ` <span class="cap">${say("matching.not_shown", { count: left })}</span>` : "";
  return (
    `<p class="lab">${title}${more}</p>` +
    chart(end + 18, label, `${content}<path d="M30 ${end}H394" stroke="var(--st-border-color)"/>${foot(end + 14)}`)
  );
}

export const dot = (at, y, state, title, pick) =>
  `<circle class="dot ${state}" data-pick="${pick}" cx="${at.toFixed(1)}" cy="${y}" r="3.2" fill="currentColor" fill-opacity=".75"><title>${title}</title></circle>`;

// The numbers under a chart.
export const axis = (values, at, text = String) => (y) =>
  values.map((v) => `<text x="${at(v)}" y="${y}" text-anchor="middle">${text(v)}</text>`).join("");

// ---- all anchors

// The best IoUs of all anchors: from `lowAt` on they are ignored, from `high` on positive.
export function bestIous(stage, [lowAt, high], ignored = say("matching.state_ignored")) {
  const { best_iou: values } = stage.labels;
  const bins = new Array(40).fill(0);
  for (const v of values) bins[Math.min(39, Math.floor(v * 40))]++;
  const top = Math.log10(Math.max(...bins, 1) + 1);
  const bars = bins
    .map((count, k) => {
      if (!count) return "";
      const middle = (k + 0.5) / 40;
      const state = middle >= high ? "positive" : middle >= lowAt ? "ignored" : "negative";
      const h = (58 * Math.log10(count + 1)) / top;
      const title = say("matching.bin", { from: (k / 40).toFixed(3), to: ((k + 1) / 40).toFixed(3), count });
      return `<rect class="${state}" x="${x(k / 40) + 0.8}" y="${78 - h}" width="8.1" height="${h}" fill="currentColor"><title>${title}</title></rect>`;
    })
    .join("");
  const word = (state, text, from, to) =>
    to - from > 0.04
      ? `<text class="${state}" x="${Math.min(Math.max(x((from + to) / 2), 34), 366)}" y="11" text-anchor="middle">${text}</text>`
      : "";
  const words = [
    word("negative", say("matching.background"), 0, lowAt),
    word("ignored", ignored, lowAt, high),
    word("positive", say("matching.state_positive"), high, 1),
  ];
  const edges = [...new Set([lowAt, high])]
    .filter((v) => v < 1)
    .map((v) => `<path d="M${x(v)} 15V84" stroke="var(--st-text-color)" stroke-width="1" stroke-dasharray="2 2"/>`)
    .join("");
  const { length: count } = values;
  return (
    `<p class="lab">${say("matching.histogram", { count })}</p>` +
    chart(84, say("matching.histogram_told", { count }), `${bars}${words.join("")}${edges}<path d="M6 78.500H394" stroke="var(--st-border-color)"/>`)
  );
}

// ---- one anchor

// Its IoUs on a ruler whose line shows what an IoU means. `best`: the object whose IoU counts; `text`: how the
// thresholds are written.
export function ruler(stage, index, [lowAt, high], best, text = String) {
  const ious = iousOf(stage, index);
  // Labels that would overlap are dropped, never the best object's.
  const order = ious.map((v, g) => [v, g]).sort((a, b) => (b[1] === best) - (a[1] === best) || b[0] - a[0]);
  const used = [];
  const ticks = order
    .map(([v, g]) => {
      const main = g === best;
      const at = Math.min(Math.max(x(v), 26), 374);
      const free = used.every((u) => Math.abs(u - at) > 52);
      if (free) used.push(at);
      const label = free
        ? `<text x="${at}" y="20" text-anchor="middle" class="${main ? "h" : ""}">${circled(g)} ${iouText(v)}</text>`
        : "";
      return `<path d="M${x(v)} 26V42" stroke="currentColor" stroke-width="${main ? 2.6 : 1.4}"/>${label}`;
    })
    .join("");
  const scale = [0, lowAt, high, 1].filter((v, k, all) => v <= 1 && all.indexOf(v) === k);
  const labels = scale
    .map((v, k) => {
      const close = k && v !== 1 && v !== high && x(high) - x(v) < 24;
      const anchor = v === 0 ? "start" : v === 1 ? "end" : "middle";
      return close ? "" : `<text x="${x(v)}" y="58" text-anchor="${anchor}">${v && v !== 1 ? text(v) : v}</text>`;
    })
    .join("");
  const spoken = ious.map((v, g) => `${stage.className(g)} ${iouText(v)}`).join(", ");
  const to = (v) => x(Math.min(v, 1));
  const line =
    `<path class="negative" d="M6 35H${to(lowAt)}" stroke="currentColor" stroke-width="3" stroke-dasharray="0 6" stroke-linecap="round"/>` +
    (high > lowAt
      ? `<path class="ignored" d="M${to(lowAt)} 35H${to(high)}" stroke="currentColor" stroke-width="5" stroke-dasharray="6 3"/>`
      : "") +
    `<path class="positive" d="M${to(high)} 35H394" stroke="currentColor" stroke-width="5"/>`;
  return chart(62, say("matching.ious_told", { ious: spoken }), `${line}${ticks}${labels}`);
}

// Anchor and object moved to one corner, of sides [a, c] and [w, h]: what rules that ask for shapes compare. `room`: how
// wide it may be; `lines` stand beside it, and `more` behind them.
export function corner(stage, index, [w, h], [a, c], { lines, room, more = "" }) {
  const scale = Math.min(84 / Math.max(h, c), room / Math.max(w, a));
  const [W, H, A, C] = [w, h, a, c].map((v) => v * scale);
  const state = stage.stateOf(index);
  const { dash, cap } = PALETTE.states[state];
  const right = Math.max(W, A) + 16;
  const text = lines.map((line, k) => `<text x="${right}" y="${24 + 20 * k}" class="h">${line}</text>`).join("");
  const drawn =
    `<rect class="selected" x="4" y="4" width="${Math.min(W, A)}" height="${Math.min(H, C)}" fill="currentColor" fill-opacity=".2"/>` +
    `<rect x="4" y="4" width="${W}" height="${H}" fill="none" stroke="var(--st-text-color)" stroke-width="2.4"/>` +
    `<rect class="${state}" x="4" y="4" width="${A}" height="${C}" fill="none" stroke="currentColor" stroke-width="2.4" stroke-dasharray="${dash.join(" ")}" stroke-linecap="${cap}"/>` +
    `${text}${more}`;
  return chart(94, say("matching.corner_told", { lines: lines.join(", ") }), drawn);
}
