// Anchors: which boxes every cell tries.

import { bytesText, pixels, plural, ratioText, whole } from "../model/format.js";
import { numbersSkeleton, paintNumbers } from "../input/numbers.js";
import { listOf, ranksOf, relay } from "./anchors/lists.js";
import { cornerAt, cornersOf, dragCorner, sendShapes, shapeBox, shapeKey, shapeWords } from "./anchors/shaping.js";
import { anchorBox, caption, CENTRE, drawCentres, drawHoveredCell, formula, fraction, number, OBJECT, result, sizeText, tryThis, why } from "./shared.js";

const STATES = PALETTE.states;

// Colour by size, small to large.
export function levelColour(index, count, colours = PALETTE.levels) {
  const last = colours.length - 1;
  return colours[count > 1 ? Math.round((index * last) / (count - 1)) : last >> 1];
}

function cellBoxes(stage, cell) {
  const { first, count } = stage.cells.anchorsOf(cell);
  return Array.from({ length: count }, (_, s) => anchorBox(stage, first + s));
}

export function drawCell(stage, marks, ctx, cell, { tags = true, width = 2.2 } = {}) {
  const { cells } = stage;
  const { size_ranks, size_count } = stage.data;
  const { stride_x, stride_y } = cells.levels[cells.levelOf(cell)];
  const [cx, cy] = stage.centre(cell);
  const left = cx - cells.centreInCell * stride_x;
  const top = cy - cells.centreInCell * stride_y;
  const square = [left, top, left + stride_x, top + stride_y];
  // On a grid colour tells sizes; in a pyramid a level has its own.
  const many = cells.levels.length > 1;
  const colourOf = (s) => (many ? levelColour(cells.levelOf(cell), cells.levels.length) : levelColour(size_ranks[s], size_count));
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
  const { cells, data } = stage;
  const square = { state: "object", width: 1.4, text: "one cell" };
  if (cells.levels.length > 1) {
    const level = cells.levelOf(Math.max(0, cell));
    return [square, { state: "object", width: 2.2, colour: levelColour(level, cells.levels.length), text: "its anchors" }];
  }
  const sizes = [...new Set(data.sizes ?? [])].sort((a, b) => a - b);
  const shapes = sizes.length
    ? sizes.map((size, rank) => ({ colour: levelColour(rank, sizes.length), text: `its anchors of size ${pixels(size)}` }))
    : Array.from({ length: data.size_count }, (_, rank) => ({ colour: levelColour(rank, data.size_count), text: `its anchors, size ${rank + 1} of ${data.size_count}` }));
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
  const { anchors } = stage.data;
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

// What is said of the reading that the shapes are compared with, if they are.
const comparison = (data) => data.compare_notes[data.compare];

// The n x m table with every shape to scale; what n + m − 1 leaves out stays visible, in grey.
function shapes(stage) {
  const { table, sizes, ratios, ratio_means } = stage.data;
  const compared = comparison(stage.data);
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
            `aria-label="size ${size}, ratio ${c.ratio}: ${Math.round(c.w)} by ${Math.round(c.h)} pixels${off ? ", left out" : ""}">` +
            `<svg viewBox="-20 -20 40 40" aria-hidden="true"><rect x="${-w / 2}" y="${-h / 2}" width="${w}" height="${h}" fill="none" stroke="${ink}" stroke-width="2" ${off ? 'stroke-dasharray="2 3"' : ""}/></svg>` +
            `<span>${whole(c.w)}×<wbr>${whole(c.h)}${other}</span></button></td>`
          );
        })
        .join("");
      return `<tr><th scope="row">${pixels(size)}</th>${cells}</tr>`;
    })
    .join("");
  return (
    `<p class="lab">The ${kept === 1 ? "one shape" : `${kept} shapes`}, to scale${kept < table.length ? `; ${table.length - kept} of ${table.length} left out` : ""}</p>` +
    `<table class="shapes${many ? " many" : ""}"><thead><tr><td>${many ? ratio_means : ""}</td>${head}</tr></thead><tbody>${rows}</tbody></table>`
  );
}

