// Why shapes have the sides they have, and a question to predict.

import { pixels, whole } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { tryThis, why } from "../shared.js";
import { comparison } from "./compared.js";

const mapOf = ({ photo }, stride) => [Math.ceil(photo.height / stride), Math.ceil(photo.width / stride)];

// Another stride on offer that is not too fine for this page: half the present one, else twice, else the nearest.
function otherStride({ data, grid: { stride }, cells, settings }) {
  const shapes = cells.levels[0].shapes.length;
  const fits = (s) => s !== stride && mapOf(data, s).reduce((p, q) => p * q) * shapes <= data.most;
  const offered = settings.controls.anchors_stride.options.map((option) => option.settings["anchors.stride"]).filter(fits);
  return [stride / 2, 2 * stride].find((s) => offered.includes(s)) ?? offered[0] ?? null;
}

function prediction(stage) {
  const { data, cells } = stage;
  const { stride } = stage.grid;
  const other = otherStride(stage);
  if (other === null) return null;
  const strides = { stride: pixels(stride), other: pixels(other) };
  return {
    question: say(other === stride / 2 ? "anchors.predict_half" : other === 2 * stride ? "anchors.predict_double" : "anchors.predict", strides),
    asks: { control: "anchors_stride", value: other },
    answer() {
      const [before, after] = [stride, other].map((s) => mapOf(data, s));
      const [from, to] = [before, after].map(([rows, cols]) => rows * cols * cells.levels[0].shapes.length);
      const ratio = to / from;
      return say("anchors.predicted", {
        ratio: ratio.toFixed(ratio < 1 ? 2 : 1),
        before: from,
        after: to,
        cells_before: before.join(" × "),
        cells_after: after.join(" × "),
      });
    },
  };
}

export function readout(stage) {
  const { table, sizes } = stage.grid;
  const row = table.filter((c) => c.row === Math.min(1, sizes.length - 1) && c.shape >= 0);
  const size = sizes[Math.min(1, sizes.length - 1)];
  const wide = row.find((c) => c.w > c.h + 1);
  const tall = row.find((c) => c.h > c.w + 1);
  let panel;
  const note = comparison(stage);
  if (note) {
    panel = why(note.title, `<p>${note.text}</p>`);
  } else if (wide && tall) {
    const [width, height, tall_width, tall_height] = [wide.w, wide.h, tall.w, tall.h].map((side) => String(Math.round(side)));
    const told = { width, height, tall_width, tall_height, size: pixels(size), area: whole(size * size) };
    panel = why(
      say("anchors.same_area", { wide: `${width}×${height}`, tall: `${tall_width}×${tall_height}` }),
      `<p>${say("anchors.same_area_why", told)}</p>`,
    );
  } else {
    panel = why(say("anchors.size"), `<p>${say("anchors.size_why", { size: pixels(size), area: whole(size * size) })}</p>`);
  }
  return panel + tryThis(stage, prediction(stage));
}
