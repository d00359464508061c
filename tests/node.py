"""JavaScript for tests: one Node process, the one Playwright brings along, answers every job of a test session.

    with NodeRunner() as node:
        node.run("lay", settings=[...], width=600, height=400)   # a job of tests/unit/canvas/run_modules.mjs

A job travels as the canvas gets its data (`anchorlab.canvas.payload`), as one line of base64; the answer is one line of
JSON. What a job throws fails the test that asked, with its JavaScript stack. A process that ends fails that test with
what it wrote last, and the next test gets a new one.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Self

from playwright._impl._driver import compute_driver_executable

from anchorlab.canvas.bundle import FOLDER, constants
from anchorlab.canvas.payload import pack
from tests.places import ROOT

RUNNER = ROOT / "tests/unit/canvas/run_modules.mjs"


class JavaScriptError(AssertionError):
    """What a job threw, with its stack; or that Node ended before it answered."""


class NodeRunner:
    """Starts with the first job; `close` ends it. One job at a time: not for several threads."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="stage-"))
        # The modules in a folder that tells Node they are modules; browsers need no telling.
        shutil.copytree(FOLDER, self.folder, dirs_exist_ok=True)
        (self.folder / "package.json").write_text('{"type": "module"}')
        (self.folder / "constants.json").write_text(json.dumps(constants()))
        self.errors = self.folder / "errors.txt"
        self.process: subprocess.Popen[str] | None = None
        self.started = 0
        """How many processes there have been: one, unless a job ended it."""

    def run(self, job: str, **data: Any) -> Any:
        """What the runner answers to a job.

        Raises:
          JavaScriptError: the job threw, is unknown, or ended the process.
        """
        node = self._alive()
        try:
            node.stdin.write(base64.b64encode(pack({"job": job, **data})).decode() + "\n")
            node.stdin.flush()
            line = node.stdout.readline()
        except BrokenPipeError:
            line = ""
        except BaseException:  # interrupted while waiting: the next job must not read this one's answer
            self._end()
            raise
        if not line.endswith("\n"):
            status = node.wait()
            self._end()
            words = self.errors.read_text(errors="replace")[-4000:]
            raise JavaScriptError(f"Node ended with status {status} during the job {job!r}:\n{words}")
        answer = json.loads(line)
        if "threw" in answer:
            raise JavaScriptError(f"the job {job!r} threw:\n{answer['threw']}")
        return answer["answer"]

    def _alive(self) -> subprocess.Popen[str]:
        if self.process is None or self.process.poll() is not None:
            self._end()
            executable, _ = compute_driver_executable()
            with self.errors.open("w") as errors:
                self.process = subprocess.Popen(
                    [executable, RUNNER, self.folder],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    text=True,
                )
            self.started += 1
        return self.process

    def _end(self) -> None:
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        try:
            self.process.stdin.close()
        except BrokenPipeError:  # the rest of a job that nobody read
            pass
        self.process = None

    def close(self) -> None:
        self._end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
