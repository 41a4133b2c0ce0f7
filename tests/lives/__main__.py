"""`make lives`: play one file, a folder, or all of this project's, and print the months of each as a table."""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
import uvloop

from shared.testing.scratch import Scratch
from shared.testing.servers import Databases, postgres_for_tests
from shared.testing.tokens import TestIssuer
from tests.lives.life import CASES, LifeMalformed, read_lives
from tests.lives.playing import play
from tests.lives.settled import Found


@contextmanager
def _servers() -> Iterator[tuple[Databases, TestIssuer]]:
    scratch = Scratch.make()
    try:
        with contextmanager(postgres_for_tests)(scratch.path / "postgres") as databases:
            yield databases, TestIssuer(scratch.path)
    finally:
        scratch.delete()


def _shown(found: Found) -> str:
    differences = [f"  DIFFERS  {each}" for each in found.differences]
    why = [f"  {each}" for each in (*found.waiting, *found.explained)] if differences else []
    lines = "\n".join(f"  {line}" for line in found.table.splitlines())
    return "\n".join([f"{found.life.name}: {found.life.title}", lines, *differences, *why])


def main(path: Path) -> int:
    """Play them; 0 where each comes to what its file says, else 1, and 2 for a file that is not of the form."""
    try:
        lives = read_lives(path)
    except LifeMalformed as error:
        sys.stdout.write(f"{error}\n")
        return 2
    begun = time.process_time()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with _servers() as (databases, issuer):
        found = uvloop.run(play(lives, databases, issuer))
    sys.stdout.write("\n\n".join(map(_shown, sorted(found, key=lambda each: bool(each.differences)))) + "\n")
    wrong = sum(bool(each.differences) for each in found)
    spent = time.process_time() - begun
    sys.stdout.write(
        f"\n{len(found)} lives, {wrong} of them differ; {spent:.1f} s of processor time without the servers'" + "\n"
    )
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else CASES))
