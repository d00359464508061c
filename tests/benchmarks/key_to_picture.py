"""From a key press to the painted picture, for every control of every page, in one run with its yardstick.

    python -m tests.benchmarks.key_to_picture [--presses 20] [--dense QUERY]

The yardstick is a Streamlit page that only writes the value of one control of the same kind (text_only_app.py),
same settings, same browser, same clocks: from the time stamp of the key press in the browser to the task after the frame that shows the
answer. For the app the answer is the canvas's "anchorlab:painted" event, for the yardstick its changed paragraph.
Also: opening each page on a warm server, frames while a box is drawn over many anchors, and the server's part of a
rerun (request sent to "script finished" received). Prints Markdown.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from playwright.sync_api import Browser, TimeoutError

from tests.benchmarks.controls import KINDS, Control, find_controls
from tests.browser.driver import Lab, Server, median, open_browser
from tests.places import PAGES

HERE = Path(__file__).parent
PROBE = (HERE / "probe.js").read_text()
WARM_UP = 5
PATIENCE_MS = 2_000
SIXTY_HERTZ_MS = 17.5
"""A frame is on time up to this long: 1/60 s and the jitter of the clock."""


def visit(browser: Browser, server: Server, page: str, query: str = "", *, canvas: bool = True) -> Lab:
    lab = Lab(browser, server)
    lab.page.add_init_script(PROBE)
    return lab.goto(page, query, canvas=canvas)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def press_many(lab: Lab, control: Control, presses: int) -> tuple[list[float], list[float]]:
    """Presses after the warm-up: (key to picture ms, server's part ms); a press nothing answers is left out."""
    seen, served, answered = [], [], 0
    for press in range(WARM_UP + presses):
        before = lab.reruns()
        try:
            control.press()
            lab.page.wait_for_function("window.__probe.seen > 0", timeout=PATIENCE_MS)
        except TimeoutError:  # no answer, or the control has gone: another one hides it
            if press > 1 and not answered:  # it changes something else than the picture
                break
            continue
        answered += 1
        if lab.reruns() > before:
            lab.settled()
        if press >= WARM_UP:
            seen.append(lab.page.evaluate("window.__probe.seen - window.__probe.key"))
            if lab.reruns() > before:
                served.append(lab.rerun_ms())
    return seen, served


def yardsticks(browser: Browser, presses: int) -> dict[str, float]:
    """Medians of the text-only page, by kind of control."""
    medians = {}
    with Server(HERE / "text_only_app.py") as server:
        for kind in KINDS:
            lab = visit(browser, server, "/", f"?kind={kind}", canvas=False)
            lab.page.evaluate("""window.__probe.watchText('[data-testid="stMarkdown"]')""")
            (control,) = find_controls(lab.page)
            seen, served = press_many(lab, control, presses)
            lab.close()
            medians[kind] = median(seen)
            print(
                f"| text only | {kind} | {len(seen)} | {median(seen):.1f} | {percentile(seen, 0.95):.1f} | 1.00 "
                f"| {median(served):.1f} |",
                flush=True,
            )
    return medians


def press_all(lab: Lab, page: str, base: dict[str, float], presses: int) -> None:
    """A row for every control of the page that is open, beside the yardsticks."""
    for control in find_controls(lab.page):
        seen, served = press_many(lab, control, presses)
        row = f"| {page} | {control.kind}: {control.label} | {len(seen)} |"
        if not seen:
            print(f"{row} does not change the picture | | | |", flush=True)
            continue
        part = f"{median(served):.1f}" if served else "in the browser"
        ratio = median(seen) / base[control.kind]
        print(
            f"{row} {median(seen):.1f} | {percentile(seen, 0.95):.1f} | {ratio:.2f} | {part} |",
            flush=True,
        )


def keys(browser: Browser, server: Server, presses: int) -> None:
    print(
        "\n## Key to picture\n\nMilliseconds; ratio = median / median of the same kind of control on the text-only page.\n"
    )
    print("| page | control | n | median | p95 | ratio | server's part |\n|---|---|---|---|---|---|---|")
    base = yardsticks(browser, presses)
    for page in PAGES:
        lab = visit(browser, server, page)
        press_all(lab, page, base, presses)
        lab.close()


def opening(browser: Browser, server: Server, times: int = 7) -> None:
    print(
        "\n## Opening a page\n\nWarm server, warm browser cache: navigation start to first painted picture, ms.\n"
    )
    print("| page | n | median | slowest |\n|---|---|---|---|")
    for page in PAGES:
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--presses", type=int, default=20, help="per control, after the warm-up (default 20)")
    parser.add_argument("--dense", default="stride=8", help="query string that gives 25,000 anchors or more")
    arguments = parser.parse_args()
    with open_browser() as browser, Server() as server:
        keys(browser, server, arguments.presses)
        opening(browser, server)
        dragging(browser, server, arguments.dense)


if __name__ == "__main__":
    main()
