// The one meeting place of the page's components (stage, photo, slots). Components are mounted in
// any order and live in separate shadow roots, so they find each other here, never by DOM queries.

export function bus() {
  if (!globalThis.anchorlabBus) {
    globalThis.anchorlabBus = {
      photos: new Map(), // id -> {image, dimmed, width, height}
      slots: new Map(), // name -> element that a view may fill
      kept: null, // of an uploaded picture: its id, and whether this tab has kept it
      stage: null, // the canvas that is mounted, for tests only
      events: new EventTarget(), // "photo", "slot", "keys", "address", "kept"
      serial: 0, // counts repaints that follow new data, for tests and benchmarks
    };
  }
  return globalThis.anchorlabBus;
}

export function announce(name, detail = {}) {
  bus().events.dispatchEvent(new CustomEvent(name, { detail }));
}
