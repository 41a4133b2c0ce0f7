"""30,000 accidents around every boundary, through the statute book and the oracle; `tests/oracle` says which and how.

``ACCIDENTS`` says how many, ``SEED`` which; two processes share them.
"""

import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from tests.oracle.adapter import decided
from tests.oracle.boundaries import BOUNDARIES, visited
from tests.oracle.comparison import DISPUTES, Findings, compared
from tests.oracle.generator import generated
from tests.prove.conftest import Show

COUNT, SEED = int(os.environ.get("ACCIDENTS", "30000")), int(os.environ.get("SEED", "1"))
# Each part has a seed of its own, and the boundary that is met least is met by one accident in two hundred or more.
PARTS, LEAST = 30, COUNT // 400


def part(number: int) -> tuple[Findings, Counter[str]]:
    """One part of them: what the comparison found, and which boundaries were visited."""
    seed, count = SEED * 1_000 + number, COUNT // PARTS
    return compared(generated(seed, count), decided), visited(generated(seed, count))


@pytest.mark.timeout(600)
def test_accidents_around_every_boundary_are_decided_as_the_oracle_says(show: Show) -> None:
    findings, boundaries = Findings(), Counter[str]()
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        for found, stood_at in pool.map(part, range(PARTS)):
            findings.join(found)
            boundaries.update(stood_at)
    show("employment injury | SKBBK | accidents", [(*each, count) for each, count in findings.outcomes.most_common()])
    show("boundary | accidents", [(name, boundaries[name]) for name in BOUNDARIES])
    show("disputed | accidents", [(name, findings.disputed[name]) for name in DISPUTES])
    assert sum(findings.outcomes.values()) == COUNT // PARTS * PARTS
    assert findings.shown() == []
    assert [name for name in BOUNDARIES if boundaries[name] < LEAST] == []
