// Runs in every page before the app does: clocks from a key press to the picture, and from frame to frame.
(() => {
  const probe = (window.__probe = { key: 0, seen: 0, frames: [], recording: false });

  // A frame callback runs before its frame is painted, a message it posts runs after.
  const afterPaint = (run) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = run;
      port2.postMessage(0);
    });
  // The first sign of the answer to the last key.
  const answer = () => afterPaint(() => { if (probe.key && !probe.seen) probe.seen = performance.now(); });

  // Capture phase on window: before the app's own handlers. timeStamp is when the key arrived in the browser.
  addEventListener("keydown", (event) => { probe.key = event.timeStamp; probe.seen = 0; }, true);
  addEventListener("anchorlab:painted", answer);
  probe.watchText = (selector) =>
    new MutationObserver(answer).observe(document.querySelector(selector),
                                         { characterData: true, childList: true, subtree: true });

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
