"""Calls of a component that newer data overtakes.

Streamlit awaits an import before it calls a component. When newer data comes meanwhile, the older call is made all the
same, and its cleanup is run: before or after the newer call, as the browser happens to schedule them. Here every call of
every component is overtaken once.
"""

import json

import numpy as np
import pytest

from anchorlab.canvas import bundle
from anchorlab.canvas.payload import pack
from tests.browser.canvas import Canvas

# The library as the page keeps it, with each of its components called twice: what Streamlit does with the overtaken
# call's cleanup comes after the newer call ("late") or before it ("early").
OVERTAKEN = """(() => {
  let library;
  const twice = (run) => (given) => {
    const older = run(given);
    if (WHEN === "early") older?.();
    const newer = run(given);
    if (WHEN === "late") Promise.resolve(older).then((cleanup) => cleanup?.());
    return newer;
  };
  Object.defineProperty(globalThis, "anchorlabLibrary", {
    get: () => library,
    set: (made) => {
      library = { ...made };
      for (const kind of ["stage", "slot", "bar"]) library[kind] = twice(made[kind]);
    },
  });
})();"""


@pytest.fixture(params=["early", "late"])
def overtaken(lab, request):
    """A visitor whose browser overtakes every call."""
    lab.page.add_init_script(OVERTAKEN.replace("WHEN", json.dumps(request.param)))
    return lab


def go(lab, name):
    with lab.expect_rerun():
        lab.page.get_by_role("link", name=name, exact=True).first.click()
    lab.page.wait_for_function("page => anchorlabBus.stage?.data.view === page", arg=name.lower())
    lab.settled()


def test_the_picture_lives_on(overtaken):
    canvas = Canvas(overtaken.goto("matching", canvas=True))
    overtaken.page.evaluate("window.first = anchorlabBus.stage")
    canvas.press("+")
    zoom = canvas.seen()["zoom"]
    own = canvas.boxes()
    canvas.select(1)
    for _ in range(3):
        with overtaken.expect_rerun():
            canvas.press("ArrowRight")
            canvas.answered()
    np.testing.assert_allclose(canvas.agree()[1], own[1] + [3, 0, 3, 0])
    with overtaken.expect_rerun():
        overtaken.page.get_by_role("slider").last.press("ArrowRight")
    canvas.answered()
    assert overtaken.page.evaluate("anchorlabBus.stage === window.first"), "the canvas was made anew"
    assert canvas.seen()["zoom"] == zoom
    # What stands beside it is still written.
    with overtaken.expect_rerun():
        canvas.press("Control+z")
    canvas.drawn()
    names = overtaken.page.evaluate("[...anchorlabBus.slots.keys()].sort()")
    assert {"answer", "readout", "matrix", "histogram"} <= set(names)
    count = overtaken.page.evaluate("anchorlabBus.stage.stateCounts().positive.toLocaleString('en')")
    assert overtaken.page.locator('[data-count="positive"]').inner_text() == count


def test_what_has_left_the_page_is_let_go(overtaken):
    canvas = Canvas(overtaken.goto("matching", canvas=True))
    overtaken.page.evaluate("window.left = anchorlabBus.stage")
    own = canvas.boxes()
    with overtaken.expect_rerun():
        canvas.draw(430, 20, 520, 110)
    go(overtaken, "NMS")
    assert overtaken.page.evaluate("window.left.abort.signal.aborted && anchorlabBus.stage !== window.left")
    assert overtaken.page.evaluate("[...anchorlabBus.slots.values()].every((e) => e.isConnected)")
    assert "matrix" not in overtaken.page.evaluate("[...anchorlabBus.slots.keys()]")
    go(overtaken, "Matching")
    # Two canvases that hear the same key would take back two steps.
    with overtaken.expect_rerun():
        overtaken.page.get_by_role("slider").last.press("ArrowRight")
    with overtaken.expect_rerun():
        overtaken.page.get_by_role("slider").last.press("Control+z")
    assert len(canvas.agree()) == 4 and canvas.python().matching.threshold.high == 0.5
    with overtaken.expect_rerun():
        overtaken.page.get_by_role("slider").last.press("Control+z")
    np.testing.assert_array_equal(canvas.agree(), own)


# ---- the scripts alone, in an empty page

SCRIPTS = """async ([library, loaders]) => {
  const load = async (text) => (await import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })))).default;
  window.library = await load(library);
  window.loaders = Object.fromEntries(await Promise.all(Object.entries(loaders).map(async ([kind, text]) => [kind, await load(text)])));
  window.mount = () => {
    const host = document.body.appendChild(document.createElement("div"));
    const root = host.attachShadow({ mode: "open" });
    root.innerHTML = '<div class="slot" data-unstyled></div>';
    return root;
  };
  window.photo = () => window.library({ data: Uint8Array.from(window.photoBytes), parentElement: mount() });
}"""


@pytest.fixture
def scripts(lab):
    """An empty page with the loaders, and the library that has not come yet."""
    lab.page.goto(f"{lab.server.url}/_stcore/health")
    lab.page.evaluate(SCRIPTS, [bundle.library(), {"slot": bundle.loader("slot")}])
    photo = pack({"id": "p", "mime": "image/png", "brightness": 1.0, "bytes": np.zeros(4, np.uint8)})
    lab.page.evaluate("bytes => (window.photoBytes = bytes)", list(photo))
    return lab.page


def test_of_the_calls_that_wait_for_the_library_the_newest_is_made(scripts):
    found = scripts.evaluate("""() => {
      const root = mount(), gone = mount();
      const call = (name) => loaders.slot({ parentElement: root, data: { name } });
      const cleanups = [call("older"), call("newer")];
      cleanups[0]();
      loaders.slot({ parentElement: gone, data: { name: "gone" } });
      gone.host.remove();
      photo();
      const then = [...anchorlabBus.slots.keys()];
      root.host.remove();
      cleanups[1]();
      return [then, [...anchorlabBus.slots.keys()]];
    }""")
    assert found == [["newer"], []]
