import { rewritten } from "./words.js";

// Replaces content only where it changed; what was focused stays focused, what was scrolled stays scrolled.
export function fill(element, html) {
  if (element.anchorlabHtml === html) return;
  element.anchorlabHtml = html;
  element.anchorlabFilled = (element.anchorlabFilled ?? 0) + 1;
  const active = element.getRootNode().activeElement;
  const focused = element.contains(active) ? active : null;
  const attribute = ["data-hover", "data-pick", "data-act", "data-word"].find((name) => focused?.hasAttribute(name));
  const scrolled = [...element.querySelectorAll(".scroll")].map((e) => [e.scrollLeft, e.scrollTop]);
  element.innerHTML = html;
  rewritten(element);
  element.querySelectorAll(".scroll").forEach((e, k) => ([e.scrollLeft, e.scrollTop] = scrolled[k] ?? [0, 0]));
  if (!focused) return;
  let again = attribute && element.querySelector(`[${attribute}="${CSS.escape(focused.getAttribute(attribute))}"]`);
  if (!attribute && focused.matches(".scroll")) again = element.querySelector(".scroll");
  again?.focus({ preventScroll: true });
}
