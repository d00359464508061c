// The scene canvas. A stage holds the photo, the boxes and what Python computed from them; a view
// (one per page) says what is drawn, what the formula strip and the slots beside the picture show,
// and what a click means. What the views share has a module each: pointer, keyboard, editing, the
// picture and its marks, tools and strip, slots, and talking to Python.

import { addressPending, writeAddressNow } from "./streamlit/address.js";
import { bus } from "./streamlit/bus.js";
import { Cells } from "./model/cells.js";
import { Chrome } from "./draw/chrome.js";
import { Controls } from "./streamlit/controls.js";
import { Editor, handlePoints } from "./input/editor.js";
import { circled } from "./model/format.js";
import { intersectionOf } from "./core/iou.js";
import { Keyboard } from "./input/keyboard.js";
import { Late } from "./streamlit/late.js";
import { levelsOf } from "./model/levels.js";
import { Marks } from "./draw/marks.js";
import { matchAnchors } from "./core/matching/common.js";
import { Messages } from "./streamlit/messages.js";
import { paper } from "./draw/paper.js";
import { unpack } from "./streamlit/payload.js";
import { Picture } from "./draw/picture.js";
import { Pointer } from "./input/pointer.js";
import { anchorsOver } from "./model/generated.js";
import { recordOf, Settings } from "./model/settings.js";
import { say } from "./model/sentences.js";
import { Slots } from "./streamlit/slots.js";
import { Viewport } from "./draw/viewport.js";
import { VIEWS } from "./views/index.js";
import { RULES } from "./views/matching/rules/index.js";

export class Stage {
  constructor(root) {
    const find = (selector) => root.querySelector(selector);
    this.root = root;
    this.host = find(".stage");
    this.frame = find(".frame");
    this.base = find("canvas.base");
    this.marksCanvas = find("canvas.marks");
    this.toolbar = find(".tools");
    this.objectbar = find(".objectbar");
    this.playerElement = find(".player");
    this.stripElement = find(".strip");
    this.empty = find(".empty");
    this.live = find(".live");
    this.keysHelp = find(".keys-help");

    this.viewport = new Viewport();
    this.picture = new Picture(this.base);
    this.editor = new Editor(this);
    this.tool = "select";
    this.boxes = [];
    this.boxClasses = [];
    this.classes = [];
    this.object = -1;
    this.anchor = -1;
    this.cell = -1;
    this.prediction = -1;
    this.partner = -1; // the prediction it is held against
    this.step = 0;
    this.hover = null;
    this.stale = false; // boxes were changed here and Python has not answered yet
    this.abort = new AbortController();
    const { signal } = this.abort;
    const on = (target, type, run, options = {}) => target.addEventListener(type, run, { signal, ...options });
    this.messages = new Messages(this);
    this.controls = new Controls(this, signal);
    this.slots = new Slots(this, signal);
    this.chrome = new Chrome(this, on);
    this.pointer = new Pointer(this, on);
    this.keyboard = new Keyboard(this, on);
    this.late = new Late(this);
    on(this.frame, "focusout", () => this.flush());
    on(bus().events, "photo", () => this.schedule());
    on(bus().events, "slot", () => this.schedule());
    on(bus().events, "keys", () => this.keyboard.showKeys());
    on(window, "click", (e) => this.messages.leave(e), { capture: true });
    on(window, "resize", () => this.layout());
    on(window, "pagehide", writeAddressNow);
    // With the next frame: a layout changes the observed size itself, which the browser would call a loop.
    this.observer = new ResizeObserver(() => {
      this.resized ??= requestAnimationFrame(() => {
        this.resized = null;
        this.layout();
      });
    });
    this.observer.observe(this.host);
    this.setTool("select");
  }

  // ---------------------------------------------------------------- from and to Python

  update(component) {
    this.component = component;
    bus().stage = this; // what tests read: boxes, labels and selection as they are seen right now
    const data = Object.freeze(unpack(component.data)); // the message; what is decided here is the stage's own
    this.data = data;
    this.settings ??= new Settings(CONTROLS[data.view] ?? {});
    this.settings.told(data.settings);
    this.take(this.messages.receive(data));
    this.layout();
    this.repaintNow();
    this.late.answered();
  }

  // The value at a path: as it was moved here, else as Python says it.
  setting(path) {
    return this.settings.get(path);
  }

  // Settings were moved, { path: value }: the picture follows at once, Python answers later.
  set(changes) {
    for (const [path, value] of Object.entries(changes)) this.settings.hold(path, value);
    for (const path of Object.keys(changes)) this.view.settingChanged?.(this, path);
    this.repaintNow();
  }

