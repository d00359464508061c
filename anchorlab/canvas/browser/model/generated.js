// Anchors generated over the picture, the last few remembered.

import { generateAnchors, levelsOver } from "../core/anchors.js";
import { f32 } from "../core/rounding.js";
import { bestPerLevel, winnerOf } from "./winners.js";

const KEPT = 4;
const REMEMBERED = 1000; // boxes; more than a scene may have

// One grid or a pyramid over the picture: its levels, its anchors, and each object's best one of every level. What an
// object found is remembered, so that while one is dragged only that one is looked at again.
class Generated {
  constructor(pyramid, frame, photo) {
    Object.assign(this, { pyramid, frame });
    this.levels = levelsOver(pyramid, frame, photo.width, photo.height);
    this.scale = [1 / (photo.width / frame[0]), 1 / (photo.height / frame[1])]; // pixels of the resized picture for one here
    Object.assign(this, generateAnchors(pyramid, this.levels, frame, photo.width, photo.height));
    this.memory = new Map();
  }

  get count() {
    return this.anchors.length / 4;
  }

  best(box) {
    const key = box.join();
    let found = this.memory.get(key);
    if (!found) {
      found = bestPerLevel(this.anchors, this.usable, this.levels, box);
      found.winner = winnerOf(found);
    }
    // The boxes of now are the last to be forgotten.
    this.memory.delete(key);
    this.memory.set(key, found);
    if (this.memory.size > REMEMBERED) this.memory.delete(this.memory.keys().next().value);
    return found;
  }

  // The same over the resized picture, in its pixels: there rules that know levels match.
  get framed() {
    const [width, height] = this.frame;
    return this.scale.every((one) => one === 1) ? this : anchorsOver(this.pyramid, this.frame, { width, height });
  }

  // A box of the picture in pixels of the resized one.
  inFrame(box) {
    const [across, down] = this.scale;
    return box.map((v, k) => f32(f32(v) * (k % 2 ? down : across)));
  }

  // Python's answer for these boxes.
  adopt(boxes, iou, anchor) {
    boxes.forEach((box, g) => {
      const at = (k) => k * boxes.length + g;
      const found = { iou: this.levels.map((_, k) => iou[at(k)]), anchor: this.levels.map((_, k) => anchor[at(k)]) };
      this.memory.set(box.join(), { ...found, winner: winnerOf(found) });
    });
  }
}

const known = new Map();

export function anchorsOver(pyramid, frame, photo) {
  const key = JSON.stringify([pyramid, frame, photo.width, photo.height]);
  const found = known.get(key) ?? new Generated(pyramid, frame, photo);
  known.delete(key);
  known.set(key, found);
  if (known.size > KEPT) known.delete(known.keys().next().value);
  return found;
}
