// The loss by its parts and AP50, one above the other over the same steps.

import { say } from "../../model/sentences.js";
import { whole } from "../../model/format.js";
import { chart, gridLine, pathOf } from "../shared.js";
import { sidesOf, stepOf } from "./film.js";

const [LEFT, RIGHT] = [34, 300];
const PARTS = [["total", ""], ["positives", "positive"], ["negatives", "negative"], ["boxes", "kept"]];

export const small = (value) => (value >= 9.995 ? value.toFixed(1) : value >= 0.0995 ? value.toFixed(2) : value.toFixed(3)).replace(/^0/, "");
export const apText = (ap) => (ap === null ? "–" : ap.toFixed(2).replace(/^0/, ""));

const stepsOf = ({ data }) => Math.max(...data.sides.map(({ steps }) => steps));
const across = (steps) => (step) => LEFT + ((RIGHT - LEFT) * step) / steps;
const line = (points, state, more = "") => `<path class="${state}" d="${pathOf(points)}" fill="none" stroke="currentColor" stroke-width="2" ${more}/>`;
const DASHED = 'stroke-dasharray="6 3"';

// Names at the ends of lines, none over another.
function ends(list, bottom) {
  const placed = [...list].sort((a, b) => a.y - b.y);
  placed.forEach((end, k) => (end.at = Math.max(end.y + 4, k ? placed[k - 1].at + 14 : 10)));
  for (let k = placed.length - 1; k >= 0; k--) placed[k].at = Math.min(placed[k].at, k === placed.length - 1 ? bottom : placed[k + 1].at - 14);
  return placed.map(({ at, state, text }) => `<text class="h ${state}" fill="currentColor" x="${RIGHT + 6}" y="${at}">${text}</text>`).join("");
}

function axis(steps, bottom) {
  const x = across(steps);
  return [0, 0.5, 1].map((part) => `<text x="${x(part * steps)}" y="${bottom + 15}" text-anchor="middle">${whole(part * steps)}</text>`).join("");
}

// Where the picture stands.
const cursor = (stage, steps, top, bottom) => {
  const x = across(steps)(stepOf(stage));
  return `<path class="selected" d="M${x} ${top}V${bottom}" stroke="currentColor" stroke-width="1.6"/>`;
};

function lossChart(stage) {
  const { data } = stage;
  const [top, bottom] = [6, 76];
  const steps = stepsOf(stage);
  const sides = sidesOf(stage).filter((side) => data[`${side}_curve_at`].length);
  if (!sides.length) return `<p class="cap">${say("training.no_curve")}</p>`;
  const two = data.sides.length > 1;
  const series = sides.flatMap((side) =>
    (two ? PARTS.slice(0, 1) : PARTS).map(([name, state]) => ({ side, name, state, values: data[`${side}_curve_${name}`] })),
  );
  const seen = [...series.flatMap(({ values }) => [...values]), ...sides.flatMap((side) => [...data[`${side}_curve_raw`]])].filter((v) => v > 0);
  const low = Math.max(Math.min(...seen), Math.max(...seen) / 1e4);
  const [first, last] = [Math.floor(2 * Math.log10(low)) / 2, Math.ceil(2 * Math.log10(Math.max(...seen))) / 2];
  const x = across(steps);
  const y = (v) => bottom - ((bottom - top) * (Math.log10(Math.max(v, low)) - first)) / Math.max(last - first, 0.5);
  const points = (side, values) => Array.from(values, (v, k) => [x(data[`${side}_curve_at`][k]), y(v)]);
  const decades = [];
  for (let e = Math.ceil(first); e <= last; e++) decades.push(gridLine([LEFT, RIGHT], y(10 ** e), e < 0 ? (10 ** e).toFixed(-e).replace(/^0/, "") : String(10 ** e)));
  const raw = sides.map((side) => line(points(side, data[`${side}_curve_raw`]), "", 'opacity=".25"')).join("");
  const lines = series.map(({ side, values, state }) => line(points(side, values), state, side === "b" ? DASHED : "")).join("");
  const named = series.map(({ side, name, state, values }) => ({
    y: y(values.at(-1)),
    state,
    text: `${two ? side.toUpperCase() : say(`training.sum_${name === "total" ? "loss" : name}`)} ${small(values.at(-1))}`,
  }));
  const total = series[0].values;
  const label = say("training.loss_label", { steps, first: small(total[0]), last: small(total.at(-1)) });
  const kinds = new Set(data.sides.map(({ loss }) => loss));
  return (
    `<p class="lab">${say("training.loss_curve")}</p>` +
    chart(84, label, decades.join("") + raw + lines + cursor(stage, steps, top, bottom) + ends(named, bottom + 2)) +
    (kinds.size > 1 ? `<p class="cap">${say("training.other_loss")}</p>` : "")
  );
}

function apChart(stage) {
  const { data } = stage;
  const [top, bottom] = [6, 50];
  const steps = stepsOf(stage);
  const [x, y] = [across(steps), (ap) => bottom - (bottom - top) * ap];
  const two = data.sides.length > 1;
  const lines = data.sides.map(({ ap }, k) => line(ap.map(([step, v]) => [x(step), y(v)]), "kept", k ? DASHED : "")).join("");
  const named = data.sides.flatMap(({ ap }, k) => (ap.length ? [{ y: y(ap.at(-1)[1]), state: "kept", text: `${two ? `${"AB"[k]} ` : ""}${apText(ap.at(-1)[1])}` }] : []));
  const label = say("training.ap_label", { steps, last: apText(data.sides[0].ap.at(-1)?.[1] ?? null) });
  return (
    `<p class="lab">${data.sides[0].own ? say("training.ap_curve_own") : say("training.ap_curve")}</p>` +
    chart(70, label, [0, 0.5, 1].map((v) => gridLine([LEFT, RIGHT], y(v), v === 0.5 ? ".5" : v)).join("") + axis(steps, bottom) + lines + cursor(stage, steps, top, bottom) + ends(named, bottom + 2))
  );
}

export const curves = (stage) => lossChart(stage) + apChart(stage);
