"""The checkout of an earlier release, from which the platform starts before it is upgraded to this one.

Not every commit could have been one. What several people made side by side is joined by commits in which two migrations
follow the same one or have one number, until another commit puts them in one line; and some that ran in a test were
changed before anybody had them. So a release is here a commit whose migrations are the first of this tree's, byte by
byte, in every service: of no other can this tree migrate the databases to its own shape.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic.script import ScriptDirectory

from deploy.local.state import CHECKOUT
from deploy.platform import SERVICES
from shared.persistence.migrate import configuration

MIGRATIONS = "services/{}/migrations"
# Both are of the machine and not of the release, as long as no version of a library changed.
OF_THE_MACHINE = (".venv", ".tools")
LOCK = "requirements.lock"
# What git calls the content of each migration, by the path of its file.
Files = dict[str, str]


def revision_before() -> str:
    """What ``FROM`` names, else the newest release before this tree that has fewer migrations of benefits.

    Raises AssertionError where there is none: a shallow clone proves nothing.
    """
    if named := os.environ.get("FROM"):
        return _git("rev-parse", "--verify", f"{named}^{{commit}}").strip()
    ours = {service: _migrations_of_this_tree(service) for service in SERVICES}
    for commit in _git("rev-list", "--first-parent", "HEAD").split():
        its = {service: _migrations_at(commit, service) for service in SERVICES}
        if len(its["benefits"]) < len(ours["benefits"]) and all(_begins(its[each], ours[each]) for each in SERVICES):
            return commit
    raise AssertionError(
        "no commit is known here whose migrations are the first of this tree's, unchanged, with fewer of benefits: "
        "the history is needed, or name one in FROM"
    )


def _begins(its: Files, ours: Files) -> bool:
    """Whether these are the first of ours, unchanged: then they are one line, which ours goes on from."""
    return its == dict(list(ours.items())[: len(its)])


def _migrations_of_this_tree(service: str) -> Files:
    """In the order in which they run, committed or not."""
    scripts = ScriptDirectory.from_config(configuration(service)).walk_revisions()
    paths = [Path(script.path).relative_to(CHECKOUT).as_posix() for script in scripts][::-1]
    return dict(zip(paths, _git("hash-object", "--", *paths).split(), strict=True))


def _migrations_at(commit: str, service: str) -> Files:
    """In no order."""
    listed = _git("ls-tree", commit, f"{MIGRATIONS.format(service)}/")
    found = (line.split("\t") for line in listed.splitlines())
    return {path: described.split()[-1] for described, path in found if path.endswith(".py")}


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
