// The tables below the picture: who does what, and one box in three frames.

import { bus } from "../../streamlit/bus.js";
import { circled, escapeHtml, minus, pixels, plural } from "../../model/format.js";

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
        `aria-label="${escapeHtml(title)}${mark ? `, library ${mark}` : ": compare as B"}">${label}${escapeHtml(library)}${model ? `<span class="model">${escapeHtml(model)}</span>` : ""}</button></th>`
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
        `${differs ? '<span class="unseen">, differs</span>' : ""}</button></th>${cells}</tr>`
      );
    })
    .join("");
  return (
    `<div class="scroll" tabindex="0" role="group" aria-label="Conventions of ${plural(shown.length, "library", "libraries")}">` +
    `<table class="rosetta"><thead><tr><td></td>${head}</tr></thead><tbody>${rows}</tbody></table></div>`
  );
}

// One box in three frames and three forms.
export function frames(stage) {
  const { data } = stage;
  const index = stage.object >= 0 ? stage.object : stage.boxes.length - 1;
  const b = stage.boxes[index];
  if (!b) return `<p class="cap">There is no object on this picture.</p>`;
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
    ["pixels", `of ${pixels(W)} × ${pixels(H)}`, forms(1, 1, W > 10 ? 1 : 3), ["torchvision, detectron2, MMDetection", "–", "COCO’s files"]],
    ["cells", `of ${pixels(stride)} ${stride === 1 ? "pixel" : "pixels"}`, forms(1 / stride, 1 / stride, 2), ["–", "YOLO, while matching", "–"]],
    ["fractions", "of width and height", forms(1 / W, 1 / H, 4), ["d2l, ssd.pytorch’s targets", "YOLO’s files, ssd.pytorch’s priors", "–"]],
  ];
  const body = rows
    .map(
      ([name, of, values, users]) =>
        `<tr><th scope="row">${name}<span class="cap"> ${of}</span></th>${values
          .map((v, k) => `<td>${v}<span class="cap">${users[k] === "–" ? "" : users[k]}</span></td>`)
          .join("")}</tr>`,
    )
    .join("");
  const name = data.case ? circled(index) : escapeHtml(stage.objectName(index));
  return (
    `<p class="lab">Nine ways to write ${name}: each is four numbers, and nothing in them says which.</p>` +
    `<div class="scroll" tabindex="0" role="group" aria-label="One box in three frames"><table class="plain frames"><thead><tr><td></td>` +
    `<th scope="col">x1 y1 x2 y2</th><th scope="col">cx cy w h</th><th scope="col">x y w h</th></tr></thead><tbody>${body}</tbody></table></div>`
  );
}
