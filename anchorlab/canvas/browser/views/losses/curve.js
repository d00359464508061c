// One probability and what it costs: two curves, and a point on both that can be dragged.

import { CLASS_LOSSES, focalSettings } from "../../model/costs.js";
import { say } from "../../model/sentences.js";
import { chart, formula, gridLine, pathOf } from "../shared.js";
import { lossesOf, lossText, percent } from "./costs.js";
import { entropyFormula, focalFormula } from "./formulas.js";

const [LEFT, RIGHT, TOP, BOTTOM, MOST] = [26, 280, 8, 148, 4];
const x = (sure) => LEFT + (RIGHT - LEFT) * sure;
const y = (loss) => BOTTOM - ((BOTTOM - TOP) * Math.min(loss, MOST)) / MOST;
const STEPS = Array.from({ length: 100 }, (_, k) => (k + 0.5) / 100);

// What an anchor costs that is so sure of the truth; both losses, and the focal one before its weights, too.
function priceOf(stage) {
  const losses = lossesOf(stage);
  const positive = stage.setting("probe.truth") === "object";
  const at = (sure) => {
    const logit = Math.log(sure / (1 - sure)) * (positive ? 1 : -1);
    const of = (name, own) => CLASS_LOSSES[name](logit, Number(positive), own);
    const plain = { ...losses, focal: { ...losses.focal, balanced: false } };
    return { entropy: of("cross_entropy", losses), focal: of("focal", plain), weighted: of("focal", losses) };
  };
  return { at, sure: stage.setting("probe.sure"), positive, settings: focalSettings(losses) };
}

export function dragSure(stage, across) {
  const sure = (across * 400 - LEFT) / (RIGHT - LEFT);
  stage.set({ "probe.sure": Math.round(100 * Math.min(0.99, Math.max(0.01, sure))) / 100 });
}

export function curve(stage) {
  const { at, sure, settings } = priceOf(stage);
  const now = at(sure);
  const path = (name) => pathOf(STEPS.map((s) => [x(s), y(at(s)[name])]));
  const grid = [0, 1, 2, 3, 4].map((v) => gridLine([LEFT, RIGHT], y(v), v)).join("");
  const axis = [0, 0.25, 0.5, 0.75, 1].map((v) => `<text x="${x(v)}" y="${BOTTOM + 16}" text-anchor="middle">${v}</text>`).join("");
  const dot = (loss, state) => `<circle class="${state}" cx="${x(sure)}" cy="${y(loss)}" r="5.500" fill="currentColor" stroke="var(--st-background-color)" stroke-width="2"/>`;
  const named = (row, state, text, loss, dash) =>
    `<text class="h ${state}" x="${RIGHT + 14}" y="${TOP + 12 + row}">${text}</text>` +
    `<path class="${state}" d="M${RIGHT + 14} ${TOP + 20 + row}h40" stroke="currentColor" stroke-width="2.2" ${dash}/>` +
    `<text class="number ${state}" x="${RIGHT + 14}" y="${TOP + 42 + row}">${lossText(loss)}</text>`;
  const content =
    grid + axis +
    `<text x="${(LEFT + RIGHT) / 2}" y="${BOTTOM + 32}" text-anchor="middle">${say("losses.curve_axis")}</text>` +
    `<path d="${path("entropy")}" fill="none" stroke="var(--st-text-color)" stroke-width="2.2"/>` +
    `<path class="positive" d="${path("focal")}" fill="none" stroke="currentColor" stroke-width="2.2" stroke-dasharray="6 3"/>` +
    `<path class="selected" d="M${x(sure)} ${TOP}V${BOTTOM}" stroke="currentColor" stroke-width="1.6"/>` +
    `<rect x="${LEFT - 10}" y="0" width="${RIGHT - LEFT + 20}" height="${BOTTOM + 4}" fill="transparent"/>` +
    dot(now.entropy, "") + dot(now.focal, "positive") +
    named(0, "", say("losses.price_entropy"), now.entropy, "") +
    named(66, "positive", say("losses.price_focal", { gamma: settings.gamma.toFixed(1) }), now.focal, `stroke-dasharray="6 3"`);
  const label = say("losses.curve_label", { sure: percent(sure), entropy: lossText(now.entropy), focal: lossText(now.focal) });
  return `<p class="lab">${say("losses.curve", { sure: percent(sure) })}</p><div class="draggable" data-drag="sure">${chart(186, label, content)}</div>`;
}

export function price(stage) {
  const { at, sure, positive, settings } = priceOf(stage);
  const now = at(sure);
  const state = positive ? "positive" : "negative";
  const row = (name, html, loss) =>
    `<div class="price"><span class="cap">${name}</span>${formula(html, say("losses.price_told", { name, loss: lossText(loss) }))}</div>`;
  const focal = say("losses.price_focal", { gamma: settings.gamma.toFixed(1) });
  const weighted =
    settings.alpha === null ? "" : row(say("losses.price_weighted"), focalFormula(sure, now.weighted, settings, state), now.weighted);
  const known = { sure: percent(sure), entropy: lossText(now.entropy) };
  const many = Math.max(1, Math.round(at(0.01).entropy / now.entropy));
  const told = positive ? say("losses.price_object", known) : say("losses.price_background", { ...known, count: many });
  const times = now.entropy / now.focal;
  const less = settings.gamma ? say("losses.price_times", { times: times >= 10 ? Math.round(times).toLocaleString("en-US") : times.toFixed(1) }) : say("losses.price_same");
  return (
    row(say("losses.price_entropy"), entropyFormula(sure, now.entropy), now.entropy) +
    row(focal, focalFormula(sure, now.focal, { ...settings, alpha: null }, state), now.focal) +
    weighted +
    `<p class="told">${told} ${less}</p>`
  );
}
