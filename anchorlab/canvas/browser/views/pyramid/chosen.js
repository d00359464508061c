// The pyramid as the settings ask for it, generated anew while one is on the move.

import { countOf } from "../../core/anchors.js";
import { alike } from "../../model/settings.js";
import { reshaped } from "./lists.js";

// The size a picture is resized to: by a factor, or what a preset's fixed maps ask for.
export const frameBy = (resize, { width, height }) =>
  Array.isArray(resize) ? resize : [width, height].map((side) => Math.max(1, Math.floor(side * resize + 0.5)));

// Every preset came with the library.
export const presetOf = (name) => PRESETS.find((preset) => preset.name === name);

// The pyramid as the settings ask for it: { pyramid, regular, preset, resize, frame }.
function asked(stage) {
  const { data, photo, settings } = stage;
  const chosen = presetOf(stage.setting("pyramid.preset"));
  let preset = chosen?.name ?? "";
  let { pyramid, regular } = chosen && settings.moved.has("pyramid.preset") ? chosen : data;
  const [sizes, ratios] = [stage.setting("pyramid.sizes"), stage.setting("pyramid.ratios")];
  if (regular && !(alike(sizes, regular.sizes) && alike(ratios, regular.ratios))) {
    regular = { ...regular, sizes, ratios };
    pyramid = reshaped(pyramid, regular);
    preset = "";
  }
  const { center, uneven, border } = settings.under("pyramid");
  const resize = stage.setting("resize");
  return { pyramid: { ...pyramid, center, uneven, border }, regular, preset, resize, frame: frameBy(resize, photo) };
}

// The anchors are generated as the settings are now. What would be too many of them waits for Python's no.
export function regenerate(stage) {
  const { data, settings } = stage;
  const now = asked(stage);
  const { pyramid, regular, frame } = data;
  const told = { pyramid, regular, frame, preset: settings.said["pyramid.preset"], resize: settings.said.resize };
  stage.pyramid = countOf(now.pyramid, now.frame) > data.most ? told : now;
  stage.generate(stage.pyramid.pyramid, stage.pyramid.frame);
}
