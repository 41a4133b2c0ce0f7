"""Where lives are played: the real claims and benefits in this process, on PostgreSQL, and one business clock for all.

What each service publishes is carried to the other by hand, without Kafka, and the bank answers on the same day.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from services.benefits.api.tasks import QUEUES as BENEFITS_QUEUES
from services.benefits.domain import queues as benefits_queues
from services.benefits.tests.support import benefits_on, fetch, files, freeze, report, send_report, transfers
from services.claims.api.tasks import QUEUES as CLAIMS_QUEUES
from services.claims.commands.follow_charter import FollowCharter
from services.claims.commands.write_board_invitation import WriteBoardInvitation
from services.claims.commands.write_letters import WriteLetters
from services.claims.commands.write_payment_advice import WritePaymentAdvice
from services.claims.commands.write_recovery_letter import WriteRecoveryLetter
from services.claims.domain import queues as claims_queues
from services.claims.main import build
from services.claims.settings import ClaimsSettings
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.worker import work
from shared.contracts.claim_assessed import ClaimAssessedV1
from shared.contracts.envelope import Cause, Event
from shared.contracts.registry import BY_TYPE
from shared.kernel.clock import now
from shared.kernel.queues import Queue
from shared.persistence.due_work import kind_of
from shared.process.worker import Work
from shared.security.tokens import Caller, Role
from shared.tasks.acting import Officer, approve_proposal, propose_answer, take_task
from shared.testing.clock import BusinessClock, moved_clock
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest, fresh_service
from shared.testing.tokens import TestIssuer


def _every(queues: Iterable[Queue]) -> frozenset[str]:
    return frozenset(queue.name for queue in queues)


ORGANISATION = "organisation:1"
STATES, FIRST, SECOND = "officer-3", "officer-1", "officer-2"
_QUEUES = {"claims": CLAIMS_QUEUES, "benefits": BENEFITS_QUEUES}
_OF_ALL = {"claims": _every(claims_queues.ALL), "benefits": _every(benefits_queues.ALL)}
# Who reads what of whom.
_TOPICS = {
    ("claims", "benefits"): ("claim.assessed", "claims.payable", "claims.letter", "law.figures"),
    ("benefits", "claims"): ("benefit.paid",),
}
# What tells people of money and asks for none: nobody's money depends on it, and it is a sixth of the work.
_NOT_PLAYED = (WriteLetters, WritePaymentAdvice, WriteRecoveryLetter, WriteBoardInvitation, FollowCharter)
_KINDS_NOT_PLAYED = [kind_of(each) for each in _NOT_PLAYED]
# Nothing that registration, contributions and benefits publish is on its way: they are here before they are needed.
_ALL_IS_HERE = """
    INSERT INTO freshness (topic, kafka_partition, partitions, epoch, complete_until)
    SELECT topic, 0, 1, 1, timestamptz '2200-01-01'
    FROM unnest(ARRAY['registration', 'contribution.received', 'benefit.paid']) AS topic
"""
_PUBLISHED = "SELECT id, type, payload FROM outbox WHERE id > $1 AND topic = ANY($2::text[]) ORDER BY topic, id"
_LAST = "SELECT coalesce(max(id), 0) FROM outbox"
_UNSENT = "SELECT EXISTS (SELECT FROM payment WHERE state = 'unsent')"
_TASK = """
    SELECT id FROM task WHERE queue = $1 AND closed_at IS NULL AND position($2 IN subject) > 0
      AND ($3 = '' OR reason = $3) ORDER BY opened_at, id LIMIT 1
"""
_OVER = "DELETE FROM due_work WHERE payload::text LIKE ANY(SELECT '%' || of || '%' FROM unnest($1::text[]) AS of)"
_IS_DUE = """
    SELECT EXISTS (SELECT FROM due_work
                   WHERE kind <> ALL($2::text[]) AND failed IS NULL AND (due_at <= $1 OR recheck_after IS NOT NULL))
"""
_FAILED = """
    SELECT kind || ': ' || failed FROM due_work
    WHERE failed IS NOT NULL AND payload::text LIKE ANY(SELECT '%' || of || '%' FROM unnest($1::text[]) AS of)
"""


class Matter(NamedTuple):
    """What two officers decide: the open task of a queue about something, such as a claim's id, and who they are."""

    queue: str
    about: str
    reason: str = ""
    officers: tuple[str, str] = (FIRST, SECOND)


class Unplayable(Exception):
    """A step cannot be done as the life says: what was answered in place of it, or what was not found."""


class Refused(Unplayable):
    """A step was refused, with this code."""

    def __init__(self, code: str, told: str) -> None:
        super().__init__(f"refused: {code}: {told}")
        self.code = code


