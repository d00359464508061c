// A button that can do nothing just now says so and stays in reach: the browser takes the focus away from a disabled one,
// and with it the place of whoever steps by its key.

export function able(button, on) {
  if (on) button.removeAttribute("aria-disabled");
  else button.setAttribute("aria-disabled", "true");
}

// The same as an attribute of HTML that is written anew.
export const ableText = (on) => (on ? "" : `aria-disabled="true"`);

// Whether a click met such a button.
export const isIdle = (target) => Boolean(target.closest?.(`[aria-disabled="true"]`));
