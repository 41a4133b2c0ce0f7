"""What two officers decide, in every queue of benefits: the rules that all services share hold in each."""

from collections.abc import Awaitable, Callable
from datetime import date

import pytest

from services.benefits.api.tasks import QUEUES
from services.benefits.tests.api import years
from services.benefits.tests.support import enter_payee, settle
from shared.testing.clock import BusinessClock
from shared.testing.service import ServiceUnderTest
from shared.testing.two_officers import Waiting, check_rules

pytestmark = pytest.mark.postgres

OF_ONESELF = (403, "party_statement_of_oneself")
# What is proposed, and whether an officer stated what it is about, and is told so.
Stated = tuple[str, tuple[int, str] | None]


async def suspension(benefits: ServiceUnderTest) -> Stated:
    await settle(benefits, years.pension())
    await years.state(benefits, "/v1/suspensions", years.suspension())
    return "suspension_counts", OF_ONESELF


async def certificate(benefits: ServiceUnderTest) -> Stated:
    await settle(benefits, years.pension())
    await years.state(benefits, "/v1/certificates", years.certificate())
    return "certificate_counts", OF_ONESELF


async def student(benefits: ServiceUnderTest) -> Stated:
    body = {"payee": years.PARTY, "first_on": "2026-09-01", "evidence": "R117A-2026-0118"}
    await years.state(benefits, "/v1/students", body)
    return "student_counts", OF_ONESELF


async def acting_party(benefits: ServiceUnderTest) -> Stated:
    await years.state(benefits, "/v1/acting-parties", years.guardian())
    return "acting_refused", OF_ONESELF


async def increase_order(benefits: ServiceUnderTest) -> Stated:
    await years.state(benefits, "/v1/increases", years.order())
    return "increase_counts", (403, "increase_of_oneself")


async def payee_death(benefits: ServiceUnderTest) -> Stated:
    await enter_payee(benefits)
    await years.tell(benefits, years.registered(date(2026, 8, 31)))
    await settle(benefits, years.pension())
    return "no_heir_found", None


WAYS: dict[str, Callable[[ServiceUnderTest], Awaitable[Stated]]] = {
    "suspension": suspension,
    "certificate": certificate,
    "student": student,
    "acting_party": acting_party,
    "increase_order": increase_order,
    "payee_death": payee_death,
}


def test_every_queue_goes_through_the_rules() -> None:
    assert QUEUES.queues.keys() == WAYS.keys()


@pytest.mark.parametrize("queue", WAYS)
async def test_what_two_officers_decide_in_every_queue(
    benefits: ServiceUnderTest, business_clock: BusinessClock, queue: str
) -> None:
    business_clock.set_day(2026, 10, 5)
    kind, of_oneself = await WAYS[queue](benefits)
    (task,) = await years.tasks(benefits, queue)
    stated_by = None if of_oneself is None else years.STATER
    await check_rules(benefits, QUEUES, Waiting(task, {"kind": kind}, stated_by, of_oneself))
