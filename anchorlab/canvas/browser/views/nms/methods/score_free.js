// Score-free: as hard NMS, but the largest box goes first.

import { areasOf, suppressByArea } from "../../../core/suppression/score_free.js";
import { say } from "../../../model/sentences.js";
import { bold, isKept, isSuppressed, rangeText, tagged, whomOf } from "../common.js";
import { hard } from "./hard.js";

// What it is compared by, with no class moved.
const unmoved = (played) => ({ ...played, suppression: { ...played.suppression, shift_classes: false } });

// The one whose turn comes first, and the other.
function inTurn(played, a, b) {
  const areas = areasOf(played, played.suppression);
  const last = played.suppression.ties === "last";
  const first = areas[a] > areas[b] || (areas[a] === areas[b] && a < b !== last);
  return first ? [a, b] : [b, a];
}

export const scoreFree = {
  ...hard,
  movesClasses: false,
  play: suppressByArea,

  panel({ played }, step, current) {
    const victims = Array.from(played.order).filter((i) => isSuppressed(played, i) && played.suppressed_by[i] === current);
    const whom = whomOf(played.suppression);
    const range = () => rangeText(victims.map((i) => played.prediction_iou[i]));
    return [
      say("methods.score_free.stays", { name: tagged(played, current, "kept") }),
      victims.length ? say(`methods.hard.suppresses_${whom}`, { count: victims.length, measure: "IoU", range: range() }) : say(`methods.hard.spares_${whom}`),
    ].join(" ");
  },

  sentence: (played, i) => (isKept(played, i) ? say("methods.score_free.kept", { name: bold(played, i), round: played.round[i] }) : hard.sentence(played, i)),

  pair(played, a, b, boxes) {
    const [actor, other] = inTurn(played, a, b);
    return { ...hard.pair(unmoved(played), actor, other, boxes), actor, other };
  },
  reasons: (played, pair) => hard.reasons(unmoved(played), { ...pair, a: pair.actor, b: pair.other }),
  short: (played, pair) => hard.short(played, { ...pair, a: pair.actor, b: pair.other }),
};
