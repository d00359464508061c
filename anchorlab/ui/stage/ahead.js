// Pictures that Python sent ahead of need: each is what it would answer to one choice from a list.

import { bus } from "./bus.js";
import { unpack } from "./payload.js";

async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// `of`: what the lists have to show for these pictures to be true; without it they always are.
export function ahead({ data, parentElement: root }) {
  const serial = (root.anchorlabSerial = (root.anchorlabSerial ?? 0) + 1);
  let entry;
  inflated(data).then((bytes) => {
    if (serial !== root.anchorlabSerial) return; // newer ones are on their way
    const { name, of, ...pictures } = unpack(bytes);
    entry = { name, of, pictures };
    bus().ahead.set(name, entry);
  });
  return () => {
    root.anchorlabSerial += 1;
    if (entry && bus().ahead.get(entry.name) === entry) bus().ahead.delete(entry.name);
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