const gridOf = ({ photo }, stride) => [Math.ceil(photo.height / stride), Math.ceil(photo.width / stride)];

// Another stride on offer that is not too fine for this page: half the present one, else twice, else the nearest.
function otherStride({ data }) {
  const { stride, strides, most, levels } = data;
  const fits = (s) => s !== stride && gridOf(data, s).reduce((p, q) => p * q) * levels[0].shapes.length <= most;
  const offered = strides.filter(fits);
  return [stride / 2, 2 * stride].find((s) => offered.includes(s)) ?? offered[0] ?? null;
}

function prediction(stage) {
  const { data } = stage;
  const { stride } = data;
  const other = otherStride(stage);
  if (other === null) return null;
  const guess = { 0.5: "twice or four times as many", 2: "half or a quarter as many" }[other / stride] ?? "how many times as many";
  return {
    question: `<b>Predict:</b> stride ${pixels(other)} instead of ${pixels(stride)}: ${guess} anchors? Then switch.`,
    asks: { control: "anchors_stride", value: other },
    answer() {
      const [before, after] = [stride, other].map((s) => gridOf(data, s));
      const [from, to] = [before, after].map(([rows, cols]) => rows * cols * data.levels[0].shapes.length);
      const ratio = to / from;
      return (
        `<b>${ratio.toFixed(ratio < 1 ? 2 : 1)} times</b> as many, <b>${whole(to)}</b> instead of ${whole(from)}: ` +
        `${before.join(" × ")} cells become ${after.join(" × ")}: the stride counts across and down.`
      );
    },
  };
}

function readout(stage) {
  const { table, sizes } = stage.data;
  const row = table.filter((c) => c.row === Math.min(1, sizes.length - 1) && c.shape >= 0);
  const size = sizes[Math.min(1, sizes.length - 1)];
  const wide = row.find((c) => c.w > c.h + 1);
  const tall = row.find((c) => c.h > c.w + 1);
  let panel;
  const note = comparison(stage.data);
  if (note) {
    panel = why(note.title, `<p>${note.text}</p>`);
  } else if (wide && tall) {
    const a = Math.round(wide.w);
    const b = Math.round(wide.h);
    panel = why(
      `Why do ${a}×${b} and ${Math.round(tall.w)}×${Math.round(tall.h)} share a row?`,
      `<p>The ratio turns, the area stays: ${a} · ${b} ≈ ${Math.round(tall.w)} · ${Math.round(tall.h)} ≈ ${pixels(size)} · ${pixels(size)} = <b>${whole(size * size)} px²</b>. Hence √ratio.</p>`,
    );
  } else {
    panel = why(
      "What is a size?",
      `<p>The side of the square with the same area: whatever the ratio, an anchor of size ${pixels(size)} covers <b>${whole(size * size)} px²</b>.</p>`,
    );
  }
  return panel + tryThis(stage, prediction(stage));
}

const BORDER_TEXT = {
  keep: "of them stick out of the image",
  clip: "of them stuck out of the image and were cut",
  ignore: "of them stick out and are left out of training",
};

// The segments of the controls, in their order.
const SEGMENTS = {
  anchors_combine: ["combine", ["all", "first"]],
  anchors_ratio_means: ["ratio_means", ["h/w", "w/h"]],
  anchors_center: ["centre", [0.5, 0]],
  anchors_border: ["border", ["keep", "clip", "ignore"]],
  show: ["show", ["cell", "density"]],
  compare: ["compare", ["none", "ratio", "d2l"]],
};
const LISTS = { anchors_sizes: "sizes", anchors_aspect_ratios: "ratios" };

function settingOf(stage, key, values) {
  if (key === "anchors_stride") return ["stride", stage.data.strides[values[0]] ?? stage.data.stride];
  if (key in LISTS) return [LISTS[key], values];
  const [name, options] = SEGMENTS[key];
  return [name, options[values[0]] ?? stage.data[name]];
}

// A setting on the move: the anchors are generated anew in the browser.
function change(stage, values, key) {
  const [name, value] = settingOf(stage, key, values);
  if (name === "show") stage.data.show = value;
  else relay(stage, { [name]: value });
}

