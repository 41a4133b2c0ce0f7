"""Benefits as its users have it: commands of its worker, its real HTTP server, and what stands in its database."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg
import uvicorn

from services.benefits.commands.freeze_bank_file import FreezeBankFile
from services.benefits.commands.record_payee import RecordPayee, record_payee
from services.benefits.commands.settle_entitlement import SettleEntitlement, settle_entitlement
from services.benefits.consumers import claim_assessed
from services.benefits.domain.parties import party_of
from services.benefits.main import build
from services.benefits.settings import FIELD_KEY_ID, BenefitsSettings
from services.benefits.storage.payees import BankAccount
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.worker import schedules, work
from shared.contracts.claim_assessed import ClaimAssessedV1, EntitlementV1, Fund, Per, TermV1
from shared.contracts.envelope import Cause
from shared.process.api import server
from shared.scheduling.runner import Schedule
from shared.security.fields import FieldCipher
from shared.security.tokens import Caller, Role
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest, service_under_test
from shared.testing.tokens import TestIssuer
from tests.prove.bank_cuts.database import Cut, FaultInjector, ending_at
from tests.prove.bank_cuts.wire import Answer, HangUp, Line

SCHEME, BENEFIT = "act4", "temporary_disablement"
FIRST_DAY = date(2026, 1, 5)
SCOPES = ("benefits:bank_file:read", "benefits:status_report:write")
OFFICER = Caller("organisation:1", "organisation:1", Role.OFFICER, frozenset())
TRIES = 20
_TOKEN_S = 120.0


@dataclass(frozen=True)
class Instruction:
    """What a claim entitles to: days at a daily rate in sen, by its newest revision."""

    claim: UUID
    person: int
    days: int
    rate_sen: int
    revision: int = 1

    @property
    def amount_sen(self) -> int:
        """Owed for all the days."""
        return self.days * self.rate_sen

    def event(self) -> ClaimAssessedV1:
        """As claims publishes it."""
        last = FIRST_DAY + timedelta(days=self.days - 1)
        entitlement = EntitlementV1(
            scheme=SCHEME,
            benefit=BENEFIT,
            fund=Fund.EMPLOYMENT_INJURY,
            law="Act 4 s.22",
            party=party_of(self.person),
            decision_hash="ab" * 32,
            provisional=False,
            terms=(TermV1(per=Per.DAY, sen=self.rate_sen, first=FIRST_DAY, last=last),),
        )
        return ClaimAssessedV1(
            claim=self.claim,
            person=self.person,
            revision=self.revision,
            event="accident",
            happened_on=FIRST_DAY,
            decided_at=datetime(2026, 8, 12, tzinfo=UTC),
            revision_hash="cd" * 32,
            entitlements=(entitlement,),
            refusals=(),
        )

    @property
    def settling(self) -> SettleEntitlement:
        """The due work that settles it."""
        return SettleEntitlement(self.claim, SCHEME, BENEFIT, party_of(self.person))


@dataclass
class System:
    """The running service; ``cuts`` counts what was cut, by name."""

    service: ServiceUnderTest
    http: uvicorn.Server
    line: Line
    database: asyncpg.Connection
    at_work: FaultInjector
    at_api: FaultInjector
    timer: Schedule[BenefitsUnitOfWork]
    cipher: FieldCipher
    cuts: Counter[str] = field(default_factory=Counter)
    _token: str = ""
    _token_until: float = 0.0

    async def instruct(self, instructions: Sequence[Instruction], accounts: Sequence[str]) -> None:
        """Payees are entered, claims decides, and benefits settles: each instruction becomes an unsent payment."""
        api = self.service.app.state.database
        async with api.begin(BenefitsUnitOfWork, Cause("cuts"), OFFICER) as uow:
            for each, number in zip(instructions, accounts, strict=True):
                account = BankAccount("Aminah binti Osman", number, "MBBEMYKL")
                await record_payee(RecordPayee(party_of(each.person), account, "organisation:1"), self.cipher, uow)
        await self.decide(instructions)

    async def decide(self, instructions: Sequence[Instruction]) -> None:
        """Claims' decisions arrive, and each entitlement is settled."""
        async with self.service.worker.database.begin(BenefitsUnitOfWork, Cause("cuts")) as uow:
            await claim_assessed.apply([each.event() for each in instructions], uow)
            await self.settle(instructions, uow)

    async def settle(self, instructions: Sequence[Instruction], uow: BenefitsUnitOfWork) -> None:
        """Due work of these entitlements."""
        for each in instructions:
            await settle_entitlement(each.settling, uow)

    async def settle_again(self, instructions: Sequence[Instruction]) -> None:
        """As when the due work is repeated after a restart."""
        async with self.service.worker.database.begin(BenefitsUnitOfWork, Cause("cuts")) as uow:
            await self.settle(instructions, uow)

    async def freeze(self, cut: Cut | None = None, point: str = "") -> str:
        """The timer of the bank file runs once, perhaps cut; where it was cut, empty if it came through."""
        run = asyncio.create_task(self._freeze())
        with self.at_work.on(cut), ending_at(point) as reached:
            await asyncio.wait([run])
            fell = self.at_work.fell or "".join(reached)
        fault = None if run.cancelled() else run.exception()
        if fault is not None and not fell:
            raise fault
        return fell

    async def _freeze(self) -> None:
        async with self.service.worker.database.begin(BenefitsUnitOfWork, Cause("timer")) as uow:
            await self.timer.handler(FreezeBankFile(), uow)

    async def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        key: str = "",
        hang_up: HangUp | None = None,
    ) -> Answer:
        """The bank asks once, over the wire; what the server began it ends before this returns."""
        headers = {"authorization": f"Bearer {self._bearer()}", "content-type": "application/xml"}
        if key:
            headers["idempotency-key"] = key
        answer = await self.line.ask(method, path, headers, body, hang_up)
        await _until(lambda: not self.http.server_state.tasks)
        return answer

    async def insist(self, method: str, path: str, body: bytes = b"", key: str = "") -> Answer:
        """The bank asks until it has an answer that is no fault of the server."""
        for _ in range(TRIES):
            answer = await self.ask(method, path, body, key)
            if answer.whole and answer.status < 500 and b"idempotency_in_flight" not in answer.body:
                return answer
        raise AssertionError(f"{method} got no answer in {TRIES} tries; the last status was {answer.status}")

    def _bearer(self) -> str:
        now = asyncio.get_running_loop().time()
        if now >= self._token_until:
            self._token = self.service.issuer.token(SCOPES, party="bank:1", role="partner", client_id="bank:1")
            self._token_until = now + _TOKEN_S
        return self._token


