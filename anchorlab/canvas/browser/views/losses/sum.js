// The loss of the picture as a sum, and what lambda balances; what each sampler takes.

import { SAMPLERS } from "../../model/costs.js";
import { whole } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { formula } from "../shared.js";
import { costs, lossText, percent, sceneOf } from "./costs.js";
import { sumFormula } from "./formulas.js";

export function sum(stage) {
  const { total, positives } = costs(stage);
  const balance = stage.setting("losses.box_weight");
  const { sums, n_cls, n_reg } = total;
  const spoken = say("losses.sum_told", {
    total: lossText(total.total),
    classes: lossText(sums.classes),
    n_cls: whole(n_cls),
    balance: String(balance),
    boxes: lossText(sums.boxes),
    n_reg: whole(n_reg),
  });
  const general =
    `<i>L</i> = <span class="fr"><span>1</span><span><i>N</i><sub>cls</sub></span></span> Σ <span><i>L</i><sub>cls</sub></span> + λ · ` +
    `<span class="fr"><span>1</span><span><i>N</i><sub>reg</sub></span></span> Σ <span><i>p</i><sup>*</sup><i>L</i><sub>reg</sub></span>`;
  const share = (weight) => percent((weight * total.regression) / (total.classification + weight * total.regression) || 0);
  const divisors = n_cls && n_reg ? say("losses.sum_here", { n_cls: whole(n_cls), n_reg: whole(n_reg), even: String(Number((n_reg / n_cls).toPrecision(2))) }) : "";
  return (
    `<div class="sum"><div class="f" aria-hidden="true">${general}</div>${formula(sumFormula(total, balance), spoken)}</div>` +
    `<p class="cap">${say("losses.sum_classes", { taken: whole(sums.part) })} · ${say("losses.sum_boxes", { positive: whole(positives) })}</p>` +
    `<p class="told">${say("losses.sum_share", { share: share(balance), plain: share(1) })} ${divisors}</p><p class="told">${say("losses.sum_paper")}</p>`
  );
}

export function samplers(stage) {
  const found = costs(stage);
  const scene = sceneOf(stage);
  const chosen = scene.sampling.sampler;
  const { size, positive_fraction, negatives_per_positive } = scene.sampling;
  const rules = {
    all: say("samplers.all.rule"),
    random: say("samplers.random.rule", { size: whole(size), most: whole(Math.floor(size * positive_fraction)) }),
    hard: say("samplers.hard.rule", { number: String(negatives_per_positive) }),
  };
  const rows = Object.entries(rules).map(([name, rule]) => {
    const taken = name === chosen ? found.taken : SAMPLERS[name](found.label, scene.sampling, { luck: scene.luck, classification: found.classification });
    let [positive, negative] = [0, 0];
    taken.forEach((own, i) => own && (found.label[i] === 1 ? positive++ : negative++));
    const ratio = positive ? say("losses.ratio", { negatives: whole(negative / positive) }) : "–";
    return `<tr class="${name === chosen ? "now" : ""}"><th scope="row">${rule}</th><td class="positive">${whole(positive)}</td><td class="negative">${whole(negative)}</td><td>${ratio}</td></tr>`;
  });
  const head = ["sampler", "positive", "negative", "ratio"].map((name) => `<th scope="col">${say(`losses.samplers_${name}`)}</th>`).join("");
  return (
    `<div class="scroll"><table class="costs" aria-label="${say("losses.samplers_label")}"><thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table></div>` +
    `<p class="cap">${say("losses.drawn")}</p>`
  );
}
