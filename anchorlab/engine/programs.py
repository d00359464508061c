"""Compiled programs on disk: what one process compiled, the next one loads.

A folder of this user alone, `keep_programs` finds it and hands it to JAX. It is in the user's cache directory; where
that cannot be written, in the system's folder of temporary files; and `ANCHORLAB_CACHE` names another folder, or is
`off`. A folder for JAX's own cache, given by `JAX_COMPILATION_CACHE_DIR`, is left to JAX.

JAX's own cache writes files in place, keeps what it cannot read for ever, and has no bound without another package.
Here a file appears whole or not at all, is believed only if its checksum holds, and the least recently used one makes
way. Programs are machine code: whoever may write such a folder may run anything as its reader, so a folder that is
somebody else's, or that others may write, is not used.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
import sys
import tempfile
import threading
from importlib.metadata import version
from pathlib import Path

import jax

VARIABLE = "ANCHORLAB_CACHE"
LIMIT = 64 * 2**20
"""Bytes of all programs: ten times what the pages need."""
_SUFFIX = ".program"
_NEW = "new-"
_log = logging.getLogger(__name__)
_lock = threading.Lock()
_kept: Programs | None = None
_looked = False


class Programs:
    """Compiled programs by their names, in one folder: what JAX asks of a cache. Never raises: what cannot be read was
    not there, and what cannot be written is not kept.

    Args:
      folder: an existing one.
      limit: bytes of all files; the least recently used make way.
    """

    versions = f"{version('jax')}-{version('jaxlib')}"
    """What compiles them."""

    def __init__(self, folder: Path, limit: int = LIMIT):
        self._path = self.folder = folder  # JAX names the former in its log
        self.limit = limit
        self.used: set[str] = set()
        """File names of the programs that this process read or wrote."""
        self.full = False
        """Whether the last program could not be written."""
        self._size: int | None = None
        self._written = 0

    def get(self, key: str) -> bytes | None:
        """The program, or None; a damaged one is deleted."""
        path = self._file(key)
        try:
            stored = path.read_bytes()
        except OSError:
            return None
        program = stored[32:]
        if hashlib.sha256(program).digest() != stored[:32]:
            _log.warning("%s is damaged: it is compiled again", path.name)
            _delete(path)
            return None
        self.used.add(path.name)
        try:
            os.utime(path)
        except OSError:
            pass  # a folder that can only be read
        return program

    def put(self, key: str, value: bytes) -> None:
        """Keeps a program. Two processes may keep the same one at once: either's is whole."""
        path = self._file(key)
        temporary = None
        try:
            self._make_room(32 + len(value))
            with tempfile.NamedTemporaryFile(dir=self.folder, prefix=_NEW, delete=False) as file:
                temporary = Path(file.name)
                file.write(hashlib.sha256(value).digest() + value)
            temporary.replace(path)
            self.used.add(path.name)
            self.full = False
        except OSError as error:
            if not self.full:
                _log.warning("compiled programs cannot be kept in %s: %s", self.folder, error)
            self.full = True
            if temporary is not None:
                _delete(temporary)

    def holds(self, names: set[str]) -> bool:
        """Whether all these files are there."""
        try:
            return names <= set(os.listdir(self.folder))
        except OSError:
            return False

    def _file(self, key: str) -> Path:
        # A name of JAX's holds the checksum of the program and all that its machine code depends on; the versions
        # tell people what is what.
        return self.folder / f"{self.versions}-{key}{_SUFFIX}"

    def _make_room(self, wanted: int) -> None:
        # Other processes write, too: what was counted once is counted again now and then.
        if self._size is None or self._written % 64 == 0 or self._size + wanted > self.limit:
            files = []
            for path in self.folder.iterdir():
                if path.suffix == _SUFFIX or path.name.startswith(_NEW):
                    try:
                        known = path.stat()
                    except OSError:
                        continue  # another process made room
                    files.append((known.st_mtime, known.st_size, path))
            self._size = sum(size for _, size, _ in files)
            for _, size, path in sorted(files):
                if self._size + wanted <= self.limit:
                    break
                _delete(path)
                self._size -= size
        self._size += wanted
        self._written += 1


def keep_programs() -> Programs | None:
    """Has JAX keep what it compiles, from now on and once per process; None where JAX's own cache is in use, where it
    is switched off, or where no folder can be written."""
    global _kept, _looked
    with _lock:
        if not _looked:
            _looked = True
            # All programs, not only those that take a second; unless somebody chose otherwise.
            if "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS" not in os.environ:
                jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
            if not jax.config.jax_compilation_cache_dir and (folder := _folder()):
                _kept = _install(Programs(folder))
        return _kept


def caches_programs() -> bool:
    """Whether what is compiled here reaches other processes, through `keep_programs` or JAX's own cache."""
    return _kept is not None or bool(jax.config.jax_compilation_cache_dir)


def _install(programs: Programs) -> Programs | None:
    try:
        from jax._src import compilation_cache  # JAX has no public way to bring one's own

        compilation_cache.reset_cache()
        compilation_cache._cache, compilation_cache._cache_initialized = programs, True
    except (ImportError, AttributeError) as error:
        _log.warning("this JAX keeps no programs for AnchorLab: %s", error)
        return None
    return programs


def _folder() -> Path | None:
    """A folder that this user alone can write, made if needed."""
    asked = os.environ.get(VARIABLE, "")
    if asked.lower() in ("off", "0", "no", "false"):
        return None
    for find in [lambda: Path(asked).expanduser()] if asked else [_user_folder, _temporary_folder]:
        try:
            folder = find()
            _claim(folder)
            return folder
        except (OSError, RuntimeError) as error:  # RuntimeError: nobody knows where home is
            _log.warning("compiled programs are not kept there: %s", error)
    return None


def _user_folder() -> Path:
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "anchorlab" / "programs"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "anchorlab" / "programs"
    cache = os.environ.get("XDG_CACHE_HOME", "")
    # A relative one is to be ignored, says the specification.
    base = Path(cache) if os.path.isabs(cache) else Path.home() / ".cache"
    return base / "anchorlab" / "programs"


def _temporary_folder() -> Path:
    user = os.getuid() if hasattr(os, "getuid") else "programs"
    return Path(tempfile.gettempdir()) / f"anchorlab-{user}"


def _claim(folder: Path) -> None:
    """Makes the folder if needed.

    Raises:
      OSError: it cannot be written, or is not this user's alone.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    known = folder.lstat()
    if not stat.S_ISDIR(known.st_mode):
        raise NotADirectoryError(f"{folder} is no folder")
    if hasattr(os, "getuid"):  # elsewhere a user's own folders are private already
        if known.st_uid != os.getuid():
            raise PermissionError(f"{folder} is another user's")
        if known.st_mode & 0o077:
            raise PermissionError(f"other users may look into {folder}: its mode must be 0700")
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"0")


def _delete(path: Path) -> None:
    try:
        path.unlink()
    except OSError:
        pass  # gone already, or a folder that can only be read


def start() -> None:
    """Starts JAX: on how many threads its programs run is decided now."""
    jax.devices()


def forget() -> None:
    """Takes all programs out of memory; what is kept stays on disk."""
    jax.clear_caches()
