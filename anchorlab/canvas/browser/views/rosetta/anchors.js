// The anchors of one cell as each library generates them, or where it centres those of all cells.

import { escapeHtml, pixels, ratioText } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { centreX, centreY } from "../../core/boxes.js";
import { levelColour } from "../anchors/cell.js";
import { number, result } from "../shared.js";
import { centreOf, QUIET } from "./common.js";

const STATES = PALETTE.states;

export const wordOf = (stage, side, key = stage.step) => stage.data.sides[side].words?.find((w) => w.key === key);

// Places of sizes in the row of sizes: the colour of a shape.
function colourOf(stage, side, word) {
  const areas = [...new Set(stage.data.sides.flatMap((s) => s.words.map((w) => Math.round(Math.log2(w.w * w.h) * 2))))];
  areas.sort((p, q) => p - q);
  return levelColour(areas.indexOf(Math.round(Math.log2(word.w * word.h) * 2)), areas.length);
}

export function drawWords(stage, marks, ctx, side) {
  const { words } = stage.data.sides[side];
  const chosen = stage.hover?.kind === "word" ? stage.hover.index : stage.step;
  const numbered = stage.data.convention === "order";
  // What comes of the one convention alone is lit, if anything does; else all that differs.
  const alone = words.some((word) => word.caused);
  const lit = (word) => (alone ? word.caused : word.differs);
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
    } else if (lit(word)) {
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
export function drawLattice(stage, marks, ctx, side) {
  const { data, viewport: v, unit } = stage;
  const both = !data.sides[1 - side].problem;
  const { rows, cols } = data.cells;
  const chosen = stage.cell;
  const words = data.sides[side].words;
  const biggest = words.reduce((p, q) => (q.w * q.h > p.w * p.h ? q : p), words[0]);
  for (const word of words) marks.box(word.box, "object", { width: word === biggest ? 2.4 : 1.1, colour: word === biggest ? "#FFFFFF" : QUIET, alpha: word === biggest ? 1 : 0.5, bare: word !== biggest });
  const every = Math.max(1, Math.ceil((30 * unit) / (data.cells.stride * v.scale)));
  const at = (cell, of) => {
    const [x, y] = centreOf(stage, of, cell);
    return [v.x(x), v.y(y)];
  };
  for (let cell = 0; cell < rows * cols; cell++) {
    const row = Math.floor(cell / cols);
    if (cell !== chosen && (row % every || (cell % cols) % every)) continue;
    const here = at(cell, side);
    const there = both ? at(cell, 1 - side) : here;
    const moved = Math.hypot(here[0] - there[0], here[1] - there[1]) > 0.5;
    if (moved) {
      ctx.strokeStyle = STATES.ignored.core;
      ctx.lineWidth = (cell === chosen ? 2.4 : 1.4) * unit;
      ctx.beginPath();
      ctx.moveTo(...there);
      ctx.lineTo(...here);
      ctx.stroke();
    }
    if (cell === chosen) {
      marks.circle(...here, 7, STATES.selected.core);
      marks.tagAt(here[0], here[1] - 20 * unit, say("rosetta.centre", { place: centreOf(stage, side, cell).map(pixels).join(", ") }), { must: true });
    }
    marks.disc(...here, cell === chosen ? 3.4 : 1.9, moved ? "#FFFFFF" : QUIET);
  }
}

const root = (text) => `<span class="fn">√${text}</span>`;

// The formula of a side or a centre, with the reader's own numbers.
export function formulaOf(stage, side) {
  const { data } = stage;
  const s = data.sides[side];
  const letter = `<b class="side">${"AB"[side]}</b>`;
  const line = (html, spoken) => `<div>${letter}<div class="f" role="math" aria-label="${escapeHtml(spoken)}"><span aria-hidden="true" class="f">${html}</span></div></div>`;
  if (s.problem) return line("–", s.problem);
  if (data.lattice) {
    const column = stage.cell % data.cells.cols;
    const [x] = centreOf(stage, side, stage.cell);
    const shift = s.center ? ` + ½` : "";
    const asked = (column + s.center) * s.step[1];
    const moved = asked === x ? "" : `${number(pixels(asked))} → `;
    return line(
      `<i>x</i> = ${shift ? "(" : ""}${number(column)}${shift}${shift ? ")" : ""} · ${number(pixels(s.step[1]))} = ${moved}${result(pixels(x))}`,
      say("rosetta.x_is", { x: pixels(x) }),
    );
  }
  const w = wordOf(stage, side);
  if (!w) return line("–", say("rosetta.no_box"));
  const size = number(pixels(w.size));
  const r = root(ratioText(w.ratio));
  const end = `= ${result(pixels(w.w))}`;
  const gives = s.changed ? ` → ${result(pixels(w.w))}` : ` ${end}`;
  const by = { "h/w": `${size} / ${r}`, "w/h": `${size} · ${r}`, "w/h-of-image": `${number(pixels((w.size * stage.photo.width) / stage.photo.height))} · ${r}` }[s.means];
  return line(by ? `<i>w</i> = ${by}${gives}` : say("rosetta.width_listed", { width: `<i>w</i> ${end}` }), say("rosetta.width_is", { width: pixels(w.w) }));
}
