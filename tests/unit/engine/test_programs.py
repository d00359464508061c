"""Programs on disk: whole or not at all, this user's alone, within a bound; and whatever the disk does, the engine
answers."""

import errno
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from anchorlab.engine import programs
from anchorlab.engine.programs import VARIABLE, Programs
from tests.places import ROOT

# What a process prints: programs compiled, programs loaded, and an answer that needs two.
SCRIPT = """
import logging; logging.basicConfig()
from anchorlab import engine
from anchorlab.settings.anchors import AnchorSpec
kept = engine.keep_programs()
with engine.count_compiles() as count:
    laid = engine.generate_anchors(AnchorSpec(), 400, 600)
    iou = engine.pairwise_iou(laid.xyxy, laid.xyxy[:3])
    fit = engine.fit_shapes([[8, 8]], [[8, 16]]).iou
print(count.compiled, count.loaded, f"{iou.trace() + fit.sum():.6f}", getattr(kept, "folder", None))
"""


def run(**environment: str | None) -> tuple[int, int, str, str, str]:
    """(compiled, loaded, answer, folder, what was logged) of a process that computes something."""
    own = {
        "JAX_COMPILATION_CACHE_DIR": None,
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": None,
        VARIABLE: None,
    }
    variables = {**os.environ, **own, "JAX_PLATFORMS": "cpu", **environment}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env={name: value for name, value in variables.items() if value is not None},
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    compiled, loaded, answer, folder = done.stdout.split()
    return int(compiled), int(loaded), answer, folder, done.stderr


@pytest.fixture
def kept(tmp_path) -> Programs:
    return Programs(tmp_path)


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.program"))


# --- one process after another ----------------------------------------------------------------------------


def test_what_one_process_compiled_the_next_one_loads(tmp_path):
    home = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    first = run(**home)
    folder = tmp_path / "cache" / "anchorlab" / "programs"
    assert first[:2] == (2, 0)
    assert first[3] == str(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())
    assert run(**home)[:3] == (0, 2, first[2])

    # A file that was cut off, and one that was altered, are compiled anew, and are whole again.
    cut, altered = files(folder)
    cut.write_bytes(cut.read_bytes()[:1000])
    content = bytearray(altered.read_bytes())
    content[len(content) // 2] ^= 1
    altered.write_bytes(content)
    third = run(**home)
    assert third[:3] == (2, 0, first[2])
    assert third[4].count("is damaged") == 2
    assert run(**home)[:3] == (0, 2, first[2])


def test_two_processes_at_once(tmp_path):
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: run(**{VARIABLE: str(tmp_path / "programs")}), range(2)))
    assert both[0][2] == both[1][2]
    assert len(files(tmp_path / "programs")) == 2
    assert not list((tmp_path / "programs").glob("new-*"))
    assert run(**{VARIABLE: str(tmp_path / "programs")})[:2] == (0, 2)


@pytest.mark.parametrize("word", ["off", "OFF", "0"])
def test_it_can_be_switched_off(word, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, word)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert programs._folder() is None
    assert not list(tmp_path.iterdir())


