// Anchors: which boxes every cell tries.

import { bytesText, pixels, ratioText, whole } from "../model/format.js";
import { say } from "../model/sentences.js";
import { numbersSkeleton, paintNumbers } from "../input/numbers.js";
import { listOf, ranksOf, regenerate, take } from "./anchors/lists.js";
import { cornerAt, cornersOf, dragCorner, litCell, sendShapes, shapeBox, shapeKey, shapeWords } from "./anchors/shaping.js";
import { anchorBox, caption, CENTRE, drawCentres, drawHoveredCell, formula, fraction, number, OBJECT, result, sizeText, tryThis, why } from "./shared.js";

// Colour by size, small to large.
export function levelColour(index, count, colours = PALETTE.levels) {
  const last = colours.length - 1;
  return colours[count > 1 ? Math.round((index * last) / (count - 1)) : last >> 1];
}

// The rank of the size of each shape of a cell, small to large, and how many sizes there are.
function sizeRanks(shapes) {
  const same = (a, b) => a <= b * (1 + 1e-6);
  const sizes = shapes.map(([w, h]) => Math.sqrt(w * h));
  const order = [...sizes].sort((a, b) => a - b).filter((size, k, all) => !k || !same(size, all[k - 1]));
  return { count: order.length, of: sizes.map((size) => order.findLastIndex((known) => same(known, size))) };
}

function cellBoxes(stage, cell) {
  const { first, count } = stage.cells.anchorsOf(cell);
  return Array.from({ length: count }, (_, s) => anchorBox(stage, first + s));
}

export function drawCell(stage, marks, ctx, cell, { tags = true, width = 2.2 } = {}) {
  const { cells } = stage;
  const { stride_x, stride_y } = cells.levels[cells.levelOf(cell)];
  const [cx, cy] = stage.centre(cell);
  const left = cx - cells.centreInCell * stride_x;
  const top = cy - cells.centreInCell * stride_y;
  const square = [left, top, left + stride_x, top + stride_y];
  // On a grid colour tells sizes; in a pyramid a level has its own.
  const many = cells.levels.length > 1;
  const ranks = sizeRanks(cells.levels[0].shapes);
  const colourOf = (s) => (many ? levelColour(cells.levelOf(cell), cells.levels.length) : levelColour(ranks.of[s], ranks.count));
  stage.light(ctx, square);
  marks.box(square, "object", { width: 1.4 });
  const order = cellBoxes(stage, cell).map((b, s) => [b, s]);
  // Large ones first, so that small ones are never hidden; tags of small ones would only crowd.
  order.sort((a, b) => (b[0][2] - b[0][0]) * (b[0][3] - b[0][1]) - (a[0][2] - a[0][0]) * (a[0][3] - a[0][1]));
  const hovered = stage.hover?.kind === "shape" ? stage.hover.index : -1;
  for (const [b, s] of order) {
    const colour = colourOf(s);
    marks.box(b, "object", { width: s === hovered ? 4 : width, colour, alpha: hovered >= 0 && s !== hovered ? 0.35 : 1 });
    const [x1, y1, x2, y2] = stage.viewport.box(b);
    const wide = x2 - x1 > 70 * stage.unit || s === hovered;
    if (tags && wide && y2 - y1 > 8) {
      marks.tag(b, sizeText(b), { background: "#14181F", colour, size: 12.5, alpha: hovered >= 0 && s !== hovered ? 0.35 : 1 });
    }
  }
  marks.disc(stage.viewport.x(cx), stage.viewport.y(cy), 2, "#FFFFFF");
}

// What the lines of `drawCell` mean.
export function cellMeans(stage, cell = stage.cell) {
  const { cells } = stage;
  const square = { state: "object", width: 1.4, text: say("anchors.means_cell") };
  if (cells.levels.length > 1) {
    const level = cells.levelOf(Math.max(0, cell));
    return [square, { state: "object", width: 2.2, colour: levelColour(level, cells.levels.length), text: say("anchors.means_anchors") }];
  }
  const sizes = [...new Set(stage.grid?.sizes)].sort((a, b) => a - b);
  const { count } = sizeRanks(cells.levels[0].shapes);
  const shapes = sizes.length
    ? sizes.map((size, rank) => ({ colour: levelColour(rank, sizes.length), text: say("anchors.means_size", { size: pixels(size) }) }))
    : Array.from({ length: count }, (_, rank) => ({ colour: levelColour(rank, count), text: say("anchors.means_rank", { rank: rank + 1, sizes: count }) }));
  return [square, ...shapes.map((shape) => ({ state: "object", width: 2.2, ...shape }))];
}

