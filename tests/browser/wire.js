// Runs in every page before the app does. It counts what goes over Streamlit's socket, because the page's own
// data-test-script-state misses a fast rerun whose "running" and "notRunning" React renders in one go.
// Only the outermost protobuf field numbers are read:
//   to the browser  4 = new_session, 6 = script_finished (0 done, 1 compile error, 2 stopped early to rerun, 3 fragment)
//   to the server  11 = rerun_script
// tests/browser/test_driver.py holds these numbers against the installed Streamlit.
(() => {
  const wire = (window.__wire = { sent: 0, started: 0, finished: 0, sentAt: 0, finishedAt: 0, status: null, bytes: 0,
                                  runs: [], painted: [], slow: 0 });

  const varint = (u, i) => {
    let value = 0, scale = 1;
    for (;;) {
      const byte = u[i++];
      value += (byte & 127) * scale;
      scale *= 128;
      if (byte < 128) return [value, i];
    }
  };
  // {field number: value of a varint, or length of a message}
  const fields = (u) => {
    const found = {};
    for (let i = 0, tag, n; i < u.length; ) {
      [tag, i] = varint(u, i);
      const field = tag >>> 3, kind = tag & 7;
      if (kind === 0) [found[field], i] = varint(u, i);
      else if (kind === 2) { [n, i] = varint(u, i); found[field] = n; i += n; }
      else if (kind === 5) i += 4;
      else if (kind === 1) i += 8;
      else break;
    }
    return found;
  };

  const received = (buffer) => {
    const u = new Uint8Array(buffer), f = fields(u);
    wire.bytes += u.length;
    // A session runs one script at a time: a run that was replaced by another never says that it ended.
    if (4 in f) wire.started = wire.finished + 1;
    if (6 in f) {
      wire.finished++;
      wire.finishedAt = performance.now();
      wire.status = f[6];
      // "Stopped early" is not an answer yet: the run that replaces it is.
      if (f[6] !== 2) wire.runs.push(wire.finishedAt - wire.sentAt);
    }
  };
  const bytesOf = (data) =>
    data instanceof ArrayBuffer ? new Uint8Array(data)
    : ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : null;

  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(...args) {
      super(...args);
      // A new connection cannot finish what an old one started.
      this.addEventListener("open", () => { wire.started = wire.finished = 0; });
      this.addEventListener("message", (event) => {
        if (event.data instanceof Blob) event.data.arrayBuffer().then(received);
        else if (event.data instanceof ArrayBuffer) received(event.data);
      });
    }
    send(data) {
      const u = bytesOf(data);
      if (u && 11 in fields(u)) { wire.sent++; wire.sentAt = performance.now(); }
      return super.send(data);
    }
  };

  // Nothing is under way: the last request has been answered, by a run that was not cut short, and no newer run began.
  // `quiet` ms must have passed, so that a debounced widget or a queued rerun has had time to speak up.
  window.__settled = (quiet) => {
    const app = document.querySelector('[data-testid="stApp"]');
    return !!app && wire.sent > 0 && wire.finished > 0 && wire.started === wire.finished && wire.status !== 2
      && wire.finishedAt > wire.sentAt && performance.now() - wire.finishedAt > quiet
      && app.dataset.testConnectionState === "CONNECTED" && app.dataset.testScriptState === "notRunning"
      && !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]');
  };

  // The canvas says when it has painted what Python sent last.
  window.addEventListener("anchorlab:painted", (event) =>
    wire.painted.push({ ...event.detail, at: performance.now() }));
})();
