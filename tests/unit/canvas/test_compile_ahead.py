"""Compiling ahead in a process of its own: what is left over is known, one at a time, and a failing step alone fails."""

import os
import subprocess
import sys
import threading
import time

import pytest

from anchorlab.canvas import compile_ahead, warm_up
from anchorlab.engine import Programs
from tests.places import ROOT


@pytest.fixture
def kept(tmp_path) -> Programs:
    return Programs(tmp_path)


def keeping(kept: Programs, *names: str):
    """A step that compiles these."""
    return lambda: [kept.put(name, b"code") for name in names]


def compiled(monkeypatch, kept: Programs, *steps) -> int:
    """The status of a process that has these steps."""
    monkeypatch.setattr(warm_up, "steps", lambda: iter(steps))
    monkeypatch.setattr(compile_ahead, "_on_one_core", lambda: None)
    monkeypatch.setattr("jax.clear_caches", lambda: None)
    return compile_ahead._compile(kept)


def test_once_everything_is_compiled_nothing_is_left_to_do(monkeypatch, kept):
    assert not compile_ahead.complete(kept)
    assert compiled(monkeypatch, kept, keeping(kept, "a"), keeping(kept, "b", "c")) == 0
    assert compile_ahead.complete(Programs(kept.folder))
    next(kept.folder.glob("*-b.program")).unlink()
    assert not compile_ahead.complete(kept)


def test_another_version_is_compiled_anew(monkeypatch, kept, tmp_path_factory):
    compiled(monkeypatch, kept, keeping(kept, "a"))
    package = tmp_path_factory.mktemp("package")
    (package / "core.py").write_text("changed")
    monkeypatch.setattr(compile_ahead, "PACKAGE", package)
    assert not compile_ahead.complete(kept)


def test_other_settings_of_jax_are_compiled_anew(monkeypatch, kept):
    compiled(monkeypatch, kept, keeping(kept, "a"))
    monkeypatch.setenv("JAX_ENABLE_X64", "1")
    assert not compile_ahead.complete(kept)


def test_a_step_that_fails_is_told_and_fails_alone(monkeypatch, kept, caplog):
    def fails():
        raise ArithmeticError("broken on purpose")

    assert compiled(monkeypatch, kept, keeping(kept, "a"), fails, keeping(kept, "b")) == 1
    assert "broken on purpose" in caplog.text
    assert kept.get("a") and kept.get("b")
    assert not compile_ahead.complete(kept), "the next server tries again"


def test_a_full_disk_ends_it(monkeypatch, kept):
    def full():
        kept.full = True

    def more():
        pytest.fail("compiled although nothing can be kept")

    assert compiled(monkeypatch, kept, full, more) == 1


@pytest.mark.parametrize("content", ["", "[", "{}", "[]", "null", "[1, 2]"])
def test_a_damaged_list_is_no_list(monkeypatch, kept, content):
    compiled(monkeypatch, kept, keeping(kept, "a"))
    (path,) = kept.folder.glob("needed-*.json")
    path.write_text(content)
    assert not compile_ahead.complete(kept)


def test_old_lists_go(monkeypatch, kept):
    for number in range(20):
        monkeypatch.setenv("JAX_NUMBER", str(number))
        compiled(monkeypatch, kept, keeping(kept, "a"))
    assert len(list(kept.folder.glob("needed-*"))) == compile_ahead.KEPT_LISTS
    assert compile_ahead.complete(kept)


def test_one_at_a_time(kept):
    """The second waits until the first has ended."""
    order = []

    def second():
        with compile_ahead._alone(kept):
            order.append("second")

    with compile_ahead._alone(kept):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.3)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def started(folder) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "anchorlab.canvas.compile_ahead"],
        cwd=ROOT,
        env={**os.environ, "ANCHORLAB_CACHE": str(folder)},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_ends_when_the_server_has_gone(tmp_path):
    """Its standard input is all that binds it to the server."""
    with started(tmp_path / "programs") as process:
        while not (tmp_path / "programs" / "lock").exists():
            assert process.poll() is None
            time.sleep(0.05)
        assert os.getpriority(os.PRIO_PROCESS, process.pid) == 19
        process.stdin.close()
        assert process.wait(60) == 0
        assert not process.stderr.read()


def test_it_ends_when_nothing_is_left_to_do(tmp_path):
    tmp_path.chmod(0o700)
    kept = Programs(tmp_path)
    kept.put("a", b"code")
    compile_ahead._write_list(kept)
    with started(tmp_path) as process:
        assert process.wait(100) == 0
        assert not process.stderr.read()


def test_each_step_names_real_work():
    """A step that raised would be told in the log only; here all of them are at least made."""
    assert len(list(warm_up.steps())) > 30