// How many anchors cover each spot: the picture of "all of them" that outlines cannot give.
// Each anchor adds +1 / −1 at its corners; two running sums turn that into counts.
export function density(anchors, photo, cellSize) {
  const w = Math.ceil(photo.width / cellSize);
  const h = Math.ceil(photo.height / cellSize);
  const sums = new Float32Array((w + 1) * (h + 1));
  const at = (v, last) => Math.max(0, Math.min(last, Math.round(v / cellSize)));
  for (let i = 0; i < anchors.length; i += 4) {
    const x1 = at(anchors[i], w);
    const y1 = at(anchors[i + 1], h);
    const x2 = at(anchors[i + 2], w);
    const y2 = at(anchors[i + 3], h);
    if (x2 <= x1 || y2 <= y1) continue;
    sums[y1 * (w + 1) + x1] += 1;
    sums[y1 * (w + 1) + x2] -= 1;
    sums[y2 * (w + 1) + x1] -= 1;
    sums[y2 * (w + 1) + x2] += 1;
  }
  const counts = new Float32Array(w * h);
  let most = 0;
  for (let y = 0; y < h; y++) {
    let run = 0;
    for (let x = 0; x < w; x++) {
      run += sums[y * (w + 1) + x];
      counts[y * w + x] = run + (y ? counts[(y - 1) * w + x] : 0);
      most = Math.max(most, counts[y * w + x]);
    }
  }
  return { counts, w, h, most };
}

function drawDensity(stage, ctx) {
  const { anchors } = stage.generated;
  if (stage.densityOf !== anchors) {
    stage.densityOf = anchors;
    stage.densityMap = density(anchors, stage.photo, 4);
    const { counts, w, h, most } = stage.densityMap;
    const canvas = document.createElement("canvas");
    canvas.width = w;
    canvas.height = h;
    const picture = canvas.getContext("2d");
    const pixels = picture.createImageData(w, h);
    const stops = PALETTE.levels.map((c) => [1, 3, 5].map((k) => parseInt(c.slice(k, k + 2), 16))).reverse();
    for (let i = 0; i < counts.length; i++) {
      const t = most ? (counts[i] / most) * (stops.length - 1) : 0;
      const k = Math.min(stops.length - 2, Math.floor(t));
      for (let c = 0; c < 3; c++) pixels.data[4 * i + c] = stops[k][c] + (t - k) * (stops[k + 1][c] - stops[k][c]);
      pixels.data[4 * i + 3] = 190;
    }
    picture.putImageData(pixels, 0, 0);
    stage.densityPicture = canvas;
  }
  const v = stage.viewport;
  ctx.imageSmoothingEnabled = true;
  ctx.drawImage(stage.densityPicture, v.left, v.top, stage.photo.width * v.scale, stage.photo.height * v.scale);
}

const rounded = (v) => String(Math.round(v));

// What is said of the reading that the shapes are compared with, if they are.
const comparison = ({ data, grid }) => data.compare_notes[grid.compare];

// The n x m table with every shape to scale; what n + m − 1 leaves out stays visible, in grey.
function shapes(stage) {
  const { table, sizes, ratios, ratio_means } = stage.grid;
  const compared = comparison(stage);
  const inks = PALETTE.levelInks[stage.dark ? "dark" : "light"];
  const largest = Math.max(...table.map((c) => Math.max(c.w, c.h)));
  const kept = table.filter((c) => c.shape >= 0).length;
  // Many columns are narrow: the shape stands above its sides then, and what a ratio means is said once.
  const many = ratios.length > 3;
  const head = ratios.map((r) => `<th scope="col">${many ? "" : `${ratio_means} = `}${ratioText(r)}</th>`).join("");
  const ranks = ranksOf(sizes);
  const rows = sizes
    .map((size, k) => {
      const cells = table
        .filter((c) => c.row === k)
        .map((c) => {
          const scale = 34 / largest;
          const w = Math.max(2, c.w * scale);
          const h = Math.max(2, c.h * scale);
          const off = c.shape < 0;
          const ink = off ? "var(--muted)" : levelColour(ranks.of(size), ranks.count, inks);
          const other = compared && !off ? `<span class="other">${pixels(Math.round(c.other_w))}×<wbr>${pixels(Math.round(c.other_h))}</span>` : "";
          return (
            `<td class="${off ? "dropped" : ""}"><button type="button" ${off ? "disabled" : `data-hover="shape:${c.shape}"`} ` +
            `aria-label="${say(off ? "anchors.shape_label_left_out" : "anchors.shape_label", { size: String(size), ratio: String(c.ratio), width: rounded(c.w), height: rounded(c.h) })}">` +
            `<svg viewBox="-20 -20 40 40" aria-hidden="true"><rect x="${-w / 2}" y="${-h / 2}" width="${w}" height="${h}" fill="none" stroke="${ink}" stroke-width="2" ${off ? 'stroke-dasharray="2 3"' : ""}/></svg>` +
            `<span>${whole(c.w)}×<wbr>${whole(c.h)}${other}</span></button></td>`
          );
        })
        .join("");
      return `<tr><th scope="row">${pixels(size)}</th>${cells}</tr>`;
    })
    .join("");
  return (
    `<p class="lab">${kept < table.length ? say("anchors.shapes_left_out", { count: kept, out: table.length - kept, all: table.length }) : say("anchors.shapes", { count: kept })}</p>` +
    `<table class="shapes${many ? " many" : ""}"><thead><tr><td>${many ? ratio_means : ""}</td>${head}</tr></thead><tbody>${rows}</tbody></table>`
  );
}

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

