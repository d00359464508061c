// Mouse, pen and fingers on the picture: a press becomes a click, an edit, a pan, a pinch, or what
// the view wants of it.

export class Pointer {
  constructor(stage, on) {
    this.stage = stage;
    this.pointers = new Map();
    const { frame } = stage;
    on(frame, "pointerdown", (e) => this.pointerDown(e));
    on(frame, "pointermove", (e) => this.pointerMove(e));
    on(frame, "pointerup", (e) => this.pointerUp(e));
    on(frame, "pointercancel", (e) => this.pointerUp(e, true));
    on(frame, "pointerleave", () => stage.setHover(null));
    // What is dragged across the border must not select the text outside.
    on(frame, "mousedown", (e) => e.preventDefault());
    on(frame, "wheel", (e) => this.wheel(e), { passive: false });
    on(frame, "touchstart", (e) => this.touchStart(e), { passive: false });
  }

  where(e) {
    const { stage } = this;
    const r = stage.frame.getBoundingClientRect();
    const point = [e.clientX - r.left, e.clientY - r.top];
    // A view that shows the picture twice says which point of the first a point of the second is.
    return stage.view?.fold?.(stage, point, Boolean(this.gesture)) ?? point;
  }

  reach(e) {
    const { stage } = this;
    return (e.pointerType === "touch" ? 18 : 7) * stage.unit;
  }

  // What a press at a point takes hold of: something of the view's, or a box by its border. A mouse takes any; a
  // finger, which also scrolls the page, only handles and what is selected.
  grasp(x, y, reach, finger) {
    const { stage } = this;
    const grabbed = stage.tool === "select" ? stage.view.grabs?.(stage, x, y, reach, finger) : null;
    if (grabbed) return { grabbed };
    const hit = stage.editing() ? stage.editor.hit(x, y, reach) : null;
    return { hit, own: Boolean(hit) && (!finger || hit.index === stage.object) };
  }

  // The browser scrolls with one finger unless it is told at once that the finger is wanted here.
  touchStart(e) {
    const { stage } = this;
    const [x, y] = this.where(e.targetTouches[0]);
    const { grabbed, own } = this.grasp(x, y, this.reach({ pointerType: "touch" }), true);
    if (e.targetTouches.length > 1 || stage.tool === "draw" || grabbed || own) e.preventDefault();
  }

  pointerDown(e) {
    const { stage } = this;
    if (e.button > 1) return;
    const [x, y] = this.where(e);
    this.pointers.set(e.pointerId, [x, y]);
    if (this.pointers.size === 2) {
      this.abandon();
      this.gesture = { kind: "pinch" };
      return;
    }
    stage.flush();
    stage.frame.focus({ preventScroll: true });
    stage.frame.setPointerCapture(e.pointerId);
    if (e.button === 1) {
      this.gesture = { kind: "pan", x, y };
      return;
    }
    const finger = e.pointerType === "touch";
    const { grabbed, hit, own } = this.grasp(x, y, this.reach(e), finger);
    if (grabbed) {
      this.gesture = { kind: "view", x, y, grabbed };
    } else if (stage.editing() && (stage.tool === "draw" || (own && !hit.inside))) {
      stage.editor.begin(hit, x, y);
      this.gesture = { kind: "edit", x, y };
    } else {
      // A press inside the selected box may become a move, elsewhere a pan; without either it is a click.
      this.gesture = { kind: "press", x, y, hit, finger };
    }
  }

  pointerMove(e) {
    const { stage } = this;
    const [x, y] = this.where(e);
    const { gesture } = this;
    if (gesture?.kind === "pinch") {
      if (this.pointers.size === 2 && this.pointers.has(e.pointerId)) this.pinch(e.pointerId, x, y);
      return;
    }
    if (!gesture) {
      const { grabbed, hit } = this.grasp(x, y, this.reach(e));
      stage.frame.style.cursor = stage.editor.cursor(hit && !hit.inside ? hit : null) ?? grabbed?.cursor ?? "";
      const [ix, iy] = stage.viewport.toImage(x, y);
      stage.setHover(stage.view.hover?.(stage, ix, iy, x, y) ?? null);
      return;
    }
    if (gesture.kind === "press" && Math.hypot(x - gesture.x, y - gesture.y) > (gesture.finger ? 10 : 4)) {
      if (gesture.hit?.inside) {
        stage.editor.begin(gesture.hit, gesture.x, gesture.y);
        gesture.kind = "edit";
      } else if (gesture.finger) {
        gesture.kind = "swipe"; // the browser's
      } else if (stage.editing() && !stage.boxes.length) {
        stage.setTool("draw"); // nothing else could be meant
        stage.editor.begin(null, gesture.x, gesture.y);
        gesture.kind = "edit";
      } else {
        gesture.kind = "pan";
      }
    }
    if (gesture.kind === "edit") stage.editor.move(x, y);
    if (gesture.kind === "view") {
      stage.view.drag(stage, gesture.grabbed, x, y);
      stage.schedule();
    }
    if (gesture.kind === "pan") {
      stage.viewport.panBy(x - gesture.x, y - gesture.y);
      gesture.x = x;
      gesture.y = y;
      stage.schedule();
    }
  }

  pointerUp(e, cancelled = false) {
    const { stage } = this;
    const [x, y] = this.where(e);
    this.pointers.delete(e.pointerId);
    const { gesture } = this;
    if (gesture?.kind === "pinch") {
      if (!this.pointers.size) this.gesture = null;
      return;
    }
    if (cancelled) {
      this.abandon();
      return;
    }
    this.gesture = null;
    if (!gesture) return;
    if (gesture.kind === "view") {
      stage.view.drop?.(stage, gesture.grabbed);
    } else if (gesture.kind === "edit") {
      if (!stage.editor.end() && stage.tool === "select") stage.schedule();
    } else if (gesture.kind === "press") {
      if (gesture.hit && !gesture.hit.inside) stage.selectObject(gesture.hit.index);
      else this.click(x, y, e.shiftKey);
    }
    stage.schedule();
  }

  // Nothing comes of what was begun: the browser scrolls, or a second finger has come.
  abandon() {
    const { stage, gesture } = this;
    this.gesture = null;
    stage.editor.cancel();
    if (gesture?.kind === "view") stage.view.drop?.(stage, gesture.grabbed, true);
    stage.schedule();
  }

  click(x, y, shift) {
    const { stage } = this;
    const [ix, iy] = stage.viewport.toImage(x, y);
    stage.view.click?.(stage, ix, iy, x, y, shift);
    stage.schedule();
  }

  pinch(id, x, y) {
    const { stage } = this;
    const [a, b] = [...this.pointers.entries()];
    const other = a[0] === id ? b[1] : a[1];
    const old = this.pointers.get(id);
    const before = Math.hypot(old[0] - other[0], old[1] - other[1]);
    const after = Math.hypot(x - other[0], y - other[1]);
    stage.viewport.panBy((x - old[0]) / 2, (y - old[1]) / 2);
    if (before > 0) stage.viewport.zoomAt(after / before, (x + other[0]) / 2, (y + other[1]) / 2);
    this.pointers.set(id, [x, y]);
    stage.schedule();
  }

  wheel(e) {
    const { stage } = this;
    // The wheel alone scrolls the page; with Ctrl (and for pinches on a touchpad) it zooms.
    if (!e.ctrlKey && !e.metaKey) return;
    e.preventDefault();
    const [x, y] = this.where(e);
    stage.viewport.zoomAt(Math.exp(-e.deltaY / 300), x, y);
    stage.schedule();
  }
}
