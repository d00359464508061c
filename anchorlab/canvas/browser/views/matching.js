// Matching: which anchors learn from which object, and why.

import { ableText } from "../draw/able.js";
import { circled, escapeHtml, iouText, plural, whole } from "../model/format.js";
import { intersectionOf } from "../core/iou.js";
import { ICONS } from "../draw/icons.js";
import { NEIGHBOURS } from "../core/matching_grids.js";
import { REASON } from "../core/reasons.js";
import { figure, histogram } from "./matching/charts.js";
import { strip } from "./matching/strips.js";
import { anchorOf, anchorsOf, cellsNear, focusOf, greedyStep, levelLookedAt, nameOf, pairOf, place, rounds, ruleOf } from "./matching/subject.js";
import { prediction } from "./matching/predictions.js";
import { lostObjects, sentence } from "./matching/words.js";
import { anchorBox, cellOf, drawCentres, drawHoveredCell, legend, OBJECT, sizeText, tryThis, why } from "./shared.js";

const STATES = PALETTE.states;
const MATRIX_COLUMNS = 24;
const PAIR_ROWS = 200;

// ---- greedy rounds

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

// ---- slots

function stepper(stage) {
  if (stage.data.match.rule !== "greedy" || !rounds(stage).length) return "";
  const { step, total, final } = greedyStep(stage);
  const button = (act, text, label, off) =>
    `<button type="button" data-act="${act}" aria-label="${label}" ${ableText(!off)}>${text}</button>`;
  return (
    `<div class="stepper">${button("first", ICONS.first, "First round", step === 1)}${button("back", ICONS.back, "Round back", step === 1)}` +
    `<b>${final ? "then the threshold" : `round ${step} of ${total - 1}`}</b>` +
    `${button("next", ICONS.next, "Next round", final)}${button("last", ICONS.last, "Last step", final)}</div>`
  );
}

// The levels of a pyramid with their positives: one of them, or all, is looked at.
function levelButtons(stage) {
  const { levels } = stage.cells;
  if (levels.length < 2) return "";
  const chosen = levelLookedAt(stage);
  const { positive } = stage.cellStates();
  const counts = levels.map(({ cell, cells }) => positive.subarray(cell, cell + cells).reduce((sum, n) => sum + n, 0));
  const button = (level, text, count) =>
    `<button type="button" data-act="level:${level}" aria-pressed="${level === chosen}">${text}<b class="positive">${whole(count)}</b></button>`;
  const all = counts.reduce((sum, n) => sum + n, 0);
  return (
    `<div class="looks" role="group" aria-label="Level looked at, and its positives">` +
    button(-1, "all levels", all) +
    levels.map(({ name }, k) => button(k, escapeHtml(name), counts[k])).join("") +
    `</div><p class="cap">Labels are decided over all ${levels.length} levels together${ruleOf(stage) === "atss" ? "; candidates come from each" : ""}.</p>`
  );
}

// The states that anchors are in: [state, what it means, how many].
function stateRows(stage) {
  const counts = stage.stateCounts();
  const { step, final } = greedyStep(stage);
  const undecided = ruleOf(stage) === "greedy" && !final;
  const made = ruleOf(stage) === "yolov5" && stage.boxes.length ? stage.story.pairs.length : 0;
  const shared = made > counts.positive ? ` (${plural(made, "pair")})` : "";
  return undecided
    ? [
        ["positive", "taken so far, one a round", step],
        ["waiting", "not decided yet", stage.labels.label.length - step],
      ]
    : [
        ["positive", `positive: learns class and box${shared}`, counts.positive],
        ["ignored", "ignored: adds nothing to the loss", counts.ignored],
        ["negative", "negative: learns “background”", counts.negative],
      ];
}

function readout(stage) {
  const pair = pairOf(stage);
  const index = pair.anchor;
  const panel =
    index >= 0
      ? why(
          `Why is anchor #${index} ${stage.stateOf(index)}?`,
          figure(stage, index) + `<p>${sentence(stage, pair)}</p>`,
          pair,
        )
      : why("Why?", "<p>Click a centre to see why one of its anchors learns, is left out or means background.</p>");
  return legend(stateRows(stage)) + levelButtons(stage) + stepper(stage) + lostObjects(stage) + panel + tryThis(stage, prediction(stage));
}

