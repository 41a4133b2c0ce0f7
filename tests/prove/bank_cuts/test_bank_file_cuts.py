"""A payment's file survives any cut: rendered once, sent whole or again, answered once, never sent twice (rules S5).

``CUTS`` is the number of random cut points (50), ``SEED`` the first round's seed; a failure names the seed that replays
it. Rendering, download, booking and answering are cut in the database, at the failpoints, on the wire and on paper.
"""

import logging
import os
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from shared.testing.logs import log_plainly
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer
from tests.prove.bank_cuts.bank import Wrong
from tests.prove.bank_cuts.breaks import BREAKS, Break
from tests.prove.bank_cuts.cuts import Prover
from tests.prove.bank_cuts.system import system
from tests.prove.conftest import Show

CUTS = int(os.environ.get("CUTS", "50"))
SEED = int(os.environ.get("SEED", "20260815"))
# A thing that is broken is found within a few rounds; this is where the search would end.
ENOUGH_TO_FIND = 400
pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120 + CUTS // 4)]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Each cut is a fault that the server rightly logs; ten thousand stack traces are for nobody."""
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    log_plainly()
    logging.disable(logging.NOTSET)


@pytest.fixture
async def prover(databases: Databases, issuer: TestIssuer, tmp_path: Path) -> AsyncIterator[Prover]:
    """A running system that nothing was cut in yet."""
    async with system(databases, issuer) as running:
        yield Prover(running, tmp_path)


async def test_a_payments_file_survives_every_cut(prover: Prover, show: Show) -> None:
    begun = time.monotonic()
    await prover.play(CUTS, SEED)
    seconds, cuts = time.monotonic() - begun, prover.system.cuts
    rows: list[tuple[object, ...]] = sorted(cuts.items())
    rows.append((f"in all, {prover.rounds} rounds from SEED={SEED}", sum(cuts.values())))
    rows.append(("cuts a second", f"{sum(cuts.values()) / seconds:.0f}"))
    show("cut|times", rows)


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: broken.name.replace(" ", "_"))
async def test_the_cuts_find_what_is_broken(broken: Break, prover: Prover, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof is able to fail, by what it states and not by an accident of the wiring."""
    broken.wire(monkeypatch)
    with pytest.raises(Wrong, match=rf"^Wrong\(.*{broken.said}") as found:
        await prover.play(ENOUGH_TO_FIND, 1)
    assert "replay this round with SEED=" in str(found.value)
