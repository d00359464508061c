// The methods of suppression by their names.

import { diou } from "./diou.js";
import { fusion } from "./fusion.js";
import { gaussian } from "./gaussian.js";
import { hard } from "./hard.js";
import { linear } from "./linear.js";
import { matrix } from "./matrix.js";
import { scoreFree } from "./score_free.js";

export const METHODS = { hard, diou, linear, gaussian, matrix, fusion, score_free: scoreFree };
