// Objects that no anchor learns, grouped by the reason: the message a practitioner looks for.

import { iouText } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { nameOf, specOf } from "./subject.js";

const FEW_LOST = 2; // objects that are named at once; more are listed when somebody asks

// The best IoU that a shape of the list could reach with an object, if only it sat right on it.
function reachable(shapes, w, h) {
  return Math.max(...shapes.map(([a, b]) => (Math.min(a, w) * Math.min(b, h)) / (a * b + w * h - Math.min(a, w) * Math.min(b, h))));
}

// Why the anchors do not fit an object, where that is the reason.
function unfit(stage, g, shapes) {
  const [x1, y1, x2, y2] = stage.boxes[g];
  const [w, h] = [x2 - x1, y2 - y1];
  const areas = shapes.map(([a, b]) => a * b);
  const centred = reachable(shapes, w, h);
  if (stage.labels.best_anchor_iou[g] === 0) return say("matching.lost_untouched");
  if (centred >= specOf(stage).high) return say("matching.lost_between");
  if (w * h < 0.7 * Math.min(...areas)) return say("matching.lost_smaller");
  if (w * h > 1.4 * Math.max(...areas)) return say("matching.lost_larger");
  if (h / w > 1.4 * Math.max(...shapes.map(([a, b]) => b / a))) return say("matching.lost_taller");
  if (w / h > 1.4 * Math.max(...shapes.map(([a, b]) => a / b))) return say("matching.lost_wider");
  return say("matching.lost_unlike", { iou: iouText(centred) });
}

// [reason, objects] of all objects that no anchor learns.
function byReason(stage, rule) {
  const known = rule.taught(stage);
  const shapes = stage.cells.levels.flatMap((level) => level.shapes);
  const groups = new Map();
  stage.boxes.forEach((_, g) => {
    if (known.has(g)) return;
    const reason = rule.lost(stage, g) || unfit(stage, g, shapes);
    if (!groups.has(reason)) groups.set(reason, []);
    groups.get(reason).push(g);
  });
  return [...groups];
}

function link(stage, g) {
  const object = `<button type="button" class="link" data-pick="object:${g}" data-hover="object:${g}">${nameOf(stage, g)}</button>`;
  return say("matching.lost_object", { object, iou: iouText(stage.labels.best_anchor_iou[g]) });
}

export function lostObjects(stage, rule) {
  const groups = byReason(stage, rule);
  const count = groups.reduce((sum, [, objects]) => sum + objects.length, 0);
  if (!count) return "";
  const links = (objects) => objects.map((g) => link(stage, g)).join(", ");
  if (count <= FEW_LOST) {
    const said = groups.map(([reason, objects]) => say("matching.lost_group", { objects: links(objects), reason }));
    return `<p class="lost">${say("matching.lost", { count, objects: said.join("; ") })}</p>`;
  }
  const open = Boolean(stage.lostListed);
  const rows = groups.map(([reason, objects]) => `<li>${say("matching.lost_row", { count: objects.length, reason, objects: links(objects) })}</li>`);
  const list = `<div class="scroll" tabindex="0" role="group" aria-label="${say("matching.lost_label")}"><ul>${rows.join("")}</ul></div>`;
  const toggle = open ? say("matching.lost_hide") : say("matching.lost_list");
  return (
    `<div class="lost"><p><b>${say("matching.lost_head", { count })}</b> <button type="button" class="link" data-act="lost" aria-expanded="${open}">${toggle}</button></p>` +
    `${open ? list : ""}</div>`
  );
}
