// YOLOv5: all shapes alike enough, in the cell of the centre and up to two beside it.

import { height, width } from "../../../core/boxes.js";
import { sideOf } from "../../../core/matching/common.js";
import { worstFactor } from "../../../core/matching/shapes.js";
import { labelByYolov5 } from "../../../core/matching/yolov5.js";
import { f32 } from "../../../core/rounding.js";
import { circled, pixels, whole } from "../../../model/format.js";
import { say, sayFrom } from "../../../model/sentences.js";
import { caption, cellOf, formula, fraction, number, result, table } from "../../shared.js";
import { axis, corner, dot, objectRows } from "../charts.js";
import { anchorOf, cellsNear, focusOf, nameOf, objectsNear, objectsText, place, sidesOf, sidesText, specOf, stateMark } from "../subject.js";
import { askedAbout, common } from "./common.js";
import { drawCell } from "./grids.js";

const PAIR_ROWS = 200;
const WHERE = ["own", "left", "above", "right", "below"]; // the cells, as core/matching/yolov5.js numbers them

const times = (value) => (Math.round(value * 100) / 100).toFixed(2);

// By which factor the worst sides of a level's shape and an object differ, as the rule has it: in pixels of the resized
// picture.
function factorOf(stage, { level, shape }, g) {
  const { columns, levels } = stage.story;
  const { box } = columns[g];
  return worstFactor(width(box), height(box), ...sideOf(levels[stage.levels.indexOf(level)], shape));
}

// The pairs of an anchor: [object, neighbour, factor].
function pairsOf(stage, anchor) {
  const { story } = stage;
  if (!story.pairsByAnchor) {
    story.pairsByAnchor = new Map();
    for (const [i, ...pair] of story.pairs) {
      if (!story.pairsByAnchor.has(i)) story.pairsByAnchor.set(i, []);
      story.pairsByAnchor.get(i).push(pair);
    }
  }
  return story.pairsByAnchor.get(anchor) ?? [];
}

const taught = (stage) => new Set(stage.story.pairs.map(([, g]) => g));

// How an anchor in or beside an object's cell differs from it.
const differs = (stage, index, [g, neighbour]) => ({
  object: nameOf(stage, g),
  where: say(`rules.yolov5.where_${WHERE[neighbour]}`),
  factor: times(factorOf(stage, place(stage, index), g)),
});

// ---- charts

// By which factor the worst side differs, for every object and every shape.
function factors(stage) {
  const { side_factor: limit } = specOf(stage);
  const largest = Math.max(8, 2 ** Math.ceil(Math.log2(2 * limit)));
  const at = (v) => 30 + (364 * Math.log2(Math.min(v, largest))) / Math.log2(largest);
  const shapes = stage.levels.flatMap((level) => Array.from({ length: level.shapes.length / 2 }, (_, shape) => ({ level, shape })));
  return objectRows(
    stage,
    say("rules.yolov5.chart"),
    say("rules.yolov5.chart_told", { limit: String(limit) }),
    (g, y) => {
      const dots = shapes
        .map((of) => [factorOf(stage, of, g), sidesText(sideOf(of.level, of.shape))])
        .map(([f, sides]) => dot(at(f), y, f < f32(limit) ? "positive" : "negative", `${sides}: ${f.toFixed(2)}`, `object:${g}`))
        .join("");
      return dots + `<path d="M${at(limit)} ${y - 8.5}V${y + 8.5}" stroke="var(--st-text-color)" stroke-width="1" stroke-dasharray="2 2"/>`;
    },
    axis([1, 2, 4, 8, 16, 32].filter((v) => v <= largest), at, (v) => (v === largest ? `${v}+` : v)),
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
    const at = `x="${left + (k % 3) * side}" y="${5 + Math.floor(k / 3) * side}" width="${side}" height="${side}"`;
    squares.push(`<rect class="${takes ? "positive" : ""}" ${at} fill="currentColor" fill-opacity="${takes ? 0.3 : 0}" stroke="var(--muted)"/>`);
    if (y === row && x === col) squares.push(`<rect class="selected" ${at} fill="none" stroke="currentColor" stroke-width="3"/>`);
  }
  const at = (v, first) => Math.min(Math.max(v - first, 0), 2.999) * side;
  return `${squares.join("")}<circle cx="${left + at(cx, c - 1)}" cy="${5 + at(cy, r - 1)}" r="3.6" fill="var(--st-text-color)"/>`;
}

function pairRow(stage, [anchor, g, neighbour, factor], again) {
  const link = `<button type="button" class="link" data-pick="anchor:${anchor}:-1" data-hover="anchor:${anchor}:${g}">#${anchor}</button>`;
  return (
    `<tr class="${anchor === stage.anchor ? "now" : ""}"><td>${again ? say("rules.yolov5.pair_also", { anchor: link }) : ` ${link}`}</td>` +
    `<td>${nameOf(stage, g)}</td><td>${say(`rules.yolov5.cell_${WHERE[neighbour]}`)}</td><td>${factor.toFixed(2)}</td></tr>`
  );
}

