// What is seen of the canvas, and whether it is the same: for tests and benchmarks.
(() => {
  const ROUNDING = 4; // of 255: how far two colours part where coordinates do in their last digits
  const pixels = (canvas) => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const alike = (a, b) =>
    typeof a === "string" ? a === b : a.length === b.length && a.every((v, k) => Math.abs(v - b[k]) <= ROUNDING);

  window.__seen = {
    // The picture, part by part: the photo, the marks on it, the formulas under it.
    picture() {
      const { base, marksCanvas, stripElement } = anchorlabBus.stage;
      return [pixels(base), pixels(marksCanvas), stripElement.innerHTML];
    },
    same: (a, b) => a.every((part, k) => alike(part, b[k])),
  };
})();
