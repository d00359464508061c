// Matching: which anchors learn from which object, and why.

import { circled, escapeHtml, iouText, plural, whole } from "../format.js";
import { boxArea, intersectionOf } from "../geometry.js";
import { ICONS } from "../icons.js";
import { REASON } from "../matching.js";
import {
  anchorBox,
  caption,
  cellOf,
  drawCentres,
  drawHoveredCell,
  formula,
  fraction,
  iousOf,
  legend,
  number,
  result,
  sizeText,
  strong,
  tryThis,
  why,
} from "./shared.js";

const STATES = PALETTE.states;
const MATRIX_COLUMNS = 24;
const RULES = ["threshold", "greedy"]; // in the order of their segments

// The object under discussion: the selected one, else the one the selected anchor belongs to.
function focusOf(stage) {
  if (stage.hover?.kind === "anchor" && stage.hover.object >= 0) return stage.hover.object;
  if (stage.hover?.kind === "object") return stage.hover.index;
  if (stage.object >= 0) return stage.object;
  const anchor = anchorOf(stage);
  return anchor >= 0 ? stage.labels.gt_index[anchor] : stage.boxes.length - 1;
}

function anchorOf(stage) {
  const index = stage.hover?.kind === "anchor" ? stage.hover.index : stage.anchor;
  return index >= 0 && index < stage.data.anchors.length / 4 ? index : -1;
}

// ---- greedy rounds

function rounds(stage) {
  if (stage.data.match.rule !== "greedy") return [];
  if (stage.stale) return stage.labels.rounds;
  const { round_anchor = [], round_gt = [], round_iou = [] } = stage.data;
  return Array.from(round_anchor, (anchor, k) => [anchor, round_gt[k], round_iou[k]]);
}

// Steps 1 ... n take one pair each; the last step applies the threshold to everyone left.
function greedyStep(stage) {
  const total = rounds(stage).length + 1;
  const step = stage.step < 1 || stage.step > total ? total : stage.step;
  return { step, total, final: step === total };
}

function moveStep(stage, by) {
  const { step, total } = greedyStep(stage);
  const next = by === Infinity ? total : by === -Infinity ? 1 : Math.min(total, Math.max(1, step + by));
  stage.step = next;
  const taken = rounds(stage)[next - 1];
  if (taken) {
    stage.anchor = taken[0];
    stage.object = -1;
    stage.say(`Round ${next}: anchor ${taken[0]} takes ${stage.className(taken[1])} at IoU ${iouText(taken[2])}.`);
  } else {
    stage.say(`Last step: every other anchor from IoU ${stage.data.match.high} is positive too.`);
  }
  stage.commitPick();
  stage.schedule();
}

// ---- words

function sentence(stage, index) {
  const { labels, data } = stage;
  const { high, low } = data.match;
  const object = labels.gt_index[index];
  const best = iouText(labels.best_iou[index]);
  const name = object >= 0 ? `${circled(object)} ${escapeHtml(stage.className(object))}` : "";
  const noun = object >= 0 ? escapeHtml(stage.className(object)) : "";
  switch (labels.reason[index]) {
    case REASON.NO_OBJECTS:
      return "There is no object in the picture, so every anchor is background.";
    case REASON.OUTSIDE:
      return "It sticks out of the image, and the border rule leaves such anchors out of training.";
    case REASON.ABOVE_HIGH:
      return data.match.rule === "greedy"
        ? `No round took it, but its best object, ${name}, reaches <b>${best}</b>: from ${iouText(high)} on it learns too.`
        : `Its best object is ${name} at <b>${best}</b>, at least ${iouText(high)}: it learns to become the ${noun}.`;
    case REASON.BELOW_LOW:
      return `Even its best object, ${name}, reaches only <b>${best}</b>, below ${iouText(low)}: it learns to say “background”.`;
    case REASON.BETWEEN:
      return `Its best object is ${name} at <b>${best}</b>: too much to call it background, too little to teach it the ${noun}.`;
    case REASON.LOW_QUALITY: {
      const ious = iousOf(stage, index);
      const rescued = ious.findIndex((v, g) => v > 0 && v === labels.best_anchor_iou[g]);
      const of = rescued < 0 ? object : rescued;
      const tail =
        of === object ? "" : ` It still learns ${name}, which it overlaps more: this rule never reassigns.`;
      return (
        `At <b>${iouText(ious[of] ?? 0)}</b> it misses ${iouText(high)}, but no anchor overlaps ` +
        `${circled(of)} ${escapeHtml(stage.className(of))} more: without it that object would have none.${tail}`
      );
    }
    case REASON.GREEDY: {
      const k = rounds(stage).findIndex(([anchor]) => anchor === index);
      return (
        `Round ${k + 1} gave it to ${name}: <b>${best}</b> was ` +
        `${k ? "the largest IoU left in the matrix" : "the largest IoU of the whole matrix"}. This anchor and this object then left the matrix.`
      );
    }
    case REASON.BELOW_THRESHOLD:
      return `No round took it, and its best IoU, <b>${best}</b> with ${name}, is below ${iouText(high)}: background.`;
  }
  return "";
}

