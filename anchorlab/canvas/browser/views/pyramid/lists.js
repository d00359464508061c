// The sizes and ratios of a pyramid: every level has the same, its sizes in strides of its own.

import { whole } from "../../model/format.js";
import { countOf, sidesOf } from "../../core/anchors.js";

// The lists of sizes, in strides of the level, and of ratios that make the shapes of every level.
export const LISTS = { pyramid_sizes: "sizes", pyramid_ratios: "ratios" };

export function reshaped(pyramid, { sizes, ratios, order }) {
  const shapesOf = (stride) =>
    order === "size-major"
      ? sizes.flatMap((size) => ratios.map((ratio) => sidesOf(size * stride, ratio, "h/w")))
      : ratios.flatMap((ratio) => sizes.map((size) => sidesOf(size * stride, ratio, "h/w")));
  return { ...pyramid, levels: pyramid.levels.map((level) => ({ ...level, shapes: shapesOf(level.stride) })) };
}

export function listOf(stage, name) {
  const { data } = stage;
  const [low, high] = data.ranges[name];
  const key = `pyramid_${name}`;
  return {
    label: name === "sizes" ? "Sizes, in strides of the level" : "Aspect ratios (height / width)",
    thing: name === "sizes" ? "size" : "ratio",
    key,
    values: data.regular?.[name] ?? [],
    low,
    high,
    most: data.most_numbers,
    refuse(values) {
      const regular = { ...data.regular, [name]: values };
      if (regular.sizes.length * regular.ratios.length > data.most_shapes) return `A level takes at most ${data.most_shapes} shapes.`;
      const count = countOf(reshaped(data.pyramid, regular), data.frame);
      return count > data.most
        ? `That would be ${whole(count)} anchors, more than the ${whole(data.most)} this page can draw. Take fewer levels or shapes, or resize the picture.`
        : null;
    },
    set(values) {
      stage.following.set(key, values);
      stage.command("lists", { lists: { [name]: values }, held: false });
    },
  };
}
