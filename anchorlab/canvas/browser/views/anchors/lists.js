// Sizes and ratios of the grid, and generating its anchors anew in the browser when a setting changes.

import { say } from "../../model/sentences.js";
import { pairsOf, sidesOf } from "../../core/anchors.js";

const KEYS = { sizes: "anchors_sizes", ratios: "anchors_aspect_ratios" };

// Where in the lists of sizes and ratios a shape of a cell comes from; see pairsOf.
export function pairPlace({ sizes, ratios, combine }, shape) {
  if (combine === "all") return { row: Math.floor(shape / ratios.length), col: shape % ratios.length };
  return shape < sizes.length ? { row: shape, col: 0 } : { row: 0, col: shape - sizes.length + 1 };
}

// The rank of each size, small to large: its colour, in the picture as in the table.
export function ranksOf(sizes) {
  const order = [...new Set(sizes)].sort((a, b) => a - b);
  return { count: order.length, of: (size) => order.indexOf(size) };
}

const otherReading = (data, w, h, width, height) => (data.compare === "ratio" ? [h, w] : [(w * width) / height, h]);

// Settings on the move: the anchors are generated anew.
export function regenerate(stage, settings) {
  const { data } = stage;
  const { width, height } = stage.photo;
  Object.assign(data, settings);
  for (const [name, key] of Object.entries(KEYS)) if (settings[name]) stage.following.hold(key, settings[name]);
  const pairs = pairsOf(data);
  const shapes = pairs.map(([size, ratio]) => sidesOf(size, ratio, data.ratio_means));
  const { stride, centre: center, border } = data;
  data.pyramid = { levels: [{ name: "", stride, map_size: null, shapes }], center, uneven: "keep", border };
  Object.assign(data, { anchors: null, usable: null });
  stage.generate();
  const { anchors, outside, levels } = stage.generated;
  const [{ rows, cols }] = levels;
  const ranks = ranksOf(data.sizes);
  Object.assign(data, {
    count: anchors.length / 4,
    outside,
    bytes: anchors.byteLength,
    size_count: ranks.count,
    size_ranks: pairs.map(([size]) => ranks.of(size)),
    other_shapes: Float32Array.from(shapes.flatMap(([w, h]) => otherReading(data, w, h, width, height))),
  });
  data.table = data.sizes.flatMap((size, row) =>
    data.ratios.map((ratio) => {
      const [w, h] = sidesOf(size, ratio, data.ratio_means);
      const [other_w, other_h] = otherReading(data, w, h, width, height);
      const shape = pairs.findIndex(([s, r]) => s === size && r === ratio);
      return { row, ratio, shape, w, h, other_w, other_h };
    }),
  );
  if (data.any_cell || stage.cell >= rows * cols) stage.cell = (rows >> 1) * cols + (cols >> 1);
  if (stage.shape >= shapes.length) stage.shape = -1;
}

// The two lists as the slots beside the picture take them.
export function listOf(stage, name) {
  const { data } = stage;
  const [low, high] = data.ranges[name];
  const label =
    name === "sizes"
      ? say("anchors.sizes")
      : say(data.ratio_means === "h/w" ? "anchors.ratios_tall" : "anchors.ratios_wide");
  return {
    label,
    thing: name === "sizes" ? "size" : "ratio",
    key: KEYS[name],
    values: data[name],
    low,
    high,
    most: data.most_numbers,
    refuse(values) {
      const { rows, cols } = data.levels[0];
      const count = rows * cols * pairsOf({ ...data, [name]: values }).length;
      return count > data.most ? say("anchors.too_many", { count, most: data.most }) : null;
    },
    set(values) {
      regenerate(stage, { [name]: values });
      stage.command("lists", { lists: { [name]: values }, held: false });
      stage.repaintNow();
    },
  };
}
