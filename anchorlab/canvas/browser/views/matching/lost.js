// Objects that no anchor learns, grouped by the reason: the message a practitioner looks for.

import { height, width } from "../../core/boxes.js";
import { REASON } from "../../core/matching/common.js";
import { shapeIou } from "../../core/matching/shapes.js";
import { f32 } from "../../core/rounding.js";
import { circled, iouText } from "../../model/format.js";
import { say, sayFrom } from "../../model/sentences.js";
import { listed, nameOf, specOf } from "./subject.js";

const FEW_LOST = 2; // objects that are named at once; more are listed when somebody asks

// The best IoU that a shape of the list could reach with an object, if only it sat right on it.
function reachable(shapes, w, h) {
  return Math.max(...shapes.map((shape) => shapeIou(w, h, ...shape.map(f32))));
}

// [reason, values] where the object's best anchor learns another one.
function taken(stage, g) {
  const { label, gt_index, best_anchor, reason } = stage.labels;
  const best = best_anchor[g];
  if (best < 0 || label[best] !== 1 || gt_index[best] === g) return null;
  return [reason[best] === REASON.FORCED ? "taken" : "learns", { other: circled(gt_index[best]) }];
}

// [reason, values] where the anchors do not fit an object.
function unfit(stage, g, shapes) {
  const box = stage.boxes[g].map(f32);
  const [w, h] = [width(box), height(box)];
  const areas = shapes.map(([a, b]) => a * b);
  const centred = reachable(shapes, w, h);
  if (stage.labels.best_anchor_iou[g] === 0) return ["untouched"];
  if (centred >= f32(specOf(stage).high)) return ["between"];
  if (w * h < 0.7 * Math.min(...areas)) return ["smaller"];
  if (w * h > 1.4 * Math.max(...areas)) return ["larger"];
  if (h / w > 1.4 * Math.max(...shapes.map(([a, b]) => b / a))) return ["taller"];
  if (w / h > 1.4 * Math.max(...shapes.map(([a, b]) => a / b))) return ["wider"];
  return ["unlike", { iou: iouText(centred) }];
}

function link(stage, g) {
  const object = `<button type="button" class="link" data-pick="object:${g}" data-hover="object:${g}">${nameOf(stage, g)}</button>`;
  return say("matching.lost_object", { object, iou: iouText(stage.labels.best_anchor_iou[g]) });
}

// Sentences on all objects that no anchor learns, one for each reason: [objects, sentence].
function byReason(stage, rule) {
  const known = rule.taught(stage);
  const shapes = stage.cells.levels.flatMap((level) => level.shapes);
  const groups = new Map();
  stage.boxes.forEach((_, g) => {
    if (known.has(g)) return;
    const why = JSON.stringify(rule.lost?.(stage, g) ?? taken(stage, g) ?? unfit(stage, g, shapes));
    groups.set(why, [...(groups.get(why) ?? []), g]);
  });
  return [...groups].map(([why, objects]) => {
    const [reason, given] = JSON.parse(why);
    const values = { ...given, count: objects.length, objects: listed(objects.map((g) => link(stage, g))) };
    return [objects, rule.lost ? sayFrom(`rules.${stage.match.rule}.lost_${reason}`, values) : sayFrom(`matching.lost_${reason}`, values)];
  });
}

export function lostObjects(stage, rule) {
  const groups = byReason(stage, rule);
  const count = groups.reduce((sum, [objects]) => sum + objects.length, 0);
  if (!count) return "";
  const head = `<b>${say("matching.lost", { count })}</b>`;
  if (count <= FEW_LOST) return `<p class="lost">${[head, ...groups.map(([, sentence]) => sentence)].join(" ")}</p>`;
  const open = Boolean(stage.lostListed);
  const rows = groups.map(([objects, sentence]) => `<li><b>${objects.length}</b> · ${sentence}</li>`);
  const list = `<div class="scroll" tabindex="0" role="group" aria-label="${say("matching.lost_label")}"><ul>${rows.join("")}</ul></div>`;
  const toggle = open ? say("matching.lost_hide") : say("matching.lost_list");
  return (
    `<div class="lost"><p>${head} <button type="button" class="link" data-act="lost" aria-expanded="${open}">${toggle}</button></p>` +
    `${open ? list : ""}</div>`
  );
}
