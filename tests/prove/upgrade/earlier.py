"""The checkout of an earlier release, from which the platform starts before it is upgraded to this one."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.local.state import CHECKOUT

MIGRATIONS = "services/benefits/migrations"
# Both are of the machine and not of the release, as long as no version of a library changed.
OF_THE_MACHINE = (".venv", ".tools")
LOCK = "requirements.lock"


def revision_before() -> str:
    """What ``FROM`` names, else the newest commit before this tree whose migrations of benefits are others.

    Raises AssertionError where there is none: a shallow clone proves nothing.
    """
    if named := os.environ.get("FROM"):
        return _git("rev-parse", "--verify", f"{named}^{{commit}}").strip()
    for commit in _git("rev-list", "--first-parent", "HEAD").split():
        if _git("diff", "--name-only", commit, "--", MIGRATIONS).strip():
            return commit
    raise AssertionError("no commit with other migrations is known here: the history is needed, or name one in FROM")


@contextmanager
def checkout_of(revision: str) -> Iterator[Path]:
    """A folder with the files of that commit and the libraries and servers of this machine."""
    with TemporaryDirectory(prefix="jaring-earlier-") as made:
        folder = Path(made)
        # Its servers may run under another user.
        folder.chmod(0o755)
        archive = subprocess.run(["git", "-C", str(CHECKOUT), "archive", revision], check=True, capture_output=True)  # noqa: S603, S607
        subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)  # noqa: S603, S607
        same = (folder / LOCK).read_text() == (CHECKOUT / LOCK).read_text()
        assert same, f"{LOCK} of {revision} names other versions: its release needs a virtual environment of its own"
        for name in OF_THE_MACHINE:
            (folder / name).symlink_to((CHECKOUT / name).resolve())
        yield folder


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(CHECKOUT), *arguments], check=True, capture_output=True, text=True)  # noqa: S603, S607
    return done.stdout
