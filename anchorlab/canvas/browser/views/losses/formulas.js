// The losses as formulas with the reader's numbers; `sure`: the probability given to the truth.

import { focalSettings } from "../../model/costs.js";
import { fraction, number, result } from "../shared.js";
import { lossText } from "./costs.js";

const p = (sure) => number(sure.toFixed(2));

export const entropyFormula = (sure, loss) => `<span class="fn">−ln</span> ${p(sure)} = ${result(lossText(loss))}`;

// With its weight where the positives are weighted; `state`: whose.
export function focalFormula(sure, loss, { gamma, alpha }, state) {
  const weight = alpha === null ? "" : `${number((state === "positive" ? alpha : 1 - alpha).toFixed(2))} · `;
  return `${weight}<span>(1 − ${p(sure)})<sup>${gamma.toFixed(1).replace(/[.]0$/, "")}</sup></span> · <span class="fn">−ln</span> ${p(sure)} = ${result(lossText(loss))}`;
}

// The loss of a class by its name, as the strip says it.
export const CLASS_FORMULAS = {
  cross_entropy: entropyFormula,
  focal: (sure, loss, losses, state) => focalFormula(sure, loss, focalSettings(losses), state),
};

export const sumFormula = ({ total, sums, n_cls, n_reg }, balance) =>
  `<i>L</i> = ${fraction(number(lossText(sums.classes)), number(Math.round(n_cls).toLocaleString("en-US")))} + ${number(String(balance))} · ` +
  `${fraction(number(lossText(sums.boxes)), number(Math.round(n_reg).toLocaleString("en-US")))} = ${result(lossText(total))}`;
