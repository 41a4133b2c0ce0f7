"""What no service could keep or reckon with is no event: it is parked, and breaks nothing that was kept."""

from datetime import date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from shared.contracts.claim_assessed import MOST_SEN, EntitlementV1, TermV1
from shared.contracts.payable_stated import RegistrationPayableStatedV1
from shared.contracts.registration import MembershipChangedV1, PersonRegisteredV1
from shared.contracts.tests.test_claim_assessed import entitlement
from shared.contracts.tests.test_payable_stated import stated

RELEASE = {"kind": "release", "filed_on": "2026-08-20", "stated_at": "2026-08-20T04:00:00Z", "stated_by": "person"}
OUT = {"category": "out", "first": "2026-09-01", "last": "2026-12-31"}


def membership(scheme: str = "skbbk", revision: int = 1, *, period: Any = None, **said: Any) -> MembershipChangedV1:
    whole = {"person": 12, "scheme": scheme, "revision": revision}
    return MembershipChangedV1.model_validate(
        {**whole, "periods": [{**OUT, **(period or {})}], "statements": [{**RELEASE, **said}]}
    )


@pytest.mark.parametrize(
    "foreign",
    [
        {"stated_at": "2026-08-20T04:00:00"},
        {"stated_at": "9999-12-31T23:59:59Z"},
        {"filed_on": "0001-01-01"},
        {"filed_on": "2101-01-01"},
        {"kind": "regret"},
        {"stated_by": "x" * 61},
        {"stated_by": ""},
        {"revision": 0},
        {"revision": 2**31},
        {"period": {"category": "third"}},
        {"period": {"last": "9999-12-31"}},
        {"period": {"first": "2027-01-01"}},
        {"scheme": "act4"},
        {"scheme": "s" * 10_001},
    ],
)
def test_a_foreign_membership_is_no_event(foreign: dict[str, Any]) -> None:
    assert membership().statements[0].stated_by == "person"
    assert membership(stated_at=None, stated_by=None).statements[0].stated_at is None
    with pytest.raises(ValidationError):
        membership(**foreign)


def test_a_revision_is_kept_whole_in_every_event() -> None:
    person: dict[str, Any] = {"person": 1, "id_tokens": (), "born_on": date(1990, 1, 1), "residence": "citizen"}
    whole = {**person, "registered_at": "2026-01-01T00:00:00Z"}
    assert PersonRegisteredV1.model_validate({**whole, "revision": 2**31 - 1}).revision == 2**31 - 1
    for foreign in ({"revision": 2**31}, {"revision": 1, "person": 2**63}, {"revision": 1, "born_on": "0001-01-01"}):
        with pytest.raises(ValidationError):
            PersonRegisteredV1.model_validate({**whole, **foreign})


def by_day(sen: int, last: date | None) -> TermV1:
    return TermV1.model_validate({"per": "day", "sen": sen, "first": date(1900, 1, 1), "last": last})


def test_nobody_is_owed_more_than_can_be_added_up() -> None:
    assert entitlement(by_day(MOST_SEN, None)).terms[0].sen == MOST_SEN
    with pytest.raises(ValidationError):
        by_day(MOST_SEN + 1, None)
    worth = by_day(MOST_SEN, date(1903, 1, 1))
    for owed in (entitlement, owed_by_another):
        with pytest.raises(ValidationError):
            owed(worth)


def owed_by_another(term: TermV1) -> EntitlementV1 | RegistrationPayableStatedV1:
    return stated(terms=(term,), arose_on=date(2026, 7, 31))


def test_an_instant_has_an_offset() -> None:
    with pytest.raises(ValidationError):
        stated(stated_at=datetime(2026, 8, 20))  # noqa: DTZ001  the very thing that is refused