  // Goes over to other data; `news` says whether its boxes and its selection are newer than ours.
  take(news) {
    const { data } = this;
    this.view = VIEWS[data.view];
    this.photo = data.photo;
    this.generated = null;
    if (data.pyramid) this.generate(data.pyramid, data.frame);
    if (news.boxes) this.adoptBoxes(data);
    else this.stale = true; // its labels are those of other boxes
    if (news.selection) {
      for (const name of ["object", "anchor", "cell", "prediction", "partner", "step", "level"]) {
        if (data.selection[name] !== undefined) this[name] = data.selection[name];
      }
      this.suggested = data.selection.suggested;
    }
    this.object = Math.min(this.object, this.boxes.length - 1);
    this.view.update?.(this);
    if (this.tool === "draw" && !this.editing()) this.setTool("select");
    this.relabel();
  }

  // At once, not with the next frame: the browser shows it with that frame either way.
  repaintNow() {
    this.fresh = true;
    cancelAnimationFrame(this.pending);
    this.pending = null;
    this.paint();
  }

  adoptBoxes(data) {
    const boxes = [];
    for (let k = 0; k < data.boxes.length; k += 4) boxes.push(Array.from(data.boxes.slice(k, k + 4)));
    this.boxes = boxes;
    this.boxClasses = Array.from(data.class_ids);
    this.classes = [...data.classes];
    this.stale = false;
  }

  commitBoxes(delay) {
    this.messages.commitBoxes(delay);
  }

  commitPick(delay) {
    this.suggested = false;
    this.messages.commitPick(delay);
  }

  command(name, detail) {
    this.messages.command(name, detail);
  }

  after(name, delay, run) {
    this.messages.after(name, delay, run);
  }

  flush() {
    this.messages.flush();
  }

  get edit() {
    return this.messages.edit;
  }

  get pick() {
    return this.messages.pick;
  }

  get timers() {
    return this.messages.timers;
  }

  // ---------------------------------------------------------------- state

  boxesChanged() {
    this.stale = true;
    this.relabel();
    this.schedule();
  }

  // What the rule says of every anchor: Python's answer, or, while boxes move, our own.
  relabel() {
    this.revision = (this.revision ?? 0) + 1;
    const { data } = this;
    if (!this.generated || !data.label) {
      this.labels = null;
      return;
    }
    if (this.stale) {
      this.labels = this.matched();
      if (this.suggested) this.anchor = this.view.suggest(this.labels);
    } else {
      const { label, gt_index, best_iou, reason, best_anchor, best_anchor_iou } = data;
      this.labels = { label, gt_index, best_iou, reason, best_anchor, best_anchor_iou };
    }
    this.perCell = null;
    this.counts = null;
  }

  // Positive and ignored anchors per cell, for the symbols at the centres.
  cellStates() {
    if (this.perCell) return this.perCell;
    const { levels, count } = this.cells;
    const { label } = this.labels;
    const positive = new Uint16Array(count);
    const ignored = new Uint16Array(count);
    let cell = 0;
    let i = 0;
    for (const { cells, shapes } of levels) {
      for (const end = cell + cells; cell < end; cell++) {
        for (let s = 0; s < shapes.length; s++, i++) {
          if (label[i] === 1) positive[cell]++;
          else if (label[i] === -1) ignored[cell]++;
        }
      }
    }
    this.perCell = { positive, ignored };
    return this.perCell;
  }

  stateCounts() {
    if (this.counts) return this.counts;
    const counts = { positive: 0, ignored: 0, negative: 0 };
    for (const label of this.labels.label) {
      if (label === 1) counts.positive++;
      else if (label === -1) counts.ignored++;
      else counts.negative++;
    }
    this.counts = counts;
    return counts;
  }

  // Our own answer, which says more than Python's: how each object came to its anchors. While one
  // object moves, what was worked out for the others is remembered. With other settings or boxes: what it would be.
  matched(settings = {}, boxes = this.boxes) {
    const { match, generated } = this;
    const rule = RULES[match.rule];
    const { anchors, usable, levels } = rule.readsLevels ? generated.framed : generated;
    this.memory ??= {};
    return matchAnchors(rule.label, {
      A: anchors,
      boxes: anchors === generated.anchors ? boxes : boxes.map((box) => generated.inFrame(box)),
      settings: { ...match[match.rule], ...settings },
      usable,
      levels: levelsOf({ levels }),
      memory: boxes === this.boxes ? this.memory : {},
    });
  }

