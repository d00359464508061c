// Small pictures of the photo with marks of their own, each on a canvas of twice its size.

import { Marks } from "./marks.js";
import { Picture } from "./picture.js";
import { Viewport } from "./viewport.js";

const UNIT = 0.62; // of marks, in the page's
const pictures = new WeakMap(); // canvas -> its Picture

// A view of so many pixels on a part of the photo; `filled`: of the whole photo, which leaves no margin.
export function smallViewport(width, height, home, filled = false) {
  const viewport = new Viewport();
  viewport.resize(width, height, { left: 0, right: 0, top: 0, bottom: 0 });
  viewport.setHome(home);
  if (filled) viewport.zoom = Math.max(width / home[2], height / home[3]) / Math.min(width / home[2], height / home[3]);
  viewport.place();
  return viewport;
}

// Paints the dimmed photo; returns what draws and lights on it: { ctx, marks, picture }.
export function smallPicture(stage, canvas, viewport) {
  const picture = pictures.get(canvas) ?? new Picture(document.createElement("canvas"));
  pictures.set(canvas, picture);
  const { ground } = picture;
  if (ground.width !== canvas.width) [ground.width, ground.height] = [canvas.width, canvas.height];
  picture.paint(viewport, stage.photoImage, stage.photo.id, stage.photo, 2, UNIT);
  const ctx = canvas.getContext("2d");
  ctx.setTransform(2, 0, 0, 2, 0, 0);
  ctx.drawImage(ground, 0, 0, viewport.width, viewport.height);
  return { ctx, picture, marks: new Marks(ctx, viewport, UNIT, stage.font) };
}
