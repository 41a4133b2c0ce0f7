"""Claims and benefits as they are shipped, without Kafka, and the post between them, in whatever order it comes.

Both stand on real PostgreSQL. What one of them publishes the other reads in a chance order and each of it twice; of one
and the same claim too, since the newest revision counts.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from services.benefits.main import build as build_benefits
from services.benefits.settings import BenefitsSettings
from services.benefits.tests.support import bank_answers, listed
from services.benefits.worker import work as work_of_benefits
from services.claims.tests.support import (
    WRITE,
    answer_task,
    claims_of,
    read,
    role_of,
    submit,
    tasks_of,
)
from shared.contracts.envelope import Event
from shared.kernel.identifiers import person_id
from shared.kernel.money import sen_from_ringgit
from shared.testing.recalling import published_by
from shared.testing.records import received
from shared.testing.servers import Databases, TestDatabase
from shared.testing.service import ServiceUnderTest, service_under_test
from shared.testing.tokens import TestIssuer

READ_BY = (("claims", "benefits", "claim.assessed"), ("benefits", "claims", "benefit.paid"))
STATES, OTHER = "officer-1", "officer-2"


@dataclass(frozen=True)
class Beginning:
    """The two databases as they stood before anybody reported anything."""

    claims: TestDatabase
    benefits: TestDatabase


@dataclass
class Offices:
    """The two services, whom their cases are about, and what each has read of the other.

    ``waiting`` are statements that no two officers have let count so far, each with the claim that it was made of;
    ``of_register`` is what registration has published and nobody has read.
    """

    claims: ServiceUnderTest
    benefits: ServiceUnderTest
    dice: Random
    read: dict[str, int] = field(default_factory=dict)
    waiting: list[tuple[str, str]] = field(default_factory=list)
    of_register: list[Event] = field(default_factory=list)

    async def hear_each_other(self) -> None:
        """Each reads what the other and registration have published since, shuffled and doubled; what follows is worked
        off."""
        services: Mapping[str, ServiceUnderTest] = {"claims": self.claims, "benefits": self.benefits}
        for writer, reader, topic in READ_BY:
            told = [each for each in await published_by(services[writer]) if each.topic.name == topic]
            new, self.read[writer] = told[self.read.get(writer, 0) :], len(told)
            records = [received(each) for each in (*new, *self.of_register)]
            for record in self.dice.sample([*records, *records], 2 * len(records)):
                await services[reader].consume(record)
            await services[reader].work_off()
        self.of_register.clear()

    async def reported(self, party: str, body: dict[str, Any]) -> str:
        """A notice of a party is taken; the claim that it opened, or that joined another one."""
        answer = await submit(self.claims, body, party=party, role=role_of(party))
        assert answer.status_code == 202, answer.text
        return str(answer.json()["claim"])

    async def stated(self, claim: str, **statement: Any) -> None:
        """An officer writes down what somebody states at the counter; nobody has let it count yet."""
        path = f"/v1/claims/{claim}/evidence"
        answer = await self.claims.call("POST", path, scopes=WRITE, json=statement, subject=STATES)
        assert answer.status_code == 202, answer.text
        self.waiting.append((claim, answer.json()["evidence"]))

    async def decided(self, person: int) -> None:
        """Two officers let each notice of somebody whose relation they were shown speak, and each statement count."""
        await self.claims.work_off()
        while tasks := await tasks_of(self.claims, "identity"):
            says = {"kind": "relation_shown", "person": person_id(person)}
            assert await answer_task(self.claims, tasks[0], **says) == (201, None)
        while self.waiting:
            _, evidence = self.waiting.pop(0)
            (task, *_) = await tasks_of(self.claims, "evidence")
            says = {"kind": "evidence_counts", "evidence": evidence}
            assert await answer_task(self.claims, task, **says) == (201, None)

    async def pay(self) -> Sequence[str]:
        """What the bank pays by now, in order of the amounts."""
        await self.hear_each_other()
        paid = await bank_answers(self.benefits)
        await self.hear_each_other()
        return sorted(paid)

    async def settled(self, person: int) -> list[tuple[str, str, str, int]]:
        """Benefit, first and last day and sen of each payment that the bank settled to somebody, in order."""
        paid = await listed(self.benefits, "payments", person)
        own = [each for each in paid if each["party"] == f"person:{person}" and each["state"] == "settled"]
        return sorted(map(_payment, own))

    async def to_come_back(self, person: int) -> int:
        """What somebody is asked for, in sen."""
        asked = await listed(self.benefits, "recoveries", person)
        return sum(_sen(each["open"]) for each in asked if each["party"] == f"person:{person}")

    async def claim(self, kind: str) -> str:
        """The one claim that stands for an event of a kind."""
        shown = (await read(self.claims, "/v1/claims?limit=100"))["data"]
        (stands,) = [each["claim"] for each in shown if each["kind"] == kind and each["joined_to"] is None]
        return str(stands)


def _payment(shown: Mapping[str, Any]) -> tuple[str, str, str, int]:
    return shown["benefit"], shown["period_first"], shown["period_last"], _sen(shown["amount"])


def _sen(money: Mapping[str, str]) -> int:
    return sen_from_ringgit(money["amount"])


@asynccontextmanager
async def offices_on(
    beginning: Beginning, databases: Databases, issuer: TestIssuer, dice: Random
) -> AsyncIterator[Offices]:
    """Both services on copies of a beginning."""
    async with AsyncExitStack() as stack:
        claims = await stack.enter_async_context(databases.copied(beginning.claims))
        benefits = await stack.enter_async_context(databases.copied(beginning.benefits))
        yield Offices(
            await stack.enter_async_context(claims_of(claims, issuer)),
            await stack.enter_async_context(
                service_under_test(BenefitsSettings, build_benefits, work_of_benefits, benefits, issuer)
            ),
            dice,
        )
