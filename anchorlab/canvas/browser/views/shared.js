// What several views need: centres of cells, the formula's building blocks, legends, "why" panels.

import { escapeHtml, whole } from "../model/format.js";
import { say } from "../model/sentences.js";
import { boxArea, boxAt, height, width } from "../core/boxes.js";
import { boxIou } from "../core/iou.js";
import { f32 } from "../core/rounding.js";
import { legendIcon } from "../draw/marks.js";

const STATES = PALETTE.states;

// ---- anchors

export const anchorBox = (stage, index) => boxAt(stage.anchors, index);

export const cellOf = (stage, anchor) => stage.cells.cellOf(anchor);

// The index of the smallest box at a point; -1 of none.
export function smallestAt(boxes, x, y) {
  const here = boxes.flatMap((b, k) => (x >= b[0] && y >= b[1] && x <= b[2] && y <= b[3] ? [k] : []));
  return here.reduce((best, k) => (best < 0 || boxArea(boxes[k]) < boxArea(boxes[best]) ? k : best), -1);
}

export const sizeText = (b) => `${Math.round(width(b))}×${Math.round(height(b))}`;

// IoU of one anchor with every object, in their order.
export function iousOf(stage, anchor) {
  return stage.boxes.map((b) => {
    const f = b.map(f32);
    return boxIou(stage.anchors, anchor, f[0], f[1], f[2], f[3], boxArea(f));
  });
}

// One symbol per cell: a disc where anchors learn (the more, the larger), a ring where some are
// ignored, a dot elsewhere. Dots closer than six pixels are thinned out; the others never are. Of a
// pyramid the dots are those of one level: all together would be a mesh. `level`: that one alone.
export function drawCentres(stage, marks, ctx, { plain = false, bright = false, level: only = -1 } = {}) {
  const { levels } = stage.cells;
  const states = plain || !stage.labels ? null : stage.cellStates();
  const dotted = only >= 0 ? only : levels.length > 1 ? levelInView(stage) : 0;
  levels.forEach((level, index) => {
    if (only < 0 || index === only) drawLevelCentres(stage, marks, ctx, level, states, index === dotted, bright);
  });
}

// The level of what is discussed: the selected anchor's, else that of the selected or last object's best anchor.
function levelInView(stage) {
  const { cells, labels, anchor } = stage;
  if (anchor >= 0 && anchor < cells.anchors) return cells.levelOfAnchor(anchor);
  const best = labels?.best_anchor[stage.object >= 0 ? stage.object : stage.boxes.length - 1];
  return best >= 0 ? cells.levelOfAnchor(best) : cells.levels.length - 1;
}

function drawLevelCentres(stage, marks, ctx, level, states, dots, bright) {
  if (!dots && !states) return;
  const { rows, cols, stride_x, stride_y } = level;
  const v = stage.viewport;
  const centre = stage.cells.centreInCell;
  const spacing = Math.min(stride_x, stride_y) * v.scale;
  const every = Math.max(1, Math.ceil((6 * marks.unit) / spacing));
  const r = (bright ? 1.9 : 1.5) * marks.unit;
  ctx.fillStyle = bright ? "#FFFFFF" : "#A7AFBE";
  // Thousands of dots are drawn as squares: at their size nobody sees it, and it is ten times quicker.
  const squares = level.cells / (every * every) > 1200;
  const strong = [];
  for (let row = 0, { cell } = level; row < rows; row++) {
    const y = v.y((row + centre) * stride_y);
    for (let col = 0; col < cols; col++, cell++) {
      if (states && (states.positive[cell] || states.ignored[cell])) {
        strong.push(cell);
        continue;
      }
      if (!dots || row % every || col % every) continue;
      const x = v.x((col + centre) * stride_x);
      if (x < -4 || y < -4 || x > v.width + 4 || y > v.height + 4) continue;
      if (squares) {
        ctx.fillRect(x - 0.8 * r, y - 0.8 * r, 1.6 * r, 1.6 * r);
        continue;
      }
      ctx.beginPath();
      ctx.arc(x, y, r, 0, 7);
      ctx.fill();
    }
  }
  for (const cell of strong) {
    const [cx, cy] = stage.centre(cell);
    const [x, y] = [v.x(cx), v.y(cy)];
    const shrink = Math.min(1, spacing / (14 * marks.unit));
    if (states.positive[cell]) {
      marks.disc(x, y, Math.min(7, 3 + Math.sqrt(states.positive[cell])) * shrink, STATES.positive.core);
    } else {
      marks.circle(x, y, 3.4 * shrink, STATES.ignored.core);
    }
  }
}

