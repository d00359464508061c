// The address bar always holds the link to what is seen. Replacing (not pushing) keeps the back button for what people
// use it for: the previous page. WebKit refuses more than a hundred writes in ten seconds, which a held arrow key would
// exceed: writes keep a distance, and the newest link always comes last.

import { announce } from "./bus.js";

const SOON = 20; // milliseconds: the picture comes first
const DISTANCE = 200;

let wanted = null; // {path, url} that is not written yet
let timer = null;
let written = -Infinity;

// The newest link, whether it is written yet or not.
export const address = () => new URL(wanted?.url ?? location.href, location.href).href;

export const addressPending = () => wanted !== null;

// `query`: of the link, without its question mark.
export function writeAddress(query) {
  const path = location.pathname;
  wanted = { path, url: path + (query ? `?${query}` : "") };
  timer ??= setTimeout(writeAddressNow, Math.max(SOON, written + DISTANCE - performance.now()));
  announce("address");
}

export function writeAddressNow() {
  clearTimeout(timer);
  timer = null;
  const { path, url } = wanted ?? {};
  wanted = null;
  // On another page by now, its own link will follow.
  if (path !== location.pathname || url === location.pathname + location.search) return;
  written = performance.now();
  history.replaceState(history.state, "", url);
}
