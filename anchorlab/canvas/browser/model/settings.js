// The settings of a page: what Python's last message says of each, and over it what was moved here and is not answered
// yet. A setting is known by its path in the app state ("coder.stds"); what a widget shows becomes settings by the
// table of controls, which is Python's own (anchorlab/canvas/controls.py).

const PATIENCE = 2500; // milliseconds after which an answer that says something else wins

export const alike = (a, b) => {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((v, k) => alike(v, b[k]));
  return a === b || (typeof a === "number" && typeof b === "number" && Math.abs(a - b) < 1e-9);
};

// Whether one path is part of the other: "offsets.x" of "offsets".
const related = (a, b) => a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);

// A record of settings by the paths of its fields: { "diou.beta": 1 } is { diou: { beta: 1 } }.
export function recordOf(fields) {
  const record = {};
  for (const [path, value] of Object.entries(fields)) {
    const [head, tail] = path.split(".");
    if (tail) (record[head] ??= {})[tail] = value;
    else record[head] = value;
  }
  return record;
}

export class Settings {
  // controls: { key of a widget: { kind, paths, ... } } of this page.
  constructor(controls) {
    this.controls = controls;
    this.said = {}; // Python's, by path
    this.moved = new Map(); // path -> { value, at }
    this.steps = new Map(Object.values(controls).flatMap(({ paths, step }) => (step ? paths.map((path) => [path, step]) : [])));
  }

  get(path) {
    return this.moved.has(path) ? this.moved.get(path).value : this.said[path];
  }

  // All settings of a record, by their names in it: of "coder" its kind, its stds and so on.
  under(record) {
    const own = Object.keys(this.said).filter((path) => path.startsWith(`${record}.`));
    return Object.fromEntries(own.map((path) => [path.slice(record.length + 1), this.get(path)]));
  }

  // Whether something of a record was moved, and Python has not said the same yet.
  pending(record) {
    return [...this.moved.keys()].some((path) => related(path, record));
  }

  // What was moved stays, whatever an older answer says. What it is part of, and what is part of it, it overtakes.
  hold(path, value, now = performance.now()) {
    this.drop(path);
    this.moved.set(path, { value, at: now });
  }

  // From now on Python's word counts again.
  drop(path) {
    for (const other of [...this.moved.keys()]) if (related(other, path)) this.moved.delete(other);
  }

  // Python has answered. What it agrees with is settled; what it has not said for long will not come any more.
  told(said, now = performance.now()) {
    this.said = said;
    for (const [path, { value, at }] of [...this.moved]) {
      if (this.agrees(path, value) || now - at > PATIENCE) this.moved.delete(path);
    }
  }

  // Whether Python says the same. A slider stands at the nearest of its steps.
  agrees(path, value) {
    const said = this.said[path];
    const step = this.steps.get(path);
    if (step && typeof said === "number" && typeof value === "number") return Math.abs(said - value) <= step / 2 + 1e-9;
    return alike(said, value);
  }

  // { path: value } of what the widget of this key shows: a number or null, two numbers, true or false, or words.
  meaning(key, shown) {
    const control = this.controls[key];
    const { kind, paths } = control;
    if (kind === "range") {
      const ends = [Math.min(...shown), Math.max(...shown)];
      return Object.fromEntries(paths.map((path, k) => [path, this.exactly(path, ends[k])]));
    }
    const [path] = paths;
    if (kind === "slider") return { [path]: this.exactly(path, shown) };
    if (!control.options) return { [path]: shown };
    // Words that only a link can say stand for what Python says.
    const said = () => Object.fromEntries(paths.map((own) => [own, this.said[own]]));
    return control.options.find(({ words }) => words === shown)?.settings ?? said();
  }

  // A thumb at the step that is nearest to the exact value has not been moved from it.
  exactly(path, shown) {
    return this.agrees(path, shown) ? this.said[path] : shown;
  }
}
