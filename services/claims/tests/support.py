"""What the tests of claims share: what registration would have published, and what partners report."""

import base64
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.claims.consumers import contribution_received, registration
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.contribution_received import ContributionsReceivedV1
from shared.contracts.envelope import Cause, Event
from shared.contracts.registration import (
    MembershipChangedV1,
    MembershipPeriodV1,
    PersonRegisteredV1,
    Residence,
    SpellStartedV1,
)
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.security.blind_index import IdTokens
from shared.testing.service import TEST_KEY, ServiceUnderTest

PERSON = 7
EMPLOYER = 3
SPELL = UUID("018f0000-0000-7000-8000-000000000001")
MYKAD = "900101145677"
WRITE = ["claims:notice:write", "claims:notice:read"]
HOSPITAL: dict[str, Any] = {"party": "hospital:1", "role": "partner"}


async def apply_events(claims: ServiceUnderTest, *events: Event) -> None:
    """Apply events as the consumer would."""
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await registration.apply(events, uow)
        await contribution_received.apply(events, uow)


def registered(person: int = PERSON) -> PersonRegisteredV1:
    return PersonRegisteredV1(
        person=person,
        revision=1,
        id_tokens=(IdTokens(base64.b64decode(TEST_KEY)).token("mykad", MYKAD),),
        born_on=date(1990, 1, 1),
        residence=Residence.CITIZEN,
        registered_at=now(),
    )


def employed(person: int = PERSON, employer: int = EMPLOYER, started_on: date = date(2020, 1, 6)) -> Sequence[Event]:
    """A spell of employment and the membership that registration derives from it."""
    spell = SpellStartedV1(spell=SPELL, person=person, employer=employer, revision=1, started_on=started_on)
    period = MembershipPeriodV1(category="first", first=started_on)
    return [spell, MembershipChangedV1(person=person, scheme="act4", revision=1, periods=(period,))]


def contributed(month: str, wage_sen: int, revision: int = 1, person: int = PERSON) -> ContributionsReceivedV1:
    """One line of a month; the amounts of the contribution are of no interest to claims."""
    nothing = (0,)
    return ContributionsReceivedV1(
        file=new_id(),
        employer=EMPLOYER,
        month=month,
        received_at=datetime.now().astimezone(),
        persons=(person,),
        revisions=(revision,),
        wages_sen=(wage_sen,),
        act4_employer_sen=nothing,
        act4_employee_sen=nothing,
        act800_employer_sen=nothing,
        act800_employee_sen=nothing,
        skbbk_employee_sen=nothing,
    )


def january_to_may() -> list[ContributionsReceivedV1]:
    """Five months at RM2,480.00, assumed 2,450."""
    return [contributed(f"2026-0{month}", 248_000) for month in range(1, 6)]


def notice(**changes: object) -> dict[str, object]:
    """The accident of the story, as a partner reports it."""
    return {
        "national_id": {"kind": "mykad", "number": MYKAD},
        "happened_on": "2026-07-15",
        "place": "at_work",
        "certificate": {"first": "2026-07-15", "last": "2026-08-11", "issued_on": "2026-07-15"},
        "wages_paid_for": ["2026-07-15"],
        **changes,
    }


async def submit(claims: ServiceUnderTest, body: dict[str, Any], **more: Any) -> Any:
    """Send a notice, as the hospital unless it is told otherwise; the answer."""
    return await claims.call("POST", "/v1/notices", scopes=WRITE, json=body, **{**HOSPITAL, **more})


async def rows_in(claims: ServiceUnderTest) -> int:
    """How many rows a request might have left, over all tables."""
    async with claims.database.connection() as connection:
        total = 0
        for table in ("claim", "certificate", "due_work", "outbox", "idempotency_key"):
            total += len(await connection.fetch(f"TABLE {table}"))
        return total
