"""The end of a server: soon, whatever it is doing, and nothing of it stays behind."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.browser.driver import Lab, Server

SECONDS = 3


def children(pid: int) -> set[int]:
    """Its child processes that have not ended."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:  # ended meanwhile
            continue
        if int(parent) == pid and state != "Z":
            found.add(int(stat.parent.name))
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(true, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return true()


@pytest.fixture
def cold(tmp_path):
    """A server that has everything still to compile."""
    with Server(ANCHORLAB_CACHE=str(tmp_path / "programs")) as server:
        yield server


def test_a_server_that_is_compiling_ends_at_once(cold, browser, sent):
    lab = Lab(browser, cold).goto("home", canvas=True)
    pid = cold.process.pid
    assert until(lambda: children(pid), 30), "nothing is compiled ahead"
    (compiling,) = children(pid)
    lab.close()
    start = time.monotonic()
    os.kill(pid, sent)
    cold.process.wait(30)
    taken = time.monotonic() - start
    assert until(lambda: not alive(compiling), SECONDS)
    said = cold.log.read_text()
    assert "Traceback" not in said and "Fatal" not in said
    if sent != signal.SIGKILL:
        assert cold.process.returncode == 0
        assert taken < SECONDS


@pytest.fixture(params=["SIGINT", "SIGTERM", "SIGKILL"])
def sent(request) -> signal.Signals:
    return signal.Signals[request.param]


@pytest.mark.parametrize("sent", ["SIGINT", "SIGTERM"], indirect=True)
def test_a_server_at_rest_ends_at_once(browser, sent):
    with Server() as server:
        lab = Lab(browser, server).goto("home", canvas=True)
        lab.close()
        start = time.monotonic()
        server.process.send_signal(sent)
        server.process.wait(30)
        assert time.monotonic() - start < SECONDS
        assert server.process.returncode == 0
