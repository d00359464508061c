// The precision-recall curve beside the picture, as far as detections are counted, and the list of all, best first.

import { curveOf, envelope, POINTS, precisionAt, recallPoints } from "../../core/evaluation.js";
import { two } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { apText, stateOf } from "./told.js";

const STATES = PALETTE.states;
const INK = { axis: "#6D7585", text: "#C9CFDB", bright: "#F2F0EC", rest: "#7C8496" };

// Where chart and list lie on the canvas; on phones below the picture.
function placesOf({ viewport, unit: u, narrow }) {
  if (narrow) {
    const side = Math.min(0.62 * viewport.width, 250 * u);
    const top = viewport.height - side - 112 * u;
    return { chart: { x: (viewport.width - side) / 2 + 10 * u, y: top, side }, queue: { x: 12 * u, y: top + side + 44 * u, w: viewport.width - 24 * u, h: 38 * u } };
  }
  const side = sideOf(viewport.width, viewport.height, u);
  const x = viewport.width - side - 18 * u;
  return { chart: { x, y: 34 * u, side }, queue: { x, y: 34 * u + side + 52 * u, w: side, h: Math.max(24 * u, viewport.height - side - 120 * u) } };
}

const sideOf = (width, height, u) => Math.max(120 * u, Math.min(0.35 * width, height - 180 * u));

export function marginOf({ narrow, unit: u, host }) {
  if (narrow) return { left: 0, right: 0, top: 4, bottom: Math.min(0.62 * host.clientWidth, 250 * u) + 142 * u };
  const [width, room] = [host.clientWidth, Math.max(240, window.innerHeight - 19.4 * 16 * u)];
  return { left: 46 * u, right: sideOf(width, Math.min(0.58 * width, room), u) + 66 * u, top: 8 * u, bottom: 8 * u };
}

// Labels of the picture keep off the chart beside it.
export function besideChart(stage, marks) {
  const { chart } = placesOf(stage);
  const { viewport } = stage;
  const [width, height] = stage.narrow ? [viewport.width, chart.y - 24 * stage.unit] : [chart.x - 34 * stage.unit, viewport.height];
  marks.viewport = Object.create(viewport, { width: { value: width }, height: { value: height } });
  marks.flushTags();
  marks.viewport = viewport;
}

// The corners of a step line through points, from recall 0.
function stairs({ recall, height }, at) {
  const points = [at(0, height[0] ?? 0)];
  recall.forEach((r, k) => {
    points.push(at(r, height[k]));
    if (k + 1 < recall.length) points.push(at(r, height[k + 1]));
  });
  return points;
}

