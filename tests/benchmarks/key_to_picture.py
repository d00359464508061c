"""From a key press to the painted picture, for every control of every page, beside a yardstick.

    python -m tests.benchmarks.key_to_picture [--presses 9] [--pages nms,rosetta] [--dense QUERY] [--training]

The yardstick is a Streamlit page that only writes the value of one control of the same kind (text_only_app.py): same
settings, same browser, same clocks, and a key is pressed there for every key that is pressed in the app. A press begins
with the key's time stamp in the browser and ends with the task after the frame that shows the answered picture: the one
that is still there, but for rounding, when everything has been answered. A repaint that shows something else does not
count, and a press after which the picture is what it was is left out. Beside it stands the first picture that followed
Python's answer, which may be the same one painted again. What only Python can answer, as most lists, is as quick as that.
Also: opening each page on a warm server, frames while a box is drawn over many anchors, and the server's part of a
rerun (request sent to "script finished" received). Prints Markdown.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, TimeoutError

from tests.benchmarks.controls import KINDS, Control, find_controls
from tests.browser.driver import SEEN, Lab, Server, median, open_browser
from tests.places import PAGES

PROBE = SEEN + (Path(__file__).parent / "probe.js").read_text()
TEXT_ONLY = Path(__file__).parent / "text_only_app.py"
WARM_UP = 3
PATIENCE_MS = 2_000
Yardstick = tuple[Lab, Control]
SIXTY_HERTZ_MS = 17.5
"""A frame is on time up to this long: 1/60 s and the jitter of the clock."""


def visit(browser: Browser, server: Server, page: str, query: str = "", *, canvas: bool = True) -> Lab:
    lab = Lab(browser, server)
    lab.page.add_init_script(PROBE)
    lab.goto(page, query, canvas=canvas)
    if canvas:
        lab.page.evaluate("window.__probe.watchPicture()")
    return lab


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


class Press(NamedTuple):
    """Milliseconds: from the key to the answered picture, to the first picture after Python's answer, and of the server."""

    picture: float
    python: float
    served: float


def press(lab: Lab, control: Control) -> Press | None:
    """One press; None if it changes nothing that is seen."""
    before = lab.reruns()
    lab.page.evaluate("window.__probe.start()")
    try:
        control.press()
        lab.page.wait_for_function("n => window.__wire.sent > n", arg=before, timeout=PATIENCE_MS)
    except TimeoutError:  # nothing is asked of Python, or the control has gone: another one hides it
        return None
    lab.settled()
    answer = lab.page.evaluate("window.__probe.answer()")
    return answer and Press(**answer, served=lab.rerun_ms())


def press_many(lab: Lab, control: Control, yardstick: Yardstick, presses: int) -> list[tuple[Press, Press]]:
    """Presses after the warm-up that change the picture, each with one on the text-only page."""
    found, changed = [], False
    for count in range(WARM_UP + presses):
        pressed, beside = press(lab, control), press(*yardstick)
        changed = changed or pressed is not None
        if count >= WARM_UP and pressed and beside:
            found.append((pressed, beside))
        if count >= 2 and not changed:  # it changes something else than the picture
            break
    return found


def yardsticks(browser: Browser, server: Server) -> dict[str, Yardstick]:
    """The text-only page with each kind of control."""
    found = {}
    for kind in KINDS:
        lab = visit(browser, server, "/", f"?kind={kind}", canvas=False)
        lab.page.evaluate("""window.__probe.watchText('[data-testid="stMarkdown"]')""")
        (control,) = find_controls(lab.page)
        found[kind] = lab, control
    return found