export function drawHoveredCell(stage, marks) {
  if (stage.hover?.kind !== "cell") return;
  const [x, y] = stage.centre(stage.hover.index);
  marks.circle(stage.viewport.x(x), stage.viewport.y(y), 7, STATES.selected.core);
}

// ---- formula strip

export const number = (text, state = "") => `<span class="v ${state}">${text}</span>`;
export const result = (text, state = "") => `<span class="res ${state}">${text}</span>`;
export const fraction = (top, bottom) =>
  `<span class="fr"><span>${top}</span><span>${bottom}</span></span>`;

// Which anchor and object a formula or a "why" is about, for whoever must know without reading it.
const about = (pair) => (pair ? ` data-anchor="${pair.anchor}" data-object="${pair.object}"` : "");

// `spoken` is what a screen reader says instead of the typeset formula; `pair`: see `about`.
export const formula = (html, spoken, pair = null) =>
  `<div class="f" role="math" aria-label="${escapeHtml(spoken)}"${about(pair)}><span aria-hidden="true" class="f">${html}</span></div>`;
export const caption = (html) => `<div class="cap">${html}</div>`;

// ---- the legend of a saved picture: {state, text}, with the `colour` and `width` of its line where they are not the
// state's own, or a `sign` that is no box: "arrow", "line" or "dot"; "ring" is a box with a ring around it.

export const OBJECT = { state: "object", text: say("stage.means_object") };
export const CENTRE = { sign: "dot", colour: "#FFFFFF", text: say("stage.means_centre") };
export const LABELS = [
  { state: "positive", text: say("stage.means_positive") },
  { state: "ignored", text: say("stage.means_ignored") },
  { state: "negative", text: say("stage.means_negative") },
];

// ---- rail

export function legend(rows) {
  const row = ([state, text, count]) =>
    `<div class="key">${legendIcon(state)}<span>${text}</span>` +
    `<b class="${state}" data-count="${state}">${whole(count)}</b></div>`;
  return `<div class="keys">${rows.map(row).join("")}</div>`;
}

// A small chart of this height, 400 wide; `label`: what a screen reader says of it.
export const chart = (height, label, content) =>
  `<svg class="chart" viewBox="0 0 400 ${height}" role="img" aria-label="${escapeHtml(label)}">${content}</svg>`;

// A line across a chart, from `left` to `right`, with what it stands for before it.
export const gridLine = ([left, right], y, text) =>
  `<path d="M${left} ${y}H${right}" stroke="var(--st-border-color)"/><text x="${left - 6}" y="${y + 4}" text-anchor="end">${text}</text>`;

// Points as the path of a line in a chart.
export const pathOf = (points) => points.map(([x, y], k) => `${k ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

// A table in a frame in which it scrolls; `heads`: its columns' names, `rows`: HTML, `look`: a class of its own. A tall one
// scrolls down, too.
export const table = (label, heads, rows, { look = "", tall = false } = {}) =>
  `<div class="scroll${tall ? " tall" : ""}" tabindex="0" role="region" aria-label="${label}"><table class="plain${look && ` ${look}`}"><thead><tr>` +
  `${heads.map((text) => `<th scope="col">${text}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;

export const why = (title, html, pair = null) =>
  `<section class="why" aria-live="polite"${about(pair)}><h2>${title}</h2>${html}</section>`;

// A question to predict first. `question` fits what is set right now, and `answer` works it out of that, when it is
// asked for; without an answer nothing is to be revealed yet. `asks`: the control that the question asks to move, and
// where to; it is not there already. Nothing where there is no question.
export function tryThis(stage, prediction) {
  if (!prediction) return "";
  const { question, answer = null, asks = null } = prediction;
  stage.asked = question;
  const shown = stage.revealed === question;
  const button = answer
    ? ` <button type="button" class="link" data-act="reveal" aria-expanded="${shown}">${say(shown ? "stage.hide" : "stage.answer")}</button>`
    : "";
  return (
    `<section class="try"${asks ? ` data-control="${asks.control}" data-value="${asks.value}"` : ""}><h2>${say("stage.try")}</h2><p>${question}${button}</p>` +
    `<p class="reveal" role="status">${answer && shown ? answer() : ""}</p></section>`
  );
}

export const strong = (state, text) => `<b class="${state}">${text}</b>`;
