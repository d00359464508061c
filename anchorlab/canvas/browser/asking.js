// A new session asks for what this tab has kept. A script of its own, as it must not wait for the library: until it
// has answered, nothing is drawn.

import { keptOf } from "./streamlit/keeping.js";

const answered = new Set();

export default function asking({ data, setTriggerValue }) {
  if (answered.has(data.ask)) return;
  answered.add(data.ask);
  setTriggerValue("answer", keptOf(data));
}