HEAD = (
    "\nMilliseconds, medians; ratio = median / median of the presses between them on the text-only page.\n\n"
    "| page | control | n | text only | picture | p95 | ratio | after Python's answer | ratio | server's part |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)


def press_all(lab: Lab, page: str, beside: dict[str, Yardstick], presses: int) -> None:
    """A row for every control of the page that is open."""
    for control in find_controls(lab.page):
        found = press_many(lab, control, beside[control.kind], presses)
        row = f"| {page} | {control.kind}: {control.label} | {len(found)} |"
        if not found:
            print(f"{row} | does not change the picture | | | | | |", flush=True)
            continue
        text, picture, python, served = (
            median([getattr(pair[side], name) for pair in found])
            for side, name in ((1, "picture"), (0, "picture"), (0, "python"), (0, "served"))
        )
        slow = percentile([pressed.picture for pressed, _ in found], 0.95)
        print(
            f"{row} {text:.1f} | {picture:.1f} | {slow:.1f} | {picture / text:.2f} "
            f"| {python:.1f} | {python / text:.2f} | {served:.1f} |",
            flush=True,
        )


def keys(browser: Browser, server: Server, pages: list[str], presses: int) -> None:
    print(f"\n## Key to picture\n{HEAD}")
    with Server(TEXT_ONLY) as text_only:
        beside = yardsticks(browser, text_only)
        for page in pages:
            lab = visit(browser, server, page)
            press_all(lab, page, beside, presses)
            lab.close()
        for lab, _ in beside.values():
            lab.close()


def opening(browser: Browser, server: Server, pages: list[str], times: int = 7) -> None:
    print(
        "\n## Opening a page\n\nWarm server, warm browser cache: navigation start to first painted picture, ms.\n"
    )
    print("| page | n | median | slowest |\n|---|---|---|---|")
    for page in pages:
        lab = visit(browser, server, page)
        first = []
        for _ in range(times):
            lab.goto(page, canvas=True)
            first.append(lab.page.evaluate("window.__wire.painted[0].at"))
        lab.close()
        print(f"| {page} | {times} | {median(first):.0f} | {max(first):.0f} |", flush=True)


def dragging(browser: Browser, server: Server, dense: str) -> None:
    """A box is drawn by its corner, round and round, over more anchors than anyone needs."""
    lab = visit(browser, server, "matching", dense)
    lab.page.get_by_role("button", name="Draw a box").click()
    frame = lab.page.locator(".frame").bounding_box()
    x, y, w, h = frame["x"], frame["y"], frame["width"], frame["height"]
    mouse = lab.page.mouse
    mouse.move(x + 0.3 * w, y + 0.3 * h)
    mouse.down()
    lab.page.evaluate("window.__probe.recordFrames()")
    for step in range(180):
        phase = abs(step % 60 - 30) / 30
        mouse.move(x + (0.45 + 0.3 * phase) * w, y + (0.45 + 0.3 * phase) * h)
    frames = lab.page.evaluate("(window.__probe.recording = false, window.__probe.frames)")
    mouse.up()
    lab.settled()
    lab.close()
    on_time = sum(ms <= SIXTY_HERTZ_MS for ms in frames) / len(frames)
    print(
        f"\n## Dragging\n\nmatching?{dense}: {len(frames)} frames, {on_time:.0%} within {SIXTY_HERTZ_MS} ms,",
        end=" ",
    )
    print(f"median {median(frames):.1f}, slowest {max(frames):.1f} ms.")


def train(browser: Browser, server: Server) -> None:
    """Another visitor trains for some minutes."""
    other = visit(browser, server, "training", "train.steps=4000")
    other.page.get_by_role("button", name="Train", exact=True).click()
    other.page.wait_for_function("anchorlabBus.stage.data.job?.step > 0", timeout=300_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--presses", type=int, default=9, help="per control, after the warm-up (default 9)")
    parser.add_argument("--pages", default=",".join(PAGES), help="some of them, joined by commas")
    parser.add_argument("--dense", default="stride=8", help="query string that gives 25,000 anchors or more")
    parser.add_argument(
        "--training", action="store_true", help="only key presses, while another visitor trains"
    )
    arguments = parser.parse_args()
    pages = arguments.pages.split(",")
    with open_browser() as browser, Server() as server:
        if arguments.training:
            train(browser, server)
        keys(browser, server, pages, arguments.presses)
        if arguments.training:
            return
        opening(browser, server, pages)
        dragging(browser, server, arguments.dense)


if __name__ == "__main__":
    main()
