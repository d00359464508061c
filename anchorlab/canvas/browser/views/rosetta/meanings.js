// What the lines of Rosetta's picture mean, for a saved picture's legend.

import { LABELS, OBJECT } from "../shared.js";
import { QUIET } from "./common.js";
import { FEW } from "./labels.js";

const ANCHORS = [
  { state: "object", colour: PALETTE.levels[0], width: 1.7, text: "anchors of one cell that differ; colour tells the size" },
  { state: "object", colour: QUIET, width: 1.1, text: "the same in both" },
];
const LATTICE = [
  { sign: "dot", colour: "#FFFFFF", text: "where this library centres a cell" },
  { sign: "line", colour: PALETTE.states.ignored.dark, text: "from where the other library does" },
];
const PREDICTIONS = [
  { state: "kept", text: "prediction kept" },
  { state: "suppressed", text: "prediction suppressed" },
  { state: "waiting", text: "takes no part here; ≠: the libraries part" },
];

export function means(stage) {
  const { data } = stage;
  if (data.kind === "anchors") return data.lattice ? LATTICE : ANCHORS;
  if (data.kind === "nms") return PREDICTIONS;
  if (data.kind === "coder") {
    return [
      ...(data.given ? [] : [OBJECT]),
      { state: "positive", text: "anchor" },
      { state: "kept", text: "the box that the numbers are read as" },
      { sign: "arrow", colour: PALETTE.states.selected.core, text: "from the anchor to that box" },
      { state: "ignored", text: "another box, where B reads A’s numbers otherwise" },
    ];
  }
  const lit = stage.anchors.length / 4 > FEW ? [{ state: "object", width: 1, text: "in a square: the libraries part" }] : [];
  const chosen = stage.anchor >= 0 ? [{ state: "object", width: 1, sign: "ring", text: "selected anchor" }] : [];
  return [OBJECT, ...LABELS, ...lit, ...chosen];
}
