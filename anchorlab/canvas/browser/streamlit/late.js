// An answer that takes long says so, calmly and in place: after 200 ms the last picture is shown at 60 %, under a bar of
// two pixels. Whether Python is at work is read from Streamlit's own mark on the page; what it shows is never taken away.

const AFTER_MS = 200;
const APP = '[data-testid="stApp"]';
const MARK = "data-test-script-state";

export class Late {
  constructor(stage) {
    this.stage = stage;
    this.app = document.querySelector(APP);
    this.running = this.atWork();
    this.observer = new MutationObserver(() => this.look());
    if (this.app) this.observer.observe(this.app, { attributes: true, attributeFilter: [MARK] });
  }

  atWork() {
    return this.app?.getAttribute(MARK) === "running";
  }

  // A rerun began or ended.
  look() {
    const running = this.atWork();
    if (running === this.running) return;
    this.running = running;
    clearTimeout(this.timer);
    if (running) this.timer = setTimeout(() => this.show(!this.foreseen()), AFTER_MS);
    else this.show(false);
  }

  // Whether the picture shows already what Python is going to say: it follows what was moved or drawn here.
  foreseen() {
    const { view, settings, messages } = this.stage;
    return (view.settingChanged && settings.moved.size > 0) || messages.waiting;
  }

  // The picture is there; what of the page still follows is not waited for.
  answered() {
    clearTimeout(this.timer);
    this.show(false);
  }

  show(late) {
    const { frame } = this.stage;
    if (frame.classList.contains("late") === late) return;
    frame.classList.toggle("late", late);
    if (late) frame.setAttribute("aria-busy", "true");
    else frame.removeAttribute("aria-busy");
  }

  stop() {
    clearTimeout(this.timer);
    this.observer.disconnect();
  }
}
