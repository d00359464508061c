// Marks on the picture. Each is drawn twice, a dark casing and then the core, so that it stands out
// over any photo; the line style tells the state, colour only repeats it.

const STATES = PALETTE.states;

export class Marks {
  // `unit` grows everything with the page's root font (lecture halls), `font` is the page's own.
  constructor(ctx, viewport, unit, font) {
    this.ctx = ctx;
    this.viewport = viewport;
    this.unit = unit;
    this.font = font;
    this.tags = [];
  }

  // A box of the image in the line style of a state. `options`: width, colour, alpha, and `bare`: without the
  // casing, which would blacken the picture under hundreds of boxes.
  box(b, state, options = {}) {
    const { ctx, unit } = this;
    const style = STATES[state];
    const [x1, y1, x2, y2] = this.viewport.box(b);
    const width = (options.width ?? style.width) * unit;
    ctx.save();
    ctx.globalAlpha = options.alpha ?? 1;
    if (!options.bare) {
      ctx.strokeStyle = PALETTE.casing;
      ctx.lineWidth = width + 2.2 * unit;
      ctx.globalAlpha *= 0.9;
      ctx.strokeRect(x1, y1, x2 - x1, y2 - y1);
      ctx.globalAlpha = options.alpha ?? 1;
    }
    ctx.strokeStyle = options.colour ?? style.core;
    ctx.lineWidth = width;
    ctx.setLineDash(style.dash.map((d) => d * unit));
    ctx.lineCap = style.cap;
    ctx.strokeRect(x1, y1, x2 - x1, y2 - y1);
    ctx.restore();
  }

  // The ring that says "this one is yours", outside the box's own line.
  ring(b, gap = 5) {
    const { ctx, unit } = this;
    const [x1, y1, x2, y2] = this.viewport.box(b);
    const g = gap * unit;
    ctx.save();
    for (const [colour, width] of [
      [PALETTE.casing, 4.7],
      [STATES.selected.core, 2.5],
    ]) {
      ctx.strokeStyle = colour;
      ctx.lineWidth = width * unit;
      ctx.strokeRect(x1 - g, y1 - g, x2 - x1 + 2 * g, y2 - y1 + 2 * g);
    }
    ctx.restore();
  }

  handles(points) {
    const { ctx, unit } = this;
    const s = 8 * unit;
    ctx.save();
    ctx.fillStyle = "#FFFFFF";
    ctx.strokeStyle = STATES.selected.core;
    ctx.lineWidth = 2 * unit;
    for (const [x, y] of points) {
      ctx.fillRect(x - s / 2, y - s / 2, s, s);
      ctx.strokeRect(x - s / 2, y - s / 2, s, s);
    }
    ctx.restore();
  }

  // Centres of cells: a disc for positive (it grows with their number), a ring for ignored, a dot.
  disc(x, y, radius, colour) {
    const { ctx, unit } = this;
    ctx.beginPath();
    ctx.arc(x, y, (radius + 1.1) * unit, 0, 7);
    ctx.fillStyle = PALETTE.casing;
    ctx.fill();
    ctx.beginPath();
    ctx.arc(x, y, radius * unit, 0, 7);
    ctx.fillStyle = colour;
    ctx.fill();
  }

  circle(x, y, radius, colour) {
    const { ctx, unit } = this;
    for (const [c, width] of [
      [PALETTE.casing, 4],
      [colour, 1.8],
    ]) {
      ctx.beginPath();
      ctx.arc(x, y, radius * unit, 0, 7);
      ctx.strokeStyle = c;
      ctx.lineWidth = width * unit;
      ctx.stroke();
    }
  }