export const yolov5 = {
  ...common,
  label: labelByYolov5,
  readsLevels: true,
  numbers: (stage, { side_factor }) => ({ factor: String(side_factor) }),
  bands: () => [1, 1],
  taught,
  anchorsOf: (stage, object) => stage.story.pairs.flatMap(([anchor, g]) => (g === object ? [anchor] : [])),

  // It gives an object dozens of anchors: those of the selected one's cell are enough to see.
  drawn(stage, anchors, index) {
    const inCells = anchors.map((i) => cellOf(stage, i));
    const cell = inCells.includes(cellOf(stage, index)) ? cellOf(stage, index) : inCells[0];
    return anchors.filter((_, k) => inCells[k] === cell);
  },

  rows(stage) {
    const [positive, ...rest] = common.rows(stage);
    const [state, , count] = positive;
    const made = stage.story.pairs.length;
    return made > count ? [[state, say("rules.yolov5.row_positive", { count: made }), count], ...rest] : [positive, ...rest];
  },

  strip(stage, index, focus) {
    const { own: [a, c], object: [w, h] } = sidesOf(stage, index, focus);
    const { side_factor: limit } = specOf(stage);
    const value = factorOf(stage, place(stage, index), focus);
    const state = stage.stateOf(index);
    const ratio = (p, q, ps, qs) => fraction(number(pixels(p), ps), number(pixels(q), qs));
    const parts = [ratio(a, w, state, ""), ratio(w, a, "", state), ratio(c, h, state, ""), ratio(h, c, "", state)];
    const said = { anchor: `#${index}`, object: circled(focus), factor: value.toFixed(2), limit: String(limit) };
    const words = say(value < f32(limit) ? "rules.yolov5.alike" : "rules.yolov5.not_alike", said);
    return (
      formula(
        `<span class="fn">max</span> ( ${parts.join(" , ")} ) = ${result(value.toFixed(2))}`,
        say("rules.yolov5.factor_told", { factor: value.toFixed(2) }),
        { anchor: index, object: focus },
      ) + caption(`${words} ${say("rules.yolov5.by_shape_and_cell", { state: stateMark(stage, index) })}`)
    );
  },

  histogram: factors,

  figure(stage, index) {
    const g = focusOf(stage);
    const { own: [a, c], object: [w, h] } = sidesOf(stage, index, g);
    const line = (side, p, q) => ({ side, object: pixels(p), anchor: pixels(q), factor: Math.max(p / q, q / p).toFixed(2) });
    const lines = [say("rules.yolov5.side", line("w", w, a)), say("rules.yolov5.side", line("h", h, c))];
    return corner(stage, index, [w, h], [a, c], { lines, room: 128, more: cells(stage, index, g) });
  },

  drawWhere(stage, marks, focus) {
    const index = anchorOf(stage);
    const level = index >= 0 ? place(stage, index).level : stage.levels[0];
    for (const [, row, col] of cellsNear(stage, focus, level)) drawCell(marks, level, row, col);
  },

  verdict(stage, index) {
    const limit = times(specOf(stage).side_factor);
    const focus = focusOf(stage);
    const pairs = pairsOf(stage, index);
    if (pairs.length) {
      const [[g, neighbour, factor], ...others] = [...pairs].sort((a, b) => (b[0] === focus) - (a[0] === focus));
      const said = { object: nameOf(stage, g), where: say(`rules.yolov5.where_${WHERE[neighbour]}`), factor: times(factor), limit };
      const learns = say("rules.yolov5.why_learns", said);
      if (!others.length) return learns;
      return `${learns} ${say("rules.yolov5.why_several", { objects: objectsText(others.map(([of]) => of)), number: pairs.length })}`;
    }
    const near = objectsNear(stage, index);
    if (!near.length) return say("rules.yolov5.why_no_centre");
    const [first, ...others] = near.sort(([a], [b]) => (b === focus) - (a === focus) || a - b);
    const why = say("rules.yolov5.why_differs", { ...differs(stage, index, first), limit });
    return others.length ? `${why} ${say("rules.yolov5.why_nor", { objects: objectsText(others.map(([of]) => of)) })}` : why;
  },

  besides(stage, index, g) {
    const found = objectsNear(stage, index).find(([of]) => of === g);
    return found ? say("rules.yolov5.besides_differs", differs(stage, index, found)) : say("rules.yolov5.besides_elsewhere", { object: nameOf(stage, g) });
  },

  lost: (stage) => (stage.generated.usable && stage.levels.length ? ["outside"] : ["unlike"]),

  prediction(stage) {
    const g = askedAbout(stage);
    return {
      question: say("rules.yolov5.ask", { object: nameOf(stage, g) }),
      answer() {
        if (!taught(stage).has(g)) return say("rules.yolov5.answer_none");
        const found = new Set(stage.story.pairs.flatMap(([anchor, of]) => (of === g ? [stage.cells.cellOf(anchor)] : [])));
        const levels = new Set([...found].map((cell) => stage.cells.levelOf(cell))).size;
        return sayFrom(stage.cells.levels.length > 1 ? "rules.yolov5.found_levels" : "rules.yolov5.found", { cells: whole(found.size), count: levels });
      },
    };
  },

  // Every pair of object and anchor; an anchor with several objects has several rows.
  pairs(stage) {
    if (!stage.boxes.length) return "";
    const all = stage.story.pairs;
    const rows = all.slice(0, PAIR_ROWS).map((pair, k) => pairRow(stage, pair, k && all[k - 1][0] === pair[0]));
    const left = all.length - PAIR_ROWS;
    const note = left > 0 ? `<p class="cap">${say("rules.yolov5.more_pairs", { count: left })}</p>` : "";
    const head = ["anchor", "learns", "cell", "factor"].map((name) => say(`rules.yolov5.column_${name}`));
    return `<h2 class="heading">${say("rules.yolov5.pairs")}</h2>${table(say("rules.yolov5.pairs_label"), head, rows, { tall: true })}${note}`;
  },
};
