// Offsets: the four numbers that turn an anchor into an object, and back.

import { pixels } from "../model/format.js";
import { say } from "../model/sentences.js";
import { encodeBox } from "../model/coding.js";
import { height, width } from "../core/boxes.js";
import { handleAt, handlePoints } from "../input/editor.js";
import { formulaOf, words } from "./offsets/formulas.js";
import { atAGlance, dimension, drawPair, moveOffset, NUMBERS, pair, pairMeans, setOffsets, upright } from "./offsets/pair.js";
import { readout } from "./offsets/readout.js";
import { strips } from "./offsets/strips.js";
import { caption, drawCentres, formula, LABELS, OBJECT, smallestAt } from "./shared.js";

const STATES = PALETTE.states;

export const offsetsView = {
  numbers: (stage) => ({ words: atAGlance(stage) }),
  settingChanged(stage, path) {
    const k = NUMBERS.indexOf(path);
    if (k >= 0) moveOffset(stage, k, stage.setting(path));
    if (path === "offsets") stage.offsets = stage.setting(path);
  },
  keys: [["← ↑ → ↓", say("offsets.key_move")], ["[ ]", say("offsets.key_cycle")], ["Esc", say("offsets.key_back")]],
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
      ? say("offsets.label", { alt: stage.photo.alt, anchor: String(p.index), number: p.focus + 1, class: stage.className(p.focus) })
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
    stage.lightShared(ctx, p.anchor, shown);
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
    marks.tag(p.object, say("offsets.object", { name: stage.objectName(p.focus) }), { prefer: "right" });
    if (p.changed) {
      marks.box(p.box, "selected");
      marks.tag(p.box, say("offsets.decoded"), { background: STATES.selected.core, colour: "#FFFFFF", prefer: "below" });
    }
    if (stage.ghost) marks.ring(upright(p.box));
    marks.handles(handlePoints(stage.viewport.box(p.box)).map(([x, y]) => [x, y]));
  },

  strip(stage) {
    const p = pair(stage);
    if (!p) return caption(say("offsets.none_strip"));
    return (
      `<div class="two">` +
      [0, 2, 1, 3]
        .map((k) => {
          const { html, spoken } = formulaOf(p, k);
          return `<div>${formula(html, spoken)}<span class="cap">${words(p, k)}</span></div>`;
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
    const from = upright(p.box);
    const screen = stage.viewport.box(from);
    const handle = handleAt(screen, x, y, reach) ?? "";
    const inside = x > screen[0] && x < screen[2] && y > screen[1] && y < screen[3];
    return handle || (inside && (!finger || stage.ghost)) ? { handle, from, x, y, cursor: "move" } : null;
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
    stage.say(say("offsets.moved_to", { width: Math.round(width(p.box)), count: Math.round(height(p.box)) }));
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
    if (stage.ghost) return stage.say(say("offsets.taken"));
    const best = smallestAt(stage.boxes, ix, iy);
    if (best < 0) return;
    if (this.edits) stage.selectObject(best);
    else this.follow(stage, best);
  },

  follow(stage, object) {
    stage.object = object;
    stage.ghost = false;
    setOffsets(stage, null);
    stage.selectAnchor(stage.labels.best_anchor[object]);
    stage.say(say("offsets.followed", { number: object + 1, class: stage.className(object), anchor: String(stage.anchor) }));
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
