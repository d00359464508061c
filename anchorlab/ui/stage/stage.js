// The scene canvas. A stage holds the photo, the boxes and what Python computed from them; a view
// (one per page) says what is drawn, what the formula strip and the slots beside the picture show,
// and what a click means. The stage owns everything the views share: pointer, keys, touch, editing,
// zoom, theme, and talking to Python.

import { bus } from "./bus.js";
import { LiveControls } from "./controls.js";
import { Editor, handlePoints } from "./editor.js";
import { circled, escapeHtml } from "./format.js";
import { clamp } from "./geometry.js";
import { ICONS } from "./icons.js";
import { Marks } from "./marks.js";
import { matchAnchors, pairwiseIou } from "./matching.js";
import { unpack } from "./payload.js";
import { Picture } from "./picture.js";
import { Viewport } from "./viewport.js";
import { VIEWS } from "./views/index.js";

const TOOLS = [
  ["select", "Select and move (V)"],
  ["draw", "Draw a box (B)"],
  ["undo", "Undo (Ctrl+Z)"],
  ["redo", "Redo (Ctrl+Shift+Z)"],
  ["zoomIn", "Zoom in (+)"],
  ["zoomOut", "Zoom out (−)"],
  ["fit", "Whole picture (0)"],
];

const COMMON_SLOTS = {
  // Numbers that a slider moves stand in braces, so that they move with it.
  answer: (stage) =>
    `<p class="answer">${stage.data.answer.replace(/\{(\w+)\}/g, (_, name) => stage.view.numbers(stage)[name])}</p>`,
  picture: () => `<button type="button" class="plain-button" data-act="save-picture">The picture (PNG)</button>`,
};

// One key grammar on every page; a view may add its own. `true`: only where objects can be edited.
const KEYS = [
  ["[ ]", "select the previous / next object", true],
  ["← ↑ → ↓", "move the selected object; Shift: by 10 pixels; Alt: resize", true],
  ["N", "add an object", true],
  ["C", "name its class", true],
  ["Delete", "remove it", true],
  ["V B", "select tool, draw tool", true],
  ["Esc", "let go, cancel a drag", true],
  ["Ctrl+Z  Ctrl+Shift+Z", "undo, redo (boxes and settings)"],
  ["+ − 0", "zoom in, out, whole picture; Ctrl + wheel zooms, dragging pans"],
  ["?", "this list"],
];

