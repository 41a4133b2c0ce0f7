"""How a service follows an erasure from one look to the next."""

from datetime import UTC, date, datetime, timedelta

from shared.contracts.erasure_followed import Following
from shared.kernel.identifiers import new_id
from shared.persistence.erased import HELD, FollowedErasure, Hold, followed

PERSON, ERASURE = 12, new_id()
AT, ON = datetime(2026, 8, 3, 4, tzinfo=UTC), date(2026, 8, 3)
OPEN, PAID = Hold("claim_open", "service:claims"), Hold("paid_lately", "service:benefits", date(2031, 5, 2))


def looked(known: FollowedErasure | None, hold: Hold | None, days: int = 0) -> FollowedErasure | None:
    """What is told when it is looked at so many days later."""
    later = timedelta(days=days)
    return followed(known, PERSON, ERASURE, hold, AT + later, ON + later)


def test_what_comes_first_has_a_reason_an_owner_and_a_day() -> None:
    held = looked(None, OPEN)
    assert held == FollowedErasure(PERSON, ERASURE, 1, Following.HELD, "claim_open", "service:claims", ON + HELD, AT)
    paid = looked(None, PAID)
    assert paid is not None
    assert paid.until == PAID.until, "where the day is known it is that one"


def test_looking_again_tells_nothing_and_stretches_nothing() -> None:
    held = looked(None, OPEN)
    for days in (1, 89, 200):
        assert looked(held, OPEN, days) is None


def test_something_else_that_comes_first_has_a_day_of_its_own() -> None:
    other = looked(looked(None, OPEN), PAID, 10)
    assert other is not None
    assert (other.revision, other.reason, other.until) == (2, "paid_lately", PAID.until)
    again = looked(other, OPEN, 20)
    assert again is not None
    assert (again.revision, again.until) == (3, ON + timedelta(days=20) + HELD)


def test_what_is_forgotten_is_told_once_and_may_be_held_again() -> None:
    forgotten = looked(looked(None, OPEN), None, 1)
    assert forgotten is not None
    assert (forgotten.revision, forgotten.state, forgotten.reason, forgotten.owner, forgotten.until) == (
        *(2, Following.FORGOTTEN),
        *(None, None, None),
    )
    assert looked(forgotten, None, 2) is None
    held = looked(forgotten, OPEN, 3)
    assert held is not None
    assert (held.revision, held.state, held.until) == (3, Following.HELD, ON + timedelta(days=3) + HELD)
