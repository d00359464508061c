// Rules in which an object takes anchors for itself, from another object if need be.

import { circled, iouText } from "../../../model/format.js";
import { say } from "../../../model/sentences.js";
import { iousOf } from "../../shared.js";
import { listedObjects, nameOf } from "../subject.js";

// Why the anchor is its object's; `wanted(g, iou)`: whether object g takes it too.
export function takenBy(stage, index, wanted) {
  const object = stage.labels.gt_index[index];
  const ious = iousOf(stage, index);
  const most = ious.indexOf(Math.max(...ious));
  const losers = ious.flatMap((v, g) => (g !== object && wanted(g, v) ? [g] : []));
  const parts = [say("matching.taken", { object: nameOf(stage, object), iou: iouText(ious[object]) })];
  if (losers.length) parts.push(say("matching.last_listed", { objects: listedObjects(losers) }));
  else if (most !== object) parts.push(say("matching.must_leave", { object: circled(most), iou: iouText(ious[most]) }));
  return parts.join(" ");
}
