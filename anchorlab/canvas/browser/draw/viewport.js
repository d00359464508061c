// Image pixels <-> canvas pixels. `fit` shows the whole image; zoom and pan are kept on top of it,
// so that a resized window changes neither what is looked at nor how close.

import { clamp } from "../core/boxes.js";

export class Viewport {
  constructor() {
    this.zoom = 1;
    this.panX = 0; // in image pixels, of the view's centre from the home centre
    this.panY = 0;
    this.home = [0, 0, 1, 1]; // the part of the image that zoom 1 shows
    this.tools = null; // what of the canvas the tools cover: a box in its pixels
    this.resize(1, 1, { left: 0, right: 0, top: 0, bottom: 0 });
  }

  // Size of the canvas in CSS pixels, and the margins that a view wants to keep free.
  resize(width, height, margin) {
    this.width = width;
    this.height = height;
    this.margin = margin;
    this.place();
  }

  setTools(box) {
    if (String(box) === String(this.tools)) return;
    this.tools = box;
    this.place();
  }

  setHome(box) {
    if (box.every((value, k) => value === this.home[k])) return;
    this.home = box;
    this.place();
  }

  place() {
    const [x1, y1, x2, y2] = this.home;
    const { left, right, top, bottom } = this.margin;
    const gutter = Math.max(left, this.tools?.[2] ?? 0);
    const tall = Math.max(1, this.height - top - bottom);
    const fit = Math.min(Math.max(1, this.width - gutter - right) / (x2 - x1), tall / (y2 - y1));
    // In the middle, or as far aside as leaves the tools their gutter.
    const middle = Math.max((left + this.width - right) / 2, gutter + (fit * (x2 - x1)) / 2);
    this.scale = fit * this.zoom;
    this.left = middle - ((x1 + x2) / 2 + this.panX) * this.scale;
    this.top = top + tall / 2 - ((y1 + y2) / 2 + this.panY) * this.scale;
  }

  x(value) {
    return this.left + value * this.scale;
  }
  y(value) {
    return this.top + value * this.scale;
  }
  toImage(x, y) {
    return [(x - this.left) / this.scale, (y - this.top) / this.scale];
  }
  box(b) {
    return [this.x(b[0]), this.y(b[1]), this.x(b[2]), this.y(b[3])];
  }

  // Zoom about a point of the canvas, which stays under the pointer.
  zoomAt(factor, x = this.width / 2, y = this.height / 2) {
    const [ix, iy] = this.toImage(x, y);
    this.zoom = clamp(this.zoom * factor, 0.4, 16);
    this.place();
    this.panBy(x - this.x(ix), y - this.y(iy));
  }

  panBy(dx, dy) {
    this.panX -= dx / this.scale;
    this.panY -= dy / this.scale;
    const [x1, y1, x2, y2] = this.home;
    this.panX = clamp(this.panX, x1 - x2, x2 - x1);
    this.panY = clamp(this.panY, y1 - y2, y2 - y1);
    this.place();
  }

  reset() {
    this.zoom = 1;
    this.panX = 0;
    this.panY = 0;
    this.place();
  }

  get moved() {
    return this.zoom !== 1 || this.panX !== 0 || this.panY !== 0;
  }
}
