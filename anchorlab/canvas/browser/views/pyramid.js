// Pyramid: which level finds which object.

import { iouText, pixels, whole } from "../model/format.js";
import { say } from "../model/sentences.js";
import { numbersSkeleton, paintNumbers } from "../input/numbers.js";
import { LISTS, listOf } from "./pyramid/lists.js";
import { OBJECT, smallestAt } from "./shared.js";
import { presetOf, regenerate } from "./pyramid/chosen.js";
import { aloneOf, bests, colourAt } from "./pyramid/reading.js";
import { drawAll, drawAlone } from "./pyramid/picture.js";
import { levelList, paintThumbnails, writeLevels } from "./pyramid/rail.js";
import { readout } from "./pyramid/readout.js";
import { strip, usual } from "./pyramid/counts.js";
import { costs, heads, rivals } from "./pyramid/tables.js";

// The switches that resize to a size the preset is usually shown; some presets have two.
const USUAL = ["pyramid.usual.0", "pyramid.usual.1"];

function lead(stage) {
  const { levels } = stage.generated;
  const counts = levels.map((level) => level.shapes.length);
  const [low, high] = [Math.min(...counts), Math.max(...counts)];
  if (levels.length === 1) return say("pyramid.one_grid", { count: low });
  const grids = levels.length <= 8 ? say(`pyramid.number_${levels.length}`) : whole(levels.length);
  return low === high ? say("pyramid.grids", { grids, count: low }) : say("pyramid.grids_differ", { grids, low, high });
}

function showLevel(stage, level) {
  stage.step = level;
  stage.cell = -1;
  if (level < 0) stage.say(say("pyramid.all"));
  else {
    const { name, stride_x, rows, cols, shapes } = stage.generated.levels[level];
    stage.say(say("pyramid.alone", { name, stride: pixels(stride_x), rows, columns: cols, count: shapes.length }));
  }
  stage.commitPick();
  stage.schedule();
}

export const pyramidView = {
  settingChanged(stage, path) {
    const { settings } = stage;
    const resize = stage.setting("resize");
    if (path === "pyramid.preset") {
      const fixed = presetOf(stage.setting(path))?.fixed;
      settings.hold("resize", fixed ?? (Array.isArray(resize) ? 1 : resize));
    } else if (USUAL.includes(path)) {
      const size = presetOf(stage.pyramid.preset).usual[USUAL.indexOf(path)];
      settings.hold("resize", stage.setting(path) ? size : 1);
    }
    regenerate(stage);
  },
  answer: lead,
  keys: [
    ["1 … 8", say("pyramid.key_level")],
    ["↑ ↓", say("pyramid.key_next")],
  ],
  slots: { levels: levelList, readout, usual, heads, costs, rivals, sizes: numbersSkeleton, ratios: numbersSkeleton },
  below: ["heads", "costs", "rivals"],

  update(stage) {
    if (!stage.stale) stage.generated.adopt(stage.boxes, stage.data.level_iou, stage.data.level_anchor);
    regenerate(stage);
  },

  paintSlot(stage, name, element) {
    if (LISTS.includes(name)) paintNumbers(element, listOf(stage, name));
    if (name !== "levels") return;
    const key = [stage.dark, Boolean(stage.photoImage), stage.photo.id, element.anchorlabFilled].join();
    if (stage.thumbnailsKey !== key || stage.thumbnailsOf !== stage.generated) {
      stage.thumbnailsKey = key;
      stage.thumbnailsOf = stage.generated;
      paintThumbnails(stage, element);
    }
    writeLevels(stage, element);
  },

  label(stage) {
    const { levels, count } = stage.generated;
    const landed = bests(stage)
      .slice(0, 12)
      .map(({ winner }, g) => say("pyramid.landed", { object: stage.className(g), level: winner < 0 ? say("pyramid.none") : levels[winner].name }));
    return say("pyramid.label", {
      alt: stage.photo.alt,
      anchors: say("things.anchors", { count }),
      levels: say("things.levels", { count: levels.length }),
      landed: landed.join(", "),
    });
  },

  // What a screen reader hears besides an object's place.
  describe(stage, index) {
    const { winner, iou } = stage.generated.best(stage.boxes[index]);
    return winner < 0 ? say("pyramid.finds_none") : say("pyramid.finds", { level: stage.generated.levels[winner].name, iou: iouText(iou[winner]) });
  },

  means(stage) {
    const { levels } = stage.generated;
    const alone = aloneOf(stage);
    if (alone >= 0) {
      const colour = colourAt(stage, alone);
      return [
        OBJECT,
        { state: "object", colour, width: 2.6, text: say("pyramid.means_best", { level: levels[alone].name }) },
        { state: "waiting", colour, width: 1.8, text: say("pyramid.means_other", { level: levels[alone].name }) },
        { sign: "dot", colour, text: say("pyramid.means_centre", { level: levels[alone].name }) },
      ];
    }
    return [OBJECT, ...levels.map(({ name }, k) => ({ state: "object", colour: colourAt(stage, k), width: 2.4, text: say("pyramid.means_best", { level: name }) }))];
  },

  draw(stage, marks, ctx) {
    const alone = aloneOf(stage);
    if (alone >= 0) drawAlone(stage, marks, ctx, alone);
    else drawAll(stage, marks, ctx);
  },

  strip,

  hover(stage, ix, iy, x, y) {
    const hit = stage.editor.hit(x, y, 7 * stage.unit);
    return hit && !hit.inside ? { kind: "object", index: hit.index } : null;
  },

  // In a level alone a click shows another cell's shapes; else it selects the smallest object there.
  click(stage, ix, iy) {
    const alone = aloneOf(stage);
    if (alone >= 0) {
      stage.cell = stage.cells.at(ix, iy, alone);
      stage.commitPick();
      return;
    }
    stage.selectObject(smallestAt(stage.boxes, ix, iy));
  },

  act(stage, act) {
    const [what, index] = act.split(":");
    if (what === "level") showLevel(stage, stage.step === Number(index) ? -1 : Number(index));
  },

  key(stage, key, event, arrow) {
    const { length } = stage.generated.levels;
    if (/^[1-8]$/.test(key)) {
      const level = Number(key) - 1;
      if (level < length) showLevel(stage, stage.step === level ? -1 : level);
      return true;
    }
    if (key === "Escape" && stage.step >= 0) return showLevel(stage, -1), true;
    if (arrow?.[1] && stage.object < 0) {
      showLevel(stage, Math.min(length - 1, Math.max(0, stage.step < 0 ? (arrow[1] > 0 ? 0 : length - 1) : stage.step + arrow[1])));
      return true;
    }
    return false;
  },
};
