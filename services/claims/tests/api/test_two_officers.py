"""What two officers decide, in every queue of claims: the rules that all services share hold in each."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from typing import Any

import pytest

from services.claims.api.tasks import QUEUES
from services.claims.tests.commands.test_claims_as_a_whole import lost as lost_with_its_database
from services.claims.tests.files.letters import letters_after, say
from services.claims.tests.support import (
    ACCIDENT,
    EMPLOYER,
    OFFICER,
    PERSON,
    all_has_arrived,
    apply_events,
    certificate,
    claims_on,
    contributed,
    employed,
    notice,
    registered,
    report,
    spell_of,
    submit,
)
from shared.kernel.identifiers import person_id
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer
from shared.testing.two_officers import Waiting, check_rules

pytestmark = pytest.mark.postgres

STATER, OPERATOR = "officer-3", 12
# What is proposed, who stated it, and what that one is told who approves it.
Stated = tuple[dict[str, Any], str | None, tuple[int, str] | None]


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[ServiceUnderTest]:
    """Claims on a database that was put back."""
    async with claims_on(databases, issuer) as fresh:
        yield fresh


def by(kind: str, code: str, **says: Any) -> Stated:
    """Of what an officer stated."""
    return {"kind": kind, **says}, STATER, (409, code)


def by_nobody(kind: str, **says: Any) -> Stated:
    """Of what no officer stated."""
    return {"kind": kind, **says}, None, None


async def hurt(claims: ServiceUnderTest, **changes: Any) -> str:
    """The claim of somebody who has worked for half a year, as the employer reports it."""
    wages = [contributed(f"2026-0{month}", 312_000) for month in range(2, 8)]
    await apply_events(claims, registered(), *employed(), *wages)
    await all_has_arrived(claims)
    reported = await report(claims, **{**ACCIDENT, **changes})
    await claims.work_off()
    return str(reported["claim"])


async def says_of(claims: ServiceUnderTest, claim: str, **stated: Any) -> str:
    """The evidence that an officer states."""
    path, scopes = f"/v1/claims/{claim}/evidence", ["claims:notice:write"]
    answer = await claims.call("POST", path, scopes=scopes, subject=STATER, json=stated)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["evidence"])


async def identity(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    await hurt(claims)
    other = notice(happened_on="2026-07-01", certificate=certificate("2026-07-01", "2026-07-10"))
    answer = await submit(claims, other, party=OFFICER, role="officer", subject=STATER)
    assert answer.status_code == 202, answer.text
    return by("relation_shown", "notice_of_oneself", person=person_id(PERSON))


async def no_wage_month(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    """Hired in the month of the accident; an operator in similar work has wages."""
    similar = [contributed(f"2026-0{month}", 229_000, person=OPERATOR) for month in range(1, 7)]
    operator = spell_of(EMPLOYER, date(2025, 1, 1), person=OPERATOR)
    hired = (*employed(started_on=date(2026, 7, 1)), contributed("2026-07", 107_000))
    await apply_events(claims, registered(), *hired, operator, *similar)
    await all_has_arrived(claims)
    await report(claims)
    return by_nobody("similar_worker", person=person_id(OPERATOR))


async def doubt(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    finding = {"fact": "conduct under section 93", "found": "yes"}
    stated = await says_of(claims, await hurt(claims, place="other"), finding=finding)
    return by("finding_counts", "evidence_of_oneself", evidence=stated)


async def evidence(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    stated = await says_of(claims, await hurt(claims), permanent_loss={"percent": 12})
    return by("evidence_counts", "evidence_of_oneself", evidence=stated)


async def over_review(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    await hurt(claims, certificate=certificate("2026-08-05", "2027-02-20"))
    return by_nobody("days_looked_at", last_day="2027-02-20")


async def unruled(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    await apply_events(claims, registered(), *employed())
    await all_has_arrived(claims)
    await report(claims, "employer:3", kind="disease", place=None, wages_paid_for=[])
    return by_nobody("decided_outside")


async def lost(claims: ServiceUnderTest, again: ServiceUnderTest) -> Stated:
    await lost_with_its_database(again, claims)
    return by_nobody("not_sent_again")


async def undelivered(claims: ServiceUnderTest, _: ServiceUnderTest) -> Stated:
    """A letter came back, and nobody stated anything."""
    await hurt(claims)
    [message] = [each["messages"][0] for each in await letters_after(claims)]
    assert (await say(claims, message["message"], "bounced", reason="address_unknown")).status_code == 202
    return by_nobody("told_otherwise")


WAYS: dict[str, Callable[[ServiceUnderTest, ServiceUnderTest], Awaitable[Stated]]] = {
    way.__name__: way for way in (identity, no_wage_month, doubt, evidence, over_review, unruled, lost, undelivered)
}


def test_every_queue_goes_through_the_rules() -> None:
    assert WAYS.keys() == QUEUES.queues.keys()


@pytest.mark.parametrize("queue", WAYS)
async def test_what_two_officers_decide_in_every_queue(
    claims: ServiceUnderTest, again: ServiceUnderTest, queue: str
) -> None:
    says, stated_by, of_oneself = await WAYS[queue](claims, again)
    await claims.work_off()
    scopes = [QUEUES.queues[queue].scope, "claims:task:read"]
    waiting = (await claims.call("GET", f"/v1/tasks?queue={queue}", scopes=scopes)).json()["data"]
    await check_rules(claims, QUEUES, Waiting(waiting[0], says, stated_by, of_oneself))
