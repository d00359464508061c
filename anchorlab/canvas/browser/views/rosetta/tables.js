// The tables below the picture: who does what, and one box in three frames.

import { bus } from "../../streamlit/bus.js";
import { circled, escapeHtml, minus, pixels } from "../../model/format.js";
import { say } from "../../model/sentences.js";

// What Python sent with the table's place: `columns`, a library each, and `rows`, a convention each.
export const book = () => bus().slots.get("conventions")?.given;

// The table of conventions: a click, or Enter, asks its question; on phones only A and B have columns.
export function conventions(stage) {
  const { libraries, convention } = stage.data;
  const { rows: table, columns } = book();
  const pair = libraries.map((l) => l.name);
  const all = columns.map((c, k) => ({ ...c, k })).filter((c) => !c.further || pair.includes(c.name));
  const shown = stage.narrow ? [...new Set(pair)].map((name) => all.find((c) => c.name === name)) : all;
  const [a, b] = pair.map((name) => columns.findIndex((c) => c.name === name));
  const apart = ({ minds }) => minds[a] !== null && minds[b] !== null && minds[a] !== minds[b];
  const letter = (name) => pair.map((p, side) => (p === name ? "AB"[side] : "")).join("");
  const head = shown
    .map(({ name, title, heading: [library, model] }) => {
      const mark = letter(name);
      const label = mark ? `<span class="side">${mark.split("").join(" ")}</span> ` : "";
      return (
        `<th scope="col" class="${mark ? "pair" : ""}"><button type="button" data-act="b:${name}" ` +
        `aria-label="${mark ? say("rosetta.column_of", { library: escapeHtml(title), mark }) : say("rosetta.column_as_b", { library: escapeHtml(title) })}">${label}${escapeHtml(library)}${model ? `<span class="model">${escapeHtml(model)}</span>` : ""}</button></th>`
      );
    })
    .join("");
  let group = "";
  const rows = table
    .map((row) => {
      const heading =
        row.group === group ? "" : `<tr class="group"><th colspan="${shown.length + 1}" scope="colgroup">${row.group}</th></tr>`;
      group = row.group;
      const on = row.name === convention;
      const differs = apart(row);
      const cells = shown
        .map(({ name, k }) => `<td class="${pair.includes(name) ? "pair" : ""}">${escapeHtml(row.cells[k])}</td>`)
        .join("");
      return (
        heading +
        `<tr class="${on ? "now" : ""}${differs ? " differ" : ""}" data-row="${row.name}">` +
        `<th scope="row"><button type="button" data-act="ask:${row.name}" aria-pressed="${on}" title="${escapeHtml(row.question)}">` +
        `<span class="sign" aria-hidden="true">${differs ? "≠" : ""}</span>${escapeHtml(row.label)}` +
        `${differs ? `<span class="unseen">${say("rosetta.row_differs")}</span>` : ""}</button></th>${cells}</tr>`
      );
    })
    .join("");
  return (
    `<div class="scroll" tabindex="0" role="group" aria-label="${say("rosetta.table", { count: shown.length })}">` +
    `<table class="rosetta"><thead><tr><td></td>${head}</tr></thead><tbody>${rows}</tbody></table></div>`
  );
}

// One box in three frames and three forms.
export function frames(stage) {
  const { data } = stage;
  const index = stage.object >= 0 ? stage.object : stage.boxes.length - 1;
  const b = stage.boxes[index];
  if (!b) return `<p class="cap">${say("rosetta.no_object_here")}</p>`;
  const { width: W, height: H } = stage.photo;
  const forms = (x, y, digits) => {
    const s = [b[0] * x, b[1] * y, b[2] * x, b[3] * y];
    const text = (values) => values.map((v) => minus(v.toFixed(digits))).join(" &nbsp;");
    return [
      text(s),
      text([(s[0] + s[2]) / 2, (s[1] + s[3]) / 2, s[2] - s[0], s[3] - s[1]]),
      text([s[0], s[1], s[2] - s[0], s[3] - s[1]]),
    ];
  };
  const stride = data.cells?.stride ?? data.stride;
  const rows = [
    [say("rosetta.pixels"), say("rosetta.of_pixels", { width: pixels(W), height: pixels(H) }), forms(1, 1, W > 10 ? 1 : 3), [say("rosetta.users_xyxy"), "", say("rosetta.users_coco")]],
    [say("rosetta.cells"), stride === 1 ? say("rosetta.of_one_pixel") : say("rosetta.of_stride", { stride: pixels(stride) }), forms(1 / stride, 1 / stride, 2), ["", say("rosetta.users_yolo"), ""]],
    [say("rosetta.fractions"), say("rosetta.of_sides"), forms(1 / W, 1 / H, 4), [say("rosetta.users_d2l"), say("rosetta.users_files"), ""]],
  ];
  const body = rows
    .map(
      ([name, of, values, users]) =>
        `<tr><th scope="row">${name}<span class="cap"> ${of}</span></th>${values
          .map((v, k) => `<td>${v}<span class="cap">${users[k]}</span></td>`)
          .join("")}</tr>`,
    )
    .join("");
  const name = data.case ? circled(index) : escapeHtml(stage.objectName(index));
  return (
    `<p class="lab">${say("rosetta.nine_ways", { name })}</p>` +
    `<div class="scroll" tabindex="0" role="group" aria-label="${say("rosetta.three_frames")}"><table class="plain frames"><thead><tr><td></td>` +
    `<th scope="col">${say("rosetta.corners")}</th><th scope="col">${say("rosetta.centre_and_size")}</th><th scope="col">${say("rosetta.corner_and_size")}</th></tr></thead><tbody>${body}</tbody></table></div>`
  );
}
