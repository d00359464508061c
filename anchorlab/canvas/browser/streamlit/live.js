// The way of the pages whose controls are not in the table yet; see controls.js.
// Streamlit reports a slider when it is let go. A view that can work out the consequence by itself
// names the widget under `controls`, and the picture follows every step of the thumb; Python's
// answer comes after and is the truth.

const INPUTS = 'input[type="range"], input[type="number"], input[type="checkbox"], button[role="radio"]';

// What a widget shows: the numbers of its thumbs, the number in a field (null: empty),
// [0 or 1] of a switch, [index] of the chosen segment, [words] of the choice from a list; [] if nothing is chosen,
// or not yet.
function valuesOf(container) {
  const list = container.querySelector('[data-testid="stSelectbox"] input');
  if (list) return list.ariaExpanded === "true" ? [] : [list.value]; // open, it shows what is being typed
  const inputs = [...container.querySelectorAll(INPUTS)];
  if (inputs[0]?.type === "checkbox") return [Number(inputs[0].checked)];
  if (inputs[0]?.role === "radio") {
    const chosen = inputs.findIndex((button) => button.ariaChecked === "true");
    return chosen < 0 ? [] : [chosen];
  }
  return inputs.map((input) => (input.value === "" ? null : Number(input.value)));
}

// What is being typed is nobody's value yet: Enter makes it one; in a number's field the arrows, too.
function taken({ target, key }) {
  if (target.role === "combobox") return key === "Enter";
  return target.type !== "number" || ["Enter", "ArrowUp", "ArrowDown"].includes(key);
}

const CLOSING = 6; // frames that a list may take to close
const PATIENCE = 2500; // milliseconds after which an answer that says something else wins

export class LiveControls {
  constructor(stage, signal) {
    this.stage = stage;
    this.moved = new Map(); // key -> {values, at}
    this.held = null; // the widget under the pointer
    const on = (type, run) => document.addEventListener(type, run, { capture: true, signal });
    // Sliders follow the key that goes down, buttons and switches the one that comes up.
    for (const type of ["keydown", "keyup"]) on(type, (e) => taken(e) && this.look(this.widgetOf(e.target)));
    on("pointerdown", (e) => {
      this.held = this.widgetOf(e.target);
      this.look(this.held);
    });
    on("pointermove", () => this.held && this.look(this.held));
    for (const type of ["pointerup", "pointercancel"]) {
      on(type, ({ target }) => {
        this.look(this.held);
        this.held = null;
        // The options of a list lie elsewhere in the page; the list has the focus.
        if (target.closest?.('[role="option"]')) this.look(this.widgetOf(document.activeElement));
      });
    }
    on("click", (e) => this.look(this.widgetOf(e.target)));
    on("input", (e) => taken(e) && this.look(this.widgetOf(e.target)));
  }

  // The container of a widget that the view can answer: a widget's key is a class of it, st-key-<key>.
  widgetOf(target) {
    const container = target?.closest?.('[class*="st-key-"]');
    const key = container && [...container.classList].find((name) => name.startsWith("st-key-"))?.slice(7);
    return key && this.stage.view?.controls?.[key] ? { container, key } : null;
  }

  // Reads the widget once whoever moves it has done so; a list, once it has closed.
  look(widget) {
    if (!widget) return;
    const { container, key } = widget;
    const before = valuesOf(container).join();
    const read = (left) => {
      const values = valuesOf(container);
      if (!values.length && left) requestAnimationFrame(() => read(left - 1));
      const known = this.moved.get(key)?.values.join() ?? before;
      if (values.length && values.join() !== known) this.set(key, values);
    };
    setTimeout(() => read(CLOSING));
  }

  // What was changed here stays, whatever an older answer says.
  hold(key, values) {
    this.moved.set(key, { values, at: performance.now() });
  }

  // A widget was moved, or what it says was chosen elsewhere.
  set(key, values) {
    this.hold(key, values);
    this.stage.view.controls[key](this.stage, values, key);
    this.stage.repaintNow();
  }

  // Whether what the widget of this key shows is what Python has said.
  agrees(key) {
    const container = document.querySelector(`.st-key-${key}`);
    const { stage } = this;
    return !container || stage.view.agrees(stage, key, valuesOf(container));
  }

  // An answer may be older than the thumb: what was moved since stays as it was moved.
  reapply() {
    const now = performance.now();
    for (const [key, { values, at }] of this.moved) {
      const apply = this.stage.view.controls?.[key];
      const agreed = apply && this.stage.view.agrees?.(this.stage, key, values);
      if (!apply || agreed || now - at > PATIENCE) this.moved.delete(key);
      else apply(this.stage, values, key);
    }
  }
}
