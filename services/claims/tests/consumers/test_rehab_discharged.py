"""Discharges, as claims hears of them: a certificate ends the days of its own person's claim, and of no other."""

from datetime import date

import pytest

from services.claims.consumers.rehab_discharged import DischargeOfAnother
from services.claims.tests.support import PERSON, discharge, report
from shared.kernel.identifiers import new_id
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres


async def test_a_discharge_of_another_person_ends_nobodys_days(worker: ServiceUnderTest) -> None:
    reported = await report(worker)
    await worker.work_off()
    await discharge(worker, reported, date(2026, 8, 3))
    for claim, person in ((reported["claim"], PERSON + 1), (str(new_id()), PERSON)):
        with pytest.raises(DischargeOfAnother):
            await discharge(worker, {"claim": claim}, date(2026, 7, 20), person=person)
    async with worker.database.connection() as connection:
        kept = await connection.fetch("SELECT fit_from FROM evidence WHERE kind = 'final_certificate'")
    assert [row["fit_from"] for row in kept] == [date(2026, 8, 3)]