// YOLOv5: every pair of object and anchor; an anchor with several objects has several rows.
function pairs(stage) {
  if (ruleOf(stage) !== "yolov5" || !stage.boxes.length) return "";
  const all = stage.story.pairs;
  const rows = all
    .slice(0, PAIR_ROWS)
    .map(([anchor, g, neighbour, factor], k) => {
      const again = k && all[k - 1][0] === anchor;
      return (
        `<tr class="${anchor === stage.anchor ? "now" : ""}"><td>${again ? "also" : ""} <button type="button" class="link" data-pick="anchor:${anchor}:-1" data-hover="anchor:${anchor}:${g}">#${anchor}</button></td>` +
        `<td>${nameOf(stage, g)}</td><td>${NEIGHBOURS[neighbour]}</td><td>${factor.toFixed(2)}</td></tr>`
      );
    })
    .join("");
  const left = all.length - PAIR_ROWS;
  const note = left > 0 ? `<p class="cap">And ${plural(left, "more pair")}.</p>` : "";
  return (
    `<h2 class="heading">Every pair: one anchor may learn several objects</h2>` +
    `<div class="scroll tall" tabindex="0" role="region" aria-label="Every pair of anchor and object"><table class="plain"><thead><tr><th>anchor</th><th>learns</th><th>cell</th><th>worst side, times</th></tr></thead>` +
    `<tbody>${rows}</tbody></table></div>${note}`
  );
}

