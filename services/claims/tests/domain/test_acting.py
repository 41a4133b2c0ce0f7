"""Whether somebody still acts for a person, by what benefits stated of it."""

from datetime import date
from uuid import UUID

import pytest

from services.claims.domain.acting import Acting, Shown, has_ended, looked_at_next
from services.claims.domain.claim import Capacity

DAY = date(2026, 9, 1)
SHOWN = Shown({"person:50"}, Capacity.GUARDIAN, {7}, {8})


def said(first: str, last: str | None = None, *, ward: int = 7, holder: str = "person:50", **changes: object) -> Acting:
    days = (date.fromisoformat(first), None if last is None else date.fromisoformat(last))
    stated: dict[str, object] = {"says": "guardian", "stands": True, **changes}
    replaced = stated.get("replaced_on")
    replaced_on = date.fromisoformat(str(replaced)) if replaced else None
    return Acting(UUID(int=1), ward, holder, str(stated["says"]), *days, bool(stated["stands"]), replaced_on)


@pytest.mark.parametrize(
    ("statements", "ended"),
    [
        ([], None),
        ([said("2026-01-01")], False),
        ([said("2026-01-01", "2026-09-01")], False),
        ([said("2026-01-01", "2026-08-31")], True),
        ([said("2026-01-01", stands=False)], True),
        # What begins later says nothing of before.
        ([said("2026-09-02")], None),
        ([said("2026-01-01", "2026-08-31"), said("2026-09-02")], True),
        ([said("2026-01-01", stands=False), said("2026-01-01", "2027-01-01")], False),
        # What takes its place later ends nothing before its own first day.
        ([said("2026-01-01", replaced_on="2026-09-02"), said("2026-09-02")], False),
        ([said("2026-01-01", replaced_on="2026-09-01"), said("2026-09-01", holder="person:51")], True),
        ([said("2026-01-01", "2026-08-31", replaced_on="2026-09-02")], True),
        # Of another who is owed something by the claim, such as a child of the dead.
        ([said("2026-01-01", "2026-08-31", ward=8)], True),
        ([said("2026-01-01", "2026-08-31", ward=8), said("2026-01-01")], False),
        ([said("2026-01-01", "2026-08-31", ward=9)], None),
        # Another was appointed in the place of whom benefits does not know.
        ([said("2026-08-01", holder="person:51")], True),
        ([said("2026-09-02", holder="person:51")], None),
        ([said("2026-08-01", holder="person:51", says="representative")], None),
        ([said("2026-08-01", holder="person:51", stands=False)], None),
        ([said("2026-08-01", holder="person:51", ward=8)], None),
        ([said("2026-08-01", holder="person:51"), said("2026-01-01")], False),
    ],
)
def test_a_term_ends_by_its_days_and_by_who_comes_in_its_place(statements: list[Acting], ended: bool | None) -> None:
    assert has_ended(SHOWN, statements, DAY) is ended


def test_it_is_looked_at_on_the_day_that_changes_it() -> None:
    assert looked_at_next([], DAY) is None
    assert looked_at_next([said("2026-01-01")], DAY) is None
    assert looked_at_next([said("2026-01-01", replaced_on="2026-10-01")], DAY) == date(2026, 10, 1)
    assert looked_at_next([said("2026-01-01", "2026-09-01"), said("2026-10-01")], DAY) == date(2026, 9, 2)
    assert looked_at_next([said("2026-01-01", "2026-08-31"), said("2026-10-01")], DAY) == date(2026, 10, 1)
