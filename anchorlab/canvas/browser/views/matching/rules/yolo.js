// YOLO: the cell of the centre says where, the shape alone which anchor.

import { sideOf } from "../../../core/matching/common.js";
import { shapeIou } from "../../../core/matching/shapes.js";
import { labelByYolo } from "../../../core/matching/yolo.js";
import { circled, iouText, pixels, whole } from "../../../model/format.js";
import { say, sayFrom } from "../../../model/sentences.js";
import { caption, formula, fraction, number, result } from "../../shared.js";
import { bestIous, corner } from "../charts.js";
import { apart, focusOf, listedObjects, nameOf, objectsNear, place, sidesOf, sidesText, specOf, stateMark } from "../subject.js";
import { askedAbout, common } from "./common.js";
import { drawCell } from "./grids.js";

// Whether an object is centred in the anchor's cell.
const sharesCell = ([, neighbour]) => neighbour === 0;

// How many shapes the levels before this one have.
function shapesBefore(stage, level) {
  const before = stage.levels.slice(0, stage.levels.indexOf(level));
  return before.reduce((sum, { shapes }) => sum + shapes.length / 2, 0);
}

function whyResponsible(stage, index) {
  const { responsible, columns } = stage.story;
  const g = stage.labels.gt_index[index];
  const { alike, shape } = responsible[g];
  const said = { object: nameOf(stage, g), shape_iou: iouText(alike[shape]), iou: iouText(columns[g].iou[index]) };
  const parts = [alike.length === 1 ? say("rules.yolo.why_only", said) : say("rules.yolo.why_most_like", { ...said, shapes: alike.length })];
  const others = responsible.flatMap((of, other) => (of.anchor === index && other !== g ? [other] : []));
  if (others.length) parts.push(say("rules.yolo.why_last_listed", { objects: listedObjects(others) }));
  return parts.join(" ");
}

// Why the shape of an anchor in an object's cell is not the one.
function whyNotThis(stage, index, g) {
  const { level, shape } = place(stage, index);
  const { alike, shape: better, level: at } = stage.story.responsible[g];
  const onLevel = stage.levels[at];
  const sides = sidesText(sideOf(onLevel, better - shapesBefore(stage, onLevel)));
  const [theirs, its] = apart(alike[better], alike[shapesBefore(stage, level) + shape]);
  const { name } = stage.cells.levels[at];
  const said = { object: nameOf(stage, g), sides, level: name, iou: iouText(alike[better]), theirs, its };
  if (theirs === its) return sayFrom(onLevel === level ? "rules.yolo.why_equal" : "rules.yolo.why_equal_on", said);
  return sayFrom(onLevel === level ? "rules.yolo.why_more_like" : "rules.yolo.why_more_like_on", said);
}

function whyNot(stage, index) {
  const { label, gt_index, best_iou } = stage.labels;
  const own = objectsNear(stage, index).filter(sharesCell);
  const focus = focusOf(stage);
  const first = own.length ? whyNotThis(stage, index, (own.find(([of]) => of === focus) ?? own[0])[0]) : say("rules.yolo.why_no_centre");
  const ignore = iouText(specOf(stage).ignore_iou);
  const then =
    label[index] === -1
      ? say("rules.yolo.why_ignored", { object: nameOf(stage, gt_index[index]), iou: iouText(best_iou[index]), ignore })
      : say("rules.yolo.why_background", { ignore });
  return `${first} ${then}`;
}

export const yolo = {
  ...common,
  label: labelByYolo,
  readsLevels: true,
  numbers: (stage, { ignore_iou }) => ({ ignore: iouText(ignore_iou) }),
  bands: ({ ignore_iou }) => [ignore_iou, 1],
  histogram: (stage, bands) => bestIous(stage, bands, say("rules.yolo.if_not_responsible")),

  // Boxes moved to one corner.
  strip(stage, index, focus) {
    const { own: [a, c], object: [w, h] } = sidesOf(stage, index, focus);
    const value = iouText(shapeIou(w, h, a, c));
    const state = stage.stateOf(index);
    const [shared, anchorArea, objectArea] = [Math.min(w, a) * Math.min(h, c), a * c, w * h].map(whole);
    const { anchor, alike, shape: best } = stage.story.responsible[focus];
    const object = circled(focus);
    const said = { object, iou: iouText(alike[best]), anchor: `#${anchor}` };
    const words = sayFrom(anchor === index ? "rules.yolo.most_like" : "rules.yolo.other_most_like", said);
    const so = say("rules.yolo.so_it_is", { state: stateMark(stage, index) });
    return (
      formula(
        `<span class="fn">${say("rules.yolo.shape_iou")}(${number("#" + index, state)}, ${number(object)})</span> = ` +
          fraction(number(shared), `${number(anchorArea, state)} + ${number(objectArea)} − ${number(shared)}`) +
          ` = ${result(value)}`,
        say("rules.yolo.shape_iou_told", { anchor: `${index}`, object: focus + 1, shared, anchor_area: anchorArea, object_area: objectArea, iou: value }),
        { anchor: index, object: focus },
      ) + caption(`${say("rules.yolo.to_one_corner")} ${words} ${so}`)
    );
  },

  figure(stage, index) {
    const g = focusOf(stage);
    const { own: [a, c], object: [w, h] } = sidesOf(stage, index, g);
    const lines = [
      `${circled(g)} ${pixels(w)} × ${pixels(h)}`,
      `#${index} ${pixels(a)} × ${pixels(c)}`,
      say("rules.yolo.shared", { width: pixels(Math.min(w, a)), height: pixels(Math.min(h, c)) }),
    ];
    return corner(stage, index, [w, h], [a, c], { lines, room: 190 });
  },

  drawWhere(stage, marks, focus) {
    const { level, row, col } = stage.story.responsible[focus];
    drawCell(marks, stage.levels[level], row, col);
  },

  verdict: (stage, index) => (stage.labels.label[index] === 1 ? whyResponsible(stage, index) : whyNot(stage, index)),

  besides(stage, index, g) {
    const object = nameOf(stage, g);
    if (!objectsNear(stage, index).some((near) => near[0] === g && sharesCell(near))) return say("rules.yolo.besides_elsewhere", { object });
    const { anchor } = stage.story.responsible[g];
    return sayFrom(anchor === index ? "rules.yolo.besides_most_like" : "rules.yolo.besides_other", { object, anchor: `#${anchor}` });
  },

  lost(stage, g) {
    const { usable } = stage.generated;
    const { anchor } = stage.story.responsible[g];
    if (usable && !usable[anchor]) return ["outside"];
    return ["taken", { other: circled(stage.labels.gt_index[anchor]) }];
  },

  prediction(stage) {
    const g = askedAbout(stage);
    const box = stage.boxes[g];
    const { level, anchor } = stage.story.responsible[g];
    const half = stage.levels[level].stride[1] / 2;
    // To the right, unless the picture ends there.
    const step = box[2] + half <= stage.photo.width ? half : -half;
    const said = { object: nameOf(stage, g), pixels: whole(half) };
    return {
      question: say(step > 0 ? "rules.yolo.ask_right" : "rules.yolo.ask_left", said),
      answer() {
        const moved = stage.boxes.map((b, k) => (k === g ? [b[0] + step, b[1], b[2] + step, b[3]] : b));
        const next = stage.matched({}, moved).responsible[g].anchor;
        return sayFrom(next === anchor ? "rules.yolo.answer_keeps" : "rules.yolo.answer_changes", { next: `#${next}`, anchor: `#${anchor}` });
      },
    };
  },
};
