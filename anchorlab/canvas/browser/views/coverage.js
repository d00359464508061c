// Coverage: the objects whose best anchor overlaps them by less than asked.

import { escapeHtml, iouText } from "../model/format.js";
import { say } from "../model/sentences.js";
import { OBJECT, strong, why } from "./shared.js";

const threshold = (stage) => iouText(stage.setting("covered_from"));

const bestIous = (stage) => stage.boxes.map((b) => Math.max(0, ...stage.generated.best(b).iou));

const uncovered = (stage) => bestIous(stage).map((iou) => iou < stage.setting("covered_from"));

const reached = (stage) =>
  bestIous(stage).map((iou, g) => say("coverage.reaches", { object: escapeHtml(stage.objectName(g)), iou: iouText(iou) }));

const withoutMarks = (html) => html.replace(/<[^>]+>/g, "");

function readout(stage) {
  if (!stage.boxes.length) return why(say("coverage.best"), `<p>${say("coverage.none")}</p>`);
  const missed = uncovered(stage);
  const lines = reached(stage).map((text, g) => `<p>${missed[g] ? strong("suppressed", text) : text}</p>`);
  return why(say("coverage.best"), lines.join(""));
}

export const coverageView = {
  slots: { readout },

  numbers(stage) {
    const count = uncovered(stage).filter(Boolean).length;
    return { count, objects: say("things.objects", { count: stage.boxes.length }), threshold: threshold(stage) };
  },

  label: (stage) =>
    stage.boxes.length ? say("coverage.label", { alt: stage.photo.alt, told: withoutMarks(reached(stage).join(", ")) }) : stage.photo.alt,

  means: (stage) => [OBJECT, { state: "suppressed", text: say("coverage.means_uncovered", { threshold: threshold(stage) }) }],

  draw(stage, marks) {
    stage.drawObjects(marks);
    const missed = uncovered(stage);
    stage.boxes.forEach((b, g) => missed[g] && marks.box(b, "suppressed"));
  },
};
