// Losses: what each anchor costs, and who pays.

import { CLASS_LOSSES, sureOf } from "../model/costs.js";
import { anchorThatCosts } from "../model/highlights.js";
import { say } from "../model/sentences.js";
import { costs, lossesOf, lossText, percent } from "./losses/costs.js";
import { curve, dragSure, price } from "./losses/curve.js";
import { CLASS_FORMULAS } from "./losses/formulas.js";
import { drawLight, drawTaken } from "./losses/picture.js";
import { dragError, ious, predicted, regression } from "./losses/regression.js";
import { imbalance, negativesFor, shares } from "./losses/shares.js";
import { samplers, sum } from "./losses/sum.js";
import { nameOf } from "./matching/subject.js";
import { matchingView } from "./matching.js";
import { anchorBox, caption, cellOf, drawCentres, drawHoveredCell, formula, LABELS, OBJECT, tryThis } from "./shared.js";

const STATES = PALETTE.states;
const DRAGS = { sure: { move: dragSure, path: "probe.sure" }, error: { move: dragError, path: "probe.error" } };

const anchorOf = (stage) => (stage.anchor >= 0 && stage.anchor < stage.anchors.length / 4 ? stage.anchor : -1);
const everyone = (stage) => stage.setting("sampling.sampler") === "all";
const background = (of) => of.easy_negative.share + of.hard_negative.share;

// What the background makes of the focal loss at another gamma, whose slider makes way for those of a loss that has its own.
function prediction(stage) {
  const { label, logits } = costs(stage);
  const losses = lossesOf(stage);
  const away = losses.classification !== "focal" && losses[losses.classification];
  if (away || !stage.stateCounts().positive) return null;
  const gamma = losses.focal.gamma >= 4 ? 0.5 : 5;
  const share = () => {
    const asked = { focal: { ...losses.focal, gamma } };
    let [all, own] = [0, 0];
    label.forEach((kind, i) => {
      if (kind < 0) return;
      const loss = CLASS_LOSSES.focal(logits[i], Number(kind === 1), asked);
      all += loss;
      if (!kind) own += loss;
    });
    return own / all;
  };
  return {
    question: say("losses.ask", { gamma: gamma.toFixed(1) }),
    asks: { control: "losses_focal_gamma", value: gamma },
    answer() {
      const of = share();
      return say(of > 0.5 ? "losses.answer_yes" : "losses.answer_no", { share: percent(of) });
    },
  };
}

