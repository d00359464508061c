// Home: the whole story on one picture in five small steps.

import { escapeHtml, iouText, signed, whole } from "../model/format.js";
import { say } from "../model/sentences.js";
import { encodeOffsets } from "../core/coders/center.js";
import { PLAIN } from "../core/coders/common.js";
import { smallPicture, smallViewport } from "../draw/small.js";
import { REASON } from "../core/matching/common.js";
import { f32 } from "../core/rounding.js";
import { cellMeans, drawCell } from "./anchors/cell.js";
import { specOf } from "./matching/subject.js";
import { drawDropping } from "./nms/methods/dropping.js";
import { drawPair, inWords, pairMeans } from "./offsets/pair.js";
import { anchorBox, CENTRE, drawCentres, LABELS, OBJECT } from "./shared.js";

const STATES = PALETTE.states;
const STEPS = 5;

const stepOf = (stage) => (stage.step >= 1 && stage.step <= STEPS ? stage.step : 3);

function focusOf(stage) {
  return stage.object >= 0 ? stage.object : stage.boxes.length - 1;
}

function drawStep(stage, marks, ctx, step, small) {
  const focus = focusOf(stage);
  if (step === 1) {
    stage.light(ctx, [0, 0, stage.photo.width, stage.photo.height]);
    drawBoxes(stage, marks, small);
  } else if (step === 2) {
    drawCentres(stage, marks, ctx, { plain: true, bright: !small });
    const b = stage.boxes[focus] ?? [0, 0, stage.photo.width, stage.photo.height];
    const cell = stage.cellAt((b[0] + b[2]) / 2, (b[1] + b[3]) / 2); // of a pyramid: one of the level that fits best
    drawCell(stage, marks, ctx, cell, { tags: !small, width: small ? 1.6 : 2.2 });
    if (!small && stage.object >= 0) drawBoxes(stage, marks, small);
  } else if (step === 3) {
    stage.lightUnion(ctx, stage.boxes, 1);
    stage.boxes.forEach((b, g) => {
      const best = stage.labels.best_anchor[g];
      if (best < 0) return;
      const anchor = anchorBox(stage, best);
      const state = stage.stateOf(best);
      marks.box(anchor, state, { width: small ? 1.6 : 2.2 });
      if (!small && !stage.crowded) {
        marks.tag(anchor, `IoU ${iouText(stage.labels.best_anchor_iou[g])}`, { background: STATES[state].core, prefer: "below" });
      }
    });
    drawBoxes(stage, marks, small);
    drawCentres(stage, marks, ctx);
  } else if (step === 4) {
    const object = stage.boxes[focus];
    const best = stage.labels.best_anchor[focus];
    if (object && best >= 0) {
      const anchor = anchorBox(stage, best);
      stage.lightUnion(ctx, [object, anchor], 0.42);
      stage.lightShared(ctx, object, anchor);
      drawPair(stage, marks, anchor, object, { small, name: stage.objectName(focus), index: best });
    }
  } else {
    drawDropping(stage, { ...stage.data, classes: stage.data.predicted_classes }, marks, ctx, { step: Infinity, small });
  }
}

function drawBoxes(stage, marks, small) {
  if (small) for (const b of stage.boxes) marks.box(b, "object", { width: 2.4 });
  else stage.drawObjects(marks);
}

// [title, text] of every step.
function texts(stage) {
  const { above, kept } = predictionCounts(stage.data);
  const { length } = stage.boxes;
  return [
    [say("home.image", { count: length }), say(stage.data.trained ? "home.drag_trained" : "home.drag")],
    [say("things.anchors", { count: stage.generated.count }), gridsText(stage.cells.levels)],
    learningTexts(stage),
    [say("home.four"), offsetsText(stage)],
    [say("home.kept", { count: above, kept }), keptText(length, kept)],
  ];
}

function gridsText(levels) {
  const [{ rows, cols, shapes }] = levels;
  if (levels.length === 1) return shapes.length === 1 ? say("home.one_shape", { rows, cols }) : say("home.shapes", { shapes: shapes.length, rows, cols });
  const counts = levels.map((level) => level.shapes.length);
  const [low, high] = [Math.min(...counts), Math.max(...counts)];
  const { rows: last_rows, cols: last_cols } = levels.at(-1);
  return low === high
    ? say("home.grids", { grids: levels.length, rows, cols, last_rows, last_cols, count: low })
    : say("home.grids_differ", { grids: levels.length, rows, cols, last_rows, last_cols, low, high });
}

function learningTexts(stage) {
  const { positive, ignored, negative } = stage.stateCounts();
  const lowQuality = lowQualityCount(stage);
  const rest = [say("home.left_out", { count: ignored }), say("home.background", { count: negative })];
  const [title, told] = lowQuality
    ? [say("home.learning", { count: positive }), [say("home.fit", { count: positive - lowQuality }), say("home.low_quality", { count: lowQuality })]]
    : [say("home.matching", { count: positive }), [say("home.learn", { count: positive })]];
  return [title, [...told, ...rest].join(" ")];
}

function offsetsText(stage) {
  const focus = focusOf(stage);
  const object = stage.boxes[focus];
  const best = object ? stage.labels.best_anchor[focus] : -1;
  if (best < 0) return say("home.four_mean");
  const four = encodeOffsets(anchorBox(stage, best), object, PLAIN);
  return say("home.four_told", {
    numbers: four.map((v) => signed(v)).join(" "),
    object: escapeHtml(stage.objectName(focus)),
    told: inWords(four),
  });
}

