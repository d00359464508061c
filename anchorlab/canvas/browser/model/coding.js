// How a box is written from an anchor by the chosen coder, { kind, means, stds, clamp, clamp_both, eps } as in
// settings.CoderSpec. `cell` is the [width, height] of the anchor's cell, which kind "cell" asks for.

import { decodeInCell, encodeInCell } from "../core/coders/cell.js";
import { bounded, decodeOffsets, encodeOffsets } from "../core/coders/center.js";
import { undivided } from "../core/coders/common.js";
import { decodeCorners, encodeCorners } from "../core/coders/corner.js";

// `raw`: the four numbers as the coder's formula takes them, not yet bounded; `growth`: a log size within its bounds.
const CODERS = {
  center: {
    encode: (coder, anchor, box) => encodeOffsets(anchor, box, coder),
    decode: (coder, anchor, offsets) => decodeOffsets(anchor, offsets, coder),
    raw: (coder, offsets) => undivided(offsets, coder),
    growth: (coder, growth) => bounded(growth, coder),
  },
  corner: {
    encode: (coder, anchor, box) => encodeCorners(anchor, box, coder),
    decode: (coder, anchor, offsets) => decodeCorners(anchor, offsets, coder),
    raw: (coder, offsets) => undivided(offsets, coder),
    growth: (coder, growth) => growth,
  },
  cell: {
    encode: (coder, anchor, box, cell) => encodeInCell(anchor, box, cell),
    decode: (coder, anchor, offsets, cell) => decodeInCell(anchor, offsets, cell),
    raw: (coder, offsets) => offsets,
    growth: (coder, growth) => growth,
  },
};

export const encodeBox = (coder, anchor, box, cell) => CODERS[coder.kind].encode(coder, anchor, box, cell);
export const decodeBox = (coder, anchor, offsets, cell) => CODERS[coder.kind].decode(coder, anchor, offsets, cell);
export const rawOffsets = (coder, offsets) => CODERS[coder.kind].raw(coder, offsets);
export const boundedGrowth = (coder, growth) => CODERS[coder.kind].growth(coder, growth);