function path(ctx, points) {
  ctx.beginPath();
  points.forEach(([x, y], k) => (k ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
}

function drawAxes(ctx, { x, y, side }, u, font) {
  ctx.strokeStyle = INK.axis;
  ctx.lineWidth = u;
  ctx.strokeRect(x, y, side, side);
  ctx.font = `400 ${12 * u}px ${font}`;
  ctx.fillStyle = INK.text;
  ctx.textBaseline = "middle";
  for (const value of [0, 0.5, 1]) {
    const text = String(value).replace("0.", ".");
    ctx.textAlign = "center";
    ctx.fillText(text, x + value * side, y + side + 10 * u);
    ctx.textAlign = "right";
    ctx.fillText(text, x - 5 * u, y + (1 - value) * side);
  }
  ctx.textAlign = "right";
  ctx.fillText(say("evaluation.recall"), x + side, y + side + 25 * u);
  ctx.textAlign = "left";
  ctx.fillText(say("evaluation.precision"), x - 14 * u, y - 14 * u);
}

// The area that is the average precision: under the envelope, or as the mean of so many heights.
function drawArea(ctx, so, how, at, u) {
  const core = STATES.kept.core;
  ctx.fillStyle = `${core}40`;
  if (how === "voc") {
    const points = stairs(so, at);
    path(ctx, [at(0, 0), ...points, at(so.recall.at(-1) ?? 0, 0)]);
    ctx.fill();
    return;
  }
  const steps = POINTS[how];
  const heights = precisionAt(so.recall, so.precision, steps);
  recallPoints(steps).forEach((r, k) => {
    ctx.strokeStyle = `${core}${steps > 20 ? "66" : "99"}`;
    ctx.lineWidth = (steps > 20 ? 1.2 : 2.4) * u;
    path(ctx, [at(r, 0), at(r, heights[k])]);
    ctx.stroke();
    if (steps > 20) return;
    ctx.fillStyle = core;
    ctx.beginPath();
    ctx.arc(...at(r, heights[k]), 3 * u, 0, 7);
    ctx.fill();
  });
}

export function drawCurve(stage, marks, ctx, step, ceiling) {
  const { counted, unit: u, font } = stage;
  const { chart } = placesOf(stage);
  const how = counted.evaluation.rule;
  const { recall, precision, positives, list } = counted;
  const at = (r, p) => [chart.x + r * chart.side, chart.y + (1 - p) * chart.side];
  const so = curveOf(list.slice(0, step), positives, how);
  ctx.save();
  ctx.fillStyle = PALETTE.outside;
  if (stage.narrow) ctx.fillRect(0, chart.y - 24 * u, stage.viewport.width, stage.viewport.height);
  else ctx.fillRect(chart.x - 30 * u, 0, chart.side + 60 * u, stage.viewport.height);
  drawAxes(ctx, chart, u, font);
  if (step < list.length) {
    ctx.strokeStyle = INK.rest;
    ctx.lineWidth = 1.2 * u;
    ctx.setLineDash([2 * u, 4 * u]);
    path(ctx, stairs({ recall, height: envelope(precision) }, at));
    ctx.stroke();
    ctx.setLineDash([]);
  }
  if (step > 0) {
    so.height = envelope(so.precision);
    drawArea(ctx, so, how, at, u);
    // What was measured, step by step, and its envelope.
    marks.line([at(0, so.precision[0]), ...so.recall.map((r, k) => at(r, so.precision[k]))], INK.text, 1);
    marks.line(stairs(so, at), STATES.kept.core, 2.4);
  }
  if (ceiling < 1) {
    ctx.strokeStyle = STATES.ignored.core;
    ctx.lineWidth = 1.6 * u;
    ctx.setLineDash([6 * u, 4 * u]);
    path(ctx, [at(ceiling, 0), at(ceiling, 1)]);
    ctx.stroke();
    ctx.setLineDash([]);
    marks.tagAt(chart.x + ceiling * chart.side, chart.y + 0.2 * chart.side, say("evaluation.ceiling", { bpr: two(ceiling) }), { size: 12, compact: true, background: STATES.ignored.core });
  }
  if (step > 0) {
    const [x, y] = at(so.recall[step - 1], so.precision[step - 1]);
    const state = stateOf(list[step - 1]);
    marks.disc(x, y, 5, STATES[state].core);
    marks.circle(x, y, 9, STATES.selected.core);
  }
  const whole = step === list.length;
  const ap = apText(step ? so.ap : positives ? 0 : null);
  marks.tagAt(chart.x + chart.side / 2, chart.y + 0.72 * chart.side, whole ? say("evaluation.ap", { ap: apText(counted.ap) }) : say("evaluation.ap_so_far", { ap }), { size: whole ? 22 : 15, weight: 700, background: "#14181F", colour: STATES.kept.core });
  ctx.restore();
}

// All detections as bars, as tall as they score: solid and filled where true, dotted where false, grey where not counted.
export function drawList(stage, ctx, step) {
  const { counted, unit: u, font } = stage;
  const { queue } = placesOf(stage);
  const { list } = counted;
  const wide = barOf(stage);
  ctx.save();
  ctx.font = `400 ${12 * u}px ${font}`;
  ctx.fillStyle = INK.text;
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  ctx.fillText(say("evaluation.queue", { count: list.length }), queue.x, queue.y - 12 * u);
  list.forEach((one, k) => {
    const state = stateOf(one);
    const { core, symbol } = STATES[state];
    const h = Math.max(2 * u, queue.h * one.score);
    const [x, y, w] = [queue.x + k * wide, queue.y + queue.h - h, Math.max(1, wide - (wide > 4 * u ? 2 * u : 0))];
    const done = k < step;
    ctx.fillStyle = !done ? "#4A5261" : state === "kept" ? core : `${core}59`;
    ctx.fillRect(x, y, w, h);
    if (done && state !== "kept" && wide > 5 * u) {
      ctx.strokeStyle = core;
      ctx.lineWidth = 1.2 * u;
      ctx.setLineDash([1.5 * u, 2.5 * u]);
      ctx.strokeRect(x + 0.5, y + 0.5, w - 1, h - 1);
      ctx.setLineDash([]);
    }
    if (done && wide > 9 * u) {
      ctx.fillStyle = core;
      ctx.font = `700 ${11 * u}px ${font}`;
      ctx.textAlign = "center";
      ctx.fillText(symbol, x + w / 2, queue.y + queue.h + 9 * u);
    }
    if (k === step - 1) {
      ctx.strokeStyle = STATES.selected.core;
      ctx.lineWidth = 2.4 * u;
      ctx.strokeRect(x - 2 * u, y - 2 * u, w + 4 * u, h + 4 * u);
    }
  });
  ctx.restore();
}

const barOf = (stage) => Math.min(18 * stage.unit, placesOf(stage).queue.w / Math.max(1, stage.counted.list.length));

// The place of the bar at a point of the canvas; -1 beside them.
export function barAt(stage, x, y) {
  const { queue } = placesOf(stage);
  const u = stage.unit;
  if (y < queue.y - 4 * u || y > queue.y + queue.h + 16 * u || x < queue.x) return -1;
  const place = Math.floor((x - queue.x) / barOf(stage));
  return place < stage.counted.list.length ? place : -1;
}
