// The four formulas of the chosen coder with the reader's numbers: encoding, or, once a number was
// changed, decoding.

import { pixels, signed } from "../../model/format.js";
import { say } from "../../model/sentences.js";
import { result } from "../shared.js";
import { CODERS } from "./coders/index.js";

export const namesOf = ({ kind }) => SYMBOLS[kind];

export function formulaOf(p, k) {
  const coder = CODERS[p.coder.kind];
  const name = namesOf(p.coder)[k];
  const t = `<span><i>t</i><sub><i>${name}</i></sub></span>`;
  const [out, symbol, body] = p.changed
    ? [pixels(coder.decoded(p.box, k)), `<i>${name[0]}</i>${name[1] ? `<sub>${name[1]}</sub>` : ""}`, coder.decoding(p, k)]
    : [signed(p.target[k]), t, coder.encoding(p, k)];
  return { html: `${symbol} = ${body} = ${result(out)}`, spoken: say(p.changed ? "offsets.spoken_decoded" : "offsets.spoken_encoded", { name, value: out }) };
}

// What a number says, in words.
export const words = (p, k) => CODERS[p.coder.kind].words(p, k);
