// The field's terms: the first use on a page carries its meaning, on hover, keyboard focus or tap. What the canvas writes
// is marked here, as often as it is written; in Streamlit's text, which is not ours to change, terms came as links.

const FORMS = new RegExp(GLOSSARY.pattern, "g");
const LINKS = `a[href^="#${GLOSSARY.link}"]`;
// Where a click means something else, where numbers stand, and what is not read as text.
const APART = "button, a, input, select, textarea, label, summary, dialog, svg, canvas, td, code, [role=math], [aria-hidden=true], .unseen";
const WAIT = 250; // ms after the last change on the page
const RESTS = 250; // ms in which a pointer may go from a term to its meaning

const written = new Set(); // what `fill` wrote, while it is on the page

// ---- marking

// Text nodes of an element that are read as text, in order.
function* texts(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, {
    acceptNode: (node) =>
      node.nodeType === Node.TEXT_NODE ? NodeFilter.FILTER_ACCEPT : node.matches(APART) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP,
  });
  while (walker.nextNode()) yield walker.currentNode;
}

// [name, start, end] of the terms in a text. A class that somebody called like a term is no term.
function termsIn(text) {
  const classes = globalThis.anchorlabBus?.stage?.classes ?? [];
  return [...text.matchAll(FORMS)].flatMap((match) => {
    const form = match[0].toLowerCase();
    return classes.some((name) => name.toLowerCase() === form) ? [] : [[GLOSSARY.names[form], match.index, match.index + form.length]];
  });
}

function unmark(element) {
  for (const mark of element.querySelectorAll("[data-word]")) {
    const parent = mark.parentNode;
    mark.replaceWith(mark.textContent);
    parent.normalize();
  }
}

function mark(element) {
  const left = new Set(element.anchorlabWords);
  if (!left.size) return;
  for (const node of [...texts(element)]) {
    let rest = node;
    let gone = 0; // characters of the text before `rest`
    for (const [name, start, end] of termsIn(node.data)) {
      if (!left.delete(name)) continue;
      const word = rest.splitText(start - gone);
      rest = word.splitText(end - start);
      gone = end;
      const span = document.createElement("span");
      word.replaceWith(span);
      span.append(word);
      carry(span, name);
    }
    if (!left.size) return;
  }
}

// Makes an element tell a term's meaning.
function carry(element, name) {
  const { id } = meaningOf(element.getRootNode(), name);
  for (const [attribute, value] of Object.entries({ "data-word": name, role: "button", tabindex: "0", "aria-describedby": id })) {
    element.setAttribute(attribute, value);
  }
}

// After an element was written anew: its terms are marked as before, and soon looked for again.
export function rewritten(element) {
  written.add(element);
  mark(element);
  lookSoon();
}

// ---- which use is the first

let timer = null;

function lookSoon() {
  clearTimeout(timer);
  timer = setTimeout(look, WAIT);
}

const isShown = (element) => element.getClientRects().length > 0;

function look() {
  const main = document.querySelector('[data-testid="stMain"]');
  if (!main) return;
  const seen = new Set();
  const first = (name) => !seen.has(name) && Boolean(seen.add(name));
  const walk = (node) => {
    if (written.has(node)) return isShown(node) && own(node, first);
    if (node.matches?.(LINKS)) return link(node, first);
    // A control that has help explains the terms of its label.
    if (node.dataset?.testid === "stWidgetLabel" && node.parentElement.querySelector('[data-testid="stTooltipIcon"]')) {
      for (const [name] of termsIn(node.textContent)) seen.add(name);
    }
    if (node.shadowRoot) walk(node.shadowRoot);
    for (const child of node.children) walk(child);
  };
  walk(main);
  for (const element of written) if (!element.isConnected) written.delete(element);
  if (open && !open.term.isConnected) hide();
}

// Gives an element the terms that are first used in it.
function own(element, first) {
  const names = [];
  for (const node of texts(element)) for (const [name] of termsIn(node.data)) if (first(name)) names.push(name);
  if (names.join() === (element.anchorlabWords ?? []).join() && element.querySelectorAll("[data-word]").length === names.length) return;
  unmark(element);
  element.anchorlabWords = names;
  mark(element);
  listen(element.getRootNode());
}

