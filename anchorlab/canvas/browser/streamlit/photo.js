// The photograph travels once, apart from everything that changes while a control moves: it is
// mounted as a component of its own, decoded here and kept under its id for every stage on the page.

import { announce, bus } from "./bus.js";
import { keepPicture } from "./keeping.js";
import { unpack } from "./payload.js";

const SATURATION = 0.55;

// What is not discussed is dimmed: less colour, less light. Done once per photo, pixel by pixel,
// because canvas filters are missing in some browsers.
function dim(image, width, height, brightness) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const ctx = canvas.getContext("2d", { willReadFrequently: true });
  ctx.drawImage(image, 0, 0, width, height);
  const pixels = ctx.getImageData(0, 0, width, height);
  const d = pixels.data;
  for (let i = 0; i < d.length; i += 4) {
    const grey = 0.2126 * d[i] + 0.7152 * d[i + 1] + 0.0722 * d[i + 2];
    for (let c = 0; c < 3; c++) {
      d[i + c] = brightness * (grey + SATURATION * (d[i + c] - grey));
    }
  }
  ctx.putImageData(pixels, 0, 0);
  return canvas;
}

export function photo({ data }) {
  const sent = unpack(data);
  const { id, mime, brightness, bytes } = sent;
  const { photos } = bus();
  keepPicture(sent);
  if (photos.has(id)) {
    announce("photo", { id });
    return;
  }
  const url = URL.createObjectURL(new Blob([bytes], { type: mime }));
  const image = new Image();
  image.onload = () => {
    URL.revokeObjectURL(url);
    const { naturalWidth: width, naturalHeight: height } = image;
    // A handful of photos is plenty for going back and forth; older ones are let go.
    if (photos.size > 6) photos.delete(photos.keys().next().value);
    photos.set(id, { image, dimmed: dim(image, width, height, brightness), width, height });
    announce("photo", { id });
  };
  image.src = url;
}
