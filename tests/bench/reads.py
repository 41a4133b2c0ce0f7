"""What it costs that a read is written down before it is told: the same read with the read log and without, in turn."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from statistics import median

from services.registration.main import build
from services.registration.settings import RegistrationSettings
from services.registration.tests.support import Register
from services.registration.worker import work
from shared.testing.servers import Broker, Databases, TestDatabase
from shared.testing.service import service_under_test
from shared.testing.tokens import TestIssuer
from tests.bench.figures import Figure, Part
from tests.bench.load import CONNECTIONS, as_fast_as_it_goes, request
from tests.bench.platform_fixture import scratch_folder
from tests.bench.read_api import LOGGED, SCOPE, UNLOGGED
from tests.bench.scaling import registration_api, uses
from tests.bench.servers import ROUNDS, Rates, beside, each_round
from tests.bench.workers import Member, until_ready

SECONDS, WARM_SECONDS = 5.0, 1.0
_KINDS = {"process": "the API", "PostgreSQL": "PostgreSQL"}


@dataclass(frozen=True)
class Turn:
    """Answers a second, and milliseconds of processor time of each for one."""

    rate: float
    costs: Mapping[str, float]

    @property
    def cost(self) -> float:
        """Of the API and of PostgreSQL together."""
        return sum(self.costs.values())


async def reads(databases: Databases, broker: Broker) -> Part:
    """Both ways as fast as they go, from one process of registration's API, with nothing else at work."""
    part = Part(
        f"A read that is written down beside one that is not: {CONNECTIONS} connections, {ROUNDS} rounds in turn"
    )
    async with databases.fresh("registration") as database:
        person = await _registered(database)
        with (
            scratch_folder() as folder,
            registration_api(database, broker, folder, 1, module="tests.bench.read_api") as (member, issuer),
        ):
            await until_ready([member])
            headers = {"authorization": f"Bearer {issuer.token((SCOPE,))}", "purpose": "contribution"}
            asked = [request("GET", path.format(person=person), headers) for path in (LOGGED, UNLOGGED)]
            for each in asked:
                await _turn(member, each, WARM_SECONDS)
            turns = [[await _turn(member, each, SECONDS) for each in asked] for _ in each_round()]
    part.figures.extend(_figures(turns))
    return part


async def _registered(database: TestDatabase) -> str:
    """Somebody of whom is read, by the public number."""
    with scratch_folder() as own:
        async with service_under_test(RegistrationSettings, build, work, database, TestIssuer(own)) as service:
            return await Register(service).person()


async def _turn(member: Member, asked: bytes, seconds: float) -> Turn:
    before = uses([member])
    answers = (await as_fast_as_it_goes(member.page.removesuffix("/readyz"), repeat(asked), seconds)).must_be(200)
    after = uses([member])
    costs = dict.fromkeys(_KINDS, 0.0)
    for (kind, number), used in after.items():
        if kind in costs:
            costs[kind] += (used - before[kind, number]) / answers.count * 1000
    return Turn(answers.rate, costs)


def _figures(turns: Sequence[Sequence[Turn]]) -> Iterator[Figure]:
    rounds = [Rates(logged.rate, unlogged.rate) for logged, unlogged in turns]
    yield from beside("written down", "not written down", rounds, "requests/s")
    for number, name in enumerate(("written down", "not written down")):
        for kind, called in _KINDS.items():
            cost = median(each[number].costs[kind] for each in turns)
            yield Figure(f"  {name}: processor time of {called}", cost, "ms")
    ratios = [logged.cost / unlogged.cost for logged, unlogged in turns]
    note = "rounds: " + ", ".join(f"{ratio:.2f}" for ratio in ratios)
    yield Figure("written down beside not: processor time of both", median(ratios), "times as much", note=note)
