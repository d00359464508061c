// Streamlit's widgets, the one place that knows how they are made. Streamlit reports a slider when it is let go; here
// whatever is moved is read at once and becomes settings of the page, which the picture follows. Python's answer comes
// after and is the truth.

const RADIOS = 'button[role="radio"]';
const LIST = '[data-testid="stSelectbox"] input';

// What a widget of each kind shows; undefined where nothing is chosen, or not yet.
const READ = {
  slider: (widget) => numbers(widget)[0],
  range: (widget) => numbers(widget),
  number: (widget) => numbers(widget)[0],
  switch: (widget) => widget.querySelector('input[type="checkbox"]')?.checked,
  segments: (widget) => [...widget.querySelectorAll(RADIOS)].find((button) => button.ariaChecked === "true")?.textContent.trim(),
  list(widget) {
    const input = widget.querySelector(LIST);
    return input?.ariaExpanded === "true" ? undefined : input?.value; // open, it shows what is being typed
  },
};

// The number of every thumb or field; null where a field is empty.
const numbers = (widget) =>
  [...widget.querySelectorAll('input[type="range"], input[type="number"]')].map(({ value }) => (value === "" ? null : Number(value)));

// What is being typed is nobody's value yet: Enter makes it one; in a number's field the arrows, too.
function taken({ target, key }) {
  if (target.role === "combobox") return key === "Enter";
  return target.type !== "number" || ["Enter", "ArrowUp", "ArrowDown"].includes(key);
}

const CLOSING = 6; // frames that a list may take to close

export class Controls {
  constructor(stage, signal) {
    this.stage = stage;
    this.read = new Map(); // key -> what its widget showed when it was last moved
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

  // The container of a widget that the table of controls knows: its key is a class of it, st-key-<key>.
  widgetOf(target) {
    const container = target?.closest?.('[class*="st-key-"]');
    const key = container && [...container.classList].find((name) => name.startsWith("st-key-"))?.slice(7);
    return key && this.knows(key) ? { container, key } : null;
  }

  knows(key) {
    return this.stage.settings?.controls[key]?.kind in READ;
  }

  shownBy({ container, key }) {
    return READ[this.stage.settings.controls[key].kind](container);
  }

  // Reads the widget once whoever moves it has done so; a list, once it has closed.
  look(widget) {
    if (!widget) return;
    const { key } = widget;
    const { settings } = this.stage;
    const before = this.shownBy(widget);
    const read = (left) => {
      const shown = this.shownBy(widget);
      if (shown === undefined && left) requestAnimationFrame(() => read(left - 1));
      const pending = settings.controls[key].paths.some((path) => settings.moved.has(path));
      const known = pending && this.read.has(key) ? this.read.get(key) : before;
      if (shown === undefined || String(shown) === String(known)) return;
      this.read.set(key, shown);
      this.stage.set(settings.meaning(key, shown));
    };
    setTimeout(() => read(CLOSING));
  }

  // Whether what the widget of this key shows is what Python has said.
  agrees(key) {
    const container = document.querySelector(`.st-key-${key}`);
    if (!container) return true;
    const { settings } = this.stage;
    const meant = settings.meaning(key, this.shownBy({ container, key }));
    return settings.controls[key].paths.every((path) => settings.agrees(path, meant[path]));
  }
}
