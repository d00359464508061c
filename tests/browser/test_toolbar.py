"""The tools over the picture: they cover no label, and at first nothing of the picture."""

import pytest

from tests.browser.canvas import Canvas

# Every text of the last painting, as boxes of the window.
WRITTEN = """(() => {
  const { fillText, clearRect } = CanvasRenderingContext2D.prototype;
  window.__written = [];
  CanvasRenderingContext2D.prototype.clearRect = function (...area) {
    if (this.canvas.className === "marks") __written.length = 0;
    return clearRect.apply(this, area);
  };
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...rest) {
    if (this.canvas.className === "marks") {
      const ratio = this.canvas.width / this.canvas.clientWidth;
      const { e, f } = this.getTransform();
      const { width } = this.measureText(text);
      const left = x + e / ratio - (this.textAlign === "center" ? width / 2 : this.textAlign === "right" ? width : 0);
      __written.push({ text, left, right: left + width, top: y + f / ratio - 6, bottom: y + f / ratio + 6 });
    }
    return fillText.call(this, text, x, y, ...rest);
  };
})();"""
COVERED = """() => {
  const s = anchorlabBus.stage, frame = s.frame.getBoundingClientRect();
  const tools = [...s.toolbar.querySelectorAll("button")].filter((b) => b.offsetParent).map((b) => b.getBoundingClientRect());
  const over = ({ left, right, top, bottom }) => tools.some((t) => left + frame.left < t.right && right + frame.left > t.left
    && top + frame.top < t.bottom && bottom + frame.top > t.top);
  return { count: __written.length, covered: __written.filter(over).map(({ text }) => text),
           inside: tools.some((t) => t.top < frame.bottom && t.bottom > frame.top),
           right: Math.max(...tools.map((t) => t.right)) - frame.left };
}"""
ZOOMED = """(by) => { const s = anchorlabBus.stage, b = s.boxes[0], v = s.viewport;
  v.reset(); v.zoomAt(1.5); v.panBy(20 - v.x(b[0]), by - v.y(b[1])); s.schedule(); }"""


@pytest.mark.parametrize("page", ["home", "anchors", "matching", "offsets", "pyramid", "rosetta"])
def test_the_tools_cover_no_label_at_any_width(lab, page):
    lab.page.add_init_script(WRITTEN)
    query = "ask=low_quality" if page == "rosetta" else ""
    canvas = Canvas(lab.goto(page, query, canvas=True))
    if page != "offsets":
        canvas.select(0)  # its name must be seen
    over = 0
    for width in (1366, 1920, 1000, 820, 700, 390):
        lab.page.set_viewport_size({"width": width, "height": 800})
        canvas.wait("Math.abs(s.viewport.width - s.host.clientWidth) < 1")
        canvas.drawn()
        found = lab.page.evaluate(COVERED)
        assert not found["covered"], (width, found)
        if found["inside"]:
            over += 1
            if page != "offsets":  # which shows what its pair needs
                assert lab.page.evaluate("anchorlabBus.stage.viewport.x(0)") >= found["right"], width
        # Zoomed in, with an object's corner under them.
        for top in (24, 120, 250):
            lab.page.evaluate(ZOOMED, top)
            canvas.drawn()
            found = lab.page.evaluate(COVERED)
            assert found["count"] and not found["covered"], (width, top, found)
        lab.page.evaluate("anchorlabBus.stage.useTool('fit')")
    assert over >= 3, "the tools lie beside the picture: nothing was tested"
