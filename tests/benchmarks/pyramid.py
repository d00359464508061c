"""The budgets at 99,765 anchors: RetinaNet's pyramid on a picture of 832 x 640; on Rosetta, which compares single
grids, 98,532.

    python -m tests.benchmarks.pyramid [--presses 9] [--pages pyramid,matching]

Key press to painted picture for every control of the Pyramid page and of the pages that use its pyramid, over the
same kind of control on the text-only page; frames while an object is dragged; bytes that an answer brings. Prints
Markdown.
"""

from __future__ import annotations

import argparse

from playwright.sync_api import Browser

from tests.benchmarks.key_to_picture import HEAD, SIXTY_HERTZ_MS, TEXT_ONLY, press_all, visit, yardsticks
from tests.browser.driver import Server, median, open_browser

# The place of an upload, which a link may name: its picture is not needed to generate anchors.
SCENE = "scene=upload&size=832x640&boxes=80,60,620,560,0_240,30,560,470,1_450,100,586,516,2~saucer,cup,spoon"
PAGES = ("pyramid", "home", "matching", "offsets", "nms", "rosetta")


def query(page: str) -> str:
    how = {"pyramid": "", "rosetta": "&stride=7&a=d2l&b=torchvision&ask=low_quality"}
    return SCENE + how.get(page, "&layout=pyramid")


def keys(browser: Browser, server: Server, pages: list[str], presses: int) -> None:
    print(f"\n## Key to picture at 99,765 anchors\n{HEAD}")
    with Server(TEXT_ONLY) as text_only:
        beside = yardsticks(browser, text_only)
        for page in pages:
            lab = visit(browser, server, page, query(page))
            count = lab.page.evaluate("anchorlabBus.stage.generated.count")
            assert count in (99_765, 98_532, 0), count  # a page may need none, only what came of them
            press_all(lab, page, beside, presses)
            lab.close()


def dragging(browser: Browser, server: Server, pages: list[str]) -> None:
    print("\n## Dragging an object over 99,765 anchors\n")
    print(
        "| page | frames | on time | median ms | slowest ms | work in a frame, median / worst ms |\n|---|---|---|---|---|---|"
    )
    for page in pages:
        lab = visit(browser, server, page, f"{query(page)}&object=2")
        x, y = lab.page.evaluate(
            """() => { const s = anchorlabBus.stage, r = s.frame.getBoundingClientRect(), b = s.boxes[2];
                       return [r.left + s.viewport.x(b[2]), r.top + s.viewport.y(b[3])]; }"""
        )
        mouse = lab.page.mouse
        mouse.move(x, y)
        mouse.down()
        lab.page.evaluate("window.__probe.recordFrames()")
        work = []
        for step in range(150):
            phase = abs(step % 50 - 25) / 25
            mouse.move(x - 80 * phase, y - 200 * phase)
            if step % 5 == 4:
                work.append(
                    lab.page.evaluate(
                        """() => { const s = anchorlabBus.stage, start = performance.now(); s.boxes[2][2] += 0.01;
                                   s.relabel(); s.paint(); return performance.now() - start; }"""
                    )
                )
        frames = lab.page.evaluate("(window.__probe.recording = false, window.__probe.frames)")
        mouse.up()
        lab.settled()
        lab.close()
        on_time = sum(ms <= SIXTY_HERTZ_MS for ms in frames) / len(frames)
        print(
            f"| {page} | {len(frames)} | {on_time:.0%} | {median(frames):.1f} | {max(frames):.1f} "
            f"| {median(work):.1f} / {max(work):.1f} |",
            flush=True,
        )


def payload(browser: Browser, server: Server, pages: list[str]) -> None:
    print("\n## Bytes an answer brings to the canvas\n\n| page | kB |\n|---|---|")
    for page in pages:
        lab = visit(browser, server, page, query(page))
        size = lab.page.evaluate("anchorlabBus.stage.component.data.byteLength")
        lab.close()
        print(f"| {page} | {size / 1000:.1f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--presses", type=int, default=9, help="per control, after the warm-up (default 9)")
    parser.add_argument("--pages", default=",".join(PAGES), help="some of them, joined by commas")
    arguments = parser.parse_args()
    pages = arguments.pages.split(",")
    with open_browser() as browser, Server() as server:
        payload(browser, server, pages)
        dragging(browser, server, pages)
        keys(browser, server, pages, arguments.presses)


if __name__ == "__main__":
    main()
