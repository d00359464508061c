// float32 in JavaScript, whose numbers are float64: the twin of anchorlab.core.rounding.
//
// A twin rounds after every step, and takes the steps in the order of its original. Sum, difference, product, quotient and
// square root are then the same number, to the last bit, in Python's compiled programs and here; whether it *equals* a
// threshold or another comes out alike. Arguments are float32 already. (Below 1e-38 Python has 0, and here numbers go on:
// no box is so small.)
//
// The functions at the end no two libraries round alike. Python's result and this one are at most so many float32 numbers
// apart: 1 of `exp`, `log`, `atan2` and `power`, 2 of `log1p` and `sigmoid`. A test holds them to it. Nothing else differs, but for
// `simulate.js`, which says why.

export const f32 = Math.fround;

export const sqrt = (x) => f32(Math.sqrt(x));

// The sum of a column that has these values at these rising places and is 0 elsewhere, neighbours first: at places 2k and
// 2k + 1, then of these sums, and so on.
export function total(places, values) {
  while (places.at(-1) > 0) {
    const [halves, sums] = [[], []];
    places.forEach((place, k) => {
      const last = halves.length - 1;
      if (halves[last] === place >> 1) sums[last] = f32(sums[last] + values[k]);
      else {
        halves.push(place >> 1);
        sums.push(values[k]);
      }
    });
    [places, values] = [halves, sums];
  }
  return values[0] ?? 0;
}

export const exp = (x) => f32(Math.exp(x));
export const log = (x) => f32(Math.log(x));
export const log1p = (x) => f32(Math.log1p(x));
export const atan2 = (y, x) => f32(Math.atan2(y, x));
export const power = (x, exponent) => f32(Math.pow(x, exponent));
export const sigmoid = (x) => f32(1 / f32(1 + exp(-x)));
