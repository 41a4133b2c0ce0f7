"""Claims on a database of its own, and what registration would have told it."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from uuid import UUID

import pytest

from services.claims.consumers import contribution_received, registration
from services.claims.main import build
from services.claims.settings import ClaimsSettings
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.worker import work
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
from shared.testing.servers import Databases
from shared.testing.service import TEST_KEY, ServiceUnderTest, service_under_test
from shared.testing.tokens import TestIssuer

PERSON = 7
EMPLOYER = 3
SPELL = UUID("018f0000-0000-7000-8000-000000000001")
MYKAD = "900101145677"


@pytest.fixture
async def claims(databases: Databases, issuer: TestIssuer) -> AsyncIterator[ServiceUnderTest]:
    """The service, without its worker running."""
    async with (
        databases.fresh("claims") as database,
        service_under_test(ClaimsSettings, build, work, database, issuer) as service,
    ):
        yield service


async def tell(claims: ServiceUnderTest, *events: Event) -> None:
    """Apply events as the consumer would."""
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await registration.apply(events, uow)
        await contribution_received.apply(events, uow)


def registered(person: int = PERSON) -> PersonRegisteredV1:
    import base64

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