function readout(stage) {
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
    const [width, height, tall_width, tall_height] = [wide.w, wide.h, tall.w, tall.h].map(rounded);
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

function shapeColour({ cells }, shape) {
  const ranks = sizeRanks(cells.levels[0].shapes);
  return levelColour(ranks.of[shape], ranks.count);
}

// The other reading's shapes: thin dashes a little outside, so that a box that both have shows both lines. Where
// the other reading only permutes the boxes, one of them is followed to the shape it becomes.
function drawOther(stage, marks, cell) {
  const { grid, viewport } = stage;
  const [cx, cy] = stage.centre(cell);
  const gap = (4 * marks.unit) / viewport.scale;
  const around = (w, h, more) => [cx - w / 2 - more, cy - h / 2 - more, cx + w / 2 + more, cy + h / 2 + more];
  const own = grid.table.filter((c) => c.shape >= 0);
  for (const c of own) marks.box(around(c.other_w, c.other_h, gap), "waiting", { width: 1.2, colour: "#FFFFFF", bare: true });
  const close = (a, b) => Math.abs(a.other_w - b.w) + Math.abs(a.other_h - b.h) < 1;
  const permuted = own.every((c) => own.some((d) => close(c, d)));
  const hovered = stage.hover?.kind === "shape" ? own.find((c) => c.shape === stage.hover.index) : null;
  const pair = hovered ?? (permuted ? own.reduce((a, c) => (c.w / c.h > a.w / a.h || (c.w / c.h === a.w / a.h && c.w > a.w) ? c : a)) : null);
  let text = comparison(stage).legend;
  if (pair) {
    const [was, becomes] = [around(pair.w, pair.h, 0), around(pair.other_w, pair.other_h, gap)];
    const colour = shapeColour(stage, pair.shape);
    marks.box(was, "object", { width: 4, colour });
    marks.box(becomes, "waiting", { width: 3.2, colour: "#FFFFFF" });
    if (!close(pair, pair)) {
      marks.tag(was, sizeText(was), { background: "#14181F", colour, size: 12.5, prefer: "right" });
      marks.tag(becomes, say("anchors.becomes", { width: whole(pair.other_w), height: whole(pair.other_h) }), { size: 12.5 });
    }
  }
  if (permuted) text = stage.narrow ? say("anchors.permuted") : say("anchors.permuted_of", { legend: text });
  marks.tagAt(viewport.width / 2, 16 * marks.unit, text, { size: 12.5, must: true });
}

const LIST_SLOTS = { sizes: true, ratios: true };

// The shape that is picked or pointed at has handles, and says what it is made of.
function drawShaped(stage, marks) {
  const { hover } = stage;
  const shape = stage.shape >= 0 ? stage.shape : hover?.kind === "shape" ? hover.index : -1;
  if (shape < 0 || shape >= stage.cells.levels[0].shapes.length) return;
  const colour = shapeColour(stage, shape);
  const box = shapeBox(stage, shape);
  marks.box(box, "object", { width: 3.2, colour });
  marks.handles(cornersOf(stage, shape));
  marks.tag(box, shapeWords(stage, shape, { short: stage.narrow }), { background: "#14181F", colour, size: 12.5, must: true });
}

export const anchorsView = {
  update: regenerate,
  settingChanged: regenerate,
  cell: litCell, // for tests, as the next
  ranks: sizeRanks,

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
    if (name in LIST_SLOTS) paintNumbers(element, listOf(stage, name));
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
