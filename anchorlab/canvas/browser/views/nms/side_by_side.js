// Every method on the same predictions: what each keeps, as small pictures and as a table, and where it parts from
// hard suppression. The engine's answers come with the slot itself.

import { bus } from "../../streamlit/bus.js";
import { escapeHtml, two } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { STATUS } from "../../core/suppression/common.js";
import { smallPicture, smallViewport } from "../../draw/small.js";
import { box, titleOf } from "./common.js";
import { METHODS } from "./methods/index.js";

const [WIDTH, HEIGHT] = [168, 112]; // of a small picture

const given = () => bus().slots.get("methods")?.given;

// The box of a result that is pointed at, or null.
export const resultBox = ({ index, object }) => given()?.methods[object]?.boxes[index] ?? null;

const isKept = (method, at) => method.state[at] === STATUS.KEPT;
const fuses = ({ name }) => Boolean(METHODS[name].averages);
// Whether a method does something else with a prediction than the first, hard suppression.
const parts = (methods, method, at) => isKept(method, at) !== isKept(methods[0], at);

// What a method does with a prediction, as it is drawn and as it is spoken.
function verdict(method, at) {
  const { title } = method;
  const score = two(method.scores[at]);
  if (isKept(method, at)) return [`<b class="kept">✓</b> ${score}`, say("nms.method_kept", { title, score })];
  if (fuses(method)) return [`<b class="joined">+</b>`, say("nms.method_joined", { title })];
  return [`<b class="suppressed">×</b>`, say("nms.method_dropped", { title })];
}

function cell({ rows, methods }, method, m, at) {
  const place = method.keep.indexOf(rows[at]);
  const hover = place >= 0 ? `result:${place}:${m}` : `prediction:${rows[at]}`;
  const [drawn, told] = verdict(method, at);
  if (!parts(methods, method, at)) return `<td class="" data-hover="${hover}" aria-label="${escapeHtml(told)}">${drawn}</td>`;
  const spoken = `${told} ${say("nms.method_parts", { first: methods[0].title })}`;
  return `<td class="parts" data-hover="${hover}" aria-label="${escapeHtml(spoken)}">${drawn}<span class="unlike" aria-hidden="true">≠</span></td>`;
}

function differenceText(methods, method) {
  const first = methods[0].title;
  if (method === methods[0]) return say("nms.method_first");
  const count = method.state.filter((_, at) => parts(methods, method, at)).length;
  if (count) return say("nms.method_differs", { count, first });
  return fuses(method) ? say("nms.method_same_averaged", { first }) : say("nms.method_same", { first });
}

export function methodsTable(stage) {
  const answer = given();
  const { played } = stage;
  if (!answer) return "";
  if (!answer.rows.length) return `<p class="cap">${say("nms.no_part")}</p>`;
  const head = answer.methods
    .map((method) => {
      const count = fuses(method) ? say("nms.count_fused", { number: method.count }) : say("nms.count_kept", { number: method.count });
      return (
        `<th scope="col" class="${method.name === played.suppression.method ? "on" : ""}"><canvas width="${2 * WIDTH}" height="${2 * HEIGHT}" aria-hidden="true"></canvas>` +
        `<span class="name">${method.title}</span><span class="count">${count}</span><span class="cap">${differenceText(answer.methods, method)}</span></th>`
      );
    })
    .join("");
  const rows = answer.rows
    .map((i, at) => {
      if (i >= played.scores.length) return "";
      return (
        `<tr class="${i === stage.prediction ? "now" : ""}"><th scope="row" data-hover="prediction:${i}"><button type="button" class="link" data-pick="prediction:${i}">${escapeHtml(titleOf(played, i))}</button></th>` +
        `${answer.methods.map((method, m) => cell(answer, method, m, at)).join("")}</tr>`
      );
    })
    .join("");
  return (
    `<div class="scroll methods" tabindex="0" role="region" aria-label="${say("nms.methods_table")}"><table><thead><tr><td class="cap">${say("nms.columns.prediction")}</td>${head}</tr></thead>` +
    `<tbody>${rows}</tbody></table></div>`
  );
}

// What comes out, lit where hard suppression would not keep it; what only hard suppression keeps, dotted.
function paintOne(stage, canvas, method, hard) {
  const { ctx, marks, picture } = smallPicture(stage, canvas, smallViewport(WIDTH, HEIGHT, stage.view.home(stage)));
  const own = method.boxes.filter((_, k) => !hard.keep.includes(method.keep[k]));
  const shared = method.boxes.filter((_, k) => hard.keep.includes(method.keep[k]));
  picture.lightUnion(ctx, own, 1);
  picture.lightUnion(ctx, method === hard ? shared : [], 0.42);
  for (const i of hard.keep) if (!method.keep.includes(i)) marks.box(box(stage.played, i), "suppressed", { width: 2 });
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
