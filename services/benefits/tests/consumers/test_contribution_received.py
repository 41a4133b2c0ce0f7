"""The funds' money in: booked once for each file and month."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.benefits.consumers import contribution_received
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.conftest import balances
from shared.contracts.contribution_received import ContributionTotalsV1
from shared.contracts.envelope import Cause
from shared.kernel.identifiers import new_id
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres


def totals(file: UUID, month: str = "2026-09") -> ContributionTotalsV1:
    """One line at RM2,600.00: 44.65 and 12.75 under Act 4, 5.10 twice under Act 800, 19.15 for SKBBK."""
    return ContributionTotalsV1(
        file=file,
        employer=3,
        month=month,
        received_at=datetime(2026, 10, 12, tzinfo=UTC),
        lines=1,
        act4_employer_sen=4465,
        act4_employee_sen=1275,
        act800_employer_sen=510,
        act800_employee_sen=510,
        skbbk_employee_sen=1915,
    )


async def tell(benefits: ServiceUnderTest, *events: ContributionTotalsV1) -> None:
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("test")) as uow:
        await contribution_received.apply(uow, events)


async def test_the_totals_of_a_file_are_credited_to_their_funds_once(benefits: ServiceUnderTest) -> None:
    event = totals(new_id())
    await tell(benefits, event, event)
    await tell(benefits, event)
    assert await balances(benefits) == {
        "contributions_receivable": "86.75",
        "fund_act4_employer": "-44.65",
        "fund_act4_employee": "-12.75",
        "fund_act800": "-10.20",
        "fund_skbbk": "-19.15",
    }


async def test_another_month_of_the_same_file_and_another_file_are_booked_too(benefits: ServiceUnderTest) -> None:
    file = new_id()
    await tell(benefits, totals(file), totals(file, "2026-08"), totals(new_id()))
    assert (await balances(benefits))["contributions_receivable"] == "260.25"