  // The rule of matching and the settings of all: as they were moved here, else as Python says them.
  get match() {
    return recordOf(this.settings.under("matching"));
  }

  // The same for labels that came from Python; worked out when somebody asks why.
  get story() {
    this.labels.story ??= this.stale ? this.labels : this.matched();
    return this.labels.story;
  }

  // The levels in pixels of the picture; rules match in those of the resized one.
  get levels() {
    return this.generated && levelsOf(this.generated);
  }

  // IoU of every anchor with each object, by object; asked for by tables only.
  iouColumns() {
    return this.story.columns.map(({ iou }) => iou);
  }

  stateOf(anchor) {
    return { 1: "positive", 0: "negative", "-1": "ignored" }[this.labels.label[anchor]];
  }

  // Anchors are generated here, and are Python's to the last bit.
  generate(pyramid, frame) {
    this.generated = anchorsOver(pyramid, frame, this.photo);
    this.cells = new Cells(this.generated.levels, pyramid.center);
  }

  // The anchors that are looked at, as xyxy: those of a library come as they are.
  get anchors() {
    return this.generated?.anchors ?? this.data.anchors;
  }

  centre(cell) {
    return this.cells.centreOf(cell);
  }

  // The cell at a point. Of a pyramid's many that lie there, the one with the best-overlapping anchor.
  cellAt(x, y) {
    const { cells, labels } = this;
    let found = cells.at(x, y, 0);
    for (let level = 1; level < cells.levels.length; level++) {
      const cell = cells.at(x, y, level);
      if (!labels || this.bestOf(cell) > this.bestOf(found)) found = cell;
    }
    return found;
  }

  // The largest IoU of a cell's anchors with any object.
  bestOf(cell) {
    const { first, count } = this.cells.anchorsOf(cell);
    let best = 0;
    for (let i = first; i < first + count; i++) best = Math.max(best, this.labels.best_iou[i]);
    return best;
  }

  className(index) {
    return this.classes[this.boxClasses[index]] ?? say("stage.unnamed");
  }

  objectName(index) {
    return `${circled(index)} ${this.className(index)}`;
  }

  lastClass() {
    if (this.object >= 0 && this.boxClasses[this.object] !== undefined) return this.boxClasses[this.object];
    if (!this.classes.length) this.classes.push(say("stage.unnamed"));
    return this.boxClasses.at(-1) ?? 0;
  }

  selectObject(index) {
    if (this.object === index) return;
    this.object = index;
    this.view.objectSelected?.(this);
    this.commitPick();
    this.schedule();
  }

  selectAnchor(index) {
    this.anchor = index;
    this.view.anchorSelected?.(this);
    this.commitPick(0);
    this.schedule();
  }

  setTool(name) {
    this.tool = name;
    this.chrome.showTool(name);
    this.schedule();
    if (name === "draw") this.say(say("stage.drawing"));
  }

  // For who listens to the page.
  say(text) {
    this.live.textContent = text;
  }

  useTool(name) {
    const act = {
      select: () => this.setTool("select"),
      draw: () => this.setTool("draw"),
      undo: () => this.command("undo"),
      redo: () => this.command("redo"),
      zoomIn: () => this.viewport.zoomAt(1.3),
      zoomOut: () => this.viewport.zoomAt(1 / 1.3),
      fit: () => this.viewport.reset(),
      delete: () => this.editor.remove(),
    }[name];
    act?.();
    this.schedule();
  }

  editing() {
    return this.view.edits !== false;
  }

  setHover(hover) {
    if (JSON.stringify(hover) === JSON.stringify(this.hover)) return;
    this.hover = hover;
    if (!this.frame.style.cursor && hover) this.frame.style.cursor = "pointer";
    this.schedule();
  }

  // ---------------------------------------------------------------- layout and painting

