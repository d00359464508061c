// The offsets of all positives, the selected one ringed.

import { encodeBox } from "../../model/coding.js";
import { signed } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { anchorBox, chart } from "../shared.js";
import { namesOf } from "./formulas.js";
import { coderOf, pair } from "./pair.js";

// Four strips of dots, one for each number: all positives, the selected one ringed.
export function strips(stage) {
  const { labels } = stage;
  const coder = coderOf(stage);
  const dots = [];
  for (let i = 0; i < labels.label.length && dots.length < 400; i++) {
    if (labels.label[i] !== 1) continue;
    const { stride_x, stride_y } = stage.cells.levels[stage.cells.levelOfAnchor(i)];
    dots.push({ i, t: encodeBox(coder, anchorBox(stage, i), stage.boxes[labels.gt_index[i]], [stride_x, stride_y]) });
  }
  if (!dots.length) return "";
  const most = Math.max(...dots.flatMap(({ t }) => t.map(Math.abs)));
  const range = [0.5, 1, 2, 4, 6, 8, 12, 16, 32, 64].find((v) => v >= most) ?? most;
  const x = (v) => 213 + (173 * v) / range;
  const grid = [-1, -0.5, 0, 0.5, 1]
    .map((f) => {
      const at = x(f * range);
      const text = signed(f * range, range < 2 ? 2 : 0).replace("+0.00", "0").replace("+0", "0");
      return `<path d="M${at} 4V158" stroke="var(--st-border-color)" stroke-width="${f ? 1 : 1.6}"/><text x="${at}" y="172" text-anchor="middle">${text}</text>`;
    })
    .join("");
  const rows = namesOf(coder).map((name, k) => {
    const y = 22 + 39 * k;
    const stacks = new Map();
    const circles = dots
      .map(({ i, t }) => {
        const at = x(t[k]);
        const bin = Math.round(at / 5);
        const level = stacks.get(bin) ?? 0;
        stacks.set(bin, level + 1);
        const shift = Math.min(16, 4.3 * Math.ceil(level / 2)) * (level % 2 ? -1 : 1);
        const on = i === stage.anchor;
        return on
          ? ""
          : `<circle class="dot positive" data-pick="anchor:${i}:${labels.gt_index[i]}" cx="${at.toFixed(1)}" cy="${y + shift}" r="2.8" fill="currentColor" fill-opacity=".6"><title>#${i}: ${signed(t[k])}</title></circle>`;
      })
      .join("");
    return `<text x="2" y="${y + 5}" class="math">t<tspan dy="4" font-size="12">${name}</tspan></text>${circles}`;
  }).join("");
  const p = pair(stage);
  const rings = p
    ? p.offsets
        .map((v, k) => {
          const at = Math.min(392, Math.max(30, x(v)));
          const y = 22 + 39 * k;
          return `<circle class="selected" cx="${at.toFixed(1)}" cy="${y}" r="6.5" fill="none" stroke="currentColor" stroke-width="2.6"/><circle class="selected" cx="${at.toFixed(1)}" cy="${y}" r="3" fill="currentColor"/>`;
        })
        .join("")
    : "";
  const count = dots.length;
  const title = p ? say("offsets.positives_and", { count, index: String(p.index) }) : say("offsets.positives", { count });
  const label = say("offsets.positives_label", { count, low: (-range).toFixed(1), high: range.toFixed(1) });
  return `<p class="lab">${title}</p>${chart(176, label, `${grid}${rows}${rings}`)}`;
}
