// The training that was asked for: how far it is, and pausing, resuming, cancelling it. While it goes on, Python is asked
// once a second.

import { escapeHtml } from "../../model/format.js";
import { say } from "../../model/sentences.js";

const ENDED = new Set(["done", "cancelled", "failed"]);
const EVERY_MS = 1000;
const PATIENCE_MS = 5000; // after which an answer is taken for lost

const duration = (seconds) => (seconds < 100 ? say("training.seconds", { count: Math.round(seconds) }) : say("training.minutes", { count: Math.round(seconds / 60) }));

function told({ standing, step, steps, ahead, taken, left, error }) {
  if (standing === "waiting") return ahead > 1 ? say("training.waiting", { count: ahead }) : say("training.waiting_next");
  if (standing === "starting") return say("training.starting");
  if (standing === "running") return left === null ? say("training.running_first", { step, steps }) : say("training.running", { step, steps, left: duration(left) });
  if (standing === "paused") return say("training.paused", { step, steps });
  if (standing === "done") return say("training.done", { steps, taken: duration(taken) });
  if (standing === "failed") return say("training.failed", { error: escapeHtml(error) });
  return step ? say("training.cancelled", { step }) : say("training.cancelled_before");
}

export function jobPanel({ data: { job } }) {
  if (!job) return "";
  const { standing, step, steps } = job;
  const words = `<p class="${standing === "failed" ? "refusal" : "job-told"}">${told(job)}</p>`;
  if (ENDED.has(standing)) return `<div class="job">${words}</div>`;
  const button = (act, text) => `<button type="button" class="plain-button" data-act="${act}">${text}</button>`;
  const toggle = standing === "running" || standing === "paused" ? button("job:toggle", standing === "paused" ? say("training.resume_training") : say("training.pause_training")) : "";
  return (
    `<div class="job">${words}<progress max="${steps}" value="${step}" aria-label="${say("training.progress")}"></progress>` +
    `<div class="job-buttons">${toggle}${button("job:cancel", say("training.cancel_training"))}</div></div>`
  );
}

export function actOnJob(stage, what) {
  const { job } = stage.data;
  if (!job || ENDED.has(job.standing)) return;
  const wanted = what === "cancel" ? "cancel" : job.standing === "paused" ? "resume" : "pause";
  stage.command("training", { do: wanted });
}

// Python has answered; it is asked again while something goes on.
export function watchJob(stage) {
  const { job } = stage.data;
  stopWatching(stage);
  if (stage.jobStood && stage.jobStood !== job?.standing && job) stage.say(told(job));
  stage.jobStood = job?.standing;
  if (job && !ENDED.has(job.standing)) stage.jobTimer = setTimeout(() => look(stage), EVERY_MS);
}

function look(stage) {
  stage.command("training", { do: "look" });
  stage.jobTimer = setTimeout(() => look(stage), PATIENCE_MS);
}

export function stopWatching(stage) {
  clearTimeout(stage.jobTimer);
}