# A bank file is handed out when it was told what is in it; nothing is relayed here, so that telling it is being told.
_A_RELAY_THAT_IS_AHEAD = """
    CREATE FUNCTION relayed() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN NEW.published_at := clock_timestamp(); RETURN NEW; END';
    CREATE TRIGGER relayed BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION relayed();
"""


@asynccontextmanager
async def system(databases: Databases, issuer: TestIssuer) -> AsyncIterator[System]:
    """Benefits on a database of its own, its API behind a real server on a free port."""
    async with (
        databases.fresh("benefits") as database,
        service_under_test(BenefitsSettings, build, work, database, issuer) as service,
        _served(service) as http,
    ):
        administrator = await asyncpg.connect(databases.postgres.url(database.name))
        settings = service.worker.settings
        assert isinstance(settings, BenefitsSettings)
        await administrator.execute(_A_RELAY_THAT_IS_AHEAD)
        try:
            yield System(
                service,
                http,
                Line("127.0.0.1", http.servers[0].sockets[0].getsockname()[1]),
                administrator,
                FaultInjector(service.worker.database, administrator),
                FaultInjector(service.app.state.database, administrator),
                schedules(settings)[0],
                FieldCipher(FIELD_KEY_ID, settings.field_key),
            )
        finally:
            await administrator.close()


@asynccontextmanager
async def _served(service: ServiceUnderTest) -> AsyncIterator[uvicorn.Server]:
    http = server(service.app, "127.0.0.1", 0)
    serving = asyncio.create_task(http.serve())
    await _until(lambda: http.started)
    try:
        yield http
    finally:
        http.should_exit = True
        await serving


async def _until(true: Callable[[], bool]) -> None:
    # The server tells nobody when it has ended what it began.
    while not true():  # noqa: ASYNC110
        await asyncio.sleep(0.0005)
