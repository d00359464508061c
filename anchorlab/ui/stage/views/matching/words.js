// Why an anchor has its state, and why an object has no anchor: in sentences with the reader's numbers.

import { circled, escapeHtml, iouText } from "../../format.js";
import { isCentredIn, sideOf } from "../../matching_grids.js";
import { REASON } from "../../reasons.js";
import { iousOf } from "../shared.js";
import { anchorsOf, nameOf, objectsNear, pairsOf, place, rounds, ruleOf, taught } from "./subject.js";

const joined = (parts) => (parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`);
// Two numbers with as many digits as it takes to tell them apart.
const apart = (a, b) => {
  let digits = 2;
  while (digits < 6 && a.toFixed(digits) === b.toFixed(digits)) digits++;
  return [a, b].map((v) => v.toFixed(digits));
};
const times = (value) => (Math.round(value * 100) / 100).toFixed(2);
export const sides = ([w, h]) => `${Math.round(w)}×${Math.round(h)}`;

export function sentence(stage, index) {
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
        `Round ${k + 1} gave it to ${name}: <b>${best}</b> was ` +
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
  const tail = of === object ? "" : ` It still learns ${nameOf(stage, object)}, which it overlaps more: this rule never reassigns.`;
  return (
    `At <b>${iouText(ious[of] ?? 0)}</b> it misses ${iouText(high)}, but no anchor overlaps ` +
    `${nameOf(stage, of)} more: a low-quality match, without which that object would have none.${tail}`
  );
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
  const g = learns >= 0 ? learns : near.reduce((a, b) => (short(b) > short(a) ? b : a));
  const { mean, std, threshold } = adaptive[g];
  const iou = iouText(columns[g].iou[index]);
  const sum = `${iouText(mean)} + ${iouText(std)} = <b>${iouText(threshold)}</b>`;
  const inside = isCentredIn(stage.data.anchors, index, columns[g].box, stage.levels);
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
      `The centre of ${nameOf(stage, g)} lies in its cell, and of all ${alike.length} shapes this one is most like it: shape IoU ` +
      `<b>${iouText(alike[shape])}</b>. Their IoU in place, ${iouText(stage.story.columns[g].iou[index])}, plays no part.${tail}`
    );
  }
  const { level, shape } = place(stage, index);
  const own = objectsNear(stage, index).filter(([, neighbour]) => neighbour === 0);
  const parts = [];
  if (own.length) {
    const [g] = own[0];
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

// ---- YOLOv5

const WHERE = ["its own cell", "the cell left of its own", "the cell above its own", "the cell right of its own", "the cell below its own"];

function byFactor(stage, index) {
  const limit = times(stage.data.match.side_factor);
  const pairs = pairsOf(stage, index);
  if (pairs.length) {
    const list = pairs.map(([g, neighbour, factor]) => `${nameOf(stage, g)} (in ${WHERE[neighbour]}, worst side <b>${times(factor)}</b> times)`);
    const many = pairs.length > 1 ? ` One anchor learns ${pairs.length} objects.` : "";
    return `It learns ${joined(list)}: all sides differ by less than ${limit} times.${many}`;
  }
  const near = objectsNear(stage, index);
  if (!near.length) {
    return "No object’s centre lies in its cell, nor in the nearer half of a cell beside it: background, whatever its shape and its IoU.";
  }
  const { level, shape } = place(stage, index);
  const list = near.map(([g, neighbour]) => {
    const [w, h] = sideOf(level, shape);
    const b = stage.boxes[g];
    const factor = Math.max((b[2] - b[0]) / w, w / (b[2] - b[0]), (b[3] - b[1]) / h, h / (b[3] - b[1]));
    return `${nameOf(stage, g)} (it is ${WHERE[neighbour]}, but the worst side differs <b>${times(factor)}</b> times)`;
  });
  return `It could learn ${joined(list)}: ${limit} times or more does not count as alike. Background.`;
}

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
  const inside = reached.filter((i) => isCentredIn(stage.data.anchors, i, box, stage.levels));
  if (!candidates.length) return "no anchor takes part";
  if (!reached.length) return `no candidate reaches its threshold of ${iouText(threshold)}`;
  if (!inside.length) return "no candidate of enough IoU is centred inside it";
  return `its candidates learn ${joined([...new Set(inside.map((i) => circled(labels.gt_index[i])))])}, which they overlap more`;
}

// Objects nothing learns, grouped by the reason: the message a practitioner looks for.
function unreached(stage) {
  const { labels, data } = stage;
  const known = taught(stage);
  const shapes = data.levels.flatMap((level) => level.shapes);
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

export function lostObjects(stage) {
  const groups = unreached(stage);
  if (!groups.length) return "";
  const count = groups.reduce((sum, [, objects]) => sum + objects.length, 0);
  const link = (g) =>
    `<button type="button" class="link" data-pick="object:${g}" data-hover="object:${g}">${nameOf(stage, g)}</button> (best ${iouText(stage.labels.best_anchor_iou[g])})`;
  const some = (objects) =>
    objects.slice(0, 3).map(link).join(", ") + (objects.length > 3 ? ` and ${objects.length - 3} more` : "");
  const text = groups.map(([reason, objects]) => `${some(objects)}: ${reason}`).join("; ");
  return `<p class="lost"><b>${count === 1 ? "One object no anchor learns" : `${count} objects no anchor learns`}:</b> ${text}.</p>`;
}

// ---- what the page asks to predict, worked out

export function prediction(stage) {
  const { labels, story, data } = stage;
  const object = stage.boxes.length - 1;
  if (object < 0) return "There is no object yet: draw one.";
  switch (ruleOf(stage)) {
    case "greedy":
      return "The object with the larger IoU gets it. The other takes the best of what is left, even at IoU 0.";
    case "max-iou":
      return "The last listed, whatever the IoUs. Draw a second object over one: the new one is listed last and takes the anchor.";
    case "ssd": {
      const wanted = new Set(labels.best_anchor.filter((i) => i >= 0)).size;
      return `One for each object: <b>${wanted}</b> here${wanted < stage.boxes.length ? ", as some share their best anchor" : ""}.`;
    }
    case "atss":
      return `It falls, as a rule: farther anchors overlap less and pull the mean down. That of ${nameOf(stage, object)} is <b>${iouText(story.adaptive[object].threshold)}</b> now, with ${data.match.top_k}.`;
    case "yolo":
      return "Only when its centre crosses a line between cells. Inside the cell nothing changes, though every IoU does.";
    case "yolov5": {
      const cells = new Set(anchorsOf(stage, object).map((i) => stage.cells.cellOf(i))).size;
      return `Up to three on each level: its own, and the nearer neighbours to one side and above or below; fewer at the border. ${nameOf(stage, object)} has <b>${cells}</b> now.`;
    }
  }
  const short = Array.from(labels.best_anchor_iou).flatMap((iou, g) =>
    iou < Math.fround(0.6) ? [`${nameOf(stage, g)} (best IoU <b>${iouText(iou)}</b>)`] : [],
  );
  if (!short.length) return "None: every object has an anchor at IoU 0.60 or more.";
  return short.slice(0, 5).join(", ") + (short.length > 5 ? ` and ${short.length - 5} more.` : ".");
}
