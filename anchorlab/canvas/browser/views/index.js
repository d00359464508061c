// One view per page.

import { anchorsView } from "./anchors.js";
import { coverageView } from "./coverage.js";
import { homeView } from "./home.js";
import { matchingView } from "./matching.js";
import { nmsView } from "./nms.js";
import { offsetsView } from "./offsets.js";
import { pyramidView } from "./pyramid.js";
import { rosettaView } from "./rosetta.js";

export const VIEWS = {
  home: homeView,
  anchors: anchorsView,
  matching: matchingView,
  offsets: offsetsView,
  nms: nmsView,
  pyramid: pyramidView,
  coverage: coverageView,
  rosetta: rosettaView,
};
