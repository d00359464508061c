// The few icons of the tools and the player, drawn on a 16 x 16 grid.

const STROKE = `fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round"`;
const FILL = `fill="currentColor" stroke="currentColor" stroke-width="1.2" stroke-linejoin="round"`;
const icon = (style, body) => `<svg viewBox="0 0 16 16" aria-hidden="true" ${style}>${body}</svg>`;

export const ICONS = {
  select: icon(STROKE, `<path d="M4 2.5l8.5 5-3.7 1-1.8 3.8z"/>`),
  draw: icon(STROKE, `<path d="M2.5 5.500v-2a1 1 0 0 1 1-1h2M8 2.500h2.500a1 1 0 0 1 1 1v2M2.500 8.500v2a1 1 0 0 0 1 1h2M12 9.500v5M9.500 12h5"/>`),
  undo: icon(STROKE, `<path d="M6 12.500h4.200a3.200 3.200 0 0 0 0-6.400H3.500M6 3.400L3.300 6.100 6 8.800"/>`),
  redo: icon(STROKE, `<path d="M10 12.500H5.800a3.200 3.200 0 0 1 0-6.400h6.700M10 3.400l2.700 2.700L10 8.800"/>`),
  zoomIn: icon(STROKE, `<circle cx="7" cy="7" r="4.300"/><path d="M10.200 10.200L13.500 13.500M7 5.200v3.600M5.200 7h3.600"/>`),
  zoomOut: icon(STROKE, `<circle cx="7" cy="7" r="4.300"/><path d="M10.200 10.200L13.500 13.500M5.200 7h3.600"/>`),
  fit: icon(STROKE, `<path d="M2.500 5.500v-3h3M10.500 2.500h3v3M13.500 10.500v3h-3M5.500 13.500h-3v-3"/>`),
  first: icon(FILL, `<path d="M4 3v10M13 3L6 8l7 5z"/>`),
  back: icon(FILL, `<path d="M12 3L5 8l7 5z"/>`),
  play: icon(FILL, `<path d="M4 3l8 5-8 5z"/>`),
  pause: icon(FILL, `<path d="M5 3v10M11 3v10" stroke-width="2.500"/>`),
  next: icon(FILL, `<path d="M4 3l7 5-7 5z"/>`),
  last: icon(FILL, `<path d="M12 3v10M3 3l7 5-7 5z"/>`),
};
