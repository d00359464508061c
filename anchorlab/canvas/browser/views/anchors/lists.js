// The grid as the settings ask for it: its anchors, the table its shapes come from, and the two lists of sizes and ratios.

import { listAt } from "../../input/numbers.js";
import { say } from "../../model/sentences.js";
import { pairsOf, sidesOf } from "../../core/anchors.js";

export const LISTS = { sizes: "anchors.sizes", ratios: "anchors.aspect_ratios" };

// Where in the lists of sizes and ratios a shape of a cell comes from; see pairsOf.
export function pairPlace({ sizes, ratios, combine }, shape) {
  if (combine === "all") return { row: Math.floor(shape / ratios.length), col: shape % ratios.length };
  return shape < sizes.length ? { row: shape, col: 0 } : { row: 0, col: shape - sizes.length + 1 };
}

const otherReading = (compare, w, h, { width, height }) => (compare === "ratio" ? [h, w] : [(w * width) / height, h]);

// What `stage.grid` is: the settings, the pyramid of one level that they make, and the table of its shapes, those that
// "first" leaves out included, beside the shapes under another reading of the settings.
function gridOf({ aspect_ratios: ratios, ...spec }, compare, photo) {
  const grid = { ...spec, ratios };
  const pairs = pairsOf(grid);
  const sides = (size, ratio) => sidesOf(size, ratio, grid.ratio_means);
  const level = { name: "", stride: grid.stride, map_size: null, shapes: pairs.map((pair) => sides(...pair)) };
  const table = grid.sizes.flatMap((size, row) =>
    ratios.map((ratio) => {
      const [w, h] = sides(size, ratio);
      const [other_w, other_h] = otherReading(compare, w, h, photo);
      const shape = pairs.findIndex(([s, r]) => s === size && r === ratio);
      return { row, ratio, shape, w, h, other_w, other_h };
    }),
  );
  return { ...grid, table, pyramid: { levels: [level], center: grid.center, uneven: "keep", border: grid.border } };
}

// The anchors are generated as the settings are now.
export function regenerate(stage) {
  const { photo } = stage;
  const compare = stage.setting("compare");
  stage.grid = gridOf(stage.settings.under("anchors"), compare, photo);
  stage.generate(stage.grid.pyramid, [photo.width, photo.height]);
  const { anchors, outside, levels } = stage.generated;
  Object.assign(stage.grid, { compare, outside, count: anchors.length / 4, bytes: anchors.byteLength });
  if (stage.shape >= levels[0].shapes.length) stage.shape = -1;
}

// Other sizes and ratios, as { sizes, ratios }, before Python has heard of them.
export function take(stage, lists) {
  for (const [name, values] of Object.entries(lists)) stage.settings.hold(LISTS[name], values);
  regenerate(stage);
}

// Tells Python of the lists as they are now.
export function tell(stage, names, held = false) {
  stage.command("lists", { lists: Object.fromEntries(names.map((name) => [LISTS[name], stage.grid[name]])), held });
}

export const rangeOf = ({ settings }, name) => settings.controls[LISTS[name].replace(".", "_")];

// The two lists as the slots beside the picture take them.
export function listOf(stage, name) {
  const { data, grid } = stage;
  const label =
    name === "sizes"
      ? say("anchors.sizes")
      : say(grid.ratio_means === "h/w" ? "anchors.ratios_tall" : "anchors.ratios_wide");
  return listAt(stage, LISTS[name], {
    label,
    values: grid[name],
    refuse(values) {
      const [{ rows, cols }] = stage.generated.levels;
      const count = rows * cols * pairsOf({ ...grid, [name]: values }).length;
      return count > data.most ? say("anchors.too_many", { count, most: data.most }) : null;
    },
    set(values) {
      take(stage, { [name]: values });
      tell(stage, [name]);
      stage.repaintNow();
    },
  });
}