// The other reading's shapes: thin dashes a little outside, so that a box that both have shows both lines. Where
// the other reading only permutes the boxes, one of them is followed to the shape it becomes.
function drawOther(stage, marks, cell) {
  const { data, viewport } = stage;
  const [cx, cy] = stage.centre(cell);
  const gap = (4 * marks.unit) / viewport.scale;
  const around = (w, h, more) => [cx - w / 2 - more, cy - h / 2 - more, cx + w / 2 + more, cy + h / 2 + more];
  const own = data.table.filter((c) => c.shape >= 0);
  for (const c of own) marks.box(around(c.other_w, c.other_h, gap), "waiting", { width: 1.2, colour: "#FFFFFF", bare: true });
  const close = (a, b) => Math.abs(a.other_w - b.w) + Math.abs(a.other_h - b.h) < 1;
  const permuted = own.every((c) => own.some((d) => close(c, d)));
  const hovered = stage.hover?.kind === "shape" ? own.find((c) => c.shape === stage.hover.index) : null;
  const pair = hovered ?? (permuted ? own.reduce((a, c) => (c.w / c.h > a.w / a.h || (c.w / c.h === a.w / a.h && c.w > a.w) ? c : a)) : null);
  let text = comparison(data).legend;
  if (pair) {
    const [was, becomes] = [around(pair.w, pair.h, 0), around(pair.other_w, pair.other_h, gap)];
    const colour = levelColour(data.size_ranks[pair.shape], data.size_count);
    marks.box(was, "object", { width: 4, colour });
    marks.box(becomes, "waiting", { width: 3.2, colour: "#FFFFFF" });
    if (!close(pair, pair)) {
      marks.tag(was, sizeText(was), { background: "#14181F", colour, size: 12.5, prefer: "right" });
      marks.tag(becomes, `becomes ${pixels(Math.round(pair.other_w))}×${pixels(Math.round(pair.other_h))}`, { size: 12.5 });
    }
  }
  if (permuted) text = stage.narrow ? "the same boxes, in another order" : `${text}: the same boxes, in another order`;
  marks.tagAt(viewport.width / 2, 16 * marks.unit, text, { size: 12.5, must: true });
}

const LIST_SLOTS = { sizes: true, ratios: true };

// The shape that is picked or pointed at has handles, and says what it is made of.
function drawShaped(stage, marks) {
  const { hover, data } = stage;
  const shape = stage.shape >= 0 ? stage.shape : hover?.kind === "shape" ? hover.index : -1;
  if (shape < 0 || shape >= data.levels[0].shapes.length) return;
  const colour = levelColour(data.size_ranks[shape], data.size_count);
  const box = shapeBox(stage, shape);
  marks.box(box, "object", { width: 3.2, colour });
  marks.handles(cornersOf(stage, shape));
  marks.tag(box, shapeWords(stage, shape, { short: stage.narrow }), { background: "#14181F", colour, size: 12.5, must: true });
}

