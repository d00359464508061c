// What frames the picture: the tools, the bar of the selected object, the formula strip.

import { able, isIdle } from "./able.js";
import { escapeHtml } from "../model/format.js";
import { say } from "../model/sentences.js";
import { fill } from "../streamlit/fill.js";
import { ICONS } from "./icons.js";

const TOOLS = ["select", "draw", "undo", "redo", "zoomIn", "zoomOut", "fit"];

export class Chrome {
  constructor(stage, on) {
    this.stage = stage;
    stage.toolbar.innerHTML = TOOLS.map((name) => {
      const title = say(`stage.tool_${name}`);
      return `<button type="button" data-tool="${name}" title="${title}" aria-label="${title}">${ICONS[name]}</button>`;
    }).join("");
    on(stage.host, "click", (e) => {
      if (isIdle(e.target)) return;
      const tool = e.target.closest("button[data-tool]")?.dataset.tool; // the frame has one too
      if (tool) stage.useTool(tool);
      if (tool === "delete") stage.frame.focus(); // its button may be gone with the object
      const act = e.target.closest("[data-act]")?.dataset.act;
      if (act) stage.view.act?.(stage, act);
    });
    on(stage.host, "input", (e) => stage.view.input?.(stage, e));
    on(stage.objectbar, "submit", (e) => {
      e.preventDefault();
      stage.frame.focus();
    });
    on(stage.frame, "focus", () => {
      this.naming = false;
      stage.schedule();
    });
    on(stage.objectbar.elements.class, "change", (e) => this.renameClass(e.target.value));
  }

  showTool(name) {
    const { stage } = this;
    stage.frame.dataset.tool = name;
    for (const button of stage.toolbar.children) {
      if (button.dataset.tool === "select" || button.dataset.tool === "draw") {
        button.setAttribute("aria-pressed", String(button.dataset.tool === name));
      }
    }
  }

  // Leads the keyboard to the selected object's class.
  nameClass() {
    this.naming = true;
    this.paint();
    const input = this.stage.objectbar.elements.class;
    input.focus();
    input.select();
  }

  renameClass(name) {
    const { stage } = this;
    const clean = Array.from(name.trim()).slice(0, 40).join("");
    if (!clean || stage.object < 0) return;
    stage.flush();
    let index = stage.classes.indexOf(clean);
    if (index < 0) index = stage.classes.push(clean) - 1;
    if (stage.boxClasses[stage.object] === index) return;
    stage.boxClasses[stage.object] = index;
    stage.commitBoxes();
    stage.say(say("stage.renamed", { number: stage.object + 1, name: clean }));
    stage.schedule();
  }

  paint() {
    const { stage } = this;
    const { data } = stage;
    stage.frame.setAttribute("aria-label", stage.view.label(stage));
    for (const button of stage.toolbar.children) {
      const name = button.dataset.tool;
      if (name === "undo") able(button, data.can_undo);
      if (name === "redo") able(button, data.can_redo);
      if (name === "fit") able(button, stage.viewport.moved);
      if (name === "draw") button.hidden = !stage.editing();
    }
    stage.empty.hidden = !(stage.editing() && !stage.boxes.length && !stage.editor.drag);
    // With the draw tool the whole picture is free to draw on, until a class is to be named.
    const inTheWay = stage.tool === "draw" && stage.overlaid && !this.naming;
    const shown = stage.editing() && !inTheWay && stage.boxes[stage.object] && !stage.editor.drag;
    stage.objectbar.hidden = !shown;
    if (shown) {
      const input = stage.objectbar.elements.class;
      if (stage.root.activeElement !== input) input.value = stage.className(stage.object);
      const options = stage.classes.map((c) => `<option value="${escapeHtml(c)}"></option>`).join("");
      fill(stage.objectbar.querySelector("datalist"), options);
    }
    fill(stage.stripElement, stage.view.strip?.(stage) ?? "");
    stage.stripElement.hidden = !stage.stripElement.innerHTML;
  }
}