  line(points, colour, width, dash = []) {
    const { ctx, unit } = this;
    ctx.save();
    ctx.lineCap = "round";
    ctx.lineJoin = "round";
    for (const [c, w, d] of [
      [PALETTE.casing, width + 2.2, []],
      [colour, width, dash],
    ]) {
      ctx.beginPath();
      points.forEach(([x, y], k) => (k ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
      ctx.strokeStyle = c;
      ctx.lineWidth = w * unit;
      ctx.setLineDash(d.map((v) => v * unit));
      ctx.stroke();
    }
    ctx.restore();
  }

  arrow(from, to, colour, width = 2) {
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    if (length < 2) return;
    const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
    const head = Math.min(9 * this.unit, length * 0.6);
    this.line([from, to], colour, width);
    const wing = (turn) => [
      to[0] - head * Math.cos(angle + turn),
      to[1] - head * Math.sin(angle + turn),
    ];
    this.line([wing(0.45), to, wing(-0.45)], colour, width);
  }

  // A label on a solid tag near a box; drawn at the end, dodging what is already placed.
  tag(b, text, options = {}) {
    this.tags.push({ b: this.viewport.box(b), text, ...options });
  }

  // A label centred on a point of the canvas.
  tagAt(x, y, text, options = {}) {
    this.tags.push({ at: [x, y], text, ...options });
  }

  measure(text, size, weight) {
    this.ctx.font = `${weight} ${size * this.unit}px ${this.font}`;
    return this.ctx.measureText(text).width;
  }

  // Tags that must be seen (`must`) choose their place first; another that finds none beside its box is
  // left out: better no name than one that points at the wrong thing.
  flushTags() {
    const { ctx, unit, viewport } = this;
    const placed = [];
    const { tools } = viewport;
    const over = (r, p) => r[0] < p[2] && r[2] > p[0] && r[1] < p[3] && r[3] > p[1];
    const within = (r) => r[0] >= 0 && r[1] >= 0 && r[2] <= viewport.width && r[3] <= viewport.height;
    const covered = (r) => Boolean(tools) && over(r, tools);
    const free = (r) => within(r) && !covered(r) && !placed.some((p) => over(r, p));
    const limit = (v, low, high) => Math.max(low, Math.min(v, high));
    for (const tag of [...this.tags.filter((t) => t.must), ...this.tags.filter((t) => !t.must)]) {
      const size = tag.size ?? 13;
      const weight = tag.weight ?? 600;
      const w = this.measure(tag.text, size, weight) + (tag.compact ? 8 : 12) * unit;
      const h = (size + (tag.compact ? 4 : 7)) * unit;
      const rects = (tag.at ? placesAt(tag, w, h) : placesBeside(tag, w, h, viewport, unit)).map(([x, y]) => [x, y, x + w, y + h]);
      let rect = rects.find(free);
      if (!rect && (tag.must || tag.at) && rects.length) {
        const y = limit(rects[0][1], 1, viewport.height - h - 1);
        const least = covered([0, y, 1, y + h]) ? tools[2] : 1;
        const x = limit(rects[0][0], least, viewport.width - w - 1);
        rect = [x, y, x + w, y + h];
      }
      if (!rect) continue;
      placed.push(rect);
      ctx.globalAlpha = tag.alpha ?? 1;
      ctx.fillStyle = PALETTE.casing;
      ctx.beginPath();
      ctx.roundRect(rect[0] - 1, rect[1] - 1, w + 2, h + 2, 4 * unit);
      ctx.fill();
      ctx.fillStyle = tag.background ?? "#FFFFFF";
      ctx.beginPath();
      ctx.roundRect(rect[0], rect[1], w, h, 3 * unit);
      ctx.fill();
      ctx.font = `${weight} ${size * unit}px ${this.font}`;
      ctx.textBaseline = "middle";
      ctx.fillStyle = tag.colour ?? PALETTE.casing;
      ctx.fillText(tag.text, rect[0] + (tag.compact ? 4 : 6) * unit, rect[1] + h / 2 + unit);
      ctx.globalAlpha = 1;
    }
    this.tags = [];
    return placed;
  }
}

// Around a point: on it, else a little below or above.
const placesAt = ({ at: [x, y] }, w, h) =>
  [0, 1, -1, 2, -2].map((k) => [x - w / 2, y - h / 2 + k * (h + 1)]);

// Around the part of a box that is on the canvas, the best first, none farther away than its own height.
function placesBeside(tag, w, h, viewport, unit) {
  const x1 = Math.max(0, tag.b[0]);
  const y1 = Math.max(0, tag.b[1]);
  const x2 = Math.min(viewport.width, tag.b[2]);
  const y2 = Math.min(viewport.height, tag.b[3]);
  if (x2 < x1 || y2 < y1) return [];
  const above = [x1, y1 - h - 1];
  const inside = [x1 + 2, y1 + 2];
  const below = [x1, y2 + 1];
  const rightBelow = [x2 - w, y2 + 1];
  const rightAbove = [x2 - w, y1 - h - 1];
  const insideBelow = [x2 - w - 2, y2 - h - 2];
  const beside = [x2 + 4, y2 - h];
  const right = [x2 + 4 * unit, y1];
  const left = [x1 - w - 4 * unit, y1];
  const places = {
    below: [beside, rightBelow, below, insideBelow, above, inside],
    right: [right, [x2 + 44 * unit, y1], above, rightAbove, inside],
    left: [left, [x1 - w - 44 * unit, y1], below, rightBelow, inside],
  }[tag.prefer] ?? [above, inside, rightAbove, below, rightBelow, insideBelow];
  // A box as small as its tag would vanish under it.
  const roomy = x2 - x1 > 1.5 * w && y2 - y1 > 1.5 * h;
  if (tag.compact) return [above, ...(roomy ? [inside] : []), rightAbove, left, right, below];
  // Along the four sides.
  for (let x = x1 + w / 2; x < x2 - w; x += w / 2) places.push([x, y1 - h - 1], [x, y2 + 1]);
  for (let y = y1 + h; y < y2; y += h) places.push([x2 + 4 * unit, y], [x1 - w - 4 * unit, y]);
  const slid = Math.min(Math.max(x1, 1), viewport.width - w - 1); // at the canvas's border
  const gutter = viewport.tools?.[2] ?? 0;
  if (x1 < gutter && gutter < x2) places.push([gutter, y1 - h - 1], [gutter, y2 + 1], [gutter, y1 + 2]);
  places.push([slid, y1 - h - 1], [slid, y2 + 1], [slid, y1 + 2], right, left);
  return places;
}

// The small picture of a state used in legends, as SVG: line and symbol on the picture's dark ground.
export function legendIcon(state, core = STATES[state].core) {
  const s = { ...STATES[state], core };
  const dash = s.dash.length ? `stroke-dasharray="${s.dash.join(" ")}"` : "";
  const symbol = {
    positive: `<circle cx="34" cy="11" r="4" fill="${s.core}"/>`,
    ignored: `<circle cx="34" cy="11" r="3.4" fill="none" stroke="${s.core}" stroke-width="1.8"/>`,
    negative: `<circle cx="34" cy="11" r="1.8" fill="${s.core}"/>`,
    kept: `<path d="M30 11l3 3.5 6-7" stroke="${s.core}" fill="none" stroke-width="2.4"/>`,
    suppressed: `<path d="M31 8l6 6M37 8l-6 6" stroke="${s.core}" stroke-width="2.2"/>`,
    joined: `<path d="M34 7v8M30 11h8" stroke="${s.core}" stroke-width="2.2"/>`,
    waiting: [30, 34, 38].map((x) => `<circle cx="${x}" cy="11" r="1.4" fill="${s.core}"/>`).join(""),
  }[state];
  return (
    `<svg viewBox="0 0 44 22" aria-hidden="true"><rect width="44" height="22" fill="#14181F"/>` +
    `<path d="M4 11H25" stroke="${s.core}" stroke-width="2.6" stroke-linecap="${s.cap}" ${dash}/>` +
    `${symbol ?? ""}</svg>`
  );
}
