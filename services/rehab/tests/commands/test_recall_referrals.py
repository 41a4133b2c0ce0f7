"""Beds that are taken and people who have left are known again after a restore (rules M8)."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from services.rehab.tests.support import CERTIFICATE, Rehab, accident, rehab_on
from shared.kernel.identifiers import new_id
from shared.testing.recalling import recall
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

DISCHARGE = {"discharged_on": "2026-07-31", "outcome": "fit_for_other_work", "final_certificate": CERTIFICATE}
_STANDS = "SELECT id, state, centre, admitted_on, admitted_revision, discharged_on, discharged_revision FROM referral"


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Rehab]:
    """Rehab on a database that was put back."""
    async with rehab_on(databases, issuer) as fresh:
        yield fresh


async def test_a_referral_has_the_same_id_whenever_it_is_opened(rehab: Rehab, again: Rehab) -> None:
    claim = new_id()
    for each in (rehab, again):
        await each.consume(accident(claim))
    assert (await rehab.referral_of(claim))["referral"] == (await again.referral_of(claim))["referral"]


async def test_admissions_and_discharges_are_known_again(rehab: Rehab, again: Rehab) -> None:
    here, left = new_id(), new_id()
    await rehab.admitted(here)
    path = await rehab.admitted(left, person=13)
    assert (await rehab.post(f"{path}/discharge", DISCHARGE)).status_code == 200
    await recall(rehab.service, again.service)
    for claim, person in ((here, 12), (left, 13)):
        await again.consume(accident(claim, person=person))
    order = " ORDER BY id"
    assert await again.rows(_STANDS + order) == await rehab.rows(_STANDS + order)
    assert (await again.post(f"{path}/discharge", DISCHARGE)).json()["code"] == "referral_state"
    await _leaves(again, here)


async def _leaves(again: Rehab, claim: UUID) -> None:
    """Who was admitted before the restore is discharged after it, above the revision that was published."""
    path = f"/v1/referrals/{(await again.referral_of(claim))['referral']}"
    assert (await again.post(f"{path}/discharge", DISCHARGE)).status_code == 200
    assert (await again.published())[-1]["data"].find('"revision":2') > 0
