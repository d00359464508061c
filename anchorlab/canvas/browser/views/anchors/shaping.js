// Shapes by hand: a corner of a shape in the lit cell is dragged, or the shape is picked and pushed with keys. The
// shape is made of a size and a ratio of the lists, so these change, and with them all shapes that share them. A size
// never meets another one of its list, nor a ratio: it stays a step away, so that no two shapes become one.

import { whole } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { sidesOf } from "../../core/anchors.js";
import { numberText } from "../../input/numbers.js";
import { anchorBox } from "../shared.js";
import { shapeColour } from "./cell.js";
import { pairPlace, rangeOf, take, tell } from "./lists.js";

const CORNERS = [["nw", -1, -1], ["ne", 1, -1], ["sw", -1, 1], ["se", 1, 1]];
const STEPS = { sizes: 1, ratios: 0.01 };
const LEAST_SIDE = 2; // pixels
const COMMON = [1 / 3, 1 / 2, 2 / 3, 3 / 4, 1, 4 / 3, 3 / 2, 2, 3];
const NEAR = 0.02; // a ratio that is dragged this near to a common one becomes it

// The cell whose shapes are seen: the one that was chosen, else one a little below the middle.
export function litCell({ cell, cells }) {
  if (cell >= 0 && cell < cells.count) return cell;
  const [{ rows, cols }] = cells.levels;
  return (rows >> 1) * cols + (cols >> 1);
}

const litShapes = (stage) => (stage.setting("show") === "density" ? 0 : stage.cells.levels[0].shapes.length);

const shapeBox = (stage, shape) => anchorBox(stage, stage.cells.anchorsOf(litCell(stage)).first + shape);

// The corner of a shape in the lit cell near a point of the canvas. A finger must have picked the shape first: else
// none could scroll past.
export function cornerAt(stage, x, y, reach, finger = false) {
  const count = litShapes(stage);
  if (!count || (stage.object >= 0 && stage.editor.hit(x, y, reach))) return null;
  let best = null;
  for (let shape = 0; shape < count; shape++) {
    if (finger && shape !== stage.shape) continue;
    const [x1, y1, x2, y2] = stage.viewport.box(shapeBox(stage, shape));
    for (const [name, sx, sy] of CORNERS) {
      const far = Math.hypot(x - (sx < 0 ? x1 : x2), y - (sy < 0 ? y1 : y2));
      if (far <= reach && (!best || far < best.far)) best = { shape, sx, sy, far, cursor: `${name === "nw" || name === "se" ? "nwse" : "nesw"}-resize` };
    }
  }
  if (!best) return null;
  const { sizes, ratios } = stage.grid;
  const [w, h] = stage.cells.levels[0].shapes[best.shape];
  return { ...best, x, y, w, h, before: { sizes, ratios }, moved: false };
}

const cornersOf = (stage, shape) => {
  const [x1, y1, x2, y2] = stage.viewport.box(shapeBox(stage, shape));
  return CORNERS.map(([, sx, sy]) => [sx < 0 ? x1 : x2, sy < 0 ? y1 : y2]);
};

// The nearest step of a list to a wish that no other of its values has taken.
function free(list, { low, high }, wish, others, from) {
  const step = STEPS[list];
  const to = (v) => Math.min(high, Math.max(low, Number(v.toFixed(6))));
  const taken = (v) => others.some((o) => Math.abs(o - v) < step * 0.999);
  const value = to(wish);
  if (!taken(value)) return value;
  // Away from the other, first on the side it came from.
  const side = from < value ? -1 : 1;
  for (let k = 1; k < 2 * others.length + 3; k++) {
    for (const way of [side, -side]) {
      const there = to(value + way * k * step);
      if (!taken(there)) return there;
    }
  }
  return from;
}

const onStep = (list, value) => Math.round(value / STEPS[list]) * STEPS[list];
const common = (ratio) => COMMON.find((known) => Math.abs(ratio / known - 1) < NEAR) ?? onStep("ratios", ratio);

