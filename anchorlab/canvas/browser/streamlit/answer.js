import { sayAll } from "../model/sentences.js";

// The page's answer as HTML: the sentences that Python asks for, with what a slider moves; or one that is finished.
export function answerOf(stage) {
  const { answer } = stage.data;
  if (stage.view.answer) return stage.view.answer(stage); // it changes with what is done here
  const live = stage.view.numbers?.(stage) ?? {};
  return typeof answer === "string" ? answer.replace(/\{(\w+)\}/g, (_, name) => live[name]) : sayAll(answer, live);
}
