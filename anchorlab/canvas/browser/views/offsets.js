// Offsets: the four numbers that turn an anchor into an object, and back.

import { escapeHtml, iouText, pixels, plural, signed } from "../model/format.js";
import { say } from "../model/sentences.js";
import { boundedGrowth, decodeBox, encodeBox, rawOffsets } from "../model/coding.js";
import { centreX, centreY, height, width } from "../core/boxes.js";
import { placeInCell, sigmoid } from "../core/coders/cell.js";
import { encodeOffsets } from "../core/coders/center.js";
import { PLAIN } from "../core/coders/common.js";
import { intersectionOf } from "../core/iou.js";
import { handlePoints } from "../input/editor.js";
import { formulaOf, namesOf, words } from "./offsets/formulas.js";
import { anchorBox, drawCentres, LABELS, OBJECT, tryThis, why } from "./shared.js";

const STATES = PALETTE.states;
const NUMBERS = ["x", "y", "w", "h"].map((name) => `offsets.${name}`); // the paths of the four sliders

const coderOf = (stage) => stage.settings.under("coder");

// "Move 8% right. Grow 44% taller.": the offsets without stds, as a person would say them. The larger of each kind
// says it best.
export function inWords([tx, ty, tw, th]) {
  const percent = (v) => `${Math.round(100 * Math.abs(v))}%`;
  const grown = (t) => percent(Math.exp(t) - 1);
  const place =
    Math.abs(tx) >= Math.abs(ty)
      ? say(tx > 0 ? "offsets.move_right" : "offsets.move_left", { percent: percent(tx) })
      : say(ty > 0 ? "offsets.move_down" : "offsets.move_up", { percent: percent(ty) });
  const size =
    Math.abs(tw) >= Math.abs(th)
      ? say(tw < 0 ? "offsets.shrink_width" : "offsets.grow_wider", { percent: grown(tw) })
      : say(th < 0 ? "offsets.shrink_height" : "offsets.grow_taller", { percent: grown(th) });
  return `${place} ${size}`;
}

// Anchor and object with an arrow from corner to corner.
export function drawPair(stage, marks, anchor, object, { small = false, name = "", index = -1 } = {}) {
  const v = stage.viewport;
  marks.box(anchor, "positive", { width: small ? 1.8 : 3 });
  marks.box(object, "object", { width: small ? 2.2 : 3 });
  const corner = (b, k) => [v.x(b[k & 1 ? 2 : 0]), v.y(b[k & 2 ? 3 : 1])];
  for (let k = 0; k < 4; k++) marks.arrow(corner(anchor, k), corner(object, k), STATES.selected.core, small ? 1.5 : 2.2);
  const from = [v.x(centreX(anchor)), v.y(centreY(anchor))];
  const to = [v.x(centreX(object)), v.y(centreY(object))];
  if (!small) marks.arrow(from, to, STATES.selected.core, 2.2);
  marks.disc(...from, small ? 2.4 : 5, STATES.positive.core);
  if (small) return;
  marks.line([[to[0] - 6, to[1]], [to[0] + 6, to[1]]], "#FFFFFF", 2);
  marks.line([[to[0], to[1] - 6], [to[0], to[1] + 6]], "#FFFFFF", 2);
  if (name) marks.tag(object, `object ${name}`, { prefer: "right" });
  if (index >= 0) marks.tag(anchor, `anchor #${index}`, { background: STATES.positive.core, prefer: "left" });
}

// What the lines of `drawPair` mean; `changed`: the offsets decode to another box than the object.
export const pairMeans = (changed) => [
  OBJECT,
  { state: "positive", text: "anchor" },
  { sign: "arrow", colour: STATES.selected.core, text: changed ? "from the anchor to what its offsets decode to" : "what the offsets must say" },
  ...(changed ? [{ state: "selected", text: "decoded box" }] : []),
];

// A dimension line beside or below a box, as on a technical drawing.
function dimension(stage, marks, b, side, text, colour) {
  const [x1, y1, x2, y2] = stage.viewport.box(b);
  const u = stage.unit;
  const gap = 20 * u;
  const cap = 6 * u;
  if (side === "top" || side === "bottom") {
    const y = side === "top" ? y1 - gap : y2 + gap;
    marks.line([[x1, y], [x2, y]], colour, 1.8);
    for (const x of [x1, x2]) marks.line([[x, y - cap], [x, y + cap]], colour, 1.8);
    marks.tagAt((x1 + x2) / 2, y, text, { background: colour });
  } else {
    const x = side === "left" ? x1 - gap : x2 + gap;
    marks.line([[x, y1], [x, y2]], colour, 1.8);
    for (const y of [y1, y2]) marks.line([[x - cap, y], [x + cap, y]], colour, 1.8);
    marks.tagAt(x, (y1 + y2) / 2, text, { background: colour });
  }
}

