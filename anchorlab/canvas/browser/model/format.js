// Numbers and words as a reader expects them: true minus, thousands separators, tabular digits.

// Ten is as far as the page's font goes.
const CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩";

export const circled = (i) => CIRCLED[i] ?? `(${i + 1})`;

export function escapeHtml(text) {
  return String(text).replace(
    /[&<>"']/g,
    (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[c],
  );
}

export const minus = (text) => text.replace("-", "−");

export const whole = (value) => minus(Math.round(value).toLocaleString("en-US"));

export const two = (value) => value.toFixed(2);
export const iouText = two;

// A length in pixels: whole where it is whole, else one decimal.
export function pixels(value) {
  const rounded = Math.round(value * 10) / 10;
  return minus(Number.isInteger(rounded) ? rounded.toLocaleString("en-US") : rounded.toFixed(1));
}

export const signed = (value, digits = 2) =>
  (value < 0 ? "−" : "+") + Math.abs(value).toFixed(digits);

// 1/2, 1/3 ... as ratios are usually written.
export function ratioText(value) {
  const known = { 0.5: "½", 0.25: "¼", 0.75: "¾", 0.2: "⅕" };
  if (known[value]) return known[value];
  if (Math.abs(value - 1 / 3) < 1e-3) return "⅓";
  if (Math.abs(value - 2 / 3) < 1e-3) return "⅔";
  return String(Math.round(value * 100) / 100);
}

export function bytesText(count) {
  if (count < 1000) return `${count} B`;
  if (count < 1e6) return `${Math.round(count / 1000)} kB`;
  return `${(count / 1e6).toFixed(1)} MB`;
}
