// What this browser tab keeps over a reload, in its own storage: an uploaded picture as it is shown, and predictions.
// The storage goes with the tab; it holds about five million characters and may be forbidden or full.

import { announce, bus } from "./bus.js";

const PICTURE = "anchorlab.picture";
const PREDICTIONS = "anchorlab.predictions";

function forget(name) {
  try {
    sessionStorage.removeItem(name);
  } catch {
    // A storage that is forbidden holds nothing.
  }
}

// Returns whether there was room; where there was not, nothing is left, not even what was there before.
function write(name, value) {
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    forget(name);
    return false;
  }
}

function read(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name));
  } catch {
    return null;
  }
}

function said(id, kept) {
  bus().kept = { id, kept };
  announce("kept");
}

// Keeps an uploaded picture with what else is known of it: `keep`, which pictures of our own do not have.
export function keepPicture({ id, mime, bytes, keep }) {
  if (!keep || bus().kept?.id === id) return;
  const reader = new FileReader();
  reader.onload = () => {
    const value = { id, ...keep, data: reader.result.slice(reader.result.indexOf(",") + 1) };
    let kept = write(PICTURE, value);
    if (!kept) {
      forget(PREDICTIONS); // which are easier to come by
      kept = write(PICTURE, value);
    }
    said(id, kept);
  };
  reader.readAsDataURL(new Blob([bytes], { type: mime }));
}

// What Python says besides: that everything was reset, and the predictions ({} none, null: those that are there stay).
export function keep({ data }) {
  if (data.forget) {
    forget(PICTURE);
    forget(PREDICTIONS);
    said(null, false);
  }
  if (data.predictions?.text) write(PREDICTIONS, data.predictions);
  else if (data.predictions) forget(PREDICTIONS);
}

// What is kept of this picture, and of the predictions for that one; null where it is something else.
export function keptOf({ photo, predictions }) {
  const picture = photo ? read(PICTURE) : null;
  const found = predictions ? read(PREDICTIONS) : null;
  return {
    picture: picture?.id === photo ? picture : null,
    predictions: found?.picture === predictions ? found.text : null,
  };
}
