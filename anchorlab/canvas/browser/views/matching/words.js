// Why an anchor has its state, and why an object has no anchor: in sentences with the reader's numbers.

import { circled, escapeHtml, iouText, plural, whole } from "../../model/format.js";
import { isCentredIn, sideOf } from "../../core/matching_grids.js";
import { REASON } from "../../core/reasons.js";
import { iousOf } from "../shared.js";
import { anchorsOf, focusOf, nameOf, objectsNear, pairsOf, place, rounds, ruleOf, taught } from "./subject.js";

const joined = (parts) => (parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`);
// Two numbers with as many digits as it takes to tell them apart.
export const apart = (a, b) => {
  let digits = 2;
  while (digits < 6 && a.toFixed(digits) === b.toFixed(digits)) digits++;
  return [a, b].map((v) => v.toFixed(digits));
};
const times = (value) => (Math.round(value * 100) / 100).toFixed(2);
export const sides = ([w, h]) => `${Math.round(w)}×${Math.round(h)}`;

// Why an anchor has its state, with the object under discussion, which the formula works out too.
export function sentence(stage, { anchor, object }) {
  const text = verdictOf(stage, anchor);
  if (!stage.boxes[object] || text.includes(circled(object))) return text;
  return `${besides(stage, anchor, object)} ${text}`;
}

// What an anchor has to do with an object that does not decide its state.
function besides(stage, index, g) {
  const { story } = stage;
  const name = nameOf(stage, g);
  const rule = ruleOf(stage);
  if (rule === "atss") {
    const { candidates, threshold } = story.adaptive[g];
    const iou = iouText(story.columns[g].iou[index]);
    if (!candidates.includes(index)) return `It is no candidate of ${name}.`;
    const reaches = story.columns[g].iou[index] >= threshold;
    return `It is a candidate of ${name}, at IoU ${iou}, ${reaches ? "no less" : "less"} than the threshold of ${iouText(threshold)}.`;
  }
  if (rule === "yolo") return besidesByCell(stage, index, g);
  if (rule === "yolov5") return `${notAlike(stage, index, g) || `The centre of ${name} lies neither in its cell nor in the nearer half of one beside it`}.`;
  return `It overlaps ${name} by ${iouText(iousOf(stage, index)[g])}.`;
}

function verdictOf(stage, index) {
  const { labels, data } = stage;
  const { high, low } = data.match;
  const object = labels.gt_index[index];
  const best = iouText(labels.best_iou[index]);
  const name = object >= 0 ? nameOf(stage, object) : "";
  const noun = object >= 0 ? escapeHtml(stage.className(object)) : "";
  switch (labels.reason[index]) {
    case REASON.NO_OBJECTS:
      return "There is no object in the picture, so every anchor is background.";
    case REASON.OUTSIDE:
      return "It sticks out of the image, and the border rule leaves such anchors out of training.";
    case REASON.ABOVE_HIGH:
      return {
        greedy: `No round took it, but its best object, ${name}, reaches <b>${best}</b>: from ${iouText(high)} on it learns too.`,
        ssd: `No object took it, but its best one, ${name}, reaches <b>${best}</b>: from ${iouText(high)} on it learns too.`,
      }[ruleOf(stage)] ?? `Its best object is ${name} at <b>${best}</b>, at least ${iouText(high)}: it learns to become the ${noun}.`;
    case REASON.BELOW_LOW:
      if (labels.best_iou[index] >= Math.fround(low) && ruleOf(stage) === "threshold") {
        return `Its best object, ${name}, reaches just <b>${best}</b>, and an IoU equal to ${iouText(low)} counts as background here.`;
      }
      return `Even its best object, ${name}, reaches only <b>${best}</b>, below ${iouText(ruleOf(stage) === "ssd" ? high : low)}: it learns to say “background”.`;
    case REASON.BETWEEN:
      return `Its best object is ${name} at <b>${best}</b>: too much to call it background, too little to teach it the ${noun}.`;
    case REASON.LOW_QUALITY:
      return lowQuality(stage, index, object);
    case REASON.FORCED:
      return takenBy(stage, index, object);
    case REASON.GREEDY: {
      const k = rounds(stage).findIndex(([anchor]) => anchor === index);
      return (
        `Round ${k + 1} gave it to ${name}: <b>${iouText(rounds(stage)[k][2])}</b> was ` +
        `${k ? "the largest IoU left in the matrix" : "the largest IoU of the whole matrix"}. This anchor and this object then left the matrix.`
      );
    }
    case REASON.BELOW_THRESHOLD:
      return `No round took it, and its best IoU, <b>${best}</b> with ${name}, is below ${iouText(high)}: background.`;
    case REASON.CANDIDATE:
    case REASON.NOT_NEAREST:
    case REASON.BELOW_OWN_THRESHOLD:
    case REASON.CENTER_OUTSIDE:
      return byOwnThreshold(stage, index);
    case REASON.RESPONSIBLE:
    case REASON.NOT_RESPONSIBLE:
      return byResponsibility(stage, index);
    case REASON.OTHER_CELL:
      return ruleOf(stage) === "yolo" ? byResponsibility(stage, index) : byFactor(stage, index);
    case REASON.SHAPE_FITS:
    case REASON.SHAPE_DIFFERS:
      return byFactor(stage, index);
  }
  return "";
}

function lowQuality(stage, index, object) {
  const { labels } = stage;
  const { high, min_best_iou } = stage.data.match;
  const ious = iousOf(stage, index);
  const found = ious.findIndex((v, g) => v > min_best_iou && v === labels.best_anchor_iou[g]);
  const of = found < 0 ? object : found;
  if (!(ious[of] > 0)) {
    return `It overlaps ${nameOf(stage, of)} by nothing, but so does every anchor: all share its best IoU, <b>0</b>, and are low-quality matches.`;
  }
  const own = anchorsOf(stage, of).length;
  const alone = own === 1 && of === object ? ", without which that object would have none" : "";
  const tail = of === object ? "" : ` It still learns ${nameOf(stage, object)}, which it overlaps more: this rule never reassigns${own ? "" : `, and ${circled(of)} has none`}.`;
  return `At <b>${iouText(ious[of] ?? 0)}</b> it misses ${iouText(high)}, but no anchor overlaps ${nameOf(stage, of)} more: a low-quality match${alone}.${tail}`;
}

// An object took it for itself.
function takenBy(stage, index, object) {
  const { labels } = stage;
  const ious = iousOf(stage, index);
  const most = ious.indexOf(Math.max(...ious));
  const all = stage.data.match.rule === "ssd" || !stage.data.match.assign_all;
  const claims = ious.flatMap((v, g) => (all ? labels.best_anchor[g] === index : v === labels.best_anchor_iou[g]) ? [g] : []);
  const losers = claims.filter((g) => g !== object);
  const parts = [`No anchor overlaps ${nameOf(stage, object)} by more than its <b>${iouText(ious[object])}</b>, so that object takes it.`];
  if (losers.length) {
    parts.push(`It is the best of ${joined(losers.map(circled))} too; of objects that want one anchor the last listed gets it.`);
  } else if (most !== object) {
    parts.push(`It overlaps ${circled(most)} more, by ${iouText(ious[most])}, and must leave it.`);
  }
  return parts.join(" ");
}

// ---- ATSS

function byOwnThreshold(stage, index) {
  const { adaptive, columns } = stage.story;
  const k = stage.data.match.top_k;
  const many = stage.cells.levels.length > 1 ? `the ${k} nearest on its level` : `the ${k} nearest`;
  const near = adaptive.flatMap((own, g) => (own.candidates.includes(index) ? [g] : []));
  if (!near.length) {
    const most = stage.labels.gt_index[index];
    const iou = iouText(stage.labels.best_iou[index]);
    return `It is not among ${many} to any object: background, whatever its IoU (<b>${iou}</b> with ${nameOf(stage, most)}).`;
  }
  const learns = stage.labels.label[index] === 1 ? stage.labels.gt_index[index] : -1;
  const short = (g) => columns[g].iou[index] - adaptive[g].threshold;
  const focus = focusOf(stage);
  const g = learns >= 0 ? learns : near.includes(focus) ? focus : near.reduce((a, b) => (short(b) > short(a) ? b : a));
  const { mean, std, threshold } = adaptive[g];
  const iou = iouText(columns[g].iou[index]);
  const sum = `${iouText(mean)} + ${iouText(std)} = <b>${iouText(threshold)}</b>`;
  const inside = isCentredIn(stage.anchors, index, columns[g].box, stage.levels);
  const start = `It is one of ${many} to ${nameOf(stage, g)}. Their IoUs have mean + deviation = ${sum}; its own is <b>${iou}</b>`;
  if (learns >= 0) return `${start}, no less, and its centre lies inside: it learns the ${escapeHtml(stage.className(g))}.`;
  if (short(g) < 0) return `${start}, less: background.`;
  return inside ? `${start}.` : `${start}, no less, but its centre lies outside the object: background.`;
}

// ---- YOLO

function byResponsibility(stage, index) {
  const { responsible } = stage.story;
  const { match } = stage.data;
  const { labels } = stage;
  const mine = responsible.flatMap((of, g) => (of.anchor === index ? [g] : []));
  if (labels.label[index] === 1) {
    const g = labels.gt_index[index];
    const { alike, shape } = responsible[g];
    const others = mine.filter((other) => other !== g);
    const tail = others.length ? ` ${joined(others.map(circled))} would have it too, but the last listed gets it.` : "";
    return (
      `The centre of ${nameOf(stage, g)} lies in its cell, and ${alike.length === 1 ? "it has the only shape" : `of all ${alike.length} shapes this one is most like it`}: shape IoU ` +
      `<b>${iouText(alike[shape])}</b>. Their IoU in place, ${iouText(stage.story.columns[g].iou[index])}, plays no part.${tail}`
    );
  }
  const { level, shape } = place(stage, index);
  const own = objectsNear(stage, index).filter(([, neighbour]) => neighbour === 0);
  const parts = [];
  if (own.length) {
    const focus = focusOf(stage);
    const [g] = own.find(([of]) => of === focus) ?? own[0];
    const { alike, shape: better, level: onLevel } = responsible[g];
    const offset = stage.levels.slice(0, stage.levels.indexOf(level)).reduce((sum, l) => sum + l.shapes.length / 2, 0);
    const first = stage.levels.slice(0, stage.levels.indexOf(onLevel)).reduce((sum, l) => sum + l.shapes.length / 2, 0);
    const where = onLevel === level ? "" : ` on ${stage.cells.levels[stage.levels.indexOf(onLevel)].name}`;
    const [theirs, its] = apart(alike[better], alike[offset + shape]);
    const how = theirs === its ? `just as much like it (shape IoU ${iouText(alike[better])}), and listed first` : `more like it: shape IoU ${theirs}, not ${its}`;
    parts.push(`The centre of ${nameOf(stage, g)} lies in its cell, but the shape ${sides(sideOf(onLevel, better - first))}${where} is ${how}.`);
  } else {
    parts.push("No object’s centre lies in its cell, so it is not responsible for any.");
  }
  const g = labels.gt_index[index];
  const best = iouText(labels.best_iou[index]);
  if (labels.label[index] === -1) {
    parts.push(`Yet it overlaps ${nameOf(stage, g)} by <b>${best}</b>, more than ${iouText(match.ignore_iou)}: too much to call it background.`);
  } else {
    parts.push(`It overlaps none by more than ${iouText(match.ignore_iou)}: background.`);
  }
  return parts.join(" ");
}

function besidesByCell(stage, index, g) {
  const name = nameOf(stage, g);
  if (!objectsNear(stage, index).some(([of, neighbour]) => of === g && neighbour === 0)) return `The centre of ${name} lies in another cell.`;
  const { anchor } = stage.story.responsible[g];
  return `The centre of ${name} lies in its cell, too, ${anchor === index ? "and no shape is more like it" : `but #${anchor} is more like it`}.`;
}

// ---- YOLOv5

const WHERE = ["its own cell", "the cell left of its own", "the cell above its own", "the cell right of its own", "the cell below its own"];

function byFactor(stage, index) {
  const limit = times(stage.data.match.side_factor);
  const pairs = pairsOf(stage, index);
  if (pairs.length) {
    const focus = focusOf(stage);
    const [[g, neighbour, factor], ...others] = [...pairs].sort((a, b) => (b[0] === focus) - (a[0] === focus));
    const many = others.length ? ` It learns ${objectsText(others.map(([of]) => of))}, too: one anchor, ${pairs.length} objects.` : "";
    return `It learns ${nameOf(stage, g)} (in ${WHERE[neighbour]}): the worst side differs <b>${times(factor)}</b> times, less than ${limit}.${many}`;
  }
  const near = objectsNear(stage, index);
  if (!near.length) {
    return "No object’s centre lies in its cell, nor in the nearer half of a cell beside it: background, whatever its shape and its IoU.";
  }
  const list = near.map(([g]) => g).sort((a, b) => (b === focusOf(stage)) - (a === focusOf(stage)) || a - b);
  const [first, ...others] = list;
  const more = others.length ? ` Nor is it alike to ${objectsText(others)}.` : "";
  return `${notAlike(stage, index, first)}, and ${limit} times or more does not count as alike: background.${more}`;
}

// How an anchor in or beside an object's cell differs from it; "" where it lies in neither.
function notAlike(stage, index, g) {
  const found = objectsNear(stage, index).find(([of]) => of === g);
  if (!found) return "";
  const { level, shape } = place(stage, index);
  const [w, h] = sideOf(level, shape);
  const b = stage.boxes[g];
  const factor = Math.max((b[2] - b[0]) / w, w / (b[2] - b[0]), (b[3] - b[1]) / h, h / (b[3] - b[1]));
  return `For ${nameOf(stage, g)} it lies in ${WHERE[found[1]]}, but the worst side differs <b>${times(factor)}</b> times`;
}

// ① ② ③ and 4 more
export const objectsText = (objects, most = 6) =>
  objects.length <= most + 1 ? joined(objects.map(circled)) : `${objects.slice(0, most).map(circled).join(" ")} and ${plural(objects.length - most, "more object")}`;

// ---- objects nothing learns

// The best IoU that a shape of the list could reach with an object, if only it sat right on it.
function reachable(shapes, w, h) {
  return Math.max(...shapes.map(([a, b]) => (Math.min(a, w) * Math.min(b, h)) / (a * b + w * h - Math.min(a, w) * Math.min(b, h))));
}

function lostTo(stage, g, best) {
  const { labels } = stage;
  const other = best >= 0 && labels.label[best] === 1 ? labels.gt_index[best] : -1;
  if (other < 0 || other === g) return "";
  if (labels.reason[best] === REASON.FORCED) return `its best anchor was taken by ${circled(other)}, which is listed later`;
  return `its best anchor learns ${circled(other)}, which it overlaps more`;
}

// Why no anchor learns an object, by a rule that knows grids; "" if it is as by any other.
function lostOnGrid(stage, g) {
  const { labels, story } = stage;
  const { usable = null } = stage.data;
  if (ruleOf(stage) === "yolo") {
    const { anchor } = story.responsible[g];
    if (usable && !usable[anchor]) return "its responsible anchor sticks out of the image and is left out";
    return `the anchor of its cell and shape is taken by ${circled(labels.gt_index[anchor])}, which is listed later`;
  }
  if (ruleOf(stage) === "yolov5") {
    return usable && stage.levels.length ? "no anchor that may take part is alike enough" : "no shape’s sides are alike enough";
  }
  const { candidates, threshold } = story.adaptive[g];
  const { iou, box } = story.columns[g];
  const reached = candidates.filter((i) => iou[i] >= threshold);
  const inside = reached.filter((i) => isCentredIn(stage.anchors, i, box, stage.levels));
  if (!candidates.length) return "no anchor takes part";
  if (!reached.length) return `no candidate reaches its threshold of ${iouText(threshold)}`;
  if (!inside.length) return "no candidate of enough IoU is centred inside it";
  return `its candidates learn ${joined([...new Set(inside.map((i) => circled(labels.gt_index[i])))])}, which they overlap more`;
}

// Objects nothing learns, grouped by the reason: the message a practitioner looks for.
function unreached(stage) {
  const { labels, data } = stage;
  const known = taught(stage);
  const shapes = stage.cells.levels.flatMap((level) => level.shapes);
  const areas = shapes.map(([w, h]) => w * h);
  const groups = new Map();
  stage.boxes.forEach((b, g) => {
    if (known.has(g)) return;
    const [w, h] = [b[2] - b[0], b[3] - b[1]];
    const centred = reachable(shapes, w, h);
    let reason = ["atss", "yolo", "yolov5"].includes(ruleOf(stage)) ? lostOnGrid(stage, g) : lostTo(stage, g, labels.best_anchor[g]);
    if (reason) {
      // as it says
    } else if (labels.best_anchor_iou[g] === 0) {
      reason = "no anchor touches it";
    } else if (centred >= data.match.high) {
      reason = "no anchor lies close enough; with a smaller stride one could fit";
    } else if (w * h < 0.7 * Math.min(...areas)) {
      reason = "smaller than the smallest anchor";
    } else if (w * h > 1.4 * Math.max(...areas)) {
      reason = "larger than the largest anchor";
    } else if (h / w > 1.4 * Math.max(...shapes.map(([a, b]) => b / a))) {
      reason = "taller than any ratio offered";
    } else if (w / h > 1.4 * Math.max(...shapes.map(([a, b]) => a / b))) {
      reason = "wider than any ratio offered";
    } else {
      reason = `no shape fits: even in its centre the best would reach ${iouText(centred)}`;
    }
    if (!groups.has(reason)) groups.set(reason, []);
    groups.get(reason).push(g);
  });
  return [...groups];
}

const FEW_LOST = 2; // objects that are named at once; more are listed when somebody asks

export function lostObjects(stage) {
  const groups = unreached(stage);
  const count = groups.reduce((sum, [, objects]) => sum + objects.length, 0);
  if (!count) return "";
  const head = count === 1 ? "One object no anchor learns" : `${whole(count)} objects no anchor learns`;
  const link = (g) =>
    `<button type="button" class="link" data-pick="object:${g}" data-hover="object:${g}">${nameOf(stage, g)}</button> (best ${iouText(stage.labels.best_anchor_iou[g])})`;
  if (count <= FEW_LOST) {
    const text = groups.map(([reason, objects]) => `${objects.map(link).join(", ")}: ${reason}`).join("; ");
    return `<p class="lost"><b>${head}:</b> ${text}.</p>`;
  }
  const open = Boolean(stage.lostListed);
  const rows = groups.map(([reason, objects]) => `<li><b>${whole(objects.length)}</b>, ${reason}: ${objects.map(link).join(", ")}</li>`);
  const list = `<div class="scroll" tabindex="0" role="group" aria-label="Objects no anchor learns"><ul>${rows.join("")}</ul></div>`;
  return (
    `<div class="lost"><p><b>${head}</b> <button type="button" class="link" data-act="lost" aria-expanded="${open}">${open ? "Hide the list" : "List them"}</button></p>` +
    `${open ? list : ""}</div>`
  );
}
