"""What claims has to know of persons who have an accident, written by its own projections."""

from collections.abc import Iterator
from datetime import date

from services.claims.commands.submit_notice import CertifiedDays, SubmitNotice
from services.claims.consumers import contribution_received, registration
from services.claims.domain.claim import ClaimKind
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.contribution_received import COLUMNS, ContributionsReceivedV1
from shared.contracts.registration import (
    MembershipChangedV1,
    MembershipPeriodV1,
    PersonRegisteredV1,
    Residence,
    SpellStartedV1,
)
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.persistence.engine import Database
from tests.bench.servers import CAUSE

EMPLOYER, WAGE_SEN = 1, 305_000
HIRED, HAPPENED, FIT = date(2020, 1, 6), date(2026, 7, 15), date(2026, 8, 11)
MONTHS = tuple(f"2026-{month:02d}" for month in range(1, 7))


async def project_facts(database: Database, count: int) -> None:
    """Make that many persons known, numbered from 1, with a spell, a membership and wages for half a year."""
    async with database.begin(ClaimsUnitOfWork, CAUSE) as uow:
        await registration.apply([event for person in range(1, count + 1) for event in _registered(person)], uow)
        await contribution_received.apply([_contributed(month, range(1, count + 1)) for month in MONTHS], uow)


def notice_of(person: int) -> SubmitNotice:
    """The accident of such a person."""
    return SubmitNotice(
        tenant=f"employer:{EMPLOYER}",
        by=f"employer:{EMPLOYER}",
        kind=ClaimKind.ACCIDENT,
        person=person,
        id_token=None,
        name_tokens=(),
        capacity=None,
        employer=EMPLOYER,
        happened_on=HAPPENED,
        place="at_work",
        interrupted=False,
        outside_malaysia=False,
        died_on=None,
        caused_by=None,
        certificate=CertifiedDays(HAPPENED, FIT, HAPPENED),
        wages_paid_for=(HAPPENED,),
    )


def _registered(person: int) -> Iterator[registration.Kept]:
    yield PersonRegisteredV1(
        person=person,
        revision=1,
        id_tokens=(f"{person:064x}",),
        born_on=date(1990, 1, 1),
        residence=Residence.CITIZEN,
        registered_at=now(),
    )
    yield SpellStartedV1(spell=new_id(), person=person, employer=EMPLOYER, revision=1, started_on=HIRED)
    period = MembershipPeriodV1(category="first", first=HIRED)
    yield MembershipChangedV1(person=person, scheme="act4", revision=1, periods=(period,))


def _contributed(month: str, persons: range) -> ContributionsReceivedV1:
    ones = (1,) * len(persons)
    return ContributionsReceivedV1(
        file=new_id(),
        employer=EMPLOYER,
        month=month,
        received_at=now(),
        persons=tuple(persons),
        revisions=ones,
        wages_sen=(WAGE_SEN,) * len(persons),
        **dict.fromkeys(COLUMNS[3:], ones),
    )
