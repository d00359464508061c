// The photo on a canvas: once dimmed on the ground, once lit and out of sight. Both are scaled only
// when zoom, pan, size or scene change; while boxes move, light is copied from the lit one, pixel by
// pixel.

import { clamp } from "../core/boxes.js";

export class Picture {
  // `ground` is the visible canvas that gets the dimmed photo.
  constructor(ground) {
    this.ground = ground;
    this.lit = document.createElement("canvas");
    this.key = "";
  }

  // `photo`: {image, dimmed} or undefined while it loads; `size`: of the image in its own pixels.
  paint(viewport, photo, id, size, ratio, unit) {
    this.viewport = viewport;
    this.size = size;
    this.ratio = ratio;
    const v = viewport;
    const key = [v.width, v.height, v.left, v.top, v.scale, photo ? id : "", ratio].join();
    if (key === this.key) return;
    this.key = key;
    this.ready = Boolean(photo);
    const place = [v.left, v.top, size.width * v.scale, size.height * v.scale];
    const ctx = this.ground.getContext("2d");
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.fillStyle = PALETTE.outside;
    ctx.fillRect(0, 0, v.width, v.height);
    ctx.strokeStyle = PALETTE.hatch;
    ctx.lineWidth = 1;
    ctx.beginPath();
    for (let x = -v.height; x < v.width; x += 9 * unit) {
      ctx.moveTo(x, v.height);
      ctx.lineTo(x + v.height, 0);
    }
    ctx.stroke();
    if (!photo) return;
    ctx.imageSmoothingQuality = "high";
    ctx.drawImage(photo.dimmed, ...place);
    this.lit.width = this.ground.width;
    this.lit.height = this.ground.height;
    const light = this.lit.getContext("2d");
    light.setTransform(ratio, 0, 0, ratio, 0, 0);
    light.imageSmoothingQuality = "high";
    light.drawImage(photo.image, ...place);
  }

  // Lights one box of the image.
  light(ctx, b, alpha = 1) {
    this.lightUnion(ctx, [b], alpha);
  }

  // Lights the whole image through a small canvas laid over `box`, whose opacity says how much.
  lightThrough(ctx, mask, box) {
    if (!this.ready) return;
    const { viewport: v } = this;
    this.veil ??= document.createElement("canvas");
    this.veil.width = this.lit.width;
    this.veil.height = this.lit.height;
    const veil = this.veil.getContext("2d");
    veil.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    veil.imageSmoothingEnabled = false;
    const [x1, y1, x2, y2] = v.box(box);
    veil.drawImage(mask, x1, y1, x2 - x1, y2 - y1);
    veil.globalCompositeOperation = "source-in";
    veil.drawImage(this.lit, 0, 0, this.lit.width / this.ratio, this.lit.height / this.ratio);
    ctx.drawImage(this.veil, 0, 0, this.lit.width / this.ratio, this.lit.height / this.ratio);
  }

  // Lights the union of boxes, each spot once however often they overlap.
  lightUnion(ctx, boxes, alpha) {
    if (!this.ready || !boxes.length) return;
    const { viewport: v, ratio } = this;
    const { width: W, height: H } = this.size;
    const edge = (value, last) => Math.round(clamp(value, 0, last) * ratio);
    ctx.save();
    ctx.globalAlpha = alpha;
    const parts = boxes.map((b) => {
      const x1 = edge(v.x(clamp(b[0], 0, W)), v.width);
      const y1 = edge(v.y(clamp(b[1], 0, H)), v.height);
      const x2 = edge(v.x(clamp(b[2], 0, W)), v.width);
      const y2 = edge(v.y(clamp(b[3], 0, H)), v.height);
      return [x1, y1, Math.max(0, x2 - x1), Math.max(0, y2 - y1)];
    });
    if (parts.length > 1) {
      ctx.beginPath();
      for (const [x, y, w, h] of parts) ctx.rect(x / ratio, y / ratio, w / ratio, h / ratio);
      ctx.clip();
    }
    const [left, top] = [Math.min(...parts.map((p) => p[0])), Math.min(...parts.map((p) => p[1]))];
    const right = Math.max(...parts.map((p) => p[0] + p[2]));
    const bottom = Math.max(...parts.map((p) => p[1] + p[3]));
    const area = [left, top, right - left, bottom - top];
    if (area[2] > 0 && area[3] > 0) ctx.drawImage(this.lit, ...area, ...area.map((value) => value / ratio));
    ctx.restore();
  }
}
