"""Where the data of a run's servers stand: in memory where there is enough of it, and never longer than the run.

Databases are made and dropped by the hundred, which costs a disk's file system ten times what it costs memory.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psutil

MEMORY = Path("/dev/shm")  # noqa: S108
# A run takes a fifth of it. A container's usual 64 MB of shared memory are too small.
MEMORY_NEEDED = 4 << 30
PREFIX = "jaring-test-"
OWNER = "owner"


@dataclass(frozen=True)
class Scratch:
    """A folder that belongs to this process as long as it lives."""

    path: Path
    _owner: int

    @classmethod
    def make(cls) -> "Scratch":
        """Make one that servers can enter as whichever user they run, and delete what killed runs left behind."""
        parent = MEMORY if has_room(MEMORY) else Path(tempfile.gettempdir())
        _sweep(parent)
        path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        path.chmod(0o755)
        # Locked before it has its name: a folder without it may be in the making.
        owner = os.open(path / "new", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(owner, fcntl.LOCK_EX)
        (path / "new").rename(path / OWNER)
        return cls(path, owner)

    def delete(self) -> None:
        """Delete it; what ran in it has ended."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._owner)


def has_room(folder: Path, needed: int = MEMORY_NEEDED) -> bool:
    """Whether a file system in memory can take so many bytes: what is free on it need not be free in memory."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return False
    free = min(found.f_bavail * found.f_frsize, psutil.virtual_memory().available)
    return os.access(folder, os.W_OK) and free >= needed


def _sweep(parent: Path) -> None:
    for owner in parent.glob(f"{PREFIX}*/{OWNER}"):
        with contextlib.suppress(OSError):
            file = os.open(owner, os.O_RDWR)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(owner.parent, ignore_errors=True)
            finally:
                os.close(file)