// Everything the view speaks of: the pair, the target offsets, and what the sliders or a drag say now.
function pair(stage) {
  const { count } = stage.generated;
  const index = stage.anchor;
  const focus = stage.object;
  const object = stage.boxes[focus];
  if (index < 0 || index >= count || !object) return null;
  const anchor = anchorBox(stage, index);
  const { stride_x, stride_y } = stage.cells.levels[stage.cells.levelOfAnchor(index)];
  const cell = [stride_x, stride_y];
  const coder = coderOf(stage);
  const target = encodeBox(coder, anchor, object, cell);
  const offsets = stage.offsets ?? target;
  const changed = Boolean(stage.offsets);
  return { index, focus, object, anchor, cell, coder, target, offsets, changed, box: decodeBox(coder, anchor, offsets, cell) };
}

// Corner deltas can turn a box inside out: the same box with its corners in order.
const upright = ([x1, y1, x2, y2]) => [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)];
const isInsideOut = (b) => b[2] <= b[0] || b[3] <= b[1];

// One of the four numbers on the move.
function moveOffset(stage, k, value) {
  const p = pair(stage);
  if (!p) return;
  stage.offsets = p.offsets.map((v, i) => (i === k ? value : v));
}

// The four numbers are changed on the canvas, all at once; null: back to the encoded ones. What a slider said is overtaken.
function setOffsets(stage, offsets) {
  stage.settings.drop("offsets");
  stage.offsets = offsets;
}

// ---- slots

// Four strips of dots, one for each number: all positives, the selected one ringed.
function strips(stage) {
  const { labels } = stage;
  const coder = coderOf(stage);
  const dots = [];
  for (let i = 0; i < labels.label.length && dots.length < 400; i++) {
    if (labels.label[i] !== 1) continue;
    const { stride_x, stride_y } = stage.cells.levels[stage.cells.levelOfAnchor(i)];
    dots.push({ i, t: encodeBox(coder, anchorBox(stage, i), stage.boxes[labels.gt_index[i]], [stride_x, stride_y]) });
  }
  if (!dots.length) return "";
  const most = Math.max(...dots.flatMap(({ t }) => t.map(Math.abs)));
  const range = [0.5, 1, 2, 4, 6, 8, 12, 16, 32, 64].find((v) => v >= most) ?? most;
  const x = (v) => 213 + (173 * v) / range;
  const grid = [-1, -0.5, 0, 0.5, 1]
    .map((f) => {
      const at = x(f * range);
      const text = signed(f * range, range < 2 ? 2 : 0).replace("+0.00", "0").replace("+0", "0");
      return `<path d="M${at} 4V158" stroke="var(--st-border-color)" stroke-width="${f ? 1 : 1.6}"/><text x="${at}" y="172" text-anchor="middle">${text}</text>`;
    })
    .join("");
  const rows = namesOf(coder).map((name, k) => {
    const y = 22 + 39 * k;
    const stacks = new Map();
    const circles = dots
      .map(({ i, t }) => {
        const at = x(t[k]);
        const bin = Math.round(at / 5);
        const level = stacks.get(bin) ?? 0;
        stacks.set(bin, level + 1);
        const shift = Math.min(16, 4.3 * Math.ceil(level / 2)) * (level % 2 ? -1 : 1);
        const on = i === stage.anchor;
        return on
          ? ""
          : `<circle class="dot positive" data-pick="anchor:${i}:${labels.gt_index[i]}" cx="${at.toFixed(1)}" cy="${y + shift}" r="2.8" fill="currentColor" fill-opacity=".6"><title>#${i}: ${signed(t[k])}</title></circle>`;
      })
      .join("");
    return `<text x="2" y="${y + 5}" class="math">t<tspan dy="4" font-size="12">${name}</tspan></text>${circles}`;
  }).join("");
  const p = pair(stage);
  const rings = p
    ? p.offsets
        .map((v, k) => {
          const at = Math.min(392, Math.max(30, x(v)));
          const y = 22 + 39 * k;
          return `<circle class="selected" cx="${at.toFixed(1)}" cy="${y}" r="6.5" fill="none" stroke="currentColor" stroke-width="2.6"/><circle class="selected" cx="${at.toFixed(1)}" cy="${y}" r="3" fill="currentColor"/>`;
        })
        .join("")
    : "";
  const name = p ? `; <b class="selected">◎ #${p.index}</b>` : "";
  return (
    `<p class="lab">${dots.length === 1 ? "The one positive anchor" : `All ${dots.length} positive anchors`}${name}</p>` +
    `<svg class="chart" viewBox="0 0 400 176" role="img" aria-label="Offsets of ${plural(dots.length, "positive anchor")} between ${(-range).toFixed(1)} and ${range.toFixed(1)}">${grid}${rows}${rings}</svg>`
  );
}