  layout() {
    if (!this.data) return;
    this.unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    const rem = 16 * this.unit;
    const width = this.host.clientWidth;
    if (!width) return;
    this.narrow = width < 560;
    this.overlaid = getComputedStyle(this.toolbar).position === "absolute"; // tools lie over the picture
    const { offsetLeft, offsetTop, offsetWidth, offsetHeight } = this.toolbar;
    const gap = 4 * this.unit;
    this.viewport.setTools(this.overlaid ? [0, 0, offsetLeft + offsetWidth + gap, offsetTop + offsetHeight + gap] : null);
    const roomy = Math.max(240, window.innerHeight - (this.view.room ?? 17) * rem);
    const height = Math.round(this.narrow ? (this.view.narrowHeight?.(this, width) ?? width * 0.75) : Math.min(0.58 * width, roomy));
    this.frame.style.height = `${height}px`;
    this.viewport.resize(width, height, this.view.margin?.(this) ?? { left: 0, right: 0, top: 0, bottom: 0 });
    this.viewport.setHome(this.view.home?.(this) ?? [0, 0, this.photo.width, this.photo.height]);
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    for (const canvas of [this.base, this.marksCanvas]) {
      if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
        canvas.width = Math.round(width * ratio);
        canvas.height = Math.round(height * ratio);
        this.picture.key = "";
      }
    }
    this.ratio = ratio;
    this.schedule();
  }

  schedule() {
    this.pending ??= requestAnimationFrame(() => {
      this.pending = null;
      this.paint();
    });
  }

  get photoImage() {
    return this.photo.squares ? paper(this.photo) : bus().photos.get(this.photo.id);
  }

  theme() {
    const probe = getComputedStyle(this.host);
    const colour = probe.getPropertyValue("--st-background-color").trim();
    const m = colour.match(/^#(..)(..)(..)/);
    const light = m ? parseInt(m[1], 16) + parseInt(m[2], 16) + parseInt(m[3], 16) > 382 : true;
    this.dark = !light;
    this.font = probe.fontFamily;
  }

  paint() {
    if (!this.data || !this.ratio) return;
    const started = performance.now();
    this.theme();
    this.host.classList.toggle("dark", this.dark);
    const home = this.view.home?.(this);
    if (home) this.viewport.setHome(home);
    this.paintPicture();
    this.chrome.paint();
    this.slots.paint();
    this.paintMs = performance.now() - started;
    if (this.fresh) {
      this.fresh = false;
      const serial = (bus().serial += 1);
      window.dispatchEvent(
        new CustomEvent("anchorlab:painted", { detail: { page: this.data.view, serial } }),
      );
    }
  }

  // The photo and, on the canvas over it, the marks.
  paintPicture() {
    this.picture.paint(this.viewport, this.photoImage, this.photo.id, this.photo, this.ratio, this.unit);
    const ctx = this.marksCanvas.getContext("2d");
    ctx.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    ctx.clearRect(0, 0, this.viewport.width, this.viewport.height);
    const marks = new Marks(ctx, this.viewport, this.unit, this.font);
    this.view.draw(this, marks, ctx);
    marks.flushTags();
  }

  light(ctx, b, alpha) {
    this.picture.light(ctx, b, alpha);
  }

  lightUnion(ctx, boxes, alpha) {
    this.picture.lightUnion(ctx, boxes, alpha);
  }

  // What two boxes have in common.
  lightShared(ctx, a, b) {
    const shared = intersectionOf(a, b);
    if (shared) this.light(ctx, shared);
  }

  // More objects than there is room for names.
  get crowded() {
    return this.boxes.length > (this.narrow ? 6 : 12);
  }

  // The objects, with names (in crowds with numbers) and, on the selected one, handles.
  drawObjects(marks, options = {}) {
    const { hover, crowded } = this;
    const pointed = hover?.kind === "object" ? hover.index : hover?.kind === "anchor" ? hover.object : -1;
    this.boxes.forEach((b, index) => {
      marks.box(b, "object", { alpha: options.alpha, width: options.width ?? (crowded ? 2 : undefined) });
      if (options.names === false) return;
      const must = index === this.object || index === pointed;
      if (!crowded || must) marks.tag(b, this.objectName(index), { alpha: options.alpha, must });
      else marks.tag(b, index < 10 ? circled(index) : String(index + 1), { alpha: options.alpha, size: 12, compact: true });
    });
    const selected = this.boxes[this.object];
    if (selected && this.editing()) {
      marks.ring(selected, 3.5);
      marks.handles(handlePoints(this.viewport.box(selected)).map(([x, y]) => [x, y]));
    }
  }

  // Whether everything that follows the picture has been written.
  get quiet() {
    return this.slots.quiet && !addressPending() && !this.pending;
  }

  dispose() {
    this.messages.dispose();
    this.slots.dispose();
    this.late.stop();
    cancelAnimationFrame(this.pending);
    cancelAnimationFrame(this.resized);
    this.view?.dispose?.(this);
    this.observer.disconnect();
    this.abort.abort();
    if (bus().stage === this) bus().stage = null;
  }
}

const stages = new WeakMap(); // element -> its canvas, the same through all calls

export function stage(component) {
  const root = component.parentElement;
  let instance = stages.get(root);
  if (!instance) {
    instance = new Stage(root);
    stages.set(root, instance);
  }
  instance.update(component);
  return () => {
    instance.dispose();
    stages.delete(root);
  };
}
