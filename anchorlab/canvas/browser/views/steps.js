// Going through steps by keys and buttons.

export const STEP_KEYS = { Home: "first", PageUp: "back", PageDown: "next", End: "last" };

// The step that a button leads to, between the first and the last.
export const stepAfter = (act, step, first, last) =>
  ({ first, back: Math.max(first, step - 1), next: Math.min(last, step + 1), last })[act];
