// Centre inside: where the centre lies decides, and of several objects the smallest.

import { boxArea } from "../../../core/boxes.js";
import { centreLiesIn, labelByCentre, sidesFrom } from "../../../core/matching/center_inside.js";
import { REASON } from "../../../core/matching/common.js";
import { circled, escapeHtml, iouText, pixels } from "../../../model/format.js";
import { say } from "../../../model/sentences.js";
import { caption, formula, iousOf, number, result } from "../../shared.js";
import { axis, dot, objectRows } from "../charts.js";
import { focusOf, listedObjects, nameOf, nounOf, specOf, stateMark } from "../subject.js";
import { askedAbout, common } from "./common.js";

const liesIn = (stage, index, g) => centreLiesIn(stage.anchors, index, stage.boxes[g]);
const around = (stage, index) => stage.boxes.flatMap((_, g) => (liesIn(stage, index, g) ? [g] : []));
const learners = (labels, g) => labels.label.reduce((sum, label, i) => sum + (label === 1 && labels.gt_index[i] === g), 0);

export const centerInside = {
  ...common,
  label: labelByCentre,
  bands: () => [1, 1],

  strip(stage, index, focus) {
    const sides = sidesFrom(stage.anchors, index, stage.boxes[focus]);
    const [left, top, right, bottom] = sides.map(pixels);
    const room = pixels(Math.min(...sides));
    const inside = liesIn(stage, index, focus);
    const said = { room, object: circled(focus) };
    const words = inside ? say("rules.center_inside.inside", said) : say("rules.center_inside.not_inside", said);
    return (
      formula(
        `<span class="fn">min</span> ( ${[left, top, right, bottom].map((v) => number(v)).join(" , ")} ) = ${result(room, stage.stateOf(index))}`,
        say("rules.center_inside.room_told", { anchor: `${index}`, object: focus + 1, left, top, right, bottom, room }),
        { anchor: index, object: focus },
      ) + caption(`${words} ${say("rules.center_inside.so_it_is", { state: stateMark(stage, index) })}`)
    );
  },

  // Every object's area, and how many anchors learn it.
  histogram(stage) {
    const areas = stage.boxes.map(boxArea);
    const top = Math.max(...areas, 1);
    const at = (v) => 30 + 260 * Math.sqrt(v / top);
    const counts = stage.boxes.map((_, g) => learners(stage.labels, g));
    const told = counts.map((count, g) => `${stage.className(g)} ${count}`).join(", ");
    return objectRows(
      stage,
      say("rules.center_inside.chart"),
      say("rules.center_inside.chart_told", { objects: told }),
      (g, y) =>
        dot(at(areas[g]), y, counts[g] ? "positive" : "negative", `${pixels(Math.sqrt(areas[g]))}²`, `object:${g}`) +
        `<text x="394" y="${y + 4}" text-anchor="end" class="h">${say("rules.center_inside.learners", { count: counts[g] })}</text>`,
      axis([0, 0.25, 0.5, 0.75, 1], (v) => at(v * v * top), (v) => `${pixels(v * Math.sqrt(top))}²`),
    );
  },

  // The object's box, and the anchor's centre in it or beside it.
  figure(stage, index) {
    const g = focusOf(stage);
    const [left, top, right, bottom] = sidesFrom(stage.anchors, index, stage.boxes[g]);
    const [x1, y1, x2, y2] = [Math.min(0, left), Math.min(0, top), left + right - Math.min(0, right), top + bottom - Math.min(0, bottom)];
    const scale = Math.min(380 / Math.max(x2 - x1, 1), 80 / Math.max(y2 - y1, 1));
    const [x, y] = [7 - x1 * scale, 7 - y1 * scale];
    return (
      `<svg class="chart" viewBox="0 0 400 94" role="img" aria-label="${escapeHtml(say("rules.center_inside.figure_told", { object: nameOf(stage, g) }))}">` +
      `<rect x="${x}" y="${y}" width="${(left + right) * scale}" height="${(top + bottom) * scale}" fill="none" stroke="var(--st-text-color)" stroke-width="2.4"/>` +
      `<circle class="${stage.stateOf(index)}" cx="${x + left * scale}" cy="${y + top * scale}" r="4.6" fill="currentColor"/></svg>`
    );
  },

  verdict(stage, index) {
    const { gt_index, reason } = stage.labels;
    const g = gt_index[index];
    const inside = around(stage, index);
    const iou = iouText(iousOf(stage, index)[g]);
    if (reason[index] === REASON.CENTER_FAR) return say("rules.center_inside.why_far", { object: nameOf(stage, inside[0]), radius: String(specOf(stage).radius) });
    if (reason[index] === REASON.CENTER_IN_NONE) return say("rules.center_inside.why_none", { iou, object: nameOf(stage, g) });
    const others = inside.filter((other) => other !== g);
    const learns = say("rules.center_inside.why_learns", { object: nameOf(stage, g), noun: nounOf(stage, g), iou });
    return others.length ? `${learns} ${say("rules.center_inside.why_smallest", { objects: listedObjects(others) })}` : learns;
  },

  besides(stage, index, g) {
    const object = nameOf(stage, g);
    return liesIn(stage, index, g) ? say("rules.center_inside.besides_inside", { object }) : say("rules.center_inside.besides_outside", { object });
  },

  lost(stage, g) {
    const { label, reason } = stage.labels;
    const inside = Array.from(label.keys()).filter((i) => liesIn(stage, i, g) && reason[i] !== REASON.OUTSIDE);
    if (!inside.length) return say("rules.center_inside.lost_none");
    return inside.every((i) => label[i] === 1) ? say("rules.center_inside.lost_smaller") : say("rules.center_inside.lost_far");
  },

  prediction(stage) {
    const then = specOf(stage).radius === 1.5 ? 3 : 1.5;
    const g = askedAbout(stage);
    return {
      question: say("rules.center_inside.ask", { then: String(then), object: nameOf(stage, g) }),
      asks: { control: "matching_center_inside_radius", value: then },
      answer: () => say("rules.center_inside.found", { count: learners(stage.matched({ radius: then }), g), now: learners(stage.labels, g) }),
    };
  },
};
