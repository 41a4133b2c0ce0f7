"""A payment calendar that officers enter is that by which is paid, as soon as it comes."""

from datetime import date, datetime
from typing import cast

import pytest

from services.benefits.commands.compare_calendar import CompareCalendar, compare_calendar
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.support import bank_answers, decided, enter_payee, monthly, settle
from shared.contracts.envelope import Cause
from shared.contracts.law_figures import FigureEnteredV1
from shared.kernel.clock import BUSINESS_ZONE, now
from shared.kernel.identifiers import new_id
from shared.law.book import book
from shared.persistence.law_entries import LAID_AFTER
from shared.testing.clock import BusinessClock
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres


def calendar(edition: int, august: str) -> FigureEnteredV1:
    """On which day August 2026 is paid."""
    return FigureEnteredV1(
        entry=new_id(),
        edition=edition,
        figure="act4.calendar.payment_days",
        in_force=date(2026, 1, 1),
        known=date(2026, 8, 6),
        cells=(("2026-08", august, "not moved", "calendar of 2026"),),
        law="Act 4, s.15",
        instrument="P.U.(B) 99/2026",
        gazetted_on=date(2026, 8, 1),
        stated_at=now(),
        counted_at=now(),
    )


async def due(benefits: ServiceUnderTest) -> datetime:
    """When what is owed by the month is looked at next."""
    async with benefits.database.connection() as connection:
        query = "SELECT due_at FROM due_work WHERE kind = 'settle_entitlement'"
        return cast("datetime", await connection.fetchval(query))


async def later(benefits: ServiceUnderTest, clock: BusinessClock) -> None:
    """Every process has it."""
    clock.advance(seconds=LAID_AFTER.total_seconds())
    await benefits.work_off()


async def test_entries_move_the_day_in_the_order_of_their_editions_however_they_come(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 6)
    await enter_payee(benefits)
    await settle(benefits, decided(1, monthly(date(2026, 8, 1), None, 70_200)))
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("worker")) as uow:
        await compare_calendar(CompareCalendar(), uow)
    by_no_calendar = datetime(2026, 8, 28, tzinfo=BUSINESS_ZONE)
    assert await due(benefits) == by_no_calendar, "the last banking day"
    misread, corrected = calendar(1, "2026-08-21"), calendar(2, "2026-08-20")
    await benefits.consume(corrected)
    await later(benefits, business_clock)
    assert (book().edition, await due(benefits)) == (0, by_no_calendar), "one is missing"
    await benefits.consume(misread, corrected)
    await later(benefits, business_clock)
    assert (book().edition, await due(benefits)) == (2, datetime(2026, 8, 20, tzinfo=BUSINESS_ZONE))
    business_clock.set_day(2026, 8, 20)
    await benefits.work_off()
    assert await bank_answers(benefits) == ["702.00"]
