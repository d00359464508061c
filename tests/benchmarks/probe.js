// Runs in every page before the app does, after seen.js: clocks from a key press to the picture, and from frame to frame.
(() => {
  const probe = (window.__probe = { frames: [], recording: false });
  let look = () => []; // what is seen, part by part
  let said = () => null; // what Python said last
  let key = 0; // when the last key came
  let before = null; // what was seen before it, and what Python had said
  let paints = []; // since the last key: { at, seen, told }

  // A frame callback runs before its frame is painted, a message it posts runs after.
  const afterPaint = (run) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = run;
      port2.postMessage(0);
    });
  const now = () => ({ at: performance.now(), seen: look(), told: said() });
  const painted = () => key && afterPaint(() => paints.push(now()));

  // Capture phase on window: before the app's own handlers. timeStamp is when the key arrived in the browser.
  addEventListener("keydown", (event) => { key = event.timeStamp; paints = []; }, true);

  probe.watchText = (selector) => {
    const text = document.querySelector(selector);
    said = () => text.textContent;
    look = () => [said()];
    new MutationObserver(painted).observe(text, { characterData: true, childList: true, subtree: true });
  };

  probe.watchPicture = () => {
    look = __seen.picture;
    said = () => anchorlabBus.stage.data;
    const stage = anchorlabBus.stage.constructor.prototype;
    const { paint } = stage;
    stage.paint = function () {
      paint.call(this);
      painted();
    };
  };

  probe.start = () => {
    key = 0;
    before = now();
  };
  // Once all has been answered: how long after the key the picture that is seen now was there to stay, and how long
  // after it the first one that followed Python's answer; null if the key changed nothing that is seen.
  probe.answer = () => {
    const { seen } = now();
    if (__seen.same(seen, before.seen)) return null;
    const stays = paints.findLastIndex((paint) => !__seen.same(paint.seen, seen)) + 1;
    return { picture: paints[stays].at - key, python: paints.find(({ told }) => told !== before.told)?.at - key };
  };

  probe.recordFrames = () => {
    probe.frames = [];
    probe.recording = true;
    let last = 0;
    const tick = (now) => {
      if (last) probe.frames.push(now - last);
      last = now;
      if (probe.recording) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  };
})();