export const lossesView = {
  // An answer may be older than what was moved since.
  update(stage) {
    if (stage.settings.pending("matching")) stage.stale = true;
  },

  // What anchors cost is worked out when the picture is painted.
  settingChanged() {},
  suggest: anchorThatCosts,

  numbers(stage) {
    const { shares: of } = costs(stage);
    return {
      ratio: negativesFor(stage.stateCounts()),
      share: percent(background(of.cross_entropy)),
      focal: percent(background(of.focal)),
    };
  },

  get keys() {
    return [
      ["← ↑ → ↓", say("losses.key_cell")],
      [", .", say("losses.key_shape")],
    ];
  },

  slots: { imbalance, shares, readout: (stage) => tryThis(stage, prediction(stage)), curve, price, samplers, sum, regression, ious },
  below: ["curve", "price", "samplers", "sum", "regression", "ious"],

  label(stage) {
    const { positive, negative } = stage.stateCounts();
    const objects = say("things.objects", { count: stage.boxes.length });
    const { sums } = costs(stage).total;
    return say("losses.label", { alt: stage.photo.alt, objects, positive, negative, taken: sums.part });
  },

  means(stage) {
    const box = predicted(stage) ? [{ state: "selected", text: say("losses.means_predicted") }] : [];
    const selected = anchorOf(stage) >= 0 ? [{ state: stage.stateOf(anchorOf(stage)), text: say("losses.means_selected") }] : [];
    const taken = { sign: "dot", colour: STATES.positive.core, text: say("losses.means_taken") };
    return [
      OBJECT,
      ...(everyone(stage) ? LABELS : [taken]),
      { sign: "dot", colour: "#FFFFFF", text: say("losses.means_light") },
      ...selected,
      ...box,
    ];
  },

  draw(stage, marks, ctx) {
    drawLight(stage, ctx);
    stage.drawObjects(marks);
    if (everyone(stage)) drawCentres(stage, marks, ctx);
    else drawTaken(stage, marks);
    drawHoveredCell(stage, marks);
    const index = anchorOf(stage);
    if (index < 0) return;
    const found = costs(stage);
    const anchor = anchorBox(stage, index);
    const state = stage.stateOf(index);
    marks.box(anchor, state);
    const pair = predicted(stage);
    if (pair) {
      marks.box(pair.box, "selected", { width: 2 });
      marks.tag(pair.box, say("losses.predicted"), { background: STATES.selected.core, colour: "#FFFFFF", prefer: "right" });
    } else marks.ring(anchor);
    const [x, y] = stage.centre(cellOf(stage, index));
    marks.circle(stage.viewport.x(x), stage.viewport.y(y), 6, STATES.selected.core);
    if (state !== "ignored") {
      const told = { anchor: `${index}`, sure: percent(sureOf(found, index)), loss: lossText(found.classification[index]) };
      marks.tag(anchor, say("losses.tag", told), { background: STATES[state].core, prefer: "below" });
    }
  },

  strip(stage) {
    const index = anchorOf(stage);
    if (index < 0) return caption(say("losses.strip_hint"));
    const found = costs(stage);
    const state = stage.stateOf(index);
    const anchor = `#${index}`;
    if (state === "ignored") return caption(say("losses.strip_ignored", { anchor }));
    const losses = lossesOf(stage);
    const sure = sureOf(found, index);
    const loss = found.classification[index];
    const html = CLASS_FORMULAS[losses.classification](sure, loss, losses, state);
    const told =
      state === "positive"
        ? say("losses.strip_positive", { anchor, sure: percent(sure), object: nameOf(stage, stage.labels.gt_index[index]) })
        : say("losses.strip_negative", { anchor, sure: percent(sure) });
    const kind = say(losses.regression === "smooth_l1" ? "losses.name_smooth_l1" : losses.regression === "l1" ? "losses.name_l1" : "losses.name_whole");
    const box = state === "positive" ? say("losses.strip_box", { loss: lossText(found.regression[index]), name: kind }) : "";
    const out = found.taken[index] ? "" : say("losses.strip_untaken");
    return formula(html, say("losses.class_told", { loss: lossText(loss) })) + caption([told, box, out].filter(Boolean).join(" "));
  },

  hover: (stage, ix, iy) => matchingView.hover(stage, ix, iy),

  // The first click on a cell takes its costliest anchor, each further click the next shape.
  click(stage, ix, iy) {
    const { first, count } = stage.cells.anchorsOf(stage.cellAt(ix, iy));
    const here = Array.from({ length: count }, (_, s) => first + s);
    const at = here.indexOf(stage.anchor);
    const { classification } = costs(stage);
    stage.object = -1;
    stage.selectAnchor(at >= 0 ? here[(at + 1) % count] : here.reduce((best, i) => (classification[i] > classification[best] ? i : best)));
  },

  // An object is explained by its best anchor.
  objectSelected(stage) {
    if (stage.object >= 0) stage.anchor = stage.labels.best_anchor[stage.object];
  },

  anchorSelected(stage) {
    const i = anchorOf(stage);
    if (i < 0) return;
    const found = costs(stage);
    const state = say(`losses.state_${stage.stateOf(i)}`);
    stage.say(say("losses.anchor_told", { anchor: `${i}`, state, sure: percent(sureOf(found, i)), loss: lossText(found.classification[i]) }));
  },

  dragged: (stage, name, across) => DRAGS[name].move(stage, across),

  dropped(stage, name) {
    const { path } = DRAGS[name];
    stage.command("settings", { settings: { [path]: stage.setting(path) }, held: false });
  },

  // Anchors are walked through as on the Matching page; its steps are not here.
  key: (stage, key, event, arrow) => (arrow || key === "," || key === "." ? matchingView.key(stage, key, event, arrow) : false),
};
