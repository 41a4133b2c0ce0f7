"""The whole pack against the services as they are, on the days on which its cases hold."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from conformance.pack import Case, Group, load
from conformance.report import line
from shared.testing.clock import BusinessClock
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer
from tests.conformance.conftest import Ground, ground_on, results_of, run_by

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(480)]

# Beside the machine's own day: each case that has not come, or is over, holds on one of these.
DAYS = (date(2026, 7, 1), date(2026, 7, 10), date(2026, 7, 20), date(2026, 9, 15), date(2028, 6, 20), date(2031, 6, 20))
HAS = {"claims", "hospital", "second"}


async def test_the_services_conform_to_the_pack(ground: Ground) -> None:
    results = await results_of(ground)
    failed = [line(each) for each in results if each.state == "failed"]
    assert not failed, "\n".join(failed)


async def test_the_services_conform_on_the_days_on_which_other_cases_hold(
    databases: Databases, issuer: TestIssuer, tmp_path: Path, business_clock: BusinessClock
) -> None:
    for number, day in enumerate(DAYS):
        business_clock.set_day(day.year, day.month, day.day)
        async with ground_on(databases, issuer, tmp_path / str(day)) as ground:
            run = await run_by(ground, f"D{number:010d}Z")
            run.today = day
            results = await run.all(bound_to(number))
        failed = [line(each) for each in results if each.state == "failed"]
        assert not failed, f"on {day}: " + "\n".join(failed)


def test_every_case_is_tried_on_one_of_the_days() -> None:
    days = (*DAYS, date(2026, 11, 30))
    for case in (case for group in load() for case in group.cases if case.needs <= HAS):
        assert any(case.not_on(day) == "" for day in days), case.id


def bound_to(number: int) -> list[Group]:
    """The cases that hold on this one of the days and not in November 2026; those that have no last day, once."""
    before = (date(2026, 11, 30), *DAYS[:number])

    def is_due(case: Case) -> bool:
        others = before[:1] if case.last_day else before
        return not case.not_on(DAYS[number]) and all(case.not_on(day) for day in others)

    groups = [replace(group, cases=tuple(filter(is_due, group.cases))) for group in load()]
    return [group for group in groups if group.cases]
