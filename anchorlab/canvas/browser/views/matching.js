// Matching: which anchors learn from which object, and why. What is a rule's own stands in matching/rules/<rule>.js.

import { circled, escapeHtml, iouText, whole } from "../model/format.js";
import { height, width } from "../core/boxes.js";
import { REASON } from "../core/matching/common.js";
import { anchorWorthSeeing } from "../model/highlights.js";
import { say } from "../model/sentences.js";
import { bestIous } from "./matching/charts.js";
import { lostObjects } from "./matching/lost.js";
import { matrix, walkMatrix } from "./matching/matrix.js";
import { RULES } from "./matching/rules/index.js";
import { anchorOf, focusOf, levelLookedAt, pairOf, specOf, stateWord } from "./matching/subject.js";
import { anchorBox, caption, cellOf, drawCentres, drawHoveredCell, legend, OBJECT, sizeText, tryThis, why } from "./shared.js";

const STATES = PALETTE.states;

const ruleOf = (stage) => RULES[stage.match.rule];
const bandsOf = (stage) => ruleOf(stage).bands(specOf(stage));

// Whether rounds are looked at that are not the last.
const undecided = (stage) => !ruleOf(stage).stepOf(stage).final;

// ---- slots

// The levels of a pyramid with their positives: one of them, or all, is looked at.
function levelButtons(stage) {
  const { levels } = stage.cells;
  if (levels.length < 2) return "";
  const chosen = levelLookedAt(stage);
  const { positive } = stage.cellStates();
  const counts = levels.map(({ cell, cells }) => positive.subarray(cell, cell + cells).reduce((sum, n) => sum + n, 0));
  const button = (level, text, count) =>
    `<button type="button" data-act="level:${level}" aria-pressed="${level === chosen}">${text}<b class="positive">${whole(count)}</b></button>`;
  const all = counts.reduce((sum, n) => sum + n, 0);
  return (
    `<div class="looks" role="group" aria-label="${say("matching.levels_label")}">` +
    button(-1, say("matching.all_levels"), all) +
    levels.map(({ name }, k) => button(k, escapeHtml(name), counts[k])).join("") +
    `</div><p class="cap">${ruleOf(stage).levelsText(levels.length)}</p>`
  );
}

// Why an anchor has its state, with the object under discussion, which the formula works out too.
function sentence(stage, { anchor, object }) {
  const { reason } = stage.labels;
  if (reason[anchor] === REASON.NO_OBJECTS) return say("matching.no_objects");
  const rule = ruleOf(stage);
  const text = reason[anchor] === REASON.OUTSIDE ? say("matching.outside") : rule.verdict(stage, anchor);
  if (!stage.boxes[object] || text.includes(circled(object))) return text;
  return `${rule.besides(stage, anchor, object)} ${text}`;
}

function prediction(stage) {
  return stage.boxes.length ? ruleOf(stage).prediction(stage) : { question: say("matching.draw_first") };
}

function readout(stage) {
  const rule = ruleOf(stage);
  const pair = pairOf(stage);
  const index = pair.anchor;
  const figure = () => (stage.boxes.length ? rule.figure(stage, index, bandsOf(stage)) : "");
  const panel =
    index >= 0
      ? why(say("matching.why_this", { anchor: `${index}`, state: stateWord(stage, index) }), `${figure()}<p>${sentence(stage, pair)}</p>`, pair)
      : why(say("matching.why"), `<p>${say("matching.why_hint")}</p>`);
  return legend(rule.rows(stage)) + levelButtons(stage) + rule.stepper(stage) + lostObjects(stage, rule) + panel + tryThis(stage, prediction(stage));
}

const histogram = (stage) => (stage.boxes.length ? ruleOf(stage).histogram : bestIous)(stage, bandsOf(stage));

const pairs = (stage) => ruleOf(stage).pairs(stage);

// ---- the view