// What the page asks to try: another of the four numbers than is set, and what comes of it, worked out.
const TRIED = {
  // One more than can be set at once.
  center: [[2, -4], [3, -4], [2, 4]],
  corner: [[0, 4], [2, -4], [0, -4]],
  cell: [[0, 4], [0, -4]],
};

function prediction(p) {
  if (!p) return null;
  const { coder } = p;
  const [k, value] = TRIED[coder.kind].find(([i, v]) => Math.abs(p.offsets[i] - v) > 0.005) ?? TRIED[coder.kind][0];
  const name = `<i>t<sub>${namesOf(coder)[k]}</sub></i>`;
  const offsets = p.offsets.map((v, i) => (i === k ? value : v));
  const box = decodeBox(coder, p.anchor, offsets, p.cell);
  const asks = { control: NUMBERS[k].replace(".", "_"), value };
  const drag = `<b>Drag</b> ${name} to ${signed(value, 0)}.`;
  if (coder.kind === "corner") {
    const [near, far] = k ? ["right", "left"] : ["left", "right"];
    return {
      question: `${drag} Is the box turned inside out then?`,
      asks,
      answer() {
        const at = `the ${near} side then lies at ${pixels(box[k])}, the ${far} one at ${pixels(box[2 - k])}`;
        if (isInsideOut(box)) return `<b>Yes</b>: ${at}. Nothing in this coder forbids it.`;
        const turn = ((box[2 - k] - p.anchor[k]) / width(p.anchor) - coder.means[k]) / coder.stds[k];
        return `<b>Not yet</b>: ${at}. They meet at ${signed(turn)}, and beyond that nothing in this coder stops it.`;
      },
    };
  }
  if (coder.kind === "cell") {
    return {
      question: `${drag} Does the box’s centre leave the cell then?`,
      asks,
      answer: () => `<b>No</b>: it lies ${(100 * sigmoid(value)).toFixed(1)}% of the way across. The sigmoid of any number lies between 0 and 1.`,
    };
  }
  const [measure, word] = k === 2 ? [width, "wide"] : [height, "tall"];
  return {
    question: `${drag} Is the box turned inside out then?`,
    asks,
    answer: () =>
      `<b>No</b>: it is ${pixels(measure(p.anchor))} · exp(${signed(boundedGrowth(coder, rawOffsets(coder, offsets)[k]))}) = <b>${measure(box).toFixed(1)} px</b> ${word}. ` +
      "The exponential of any number is more than 0.",
  };
}

// What the four numbers make of the anchor, and what the coder does about wild ones.
function decodedWords(p) {
  const { coder } = p;
  const worst = Math.max(...p.box.map((v, k) => Math.abs(v - p.object[k])));
  if (isInsideOut(p.box)) {
    return `These four numbers turn the box <b>inside out</b>: its ${p.box[2] <= p.box[0] ? "right side lies left of its left" : "bottom lies above its top"} one. Nothing in this coder forbids it.`;
  }
  const start = `These four numbers decode to a box of <b>${pixels(width(p.box))} × ${pixels(height(p.box))}</b> pixels, at most <b>${pixels(worst)}</b> off the object. `;
  if (coder.kind === "corner") return `${start}Each number moves one side; cross them, and the box turns inside out.`;
  if (coder.kind === "cell") return `${start}The sigmoid keeps its centre in the cell, the exponential its sides above 0.`;
  const growth = rawOffsets(coder, p.offsets).slice(2);
  const wild = growth.some((g) => coder.clamp !== null && (g > coder.clamp || (coder.clamp_both && g < -coder.clamp)));
  if (wild) return `${start}The bound holds: no side grows beyond ${Math.exp(coder.clamp).toFixed(1)} times the anchor’s${coder.clamp_both ? ", nor shrinks below its inverse" : ""}, so that a wild number cannot overflow.`;
  return `${start}The exponential keeps both sides above 0, whatever you ask for.`;
}

