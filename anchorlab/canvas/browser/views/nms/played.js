// The predictions and what the chosen method makes of them, as the view shows them: `stage.played`. It is Python's
// answer; where settings were moved since, it is worked out here, from the same predictions or from what those of the
// simulated detector are made of.

import { detectionsFrom, hasRoom } from "../../core/simulate.js";
import { byScore } from "../../core/suppression/common.js";
import { METHODS } from "./methods/index.js";

// A record of settings by the paths of its fields: { "diou.beta": 1 } is { diou: { beta: 1 } }.
export function recordOf(fields) {
  const record = {};
  for (const [path, value] of Object.entries(fields)) {
    const [head, tail] = path.split(".");
    if (tail) (record[head] ??= {})[tail] = value;
    else record[head] = value;
  }
  return record;
}

// Everything about predictions of which `settings`, a Suppression, make the rest.
export const play = (found, suppression) => ({ ...found, suppression, ...METHODS[suppression.method].play(found, suppression) });

export function playedOn({ data, settings }) {
  const suppression = recordOf(settings.under("suppression"));
  const moved = (record) => [...settings.moved.keys()].some((path) => path.startsWith(`${record}.`));
  const simulate = { ...data.simulate, ...settings.under("simulate") };
  const simulated = moved("simulate") && data.made_for && simulate.seed === data.simulate.seed && hasRoom(data, simulate);
  if (!simulated && !moved("suppression")) return { ...data, suppression };
  const found = simulated ? { ...data, ...detectionsFrom(data, simulate) } : { ...data };
  if (simulated || settings.moved.has("suppression.ties")) found.order = byScore(found.scores, suppression.ties);
  return play(found, suppression);
}

// The step that a page begins with: as `first_step` of the methods' catalogue.
export const firstStep = (played) => METHODS[played.suppression.method].firstStep?.(played) ?? Math.min(1, played.rounds);