export const matchingView = {
  // An answer may be older than what was moved since.
  update(stage) {
    if (stage.settings.pending("matching")) stage.stale = true;
  },

  // The labels follow in the browser.
  settingChanged(stage, path) {
    if (!path.startsWith("matching.")) return;
    stage.stale = true;
    stage.relabel();
  },

  suggest: anchorWorthSeeing,

  // Of the rule that the answer speaks of, which Python has chosen.
  numbers(stage) {
    const rule = stage.settings.said["matching.rule"];
    return RULES[rule].numbers(stage, stage.match[rule]);
  },

  get keys() {
    return [
      ["← ↑ → ↓", say("matching.key_cell")],
      [", .", say("matching.key_shape")],
      ["PageUp PageDown Home End", say("matching.key_rounds")],
    ];
  },

  slots: { histogram, readout, matrix: (stage) => matrix(stage, ruleOf(stage)), pairs },
  below: ["matrix", "pairs"],

  label(stage) {
    const { positive, ignored, negative } = stage.stateCounts();
    const objects = say("things.objects", { count: stage.boxes.length });
    return say("matching.label", { alt: stage.photo.alt, objects, positive: `${positive}`, ignored: `${ignored}`, negative: `${negative}` });
  },

  means(stage) {
    const rows = ruleOf(stage).rows(stage).map(([state, meaning]) => ({ state, text: say("matching.means_row", { meaning }) }));
    const selected = anchorOf(stage) >= 0 ? [{ state: stage.stateOf(anchorOf(stage)), sign: "ring", text: say("matching.means_selected") }] : [];
    return [OBJECT, ...rows, ...selected];
  },

  draw(stage, marks, ctx) {
    const { labels } = stage;
    const focus = focusOf(stage);
    const index = anchorOf(stage);
    const object = stage.boxes[focus];
    const anchor = index >= 0 ? anchorBox(stage, index) : null;
    if (object) stage.lightUnion(ctx, anchor ? [object, anchor] : [object], 0.42);
    if (object && anchor) stage.lightShared(ctx, object, anchor);

    const rule = ruleOf(stage);
    const waits = undecided(stage);
    if (waits) {
      for (const [i] of rule.rounds(stage).slice(0, rule.stepOf(stage).step)) marks.box(anchorBox(stage, i), "positive", { width: 1.8 });
    } else if (object) {
      const level = levelLookedAt(stage);
      const own = rule.anchorsOf(stage, focus).filter((i) => level < 0 || stage.cells.levelOfAnchor(i) === level);
      for (const i of rule.drawn(stage, own, index).slice(0, 60)) {
        if (i !== index) marks.box(anchorBox(stage, i), "positive", { width: 1.6, alpha: own.length > 8 ? 0.5 : 1 });
      }
    }
    stage.drawObjects(marks);
    drawCentres(stage, marks, ctx, { plain: waits, level: levelLookedAt(stage) });
    if (object) rule.drawWhere(stage, marks, focus);
    drawHoveredCell(stage, marks);
    if (anchor) {
      const state = waits && labels.reason[index] !== REASON.GREEDY ? "waiting" : stage.stateOf(index);
      marks.box(anchor, state);
      marks.ring(anchor);
      const [x, y] = stage.centre(cellOf(stage, index));
      marks.circle(stage.viewport.x(x), stage.viewport.y(y), 6, STATES.selected.core);
      marks.tag(anchor, `#${index} ${sizeText(anchor)}`, { background: STATES[state].core, prefer: "below" });
    }
  },

  strip(stage) {
    const { anchor, object } = pairOf(stage);
    return anchor >= 0 && stage.boxes[object] ? ruleOf(stage).strip(stage, anchor, object) : caption(say("matching.strip_hint"));
  },

  hover(stage, ix, iy) {
    const { width, height } = stage.photo;
    if (ix < 0 || iy < 0 || ix > width || iy > height) return null;
    const level = levelLookedAt(stage);
    return { kind: "cell", index: level < 0 ? stage.cellAt(ix, iy) : stage.cells.at(ix, iy, level) };
  },

  // The first click on a cell takes its best anchor, each further click the next shape.
  click(stage, ix, iy) {
    const only = levelLookedAt(stage);
    const here = stage.cells.levels.flatMap((_, level) => {
      if (only >= 0 && level !== only) return [];
      const { first, count } = stage.cells.anchorsOf(stage.cells.at(ix, iy, level));
      return Array.from({ length: count }, (_, s) => first + s);
    });
    const at = here.indexOf(stage.anchor);
    const { best_iou } = stage.labels;
    stage.selectAnchor(at >= 0 ? here[(at + 1) % here.length] : here.reduce((best, i) => (best_iou[i] > best_iou[best] ? i : best)));
    stage.object = -1;
  },

  // An object is explained by its best anchor.
  objectSelected(stage) {
    if (stage.object >= 0) stage.anchor = stage.labels.best_anchor[stage.object];
  },

  anchorSelected(stage) {
    const i = stage.anchor;
    if (i < 0) return;
    const box = anchorBox(stage, i);
    const [w, h] = [width(box), height(box)].map((side) => `${Math.round(side)}`);
    stage.say(say("matching.anchor_told", { anchor: `${i}`, width: w, height: h, state: stateWord(stage, i), iou: iouText(stage.labels.best_iou[i]) }));
  },

  act(stage, act) {
    const [kind, level] = act.split(":");
    if (kind === "lost") {
      stage.lostListed = !stage.lostListed;
      stage.schedule();
      return;
    }
    if (kind === "level") {
      stage.level = Number(level);
      stage.say(level < 0 ? say("matching.all_levels_told") : say("matching.level_told", { level: stage.cells.levels[level].name }));
      stage.commitPick(0);
      stage.schedule();
      return;
    }
    ruleOf(stage).act?.(stage, act);
  },

  // Without a selected object the arrows walk from cell to cell; comma and full stop change the shape.
  key(stage, key, event, arrow) {
    const { cells } = stage;
    if (key === "," || key === ".") {
      const at = Math.max(0, stage.anchor);
      const { first, count } = cells.anchorsOf(cells.cellOf(at));
      stage.selectAnchor(first + ((at - first + (key === "." ? 1 : count - 1)) % count));
      return true;
    }
    if (ruleOf(stage).key?.(stage, key)) return true;
    if (!arrow || stage.object >= 0) return false;
    const at = Math.max(0, stage.anchor);
    const cell = cells.cellOf(at);
    const next = cells.anchorsOf(cells.step(cell, ...arrow));
    stage.selectAnchor(next.first + at - cells.anchorsOf(cell).first);
    return true;
  },

  slotKey: walkMatrix,
};
