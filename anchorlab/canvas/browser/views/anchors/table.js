// The table of shapes beside the picture.

import { pixels, ratioText, whole } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { levelColour, ranksOf } from "./cell.js";
import { comparison } from "./compared.js";

const rounded = (v) => String(Math.round(v));

// The n x m table with every shape to scale; what n + m − 1 leaves out stays visible, in grey.
export function shapes(stage) {
  const { table, sizes, ratios, ratio_means } = stage.grid;
  const compared = comparison(stage);
  const inks = PALETTE.levelInks[stage.dark ? "dark" : "light"];
  const largest = Math.max(...table.map((c) => Math.max(c.w, c.h)));
  const kept = table.filter((c) => c.shape >= 0).length;
  // Many columns are narrow: the shape stands above its sides then, and what a ratio means is said once.
  const many = ratios.length > 3;
  const head = ratios.map((r) => `<th scope="col">${many ? "" : `${ratio_means} = `}${ratioText(r)}</th>`).join("");
  const ranks = ranksOf(sizes);
  const rows = sizes
    .map((size, k) => {
      const cells = table
        .filter((c) => c.row === k)
        .map((c) => {
          const scale = 34 / largest;
          const w = Math.max(2, c.w * scale);
          const h = Math.max(2, c.h * scale);
          const off = c.shape < 0;
          const ink = off ? "var(--muted)" : levelColour(ranks.of(size), ranks.count, inks);
          const other = compared && !off ? `<span class="other">${pixels(Math.round(c.other_w))}×<wbr>${pixels(Math.round(c.other_h))}</span>` : "";
          return (
            `<td class="${off ? "dropped" : ""}"><button type="button" ${off ? "disabled" : `data-hover="shape:${c.shape}"`} ` +
            `aria-label="${say(off ? "anchors.shape_label_left_out" : "anchors.shape_label", { size: String(size), ratio: String(c.ratio), width: rounded(c.w), height: rounded(c.h) })}">` +
            `<svg viewBox="-20 -20 40 40" aria-hidden="true"><rect x="${-w / 2}" y="${-h / 2}" width="${w}" height="${h}" fill="none" stroke="${ink}" stroke-width="2" ${off ? 'stroke-dasharray="2 3"' : ""}/></svg>` +
            `<span>${whole(c.w)}×<wbr>${whole(c.h)}${other}</span></button></td>`
          );
        })
        .join("");
      return `<tr><th scope="row">${pixels(size)}</th>${cells}</tr>`;
    })
    .join("");
  return (
    `<p class="lab">${kept < table.length ? say("anchors.shapes_left_out", { count: kept, out: table.length - kept, all: table.length }) : say("anchors.shapes", { count: kept })}</p>` +
    `<table class="shapes${many ? " many" : ""}"><thead><tr><td>${many ? ratio_means : ""}</td>${head}</tr></thead><tbody>${rows}</tbody></table>`
  );
}
