// The IoUs of the objects and their best anchors as a table.

import { ARROWS } from "../../input/keyboard.js";
import { circled, escapeHtml, iouText } from "../../model/format.js";
import { say, sayFrom } from "../../model/sentences.js";
import { cellOf } from "../shared.js";

const COLUMNS = 24;

// The best anchors of every object as a table: hover or focus a cell and its pair lights up.
export function matrix(stage, rule) {
  const { labels, data } = stage;
  const G = stage.boxes.length;
  if (!G) return `<p class="cap">${say("matching.matrix_empty")}</p>`;
  const count = stage.anchors.length / 4;
  const table = stage.iouColumns();
  const taken = rule.rounds(stage);
  const shown = new Set(taken.map(([anchor]) => anchor));
  if (stage.anchor >= 0 && stage.anchor < count) shown.add(stage.anchor);
  const share = Math.max(1, Math.floor((COLUMNS - shown.size) / G));
  for (let g = 0; g < G; g++) {
    const best = topIndices(table[g], share);
    for (const i of best) if (shown.size < Math.max(COLUMNS, G)) shown.add(i);
  }
  const columns = [...shown].sort((a, b) => labels.gt_index[a] - labels.gt_index[b] || labels.best_iou[b] - labels.best_iou[a]);
  const { step, final } = rule.stepOf(stage);
  const goneRows = new Map();
  const goneColumns = new Map();
  taken.slice(0, step).forEach(([anchor, g], k) => {
    goneColumns.set(anchor, k + 1);
    goneRows.set(g, k + 1);
  });
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
          const told = sayFrom(pairTaken ? "matching.matrix_cell_taken" : gone ? "matching.matrix_cell_gone" : "matching.matrix_cell", {
            anchor: `${i}`,
            object: escapeHtml(stage.className(g)),
            iou: iouText(v),
            round: pair + 1,
          });
          return `<td style="--level:${level}%" class="${classes} ${zero}"><button type="button" tabindex="${g === 0 && i === entry ? 0 : -1}" data-pick="anchor:${i}:-1" data-hover="anchor:${i}:${g}" aria-label="${told}">${v < 0.005 ? "0" : iouText(v).replace(/^0/, "")}</button></td>`;
        })
        .join("");
      return `<tr class="${stage.hover?.kind === "object" && stage.hover.index === g ? "lit" : ""}"><th scope="row">${circled(g)} ${escapeHtml(stage.className(g))}</th>${cells}</tr>`;
    })
    .join("");
  return `<div class="scroll"><table class="matrix" role="grid" aria-label="${say("matching.matrix")}"><thead><tr><td></td>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
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

// Arrow keys walk the matrix as in any grid.
export function walkMatrix(stage, e) {
  const cell = e.target.closest("td");
  const move = ARROWS[e.key];
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
}