def test_a_folder_of_jaxs_own_is_left_to_jax(tmp_path):
    own = {"JAX_COMPILATION_CACHE_DIR": str(tmp_path / "jax"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    first = run(**own)
    assert first[3] == "None" and not (tmp_path / "cache").exists()
    assert len(list((tmp_path / "jax").glob("*-cache"))) == 2, "all programs are kept, not only slow ones"
    assert run(**own)[:3] == (0, 2, first[2])


def test_where_home_cannot_be_written_the_temporary_folder_serves(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "tmp").mkdir()
    # No one can make a folder in a file, not even root.
    environment = {"XDG_CACHE_HOME": str(tmp_path / "file"), "TMPDIR": str(tmp_path / "tmp")}
    compiled, _, answer, folder, said = run(**environment)
    assert compiled == 2 and Path(folder).parent == tmp_path / "tmp"
    assert Path(folder).stat().st_mode & 0o777 == 0o700
    assert "not kept there" in said and str(tmp_path / "file") in said
    assert run(**environment)[:3] == (0, 2, answer)


def test_without_any_folder_it_computes_all_the_same(tmp_path):
    (tmp_path / "file").write_text("")
    compiled, loaded, _, folder, said = run(**{VARIABLE: str(tmp_path / "file" / "programs")})
    assert (compiled, loaded, folder) == (2, 0, "None")
    assert "not kept there" in said


# --- a folder -----------------------------------------------------------------------------------------------


def test_a_program_comes_back(kept):
    assert kept.get("jit_f-1") is None
    kept.put("jit_f-1", b"code")
    assert kept.get("jit_f-1") == b"code"
    assert Programs(kept.folder).get("jit_f-1") == b"code"
    assert kept.get("jit_f-2") is None


@pytest.mark.parametrize("damage", [b"", b"x", bytes(31), bytes(32), bytes(500)])
def test_a_damaged_file_is_deleted(damage, kept, caplog):
    kept.put("jit_f-1", b"code")
    (path,) = files(kept.folder)
    path.write_bytes(damage)
    assert kept.get("jit_f-1") is None
    assert "is damaged" in caplog.text and not files(kept.folder)
    kept.put("jit_f-1", b"code")
    assert kept.get("jit_f-1") == b"code"


def test_other_versions_of_jax_have_other_files(kept, monkeypatch):
    kept.put("jit_f-1", b"code")
    monkeypatch.setattr(programs.Programs, "versions", "9.9.9-9.9.9")
    assert kept.get("jit_f-1") is None
    kept.put("jit_f-1", b"other code")
    assert len(files(kept.folder)) == 2


def test_the_least_recently_used_make_way(tmp_path):
    kept = Programs(tmp_path, limit=1000)
    for number in range(9):
        kept.put(f"p{number}", bytes(68))  # 100 with the checksum
        os.utime(kept._file(f"p{number}"), (number, number))
    (tmp_path / "needed-x.json").write_text("[]")  # no program: it is not counted
    assert kept.get("p0")  # now the latest used
    for number in range(9, 12):
        kept.put(f"p{number}", bytes(68))
    assert kept.get("p0") and kept.get("p11") and not kept.get("p1") and not kept.get("p2")
    assert sum(path.stat().st_size for path in files(tmp_path)) <= 1000
    assert (tmp_path / "needed-x.json").exists()


def test_what_others_write_is_counted_now_and_then(tmp_path):
    ours, theirs = Programs(tmp_path, limit=20_000), Programs(tmp_path, limit=20_000)
    ours.put("first", bytes(68))
    for number in range(190):
        theirs.put(f"their-{number}", bytes(68))
    for number in range(70):
        ours.put(f"our-{number}", bytes(68))
    assert sum(path.stat().st_size for path in files(tmp_path)) <= 20_000


def test_a_program_larger_than_all_room_does_no_harm(tmp_path):
    kept = Programs(tmp_path, limit=100)
    kept.put("large", bytes(1000))
    kept.put("small", bytes(10))
    assert kept.get("small") == bytes(10)


def test_a_full_disk(kept, monkeypatch, caplog):
    kept.put("before", b"code")
    real = tempfile.NamedTemporaryFile

    def full(*args, **kwargs):
        file = real(*args, **kwargs)

        def write(_):
            raise OSError(errno.ENOSPC, "No space left on device")

        file.write = write
        return file

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)
    kept.put("now", b"code")
    kept.put("again", b"code")
    assert kept.full and kept.get("now") is None
    assert kept.get("before") == b"code"
    assert not list(kept.folder.glob("new-*"))
    assert caplog.text.count("cannot be kept") == 1 and "No space left" in caplog.text
    monkeypatch.undo()
    kept.put("later", b"code")
    assert kept.get("later") == b"code" and not kept.full


def test_a_folder_that_became_read_only(kept, monkeypatch):
    kept.put("before", b"code")

    def refuse(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    for module, name in ((tempfile, "NamedTemporaryFile"), (os, "utime"), (Path, "unlink")):
        monkeypatch.setattr(module, name, refuse)
    assert kept.get("before") == b"code"
    kept.put("now", b"code")
    kept._file("damaged").write_bytes(b"x" * 100)
    assert kept.get("damaged") is None


def test_a_folder_that_went_away(kept):
    kept.put("before", b"code")
    for path in kept.folder.iterdir():
        path.unlink()
    kept.folder.rmdir()
    assert kept.get("before") is None
    kept.put("now", b"code")
    assert not kept.holds({"x"}) and kept.full


# --- whose folder -----------------------------------------------------------------------------------------------


def test_a_folder_that_others_may_enter_is_refused(tmp_path):
    folder = tmp_path / "programs"
    folder.mkdir()
    folder.chmod(0o755)
    with pytest.raises(PermissionError, match="0700"):
        programs._claim(folder)
    folder.chmod(0o700)
    programs._claim(folder)


def test_another_users_folder_is_refused(tmp_path, monkeypatch):
    programs._claim(tmp_path / "programs")
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    with pytest.raises(PermissionError, match="another user's"):
        programs._claim(tmp_path / "programs")


def test_a_link_is_refused(tmp_path):
    (tmp_path / "theirs").mkdir(mode=0o700)
    (tmp_path / "programs").symlink_to(tmp_path / "theirs")
    with pytest.raises(NotADirectoryError):
        programs._claim(tmp_path / "programs")


@pytest.mark.parametrize("cache", ["", "relative/path"])
def test_the_usual_place(cache, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", cache)
    monkeypatch.setenv("HOME", os.path.abspath(os.sep))
    assert programs._user_folder().parts[-2:] == ("anchorlab", "programs")
    assert programs._user_folder().is_absolute()


def test_nobody_knows_where_home_is(monkeypatch, tmp_path):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert programs._folder().parent == tmp_path


def test_a_read_is_quick(kept):
    """A load takes tens of milliseconds; finding the file and its checksum must not be what takes them."""
    kept.put("program", bytes(200_000))
    start = time.perf_counter()
    for _ in range(20):
        kept.get("program")
    assert (time.perf_counter() - start) / 20 < 0.02
