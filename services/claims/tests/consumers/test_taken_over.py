"""What registration took over from an earlier system is known to claims as if it had been told one by one."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.claims.commands.assess_claim import AssessClaim
from services.claims.domain.subjects import of_all_numbers, person, spells, wage
from services.claims.storage.known_persons import KnownPerson
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.support import EMPLOYER, PERSON, apply_events, contributed
from shared.contracts.contribution_received import ContributionsTakenOverV1
from shared.contracts.envelope import Cause
from shared.contracts.registration import (
    MembershipPeriodV1,
    MembershipTakenOverV1,
    PeopleTakenOverV1,
    PersonTakenOverV1,
    Residence,
    SpellTakenOverV1,
)
from shared.kernel.subjects import Subject
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

AN_INSTANT = datetime(2026, 1, 5, tzinfo=UTC)
FILE, SPELL = UUID(int=1), UUID(int=2)
BEGAN = date(2015, 3, 1)
PEOPLE = PeopleTakenOverV1(
    file=FILE,
    chunk=0,
    taken_at=AN_INSTANT,
    persons=(
        PersonTakenOverV1(
            person=PERSON, revision=1, id_tokens=("T" * 32,), born_on=date(1990, 1, 1), residence=Residence.CITIZEN
        ),
    ),
    spells=(SpellTakenOverV1(spell=SPELL, person=PERSON, employer=EMPLOYER, revision=1, started_on=BEGAN),),
    memberships=(
        MembershipTakenOverV1(
            person=PERSON, scheme="act4", revision=1, periods=(MembershipPeriodV1(category="first", first=BEGAN),)
        ),
    ),
)
NONE = (0, 0)
MONTHS = ContributionsTakenOverV1(
    file=FILE,
    chunk=0,
    taken_at=AN_INSTANT,
    employers=(EMPLOYER, EMPLOYER),
    persons=(PERSON, PERSON),
    first_months=("2024-11", "2026-01"),
    last_months=("2025-12", "2026-07"),
    wages_sen=(230_000, 248_000),
    act4_employer_sen=NONE,
    act4_employee_sen=NONE,
    act800_employer_sen=NONE,
    act800_employee_sen=NONE,
    skbbk_employee_sen=NONE,
)


async def known(claims: ServiceUnderTest) -> KnownPerson:
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        return await uow.known_persons.of(PERSON, date(2026, 12, 31))


async def test_people_spells_and_memberships_are_known(claims: ServiceUnderTest) -> None:
    await apply_events(claims, PEOPLE, PEOPLE)
    found = await known(claims)
    assert (found.revision, found.born_on, found.is_foreign) == (1, date(1990, 1, 1), False)
    assert [(each.id, each.first) for each in found.spells] == [(SPELL, BEGAN)]
    assert [(each.scheme, each.category) for each in found.memberships] == [("act4", "first")]


async def test_months_are_read_one_by_one_and_a_line_takes_the_place_of_its_own(claims: ServiceUnderTest) -> None:
    await apply_events(claims, PEOPLE, MONTHS, MONTHS)
    lines = (await known(claims)).lines
    assert len(lines) == 14 + 7
    assert [str(each.month) for each in lines][:2] == ["2024-11", "2024-12"]
    assert {each.wage for each in lines} == {230_000, 248_000}
    before = await known(claims)
    await apply_events(claims, contributed("2026-05", 312_000).model_copy(update={"revisions": (2,)}))
    after = (await known(claims)).lines
    assert len(after) == len(before.lines)
    assert {str(each.month): each.wage for each in after}["2026-05"] == 312_000


async def test_whoever_listens_to_a_month_is_woken_by_months_that_are_taken_over(claims: ServiceUnderTest) -> None:
    listens = of_all_numbers({wage(PERSON, "2026-05")}, PERSON, (PERSON, PERSON + 1))
    assert listens == {
        wage(PERSON, "2026-05"),
        wage(PERSON + 1, "2026-05"),
        *(Subject.of("taken_over", number) for number in (PERSON, PERSON + 1)),
    }
    assert of_all_numbers({spells(PERSON)}, PERSON, (PERSON,)) == {spells(PERSON)}
    waiting, other = AssessClaim(UUID(int=5)), AssessClaim(UUID(int=6))
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await uow.due.when(waiting, listens, None)
        await uow.due.when(other, of_all_numbers({wage(PERSON + 2, "2026-05")}, PERSON + 2, ()), None)
    await apply_events(claims, MONTHS)
    async with claims.database.connection("migrate") as connection:
        due = await connection.fetch("SELECT payload FROM due_work WHERE due_at < 'infinity' AND kind = 'assess_claim'")
    assert [str(waiting.claim) in each["payload"] for each in due] == [True]


@pytest.mark.parametrize("also", [spells(PERSON), person(PERSON)])
async def test_what_a_worker_of_before_let_listen_to_a_month_is_woken_too(
    claims: ServiceUnderTest, also: Subject
) -> None:
    """It said nothing of months that are taken over: but of the person, or of where it works, as all do."""
    waiting = AssessClaim(UUID(int=5))
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await uow.due.when(waiting, {wage(PERSON, "2026-05"), also}, None)
    await apply_events(claims, MONTHS)
    async with claims.database.connection("migrate") as connection:
        due = await connection.fetch("SELECT payload FROM due_work WHERE due_at < 'infinity' AND kind = 'assess_claim'")
    assert [str(waiting.claim) in each["payload"] for each in due] == [True]
