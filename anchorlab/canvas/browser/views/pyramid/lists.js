// The sizes and ratios of a pyramid: every level has the same, its sizes in strides of its own.

import { whole } from "../../model/format.js";
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
  const key = `pyramid_${name}`;
  const path = `pyramid.${name}`;
  const { low, high, most } = stage.settings.controls[key];
  return {
    label: name === "sizes" ? "Sizes, in strides of the level" : "Aspect ratios (height / width)",
    thing: name === "sizes" ? "size" : "ratio",
    key,
    values: now?.[name] ?? [],
    low,
    high,
    most,
    refuse(values) {
      const regular = { ...now, [name]: values };
      if (regular.sizes.length * regular.ratios.length > data.most_shapes) return `A level takes at most ${data.most_shapes} shapes.`;
      const count = countOf(reshaped(pyramid, regular), frame);
      return count > data.most
        ? `That would be ${whole(count)} anchors, more than the ${whole(data.most)} this page can draw. Take fewer levels or shapes, or resize the picture.`
        : null;
    },
    set(values) {
      stage.set({ [path]: values });
      stage.command("lists", { lists: { [path]: values }, held: false });
    },
  };
}