@dataclass
class World:
    """Both services, their clock, and how much of what each published the other has read."""

    services: dict[str, ServiceUnderTest]
    clock: BusinessClock
    read: dict[str, int] = field(default_factory=dict)
    announced: defaultdict[UUID, list[ClaimAssessedV1]] = field(default_factory=lambda: defaultdict(list))
    """What claims announced of each claim, the last one last."""

    @property
    def claims(self) -> ServiceUnderTest:
        """The service of claims."""
        return self.services["claims"]

    @property
    def benefits(self) -> ServiceUnderTest:
        """The service of benefits."""
        return self.services["benefits"]

    async def begin(self, day: date) -> None:
        """The first day, at noon, with nothing on its way."""
        self.clock.set_day(day.year, day.month, day.day)
        async with self.claims.database.connection() as connection:
            await connection.execute(_ALL_IS_HERE)

    async def come_to(self, day: date) -> None:
        """The day has come: what is due is done, and heard of."""
        self.clock.set_day(day.year, day.month, day.day)
        await self.rest()

    async def rest(self) -> None:
        """Work off what is due in both, and carry what each published to the other, until nothing is carried."""
        carried = True
        while carried:
            for service in self.services:
                await self.work_off(service)
            carried = await self._carry() > 0

    async def bank(self) -> None:
        """The bank settles all that is unsent; what follows is worked off."""
        if not await self.value("benefits", _UNSENT):
            return
        await freeze(self.benefits)
        for file in await files(self.benefits):
            settled = {id_: "ACSC" for id_, _ in transfers(await fetch(self.benefits, file))}
            told = report(file["message_id"], settled, at=now().isoformat())
            answer = await send_report(self.benefits, file, told)
            assert answer.status_code == 200, answer.text
        await self.rest()

    async def work_off(self, service: str) -> int:
        """Run what is due in a service until nothing is; how often something ran."""
        runs, runner = 0, self.services[service].worker.runner
        # To look once costs less than a transaction that finds nothing.
        while await self.value(service, _IS_DUE, now(), _KINDS_NOT_PLAYED) and await runner.run_one():
            runs += 1
        return runs

    async def let_go(self, claims: Iterable[str]) -> None:
        """A life is over: nothing more is done of its claims, whoever else lives on."""
        about = list(claims)
        for service in self.services.values():
            async with service.database.connection() as connection:
                await connection.execute(_OVER, about)

    async def _carry(self) -> int:
        carried = 0
        for (writer, reader), topics in _TOPICS.items():
            last = int(await self.value(writer, _LAST))
            if last == self.read.get(writer, 0):
                continue
            rows = await self.rows(writer, _PUBLISHED, self.read.get(writer, 0), list(topics))
            self.read[writer] = last
            for batch in _by_topic(rows):
                await self.services[reader].consume_batch(batch)
                for each in batch:
                    if isinstance(each, ClaimAssessedV1):
                        self.announced[each.claim].append(each)
                carried += len(batch)
        return carried

    async def decide(self, service: str, matter: Matter, says: dict[str, Any]) -> None:
        """One officer takes the open task of a matter and proposes, another approves.

        Raises Unplayable where there is no such task, and what the domain refuses.
        """
        await self.work_off(service)
        task = await self.value(service, _TASK, matter.queue, matter.about, matter.reason)
        if task is None:
            raise Unplayable(f"no task of the queue {matter.queue} is open ({matter.reason or 'of whatever reason'})")
        queues = _QUEUES[service]
        first, second = (Officer(name, ORGANISATION, _OF_ALL[service], None, True) for name in matter.officers)
        async with self._as_officer(service, first) as uow:
            taken = await take_task(task, first, uow)
            newest = (await queues.state_of(taken.subject, uow)).revision
            await propose_answer(task, newest, queues.read(says), first, queues, uow)
        async with self._as_officer(service, second) as uow:
            await approve_proposal(task, newest, second, queues, uow)
        await self.work_off(service)

    @asynccontextmanager
    async def _as_officer(self, service: str, officer: Officer) -> AsyncIterator[Any]:
        """A unit of work of a service as its API has it for an officer, with the privileges of that."""
        database, worker = self.services[service].app.state.database, self.services[service].worker
        caller = Caller(officer.name, officer.tenant, Role.OFFICER, frozenset(), officer.name)
        async with database.begin(worker.work.unit, Cause("lives"), caller) as uow:
            yield uow

    @asynccontextmanager
    async def unit(self, service: str) -> AsyncIterator[Any]:
        """A unit of work of a service, as its worker has it."""
        worker = self.services[service].worker
        async with worker.database.begin(worker.work.unit, Cause("lives")) as uow:
            yield uow

    async def value(self, service: str, query: str, *arguments: object) -> Any:
        """One value of a database."""
        async with self.services[service].database.connection() as connection:
            return await connection.fetchval(query, *arguments)

    async def rows(self, service: str, query: str, *arguments: object) -> Sequence[Any]:
        """Rows of a database."""
        async with self.services[service].database.connection() as connection:
            found: Sequence[Any] = await connection.fetch(query, *arguments)
            return found

    async def failed(self, claims: Iterable[str]) -> list[str]:
        """Due work of some claims that was given up: none, in a world that is as it should be."""
        about = list(claims)
        return [str(row[0]) for name in self.services for row in await self.rows(name, _FAILED, about)]


def _by_topic(rows: Sequence[Any]) -> Iterator[list[Event]]:
    """What was published, by topic and in order: a batch of each."""
    told = (BY_TYPE[row["type"]].model_validate_json(row["payload"]) for row in rows)
    for _, batch in groupby(told, key=lambda event: event.topic.name):
        yield list(batch)


def _claims_on(databases: Databases, issuer: TestIssuer) -> AbstractAsyncContextManager[ServiceUnderTest]:
    """The service of claims, whose worker writes no letters."""

    def played(settings: ClaimsSettings) -> Work[ClaimsUnitOfWork]:
        whole = work(settings)
        return replace(whole, due=[each for each in whole.due if each.command not in _NOT_PLAYED])

    return fresh_service(ClaimsSettings, build, played, databases, issuer)


@asynccontextmanager
async def world(databases: Databases, issuer: TestIssuer) -> AsyncIterator[World]:
    """Both services on empty databases, and a clock of their own."""
    with moved_clock() as clock:
        async with _claims_on(databases, issuer) as claims, benefits_on(databases, issuer) as benefits:
            yield World({"claims": claims, "benefits": benefits}, clock)
