"""What counts of what was stated: by whom, when, and about what."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from uuid import UUID

from services.claims.domain.evidence import Evidence, EvidenceKind, standing
from services.claims.domain.facts import Spell
from shared.kernel.periods import Days

BEGUN = datetime(2026, 7, 16, tzinfo=UTC)
CLAIM, JOINED = UUID(int=1), UUID(int=2)
JULY = Days(date(2026, 7, 15), date(2026, 7, 31))
AUGUST = Days(date(2026, 7, 15), date(2026, 8, 11))
WORKED = (date(2026, 7, 15), date(2026, 8, 3))
SPELLS = [
    Spell(UUID(int=10), 3, date(2020, 1, 6), date(2026, 7, 31), 1),
    Spell(UUID(int=11), 4, date(2026, 8, 1), None, 1),
]


def certificate(number: int, tenant: str, days: Days, *, late: bool = False, about: int | None = None) -> Evidence:
    claim = JOINED if late else CLAIM
    at = BEGUN + timedelta(hours=number)
    target = None if about is None else UUID(int=about)
    kind = EvidenceKind.CERTIFICATE
    return Evidence(UUID(int=number), claim, tenant, kind, at, at.date(), days, about=target, late=late)


def other(number: int, tenant: str, kind: EvidenceKind, about: int | None = None, **values: object) -> Evidence:
    plain = replace(certificate(number, tenant, JULY), kind=kind, issued_on=None, days=None)
    return replace(plain, about=None if about is None else UUID(int=about), **values)  # type: ignore[arg-type]


def days_of(*evidence: Evidence) -> tuple[list[Days | None], list[int]]:
    """The days that count, and the numbers of what waits, alike in every order."""
    (found,) = {standing(each, SPELLS) for each in permutations(evidence)}
    return [each.days for each in found.certificates], [each.int for each in found.waiting]


def test_what_another_party_adds_when_a_decision_stands_waits_until_an_officer_approves() -> None:
    opened, longer = certificate(1, "hospital:1", JULY), certificate(2, "hospital:2", AUGUST, late=True)
    assert days_of(opened, longer) == ([JULY], [2])
    assert days_of(opened, replace(longer, late=False)) == ([JULY, AUGUST], [])
    assert days_of(opened, replace(longer, tenant="hospital:1")) == ([JULY, AUGUST], [])
    assert days_of(opened, replace(longer, days=Days(JULY.first, JULY.first)))[1] == []
    approval = other(3, "organisation:1", EvidenceKind.APPROVAL, about=2)
    assert days_of(opened, longer, approval) == ([JULY, AUGUST], [])
    assert days_of(opened, longer, replace(approval, tenant="hospital:2"))[1] == [2]


def test_a_party_that_adds_nothing_first_may_not_lower_afterwards() -> None:
    opened, same = certificate(1, "hospital:1", JULY), certificate(2, "employer:3", JULY, late=True)
    worked = other(3, "employer:3", EvidenceKind.WAGES_PAID, wage_days=WORKED, late=True)
    assert standing((opened, same, worked), SPELLS).worked_with_wages == ()
    assert standing((opened, same, worked), SPELLS).waiting == (UUID(int=3),)


def test_days_with_wages_count_from_the_employer_of_each_day() -> None:
    opened = certificate(1, "hospital:1", AUGUST)
    for tenant, counted in (
        ("employer:3", WORKED[:1]),
        ("employer:4", WORKED[1:]),
        ("hospital:1", ()),
        ("person:7", ()),
        ("organisation:1", WORKED),
    ):
        worked = other(2, tenant, EvidenceKind.WAGES_PAID, wage_days=WORKED)
        assert standing((opened, worked), SPELLS).worked_with_wages == counted, tenant


def test_a_party_corrects_and_withdraws_its_own_while_nobody_disputes_it() -> None:
    opened, corrected = certificate(1, "employer:3", JULY), certificate(2, "employer:3", AUGUST, about=1)
    withdrawn = other(3, "employer:3", EvidenceKind.WITHDRAWAL, about=1)
    assert days_of(opened, corrected) == ([AUGUST], [])
    assert days_of(opened, corrected, withdrawn) == ([], [])
    assert days_of(opened, replace(withdrawn, tenant="hospital:1")) == ([JULY], [3])
    assert days_of(opened, replace(withdrawn, tenant="organisation:1")) == ([], [])


def test_what_another_party_disputes_only_an_officer_takes_back() -> None:
    opened = certificate(1, "employer:3", JULY)
    disputing = replace(certificate(2, "hospital:1", AUGUST), claim=JOINED)
    withdrawn = other(3, "employer:3", EvidenceKind.WITHDRAWAL, about=1)
    assert days_of(opened, disputing, withdrawn) == ([JULY, AUGUST], [3])
    assert days_of(opened, replace(disputing, days=JULY, issued_on=opened.issued_on), withdrawn)[1] == []
    assert days_of(opened, disputing, replace(withdrawn, tenant="organisation:1")) == ([AUGUST], [])
