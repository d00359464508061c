// One view per page.

import { anchorsView } from "./anchors.js";
import { deployView } from "./deploy.js";
import { evaluationView } from "./evaluation.js";
import { homeView } from "./home.js";
import { lossesView } from "./losses.js";
import { matchingView } from "./matching.js";
import { nmsView } from "./nms.js";
import { offsetsView } from "./offsets.js";
import { pyramidView } from "./pyramid.js";
import { rosettaView } from "./rosetta.js";
import { trainingView } from "./training.js";

export const VIEWS = {
  home: homeView,
  anchors: anchorsView,
  matching: matchingView,
  offsets: offsetsView,
  losses: lossesView,
  training: trainingView,
  nms: nmsView,
  evaluation: evaluationView,
  deploy: deployView,
  pyramid: pyramidView,
  rosetta: rosettaView,
};
