// What Python sent of one training or two, by steps: "a" is the one that is shown, "b" the one beside it.

const SIDES = ["a", "b"];

export const sidesOf = ({ data }) => SIDES.slice(0, data.sides.length);

// The steps at which there is something to see, of both.
export function timeline(stage) {
  const { data } = stage;
  if (stage.timelineOf !== data) {
    stage.timelineOf = data;
    stage.timeline = [...new Set(sidesOf(stage).flatMap((side) => [...data[`${side}_steps`]]))].sort((p, q) => p - q);
  }
  return stage.timeline;
}

// `stage.step` is -1 as far as the training has come, however far that is.
export function placeOf(stage) {
  const steps = timeline(stage);
  if (stage.step < 0) return steps.length - 1;
  return Math.max(0, steps.findLastIndex((step) => step <= stage.step));
}

export const stepOf = (stage) => timeline(stage)[placeOf(stage)];

// What a training says after the step that is looked at: of K predictions and all A anchors.
export function frameOf(stage, side) {
  const { data } = stage;
  const steps = data[`${side}_steps`];
  const at = Math.max(0, steps.findLastIndex((step) => step <= stepOf(stage)));
  const part = (name) => {
    const all = data[`${side}_${name}`];
    const length = all.length / steps.length;
    return all.subarray(at * length, (at + 1) * length);
  };
  return {
    step: steps[at],
    boxes: part("boxes"),
    scores: part("scores"),
    ids: part("ids"),
    kept: part("kept"),
    cost: part("cost"),
    found: part("found"),
  };
}

const FOUND = 0.5; // the IoU from which on an object counts as found
export const isFound = (iou) => iou >= FOUND;
export const foundCount = (stage, side) => frameOf(stage, side).found.filter(isFound).length;

// AP50 as it was measured last before the step that is looked at; null before the first time.
export function apAt(stage, k) {
  const known = stage.data.sides[k].ap.filter(([step]) => step <= stepOf(stage));
  return known.length ? known.at(-1)[1] : null;
}

// The parts of the loss after the step that is looked at; null before the first one.
export function lossAt(stage, side) {
  const { data } = stage;
  const at = data[`${side}_curve_at`].findLastIndex((step) => step <= stepOf(stage));
  const of = (name) => data[`${side}_curve_${name}`][at];
  return at < 0 ? null : { total: of("total"), positives: of("positives"), negatives: of("negatives"), boxes: of("boxes") };
}