// Gives a shape another size and ratio; all that share them follow.
function make(stage, shape, size, ratio) {
  const { grid } = stage;
  const { row, col } = pairPlace(grid, shape);
  const next = { sizes: [...grid.sizes], ratios: [...grid.ratios] };
  for (const [list, place, wish] of [["sizes", row, size], ["ratios", col, ratio]]) {
    next[list][place] = free(list, rangeOf(stage, list), wish, next[list].filter((_, k) => k !== place), grid[list][place]);
  }
  take(stage, next);
}

export function dragCorner(stage, grabbed, x, y) {
  if (!grabbed.moved && Math.hypot(x - grabbed.x, y - grabbed.y) < 3) return;
  grabbed.moved = true;
  stage.shape = grabbed.shape;
  const { scale } = stage.viewport;
  const w = Math.max(LEAST_SIDE, grabbed.w + (2 * grabbed.sx * (x - grabbed.x)) / scale);
  const h = Math.max(LEAST_SIDE, grabbed.h + (2 * grabbed.sy * (y - grabbed.y)) / scale);
  make(stage, grabbed.shape, onStep("sizes", Math.sqrt(w * h)), common(stage.grid.ratio_means === "h/w" ? h / w : w / h));
}

// What the shape is, for the sentences about it: its sides, its area, and the size and the ratio it is made of.
function madeOf({ grid }, shape) {
  const { row, col } = pairPlace(grid, shape);
  const [size, ratio] = [grid.sizes[row], grid.ratios[col]];
  const [width, height] = sidesOf(size, ratio, grid.ratio_means).map((side) => String(Math.round(side)));
  return { width, height, area: whole(size ** 2), size: numberText(size), ratio: numberText(ratio) };
}

function shapeWords(stage, shape, { short = false } = {}) {
  const { width, height, area, ...made } = madeOf(stage, shape);
  return short ? say("anchors.shape_short", { width, height, area }) : say("anchors.shape", { width, height, area, ...made });
}

// The shape that is picked or pointed at has handles, and says what it is made of.
export function drawShaped(stage, marks) {
  const { hover } = stage;
  const shape = stage.shape >= 0 ? stage.shape : hover?.kind === "shape" ? hover.index : -1;
  if (shape < 0 || shape >= stage.cells.levels[0].shapes.length) return;
  const colour = shapeColour(stage, shape);
  const box = shapeBox(stage, shape);
  marks.box(box, "object", { width: 3.2, colour });
  marks.handles(cornersOf(stage, shape));
  marks.tag(box, shapeWords(stage, shape, { short: stage.narrow }), { background: "#14181F", colour, size: 12.5, must: true });
}

// Tells Python; `delay` collects a held key's steps.
export function sendShapes(stage, delay = 0) {
  stage.after("lists", delay, () => tell(stage, ["sizes", "ratios"], delay > 0));
  stage.say(say("anchors.shape_told", madeOf(stage, stage.shape)));
}

// Comma and full stop pick a shape, Alt with arrows changes it.
export function shapeKey(stage, key, event, arrow) {
  const count = litShapes(stage);
  if (!count || stage.object >= 0) return false;
  if (key === "," || key === ".") {
    const now = stage.shape ?? -1;
    stage.shape = now < 0 ? (key === "." ? 0 : count - 1) : (now + (key === "." ? 1 : count - 1)) % count;
    stage.say(say("anchors.shape_told", madeOf(stage, stage.shape)));
    stage.schedule();
    return true;
  }
  if (!(stage.shape >= 0)) return false;
  if (key === "Escape") {
    stage.shape = -1;
    stage.schedule();
    return true;
  }
  if (!arrow || !event.altKey) return false;
  const { grid } = stage;
  const { row, col } = pairPlace(grid, stage.shape);
  const times = event.shiftKey ? 10 : 1;
  const [wider, taller] = arrow;
  const size = grid.sizes[row] - taller * times * STEPS.sizes;
  const towards = grid.ratio_means === "h/w" ? -wider : wider;
  make(stage, stage.shape, size, grid.ratios[col] + towards * times * STEPS.ratios);
  sendShapes(stage, 250);
  stage.schedule();
  return true;
}
