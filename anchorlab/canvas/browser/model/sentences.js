// What people read and hear, said with values. The sentences stand in Python beside their ideas (canvas/sentences.py)
// and come with the library.

import { whole } from "./format.js";

const PLACEHOLDER = /\{(\w+)\}/g;

const namesIn = (text) => [...text.matchAll(PLACEHOLDER)].map(([, name]) => name);

// The names of the values that a sentence asks for, in any of its forms.
function placeholders(key) {
  const sentence = SENTENCES[key];
  if (sentence === undefined) throw new Error(`there is no sentence ${key}`);
  return new Set(typeof sentence === "string" ? namesIn(sentence) : ["count", ...Object.values(sentence).flatMap(namesIn)]);
}

function written(key, name, value) {
  if (typeof value === "string") return value;
  if (!Number.isInteger(value)) throw new Error(`${key}: ${name} is ${value}, neither text nor a whole number`);
  return whole(value);
}

// The sentence of a key, as `wording.say` does in Python: it throws where a value is missing or superfluous. What
// people wrote themselves must come escaped.
export function say(key, values = {}) {
  const asked = placeholders(key);
  const given = Object.keys(values);
  if (given.length !== asked.size || !given.every((name) => asked.has(name))) {
    throw new Error(`${key} asks for ${[...asked].join(", ") || "nothing"}, not ${given.join(", ") || "nothing"}`);
  }
  const sentence = SENTENCES[key];
  const text = typeof sentence === "string" ? sentence : sentence[values.count === 1 ? "one" : "other"];
  return text.replace(PLACEHOLDER, (_, name) => written(key, name, values[name]));
}

// The sentence of a key, which takes of the values that are known those it asks for.
export const sayFrom = (key, known) => say(key, Object.fromEntries([...placeholders(key)].map((name) => [name, known[name]])));

// Sentences that Python asks for as [key, values]; values that change while a slider moves are the browser's, by name.
export const sayAll = (asked, live) => asked.map(([key, values]) => sayFrom(key, { ...live, ...values })).join(" ");