// Anchors that learn although they fit badly: no other fits their object better.
function lowQualityCount(stage) {
  const { reason, best_iou } = stage.labels;
  const { high } = specOf(stage);
  let count = 0;
  reason.forEach((r, i) => {
    if (r === REASON.LOW_QUALITY || ((r === REASON.GREEDY || r === REASON.FORCED) && best_iou[i] < f32(high))) count++;
  });
  return count;
}

function keptText(objects, kept) {
  if (kept === objects || !objects) return say("home.doubles");
  const both = { objects: say("things.objects", { count: objects }), boxes: say("things.boxes", { count: kept }) };
  return kept > objects ? say("home.remaining", both) : say("home.missed", both);
}

function predictionCounts({ status }) {
  let kept = 0;
  let above = 0;
  for (const s of status) {
    if (s === 1) kept++;
    if (s === 1 || s === 2) above++;
  }
  return { kept, above };
}

function steps(stage) {
  const current = stepOf(stage);
  return (
    `<div class="steps" role="group" aria-label="${say("home.steps")}">` +
    texts(stage)
      .map(
        ([title, text], k) =>
          `<button type="button" class="step ${k + 1 === current ? "on" : ""}" data-act="${k + 1}" aria-pressed="${k + 1 === current}">` +
          `<canvas width="336" height="216" aria-hidden="true"></canvas>` +
          `<span class="words"><span class="n">${say("home.step", { step: k + 1 })}</span><b>${title}</b><span class="t">${text}</span></span></button>`,
      )
      .join("") +
    `</div>`
  );
}

const withoutMarks = (html) => html.replace(/<[^>]+>/g, "");

// A step is drawn as on the big picture, only through a small viewport.
function paintThumbnails(stage, element) {
  const { viewport, picture, photo } = stage;
  stage.viewport = smallViewport(168, 108, [0, 0, photo.width, photo.height], true);
  element.querySelectorAll("canvas").forEach((canvas, k) => {
    const small = smallPicture(stage, canvas, stage.viewport);
    stage.picture = small.picture;
    drawStep(stage, small.marks, small.ctx, k + 1, true);
  });
  Object.assign(stage, { viewport, picture });
}

export const homeView = {
  keys: [["Space", say("home.key_next")], ["← →", say("home.key_arrows")], ["1 … 5", say("home.key_numbers")]],
  slots: { steps },

  // Hovering and zooming leave the steps as they are.
  paintSlot(stage, name, element) {
    const key = [stage.revision, stage.object, stage.dark, Boolean(stage.photoImage), element.anchorlabFilled].join();
    if (name !== "steps" || key === stage.stepsKey) return;
    stage.stepsKey = key;
    paintThumbnails(stage, element);
  },

  label(stage) {
    const [title, text] = texts(stage)[stepOf(stage) - 1];
    return say("home.label", { alt: stage.photo.alt, step: stepOf(stage), steps: STEPS, title, text: withoutMarks(text) });
  },

  means(stage) {
    const step = stepOf(stage);
    if (step === 1) return [OBJECT];
    if (step === 2) return [...cellMeans(stage), CENTRE, ...(stage.object >= 0 ? [OBJECT] : [])];
    if (step === 3) return [OBJECT, ...LABELS];
    if (step === 4) return pairMeans(false);
    return [
      { state: "kept", text: say("home.means_kept") },
      { state: "suppressed", text: say("home.means_suppressed") },
    ];
  },

  draw(stage, marks, ctx) {
    drawStep(stage, marks, ctx, stepOf(stage), false);
  },

  strip(stage) {
    const { data } = stage;
    const { positive } = stage.stateCounts();
    const { above, kept } = predictionCounts(data);
    const { count } = stage.generated;
    const item = (value, text, state = "") => `<span class="item"><span class="res ${state}">${value}</span><span class="cap">${text}</span></span>`;
    return (
      `<div class="fun">` +
      [
        item(whole(count), say("home.funnel_anchors", { count })),
        item(whole(positive), say("home.funnel_learn", { count: positive }), "positive"),
        item(`${whole(positive)} × 4`, say("home.funnel_offsets")),
        item(whole(above), say(data.trained ? "home.funnel_detected" : "home.funnel_predictions", { count: above })),
        item(whole(kept), say("home.funnel_kept", { count: kept }), "kept"),
      ].join(`<span class="ar" aria-hidden="true">→</span>`) +
      `</div>`
    );
  },

  go(stage, step) {
    stage.step = Math.min(STEPS, Math.max(1, step));
    const [title, text] = texts(stage)[stage.step - 1];
    stage.say(say("home.step_told", { step: stage.step, title, text: withoutMarks(text) }));
    stage.commitPick(400);
    stage.schedule();
  },

  act(stage, act) {
    this.go(stage, Number(act));
  },

  // In a crowd an object's name is shown when its border is pointed at.
  hover(stage, ix, iy, x, y) {
    const hit = stage.crowded && stage.editor.hit(x, y, 7 * stage.unit);
    return hit ? { kind: "object", index: hit.index } : null;
  },

  click(stage) {
    stage.selectObject(-1);
  },

  key(stage, key, event, arrow) {
    if (key === " ") return this.go(stage, (stepOf(stage) % STEPS) + 1), true;
    if (arrow && stage.object < 0 && arrow[0]) return this.go(stage, stepOf(stage) + arrow[0]), true;
    if (/^[1-5]$/.test(key)) return this.go(stage, Number(key)), true;
    return false;
  },
};
