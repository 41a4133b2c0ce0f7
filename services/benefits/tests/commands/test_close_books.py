"""What was booked on days that are over is added up once, and every balance of any day and instant stays as it was."""

from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from services.benefits.commands.end_days import EndDays, end_days
from services.benefits.consumers import contribution_received
from services.benefits.queries.ledger import AsOf, list_balances, list_funds
from services.benefits.storage import ledger
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.consumers.test_contribution_received import (
    AT_2600,
    OF_FUNDS,
    handle_events,
    receipt,
    totals,
)
from services.benefits.tests.support import bank_answers, enter_payee, first, second, settle
from shared.contracts.envelope import Cause
from shared.kernel.clock import now, today
from shared.persistence.transient import is_transient
from shared.security.tokens import Caller, Role
from shared.testing.clock import BusinessClock
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

OFFICER = Caller("test", "organisation:1", Role.OFFICER, frozenset())
_ADDED_UP = "SELECT booked_on::text AS day, sum(amount_sen)::bigint AS sen FROM ledger_day GROUP BY 1 ORDER BY 1"


async def told(benefits: ServiceUnderTest, asked: list[AsOf]) -> dict[AsOf, list[Any]]:
    """Every sum that is answered, of all funds, of one, and of each."""
    async with benefits.app.state.database.begin(BenefitsUnitOfWork, Cause("test"), OFFICER) as uow:
        return {each: await _told(each, uow) for each in asked}


async def _told(as_of: AsOf, uow: BenefitsUnitOfWork) -> list[Any]:
    balances = [await list_balances(fund, as_of, uow) for fund in (None, "invalidity", "clearing")]
    return [*balances, await list_funds(as_of, uow)]


async def over(benefits: ServiceUnderTest) -> None:
    """The timer looks, and what it leaves runs when it may."""
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("timer")) as uow:
        await end_days(EndDays(), uow)
    await benefits.work_off()


async def added_up(benefits: ServiceUnderTest) -> dict[str, int]:
    async with benefits.database.connection() as connection:
        return {row["day"]: row["sen"] for row in await connection.fetch(_ADDED_UP)}


async def test_no_balance_of_any_day_or_instant_changes_when_days_are_added_up(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Also where a day is over of which only a part was known, and where more counts on it since."""
    business_clock.set_day(2026, 8, 12)
    await enter_payee(benefits)
    await settle(benefits, first())
    instants = [now()]
    await bank_answers(benefits)
    business_clock.set_day(2026, 10, 16, 0)
    await handle_events(benefits, totals(UUID(int=1)), receipt(1))
    instants.append(now())
    business_clock.set_day(2026, 10, 16, 23)
    await settle(benefits, second())
    business_clock.set_day(2026, 10, 20)
    days = [None, today(), *(each.date() for each in instants)]
    asked = [AsOf(on, known_at) for on, known_at in product(days, [None, *instants])]
    before = await told(benefits, asked)
    await over(benefits)
    assert list(await added_up(benefits)) == ["2026-08-12", "2026-10-16"]
    assert await told(benefits, asked) == before
    await handle_events(benefits, receipt(2, *OF_FUNDS))
    since = await told(benefits, asked)
    assert since != before, "a receipt counts on its day, though that is added up"
    known = [each for each in asked if each.known_at]
    assert {each: since[each] for each in known} == {each: before[each] for each in known}
    business_clock.set_day(2026, 10, 22)
    await over(benefits)
    assert list(await added_up(benefits)) == ["2026-08-12", "2026-10-16", "2026-10-20"]
    assert await told(benefits, asked) == since


async def test_what_is_booked_is_committed_before_its_instant_is_said_to_be_certain(
    benefits: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No statement need be slow for that: a transaction of very many is enough."""
    nothing = await told(benefits, [AsOf()])
    monkeypatch.setattr(ledger, "COMMITTED_WITHIN", timedelta())
    with pytest.raises(ledger.BookedTooLongAgo) as raised:
        await handle_events(benefits, totals(UUID(int=1)))
    assert is_transient(raised.value), "it is no attempt, and nothing is set aside for it"
    assert await told(benefits, [AsOf()]) == nothing
    await handle_events(benefits)
    monkeypatch.undo()
    await handle_events(benefits, totals(UUID(int=1)))
    assert await told(benefits, [AsOf()]) != nothing


async def test_a_day_is_not_added_up_while_somebody_may_book_on_it(
    benefits: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Nor in the hour after it, in which another machine's clock may still show it."""
    business_clock.set_day(2026, 10, 16)
    await handle_events(benefits, totals(UUID(int=1)))
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("test")) as uow:
        await contribution_received.apply([totals(UUID(int=2))], uow)
        business_clock.set_day(2026, 10, 17, 0)
        await over(benefits)
        business_clock.set_day(2026, 10, 17, 2)
        await over(benefits)
        assert await added_up(benefits) == {}
    await benefits.work_off()
    assert await added_up(benefits) == {"2026-10-16": 2 * sum(AT_2600)}
