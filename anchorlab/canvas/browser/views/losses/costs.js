// What the anchors of the stage cost, worked out anew when something moved.

import { costsOf } from "../../model/costs.js";
import { recordOf } from "../../model/settings.js";

const record = (stage, name) => recordOf(stage.settings.under(name));

// What the costs are worked out from; also asked for single anchors.
export function sceneOf(stage) {
  const { label, gt_index, best_iou } = stage.labels;
  const { noise, luck } = stage.data;
  return {
    ...{ label, gt_index, best_iou, noise, luck, anchors: stage.anchors, boxes: stage.boxes, locations: stage.cells.count },
    cellSides(anchor) {
      const { stride_x, stride_y } = stage.cells.levels[stage.cells.levelOfAnchor(anchor)];
      return [stride_x, stride_y];
    },
    ...Object.fromEntries(["coder", "heads", "losses", "sampling"].map((name) => [name, record(stage, name)])),
  };
}

export const lossesOf = (stage) => record(stage, "losses");

export function costs(stage) {
  const scene = sceneOf(stage);
  const asked = JSON.stringify(["coder", "heads", "losses", "sampling"].map((name) => scene[name]));
  const known = stage.costed?.revision === stage.revision && stage.costed.data === stage.data ? stage.costed : null;
  if (known?.asked === asked) return known.found;
  const memory = known?.memory ?? {};
  stage.costed = { asked, revision: stage.revision, data: stage.data, memory, found: costsOf(scene, memory) };
  return stage.costed.found;
}

// ---- as text

export const percent = (share) => {
  const of = 100 * share;
  return of > 0 && of < 1 ? "<1 %" : of > 99 && of < 100 ? ">99 %" : `${Math.round(of)} %`;
};

// A loss: two digits that count, four decimals at most where it is small.
export const lossText = (loss) => (loss >= 100 ? Math.round(loss).toLocaleString("en-US") : loss >= 10 ? loss.toFixed(1) : loss >= 0.1 || loss === 0 ? loss.toFixed(2) : loss >= 0.001 ? loss.toFixed(4) : loss.toExponential(0).replace("-", "−"));
