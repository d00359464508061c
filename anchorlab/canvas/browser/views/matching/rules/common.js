// What is so of every rule that does not say otherwise. A rule of the Matching page is one object:
//   label          the rule itself, a function of core/matching
//   numbers        what stands in the page's answer, of a stage and the settings
//   strip          the formula under the picture, of a pair of anchor and object
//   histogram      what decides over all anchors, where there is an object
//   figure         what decides over one anchor
//   verdict        why an anchor has its state; besides: what it has to do with another object
//   prediction     the question to predict
//   drawWhere      where anchors of an object may lie
// It may have `lost`: why no anchor learns an object, [reason, values] of its sentence lost_<reason>, which names {objects}. And,
// where only some of them have it, what follows here.

import { say } from "../../../model/sentences.js";
import { bestIous, ruler } from "../charts.js";

export const common = {
  numbers: () => ({}),

  // The positive anchors of an object.
  anchorsOf(stage, object) {
    const { label, gt_index } = stage.labels;
    const found = [];
    for (let i = 0; i < label.length; i++) if (label[i] === 1 && gt_index[i] === object) found.push(i);
    return found;
  },

  // Those of them that are drawn while one of them is looked at.
  drawn: (stage, anchors, _index) => anchors,

  // Every object that some anchor learns.
  taught(stage) {
    const found = new Set();
    stage.labels.label.forEach((label, i) => label === 1 && found.add(stage.labels.gt_index[i]));
    return found;
  },

  drawWhere() {},

  // Pairs that are taken one after the other, [anchor, object, IoU], and how far that has been looked at.
  rounds: () => [],
  stepOf: () => ({ step: 0, total: 0, final: true }),
  stepper: () => "",

  // The states that anchors are in: [state, what it means, how many].
  rows(stage) {
    const counts = stage.stateCounts();
    return [
      ["positive", say("matching.row_positive"), counts.positive],
      ["ignored", say("matching.row_ignored"), counts.ignored],
      ["negative", say("matching.row_negative"), counts.negative],
    ];
  },

  levelsText: (levels) => say("matching.levels_together", { levels }),

  histogram: bestIous,
  figure: (stage, index, bands) => ruler(stage, index, bands, stage.labels.gt_index[index]),
  pairs: () => "",
};

// The object that questions are about: the selected one, else the last.
export const askedAbout = (stage) => (stage.boxes[stage.object] ? stage.object : stage.boxes.length - 1);

