"""One constant attendance allowance for one day, of whichever claim of a person has it."""

import pytest

from services.claims.tests.commands.test_death import LAST_DAY, insured_worker, notice_of
from services.claims.tests.commands.test_kinds import questions, stated_and_approved, terms_of
from services.claims.tests.support import PERSON, report
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

ATTENDANCE = "constant_attendance_allowance"


async def test_what_one_claim_has_no_more_of_the_attendance_allowance_the_other_has_again(
    claims: ServiceUnderTest,
) -> None:
    """A board finds before the first day that the need is none after all."""
    await insured_worker(claims, ended_on=LAST_DAY)
    accident = str((await report(claims))["claim"])
    await claims.work_off()
    needed = {"percent": 100, "attendance": {"first": "2090-10-01"}}
    await stated_and_approved(claims, accident, permanent_loss=needed)
    await stated_and_approved(claims, accident, choice={"option": "periodic", "applied_on": "2026-09-01"})
    forever = [("insured", "month", "500.00", "2090-10-01", None)]
    assert await terms_of(claims, accident, ATTENDANCE) == forever
    invalidity = await notice_of(claims, "invalidity", "2026-07-15", (f"person:{PERSON}", "partner"))
    certified = {"certified": True, "earning_capacity": 20, "attendance": {"first": "2090-10-01"}}
    await stated_and_approved(claims, invalidity, invalidity=certified)
    await claims.work_off()
    reason = "owed_by_no_other_claim_for_the_same_days"
    assert (await questions(claims, invalidity))[ATTENDANCE] == ("refused", reason)
    await stated_and_approved(claims, accident, permanent_loss={"percent": 100})
    await claims.work_off()
    assert await terms_of(claims, accident, ATTENDANCE) == []
    assert await terms_of(claims, invalidity, ATTENDANCE) == forever
