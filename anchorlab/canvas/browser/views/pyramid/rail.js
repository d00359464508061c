// The levels beside the picture, each with its grid and how well it fits.

import { circled, escapeHtml, iouText, pixels, whole } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { aloneOf, bests, colourAt, focusOf, gridPath, inkAt } from "./reading.js";

const MANY = 4; // objects whose numbers find room beside a level

// What stays while an object is dragged; the numbers are written by `paintSlot`.
export function levelList(stage) {
  const { levels } = stage.generated;
  const rows = levels.map(({ name, rows, cols, shapes, frame }, k) => {
    const stride = frame.x === frame.y ? pixels(frame.x) : `${pixels(frame.y)} × ${pixels(frame.x)}`;
    return (
      `<button type="button" class="level" data-act="level:${k}" style="--level:${inkAt(stage, k)}">` +
      `<canvas width="300" height="128" aria-hidden="true"></canvas>` +
      `<span class="words"><b>${say("pyramid.level", { name: escapeHtml(name), stride })}</b><span class="ious"></span></span>` +
      `<b class="n">${whole(rows * cols * shapes.length)}</b></button>`
    );
  });
  return (
    `<p class="lab">${say("pyramid.levels")} <span class="hint">${say("pyramid.levels_hint")}</span></p>` +
    `<div class="levels" role="group" aria-label="${say("pyramid.levels_label")}" style="--count:${levels.length}">${rows.join("")}</div>`
  );
}

function iouList(stage, level, found) {
  if (!found.length) return "";
  if (found.length <= MANY) {
    const one = ({ iou, winner }, g) => {
      const text = `${circled(g)} ${iouText(iou[level])}`;
      return winner === level ? `<b class="together">${text}</b>` : `<span class="together">${text}</span>`;
    };
    return say("pyramid.best", { ious: found.map(one).join(" ") });
  }
  const won = found.flatMap(({ winner }, g) => (winner === level ? [g] : []));
  if (!won.length) return say("pyramid.fits_none", { objects: found.length });
  const names = [...won.slice(0, 4).map(circled), ...(won.length > 4 ? ["…"] : [])].join(" ");
  return say("pyramid.fits", { won: won.length, objects: found.length, names });
}

export function writeLevels(stage, element) {
  const found = bests(stage);
  const focus = found[focusOf(stage)]?.winner ?? -1;
  const alone = aloneOf(stage);
  element.querySelectorAll(".level").forEach((button, k) => {
    const text = iouList(stage, k, found);
    const ious = button.querySelector(".ious");
    if (ious.anchorlabHtml !== text) {
      ious.anchorlabHtml = text;
      ious.innerHTML = text;
    }
    button.classList.toggle("lit", k === focus);
    button.classList.toggle("dim", alone >= 0 && k !== alone);
    button.setAttribute("aria-pressed", String(k === stage.step));
  });
}

// Each level's grid on a small view of the picture.
export function paintThumbnails(stage, element) {
  const { generated, photo, photoImage } = stage;
  element.querySelectorAll("canvas").forEach((canvas, k) => {
    const ctx = canvas.getContext("2d");
    const { width: w, height: h } = canvas;
    const scale = Math.max(w / photo.width, h / photo.height);
    const left = (w - photo.width * scale) / 2;
    const top = (h - photo.height * scale) / 2;
    ctx.clearRect(0, 0, w, h);
    if (photoImage) {
      ctx.imageSmoothingQuality = "high";
      ctx.drawImage(photoImage.dimmed, left, top, photo.width * scale, photo.height * scale);
    }
    const { stride_x, stride_y } = generated.levels[k];
    const step = Math.min(stride_x, stride_y) * scale;
    ctx.strokeStyle = colourAt(stage, k);
    ctx.globalAlpha = Math.min(1, 0.4 + step / 60);
    ctx.lineWidth = step < 8 ? 1 : 2;
    gridPath(ctx, generated.levels[k], (col, row) => [left + col * stride_x * scale, top + row * stride_y * scale]);
    ctx.stroke();
    ctx.globalAlpha = 1;
  });
}
