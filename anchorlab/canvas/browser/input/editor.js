// Editing the ground-truth boxes by pointer and keyboard. The editor changes `stage.boxes` at once
// and reports each finished change; what a change means for the anchors is the views' business.

import { say } from "../model/sentences.js";
import { clamp, height, width } from "../core/boxes.js";
import { iouOf } from "../core/iou.js";

const MIN_SIDE = 2; // image pixels: smaller boxes are slips of the hand

// Where a new box is tried, in its own sides from the middle: there, then in wider and wider squares around it, the
// nearest first, those to the right before those to the left; last in between, for crowds.
const APART = 1.08;
const TAKEN = 0.3; // IoU with a box that is there already
const AROUND = [1, 3].flatMap((parts) => {
  const steps = Array.from({ length: 6 * parts + 1 }, (_, k) => k / parts - 3);
  const far = ([across, down]) => Math.max(Math.abs(across), Math.abs(down));
  const places = steps.flatMap((down) => steps.map((across) => [across, down]));
  return places.sort((a, b) => far(a) - far(b) || Math.hypot(...a) - Math.hypot(...b) || b[0] - a[0] || b[1] - a[1]);
});

const HANDLES = [
  ["nw", 0, 0],
  ["n", 0.5, 0],
  ["ne", 1, 0],
  ["e", 1, 0.5],
  ["se", 1, 1],
  ["s", 0.5, 1],
  ["sw", 0, 1],
  ["w", 0, 0.5],
];
const CURSORS = { n: "ns", s: "ns", e: "ew", w: "ew", nw: "nwse", se: "nwse", ne: "nesw", sw: "nesw" };

export const handlePoints = (b) =>
  HANDLES.map(([name, fx, fy]) => [b[0] + fx * width(b), b[1] + fy * height(b), name]);

// The name of a box's handle near a point of the canvas, if there is one.
export const handleAt = (b, x, y, reach) => handlePoints(b).find(([hx, hy]) => Math.abs(x - hx) <= reach && Math.abs(y - hy) <= reach)?.[2];

export class Editor {
  constructor(stage) {
    this.stage = stage;
    this.drag = null;
  }

  get selected() {
    return this.stage.boxes[this.stage.object];
  }

  // What lies under a point of the canvas: a handle of the selected box, or a box's border / tag.
  hit(x, y, reach) {
    const { viewport, boxes, object } = this.stage;
    const selected = boxes[object];
    const handle = selected && handleAt(viewport.box(selected), x, y, reach);
    if (handle) return { handle, index: object };
    const over = ([x1, y1, x2, y2]) => x > x1 && x < x2 && y > y1 && y < y2;
    const inside = Boolean(selected) && over(viewport.box(selected));
    // Borders first (a big box must not hide a small one in it), the nearest of them. Within the selected box a
    // thick finger means that box, unless it is right on another's border.
    let best = null;
    boxes.forEach((b, index) => {
      const [x1, y1, x2, y2] = viewport.box(b);
      const far = inside && index !== object ? Math.min(reach, 7 * this.stage.unit) : reach;
      const inX = x >= x1 - far && x <= x2 + far;
      const inY = y >= y1 - far && y <= y2 + far;
      if (!inX || !inY) return;
      const distance = Math.min(...[x - x1, x - x2, y - y1, y - y2].map(Math.abs));
      const onTag = y < y1 && y > y1 - 22 * this.stage.unit && x < x1 + 90 * this.stage.unit;
      if ((distance <= far || onTag) && (!best || distance < best.distance)) best = { index, distance };
    });
    if (best) return { index: best.index };
    return inside ? { index: object, inside: true } : null;
  }

  cursor(hit) {
    const { stage } = this;
    if (stage.tool === "draw" || (stage.editing() && !stage.boxes.length)) return "crosshair";
    if (!hit) return null;
    return hit.handle ? `${CURSORS[hit.handle]}-resize` : "move";
  }

  begin(hit, x, y) {
    const { stage } = this;
    const at = stage.viewport.toImage(x, y);
    const before = stage.boxes.map((b) => [...b]);
    if (stage.tool === "draw" || !hit) {
      this.drag = { kind: "draw", at, x, y, before, index: stage.boxes.length, started: false };
    } else {
      stage.selectObject(hit.index);
      const kind = hit.handle ? "resize" : "move";
      this.drag = { kind, handle: hit.handle, at, x, y, before, index: hit.index };
    }
    this.drag.classes = [...stage.boxClasses];
  }

