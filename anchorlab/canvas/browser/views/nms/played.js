// The predictions and what the chosen method makes of them, as the view shows them: `stage.played`. It is Python's
// answer; where settings were moved since, it is worked out here, from the same predictions, from what those of the
// simulated detector are made of, or from those of another source, as far as Python has sent them.

import { detectionsFrom, hasRoom } from "../../core/simulate.js";
import { byScore } from "../../core/suppression/common.js";
import { recordOf } from "../../model/settings.js";
import { METHODS } from "./methods/index.js";

// Everything about predictions of which `settings`, a Suppression, make the rest.
export const play = (found, suppression) => ({ ...found, suppression, ...METHODS[suppression.method].play(found, suppression) });

// Python's message as it would be with another source, if it was sent ahead.
function withSource(data, source) {
  if (!data.sources[source]) return data;
  const found = ["predictions", "scores", "prediction_classes"].map((name) => [name, data[`${source}_${name}`]]);
  return { ...data, ...data.sources[source], ...Object.fromEntries(found), source, order: null };
}

// What the simulated predictions of a seed are made from: Python sends that of the present one and of its neighbours.
function materialOf(data, seed) {
  const side = { [data.simulate.seed]: "made", [data.simulate.seed + 1]: "next", [data.simulate.seed - 1]: "last" }[seed];
  if (!side || !data[`${side}_rank`]) return null;
  const rows = Object.entries(data).filter(([name]) => name.startsWith(`${side}_`));
  return { ...data, ...Object.fromEntries(rows.map(([name, values]) => [name.replace(side, "made"), values])), made_for: data.made_for };
}

function withSimulation(data, settings) {
  const wanted = { ...data.simulate, ...settings };
  const material = hasRoom(data, wanted) && materialOf(data, wanted.seed);
  return material ? { ...data, ...detectionsFrom(material, wanted), order: null } : data;
}

export function playedOn({ data, settings }) {
  const suppression = recordOf(settings.under("suppression"));
  let found = data;
  if (settings.pending("source")) found = withSource(found, settings.get("source"));
  else if (settings.pending("simulate") && data.simulate) found = withSimulation(found, settings.under("simulate"));
  if (found === data && !settings.pending("suppression")) return { ...data, suppression };
  const inOrder = found.order && !settings.moved.has("suppression.ties");
  return play(inOrder ? found : { ...found, order: byScore(found.scores, suppression.ties) }, suppression);
}

// The step that a page begins with: as `first_step` of the methods' catalogue.
export const firstStep = (played) => METHODS[played.suppression.method].firstStep?.(played) ?? Math.min(1, played.rounds);
