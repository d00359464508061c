// Every method on the same predictions: what each keeps, as small pictures and as a table, and where it parts from
// hard suppression. The engine's answers come with the slot itself.

import { bus } from "../../streamlit/bus.js";
import { escapeHtml, plural, whole } from "../../model/format.js";
import { Marks } from "../../draw/marks.js";
import { Picture } from "../../draw/picture.js";
import { Viewport } from "../../draw/viewport.js";
import { box, titleOf } from "./common.js";

const [WIDTH, HEIGHT] = [168, 112]; // of a small picture
const KEPT = 1;

const given = () => bus().slots.get("methods")?.given;

// The box of a result that is pointed at, or null.
export const resultBox = ({ index, object }) => given()?.methods[object]?.boxes[index] ?? null;

function cell(data, answer, method, m, at, row) {
  const i = answer.rows[at];
  const state = method.state[at];
  const parts = (state === KEPT) !== (answer.methods[0].state[at] === KEPT);
  const score = method.scores[at].toFixed(2);
  const place = method.keep.indexOf(i);
  const hover = place >= 0 ? `result:${place}:${m}` : `prediction:${i}`;
  const text = state === KEPT ? `<b class="kept">✓</b> ${score}` : method.name === "fusion" ? `<b class="joined">+</b>` : `<b class="suppressed">×</b>`;
  const said = `${method.title}: ${state === KEPT ? `kept, ${score}` : method.name === "fusion" ? "joined another" : "dropped"}${parts ? ", unlike Hard" : ""}`;
  return `<td class="${parts ? "parts" : ""}" data-hover="${hover}" aria-label="${escapeHtml(said)}">${text}${parts ? `<span class="unlike" aria-hidden="true">≠</span>` : ""}</td>`;
}

export function methodsTable(stage) {
  const answer = given();
  const { data } = stage;
  if (!answer) return "";
  if (!answer.rows.length) return `<p class="cap">No prediction takes part.</p>`;
  const differs = (method) => method.state.filter((state, at) => (state === KEPT) !== (answer.methods[0].state[at] === KEPT)).length;
  const head = answer.methods
    .map((method, m) => {
      const n = differs(method);
      const words = m === 0 ? "what the others are held against" : n ? `≠ Hard at ${plural(n, "prediction")}` : method.name === "fusion" ? "as many as Hard, averaged" : "the same boxes as Hard";
      return (
        `<th scope="col" class="${method.name === data.suppression.method ? "on" : ""}"><canvas width="${2 * WIDTH}" height="${2 * HEIGHT}" aria-hidden="true"></canvas>` +
        `<span class="name">${method.title}</span><span class="count"><b>${whole(method.count)}</b> ${method.name === "fusion" ? "fused" : "kept"}</span><span class="cap">${words}</span></th>`
      );
    })
    .join("");
  const rows = answer.rows
    .map((i, at) => {
      if (i >= data.scores.length) return "";
      return (
        `<tr class="${i === stage.prediction ? "now" : ""}"><th scope="row" data-hover="prediction:${i}"><button type="button" class="link" data-pick="prediction:${i}">${escapeHtml(titleOf(data, i))}</button></th>` +
        `${answer.methods.map((method, m) => cell(data, answer, method, m, at)).join("")}</tr>`
      );
    })
    .join("");
  return (
    `<div class="scroll methods" tabindex="0" role="region" aria-label="Methods side by side"><table><thead><tr><td class="cap">prediction</td>${head}</tr></thead>` +
    `<tbody>${rows}</tbody></table></div>`
  );
}

const pictures = new WeakMap(); // canvas -> its Picture

// What comes out, lit where hard suppression would not keep it; what only hard suppression keeps, dotted.
function paintOne(stage, canvas, method, hard) {
  const { photo } = stage;
  const small = new Viewport();
  small.resize(WIDTH, HEIGHT, { left: 0, right: 0, top: 0, bottom: 0 });
  small.setHome(stage.view.home(stage));
  const ground = pictures.get(canvas) ?? new Picture(document.createElement("canvas"));
  pictures.set(canvas, ground);
  if (ground.ground.width !== canvas.width) [ground.ground.width, ground.ground.height] = [canvas.width, canvas.height];
  ground.paint(small, stage.photoImage, photo.id, photo, 2, 0.62);
  const ctx = canvas.getContext("2d");
  ctx.setTransform(2, 0, 0, 2, 0, 0);
  ctx.drawImage(ground.ground, 0, 0, WIDTH, HEIGHT);
  const marks = new Marks(ctx, small, 0.62, stage.font);
  const own = method.boxes.filter((_, k) => !hard.keep.includes(method.keep[k]));
  const shared = method.boxes.filter((_, k) => hard.keep.includes(method.keep[k]));
  ground.lightUnion(ctx, own, 1);
  ground.lightUnion(ctx, method === hard ? shared : [], 0.42);
  for (const i of hard.keep) if (!method.keep.includes(i)) marks.box(box(stage.data, i), "suppressed", { width: 2 });
  for (const b of shared) marks.box(b, "kept", { width: 2, alpha: method === hard ? 1 : 0.8 });
  for (const b of own) marks.box(b, "kept", { width: 3.4 });
}

export function paintMethods(stage, element) {
  const answer = given();
  const key = [element.anchorlabFilled, Boolean(stage.photoImage), stage.photo.id, stage.dark].join();
  if (!answer?.rows.length || element.paintedKey === key) return;
  element.paintedKey = key;
  element.querySelectorAll("canvas").forEach((canvas, m) => paintOne(stage, canvas, answer.methods[m], answer.methods[0]));
}
