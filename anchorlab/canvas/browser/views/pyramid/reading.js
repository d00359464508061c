// What is read off a pyramid over the picture: its colours, what each object finds, what is looked at.

import { levelColour } from "../anchors/cell.js";

// A level's colour, fine to coarse; more levels than colours get mixtures of two neighbours.
export function colourAt(stage, level, colours = PALETTE.levels) {
  const { length } = stage.generated.levels;
  if (length <= colours.length) return levelColour(level, length, colours);
  const place = (level * (colours.length - 1)) / (length - 1);
  const k = Math.min(colours.length - 2, Math.floor(place));
  const part = (colour, i) => parseInt(colour.slice(1 + 2 * i, 3 + 2 * i), 16);
  const mixed = [0, 1, 2].map((i) => Math.round(part(colours[k], i) + (place - k) * (part(colours[k + 1], i) - part(colours[k], i))));
  return `#${mixed.map((v) => v.toString(16).padStart(2, "0")).join("")}`;
}

export const inkAt = (stage, level) => colourAt(stage, level, PALETTE.levelInks[stage.dark ? "dark" : "light"]);
export const bests = (stage) => stage.boxes.map((box) => stage.generated.best(box));
export const sizesOf = (level) => level.frame.shapes.map(([w, h]) => Math.sqrt(w * h));

// The lines between a level's cells as a path; `at(col, row)`: where a corner of theirs is on the canvas.
export function gridPath(ctx, { rows, cols }, at) {
  ctx.beginPath();
  for (let col = 0; col <= cols; col++) {
    ctx.moveTo(...at(col, 0));
    ctx.lineTo(...at(col, rows));
  }
  for (let row = 0; row <= rows; row++) {
    ctx.moveTo(...at(0, row));
    ctx.lineTo(...at(cols, row));
  }
}

// The object that is explained: the one pointed at, the selected, else the last.
export function focusOf(stage) {
  if (stage.hover?.kind === "object") return stage.hover.index;
  return stage.object >= 0 ? stage.object : stage.boxes.length - 1;
}

// The level looked at alone; -1 for all.
export const aloneOf = (stage) => (stage.step < stage.generated.levels.length ? stage.step : -1);