function roundTrip(p, data) {
  const misses = `Round trip: decode(encode(object)) misses by ${data.round_trip} px`;
  if (p.coder.kind === "cell" && placeInCell(p.anchor, p.object, p.cell).some((v) => v <= 0 || v >= 1)) {
    return `${misses}: the object’s centre lies outside this anchor’s cell, and comes back on its border. Under the rule YOLO only the cell of the centre learns.`;
  }
  return p.coder.eps && p.coder.kind === "center" ? `${misses}: the 10⁻⁶ is added, and never taken off.` : `${misses}.`;
}

// Why no anchor is positive, as far as the page can tell.
function nothingWords({ boxes, labels, data: { match } }) {
  if (!boxes.length) return "There is no object in this picture. Only anchors that learn an object are encoded.";
  const best = labels.best_iou.reduce((most, iou) => Math.max(most, iou), 0);
  const reads = !["atss", "yolo", "yolov5"].includes(match.rule);
  const limit = reads ? `; “positive from” is <b>${iouText(match.high)}</b>` : "";
  return `Only positive anchors are encoded, and none is. The largest IoU of an anchor with an object is <b>${iouText(best)}</b>${limit}.`;
}

function readout(stage) {
  const p = pair(stage);
  const { data } = stage;
  let panel;
  if (!p) {
    panel = why("Nothing to encode", `<p>${nothingWords(stage)}</p><p><button type="button" class="plain-button" data-act="draw">Draw an object here</button></p>`);
    return panel;
  } else if (p.changed) {
    panel = why(
      "What does the box do now?",
      `<p>${decodedWords(p)} <button type="button" class="link" data-act="reset">Back to the encoded offsets</button></p>`,
    );
  } else {
    panel = why(data.why.title, `<p>${data.why.text}</p><p class="cap">${roundTrip(p, data)}</p>`);
  }
  return panel + tryThis(stage, prediction(p));
}

// "slightly right, clearly taller": what the four numbers say now.
function sentence(stage) {
  const p = pair(stage);
  if (!p) return "";
  if (isInsideOut(p.box)) return "the box is turned <b>inside out</b>";
  const change = encodeOffsets(p.anchor, p.box, PLAIN);
  const words = [["right", "left"], ["down", "up"], ["wider", "narrower"], ["taller", "flatter"]];
  const amount = (v) => (v < 0.09 ? "slightly" : v < 0.2 ? "a bit" : v < 0.5 ? "clearly" : "far");
  const parts = change.map((raw, k) => {
    return Math.abs(raw) < 0.005 ? null : `${amount(Math.abs(raw))} <b>${words[k][raw < 0 ? 1 : 0]}</b>`;
  });
  return parts.filter(Boolean).join(", ") || "<b>nothing</b> to change";
}

