// The canvas as one script. It is loaded with the photo, once for a page; the components themselves
// are a few lines each (loader.js), so that what is sent when a control moves stays small.

import { bar } from "./streamlit/bar.js";
import { keep } from "./streamlit/keeping.js";
import { letGo, mount } from "./streamlit/mounts.js";
import { photo } from "./streamlit/photo.js";
import { slot } from "./streamlit/slot.js";
import { stage } from "./stage.js";
import { startWords } from "./streamlit/words.js";

const sheets = new Map();

// A component's style sheet, made once and shared by all its shadow roots.
function styled(kind, root) {
  if (!sheets.has(kind)) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES[kind]);
    sheets.set(kind, sheet);
  }
  const sheet = sheets.get(kind);
  if (!root.adoptedStyleSheets.includes(sheet)) {
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    for (const child of root.querySelectorAll("[data-unstyled]")) child.removeAttribute("data-unstyled");
  }
}

const component = (kind, run) => (given) =>
  mount(given, () => {
    styled(kind, given.parentElement);
    return run(given);
  });

// On a phone the page list is a drawer over the page, and Streamlit leaves it open when a page was
// chosen. A photo is mounted anew with each page, so this runs once a page.
function closeDrawer() {
  if (window.innerWidth >= 768) return;
  const drawer = document.querySelector('[data-testid="stSidebar"][data-collapsed="false"]');
  drawer?.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
}

let page = null;

export default function library(given) {
  if (location.pathname !== page) {
    page = location.pathname;
    setTimeout(closeDrawer, 60);
  }
  if (!globalThis.anchorlabLibrary) {
    globalThis.anchorlabLibrary = {
      stage: component("stage", stage),
      slot: component("slot", slot),
      bar: component("bar", bar),
      keep: (given) => mount(given, keep),
      letGo,
    };
    startWords();
    for (const [kind, waiting] of globalThis.anchorlabWaiting?.values() ?? []) globalThis.anchorlabLibrary[kind](waiting);
    delete globalThis.anchorlabWaiting;
  }
  return photo(given);
}
