// Before the first step nothing has happened to anyone: all wait. So here colour shows the class, the dashed line says
// that they wait, and tags and queue give the scores.

import { escapeHtml, whole } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { legendIcon } from "../../draw/marks.js";
import { box, classColour, MANY, nameOf, takesPart, titleOf } from "./common.js";

const MOST_NAMED = 30; // tags that are tried; those without room are left out
const MOST_CLASSES = 6;

export function drawBefore(stage, marks) {
  const { played } = stage;
  const waiting = Array.from(played.order).filter((i) => takesPart(played, i));
  const many = waiting.length > MANY;
  const alpha = waiting.length > 3 * MANY ? 0.75 : 1;
  const colour = (i) => classColour(played.prediction_classes[i]);
  for (const i of waiting.slice(0, 300).reverse()) {
    marks.box(box(played, i), "waiting", { colour: colour(i), width: many ? 1.2 : 1.8, alpha, bare: many });
  }
  const named = new Set();
  for (const i of waiting.slice(0, MOST_NAMED)) {
    // The best of every class is named first, the others where there is room.
    const must = !named.has(played.prediction_classes[i]) && named.size < MOST_CLASSES;
    named.add(played.prediction_classes[i]);
    marks.tag(box(played, i), titleOf(played, i), { background: colour(i), must, size: must ? 13 : 12, compact: !must });
  }
}

// Which class has which colour, and how many of each wait.
export function classKey(played) {
  const counts = new Map();
  for (const i of played.order) if (takesPart(played, i)) counts.set(played.prediction_classes[i], [i, (counts.get(played.prediction_classes[i])?.[1] ?? 0) + 1]);
  const rows = [...counts].sort(([, [, m]], [, [, n]]) => n - m);
  const item = ([id, [i, count]]) => `<span>${legendIcon("waiting", classColour(id))}${escapeHtml(nameOf(played, i))} <b>${whole(count)}</b></span>`;
  const more = rows.length - MOST_CLASSES;
  return `<p class="classes">${rows.slice(0, MOST_CLASSES).map(item).join("")}${more > 0 ? `<span>${say("nms.more_classes", { count: more })}</span>` : ""}</p>`;
}
