// What the page says of every coder, by its name.

import { cell } from "./cell.js";
import { center } from "./center.js";
import { corner } from "./corner.js";

export const CODERS = { center, corner, cell };
