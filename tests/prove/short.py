"""`make prove SHORT=1`: the short prove that `.ci/run` ends with, at most ten minutes on two cores.

Some planted bugs, a few hundred seeds of the simulation, cuts of the bank file, one outage, and a supervised run in
which one process of each kind is killed. Everything else in `tests/prove` is left to `make prove`.
"""

import os
import sys
from pathlib import Path

import pytest

from tests.prove.long.__main__ import table, write_line
from tests.prove.long.run import Order, run

FOLDER = Path(__file__).resolve().parent
# The quickest: their tests are pure, or need PostgreSQL alone.
BUGS = (
    "counter_in_the_payment_key",
    "idempotency_key_not_claimed",
    "inbox_off",
    "lower_revision_wins",
    "row_level_policy_dropped",
    "two_roundings",
)
CHOSEN = (
    *(f"test_planted.py::test_a_planted_bug_is_caught[{bug}]" for bug in BUGS),
    "test_planted.py::test_every_bug_that_the_rules_name_is_planted",
    "test_simulation.py",
    "bank_cuts",
    "test_outages.py::test_with_the_broker_away_every_write_is_taken_and_all_converges_afterwards",
    "long",
)
FEWER = {"SEEDS": "300", "CUTS": "20"}
SEED, KILLS, EVENTS = 1, 4, 2_000


def main() -> int:
    """First the chosen tests, then the run with kills; zero when both are right."""
    for name, number in FEWER.items():
        os.environ.setdefault(name, number)
    failed = pytest.main([*(str(FOLDER / each) for each in CHOSEN), *sys.argv[1:]])
    outcome = run(Order(SEED, KILLS, EVENTS), write_line)
    write_line(table([outcome]))
    return 0 if failed == pytest.ExitCode.OK and outcome.right else 1


if __name__ == "__main__":
    sys.exit(main())
