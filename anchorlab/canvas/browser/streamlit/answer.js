// The page's answer as HTML. Numbers that a slider moves stand in braces, so that they move with it.

export const answerOf = (stage) => stage.data.answer.replace(/\{(\w+)\}/g, (_, name) => stage.view.numbers(stage)[name]);
