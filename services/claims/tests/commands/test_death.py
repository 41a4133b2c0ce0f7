"""A death, and the person's other claims: what it ends, and what it reads of them."""

from datetime import date
from typing import Any

import pytest

from services.claims.tests.commands.test_kinds import born, questions, stated_and_approved, terms_of
from services.claims.tests.support import (
    all_has_arrived,
    apply_events,
    contributed,
    employed,
    notice,
    read,
    report,
    submit,
)
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

MONTHS = [f"{year}-{month:02d}" for year in (2023, 2024, 2025, 2026) for month in range(1, 13)]
PARTIES = (("employer:3", "partner"), ("hospital:1", "partner"))


async def insured_worker(claims: ServiceUnderTest, year_of_birth: int = 1980) -> None:
    """RM1,980.00 in each month from 2023 on, assumed RM1,950.00."""
    await apply_events(
        claims,
        born(year_of_birth, 1, 1),
        *employed(started_on=date(2023, 1, 1)),
        *(contributed(month, 198_000) for month in MONTHS if month < "2026-11"),
    )
    await all_has_arrived(claims)


async def notice_of(claims: ServiceUnderTest, kind: str, happened_on: str, *parties: tuple[str, str]) -> str:
    """Notices of an event that is no accident, by each of the parties; the claim."""
    body = notice(kind=kind, happened_on=happened_on, wages_paid_for=[])
    for name in ("certificate", "place"):
        del body[name]
    for party, role in parties or (("organisation:1", "officer"),):
        answer = await submit(claims, body, party=party, role=role)
        assert answer.status_code == 202, answer.text
        await claims.work_off()
    shown: list[dict[str, Any]] = (await read(claims, "/v1/claims"))["data"]
    return next(str(each["claim"]) for each in shown if each["kind"] == kind and each["joined_to"] is None)


async def test_a_death_ends_a_benefit_for_life_and_one_that_never_was_opens_it_again(claims: ServiceUnderTest) -> None:
    """1,950.00 / 30 × 90 % × 60 % = 35.10 a day, 1,053.00 a month; 19 days of October are 666.90."""
    await insured_worker(claims)
    accident = (await report(claims))["claim"]
    await claims.work_off()
    await stated_and_approved(claims, accident, permanent_loss={"percent": 60})
    await stated_and_approved(claims, accident, choice={"option": "periodic", "applied_on": "2026-09-01"})
    for_life = [("insured", "month", "1053.00", "2026-09-01", None)]
    assert await terms_of(claims, accident, "permanent_disablement") == for_life
    death = await notice_of(claims, "death", "2026-10-20", *PARTIES)
    assert await terms_of(claims, accident, "permanent_disablement") == [
        ("insured", "month", "1053.00", "2026-09-01", "2026-09-30"),
        ("insured", "once", "666.90", "2026-10-01", "2026-10-19"),
    ]
    await stated_and_approved(claims, death, finding={"fact": "found alive", "found": "yes"})
    assert await terms_of(claims, accident, "permanent_disablement") == for_life
    assert set((await questions(claims, death)).values()) == {("refused", "the_person_has_died")}
