"""Numbers of one person, merged, split and erased in every order: the shipped commands on a virtual clock.

``MERGING_SEEDS`` says how many bad days (300); ``SEED`` runs one again, step by step the same, and prints
what there was.
"""

import os
import random
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.support import benefits_on
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.support import claims_on
from shared.contracts.envelope import Cause
from shared.kernel.clock import now
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer
from tests.prove.conftest import Show
from tests.prove.simulation.many import see, see_many
from tests.prove.simulation.numbers import links as model
from tests.prove.simulation.numbers.benefits import Knowing
from tests.prove.simulation.numbers.broken import BROKEN, find_all, itself_alone
from tests.prove.simulation.numbers.links import Link
from tests.prove.simulation.numbers.world import KINDS, SHIPPED, Wiring, run

pytestmark = pytest.mark.timeout(900)

SEEDS = 300
# What each run of so many must have met, or it proves less than it says.
MET = (
    *("merge counts", "merge comes to nothing", "split counts", "split comes to nothing"),
    *("claims decided", "claims joined", "set_off", "set_off_undone", "recovery_opened", "returned", "voided"),
)


@pytest.fixture
async def benefits(databases: Databases, issuer: TestIssuer) -> AsyncIterator[ServiceUnderTest]:
    async with benefits_on(databases, issuer) as fresh:
        yield fresh


@pytest.fixture
async def claims(databases: Databases, issuer: TestIssuer) -> AsyncIterator[ServiceUnderTest]:
    async with claims_on(databases, issuer) as fresh:
        yield fresh


def test_every_seed_holds(show: Show) -> None:
    """Prints what there was and what went wrong in it; of a failing seed how to see it again."""
    if seed := os.environ.get("SEED"):
        report = run(int(seed), keep_trace=True)
        show(f"seed {seed}", [(line,) for line in report.trace])
        assert report.violation == ""
        return
    seeds = list(range(int(os.environ.get("MERGING_SEEDS", SEEDS))))
    seen = see_many(seeds, SHIPPED, run)
    show("seeds|steps|of a core", [(seen.seeds, f"{seen.steps:,}", f"{seen.busy_seconds:.1f}")])
    show("what there was|how many", sorted(seen.counts.items()))
    show("fault|times", [(kind, f"{seen.faults[kind]:,}") for kind in KINDS])
    again = 'make prove ARGS="tests/prove/test_merging_simulation.py -k holds" SEED='
    assert [f"{said}: {again}{seed}" for seed, said in sorted(seen.violations.items())] == []
    if len(seeds) >= SEEDS:
        assert [kind for kind in KINDS if not seen.faults[kind]] == [], "faults that never happened"
        assert [what for what in MET if not seen.counts[what]] == [], "what was never met"


def test_each_broken_core_is_found(show: Show) -> None:
    """A simulation that never failed proves nothing (rules P4)."""
    found = list(zip(BROKEN, find_all(), strict=True))
    rows = [
        (broken.name, broken.within, *((each.seed + 1, f"{each.seconds:.1f}", each.violation[:90]) if each else ()))
        for broken, each in found
    ]
    show("broken core|seeds allowed|seeds needed|seconds|it said", [(*row, "", "", "")[:5] for row in rows])
    for broken, each in found:
        assert each is not None, f"{broken.name}: no seed of {broken.within} finds it"
        assert each.violation.startswith(broken.violation), f"{broken.name}: found by something else: {each.violation}"


def test_a_seed_replays_step_by_step_in_another_process() -> None:
    """With another seed of the hashes, and with the trace written down; a failing one fails alike."""
    seeds = [3, 5]
    elsewhere = see_many(seeds, SHIPPED, run)
    assert [run(seed, keep_trace=True).digest for seed in seeds] == [elsewhere.digests[seed] for seed in seeds]
    broken = Wiring(knowing=Knowing(numbers_of=itself_alone))
    first, again = (see(range(3), broken, run).violations for _ in range(2))
    assert first == again != {}


def drawn(dice: random.Random) -> list[Link]:
    """Words of four numbers as they may have come so far: links on links, rings among them, some held."""
    found: dict[tuple[int, int], Link] = {}
    revisions = dict.fromkeys(range(1, 5), 0)
    for _ in range(dice.randint(1, 7)):
        person, survivor = dice.sample(range(1, 5), 2)
        revisions[person] += dice.randint(1, 2)
        until = now() + timedelta(minutes=dice.choice((-5, 5, 9))) if dice.random() < 0.4 else None
        found[person, survivor] = Link(person, survivor, dice.random() < 0.6, revisions[person], until)
    return list(found.values())


async def keep(service: ServiceUnderTest, links: list[Link], columns: str) -> None:
    """These and no others, as the service keeps them."""
    async with service.database.connection("migrate") as owner:
        await owner.execute("TRUNCATE known_merge")
        marks = ", ".join(f"${number}" for number, _ in enumerate(columns.split(", "), 1))
        rows = [[getattr(link, column) for column in columns.split(", ")] for link in links]
        await owner.executemany(f"INSERT INTO known_merge ({columns}) VALUES ({marks})", rows)  # noqa: S608


@pytest.mark.postgres
async def test_benefits_reads_links_as_the_model_does(benefits: ServiceUnderTest) -> None:
    dice, asked = random.Random(72), text("SELECT parties_of(:party), merge_held_until(:party)")
    for _ in range(60):
        links = drawn(dice)
        await keep(benefits, links, "person, survivor, merged, revision, held_until")
        async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("test")) as uow:
            for number in range(1, 5):
                row = (await uow.connection.execute(asked, {"party": f"person:{number}"})).one()
                wanted = [f"person:{each}" for each in model.numbers_of(links, number)]
                assert tuple(row) == (wanted, model.held_until(links, number)), (links, number)
            at = now()
            held = await uow.connection.execute(text("SELECT parties_held(:at)"), {"at": at})
            assert set(held.scalars()) == {f"person:{each}" for each in model.held(links, at)}, links


@pytest.mark.postgres
async def test_claims_reads_links_as_the_model_does(claims: ServiceUnderTest) -> None:
    dice, asked = random.Random(72), text("SELECT numbers_of(:number), numbers_once_of(:number)")
    for _ in range(60):
        links = drawn(dice)
        await keep(claims, links, "person, survivor, merged, revision")
        async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
            for number in range(1, 5):
                row = (await uow.connection.execute(asked, {"number": number})).one()
                assert tuple(row) == (model.numbers_of(links, number), model.numbers_once_of(links, number)), links
