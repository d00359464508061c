// What becomes of each box when weights have fewer bits. Python sends what is left for every number of bits; the choice is
// made here.

import { iouOf } from "../../core/iou.js";
import { isFound } from "../training/film.js";

export const bitsOf = (stage) => stage.setting("deployment.weights.bits");
export const layerOf = (stage) => Math.min(stage.setting("deployment.layer"), stage.data.layers.length - 1);

export const isFull = (data, bits) => bits === data.variants[0].bits;

// What is left with so many bits: of whole weights there is one answer, whoever shares a step.
export function variantOf(stage, bits = bitsOf(stage), per = stage.setting("deployment.weights.per")) {
  const { data } = stage;
  return data.variants.find((one) => one.bits === bits && (one.per === per || isFull(data, bits)));
}

// Of every box of all bits, and then of those that are new: its fate, and its rows among the boxes of all bits (`whole`)
// and of fewer (`now`), -1 where it is not among them.
export function fatesOf({ data }, { partner, overlap }) {
  const fates = data.variants[0].boxes.map((_, whole) => {
    const now = partner.indexOf(whole);
    if (now < 0) return { fate: "lost", whole, now };
    return { fate: overlap[now] >= data.same ? "stays" : "moved", whole, now };
  });
  const added = partner.flatMap((whole, now) => (whole < 0 ? [{ fate: "new", whole, now }] : []));
  return [...fates, ...added];
}

export function countsOf(fates) {
  const counts = { stays: 0, moved: 0, lost: 0, new: 0 };
  for (const { fate } of fates) counts[fate] += 1;
  return counts;
}

// The box that is asked about: the picked one, else the first with the saddest fate.
export function askedOf(stage, fates) {
  if (stage.prediction >= 0 && stage.prediction < fates.length) return stage.prediction;
  const sad = ["lost", "new", "moved"].map((fate) => fates.findIndex((one) => one.fate === fate)).find((k) => k >= 0);
  return sad ?? (fates.length ? 0 : -1);
}

// The object of a box's class that it finds, overlapping it most; null for a false alarm.
export function truthOf(stage, box, name) {
  const found = stage.boxes.map((own, object) => ({ object, overlap: stage.className(object) === name ? iouOf(box, own) : 0 }));
  const best = found.reduce((a, b) => (b.overlap > a.overlap ? b : a), { overlap: 0 });
  return isFound(best.overlap) ? best : null;
}

// Where a box is drawn in each half, or null: before, and now or where it was.
export const boxBefore = ({ data }, { whole }) => data.variants[0].boxes[whole] ?? null;
export const boxNow = (stage, variant, fate) => variant.boxes[fate.now] ?? boxBefore(stage, fate);
