// The rules of matching, by name.

import { atss } from "./atss.js";
import { centerInside } from "./center_inside.js";
import { greedy } from "./greedy.js";
import { maxIou } from "./max_iou.js";
import { ssd } from "./ssd.js";
import { threshold } from "./threshold.js";
import { yolo } from "./yolo.js";
import { yolov5 } from "./yolov5.js";

export const RULES = { threshold, greedy, max_iou: maxIou, ssd, atss, yolo, yolov5, center_inside: centerInside };