// The best IoU that a shape of the list could reach with an object, if only it sat right on it.
function reachable(shapes, w, h) {
  return Math.max(...shapes.map(([a, b]) => (Math.min(a, w) * Math.min(b, h)) / (a * b + w * h - Math.min(a, w) * Math.min(b, h))));
}

// Objects nothing learns, grouped by the reason: the message a practitioner looks for.
function unreached(stage) {
  const { labels, data } = stage;
  const taught = new Set();
  labels.label.forEach((label, i) => label === 1 && taught.add(labels.gt_index[i]));
  const shapes = data.levels.flatMap((level) => level.shapes);
  const areas = shapes.map(([w, h]) => w * h);
  const groups = new Map();
  stage.boxes.forEach((b, g) => {
    if (taught.has(g)) return;
    const [w, h] = [b[2] - b[0], b[3] - b[1]];
    const best = labels.best_anchor[g];
    const other = best >= 0 ? labels.gt_index[best] : -1;
    const centred = reachable(shapes, w, h);
    let reason;
    if (best >= 0 && labels.label[best] === 1 && other !== g) {
      reason = `its best anchor learns ${circled(other)}, which it overlaps more`;
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

function lostObjects(stage) {
  const groups = unreached(stage);
  if (!groups.length) return "";
  const count = groups.reduce((sum, [, objects]) => sum + objects.length, 0);
  const link = (g) =>
    `<button type="button" class="link" data-pick="object:${g}" data-hover="object:${g}">${circled(g)} ${escapeHtml(stage.className(g))}</button> (best ${iouText(stage.labels.best_anchor_iou[g])})`;
  const some = (objects) =>
    objects.slice(0, 3).map(link).join(", ") + (objects.length > 3 ? ` and ${objects.length - 3} more` : "");
  const text = groups.map(([reason, objects]) => `${some(objects)}: ${reason}`).join("; ");
  return `<p class="lost"><b>${count === 1 ? "One object no anchor learns" : `${count} objects no anchor learns`}:</b> ${text}.</p>`;
}

function ruler(stage, index) {
  const { high, low, rule } = stage.data.match;
  const x = (v) => 6 + 388 * v;
  const lowAt = rule === "greedy" ? high : low;
  const ious = iousOf(stage, index);
  const best = stage.labels.gt_index[index];
  // Labels that would overlap are dropped, never the best object's.
  const order = ious.map((v, g) => [v, g]).sort((a, b) => (b[1] === best) - (a[1] === best) || b[0] - a[0]);
  const used = [];
  const ticks = order
    .map(([v, g]) => {
      const main = g === best;
      const at = Math.min(Math.max(x(v), 26), 374);
      const free = used.every((u) => Math.abs(u - at) > 52);
      if (free) used.push(at);
      const text = free
        ? `<text x="${at}" y="20" text-anchor="middle" class="${main ? "h" : ""}">${circled(g)} ${iouText(v)}</text>`
        : "";
      return `<path d="M${x(v)} 26V42" stroke="currentColor" stroke-width="${main ? 2.6 : 1.4}"/>${text}`;
    })
    .join("");
  const scale = [0, lowAt, high, 1].filter((v, k, all) => all.indexOf(v) === k);
  const labels = scale
    .map((v, k) => {
      const close = k && v !== 1 && v !== high && x(high) - x(v) < 24;
      return close ? "" : `<text x="${x(v)}" y="58" text-anchor="${v === 0 ? "start" : v === 1 ? "end" : "middle"}">${v}</text>`;
    })
    .join("");
  const spoken = ious.map((v, g) => `${stage.className(g)} ${iouText(v)}`).join(", ");
  return (
    `<svg class="chart" viewBox="0 0 400 62" role="img" aria-label="IoU with ${escapeHtml(spoken)}">` +
    `<path class="negative" d="M6 35H${x(lowAt)}" stroke="currentColor" stroke-width="3" stroke-dasharray="0 6" stroke-linecap="round"/>` +
    (high > lowAt
      ? `<path class="ignored" d="M${x(lowAt)} 35H${x(high)}" stroke="currentColor" stroke-width="5" stroke-dasharray="6 3"/>`
      : "") +
    `<path class="positive" d="M${x(high)} 35H394" stroke="currentColor" stroke-width="5"/>${ticks}${labels}</svg>`
  );
}

// ---- slots

function histogram(stage) {
  const { best_iou: values } = stage.labels;
  const { high, low, rule } = stage.data.match;
  const lowAt = rule === "greedy" ? high : low;
  const bins = new Array(40).fill(0);
  for (const v of values) bins[Math.min(39, Math.floor(v * 40))]++;
  const top = Math.log10(Math.max(...bins, 1) + 1);
  const x = (v) => 6 + 388 * v;
  const bars = bins
    .map((count, k) => {
      if (!count) return "";
      const middle = (k + 0.5) / 40;
      const state = middle >= high ? "positive" : middle >= lowAt ? "ignored" : "negative";
      const h = (58 * Math.log10(count + 1)) / top;
      return `<rect class="${state}" x="${x(k / 40) + 0.8}" y="${78 - h}" width="8.1" height="${h}" fill="currentColor"><title>IoU ${(k / 40).toFixed(3)} to ${((k + 1) / 40).toFixed(3)}: ${plural(count, "anchor")}</title></rect>`;
    })
    .join("");
  const word = (state, text, from, to) =>
    to - from > 0.04
      ? `<text class="${state}" x="${Math.min(Math.max(x((from + to) / 2), 34), 366)}" y="11" text-anchor="middle">${text}</text>`
      : "";
  const edges = [...new Set([lowAt, high])]
    .map((v) => `<path d="M${x(v)} 15V84" stroke="var(--st-text-color)" stroke-width="1" stroke-dasharray="2 2"/>`)
    .join("");
  return (
    `<p class="lab">Best IoU of each of the ${whole(values.length)} anchors (log count)</p>` +
    `<svg class="chart" viewBox="0 0 400 84" role="img" aria-label="Histogram of the best IoU of ${whole(values.length)} anchors">` +
    bars +
    word("negative", "background", 0, lowAt) +
    word("ignored", "ignored", lowAt, high) +
    word("positive", "positive", high, 1) +
    edges +
    `<path d="M6 78.500H394" stroke="var(--st-border-color)"/></svg>`
  );
}

function stepper(stage) {
  if (stage.data.match.rule !== "greedy" || !rounds(stage).length) return "";
  const { step, total, final } = greedyStep(stage);
  const button = (act, text, label, off) =>
    `<button type="button" data-act="${act}" aria-label="${label}" ${off ? "disabled" : ""}>${text}</button>`;
  return (
    `<div class="stepper">${button("first", ICONS.first, "First round", step === 1)}${button("back", ICONS.back, "Round back", step === 1)}` +
    `<b>${final ? "then the threshold" : `round ${step} of ${total - 1}`}</b>` +
    `${button("next", ICONS.next, "Next round", final)}${button("last", ICONS.last, "Last step", final)}</div>`
  );
}

// What the page asks to predict, worked out.
function prediction(stage) {
  if (stage.data.match.rule === "greedy") {
    return "The object with the larger IoU gets it. The other takes the best of what is left, even at IoU 0.";
  }
  const short = Array.from(stage.labels.best_anchor_iou).flatMap((iou, g) =>
    iou < Math.fround(0.6) ? [`${escapeHtml(stage.objectName(g))} (best IoU <b>${iouText(iou)}</b>)`] : [],
  );
  if (!stage.boxes.length) return "There is no object yet: draw one.";
  if (!short.length) return "None: every object has an anchor at IoU 0.60 or more.";
  return short.slice(0, 5).join(", ") + (short.length > 5 ? ` and ${short.length - 5} more.` : ".");
}

function readout(stage) {
  const counts = stage.stateCounts();
  const { step, final } = greedyStep(stage);
  const undecided = stage.data.match.rule === "greedy" && !final;
  const rows = undecided
    ? [
        ["positive", "taken so far, one a round", step],
        ["waiting", "not decided yet", stage.labels.label.length - step],
      ]
    : [
        ["positive", "positive: learns class and box", counts.positive],
        ["ignored", "ignored: adds nothing to the loss", counts.ignored],
        ["negative", "negative: learns “background”", counts.negative],
      ];
  const index = anchorOf(stage);
  const panel =
    index >= 0
      ? why(
          `Why is anchor #${index} ${stage.stateOf(index)}?`,
          (stage.boxes.length ? ruler(stage, index) : "") + `<p>${sentence(stage, index)}</p>`,
        )
      : why("Why?", "<p>Click a centre to see why one of its anchors learns, is left out or means background.</p>");
  return legend(rows) + stepper(stage) + lostObjects(stage) + panel + tryThis(stage, () => prediction(stage));
}

// The best anchors of every object as a table: hover or focus a cell and its pair lights up.
function matrix(stage) {
  const { labels, data } = stage;
  const G = stage.boxes.length;
  if (!G) return `<p class="cap">Draw an object and the matrix fills.</p>`;
  const count = data.anchors.length / 4;
  const iou = stage.iouMatrix();
  const table = stage.boxes.map((_, g) => Float32Array.from({ length: count }, (_, i) => iou[i * G + g]));
  const taken = rounds(stage);
  const shown = new Set(taken.map(([anchor]) => anchor));
  if (stage.anchor >= 0 && stage.anchor < count) shown.add(stage.anchor);
  const share = Math.max(1, Math.floor((MATRIX_COLUMNS - shown.size) / G));
  for (let g = 0; g < G; g++) {
    const best = topIndices(table[g], share);
    for (const i of best) if (shown.size < Math.max(MATRIX_COLUMNS, G)) shown.add(i);
  }
  const columns = [...shown].sort((a, b) => labels.gt_index[a] - labels.gt_index[b] || labels.best_iou[b] - labels.best_iou[a]);
  const { step, final } = greedyStep(stage);
  const goneRows = new Map();
  const goneColumns = new Map();
  if (data.match.rule === "greedy") {
    taken.slice(0, step).forEach(([anchor, g], k) => {
      goneColumns.set(anchor, k + 1);
      goneRows.set(g, k + 1);
    });
  }
  const lit = stage.hover?.kind === "cell" ? stage.hover.index : -1;
  const head = columns
    .map((i) => {
      const marks = `${i === stage.anchor ? "on" : ""} ${lit >= 0 && cellOf(stage, i) === lit ? "lit" : ""}`;
      return `<th scope="col" class="${stage.stateOf(i)} ${marks}">#${i}</th>`;
    })
    .join("");
  const entry = shown.has(stage.anchor) ? stage.anchor : columns[0]; // Tab's one stop; arrows go on from it
  const body = stage.boxes
    .map((_, g) => {
      const best = columns.reduce((a, i) => (table[g][i] > table[g][a] ? i : a), columns[0]);
      const cells = columns
        .map((i) => {
          const v = table[g][i];
          const pair = taken.findIndex(([a, o]) => a === i && o === g);
          const pairTaken = pair >= 0 && goneColumns.get(i) === pair + 1;
          // The threshold that follows the rounds looks at the whole matrix again.
          const gone = !final && !pairTaken && (goneRows.has(g) || goneColumns.has(i));
          const classes = [gone ? "gone" : "", i === best ? "best" : "", pairTaken ? "taken" : ""].join(" ");
          const level = Math.round(v * 100);
          const zero = v < 0.005 ? "zero" : "";
          return `<td style="--level:${level}%" class="${classes} ${zero}"><button type="button" tabindex="${g === 0 && i === entry ? 0 : -1}" data-pick="anchor:${i}:-1" data-hover="anchor:${i}:${g}" aria-label="anchor ${i}, ${escapeHtml(stage.className(g))}: IoU ${iouText(v)}${pairTaken ? `, taken in round ${pair + 1}` : gone ? ", left the matrix" : ""}">${v < 0.005 ? "0" : iouText(v).replace(/^0/, "")}</button></td>`;
        })
        .join("");
      return `<tr class="${stage.hover?.kind === "object" && stage.hover.index === g ? "lit" : ""}"><th scope="row">${circled(g)} ${escapeHtml(stage.className(g))}</th>${cells}</tr>`;
    })
    .join("");
  return `<div class="scroll"><table class="matrix" role="grid" aria-label="IoU of objects and their best anchors"><thead><tr><td></td>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function topIndices(values, count) {
  const best = [];
  values.forEach((v, i) => {
    if (best.length < count || v > best[best.length - 1][0]) {
      best.push([v, i]);
      best.sort((a, b) => b[0] - a[0] || a[1] - b[1]);
      if (best.length > count) best.pop();
    }
  });
  return best.map(([, i]) => i);
}

// Thresholds on the move: the labels follow in the browser.
function relabel(stage, thresholds) {
  stage.data.match = { ...stage.data.match, ...thresholds };
  stage.stale = true;
  stage.relabel();
}

// ---- the view

export const matchingView = {
  controls: {
    match_low_match_high: (stage, values) => relabel(stage, { low: Math.min(...values), high: Math.max(...values) }),
    match_high: (stage, [high]) => relabel(stage, { high }),
    match_low_quality: (stage, [on]) => relabel(stage, { low_quality: Boolean(on) }),
    match_rule: (stage, [index]) => relabel(stage, { rule: RULES[index] }),
  },
  numbers: (stage) => ({ high: iouText(stage.data.match.high) }),
  agrees(stage, key, values) {
    const { low, high, low_quality, rule } = stage.data.match;
    if (key === "match_rule") return rule === RULES[values[0]];
    if (key === "match_low_quality") return low_quality === Boolean(values[0]);
    return key === "match_high" ? high === values[0] : low === Math.min(...values) && high === Math.max(...values);
  },
  keys: [
    ["← ↑ → ↓", "without a selected object: the anchor of the next cell"],
    [", .", "the previous / next shape of the same cell"],
    ["PageUp PageDown Home End", "greedy rounds: back, on, first, last"],
  ],
  slots: { histogram, readout, matrix },
  below: ["matrix"],

  label(stage) {
    const { positive, ignored, negative } = stage.stateCounts();
    return `${stage.photo.alt} ${plural(stage.boxes.length, "object")}; ${positive} positive, ${ignored} ignored and ${negative} negative anchors.`;
  },

  draw(stage, marks, ctx) {
    const { labels } = stage;
    const focus = focusOf(stage);
    const index = anchorOf(stage);
    const object = stage.boxes[focus];
    const anchor = index >= 0 ? anchorBox(stage, index) : null;
    if (object) stage.lightUnion(ctx, anchor ? [object, anchor] : [object], 0.42);
    const shared = object && anchor && intersectionOf(object, anchor);
    if (shared) stage.light(ctx, shared);

    const { step, final } = greedyStep(stage);
    const undecided = stage.data.match.rule === "greedy" && !final;
    if (undecided) {
      for (const [i] of rounds(stage).slice(0, step)) marks.box(anchorBox(stage, i), "positive", { width: 1.8 });
    } else if (object) {
      let drawn = 0;
      let many = 0;
      for (let i = 0; i < labels.label.length; i++) many += labels.label[i] === 1 && labels.gt_index[i] === focus;
      for (let i = 0; i < labels.label.length && drawn < 60; i++) {
        if (labels.label[i] === 1 && labels.gt_index[i] === focus && i !== index) {
          marks.box(anchorBox(stage, i), "positive", { width: 1.6, alpha: many > 8 ? 0.5 : 1 });
          drawn++;
        }
      }
    }
    stage.drawObjects(marks);
    drawCentres(stage, marks, ctx, { plain: undecided });
    drawHoveredCell(stage, marks);
    if (anchor) {
      const state = undecided && labels.reason[index] !== REASON.GREEDY ? "waiting" : stage.stateOf(index);
      marks.box(anchor, state);
      marks.ring(anchor);
      const [x, y] = stage.centre(cellOf(stage, index));
      marks.circle(stage.viewport.x(x), stage.viewport.y(y), 6, STATES.selected.core);
      marks.tag(anchor, `#${index} ${sizeText(anchor)}`, { background: STATES[state].core, prefer: "below" });
    }
  },

  strip(stage) {
    const index = anchorOf(stage);
    const focus = focusOf(stage);
    const object = stage.boxes[focus];
    if (index < 0 || !object) {
      return caption("Click a centre, then a second time for the next shape: its IoU with the object is worked out here.");
    }
    const anchor = anchorBox(stage, index);
    const shared = intersectionOf(object, anchor);
    const inter = shared ? boxArea(shared) : 0;
    const a = boxArea(anchor);
    const g = boxArea(object);
    const iou = iousOf(stage, index)[focus];
    const state = stage.stateOf(index);
    const { high, low, rule } = stage.data.match;
    const best = stage.labels.best_iou[index];
    const own = focus === stage.labels.gt_index[index];
    let verdict;
    if (!own) verdict = `Its best object is ${circled(stage.labels.gt_index[index])}, at ${iouText(best)}.`;
    else if (rule === "greedy") verdict = `${iouText(best)} ${best >= high ? "≥" : "&lt;"} ${iouText(high)}; it is ${strong(state, state)}.`;
    else if (best >= high) verdict = `${iouText(best)} ≥ ${iouText(high)}, so it is ${strong(state, state)}.`;
    else if (best < low) verdict = `${iouText(best)} &lt; ${iouText(low)}${state === "negative" ? ", so it is" : "; yet it is"} ${strong(state, state)}.`;
    else verdict = `${iouText(low)} ≤ ${iouText(best)} &lt; ${iouText(high)}${state === "ignored" ? ", so it is" : "; yet it is"} ${strong(state, state)}.`;
    return (
      formula(
        `<span class="fn">IoU(${number("#" + index, state)}, ${number(circled(focus))})</span> = ` +
          fraction("intersection", "union") +
          " = " +
          fraction(number(whole(inter)), `${number(whole(a), state)} + ${number(whole(g))} − ${number(whole(inter))}`) +
          ` = ${result(iouText(iou))}`,
        `IoU of anchor ${index} and object ${focus + 1}: ${whole(inter)} over ${whole(a)} plus ${whole(g)} minus ${whole(inter)} is ${iouText(iou)}`,
      ) + caption(`The lit patch over all the outlined area. ${verdict}`)
    );
  },

  hover(stage, ix, iy) {
    const { width, height } = stage.photo;
    if (ix < 0 || iy < 0 || ix > width || iy > height) return null;
    return { kind: "cell", index: stage.cellAt(ix, iy) };
  },

  // The first click on a cell takes its best anchor, each further click the next shape.
  click(stage, ix, iy) {
    const here = stage.cells.levels.flatMap((_, level) => {
      const { first, count } = stage.cells.anchorsOf(stage.cells.at(ix, iy, level));
      return Array.from({ length: count }, (_, s) => first + s);
    });
    const at = here.indexOf(stage.anchor);
    const { best_iou } = stage.labels;
    stage.selectAnchor(at >= 0 ? here[(at + 1) % here.length] : here.reduce((best, i) => (best_iou[i] > best_iou[best] ? i : best)));
    stage.object = -1;
  },

  // An object is explained by its best anchor.
  objectSelected(stage) {
    if (stage.object >= 0) stage.anchor = stage.labels.best_anchor[stage.object];
  },

  anchorSelected(stage) {
    const i = stage.anchor;
    if (i < 0) return;
    stage.say(
      `Anchor ${i}, ${sizeText(anchorBox(stage, i)).replace("×", " by ")}: ${stage.stateOf(i)}, best IoU ${iouText(stage.labels.best_iou[i])}.`,
    );
  },

  act(stage, act) {
    moveStep(stage, { first: -Infinity, back: -1, next: 1, last: Infinity }[act]);
  },

  // Without a selected object the arrows walk from cell to cell; comma and full stop change the shape.
  key(stage, key, event, arrow) {
    const { cells } = stage;
    if (key === "," || key === ".") {
      const at = Math.max(0, stage.anchor);
      const { first, count } = cells.anchorsOf(cells.cellOf(at));
      stage.selectAnchor(first + ((at - first + (key === "." ? 1 : count - 1)) % count));
      return true;
    }
    if (stage.data.match.rule === "greedy" && (key === "Home" || key === "End")) {
      moveStep(stage, key === "Home" ? -Infinity : Infinity);
      return true;
    }
    if (stage.data.match.rule === "greedy" && (key === "PageUp" || key === "PageDown")) {
      moveStep(stage, key === "PageUp" ? -1 : 1);
      return true;
    }
    if (!arrow || stage.object >= 0) return false;
    const at = Math.max(0, stage.anchor);
    const cell = cells.cellOf(at);
    const next = cells.anchorsOf(cells.step(cell, ...arrow));
    stage.selectAnchor(next.first + at - cells.anchorsOf(cell).first);
    return true;
  },

  // Arrow keys walk the matrix as in any grid.
  slotKey(stage, e) {
    const cell = e.target.closest("td");
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
    if (!cell || !move) return;
    const row = cell.parentElement;
    const next = row.parentElement.rows[row.sectionRowIndex + move[1]]?.cells[cell.cellIndex + move[0]];
    const button = next?.querySelector("button");
    if (button) {
      cell.querySelector("button").tabIndex = -1;
      button.tabIndex = 0;
      button.focus();
    }
    e.preventDefault();
  },
};