  move(x, y) {
    const { stage, drag } = this;
    if (!drag) return;
    const [px, py] = stage.viewport.toImage(x, y);
    const { width: W, height: H } = stage.photo;
    if (!drag.started) {
      if (Math.hypot(x - drag.x, y - drag.y) < 4) return;
      drag.started = true;
      if (drag.kind === "draw") {
        stage.boxes.push([0, 0, 0, 0]);
        stage.boxClasses.push(stage.lastClass());
        stage.object = drag.index;
      }
    }
    const old = drag.before[drag.index];
    const box = stage.boxes[drag.index];
    if (drag.kind === "draw") {
      const xs = [clamp(drag.at[0], 0, W), clamp(px, 0, W)].sort((a, b) => a - b);
      const ys = [clamp(drag.at[1], 0, H), clamp(py, 0, H)].sort((a, b) => a - b);
      set(box, [xs[0], ys[0], xs[1], ys[1]]);
    } else if (drag.kind === "move") {
      const dx = clamp(px - drag.at[0], -old[0], W - old[2]);
      const dy = clamp(py - drag.at[1], -old[1], H - old[3]);
      set(box, [old[0] + dx, old[1] + dy, old[2] + dx, old[3] + dy]);
    } else {
      let [x1, y1, x2, y2] = old;
      const dx = px - drag.at[0];
      const dy = py - drag.at[1];
      if (drag.handle.includes("w")) x1 = clamp(x1 + dx, 0, W);
      if (drag.handle.includes("e")) x2 = clamp(x2 + dx, 0, W);
      if (drag.handle.includes("n")) y1 = clamp(y1 + dy, 0, H);
      if (drag.handle.includes("s")) y2 = clamp(y2 + dy, 0, H);
      set(box, [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)]);
    }
    stage.boxesChanged();
  }

  // Ends a drag; returns whether anything was dragged (a click is the view's).
  end() {
    const { stage, drag } = this;
    this.drag = null;
    if (!drag?.started) return false;
    const box = stage.boxes[drag.index];
    if (width(box) < MIN_SIDE || height(box) < MIN_SIDE) {
      this.restore(drag);
      stage.say(say("stage.too_small"));
      return true;
    }
    set(box, box.map((v) => Math.round(v * 10) / 10));
    stage.commitBoxes();
    stage.say(this.describe(drag.index, drag.kind === "draw" ? "drawn" : drag.kind === "move" ? "moved" : "resized"));
    return true;
  }

  cancel() {
    const { drag } = this;
    if (!drag) return false;
    this.drag = null;
    if (drag.started) this.restore(drag);
    return true;
  }

  restore(drag) {
    const { stage } = this;
    stage.boxes = drag.before;
    stage.boxClasses = drag.classes;
    if (stage.object >= stage.boxes.length) stage.object = stage.boxes.length - 1;
    stage.boxesChanged();
  }

  nudge(dx, dy, resize) {
    const { stage } = this;
    const box = this.selected;
    if (!box) return false;
    const { width: W, height: H } = stage.photo;
    if (resize) {
      box[2] = clamp(box[2] + dx, box[0] + MIN_SIDE, W);
      box[3] = clamp(box[3] + dy, box[1] + MIN_SIDE, H);
    } else {
      const mx = clamp(dx, -box[0], W - box[2]);
      const my = clamp(dy, -box[1], H - box[3]);
      set(box, [box[0] + mx, box[1] + my, box[2] + mx, box[3] + my]);
    }
    stage.boxesChanged();
    stage.commitBoxes(250); // a held key is one change, not thirty
    stage.say(this.describe(stage.object));
    return true;
  }

  // For a new box: the middle of what is looked at, a third of it wide; where others lie there already, beside them.
  freePlace() {
    const { boxes, photo, viewport } = this.stage;
    const { width: W, height: H } = photo;
    const side = Math.min(W, H, viewport.height / viewport.scale) / 3;
    const within = (x, y) => [clamp(x, 0, W - side), clamp(y, 0, H - side)];
    const [cx, cy] = viewport.toImage(viewport.width / 2, viewport.height / 2);
    const [left, top] = within(cx - side / 2, cy - side / 2); // what is looked at may lie beside the picture
    let best = null;
    for (const [across, down] of AROUND) {
      const [x1, y1] = within(left + across * APART * side, top + down * APART * side);
      const box = [x1, y1, x1 + side, y1 + side].map((v) => Math.round(v));
      const iou = Math.max(0, ...boxes.map((b) => iouOf(b, box)));
      if (!best || iou < best.iou) best = { box, iou };
      if (iou < TAKEN) break;
    }
    return best.box;
  }

  add() {
    const { stage } = this;
    stage.flush();
    stage.boxes.push(this.freePlace());
    stage.boxClasses.push(stage.lastClass());
    stage.object = stage.boxes.length - 1;
    stage.boxesChanged();
    stage.commitBoxes();
    stage.say(this.describe(stage.object, "added"));
  }

  remove() {
    const { stage } = this;
    const index = stage.object;
    if (!this.selected) return false;
    stage.flush();
    const gone = stage.objectName(index);
    stage.boxes.splice(index, 1);
    stage.boxClasses.splice(index, 1);
    stage.object = Math.min(index, stage.boxes.length - 1);
    stage.boxesChanged();
    stage.commitBoxes();
    stage.say(say("stage.deleted", { object: gone, count: stage.boxes.length }));
    return true;
  }

  // Where an object is and what was `done` to it, and what the view has to say of it.
  describe(index, done = "placed") {
    const { stage } = this;
    const box = stage.boxes[index];
    if (!box) return "";
    const [left, top, w, h] = [box[0], box[1], width(box), height(box)].map((v) => String(Math.round(v)));
    const where = { number: index + 1, objects: stage.boxes.length, left, top, width: w, height: h };
    const told = say(`stage.box_${done}`, { object: stage.objectName(index), ...where });
    return [told, stage.view.describe?.(stage, index)].filter(Boolean).join(" ");
  }
}

function set(box, values) {
  for (let k = 0; k < 4; k++) box[k] = values[k];
}
