// The coordinate trick of batched NMS as a figure: every class in a place of its own, class × (largest coordinate + 1)
// away, so that one suppression across all of them compares no classes. And where it fails.

import { escapeHtml, pixels, plural } from "../../model/format.js";
import { asMeasured, classStep } from "../../core/suppression.js";
import { classColour, takesPart } from "./common.js";

const MOST = 4; // classes that are drawn
const SIDE = 250;

export function shiftFigure(stage) {
  const { data } = stage;
  const part = Array.from(data.order).filter((i) => takesPart(data, i));
  const settings = { ...data.suppression, per_class: true, shift_classes: true };
  const step = data.predictions.length ? classStep(data, settings) : 0;
  const classes = [...new Set(part.map((i) => data.prediction_classes[i]))].sort((a, b) => a - b);
  if (!part.length) return `<p class="cap">No prediction takes part: there is nothing to move.</p>`;
  const shown = classes.slice(0, MOST);
  const moved = asMeasured(data, settings);
  const drawn = part.filter((i) => shown.includes(data.prediction_classes[i])).slice(0, 200);
  const at = (boxes, i) => Array.from(boxes.slice(4 * i, 4 * i + 4));
  const before = figure(data, drawn.map((i) => [i, at(data.predictions, i)]), []);
  const frames = shown.map((c) => ({ c, from: c * step, to: c * step + (step - 1) }));
  const after = figure(data, drawn.map((i) => [i, at(moved, i)]), step > 0 ? frames : []);
  const rest = classes.length > MOST ? ` Drawn are ${MOST} of ${classes.length} classes.` : "";
  const largest = step - 1;
  const words =
    step > 0
      ? `The largest coordinate is ${pixels(largest)}, so class <i>c</i> moves by <i>c</i> × ${pixels(step)}, right and down: no two classes meet, and one suppression over all boxes is one within each class.${rest}`
      : `The largest coordinate is ${pixels(largest)}, so class <i>c</i> moves by <i>c</i> × ${pixels(step)}: <b class="suppressed">${step === 0 ? "nothing moves" : "classes move into each other"}</b>, and boxes of different classes suppress each other.`;
  return (
    `<div class="shifted"><figure>${before}<figcaption>as predicted</figcaption></figure><span class="ar" aria-hidden="true">→</span>` +
    `<figure>${after}<figcaption>as compared</figcaption></figure><p>${words}</p></div>`
  );
}

// Boxes of all classes in one square; `frames` are the places of the classes.
function figure(data, boxes, frames) {
  const xs = boxes.flatMap(([, b]) => [b[0], b[2]]).concat(frames.flatMap((f) => [f.from, f.to]));
  const ys = boxes.flatMap(([, b]) => [b[1], b[3]]).concat(frames.flatMap((f) => [f.from, f.to]));
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const extent = Math.max(Math.max(...xs) - left, Math.max(...ys) - top, 1);
  const scale = (SIDE - 16) / extent;
  const x = (v) => (8 + (v - left) * scale).toFixed(1);
  const y = (v) => (8 + (v - top) * scale).toFixed(1);
  const rect = (b, attributes) => `<rect x="${x(b[0])}" y="${y(b[1])}" width="${((b[2] - b[0]) * scale).toFixed(1)}" height="${((b[3] - b[1]) * scale).toFixed(1)}" ${attributes}/>`;
  // A class is told by its line, too: the second is dashed, the third dotted.
  const dash = (c) => ["", `stroke-dasharray="6 3"`, `stroke-dasharray="1.5 3"`, `stroke-dasharray="8 3 2 3"`][c % 4];
  const names = [...new Set(boxes.map(([i]) => data.prediction_classes[i]))];
  // A class is named beside its place, where the diagonal leaves room: right of it, or left of the last.
  const place = (f) => {
    const left = frames.length > 1 && f === frames.at(-1);
    const [tx, anchor] = left ? [Number(x(f.from)) - 5, "end"] : [Number(x(f.to)) + 5, "start"];
    return `<text x="${tx}" y="${Number(y(f.from)) + 14}" text-anchor="${anchor}" fill="#E4E7EC">${escapeHtml(data.classes[f.c] ?? "object")}: ${f.c} × ${pixels(f.to + 1 - f.from)}</text>`;
  };
  return (
    `<svg viewBox="0 0 ${SIDE} ${SIDE}" role="img" aria-label="${plural(boxes.length, "box", "boxes")} of ${names.map((c) => escapeHtml(data.classes[c] ?? "object")).join(", ")}">` +
    `<rect width="${SIDE}" height="${SIDE}" rx="6" fill="#14181F"/>` +
    frames.map((f) => rect([f.from, f.from, f.to, f.to], `fill="none" stroke="#4A5261"`)).join("") +
    boxes.map(([i, b]) => rect(b, `fill="none" stroke-width="1.6" stroke="${classColour(data.prediction_classes[i])}" ${dash(data.prediction_classes[i])}`)).join("") +
    frames.map((f) => place(f)).join("") +
    `</svg>`
  );
}