// Where keys belong to the text that is being written.
const TYPING = "input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]";

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
    this.step = 0;
    this.hover = null;
    this.edit = null; // number of the last change that was sent to Python
    this.changes = []; // those it has not answered yet, oldest first
    this.pick = null; // number of the last change of selection that was sent
    this.stale = false; // boxes were changed here and Python has not answered yet
    this.pointers = new Map();
    this.timers = new Map();
    this.listening = new WeakSet();
    this.abort = new AbortController();
    this.path = location.pathname;
    this.left = false;
    this.controls = new LiveControls(this, this.abort.signal);
    this.buildTools();
    this.listen();
  }

  // ---------------------------------------------------------------- from and to Python

  update(component) {
    this.component = component;
    bus().stage = this; // what tests read: boxes, labels and selection as they are seen right now
    const data = unpack(component.data);
    this.data = data;
    this.view = VIEWS[data.view];
    this.photo = data.photo;
    if (this.edit === null) this.edit = data.edit;
    if (this.pick === null) this.pick = data.pick;
    this.changes = this.changes.filter((change) => change.number > data.edit);
    if (!this.waiting) this.allAnswered?.();
    // Answers to older changes must not overwrite one that is under way.
    if (data.edit >= this.edit && !this.editor.drag && !this.timers.has("edit")) {
      this.edit = data.edit;
      this.adoptBoxes(data);
    } else {
      this.stale = true; // its labels are those of other boxes
    }
    if (data.pick >= this.pick && !this.timers.has("pick")) {
      this.pick = data.pick;
      for (const name of ["object", "anchor", "cell", "prediction", "step"]) {
        if (data.selection[name] !== undefined) this[name] = data.selection[name];
      }
    }
    this.object = Math.min(this.object, this.boxes.length - 1);
    this.view.update?.(this);
    clearTimeout(this.linkTimer);
    this.linkTimer = setTimeout(() => {
      this.linkTimer = null;
      this.writeLink(data.link);
    }, 20);
    this.relabel();
    this.controls.reapply();
    this.layout();
    this.repaintNow();
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

  // The address bar always holds the link to what is seen. Replacing (not pushing) keeps the back
  // button for what people use it for: the previous page.
  writeLink(link) {
    const url = location.pathname + (link ? `?${link}` : "");
    if (url !== location.pathname + location.search) history.replaceState(history.state, "", url);
  }

  // `delay` collects a held key's steps; Python then makes them one step of undo.
  commitBoxes(delay = 0) {
    this.after("edit", delay, () => {
      this.command("boxes", {
        boxes: this.boxes.map((b) => b.map((v) => Math.round(v * 100) / 100)),
        class_ids: [...this.boxClasses], // copies: they may wait in the queue while editing goes on
        classes: [...this.classes],
        object: this.object,
        held: delay > 0,
      });
    });
    this.stale = true;
  }

  commitPick(delay = 120) {
    this.after("pick", delay, () => {
      this.pick += 1;
      const { object, anchor, cell, prediction, step } = this;
      this.send("pick", { pick: this.pick, object, anchor, cell, prediction, step });
    });
  }

  // What Python has to do, in order. Requests that come faster than runs are merged to the latest by Streamlit, so
  // each carries every change that is not answered yet; their numbers tell Python which are new.
  command(name, detail = {}) {
    this.flush();
    this.edit += 1;
    this.changes.push({ number: this.edit, name, ...detail });
    this.send("changes", [...this.changes]);
  }

  send(name, value) {
    if (!this.leaving) this.component.setStateValue(name, value);
  }

  // Once another page was asked for, Python must not hear from this one: Streamlit would run this page's
  // fragment inside the other page, and its front end breaks on that.
  get leaving() {
    return this.left || location.pathname !== this.path;
  }

  get waiting() {
    return this.changes.length > 0 || this.data.pick < this.pick;
  }

  // A click on a link to another page waits until what was changed here has arrived; then nothing more is sent.
  leave(e) {
    const link = e.composedPath().find((node) => node.tagName === "A" && node.href);
    const plain = !e.ctrlKey && !e.metaKey && !e.shiftKey && e.button === 0 && link?.target !== "_blank";
    if (!link || !plain || link.origin !== location.origin || link.pathname === location.pathname) return;
    if (this.left) return;
    this.flush();
    if (!this.waiting) {
      this.left = true;
      return;
    }
    e.preventDefault();
    e.stopImmediatePropagation();
    this.allAnswered = () => {
      clearTimeout(patience);
      this.allAnswered = null;
      this.left = true;
      setTimeout(() => link.click());
    };
    const patience = setTimeout(this.allAnswered, 3000);
  }

  after(name, delay, run) {
    clearTimeout(this.timers.get(name)?.timer);
    const now = () => {
      this.timers.delete(name);
      run();
    };
    if (delay) this.timers.set(name, { timer: setTimeout(now, delay), now });
    else now();
  }

  // Sends at once what is still being collected: before undo, before another kind of change, when the
  // keyboard leaves the picture, and before another page comes.
  flush() {
    for (const { timer, now } of [...this.timers.values()]) {
      clearTimeout(timer);
      now();
    }
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
    if (!data.anchors || !data.match) {
      this.labels = null;
      return;
    }
    if (this.stale) {
      this.labels = matchAnchors(data.anchors, this.boxes, data.match, data.usable ?? null);
    } else {
      const { label, gt_index, best_iou, reason, best_anchor, best_anchor_iou } = data;
      this.labels = { label, gt_index, best_iou, reason, best_anchor, best_anchor_iou };
    }
    this.cells = null;
    this.counts = null;
  }

  // Positive and ignored anchors per cell, for the symbols at the centres.
  cellStates() {
    if (this.cells) return this.cells;
    const { anchors, shapes_per_cell: shapes } = this.data;
    const { label } = this.labels;
    const count = anchors.length / 4 / shapes;
    const positive = new Uint16Array(count);
    const ignored = new Uint16Array(count);
    for (let cell = 0, i = 0; cell < count; cell++) {
      for (let s = 0; s < shapes; s++, i++) {
        if (label[i] === 1) positive[cell]++;
        else if (label[i] === -1) ignored[cell]++;
      }
    }
    this.cells = { positive, ignored };
    return this.cells;
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

  // IoU of every anchor with every object (flat, row = anchor); asked for by tables only.
  iouMatrix() {
    this.labels.iou ??= pairwiseIou(this.data.anchors, this.boxes);
    return this.labels.iou;
  }

  stateOf(anchor) {
    return { 1: "positive", 0: "negative", "-1": "ignored" }[this.labels.label[anchor]];
  }

  centre(cell) {
    const { cols, stride, centre } = this.data.grid;
    return [((cell % cols) + centre) * stride, (Math.floor(cell / cols) + centre) * stride];
  }

  cellAt(x, y) {
    const { rows, cols, stride } = this.data.grid;
    // With centres at 0 a cell's anchors sit on its corner: pick the nearest centre, not the square.
    const shift = this.data.grid.centre - 0.5;
    const col = clamp(Math.floor(x / stride - shift), 0, cols - 1);
    const row = clamp(Math.floor(y / stride - shift), 0, rows - 1);
    return row * cols + col;
  }

  className(index) {
    return this.classes[this.boxClasses[index]] ?? "object";
  }

  objectName(index) {
    return `${circled(index)} ${this.className(index)}`;
  }

  lastClass() {
    if (this.object >= 0 && this.boxClasses[this.object] !== undefined) return this.boxClasses[this.object];
    if (!this.classes.length) this.classes.push("object");
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
    this.frame.dataset.tool = name;
    for (const button of this.toolbar.children) {
      if (button.dataset.tool === "select" || button.dataset.tool === "draw") {
        button.setAttribute("aria-pressed", String(button.dataset.tool === name));
      }
    }
    if (name === "draw") this.say("Draw: drag on the picture, or press Enter to add a box.");
  }

  say(text) {
    this.live.textContent = text;
  }

  // ---------------------------------------------------------------- tools

  buildTools() {
    this.toolbar.innerHTML = TOOLS.map(
      ([name, title]) =>
        `<button type="button" data-tool="${name}" title="${title}" aria-label="${title}">${ICONS[name]}</button>`,
    ).join("");
    this.setTool("select");
  }

  useTool(name) {
    const act = {
      select: () => this.setTool("select"),
      draw: () => this.setTool(this.tool === "draw" ? "select" : "draw"),
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

  // ---------------------------------------------------------------- pointer and touch

  listen() {
    const { signal } = this.abort;
    const on = (target, type, run, options = {}) => target.addEventListener(type, run, { signal, ...options });
    on(this.frame, "pointerdown", (e) => this.pointerDown(e));
    on(this.frame, "pointermove", (e) => this.pointerMove(e));
    on(this.frame, "pointerup", (e) => this.pointerUp(e));
    on(this.frame, "pointercancel", (e) => this.pointerUp(e, true));
    on(this.frame, "pointerleave", () => this.setHover(null));
    on(this.frame, "wheel", (e) => this.wheel(e), { passive: false });
    on(this.frame, "keydown", (e) => this.keyDown(e));
    on(this.frame, "focusout", () => this.flush());
    // A finger that lands on something movable moves it; anywhere else it scrolls the page.
    on(this.frame, "touchstart", (e) => this.touchStart(e), { passive: false });
    on(this.host, "click", (e) => {
      const tool = e.target.closest("button[data-tool]")?.dataset.tool; // the frame has one too
      if (tool) this.useTool(tool);
      if (tool === "delete") this.frame.focus(); // its button may be gone with the object
      const act = e.target.closest("[data-act]")?.dataset.act;
      if (act) this.view.act?.(this, act);
    });
    on(this.host, "input", (e) => this.view.input?.(this, e));
    on(this.objectbar, "submit", (e) => {
      e.preventDefault();
      this.frame.focus();
    });
    on(this.objectbar.elements.class, "change", (e) => this.renameClass(e.target.value));
    on(bus().events, "photo", () => this.schedule());
    on(bus().events, "slot", () => this.schedule());
    on(bus().events, "keys", () => this.showKeys());
    on(window, "keydown", (e) => {
      if (e.defaultPrevented || e.composedPath()[0]?.matches?.(TYPING)) return;
      if (e.key === "?") this.showKeys();
      else if (this.historyKey(e)) e.preventDefault();
    });
    on(window, "click", (e) => this.leave(e), { capture: true });
    on(window, "resize", () => this.layout());
    this.observer = new ResizeObserver(() => this.layout());
    this.observer.observe(this.host);
  }

  where(e) {
    const r = this.frame.getBoundingClientRect();
    return [e.clientX - r.left, e.clientY - r.top];
  }

  reach(e) {
    return (e.pointerType === "touch" ? 18 : 7) * this.unit;
  }

  editing() {
    return this.view.edits !== false;
  }

  touchStart(e) {
    if (e.touches.length > 1 || this.tool === "draw") {
      e.preventDefault();
      return;
    }
    const [x, y] = this.where(e.touches[0]);
    if (this.viewport.moved || (this.editing() && this.editor.hit(x, y, 18)) || this.view.grabs?.(this, x, y, 18)) {
      e.preventDefault();
    }
  }

  pointerDown(e) {
    if (e.button > 1) return;
    const [x, y] = this.where(e);
    this.pointers.set(e.pointerId, [x, y]);
    if (this.pointers.size === 2) {
      this.editor.cancel();
      this.gesture = { kind: "pinch" };
      return;
    }
    this.flush();
    this.frame.focus({ preventScroll: true });
    this.frame.setPointerCapture(e.pointerId);
    const grabbed = e.button === 0 && this.tool === "select" && this.view.grabs?.(this, x, y, this.reach(e));
    if (grabbed) {
      this.gesture = { kind: "view", x, y, grabbed };
      return;
    }
    const hit = this.editing() ? this.editor.hit(x, y, this.reach(e)) : null;
    if (e.button === 1 || this.spaceDown) {
      this.gesture = { kind: "pan", x, y };
    } else if (this.editing() && (this.tool === "draw" || (hit && !hit.inside))) {
      this.editor.begin(hit, x, y);
      this.gesture = { kind: "edit", x, y };
    } else {
      // A press inside the selected box may become a move, elsewhere a pan; without either it is a click.
      this.gesture = { kind: "press", x, y, hit };
    }
  }

  pointerMove(e) {
    const [x, y] = this.where(e);
    const { gesture } = this;
    if (gesture?.kind === "pinch") {
      if (this.pointers.size === 2 && this.pointers.has(e.pointerId)) this.pinch(e.pointerId, x, y);
      return;
    }
    if (!gesture) {
      const hit = this.editing() ? this.editor.hit(x, y, this.reach(e)) : null;
      const grab = this.view.grabs?.(this, x, y, this.reach(e));
      this.frame.style.cursor = this.editor.cursor(hit && !hit.inside ? hit : null) ?? grab?.cursor ?? "";
      const [ix, iy] = this.viewport.toImage(x, y);
      this.setHover(this.view.hover?.(this, ix, iy, x, y) ?? null);
      return;
    }
    if (gesture.kind === "press" && Math.hypot(x - gesture.x, y - gesture.y) > 4) {
      if (gesture.hit?.inside) {
        this.editor.begin(gesture.hit, gesture.x, gesture.y);
        gesture.kind = "edit";
      } else if (e.pointerType !== "touch" || this.viewport.moved) {
        gesture.kind = "pan";
      }
    }
    if (gesture.kind === "edit") this.editor.move(x, y);
    if (gesture.kind === "view") {
      this.view.drag(this, gesture.grabbed, x, y);
      this.schedule();
    }
    if (gesture.kind === "pan") {
      this.viewport.panBy(x - gesture.x, y - gesture.y);
      gesture.x = x;
      gesture.y = y;
      this.schedule();
    }
  }

  pointerUp(e, cancelled = false) {
    const [x, y] = this.where(e);
    this.pointers.delete(e.pointerId);
    const { gesture } = this;
    if (gesture?.kind === "pinch") {
      if (!this.pointers.size) this.gesture = null;
      return;
    }
    this.gesture = null;
    if (!gesture) return;
    if (cancelled) {
      this.editor.cancel();
      this.schedule();
      return;
    }
    if (gesture.kind === "view") {
      this.view.drop?.(this, gesture.grabbed);
    } else if (gesture.kind === "edit") {
      if (!this.editor.end() && this.tool === "select") this.schedule();
    } else if (gesture.kind === "press") {
      this.click(x, y);
    }
    this.schedule();
  }

  click(x, y) {
    const [ix, iy] = this.viewport.toImage(x, y);
    this.view.click?.(this, ix, iy, x, y);
    this.schedule();
  }

  pinch(id, x, y) {
    const [a, b] = [...this.pointers.entries()];
    const other = a[0] === id ? b[1] : a[1];
    const old = this.pointers.get(id);
    const before = Math.hypot(old[0] - other[0], old[1] - other[1]);
    const after = Math.hypot(x - other[0], y - other[1]);
    this.viewport.panBy((x - old[0]) / 2, (y - old[1]) / 2);
    if (before > 0) this.viewport.zoomAt(after / before, (x + other[0]) / 2, (y + other[1]) / 2);
    this.pointers.set(id, [x, y]);
    this.schedule();
  }

  wheel(e) {
    // The wheel alone scrolls the page; with Ctrl (and for pinches on a touchpad) it zooms.
    if (!e.ctrlKey && !e.metaKey) return;
    e.preventDefault();
    const [x, y] = this.where(e);
    this.viewport.zoomAt(Math.exp(-e.deltaY / 300), x, y);
    this.schedule();
  }

  setHover(hover) {
    if (JSON.stringify(hover) === JSON.stringify(this.hover)) return;
    this.hover = hover;
    if (!this.frame.style.cursor && hover) this.frame.style.cursor = "pointer";
    this.schedule();
  }

  // ---------------------------------------------------------------- keyboard

  keyDown(e) {
    if (this.handleKey(e)) {
      e.preventDefault();
      e.stopPropagation();
    }
  }

  // Undo covers settings too, so its keys work from every control.
  historyKey(e) {
    const key = e.key.toLowerCase();
    if (!(e.ctrlKey || e.metaKey) || (key !== "z" && key !== "y")) return false;
    this.useTool(key === "y" || e.shiftKey ? "redo" : "undo");
    return true;
  }

  handleKey(e) {
    const key = e.key.length === 1 ? e.key.toLowerCase() : e.key;
    if (e.ctrlKey || e.metaKey) return this.historyKey(e);
    if (key === "Escape") {
      if (this.editor.cancel()) return true;
      if (this.tool === "draw") return this.setTool("select"), true;
      if (this.object >= 0 && this.editing()) return this.selectObject(-1), true;
      return this.view.key?.(this, key, e) ?? false;
    }
    const simple = { v: "select", b: "draw", "+": "zoomIn", "=": "zoomIn", "-": "zoomOut", 0: "fit" }[key];
    if (simple && !(simple === "draw" && !this.editing())) return this.useTool(simple), true;
    const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    if (this.editing()) {
      if (key === "[" || key === "]") return this.cycleObject(key === "]" ? 1 : -1), true;
      if (key === "n" || (key === "Enter" && this.tool === "draw")) {
        this.editor.add();
        this.setTool("select");
        return true;
      }
      if ((key === "Delete" || key === "Backspace") && this.editor.remove()) return true;
      if (key === "c" && this.editor.selected) {
        this.objectbar.elements.class.focus();
        this.objectbar.elements.class.select();
        return true;
      }
    }
    if (this.view.key?.(this, key, e, arrow)) return true;
    if (arrow && this.editing()) {
      const step = e.shiftKey ? 10 : 1;
      return this.editor.nudge(arrow[0] * step, arrow[1] * step, e.altKey);
    }
    return false;
  }

  showKeys() {
    if (this.keysHelp.open) return;
    const own = this.view.keys ?? [];
    const common = KEYS.filter(([key, , edits]) => !(edits && !this.editing()) && !(key === "Esc" && own.some(([k]) => k === key)));
    const rows = [...own, ...common];
    fill(
      this.keysHelp.querySelector("tbody"),
      rows.map(([key, text]) => `<tr><th scope="row">${key}</th><td>${text}</td></tr>`).join(""),
    );
    this.keysHelp.showModal();
  }

  cycleObject(step) {
    const count = this.boxes.length;
    if (!count) return;
    const next = this.object < 0 ? (step > 0 ? 0 : count - 1) : (this.object + step + count) % count;
    this.selectObject(next);
    this.say(this.editor.describe(next, "Selected"));
  }

  renameClass(name) {
    const clean = Array.from(name.trim()).slice(0, 40).join("");
    if (!clean || this.object < 0) return;
    this.flush();
    let index = this.classes.indexOf(clean);
    if (index < 0) index = this.classes.push(clean) - 1;
    if (this.boxClasses[this.object] === index) return;
    this.boxClasses[this.object] = index;
    this.commitBoxes();
    this.say(`Object ${this.object + 1} is now ${clean}.`);
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
    return bus().photos.get(this.photo.id);
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
    this.picture.paint(this.viewport, this.photoImage, this.photo.id, this.photo, this.ratio, this.unit);
    const ctx = this.marksCanvas.getContext("2d");
    ctx.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    ctx.clearRect(0, 0, this.viewport.width, this.viewport.height);
    const marks = new Marks(ctx, this.viewport, this.unit, this.font);
    this.view.draw(this, marks, ctx);
    marks.flushTags();
    this.paintChrome();
    this.paintSlots();
    this.paintMs = performance.now() - started;
    if (this.fresh) {
      this.fresh = false;
      const serial = (bus().serial += 1);
      window.dispatchEvent(
        new CustomEvent("anchorlab:painted", { detail: { page: this.data.view, serial } }),
      );
    }
  }

  light(ctx, b, alpha) {
    this.picture.light(ctx, b, alpha);
  }

  lightUnion(ctx, boxes, alpha) {
    this.picture.lightUnion(ctx, boxes, alpha);
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

  paintChrome() {
    const { data } = this;
    this.frame.setAttribute("aria-label", this.view.label(this));
    for (const button of this.toolbar.children) {
      const name = button.dataset.tool;
      if (name === "undo") button.disabled = !data.can_undo;
      if (name === "redo") button.disabled = !data.can_redo;
      if (name === "fit") button.disabled = !this.viewport.moved;
      if (name === "draw") button.hidden = !this.editing();
    }
    this.empty.hidden = !(this.editing() && !this.boxes.length && !this.editor.drag);
    // With the draw tool the whole picture is free to draw on.
    const shown = this.editing() && this.tool !== "draw" && this.boxes[this.object] && !this.editor.drag;
    this.objectbar.hidden = !shown;
    if (shown) {
      const input = this.objectbar.elements.class;
      if (this.root.activeElement !== input) input.value = this.className(this.object);
      const options = this.classes.map((c) => `<option value="${escapeHtml(c)}"></option>`).join("");
      fill(this.objectbar.querySelector("datalist"), options);
    }
    fill(this.stripElement, this.view.strip?.(this) ?? "");
    this.stripElement.hidden = !this.stripElement.innerHTML;
  }

  // What is seen, as a PNG file.
  savePicture() {
    const canvas = document.createElement("canvas");
    canvas.width = this.base.width;
    canvas.height = this.base.height;
    const ctx = canvas.getContext("2d");
    ctx.drawImage(this.base, 0, 0);
    ctx.drawImage(this.marksCanvas, 0, 0);
    canvas.toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `anchorlab-${this.data.view}.png`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  }

  // The picture is shown first; what is written beside it follows with the next frame, tables below
  // it when there is time.
  paintSlots() {
    this.slotsTimer ??= setTimeout(() => {
      this.slotsTimer = null;
      const later = [];
      for (const [name, element] of bus().slots) {
        const content = this.view.slots?.[name] ?? COMMON_SLOTS[name];
        if (!content) continue;
        if (this.view.below?.includes(name)) later.push([name, element, content]);
        else this.fillSlot(name, element, content);
      }
      clearTimeout(this.later);
      this.later = setTimeout(() => {
        this.later = null;
        for (const [name, element, content] of later) this.fillSlot(name, element, content);
      }, 30);
    }, 0);
  }

  // Whether everything that follows the picture has been written.
  get quiet() {
    return !this.slotsTimer && !this.later && !this.linkTimer && !this.pending;
  }

  fillSlot(name, element, content) {
    element.classList.toggle("dark", this.dark);
    fill(element, content(this));
    if (!this.listening.has(element)) this.listenToSlot(element);
    this.view.paintSlot?.(this, name, element);
  }

  // Anything in a slot may point at the picture: data-pick selects, data-hover lights up.
  listenToSlot(element) {
    this.listening.add(element);
    const { signal } = this.abort;
    const read = (e, attribute) => e.target.closest?.(`[data-${attribute}]`)?.dataset[attribute];
    element.addEventListener("click", (e) => {
      const act = read(e, "act");
      if (act === "save-picture") this.savePicture();
      else if (act) this.view.act?.(this, act);
      const pick = read(e, "pick");
      if (pick) this.pickByName(pick);
    }, { signal });
    const hover = (e) => {
      const target = read(e, "hover");
      if (!target) return this.setHover(null);
      const [kind, ...numbers] = target.split(":");
      this.setHover({ kind, index: Number(numbers[0]), object: Number(numbers[1] ?? -1) });
    };
    element.addEventListener("pointerover", hover, { signal });
    element.addEventListener("focusin", hover, { signal });
    element.addEventListener("pointerleave", () => this.setHover(null), { signal });
    element.addEventListener("keydown", (e) => this.view.slotKey?.(this, e), { signal });
  }

  pickByName(name) {
    const [kind, ...numbers] = name.split(":");
    const index = Number(numbers[0]);
    if (kind === "object") this.selectObject(index);
    if (kind === "anchor") {
      if (numbers.length > 1) this.object = Number(numbers[1]);
      this.selectAnchor(index);
    }
    if (kind === "prediction") this.view.pickPrediction?.(this, index);
    this.schedule();
  }

  dispose() {
    for (const { timer } of this.timers.values()) clearTimeout(timer);
    cancelAnimationFrame(this.pending);
    clearTimeout(this.later);
    clearTimeout(this.slotsTimer);
    clearTimeout(this.linkTimer);
    this.view?.dispose?.(this);
    this.observer.disconnect();
    this.abort.abort();
    if (bus().stage === this) bus().stage = null;
  }
}

// Replaces content only where it changed; what was focused stays focused, what was scrolled stays scrolled.
function fill(element, html) {
  if (element.anchorlabHtml === html) return;
  element.anchorlabHtml = html;
  element.anchorlabFilled = (element.anchorlabFilled ?? 0) + 1;
  const active = element.getRootNode().activeElement;
  const focused = element.contains(active) ? active : null;
  const attribute = ["data-hover", "data-pick", "data-act"].find((name) => focused?.hasAttribute(name));
  const scrolled = [...element.querySelectorAll(".scroll")].map((e) => [e.scrollLeft, e.scrollTop]);
  element.innerHTML = html;
  element.querySelectorAll(".scroll").forEach((e, k) => ([e.scrollLeft, e.scrollTop] = scrolled[k] ?? [0, 0]));
  if (!focused) return;
  let again = attribute && element.querySelector(`[${attribute}="${CSS.escape(focused.getAttribute(attribute))}"]`);
  // The last round's "next" is gone: a neighbour takes the focus.
  if (again?.disabled) again = [...again.parentElement.children].find((e) => e.matches("button:enabled"));
  if (!attribute && focused.matches(".scroll")) again = element.querySelector(".scroll");
  again?.focus({ preventScroll: true });
}

const stages = new WeakMap();

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
