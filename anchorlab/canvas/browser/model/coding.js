// How a box is written from an anchor by the chosen coder, { kind, means, stds, clamp, clamp_both, eps } as in
// settings.CoderSpec. `cell` is the [width, height] of the anchor's cell, which kind "cell" asks for.

import { decodeInCell, encodeInCell } from "../core/coders/cell.js";
import { bounded, decodeOffsets, encodeOffsets } from "../core/coders/center.js";
import { undivided } from "../core/coders/common.js";
import { decodeCorners, encodeCorners } from "../core/coders/corner.js";

const unbounded = (growth) => growth;

// `raw`: the four numbers as the coder's formula takes them, not yet bounded; `growth`: a log size within its bounds.
const CODERS = {
  center: { encode: encodeOffsets, decode: decodeOffsets, raw: undivided, growth: bounded },
  corner: { encode: encodeCorners, decode: decodeCorners, raw: undivided, growth: unbounded },
  cell: {
    encode: (anchor, box, coder, cell) => encodeInCell(anchor, box, cell),
    decode: (anchor, offsets, coder, cell) => decodeInCell(anchor, offsets, cell),
    raw: (offsets) => offsets,
    growth: unbounded,
  },
};

export const encodeBox = (coder, anchor, box, cell) => CODERS[coder.kind].encode(anchor, box, coder, cell);
export const decodeBox = (coder, anchor, offsets, cell) => CODERS[coder.kind].decode(anchor, offsets, coder, cell);
export const rawOffsets = (coder, offsets) => CODERS[coder.kind].raw(offsets, coder);
export const boundedGrowth = (coder, growth) => CODERS[coder.kind].growth(growth, coder);
