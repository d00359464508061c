// What the lines of Rosetta's picture mean, for a saved picture's legend.

import { say } from "../../model/sentences.js";
import { LABELS, OBJECT } from "../shared.js";
import { QUIET } from "./common.js";
import { FEW } from "./labels.js";

const ANCHORS = [
  { state: "object", colour: PALETTE.levels[0], width: 1.7, text: say("rosetta.means_differ") },
  { state: "object", colour: QUIET, width: 1.1, text: say("rosetta.means_same") },
];
const LATTICE = [
  { sign: "dot", colour: "#FFFFFF", text: say("rosetta.means_centre") },
  { sign: "line", colour: PALETTE.states.ignored.core, text: say("rosetta.means_moved") },
];
const PREDICTIONS = [
  { state: "kept", text: say("rosetta.means_kept") },
  { state: "suppressed", text: say("rosetta.means_suppressed") },
  { state: "waiting", text: say("rosetta.means_waiting") },
];

export function means(stage) {
  const { data } = stage;
  if (data.kind === "anchors") return data.lattice ? LATTICE : ANCHORS;
  if (data.kind === "nms") return PREDICTIONS;
  if (data.kind === "coder") {
    return [
      ...(data.given ? [] : [OBJECT]),
      { state: "positive", text: say("rosetta.means_anchor") },
      { state: "kept", text: say("rosetta.means_read") },
      { sign: "arrow", colour: PALETTE.states.selected.core, text: say("rosetta.means_arrow") },
      { state: "ignored", text: say("rosetta.means_other") },
    ];
  }
  const lit = stage.anchors.length / 4 > FEW ? [{ state: "object", width: 1, text: say("rosetta.means_square") }] : [];
  const chosen = stage.anchor >= 0 ? [{ state: "object", width: 1, sign: "ring", text: say("rosetta.means_selected") }] : [];
  return [OBJECT, ...LABELS, ...lit, ...chosen];
}