export const offsetsView = {
  numbers: (stage) => ({ words: sentence(stage) }),
  settingChanged(stage, path) {
    const k = NUMBERS.indexOf(path);
    if (k >= 0) moveOffset(stage, k, stage.setting(path));
    if (path === "offsets") stage.offsets = stage.setting(path);
  },
  keys: [["← ↑ → ↓", "move the decoded box; Shift: by 10 pixels; Alt: resize"], ["[ ]", "previous / next object"], ["Esc", "back to the encoded offsets"]],
  edits: false,
  room: 19.5,
  slots: { strips, readout },

  update(stage) {
    // As with boxes: an answer to an older change must not take back a newer one.
    const answered = stage.data.edit >= stage.edit && !stage.timers.has("offsets");
    if (!stage.dragging && answered) stage.offsets = stage.setting("offsets");
    // The answer may be older than a slider.
    NUMBERS.forEach((path, k) => stage.settings.moved.has(path) && moveOffset(stage, k, stage.setting(path)));
    // Where there is no pair to look at, objects can be drawn and moved as elsewhere.
    this.edits = !pair(stage);
    if (!this.edits && stage.tool === "draw") stage.setTool("select");
  },

  label(stage) {
    const p = pair(stage);
    return p
      ? `${stage.photo.alt} Anchor ${p.index} and object ${p.focus + 1}, ${stage.className(p.focus)}, with arrows between their corners.`
      : stage.photo.alt;
  },

  // Zoom 1 shows the pair with room around it for the dimension lines.
  home(stage) {
    const p = stage.labels ? pair(stage) : null;
    if (!p) return [0, 0, stage.photo.width, stage.photo.height];
    const x1 = Math.min(p.anchor[0], p.object[0]);
    const y1 = Math.min(p.anchor[1], p.object[1]);
    const x2 = Math.max(p.anchor[2], p.object[2]);
    const y2 = Math.max(p.anchor[3], p.object[3]);
    const pad = 0.16 * Math.max(x2 - x1, y2 - y1) + 8;
    return [x1 - 1.6 * pad, y1 - pad, x2 + 1.6 * pad, y2 + pad];
  },

  means(stage) {
    const p = pair(stage);
    return p ? pairMeans(p.changed) : [OBJECT, ...LABELS];
  },

  draw(stage, marks, ctx) {
    const p = pair(stage);
    if (!p) {
      stage.drawObjects(marks);
      drawCentres(stage, marks, ctx);
      return;
    }
    const shown = p.changed ? upright(p.box) : p.object;
    stage.lightUnion(ctx, [p.anchor, shown], 0.42);
    const shared = intersectionOf(p.anchor, shown);
    if (shared) stage.light(ctx, shared);
    stage.boxes.forEach((b, g) => g !== p.focus && marks.box(b, "object", { width: 1.6, alpha: 0.45 }));
    if (p.changed) marks.box(p.object, "object", { alpha: 0.7 });
    // Lengths first: their tags belong to their lines, names can move aside.
    if (!stage.narrow) {
      const blue = STATES.positive.core;
      dimension(stage, marks, p.object, "top", `w ${pixels(width(p.object))}`, "#FFFFFF");
      dimension(stage, marks, p.object, "right", `h ${pixels(height(p.object))}`, "#FFFFFF");
      dimension(stage, marks, p.anchor, "bottom", `w ${pixels(width(p.anchor))}`, blue);
      dimension(stage, marks, p.anchor, "left", `h ${pixels(height(p.anchor))}`, blue);
    }
    drawPair(stage, marks, p.anchor, p.changed ? p.box : p.object, { index: p.index });
    marks.tag(p.object, `object ${stage.objectName(p.focus)}`, { prefer: "right" });
    if (p.changed) {
      marks.box(p.box, "selected");
      marks.tag(p.box, "decoded", { background: STATES.selected.core, colour: "#FFFFFF", prefer: "below" });
    }
    if (stage.ghost) marks.ring(upright(p.box));
    marks.handles(handlePoints(stage.viewport.box(p.box)).map(([x, y]) => [x, y]));
  },

  strip(stage) {
    const p = pair(stage);
    if (!p) return `<div class="cap">As soon as an anchor is positive, its four numbers appear here.</div>`;
    return (
      `<div class="two">` +
      [0, 2, 1, 3]
        .map((k) => {
          const { html, spoken } = formulaOf(p, p.coder, k);
          return `<div><div class="f" role="math" aria-label="${escapeHtml(spoken)}"><span class="f" aria-hidden="true">${html}</span></div><span class="cap">${words(p, p.coder, k)}</span></div>`;
        })
        .join("") +
      `</div>`
    );
  },

  // The decoded box is the draggable one: its handles, its border and its inside; by a finger its inside only once it
  // was tapped.
  grabs(stage, x, y, reach, finger) {
    const p = stage.labels ? pair(stage) : null;
    if (!p) return null;
    const screen = stage.viewport.box(upright(p.box));
    for (const [hx, hy, name] of handlePoints(screen)) {
      if (Math.abs(x - hx) <= reach && Math.abs(y - hy) <= reach) return { handle: name, from: upright(p.box), x, y, cursor: "move" };
    }
    const inside = x > screen[0] && x < screen[2] && y > screen[1] && y < screen[3];
    return inside && (!finger || stage.ghost) ? { handle: "", from: upright(p.box), x, y, cursor: "move" } : null;
  },

  drag(stage, grabbed, x, y) {
    const p = pair(stage);
    const [dx, dy] = [(x - grabbed.x) / stage.viewport.scale, (y - grabbed.y) / stage.viewport.scale];
    if (Math.hypot(x - grabbed.x, y - grabbed.y) < 3 && !stage.dragging) return;
    if (!stage.dragging) grabbed.before = stage.offsets;
    stage.dragging = true;
    let [x1, y1, x2, y2] = grabbed.from;
    const { handle } = grabbed;
    if (!handle) [x1, y1, x2, y2] = [x1 + dx, y1 + dy, x2 + dx, y2 + dy];
    if (handle.includes("w")) x1 = Math.min(x1 + dx, x2 - 1);
    if (handle.includes("e")) x2 = Math.max(x2 + dx, x1 + 1);
    if (handle.includes("n")) y1 = Math.min(y1 + dy, y2 - 1);
    if (handle.includes("s")) y2 = Math.max(y2 + dy, y1 + 1);
    setOffsets(stage, encodeBox(p.coder, p.anchor, [x1, y1, x2, y2], p.cell));
  },

  drop(stage, grabbed, cancelled) {
    if (!stage.dragging) return;
    stage.dragging = false;
    if (cancelled) setOffsets(stage, grabbed.before);
    else this.send(stage);
  },

  send(stage, delay = 0) {
    stage.after("offsets", delay, () => stage.command("offsets", { offsets: stage.offsets, held: delay > 0 }));
    const p = pair(stage);
    stage.say(`Decoded box: ${Math.round(width(p.box))} by ${plural(height(p.box), "pixel")}.`);
  },

  act(stage, act) {
    if (act === "draw") {
      stage.setTool("draw");
      stage.frame.scrollIntoView({ block: "nearest" });
      stage.frame.focus({ preventScroll: true });
      stage.schedule();
    }
    if (act === "reset") {
      setOffsets(stage, null);
      stage.command("offsets", { offsets: null, held: false });
      stage.schedule();
    }
  },

  // A tap on the decoded box takes it (a mouse has moved it at once), one elsewhere the object there.
  click(stage, ix, iy) {
    const p = pair(stage);
    const [x1, y1, x2, y2] = p ? upright(p.box) : [];
    stage.ghost = ix > x1 && ix < x2 && iy > y1 && iy < y2;
    if (stage.ghost) return stage.say("Decoded box selected: drag it.");
    let best = -1;
    stage.boxes.forEach((b, g) => {
      const inside = ix >= b[0] && ix <= b[2] && iy >= b[1] && iy <= b[3];
      const area = (c) => width(c) * height(c);
      if (inside && (best < 0 || area(b) < area(stage.boxes[best]))) best = g;
    });
    if (best < 0) return;
    if (this.edits) stage.selectObject(best);
    else this.follow(stage, best);
  },

  follow(stage, object) {
    stage.object = object;
    stage.ghost = false;
    setOffsets(stage, null);
    stage.selectAnchor(stage.labels.best_anchor[object]);
    stage.say(`Object ${object + 1}, ${stage.className(object)}, with its best anchor ${stage.anchor}.`);
  },

  anchorSelected(stage) {
    setOffsets(stage, null);
  },

  // Arrows move the decoded box, Alt with arrows resizes it, brackets go to the next object.
  key(stage, key, event, arrow) {
    if (this.edits) return false;
    if (key === "[" || key === "]") {
      const n = stage.boxes.length;
      if (n) this.follow(stage, (Math.max(0, stage.object) + (key === "]" ? 1 : n - 1)) % n);
      return true;
    }
    if (key === "Escape" && stage.offsets) return this.act(stage, "reset"), true;
    const p = pair(stage);
    if (!arrow || !p) return false;
    const step = event.shiftKey ? 10 : 1;
    const [dx, dy] = [arrow[0] * step, arrow[1] * step];
    const b = upright(p.box);
    const next = event.altKey
      ? [b[0], b[1], Math.max(b[0] + 1, b[2] + dx), Math.max(b[1] + 1, b[3] + dy)]
      : [b[0] + dx, b[1] + dy, b[2] + dx, b[3] + dy];
    setOffsets(stage, encodeBox(p.coder, p.anchor, next, p.cell));
    this.send(stage, 250);
    stage.schedule();
    return true;
  },
};
