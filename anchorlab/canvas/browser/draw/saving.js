// The picture as a file for slides: what is seen, drawn anew with at least two pixels for each of the photo's, under
// the page's question and its answer, over what the lines mean.

import { answerOf } from "../streamlit/answer.js";
import { Marks } from "./marks.js";
import { Picture } from "./picture.js";

const SHARP = 2; // pixels of the file for each of the photo's, and for each of the screen's
const LONGEST = 8192; // pixels a side, and in all: what browsers can still turn into a file
const MOST = 40e6;
const INK = "#F2F0EC";

const textOf = (html) => {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.textContent.replace(/\s+/g, " ").trim();
};

const sheet = (width, height) => Object.assign(document.createElement("canvas"), { width: Math.round(width), height: Math.round(height) });

// The words in lines no wider than `width`.
function lines(ctx, text, width) {
  const found = [""];
  for (const word of text.split(" ")) {
    const longer = `${found.at(-1)} ${word}`.trim();
    if (ctx.measureText(longer).width > width && found.at(-1)) found.push(word);
    else found[found.length - 1] = longer;
  }
  return found.filter(Boolean);
}

// The picture with its marks, `ratio` pixels for each of the screen's. The stage draws it as it always does, on other
// canvases for a moment.
function drawn(stage, ratio) {
  const { base, marksCanvas, picture, ratio: own } = stage;
  const { width, height } = stage.viewport;
  const ground = sheet(width * ratio, height * ratio);
  stage.base = ground;
  stage.marksCanvas = sheet(ground.width, ground.height);
  stage.picture = new Picture(ground);
  stage.ratio = ratio;
  try {
    stage.paintPicture();
    ground.getContext("2d").setTransform(1, 0, 0, 1, 0, 0);
    ground.getContext("2d").drawImage(stage.marksCanvas, 0, 0);
  } finally {
    Object.assign(stage, { base, marksCanvas, picture, ratio: own });
  }
  return ground;
}

// How a state looks in the legend: a small box in its line, with its symbol; a few things are no boxes.
function sample(marks, { state, colour, width, sign }, x, y, w, h) {
  const middle = [x + w / 2, y + h / 2];
  if (sign === "arrow") return marks.arrow([x, middle[1]], [x + w, middle[1]], colour, 2.2);
  if (sign === "line") return marks.line([[x, middle[1]], [x + w, middle[1]]], colour, 1.8);
  if (sign === "dot") return marks.disc(...middle, 2.4, colour);
  marks.box([x, y, x + w, y + h], state, { colour, width });
  if (sign === "ring") marks.ring([x, y, x + w, y + h], 3.5);
  const { core } = PALETTE.states[state];
  if (state === "positive") marks.disc(...middle, 3.4, core);
  if (state === "ignored") marks.circle(...middle, 3, core);
  if (state === "negative") marks.disc(...middle, 1.6, core);
}

// The legend's entries, in rows as wide as the picture: [entry, x, row].
function rowsOf(ctx, entries, width, u) {
  const placed = [];
  let [x, row] = [0, 0];
  for (const entry of entries) {
    const wide = 44 * u + ctx.measureText(entry.text).width + 22 * u;
    if (x && x + wide > width) [x, row] = [0, row + 1];
    placed.push([entry, x, row]);
    x += wide;
  }
  return placed;
}

// The whole sheet as a canvas.
function savedPicture(stage) {
  const { width, height, scale } = stage.viewport;
  const u = stage.unit;
  const pad = 16 * u;
  const inner = width - 2 * pad;
  const title = document.querySelector("h1")?.innerText ?? ""; // the page's question, which Streamlit shows
  const fonts = { title: `700 ${20 * u}px ${stage.font}`, text: `400 ${14 * u}px ${stage.font}` };
  const ctx = sheet(1, 1).getContext("2d");
  ctx.font = fonts.title;
  const heading = lines(ctx, title, inner);
  ctx.font = fonts.text;
  const answer = lines(ctx, textOf(answerOf(stage)), inner);
  const entries = rowsOf(ctx, stage.view.means(stage), inner, u);
  const rows = entries.length ? entries.at(-1)[2] + 1 : 0;
  const top = pad + heading.length * 27 * u + answer.length * 20 * u + pad / 2;
  const bottom = rows ? pad / 2 + rows * 26 * u + pad / 2 : 0;
  const whole = top + height + bottom;
  const wanted = Math.max(SHARP, SHARP / scale);
  const ratio = Math.min(wanted, LONGEST / Math.max(width, whole), Math.sqrt(MOST / (width * whole)));

  const canvas = sheet(width * ratio, whole * ratio);
  const out = canvas.getContext("2d");
  out.fillStyle = PALETTE.outside;
  out.fillRect(0, 0, canvas.width, canvas.height);
  out.drawImage(drawn(stage, ratio), 0, Math.round(top * ratio));
  out.setTransform(ratio, 0, 0, ratio, 0, 0);
  out.fillStyle = INK;
  out.textBaseline = "middle";
  let y = pad;
  const write = (font, texts, step) => {
    out.font = font;
    for (const text of texts) out.fillText(text, pad, (y += step) - step / 2);
  };
  write(fonts.title, heading, 27 * u);
  write(fonts.text, answer, 20 * u);
  // The marks of the legend lie where they are told to: its "image" is the sheet.
  const marks = new Marks(out, { width, height: whole, box: (b) => b }, u, stage.font);
  for (const [entry, x, row] of entries) {
    const line = top + height + pad / 2 + (row + 0.5) * 26 * u;
    sample(marks, entry, pad + x, line - 7 * u, 34 * u, 14 * u);
    out.font = fonts.text;
    out.fillStyle = INK;
    out.textBaseline = "middle";
    out.fillText(entry.text, pad + x + 44 * u, line + u);
  }
  return canvas;
}

// Hands it over as a PNG file.
export function savePicture(stage) {
  savedPicture(stage).toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `anchorlab-${stage.data.view}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}
