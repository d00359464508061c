// The sizes and ratios of a pyramid: every level has the same, its sizes in strides of its own.

import { listAt } from "../../input/numbers.js";
import { say } from "../../model/sentences.js";
import { countOf, sidesOf } from "../../core/anchors.js";

// The lists of sizes, in strides of the level, and of ratios that make the shapes of every level.
export const LISTS = ["sizes", "ratios"];

export function reshaped(pyramid, { sizes, ratios, order }) {
  const shapesOf = (stride) =>
    order === "size-major"
      ? sizes.flatMap((size) => ratios.map((ratio) => sidesOf(size * stride, ratio, "h/w")))
      : ratios.flatMap((ratio) => sizes.map((size) => sidesOf(size * stride, ratio, "h/w")));
  return { ...pyramid, levels: pyramid.levels.map((level) => ({ ...level, shapes: shapesOf(level.stride) })) };
}

export function listOf(stage, name) {
  const { data } = stage;
  const { pyramid, frame, regular: now } = stage.pyramid;
  const path = `pyramid.${name}`;
  return listAt(stage, path, {
    label: say(name === "sizes" ? "pyramid.list_sizes" : "pyramid.list_ratios"),
    values: now?.[name] ?? [],
    refuse(values) {
      const regular = { ...now, [name]: values };
      if (regular.sizes.length * regular.ratios.length > data.most_shapes) return say("pyramid.too_many_shapes", { most: data.most_shapes });
      const count = countOf(reshaped(pyramid, regular), frame);
      return count > data.most ? say("pyramid.too_many", { count, most: data.most }) : null;
    },
    set(values) {
      stage.set({ [path]: values });
      stage.command("lists", { lists: { [path]: values }, held: false });
    },
  });
}
