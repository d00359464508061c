// Anchors: which boxes every cell tries.

import { bytesText, pixels } from "../model/format.js";
import { say } from "../model/sentences.js";
import { numbersSkeleton, paintNumbers } from "../input/numbers.js";
import { cellMeans, drawCell, shapeColour } from "./anchors/cell.js";
import { comparison, drawOther } from "./anchors/compared.js";
import { drawDensity } from "./anchors/density.js";
import { LISTS, listOf, regenerate, take } from "./anchors/lists.js";
import { readout } from "./anchors/readout.js";
import { cornerAt, dragCorner, drawShaped, litCell, sendShapes, shapeKey } from "./anchors/shaping.js";
import { shapes } from "./anchors/table.js";
import { caption, CENTRE, drawCentres, drawHoveredCell, formula, fraction, number, OBJECT, result } from "./shared.js";

export const anchorsView = {
  update: regenerate,
  settingChanged: regenerate,
  cell: litCell, // for tests, as the next
  colour: shapeColour,

  numbers(stage) {
    const { sizes, ratios, combine } = stage.grid;
    const [grid] = stage.cells.levels;
    const lists = { sizes: say("things.sizes", { count: sizes.length }), ratios: say("things.ratios", { count: ratios.length }) };
    return {
      count: grid.rows * grid.cols,
      shapes: say("things.shapes", { count: grid.shapes.length }),
      pairs: say(combine === "all" ? "anchors.all_pairs" : "anchors.first_pairs", lists),
    };
  },
  keys: [
    ["← ↑ → ↓", say("anchors.key_cell")],
    [", .", say("anchors.key_shape")],
    ["Alt+↑ ↓  Alt+← →", say("anchors.key_change")],
  ],
  slots: { sizes: numbersSkeleton, ratios: numbersSkeleton, shapes, readout },
  paintSlot(stage, name, element) {
    if (name in LISTS) paintNumbers(element, listOf(stage, name));
  },

  label(stage) {
    const [grid] = stage.cells.levels;
    return say("anchors.label", { alt: stage.photo.alt, anchors: say("things.anchors", { count: stage.grid.count }), rows: grid.rows, count: grid.cols });
  },

  means(stage) {
    const objects = stage.object >= 0 ? [OBJECT] : [];
    if (stage.setting("show") === "density") {
      return [{ sign: "line", colour: "#FFFC76", text: say("anchors.means_density", { most: stage.densityMap?.most ?? 0 }) }, CENTRE, ...objects];
    }
    const other = comparison(stage);
    return [
      ...cellMeans(stage, litCell(stage)),
      ...(other ? [{ state: "waiting", colour: "#FFFFFF", width: 1.2, text: other.legend }] : []),
      CENTRE,
      ...objects,
    ];
  },

  draw(stage, marks, ctx) {
    const dense = stage.setting("show") === "density";
    if (dense) drawDensity(stage, ctx);
    drawCentres(stage, marks, ctx, { plain: true, bright: true });
    if (!dense) {
      const cell = litCell(stage);
      drawCell(stage, marks, ctx, cell, { tags: !comparison(stage) });
      drawShaped(stage, marks);
      if (comparison(stage)) drawOther(stage, marks, cell);
    }
    drawHoveredCell(stage, marks);
    if (stage.object >= 0) stage.drawObjects(marks, { width: 2 });
  },

  strip(stage) {
    const { count, outside, bytes, sizes, ratios, combine, border } = stage.grid;
    const [grid] = stage.cells.levels;
    const { height, width } = stage.photo;
    const ceil = (top) => `<span class="ceil">⌈</span>${fraction(number(pixels(top)), number(pixels(grid.stride_x)))}<span class="ceil">⌉</span>`;
    const n = sizes.length;
    const m = ratios.length;
    const shapes = combine === "all" ? `(${number(n)} · ${number(m)})` : `(${number(n)} + ${number(m)} − ${number(1)})`;
    const k = grid.shapes.length;
    const share = count ? Math.round((100 * outside) / count) : 0;
    const tail =
      stage.setting("show") === "density"
        ? say("anchors.count_density", { most: stage.densityMap?.most ?? 0 })
        : say(`anchors.outside_${border}`, { share, bytes: bytesText(bytes) });
    return (
      formula(
        `${ceil(height)} · ${ceil(width)} · ${shapes} = ${number(grid.rows)} · ${number(grid.cols)} · ${number(k)} = ${result(say("things.anchors", { count }))}`,
        say("anchors.count_spoken", {
          rows: say("things.rows", { count: grid.rows }),
          columns: say("things.columns", { count: grid.cols }),
          shapes: say("things.shapes", { count: k }),
          anchors: say("things.anchors", { count }),
        }),
      ) + caption(tail)
    );
  },

  // A corner of a shape in the lit cell is there to be dragged.
  grabs: cornerAt,
  drag: dragCorner,
  drop(stage, grabbed, cancelled) {
    stage.shape = grabbed.shape;
    if (cancelled) take(stage, grabbed.before);
    else if (grabbed.moved) sendShapes(stage);
  },

  hover(stage, ix, iy, x, y) {
    const { width, height } = stage.photo;
    const corner = cornerAt(stage, x, y, 7 * stage.unit);
    if (corner) return { kind: "shape", index: corner.shape };
    return ix < 0 || iy < 0 || ix > width || iy > height ? null : { kind: "cell", index: stage.cellAt(ix, iy) };
  },

  click(stage, ix, iy, x, y) {
    // A finger picks a shape by its corner first, to drag it then.
    stage.shape = -1;
    const corner = cornerAt(stage, x, y, 10 * stage.unit);
    if (corner) {
      stage.shape = corner.shape;
      return;
    }
    stage.cell = stage.cellAt(ix, iy);
    stage.object = -1;
    stage.commitPick();
    this.tell(stage);
  },

  tell(stage) {
    const [row, col] = stage.cells.placeOf(stage.cell);
    const [x, y] = stage.centre(stage.cell);
    stage.say(say("anchors.cell", { row: row + 1, column: col + 1, x: pixels(x), y: pixels(y) }));
  },

  key(stage, key, event, arrow) {
    if (shapeKey(stage, key, event, arrow)) return true;
    if (!arrow || stage.object >= 0) return false;
    stage.cell = stage.cells.step(litCell(stage), ...arrow);
    stage.commitPick();
    this.tell(stage);
    stage.schedule();
    return true;
  },
};