// The best anchors of every object as a table: hover or focus a cell and its pair lights up.
function matrix(stage) {
  const { labels, data } = stage;
  const G = stage.boxes.length;
  if (!G) return `<p class="cap">Draw an object and the matrix fills.</p>`;
  const { count } = stage.generated;
  const table = stage.iouColumns();
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

// A setting on the move: the labels follow in the browser.
function relabel(stage, settings) {
  stage.data.match = { ...stage.data.match, ...settings };
  stage.stale = true;
  stage.relabel();
}

// Widgets of one number or one switch, by the setting they move.
const SETTINGS = {
  match_high: "high",
  match_low_quality: "low_quality",
  match_low_negative: "low_negative",
  match_assign_all: "assign_all",
  match_min_pos_iou: "min_pos_iou",
  assign_top_k: "top_k",
  assign_ignore_iou: "ignore_iou",
  assign_side_factor: "side_factor",
};
const SWITCHES = ["low_quality", "low_negative"];

// The choices of conventions, in the order of their segments.
const LEAST = [0, -1];
const TAKES = [true, false];

// The rule of that name in the list.
const ruleTitled = ({ data: { rule_titles: titles } }, title) => Object.keys(titles).find((name) => titles[name] === title);

const settled = (key, [value]) => {
  if (key === "match_assign_all") return TAKES[value];
  return SWITCHES.includes(SETTINGS[key]) ? Boolean(value) : value;
};

// ---- the view

// YOLOv5 gives an object dozens of anchors: those of the selected one's cell are enough to see.
function inOneCell(stage, anchors, index) {
  const cells = anchors.map((i) => cellOf(stage, i));
  const cell = cells.includes(cellOf(stage, index)) ? cellOf(stage, index) : cells[0];
  return anchors.filter((_, k) => cells[k] === cell);
}

// The cells in which the object's anchors may be, or the candidates among which they are chosen.
function drawWhere(stage, marks, focus) {
  if (!stage.boxes[focus]) return;
  const rule = ruleOf(stage);
  if (rule === "atss") {
    const level = levelLookedAt(stage);
    const shown = stage.story.adaptive[focus].candidates.filter((i) => level < 0 || stage.cells.levelOfAnchor(i) === level);
    for (const cell of new Set(shown.map((i) => cellOf(stage, i)))) {
      const [x, y] = stage.centre(cell);
      marks.circle(stage.viewport.x(x), stage.viewport.y(y), 4.6, "#FFFFFF");
    }
    return;
  }
  const square = (level, row, col) => {
    const [down, across] = level.stride;
    marks.box([col * across, row * down, (col + 1) * across, (row + 1) * down], "object", { width: 1.6 });
  };
  const index = anchorOf(stage);
  if (rule === "yolo") {
    const { level, row, col } = stage.story.responsible[focus];
    square(level, row, col);
  } else if (rule === "yolov5") {
    const level = index >= 0 ? place(stage, index).level : stage.levels[0];
    for (const [, row, col] of cellsNear(stage, focus, level)) square(level, row, col);
  }
}

export const matchingView = {
  controls: {
    match_low_match_high: (stage, values) => relabel(stage, { low: Math.min(...values), high: Math.max(...values) }),
    match_rule(stage, [title]) {
      const rule = ruleTitled(stage, title);
      if (rule) relabel(stage, { rule });
    },
    match_min_best_iou: (stage, [index]) => relabel(stage, { min_best_iou: LEAST[index] ?? stage.data.match.min_best_iou }),
    ...Object.fromEntries(
      Object.entries(SETTINGS).map(([key, name]) => [key, (stage, values) => relabel(stage, { [name]: settled(key, values) })]),
    ),
  },
  numbers({ data: { match }, cells }) {
    const k = `${plural(match.top_k, "anchor")}${cells.levels.length > 1 ? " of each level" : ""}`;
    return { high: iouText(match.high), k, ignore: iouText(match.ignore_iou), factor: match.side_factor };
  },
  agrees(stage, key, values) {
    const { match } = stage.data;
    if (key === "match_rule") return match.rule === ruleTitled(stage, values[0]);
    if (key === "match_min_best_iou") return match.min_best_iou === LEAST[values[0]];
    if (key === "match_low_match_high") return match.low === Math.min(...values) && match.high === Math.max(...values);
    return match[SETTINGS[key]] === settled(key, values);
  },
  keys: [
    ["← ↑ → ↓", "without a selected object: the anchor of the next cell"],
    [", .", "the previous / next shape of the same cell"],
    ["PageUp PageDown Home End", "greedy rounds: back, on, first, last"],
  ],
  slots: { histogram, readout, matrix, pairs },
  below: ["matrix", "pairs"],

  label(stage) {
    const { positive, ignored, negative } = stage.stateCounts();
    return `${stage.photo.alt} ${plural(stage.boxes.length, "object")}; anchors: ${positive} positive, ${ignored} ignored and ${negative} negative.`;
  },

  means(stage) {
    const rows = stateRows(stage).map(([state, text]) => ({ state, text: `anchor ${text}` }));
    const selected = anchorOf(stage) >= 0 ? [{ state: stage.stateOf(anchorOf(stage)), sign: "ring", text: "selected anchor" }] : [];
    return [OBJECT, ...rows, ...selected];
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
    const undecided = ruleOf(stage) === "greedy" && !final;
    if (undecided) {
      for (const [i] of rounds(stage).slice(0, step)) marks.box(anchorBox(stage, i), "positive", { width: 1.8 });
    } else if (object) {
      const level = levelLookedAt(stage);
      const own = anchorsOf(stage, focus).filter((i) => level < 0 || stage.cells.levelOfAnchor(i) === level);
      const shown = ruleOf(stage) === "yolov5" ? inOneCell(stage, own, index) : own;
      for (const i of shown.slice(0, 60)) {
        if (i !== index) marks.box(anchorBox(stage, i), "positive", { width: 1.6, alpha: own.length > 8 ? 0.5 : 1 });
      }
    }
    stage.drawObjects(marks);
    drawCentres(stage, marks, ctx, { plain: undecided, level: levelLookedAt(stage) });
    drawWhere(stage, marks, focus);
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

  strip,

  hover(stage, ix, iy) {
    const { width, height } = stage.photo;
    if (ix < 0 || iy < 0 || ix > width || iy > height) return null;
    const level = levelLookedAt(stage);
    return { kind: "cell", index: level < 0 ? stage.cellAt(ix, iy) : stage.cells.at(ix, iy, level) };
  },

  // The first click on a cell takes its best anchor, each further click the next shape.
  click(stage, ix, iy) {
    const only = levelLookedAt(stage);
    const here = stage.cells.levels.flatMap((_, level) => {
      if (only >= 0 && level !== only) return [];
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
    const [kind, level] = act.split(":");
    if (kind === "lost") {
      stage.lostListed = !stage.lostListed;
      stage.schedule();
      return;
    }
    if (kind === "level") {
      stage.level = Number(level);
      stage.say(level < 0 ? "All levels." : `Level ${stage.cells.levels[level].name}.`);
      stage.commitPick(0);
      stage.schedule();
      return;
    }
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
