"""Nobody is left with nothing: a referral is offered, and nobody outside is told without the person's consent.

Three days of unfitness owe nothing (s.22): every scheme refuses the operator.
"""

from typing import Any

import pytest

from services.claims.domain.claim import Claim, ClaimKind, ClaimState
from services.claims.domain.referral import ReferralReason, offered_for
from services.claims.tests.support import (
    ACCIDENT,
    OFFICER,
    a_claim,
    answer_task,
    certificate,
    claims_on,
    decide,
    read,
    report,
    role_of,
    standing_of,
    tasks_of,
)
from shared.contracts.envelope import Event
from shared.contracts.referral_offered import (
    ReferralAcceptedV1,
    ReferralEndedFor,
    ReferralEndedV1,
    ReferralOfferedV1,
    ReferralV1,
)
from shared.kernel.identifiers import person_id
from shared.testing.never_changed import refused_to_every_role
from shared.testing.recalling import published_by, recall
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer

PATH = "/v1/referral-offers"
READ, WRITE = ["claims:referral_offer:read"], ["claims:referral_offer:write"]
SHORT = {**ACCIDENT, "certificate": certificate("2026-08-05", "2026-08-07"), "wages_paid_for": []}
SELF, GUARDIAN = "person:7", "person:12"


@pytest.fixture
async def refused(worker: ServiceUnderTest) -> dict[str, Any]:
    """A hospital's notice, refused."""
    found = await report(worker, "hospital:1", **SHORT)
    await worker.work_off()
    assert (await standing_of(worker, found))[0] == "refused"
    return found


async def offers(claims: ServiceUnderTest, party: str = SELF, query: str = "") -> list[dict[str, Any]]:
    answer = await claims.call("GET", f"{PATH}{query}", scopes=READ, party=party, role=role_of(party))
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def say(
    claims: ServiceUnderTest, offer: dict[str, Any], accepts: bool | None, party: str = SELF
) -> tuple[int, str]:
    """An answer, or that consent is taken back: status, and state or code."""
    what, body = ("withdrawals", None) if accepts is None else ("answers", {"accepts": accepts})
    path = f"{PATH}/{offer['offer']}/{what}"
    answer = await claims.call("POST", path, scopes=WRITE, party=party, role=role_of(party), json=body)
    return answer.status_code, answer.json().get("state") or answer.json()["code"]


def told(events: list[Event]) -> list[ReferralV1]:
    return [each for each in events if isinstance(each, ReferralV1)]


@pytest.mark.postgres
async def test_whom_every_scheme_refuses_is_offered_both_and_consents_for_itself(
    worker: ServiceUnderTest, refused: dict[str, Any]
) -> None:
    health, welfare = sorted(await offers(worker), key=lambda each: each["receiver"])
    assert (health["receiver"], welfare["receiver"]) == ("health", "welfare")
    assert {(each["state"], each["offered_for"], each["person"]) for each in (health, welfare)} == {
        ("offered", "refused_by_every_scheme", person_id(7))
    }
    assert len(await offers(worker, OFFICER, f"?claim={refused['claim']}")) == 2
    for stranger in ("hospital:1", "employer:3", "person:8"):
        assert await offers(worker, stranger) == []
        assert await say(worker, welfare, True, stranger) == (404, "referral_offer_unknown")
    assert await say(worker, welfare, True, OFFICER) == (403, "not_for_this_party"), "officers consent for nobody"
    assert await say(worker, welfare, None) == (409, "referral_offer_over"), "there is no consent yet"
    assert await say(worker, welfare, False) == (201, "declined")
    assert await say(worker, welfare, True) == (201, "accepted")
    assert await say(worker, welfare, True) == (201, "accepted")
    assert await say(worker, welfare, False) == (409, "referral_offer_over")
    assert await say(worker, welfare, None) == (201, "withdrawn")
    events = [each for each in told(await published_by(worker)) if str(each.offer) == welfare["offer"]]
    assert [(type(each), each.revision) for each in events] == [
        (ReferralOfferedV1, 1),
        (ReferralEndedV1, 2),
        (ReferralAcceptedV1, 3),
        (ReferralEndedV1, 4),
    ]
    assert isinstance(events[-1], ReferralEndedV1)
    assert events[-1].ended_for is ReferralEndedFor.CONSENT_WITHDRAWN
    never = (
        "UPDATE referral_offer SET receiver = 'health'",
        "UPDATE referral_offer SET person = 8",
        "UPDATE referral_offer_event SET state = 'accepted'",
        "DELETE FROM referral_offer",
    )
    await refused_to_every_role(worker.database, "claims", never)


