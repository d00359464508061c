// AP50 for every number of bits, and how a layer's weights lie among the values that so many bits can say.

import { bytesText, escapeHtml, minus, whole } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { chart, gridLine, pathOf, table } from "../shared.js";
import { apText } from "../training/curves.js";
import { bitsOf, isFull, layerOf, variantOf } from "./fates.js";

const [LEFT, RIGHT] = [34, 384];
const DASHED = 'stroke-dasharray="6 3"';

export function curve(stage) {
  const { data } = stage;
  if (data.variants[0].ap50 === null) return `<p class="cap">${say("deploy.curve_none")}</p>`;
  const [top, bottom] = [8, 92];
  const all = [...new Set(data.variants.map(({ bits }) => bits))].sort((a, b) => a - b);
  const x = (bits) => LEFT + 18 + ((RIGHT - LEFT - 36) * all.indexOf(bits)) / (all.length - 1);
  const y = (ap) => bottom - (bottom - top) * ap;
  const bits = bitsOf(stage);
  const per = stage.setting("deployment.weights.per");
  const line = (name, style) => {
    const points = all.map((b) => [x(b), y(variantOf(stage, b, name).ap50)]);
    return `<path class="kept" d="${pathOf(points)}" fill="none" stroke="currentColor" stroke-width="${name === per ? 2.4 : 1.4}" ${style}/>`;
  };
  const grid = [0, 0.5, 1].map((v) => gridLine([LEFT, RIGHT], y(v), v === 0.5 ? ".5" : v));
  const ticks = all.map((b) => {
    const room = `<text x="${x(b)}" y="${bottom + 32}" text-anchor="middle">${bytesText(variantOf(stage, b).size)}</text>`;
    return `<text class="${b === bits ? "h" : ""}" x="${x(b)}" y="${bottom + 17}" text-anchor="middle">${b}</text>${room}`;
  });
  const { ap50 } = variantOf(stage);
  const now =
    `<path class="selected" d="M${x(bits)} ${top}V${bottom}" stroke="currentColor" stroke-width="1.6"/>` +
    `<circle class="kept" cx="${x(bits)}" cy="${y(ap50)}" r="5" fill="currentColor"/>`;
  const key = (name, style) => `<span class="line-key"><svg viewBox="0 0 26 8" width="26" height="8" aria-hidden="true"><path class="kept" d="M0 4H26" stroke="currentColor" stroke-width="2.4" ${style}/></svg> ${say(`deploy.per_${name}`)}</span>`;
  return (
    `<p class="lab">${say("deploy.curve", { scenes: data.scenes })}: ${key("tensor", "")} ${key("channel", DASHED)}</p>` +
    chart(126, say("deploy.curve_label", { ap: apText(ap50), bits }), grid.join("") + line("tensor", "") + line("channel", DASHED) + now + ticks.join(""))
  );
}

// How the weights of the layer lie, and what can be said of them.
export function bins(stage) {
  const { data } = stage;
  const at = layerOf(stage);
  const layer = data.layers[at];
  const { bits, per, steps } = variantOf(stage);
  const [top, bottom, left, right] = [6, 120, 8, 392];
  const most = Math.max(...layer.bins);
  const wide = (right - left) / layer.bins.length;
  const bars = layer.bins.map((count, k) => {
    const height = ((bottom - top) * count) / most;
    return `<rect x="${(left + k * wide).toFixed(1)}" y="${(bottom - height).toFixed(1)}" width="${(wide - 1).toFixed(1)}" height="${height.toFixed(1)}" fill="currentColor"/>`;
  });
  const x = (value) => (left + right) / 2 + ((right - left) / 2) * (value / layer.largest);
  const side = 2 ** (bits - 1) - 1;
  const full = isFull(data, bits);
  const ticks = full ? [] : Array.from({ length: 2 * side + 1 }, (_, k) => x((k - side) * steps[at]));
  const marks = ticks.map((v) => `<path class="selected" d="M${v.toFixed(1)} ${bottom + 3}v9" stroke="currentColor" stroke-width="${bits > 6 ? 0.8 : 1.6}"/>`);
  const example = `<path class="positive" d="M${x(layer.value).toFixed(1)} ${top}V${bottom}" stroke="currentColor" stroke-width="1.6" ${DASHED}/>`;
  const text = (v, anchor) => `<text x="${x(v)}" y="${bottom + 28}" text-anchor="${anchor}">${minus(v.toFixed(2))}</text>`;
  const ends = text(-layer.largest, "start") + text(0, "middle") + text(layer.largest, "end");
  const said = { weights: whole(layer.weights), name: layer.name, low: minus((-layer.largest).toFixed(2)), high: layer.largest.toFixed(2) };
  const codes = full ? 0 : 2 * side + 1;
  const label = full ? say("deploy.bins_label_full", said) : say("deploy.bins_label", { ...said, codes, bits });
  const note = full ? "" : `<p class="cap">${per === "channel" ? say("deploy.codes_channel", { codes, bits }) : say("deploy.codes", { codes, bits })}</p>`;
  return `<p class="lab">${say("deploy.bins", { name: escapeHtml(layer.name) })}</p>` + chart(152, label, `<g class="negative">${bars.join("")}</g>` + example + marks.join("") + ends) + note;
}

// Every layer: how many weights and steps it has, and how much of its weights is lost.
export function layersTable(stage) {
  const { data } = stage;
  const { bits, per, errors } = variantOf(stage);
  const full = isFull(data, bits);
  const worst = Math.max(...errors, 1e-9);
  const rows = data.layers.map((layer, k) => {
    const steps = full ? 0 : per === "channel" ? layer.channels : 1;
    const room = Math.ceil((layer.weights * bits) / 8) + 4 * steps;
    const bar = `<span class="error-bar" aria-hidden="true"><i style="width:${((100 * errors[k]) / worst).toFixed(0)}%"></i></span>`;
    const error = `${bar}${(100 * errors[k]).toFixed(1)} %`;
    return `<tr class="${k === layerOf(stage) ? "now" : ""}"><th scope="row"><code>${escapeHtml(layer.name)}</code></th><td>${whole(layer.weights)}</td><td>${full ? "–" : whole(steps)}</td><td>${bytesText(room)}</td><td class="errors">${error}</td></tr>`;
  });
  const heads = ["layer", "weights", "steps", "room", "error"].map((name) => say(`deploy.column_${name}`));
  return table(say("deploy.layers"), heads, rows, { look: "numbers" });
}
