// Talking to Python: what was changed and what was selected goes out, numbered; an answer says which
// numbers it knows, so that answers to older changes overwrite nothing. A selection also says which change it
// follows: both may reach Python in the same run.

import { writeAddress, writeAddressNow } from "./address.js";

export class Messages {
  constructor(stage) {
    this.stage = stage;
    this.edit = null; // number of the last change that was sent to Python
    this.changes = []; // those it has not answered yet, oldest first
    this.pick = null; // number of the last change of selection that was sent
    this.timers = new Map();
    this.path = location.pathname;
    this.left = false;
  }

  // Python has answered. Returns what of its answer is news: its boxes, its selection.
  receive(data) {
    this.edit ??= data.edit;
    this.pick ??= data.pick;
    const travelled = this.changes.some(({ number, name }) => number <= data.edit && (name === "undo" || name === "redo"));
    if (travelled && data.travelled) this.stage.say(data.travelled);
    this.changes = this.changes.filter((change) => change.number > data.edit);
    if (!this.waiting) this.allAnswered?.();
    // Answers to older changes must not overwrite one that is under way.
    const boxes = data.edit >= this.edit && !this.stage.editor.drag && !this.timers.has("edit");
    // A change says what it selects, so that a selection is news only with the changes.
    const selection = boxes && data.pick >= this.pick && !this.timers.has("pick");
    if (boxes) this.edit = data.edit;
    if (selection) this.pick = data.pick;
    writeAddress(data.link);
    return { boxes, selection };
  }

  // `delay` collects a held key's steps; Python then makes them one step of undo.
  commitBoxes(delay = 0) {
    const { stage } = this;
    this.after("edit", delay, () => {
      this.command("boxes", {
        boxes: stage.boxes.map((b) => b.map((v) => Math.round(v * 100) / 100)),
        class_ids: [...stage.boxClasses], // copies: they may wait in the queue while editing goes on
        classes: [...stage.classes],
        object: stage.object,
        held: delay > 0,
      });
    });
    stage.stale = true;
  }

  commitPick(delay = 120) {
    this.after("pick", delay, () => {
      this.pick += 1;
      const { object, anchor, cell, prediction, partner, level, step } = this.stage;
      this.send("pick", { pick: this.pick, edit: this.edit, object, anchor, cell, prediction, partner, level, step });
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
    if (!this.leaving) this.stage.component.setStateValue(name, value);
  }

  // Once another page was asked for, Python must not hear from this one: Streamlit would run this page's
  // fragment inside the other page, and its front end breaks on that.
  get leaving() {
    return this.left || location.pathname !== this.path;
  }

  get waiting() {
    return this.changes.length > 0 || this.stage.data.pick < this.pick;
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
      writeAddressNow();
      return;
    }
    e.preventDefault();
    e.stopImmediatePropagation();
    this.allAnswered = () => {
      clearTimeout(patience);
      this.allAnswered = null;
      this.left = true;
      setTimeout(() => {
        writeAddressNow(); // of the answer that has just come
        link.click();
      });
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

  dispose() {
    for (const { timer } of this.timers.values()) clearTimeout(timer);
  }
}
