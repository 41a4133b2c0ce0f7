"""What no service could keep or reckon with is no event: it is parked, and breaks nothing that was kept."""

from datetime import UTC, date, datetime
from typing import Any, get_origin
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.contracts.accident_reported import AccidentPlace, AccidentReportedV1
from shared.contracts.benefit_paid import BenefitSettledV1
from shared.contracts.claim_assessed import MOST_SEN, EntitlementV1, Fund, TermV1
from shared.contracts.contribution_received import (
    COLUMNS,
    ContributionBankedV1,
    ContributionsReceivedV1,
    ContributionTotalsV1,
)
from shared.contracts.envelope import MOST_MONEY_SEN, Event
from shared.contracts.job_placed import PlacementConfirmedV1
from shared.contracts.payable_stated import RegistrationPayableStatedV1
from shared.contracts.registration import (
    MembershipChangedV1,
    MembershipPeriodV1,
    PersonRegisteredV1,
    SpellConfirmedV1,
)
from shared.contracts.registry import EVENTS
from shared.contracts.rehab_discharged import PatientDischargedV1, RehabOutcome
from shared.contracts.tests.test_claim_assessed import assessed, entitlement
from shared.contracts.tests.test_payable_stated import stated

ID, DAY, NOON = UUID(int=1), date(2026, 7, 15), datetime(2026, 7, 15, 4, tzinfo=UTC)

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


def test_a_scheme_that_a_release_does_not_know_is_taken_whole() -> None:
    """So registration may state a new one before every consumer knows it (decision 70)."""
    later = MembershipChangedV1(
        person=12, scheme="act9999", revision=1, periods=(MembershipPeriodV1(category="in", first=DAY),)
    )
    assert later.periods[0].category == "in"
    insured = {"person": 12, "scheme": "act800", "revision": 1}
    assert MembershipChangedV1.model_validate({**insured, "periods": [{"category": "insured", "first": "2018-01-01"}]})
    with pytest.raises(ValidationError):
        MembershipChangedV1.model_validate({**insured, "periods": [{"category": "first", "first": "2018-01-01"}]})


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


MONTH = {"file": ID, "employer": 7, "month": "2026-07", "received_at": NOON}
EXAMPLES: tuple[Event, ...] = (
    AccidentReportedV1(
        person=12,
        claim=ID,
        notice=ID,
        revision=1,
        employer=7,
        happened_on=DAY,
        place=AccidentPlace.AT_WORK,
        received_at=NOON,
    ),
    ContributionsReceivedV1.model_validate(
        {**MONTH, "persons": (12,), "revisions": (1,), **dict.fromkeys(COLUMNS[2:], (1,))}
    ),
    ContributionTotalsV1.model_validate({**MONTH, "lines": 1, **dict.fromkeys(COLUMNS[3:], 1)}),
    ContributionBankedV1(
        receipt=ID,
        revision=1,
        employer=7,
        month="2026-07",
        amount_sen=1,
        banked_on=DAY,
        received_at=NOON,
        stated_by="bank:1",
        funds=(),
        unallocated_sen=1,
        unallocated_for="nothing_declared",
    ),
    PlacementConfirmedV1(
        placement=ID,
        seeker=ID,
        revision=1,
        person=12,
        employer=7,
        started_on=DAY,
        month="2026-07",
        wage_sen=1,
        confirmed_at=NOON,
    ),
    PatientDischargedV1(
        referral=ID,
        claim=ID,
        person=12,
        revision=1,
        centre="MELAKA",
        discharged_on=DAY,
        outcome=RehabOutcome.NOT_FIT_FOR_WORK,
    ),
    SpellConfirmedV1(
        spell=ID, person=12, employer=7, revision=1, started_on=DAY, confirmed_month="2026-07", wage_sen=1
    ),
    BenefitSettledV1(
        person=12,
        claim=ID,
        scheme="act4",
        benefit="b",
        party="person:12",
        fund=Fund.INVALIDITY,
        amount_sen=1,
        happened_at=NOON,
        instruction=ID,
        claim_revision=1,
        period_first=DAY,
        period_last=DAY,
    ),
)
FOREIGN: dict[str, tuple[Any, ...]] = {
    "person": (-1, 0, 10**9, 10**12),
    "employer": (-1, 0, 10**9),
    "persons": ((12, 0), (10**9,)),
    "revisions": ((-1,), (2**31,)),
    "month": ("zzz", "2026-13", "2026-1", "0001-01"),
    "confirmed_month": ("zzz",),
    "party": ("person:0", "person:1000000000", "person:012", "employer:12 ", "nobody", f"hospital:{'9' * 19}"),
}


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.name)
def test_a_number_a_month_or_money_that_nobody_has_is_no_event(event: Event) -> None:
    """Elements of columns too: one of them would break a page that lists it, or the sum of a whole day."""
    whole = event.model_dump()
    for name, kept in whole.items():
        refused = FOREIGN.get(name, ())
        if name.endswith("_sen"):
            refused = (MOST_MONEY_SEN + 1, -MOST_MONEY_SEN - 1, 2**63 - 1)
            refused = tuple((each,) for each in refused) if isinstance(kept, tuple) else refused
        for foreign in refused:
            with pytest.raises(ValidationError):
                type(event).model_validate({**whole, name: foreign})


def test_the_amounts_of_an_event_add_up_to_no_more_than_one_may_be() -> None:
    totals = next(each for each in EXAMPLES if isinstance(each, ContributionTotalsV1)).model_dump()
    most = {**totals, "act4_employer_sen": MOST_MONEY_SEN - 4}
    assert ContributionTotalsV1.model_validate(most).money_sen == MOST_MONEY_SEN
    with pytest.raises(ValidationError, match="more than there is"):
        ContributionTotalsV1.model_validate({**most, "skbbk_employee_sen": 2})
    with pytest.raises(ValidationError, match="more than there is"):
        assessed(*[entitlement(by_day(MOST_SEN, date(1902, 1, 1)), party=f"person:{each}") for each in (1, 2)])


def test_every_element_of_a_list_is_bounded() -> None:
    """What `_Stated` checks is the value of a field: a list is one, its elements are of a type that has bounds."""
    lists = {
        name: TypeAdapter[Any](stated.rebuild_annotation())
        for event in EVENTS
        for name, stated in event.model_fields.items()
        if get_origin(stated.annotation) is tuple
    }
    assert {"persons", "revisions", "id_tokens", "entitlements", *COLUMNS} <= lists.keys()
    for of_elements in lists.values():
        for foreign in (2**63 - 1, "x" * 10_001):
            with pytest.raises(ValidationError):
                of_elements.validate_python((foreign,))
