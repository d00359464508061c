// Pictures that Python sent ahead of need: each is what it would answer to one choice from a list.

import { bus } from "./bus.js";
import { unpack } from "./payload.js";

async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const calls = new WeakMap(); // element -> number of its newest call

// `of`: what the lists have to show for these pictures to be true; without it they always are.
export function ahead({ data, parentElement: root }) {
  const call = (calls.get(root) ?? 0) + 1;
  calls.set(root, call);
  inflated(data).then((bytes) => {
    if (call !== calls.get(root)) return; // newer ones are on their way, or nobody is here any more
    const { name, of, ...pictures } = unpack(bytes);
    bus().ahead.set(name, { root, of, pictures });
  });
  return () => {
    calls.delete(root);
    for (const [name, entry] of bus().ahead) if (entry.root === root) bus().ahead.delete(name);
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
