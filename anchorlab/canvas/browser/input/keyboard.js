// The keyboard: one grammar on every page; a view may add its own keys.

import { say } from "../model/sentences.js";
import { fill } from "../streamlit/fill.js";

// Columns and rows that an arrow leads on.
export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// `true`: only where objects can be edited.
const KEYS = [
  ["[ ]", say("stage.key_cycle"), true],
  ["← ↑ → ↓", say("stage.key_move"), true],
  ["N", say("stage.key_add"), true],
  ["C", say("stage.key_name"), true],
  ["Delete", say("stage.key_remove"), true],
  ["V B", say("stage.key_tools"), true],
  ["Esc", say("stage.key_cancel"), true],
  ["Ctrl+Z  Ctrl+Shift+Z", say("stage.key_history")],
  ["+ − 0", say("stage.key_zoom")],
  ["?", say("stage.key_list")],
];

// Where keys belong to the text that is being written.
const TYPING = "input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]";

export class Keyboard {
  constructor(stage, on) {
    this.stage = stage;
    on(stage.frame, "keydown", (e) => this.keyDown(e));
    on(window, "keydown", (e) => {
      if (e.defaultPrevented || e.composedPath()[0]?.matches?.(TYPING)) return;
      if (e.key === "?") this.showKeys();
      else if (this.historyKey(e)) e.preventDefault();
    });
  }

  keyDown(e) {
    if (this.handleKey(e)) {
      e.preventDefault();
      e.stopPropagation();
    }
  }

  // Undo covers settings too, so its keys work from every control.
  historyKey(e) {
    const { stage } = this;
    const key = e.key.toLowerCase();
    if (!(e.ctrlKey || e.metaKey) || (key !== "z" && key !== "y")) return false;
    stage.useTool(key === "y" || e.shiftKey ? "redo" : "undo");
    return true;
  }

  handleKey(e) {
    const { stage } = this;
    const key = e.key.length === 1 ? e.key.toLowerCase() : e.key;
    if (e.ctrlKey || e.metaKey) return this.historyKey(e);
    if (key === "Escape") {
      if (stage.editor.cancel()) return true;
      if (stage.tool === "draw") return stage.setTool("select"), true;
      if (stage.object >= 0 && stage.editing()) return stage.selectObject(-1), true;
      return stage.view.key?.(stage, key, e) ?? false;
    }
    const simple = { v: "select", b: "draw", "+": "zoomIn", "=": "zoomIn", "-": "zoomOut", 0: "fit" }[key];
    if (simple && !(simple === "draw" && !stage.editing())) return stage.useTool(simple), true;
    const arrow = ARROWS[key];
    if (stage.editing()) {
      if (key === "[" || key === "]") return this.cycleObject(key === "]" ? 1 : -1), true;
      if (key === "n" || (key === "Enter" && stage.tool === "draw")) {
        stage.editor.add();
        stage.setTool("select");
        return true;
      }
      if ((key === "Delete" || key === "Backspace") && stage.editor.remove()) return true;
      if (key === "c" && stage.editor.selected) {
        stage.chrome.nameClass();
        return true;
      }
    }
    if (stage.view.key?.(stage, key, e, arrow)) return true;
    if (arrow && stage.editing()) {
      const step = e.shiftKey ? 10 : 1;
      return stage.editor.nudge(arrow[0] * step, arrow[1] * step, e.altKey);
    }
    return false;
  }

  showKeys() {
    const { stage } = this;
    if (stage.keysHelp.open) return;
    const own = stage.view.keys ?? [];
    const common = KEYS.filter(([key, , edits]) => !(edits && !stage.editing()) && !(key === "Esc" && own.some(([k]) => k === key)));
    const rows = [...own, ...common];
    fill(
      stage.keysHelp.querySelector("tbody"),
      rows.map(([key, text]) => `<tr><th scope="row">${key}</th><td>${text}</td></tr>`).join(""),
    );
    stage.keysHelp.showModal();
  }

  cycleObject(step) {
    const { stage } = this;
    const count = stage.boxes.length;
    if (!count) return;
    const next = stage.object < 0 ? (step > 0 ? 0 : count - 1) : (stage.object + step + count) % count;
    stage.selectObject(next);
    stage.say(stage.editor.describe(next, "selected"));
  }
}
