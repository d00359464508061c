// The slots: places beside and below the picture that a view writes in.

import { isIdle } from "../draw/able.js";
import { say } from "../model/sentences.js";
import { answerOf } from "./answer.js";
import { bus } from "./bus.js";
import { fill } from "./fill.js";
import { savePicture } from "../draw/saving.js";

const COMMON = {
  answer: (stage) => `<p class="answer">${answerOf(stage)}</p>`,
  picture: () =>
    `<button type="button" class="plain-button" data-act="save-picture">${say("stage.save")}</button>` +
    `<span class="cap"> ${say("stage.save_how")}</span>`,
};

export class Slots {
  constructor(stage, signal) {
    this.stage = stage;
    this.signal = signal;
    this.listening = new WeakSet();
  }

  // The picture is shown first; what is written beside it follows with the next frame, tables below
  // it when there is time.
  paint() {
    const { view } = this.stage;
    this.timer ??= setTimeout(() => {
      this.timer = null;
      const later = [];
      for (const [name, element] of bus().slots) {
        const content = view.slots?.[name] ?? COMMON[name];
        if (!content) continue;
        if (view.below?.includes(name)) later.push([name, element, content]);
        else this.fill(name, element, content);
      }
      clearTimeout(this.later);
      this.later = setTimeout(() => {
        this.later = null;
        for (const [name, element, content] of later) this.fill(name, element, content);
      }, 30);
    }, 0);
  }

  get quiet() {
    return !this.timer && !this.later;
  }

  fill(name, element, content) {
    const { stage } = this;
    element.classList.toggle("dark", stage.dark);
    fill(element, content(stage));
    if (!this.listening.has(element)) this.listen(element);
    stage.view.paintSlot?.(stage, name, element);
  }

  // Anything in a slot may point at the picture: data-pick selects, data-hover lights up.
  listen(element) {
    this.listening.add(element);
    const { stage, signal } = this;
    const read = (e, attribute) => e.target.closest?.(`[data-${attribute}]`)?.dataset[attribute];
    element.addEventListener("click", (e) => {
      if (isIdle(e.target)) return;
      const act = read(e, "act");
      if (act === "save-picture") savePicture(stage);
      else if (act === "reveal") this.reveal();
      else if (act) stage.view.act?.(stage, act);
      const pick = read(e, "pick");
      if (pick) this.pick(pick, e.shiftKey);
    }, { signal });
    const hover = (e) => {
      const target = read(e, "hover");
      if (!target) return stage.setHover(null);
      const [kind, ...numbers] = target.split(":");
      stage.setHover({ kind, index: Number(numbers[0]), object: Number(numbers[1] ?? -1) });
    };
    element.addEventListener("pointerover", hover, { signal });
    element.addEventListener("focusin", hover, { signal });
    element.addEventListener("pointerleave", () => stage.setHover(null), { signal });
    this.listenToDrags(element);
    element.addEventListener("keydown", (e) => stage.view.slotKey?.(stage, e), { signal });
  }

  // What is dragged on a chart: data-drag names it, and the view is told how far across and down the chart it is, from 0
  // to 1. The chart is drawn anew meanwhile; the slot stays.
  listenToDrags(element) {
    const { stage, signal } = this;
    let dragged = null;
    const move = (e) => {
      const { left, top, width, height } = element.querySelector(`[data-drag="${dragged}"]`).getBoundingClientRect();
      stage.view.dragged(stage, dragged, (e.clientX - left) / width, (e.clientY - top) / height);
    };
    const on = (type, run) => element.addEventListener(type, run, { signal });
    on("pointerdown", (e) => {
      dragged = e.target.closest?.("[data-drag]")?.dataset.drag ?? null;
      if (!dragged) return;
      e.preventDefault();
      element.setPointerCapture(e.pointerId);
      move(e);
    });
    on("pointermove", (e) => dragged && move(e));
    for (const type of ["pointerup", "pointercancel"]) {
      on(type, () => {
        if (dragged) stage.view.dropped(stage, dragged);
        dragged = null;
      });
    }
  }

  // Shows or hides the answer to what the page asks to predict.
  reveal() {
    const { stage } = this;
    stage.revealed = stage.revealed === stage.asked ? null : stage.asked;
    stage.schedule();
  }

  pick(name, shift = false) {
    const { stage } = this;
    const [kind, ...numbers] = name.split(":");
    const index = Number(numbers[0]);
    if (kind === "object") stage.selectObject(index);
    if (kind === "anchor") {
      if (numbers.length > 1) stage.object = Number(numbers[1]);
      stage.selectAnchor(index);
    }
    if (kind === "prediction") stage.view.pickPrediction?.(stage, index, { hold: shift });
    stage.schedule();
  }

  dispose() {
    clearTimeout(this.later);
    clearTimeout(this.timer);
  }
}