export const anchorsView = {
  controls: Object.fromEntries(["anchors_stride", ...Object.keys(LISTS), ...Object.keys(SEGMENTS)].map((key) => [key, change])),
  agrees(stage, key, values) {
    const [name, value] = settingOf(stage, key, values);
    return String(stage.data[name]) === String(value);
  },
  numbers(stage) {
    const { sizes, ratios, combine, levels } = stage.data;
    const [grid] = levels;
    const how =
      `${plural(sizes.length, "size")} ${combine === "all" ? "×" : "+"} ${plural(ratios.length, "ratio")}${combine === "all" ? "" : " − 1"}`;
    const cells = grid.rows * grid.cols;
    const dots = cells === 1 ? "The one dot" : `Each of the ${whole(cells)} dots`;
    return { dots, shapes: plural(grid.shapes.length, "shape"), how };
  },
  keys: [
    ["← ↑ → ↓", "without a selected object: the next cell"],
    [", .", "the previous / next shape of the cell"],
    ["Alt+↑ ↓  Alt+← →", "the picked shape: its size, its ratio; Shift: by ten steps"],
  ],
  slots: { sizes: numbersSkeleton, ratios: numbersSkeleton, shapes, readout },
  paintSlot(stage, name, element) {
    if (name in LIST_SLOTS) paintNumbers(element, listOf(stage, name));
  },

  label(stage) {
    const { levels, count } = stage.data;
    const [grid] = levels;
    return `${stage.photo.alt} ${plural(count, "anchor")} on ${grid.rows} by ${plural(grid.cols, "cell")}; one cell's shapes are outlined.`;
  },

  means(stage) {
    const { data } = stage;
    const objects = stage.object >= 0 || data.show_objects ? [OBJECT] : [];
    if (data.show === "density") {
      return [{ sign: "line", colour: "#FFFC76", text: `up to ${whole(stage.densityMap?.most ?? 0)} anchors cover one spot; dark: few` }, CENTRE, ...objects];
    }
    const other = comparison(data);
    return [
      ...cellMeans(stage),
      ...(other ? [{ state: "waiting", colour: "#FFFFFF", width: 1.2, text: other.legend }] : []),
      CENTRE,
      ...objects,
    ];
  },

  draw(stage, marks, ctx) {
    const { data } = stage;
    if (data.show === "density") drawDensity(stage, ctx);
    drawCentres(stage, marks, ctx, { plain: true, bright: true });
    const cell = stage.cell >= 0 && stage.cell < stage.cells.count ? stage.cell : -1;
    if (cell >= 0 && data.show !== "density") {
      drawCell(stage, marks, ctx, cell, { tags: !comparison(data) });
      drawShaped(stage, marks);
      if (comparison(data)) drawOther(stage, marks, cell);
    }
    drawHoveredCell(stage, marks);
    if (stage.object >= 0 || data.show_objects) stage.drawObjects(marks, { width: 2 });
  },

  strip(stage) {
    const { levels, count, outside, bytes, sizes, ratios, combine, show } = stage.data;
    const [grid] = levels;
    const { height, width } = stage.photo;
    const ceil = (top) => `<span class="ceil">⌈</span>${fraction(number(pixels(top)), number(pixels(grid.stride_x)))}<span class="ceil">⌉</span>`;
    const n = sizes.length;
    const m = ratios.length;
    const shapes = combine === "all" ? `(${number(n)} · ${number(m)})` : `(${number(n)} + ${number(m)} − ${number(1)})`;
    const k = grid.shapes.length;
    const share = count ? Math.round((100 * outside) / count) : 0;
    const tail =
      show === "density"
        ? `Up to <b>${whole(stage.densityMap?.most ?? 0)}</b> cover one spot (yellow); the border is covered least.`
        : `rows × columns × shapes. <b>${share}%</b> ${BORDER_TEXT[stage.data.border]}; all together weigh ${bytesText(bytes)}.`;
    return (
      formula(
        `${ceil(height)} · ${ceil(width)} · ${shapes} = ${number(grid.rows)} · ${number(grid.cols)} · ${number(k)} = ${result(plural(count, "anchor"))}`,
        `${plural(grid.rows, "row")} times ${plural(grid.cols, "column")} times ${plural(k, "shape")} is ${plural(count, "anchor")}`,
      ) + caption(tail)
    );
  },

  // A corner of a shape in the lit cell is there to be dragged.
  grabs: cornerAt,
  drag: dragCorner,
  drop(stage, grabbed, cancelled) {
    stage.shape = grabbed.shape;
    if (cancelled) relay(stage, grabbed.before);
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
    stage.say(`Cell in row ${row + 1}, column ${col + 1}, centre ${pixels(x)}, ${pixels(y)}.`);
  },

  key(stage, key, event, arrow) {
    if (shapeKey(stage, key, event, arrow)) return true;
    if (!arrow || stage.object >= 0) return false;
    stage.cell = stage.cells.step(Math.max(0, stage.cell), ...arrow);
    stage.commitPick();
    this.tell(stage);
    stage.schedule();
    return true;
  },
};
