"""`make prove`: chooses what runs by SHORT and LONG from the environment and by its arguments (`make prove ARGS=...`).

The parameters of the tests themselves (KILLS, EVENTS, SEEDS, MERGING_SEEDS, SEED, LIVES, SHRINK, MINUTES, CUTS,
MUTANTS, CASES, ACCIDENTS, ORDERS, DAYS and FROM) reach them through the environment; so does LONG where arguments
choose tests.
"""

import os
import sys
from collections.abc import Mapping, Sequence

FOLDER = "tests/prove"


def command(environment: Mapping[str, str], arguments: Sequence[str]) -> list[str]:
    """The module that runs, and its arguments."""
    if environment.get("SHORT"):
        return ["tests.prove.short", *arguments]
    if arguments:
        names_tests = any(FOLDER in argument for argument in arguments)
        return ["pytest", *([] if names_tests else [FOLDER]), *arguments]
    if environment.get("LONG"):
        return ["tests.prove.long"]
    return ["tests.prove.full"]


if __name__ == "__main__":
    # In place of this process: whoever stops `make prove` stops the tests.
    os.execv(sys.executable, [sys.executable, "-m", *command(os.environ, sys.argv[1:])])  # noqa: S606 - no shell