@pytest.mark.postgres
async def test_who_was_shown_to_act_for_the_person_consents_and_nobody_else_who_noticed(
    worker: ServiceUnderTest, refused: dict[str, Any]
) -> None:
    """A guardian and a neighbour notice the same accident; officers let both speak of it."""
    for party, capacity in ((GUARDIAN, "guardian"), ("person:13", "other")):
        await report(worker, party, **SHORT, capacity=capacity)
        await worker.work_off()
        assert await decide(worker, "identity", kind="relation_shown", person=person_id(7)) == (201, None)
    assert len(await offers(worker, GUARDIAN)) == 2
    assert await offers(worker, "person:13") == []
    assert await say(worker, (await offers(worker, GUARDIAN))[0], True, GUARDIAN) == (201, "accepted")
    assert len(await offers(worker, SELF, "?state=accepted")) == 1
    assert refused


@pytest.mark.postgres
async def test_what_nobody_accepted_lapses_once_something_is_owed_and_stands_so_after_a_restore(
    worker: ServiceUnderTest, refused: dict[str, Any], databases: Databases, issuer: TestIssuer
) -> None:
    """Her employer's certificate for 20 days counts by the word of two officers: 17 days more."""
    accepted, _ = await offers(worker)
    assert await say(worker, accepted, True) == (201, "accepted")
    await report(worker, **ACCIDENT)
    await worker.work_off()
    for task in await tasks_of(worker, "evidence"):
        shown = await read(worker, f"/v1/claims/{refused['claim']}/evidence")
        waits = next(each["evidence"] for each in shown if each["standing"] == "waits")
        assert await answer_task(worker, task, kind="evidence_counts", evidence=waits) == (201, None)
    assert (await standing_of(worker, refused))[0] == "decided"
    stands = {each["receiver"]: each["state"] for each in await offers(worker)}
    assert sorted(stands.values()) == ["accepted", "lapsed"]
    async with claims_on(databases, issuer) as again:
        await recall(worker, again)
        assert {each["receiver"]: each["state"] for each in await offers(again, OFFICER)} == stands
        assert told(await published_by(again)) == []


@pytest.mark.parametrize(
    ("claim", "waits", "why"),
    [
        (a_claim(state=ClaimState.REFUSED), (), ReferralReason.REFUSED),
        pytest.param(a_claim(state=ClaimState.REFUSED), ("evidence_waits",), None, id="no final refusal yet"),
        pytest.param(a_claim(state=ClaimState.REFUSED, awaits=("officer",)), (), None, id="a question is open"),
        pytest.param(a_claim(state=ClaimState.REFUSED, reason="the_person_has_died"), (), None, id="it never was"),
        pytest.param(a_claim(state=ClaimState.DECIDED, kind=ClaimKind.ACCIDENT), (), None, id="days pass"),
        pytest.param(a_claim(state=ClaimState.DECIDED, kind=ClaimKind.INVALIDITY), (), None, id="nothing is refused"),
    ],
)
def test_an_offer_is_of_what_is_final(claim: Claim, waits: tuple[str, ...], why: ReferralReason | None) -> None:
    assert offered_for(claim, (), waits) is why