function link(element, first) {
  const name = element.getAttribute("href").slice(1 + GLOSSARY.link.length);
  if (GLOSSARY.terms[name] && isShown(element) && first(name)) {
    if (element.dataset.word !== name) carry(element, name);
  } else if (element.dataset.word !== undefined || element.tabIndex !== -1) {
    for (const attribute of ["data-word", "role", "aria-describedby"]) element.removeAttribute(attribute);
    element.setAttribute("tabindex", "-1");
  }
}

// ---- telling

let open = null; // { term, tip, by: "pointer", "focus" or "tap" }
let later = null;

// A term's meaning as an element of the same tree, so that it can be named as its description.
function meaningOf(root, name) {
  const id = `meaning-${name}`;
  const known = root.getElementById(id);
  if (known) return known;
  const tip = document.createElement("div");
  const [title, meaning] = GLOSSARY.terms[name];
  const strong = document.createElement("b");
  strong.textContent = title;
  tip.append(strong, `: ${meaning}`);
  Object.assign(tip, { id, className: "meaning", popover: "manual" });
  tip.setAttribute("role", "tooltip");
  tip.addEventListener("pointerenter", () => clearTimeout(later));
  tip.addEventListener("pointerleave", () => open?.by === "pointer" && hideSoon());
  (root === document ? document.body : root).append(tip);
  return tip;
}

function show(term, by) {
  clearTimeout(later);
  if (open?.term === term) return void (open.by = by);
  hide();
  const tip = meaningOf(term.getRootNode(), term.dataset.word);
  open = { term, tip, by };
  const page = getComputedStyle(document.querySelector(".stApp"));
  tip.style.color = page.color;
  tip.style.background = page.backgroundColor;
  tip.style.borderColor = `color-mix(in srgb, ${page.color} 35%, transparent)`;
  tip.showPopover();
  place();
}

// Under the term, or above it where there is no room; never beyond the window.
function place() {
  if (!open) return;
  const { term, tip } = open;
  const at = term.getClientRects()[0];
  if (!at) return hide();
  const { width, height } = tip.getBoundingClientRect();
  const below = at.bottom + 6;
  tip.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
  tip.style.top = `${below + height > innerHeight - 8 ? Math.max(8, at.top - height - 6) : below}px`;
}

function hide() {
  clearTimeout(later);
  if (open?.tip.isConnected) open.tip.hidePopover();
  open = null;
}

function hideSoon() {
  clearTimeout(later);
  later = setTimeout(hide, RESTS);
}

const termAt = (event) => event.composedPath().find((node) => node.dataset?.word !== undefined);

const HANDLERS = {
  pointerover(event) {
    const term = event.pointerType !== "touch" && termAt(event);
    if (term) show(term, "pointer");
  },
  pointerout(event) {
    if (open?.by === "pointer" && termAt(event) === open.term) hideSoon();
  },
  focusin(event) {
    const term = termAt(event);
    if (term?.matches(":focus-visible")) show(term, "focus");
  },
  focusout(event) {
    if (open?.by === "focus" && termAt(event) === open.term) hide();
  },
  click(event) {
    const term = termAt(event);
    if (!term) return;
    event.preventDefault();
    event.stopPropagation();
    if (open?.term === term && open.by === "tap") hide();
    else show(term, "tap");
  },
  keydown(event) {
    if (!termAt(event) || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    event.stopPropagation();
    if (open) hide();
    else show(termAt(event), "focus");
  },
};

// Events that stay within a shadow root do not reach the document: each root is listened to.
const heard = new WeakSet();
const handled = new WeakSet();

function listen(root) {
  if (heard.has(root)) return;
  heard.add(root);
  for (const [type, run] of Object.entries(HANDLERS)) {
    const once = (event) => {
      if (handled.has(event)) return;
      handled.add(event);
      run(event);
    };
    root.addEventListener(type, once, { capture: true });
  }
}

// For the life of the page; parts of it come and go.
export function startWords() {
  listen(document);
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !open) return;
    event.preventDefault();
    event.stopPropagation();
    hide();
  }, { capture: true });
  addEventListener("pointerdown", (event) => {
    const path = event.composedPath();
    if (open && !path.includes(open.term) && !path.includes(open.tip)) hide();
  }, { capture: true });
  addEventListener("scroll", place, { capture: true, passive: true });
  addEventListener("resize", place);
  new MutationObserver(lookSoon).observe(document.body, { childList: true, subtree: true });
  lookSoon();
}
