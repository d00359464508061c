"""Does memory pile up? Many reruns on one page, resident memory of the server beside their number.

    python -m tests.benchmarks.soak [--page matching] [--reruns 500] [--limit-mb 60]

The settings switch off the garbage collection after every rerun (runner.postScriptGC); Python's own collector must
keep up. Every control of the page is pressed in turn. Prints Markdown; exit status 1 if memory grew beyond the limit
after the warm-up.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from itertools import cycle, islice

from playwright.sync_api import TimeoutError

from tests.benchmarks.controls import find_controls
from tests.browser.driver import Lab, Server, open_browser

WARM_UP = 100


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--page", default="matching")
    parser.add_argument("--reruns", type=int, default=500)
    parser.add_argument("--limit-mb", type=float, default=60)
    arguments = parser.parse_args()
    with open_browser() as browser, Server() as server:
        lab = Lab(browser, server).goto(arguments.page)
        controls = find_controls(lab.page)
        print("| reruns | resident MB |\n|---|---|")
        first = now = 0.0
        for count, control in enumerate(islice(cycle(controls), WARM_UP + arguments.reruns), 1):
            with suppress(TimeoutError):  # a control that another one hides comes back with its next press
                control.press()
            lab.settled(quiet=20)
            if count % 100 == 0:
                now = server.resident_bytes() / 2**20
                first = first or now
                print(f"| {count} | {now:.0f} |", flush=True)
        lab.check()
    print(
        f"\n{arguments.page}: {now - first:+.1f} MB over {arguments.reruns} reruns after {WARM_UP} to warm up."
    )
    return int(now - first > arguments.limit_mb)


if __name__ == "__main__":
    sys.exit(main())
