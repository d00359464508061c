// The tables below the picture: outputs of the head, three ways to many scales, two pyramids.

import { f32 } from "../../core/rounding.js";
import { escapeHtml, iouText, pixels, whole } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { anchorsOver } from "../../model/generated.js";
import { table } from "../shared.js";
import { frameBy, presetOf } from "./chosen.js";
import { sizesOf } from "./reading.js";

const tall = (head, rows, label) => table(label, head, rows, { look: "numbers", tall: true });
const row = (first, cells, state = "") =>
  `<tr class="${state}"><th scope="row">${first}</th>${cells.map((text) => `<td>${text}</td>`).join("")}</tr>`;

export function heads(stage) {
  const { levels } = stage.generated;
  const classes = Math.max(1, new Set(stage.boxClasses).size);
  const rows = levels.map(({ name, rows, cols, shapes }) => {
    const cells = rows * cols;
    const k = shapes.length;
    return row(escapeHtml(name), [`${rows} × ${cols}`, `${whole(cells)} × ${4 * k}`, `${whole(cells)} × ${k}`, `${whole(cells)} × ${whole(classes * k)}`]);
  });
  const numbers = (each) => whole(levels.reduce((n, { rows, cols, shapes }) => n + rows * cols * shapes.length * each, 0));
  if (levels.length > 1) rows.push(row(say("pyramid.heads_all"), ["", numbers(4), numbers(1), numbers(classes)], "sum"));
  const head = [
    say("pyramid.heads_level"),
    say("pyramid.heads_cells"),
    say("pyramid.heads_offsets"),
    say("pyramid.heads_objectness"),
    say("pyramid.heads_classes", { count: classes }),
  ];
  return `${tall(head, rows, say("pyramid.heads"))}<p class="cap">${say("pyramid.heads_why")}</p>`;
}

// The same coverage three ways, each counted on this picture.
export function costs(stage) {
  const { levels, frame, count } = stage.generated;
  const area = frame[0] * frame[1];
  const middle = (level) => {
    const sizes = sizesOf(level);
    return Math.exp(sizes.reduce((s, v) => s + Math.log(v), 0) / sizes.length);
  };
  const shrink = levels.map((level) => middle(levels[0]) / middle(level));
  const pixelSum = shrink.reduce((s, f) => s + Math.max(1, Math.round(frame[0] * f)) * Math.max(1, Math.round(frame[1] * f)), 0);
  const shapes = new Set(levels.flatMap(({ frame: own }) => own.shapes.map(([w, h]) => `${w.toFixed(2)}x${h.toFixed(2)}`)));
  const dense = levels[0].rows * levels[0].cols * shapes.size;
  const times = (value, base) => (value / base).toFixed(value / base < 9.95 ? 2 : 0);
  const rows = [
    row(say("pyramid.pictures"), [
      say("pyramid.pictures_take", { count: levels.length, pixels: pixelSum }),
      say("pyramid.times_pixels", { times: times(pixelSum, area) }),
    ]),
    row(say("pyramid.dense"), [
      say("pyramid.dense_takes", { anchors: say("things.anchors", { count: dense }), stride: pixels(levels[0].frame.x) }),
      say("pyramid.times_anchors", { times: times(dense, count) }),
    ]),
    row(
      say("pyramid.pyramid"),
      [say("pyramid.pyramid_takes", { pixels: whole(area), anchors: say("things.anchors", { count }) }), say("pyramid.as_shown")],
      "now",
    ),
  ];
  const factors = shrink.slice(1).map((f) => `${pixels(100 * f)}%`).join(", ");
  const head = [say("pyramid.costs_way"), say("pyramid.costs_takes"), say("pyramid.costs_against")];
  const level = escapeHtml(levels[0].name);
  const pictures = factors ? say("pyramid.costs_shrunk", { level, factors }) : say("pyramid.costs_pictures", { level });
  const map = say("pyramid.costs_dense", { count: shapes.size, level });
  return `${tall(head, rows, say("pyramid.costs"))}<p class="cap">${pictures} ${map}</p>`;
}

// What two pyramids find of one object, held side by side.
function verdict(a, b) {
  if (a.enough !== b.enough) return say(a.enough ? "pyramid.only_here" : "pyramid.only_there");
  if (iouText(a.best) === iouText(b.best)) return "=";
  return say(a.best > b.best ? "pyramid.here_better" : "pyramid.there_better");
}

// This pyramid and another preset, object by object.
export function rivals(stage) {
  const { data, photo, generated } = stage;
  const rival = presetOf(stage.setting("rival"));
  // Over the same resized picture, unless one of them takes a single size only.
  const { pyramid, frame: resized, resize, preset } = stage.pyramid;
  const own = presetOf(preset);
  const other = anchorsOver(rival.pyramid, frameBy(rival.fixed ?? (own?.fixed ? 1 : resize), photo), photo);
  anchorsOver(pyramid, resized, photo); // the one in use is not the one to be forgotten
  if (!stage.boxes.length) return `<p class="cap">${say("pyramid.rivals_none")}</p>`;
  const reached = [0, 0];
  const rows = stage.boxes.map((box, g) => {
    const sides = [generated, other].map((one, side) => {
      const { winner, iou } = one.best(box);
      const best = winner < 0 ? 0 : iou[winner];
      const enough = best >= f32(data.high);
      if (enough) reached[side]++;
      const level = winner < 0 ? say("pyramid.none") : escapeHtml(one.levels[winner].name);
      return { best, enough, cells: [level, `${iouText(best)} ${enough ? "✓" : "–"}`] };
    });
    const [a, b] = sides;
    return row(escapeHtml(stage.objectName(g)), [...a.cells, ...b.cells, verdict(a, b)], a.enough !== b.enough ? "differs" : "");
  });
  const frame = ({ frame: [w, h] }) => `${whole(w)} × ${whole(h)} px`;
  const share = (n) => say("pyramid.reached_by", { reached: n, objects: stage.boxes.length });
  const spent = ({ count }, n) => (n ? say("pyramid.spent_each", { anchors: count, each: whole(count / n) }) : whole(count));
  rows.push(row(say("pyramid.reached", { high: iouText(data.high) }), ["", share(reached[0]), "", share(reached[1]), reached[0] === reached[1] ? "=" : "≠"], "sum"));
  rows.push(row(say("pyramid.spent"), ["", spent(generated, reached[0]), "", spent(other, reached[1]), generated.count === other.count ? "=" : "≠"], "sum"));
  rows.push(row(say("pyramid.over"), ["", frame(generated), "", frame(other), frame(generated) === frame(other) ? "=" : "≠"], "sum"));
  const heads = [own?.label ?? say("pyramid.this"), rival.label].flatMap((pyramid) => [
    say("pyramid.rivals_level", { pyramid }),
    say("pyramid.rivals_iou"),
  ]);
  return tall([say("pyramid.rivals_object"), ...heads, ""], rows, say("pyramid.rivals"));
}
