// Pictures that Python sent ahead of need: each is what it would answer to one choice from a list.

import { bus } from "./bus.js";
import { unpack } from "./payload.js";

// `of`: what the lists have to show for these pictures to be true; without it they always are.
export function ahead({ data }) {
  const { name, of, ...pictures } = unpack(data);
  const entry = { of, pictures };
  bus().ahead.set(name, entry);
  return () => {
    if (bus().ahead.get(name) === entry) bus().ahead.delete(name);
  };
}

// The picture after choosing `option` from list `key` where the lists show `chosen`; null if none was sent.
export function foreseen(chosen, key, option) {
  for (const { of, pictures } of bus().ahead.values()) {
    const bytes = pictures[`${key}:${option}`];
    const apply = !of || Object.keys(of).every((name) => name === key || of[name] === chosen[name]);
    if (bytes && apply) return unpack(bytes);
  }
  return null;
}
