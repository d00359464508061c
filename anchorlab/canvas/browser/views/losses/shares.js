// The imbalance, and who pays.

import { GROUPS } from "../../model/costs.js";
import { escapeHtml, whole } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { costs, lossText, percent } from "./costs.js";

export const negativesFor = ({ positive, negative }) => whole(positive ? negative / positive : negative);

export function imbalance(stage) {
  const counts = stage.stateCounts();
  const found = costs(stage);
  const { positive, negative } = counts;
  const negatives = negativesFor(counts);
  const ratio = positive ? say("losses.ratio", { negatives }) : say("losses.ratio_none", { negatives });
  const { taken } = found.shares;
  const own = { positive: taken.hard_positive.count + taken.easy_positive.count, negative: taken.hard_negative.count + taken.easy_negative.count };
  const count = own.positive + own.negative;
  const sampled = count < positive + negative ? ` ${say("losses.imbalance_taken", { count, ...own })}` : "";
  return `<p class="imbalance"><b>${ratio}</b><span>${say("losses.imbalance", { count: positive, negative })}${sampled}</span></p>`;
}

// Easy anchors are striped, hard ones are solid.
const DEFS =
  `<defs>${["positive", "negative"]
    .map((state) => `<pattern id="easy-${state}" class="${state}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="currentColor" fill-opacity=".16"/><rect width="2.2" height="6" fill="currentColor" fill-opacity=".75"/></pattern>`)
    .join("")}</defs>`;

const stateOf = (group) => group.split("_")[1];
const fillOf = (group) => (group.startsWith("easy") ? `url(#easy-${stateOf(group)})` : "currentColor");

function bar(row, shares) {
  let at = 0;
  const parts = GROUPS.map((group) => {
    const { share } = shares[group];
    const [x, w] = [400 * at, 400 * share];
    at += share;
    if (!w) return "";
    const text = share < 0.12 ? "" : `<text x="${x + w / 2}" y="${15}" text-anchor="middle" class="on-${group}">${percent(share)}</text>`;
    const plate = text && group.startsWith("easy") ? `<rect class="plate" x="${x + w / 2 - 22}" y="2.500" width="44" height="17" rx="3"/>` : "";
    return `<rect class="${stateOf(group)}" x="${x.toFixed(1)}" y="0" width="${w.toFixed(1)}" height="22" fill="${fillOf(group)}"/>${plate}${text}`;
  }).join("");
  const told = GROUPS.map((group) => say("losses.bar_part", { group: say(`losses.group_${group}`), share: percent(shares[group].share) })).join(", ");
  const label = say("losses.bar_told", { row: say(`losses.row_${row}_all`), parts: told, sum: lossText(shares.sum) });
  const content = shares.sum ? parts : `<text x="4" y="15">${say("losses.nothing")}</text>`;
  return (
    `<p class="lab split"><span>${say(`losses.row_${row}_all`)}</span><span class="cap">${say("losses.bar_sum", { sum: lossText(shares.sum) })}</span></p>` +
    `<svg class="chart share" viewBox="0 0 400 22" role="img" aria-label="${escapeHtml(label)}">${DEFS}${content}<rect x=".5" y=".5" width="399" height="21" fill="none" stroke="var(--st-border-color)"/></svg>`
  );
}

const swatch = (group) =>
  `<svg class="swatch ${stateOf(group)}" viewBox="0 0 22 14" aria-hidden="true">${DEFS}<rect width="22" height="14" fill="${fillOf(group)}"/></svg>`;

export function shares(stage) {
  const found = costs(stage);
  const sampled = found.taken.some((own, i) => !own && found.label[i] >= 0);
  const rows = [...Object.keys(found.byLoss), ...(sampled ? ["taken"] : [])];
  const head = [say("losses.column_group"), say("losses.column_count"), ...rows.map((row) => say(`losses.row_${row}`))];
  const countOf = (group) => {
    const count = whole(found.shares.cross_entropy[group].count);
    return sampled ? say("losses.count_of", { taken: whole(found.shares.taken[group].count), count }) : count;
  };
  const body = GROUPS.map((group) => {
    const cells = rows.map((row) => `<td>${percent(found.shares[row][group].share)}</td>`).join("");
    return `<tr><th scope="row">${swatch(group)} ${say(`losses.group_${group}`)}</th><td>${countOf(group)}</td>${cells}</tr>`;
  }).join("");
  return (
    rows.map((row) => bar(row, found.shares[row])).join("") +
    `<table class="shares" aria-label="${say("losses.shares_label")}"><thead><tr>${head.map((text) => `<th scope="col">${text}</th>`).join("")}</tr></thead><tbody>${body}</tbody></table>`
  );
}
