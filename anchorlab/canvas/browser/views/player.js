// The player under a picture: buttons and a slider that go through steps, and playing them one after the other.

import { able } from "../draw/able.js";
import { ICONS } from "../draw/icons.js";
import { say } from "../model/sentences.js";
import { STEP_KEYS, stepAfter } from "./steps.js";

const SECONDS_A_STEP = 1.2;

// A step is a chevron: the filled triangle means playing.
const chevron = (path) =>
  `<svg viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="${path}"/></svg>`;
const STEP_ICONS = { first: ICONS.first, back: chevron("M10 3L5 8l5 5"), next: chevron("M6 3l5 5-5 5"), last: ICONS.last };

// `unit`: what its steps are; `named(act)`: what a button does; `range`, `at`: what the slider is of, and where it stands.
function paint(stage, { step, steps }, { unit, named, range: label, at }) {
  const element = stage.playerElement;
  element.hidden = false;
  if (element.dataset.unit !== unit) {
    element.dataset.unit = unit;
    const buttons = Object.entries(STEP_ICONS).map(([act, icon]) => {
      const does = named(act);
      return `<button type="button" data-act="${act}" aria-label="${does}" title="${does}">${icon}</button>`;
    });
    buttons.splice(2, 0, `<button type="button" data-act="play" class="play"></button>`);
    element.innerHTML = `${buttons.join("")}<input type="range" min="0" step="1" aria-label="${label}" /><output></output>`;
  }
  const button = element.querySelector(".play");
  const wanted = stage.playing ? "pause" : "play";
  if (button.dataset.shows !== wanted) {
    button.dataset.shows = wanted;
    button.innerHTML = `${ICONS[wanted]}<span>${stage.playing ? say("stage.pause") : say("stage.play")}</span>`;
    button.setAttribute("aria-label", stage.playing ? say("stage.pause_key") : say("stage.play_key"));
  }
  const range = element.querySelector("input");
  range.max = steps;
  range.value = step;
  range.setAttribute("aria-valuetext", at);
  element.querySelector("output").textContent = at;
  for (const b of element.querySelectorAll("button")) {
    const act = b.dataset.act;
    able(b, { first: step > 0, back: step > 0, next: step < steps, last: step < steps, play: steps > 0 }[act]);
  }
}

export function pause(stage) {
  clearInterval(stage.playing);
  stage.playing = null;
  stage.schedule();
}

// The player of a view: `where(stage)` says { step, steps }, `goTo(stage, step)` goes to one, and `words(stage, place)` says
// what `paint` shows. What it returns answers to the names that the stage asks a view for.
export function playerOf({ where, goTo, words }) {
  const atEnd = (stage) => where(stage).step >= where(stage).steps;

  function play(stage) {
    if (stage.playing) return pause(stage);
    if (atEnd(stage)) goTo(stage, 0);
    const forward = () => {
      goTo(stage, where(stage).step + 1);
      if (stage.playing && atEnd(stage)) pause(stage);
    };
    // Many short steps need less time each.
    stage.playing = setInterval(forward, 1000 * SECONDS_A_STEP * Math.min(1, Math.max(0.25, 16 / Math.max(where(stage).steps, 1))));
    forward();
  }

  function act(stage, does) {
    if (does === "play") return play(stage);
    pause(stage); // stepping by hand is looking closely: the player must not run on
    const { step, steps } = where(stage);
    goTo(stage, stepAfter(does, step, 0, steps));
  }

  return {
    act,
    paint: (stage) => paint(stage, where(stage), words(stage, where(stage))),
    update: (stage) => stage.playing && atEnd(stage) && pause(stage),
    dispose: (stage) => clearInterval(stage.playing),

    input(stage, e) {
      if (e.target.type !== "range") return;
      pause(stage);
      goTo(stage, Number(e.target.value));
    },

    // Whether it is a key of the player.
    key(stage, key) {
      const does = { ...STEP_KEYS, ArrowRight: "next", ArrowLeft: "back", " ": "play" }[key];
      if (does) act(stage, does);
      return Boolean(does);
    },
  };
}
