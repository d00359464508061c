// The coordinate trick of batched NMS as a figure: every class in a place of its own, class × (largest coordinate + 1)
// away, so that one suppression across all of them compares no classes. And where it fails.

import { classStep, shiftByClass } from "../../core/suppression/common.js";
import { escapeHtml, pixels } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { classColour, takesPart } from "./common.js";

const MOST = 4; // classes that are drawn
const SIDE = 250;

function words(step, classes) {
  const values = { largest: pixels(step - 1), step: pixels(step) };
  const rest = classes > MOST ? [say("nms.shift_rest", { drawn: MOST, classes })] : [];
  if (step > 0) return [say("nms.shift_apart", values), ...rest].join(" ");
  return step === 0 ? say("nms.shift_nothing", values) : say("nms.shift_into", values);
}

export function shiftFigure({ played }) {
  const part = Array.from(played.order).filter((i) => takesPart(played, i));
  if (!part.length) return `<p class="cap">${say("nms.shift_empty")}</p>`;
  const step = classStep(played, played.suppression);
  const classes = [...new Set(part.map((i) => played.prediction_classes[i]))].sort((a, b) => a - b);
  const shown = classes.slice(0, MOST);
  const moved = shiftByClass(played, played.suppression);
  const drawn = part.filter((i) => shown.includes(played.prediction_classes[i])).slice(0, 200);
  const at = (boxes, i) => Array.from(boxes.slice(4 * i, 4 * i + 4));
  const before = figure(played, drawn.map((i) => [i, at(played.predictions, i)]), []);
  const frames = shown.map((c) => ({ c, from: c * step, to: c * step + (step - 1) }));
  const after = figure(played, drawn.map((i) => [i, at(moved, i)]), step > 0 ? frames : []);
  return (
    `<div class="shifted"><figure>${before}<figcaption>${say("nms.shift_before")}</figcaption></figure><span class="ar" aria-hidden="true">→</span>` +
    `<figure>${after}<figcaption>${say("nms.shift_after")}</figcaption></figure><p>${words(step, classes.length)}</p></div>`
  );
}

// Boxes of all classes in one square; `frames` are the places of the classes.
function figure(played, boxes, frames) {
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
  const names = [...new Set(boxes.map(([i]) => played.prediction_classes[i]))];
  // A class is named beside its place, where the diagonal leaves room: right of it, or left of the last.
  const place = (f) => {
    const left = frames.length > 1 && f === frames.at(-1);
    const [tx, anchor] = left ? [Number(x(f.from)) - 5, "end"] : [Number(x(f.to)) + 5, "start"];
    return `<text x="${tx}" y="${Number(y(f.from)) + 14}" text-anchor="${anchor}" fill="#E4E7EC">${escapeHtml(played.classes[f.c] ?? "object")}: ${f.c} × ${pixels(f.to + 1 - f.from)}</text>`;
  };
  return (
    `<svg viewBox="0 0 ${SIDE} ${SIDE}" role="img" aria-label="${say("nms.shift_boxes", { count: boxes.length, names: names.map((c) => escapeHtml(played.classes[c] ?? "object")).join(", ") })}">` +
    `<rect width="${SIDE}" height="${SIDE}" rx="6" fill="#14181F"/>` +
    frames.map((f) => rect([f.from, f.from, f.to, f.to], `fill="none" stroke="#4A5261"`)).join("") +
    boxes.map(([i, b]) => rect(b, `fill="none" stroke-width="1.6" stroke="${classColour(played.prediction_classes[i])}" ${dash(played.prediction_classes[i])}`)).join("") +
    frames.map((f) => place(f)).join("") +
    `</svg>`
  );
}
