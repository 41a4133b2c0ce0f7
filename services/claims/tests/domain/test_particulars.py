"""What contradicts the notice of a claim, worked by hand."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.claims.domain.errors import CorrectedValueUnreadable
from services.claims.domain.facts import WageMonth
from services.claims.domain.particulars import (
    Contradiction,
    CorrectedFor,
    Inconsistency,
    InconsistencyEnd,
    Particular,
    ParticularItem,
    SourceKind,
    Stands,
    compared,
    contradictions,
    corrected_value,
    differ,
    facts_of,
    says_more,
)
from services.claims.tests.support import a_claim
from shared.kernel.clock import now
from shared.kernel.periods import Month

NOTICE = a_claim(employer=3, at_time="07:40")
WAGES = tuple(WageMonth(employer, Month.of("2026-06"), wage, 1) for employer, wage in ((3, 248_000), (4, 50_000)))


def says(item: ParticularItem, value: str, number: int = 10, **more: object) -> Particular:
    stated = Particular(UUID(int=number), NOTICE.id, SourceKind.LETTER, "KB-1", item, value, "officer-1", now())
    return replace(stated, **more)  # type: ignore[arg-type]


def found(*particulars: Particular) -> list[tuple[ParticularItem, str, str]]:
    return [
        (each.item, each.notice_value, each.document_value) for each in contradictions([NOTICE], particulars, WAGES)
    ]


def test_what_says_the_same_contradicts_nothing() -> None:
    same = [
        says(ParticularItem.DAY, "2026-07-15"),
        says(ParticularItem.TIME, "07:40"),
        says(ParticularItem.EMPLOYER, "3"),
    ]
    assert found(*same) == []


def test_each_item_is_held_against_what_the_notice_says_of_it() -> None:
    others = [
        says(ParticularItem.DAY, "2026-07-16"),
        says(ParticularItem.TIME, "22:40"),
        says(ParticularItem.EMPLOYER, "9"),
    ]
    assert found(*others) == [
        (ParticularItem.DAY, "2026-07-15", "2026-07-16"),
        (ParticularItem.TIME, "07:40", "22:40"),
        (ParticularItem.EMPLOYER, "3", "9"),
    ]


def test_what_the_notice_leaves_open_nothing_contradicts() -> None:
    """A hospital knows neither the time nor the employer."""
    silent = a_claim()
    said = [says(ParticularItem.TIME, "22:40"), says(ParticularItem.EMPLOYER, "9")]
    assert contradictions([silent], said, ()) == []


@pytest.mark.parametrize(
    ("value", "employer", "expected"),
    [
        ("298000", None, None),
        ("248000", None, ("298000", "248000")),
        ("248000", 3, None),
        ("250000", 3, ("248000", "250000")),
        # Nothing is declared by this one: nobody knows better.
        ("250000", 9, None),
    ],
)
def test_a_wage_is_held_against_what_was_declared_for_the_month(
    value: str, employer: int | None, expected: tuple[str, str] | None
) -> None:
    wage = says(ParticularItem.WAGE, value, month="2026-06", employer=employer)
    assert found(wage) == ([] if expected is None else [(ParticularItem.WAGE, *expected)])
    assert found(replace(wage, month="2026-05")) == []


def test_what_was_withdrawn_contradicts_nothing() -> None:
    assert found(says(ParticularItem.DAY, "2026-07-16", is_withdrawn=True)) == []


def test_another_notice_of_the_event_contradicts_the_first() -> None:
    joined = a_claim(id=UUID(int=5), notice=UUID(int=6), employer=9, joined_to=NOTICE.id)
    (one,) = contradictions([NOTICE, joined], (), ())
    assert (one.item, one.source_kind, one.source) == (ParticularItem.EMPLOYER, SourceKind.NOTICE, joined.notice)
    assert differ(NOTICE, joined)
    assert not says_more(NOTICE, joined)


def test_the_earliest_notice_that_says_it_speaks_for_what_the_first_leaves_open() -> None:
    first = a_claim()
    second = a_claim(id=UUID(int=5), notice=UUID(int=6), employer=3)
    third = a_claim(id=UUID(int=7), notice=UUID(int=8), employer=9)
    assert says_more(first, second)
    assert not differ(first, second)
    (one,) = contradictions([first, second, third], (), ())
    assert (one.source, one.notice_value, one.document_value) == (third.notice, "3", "9")


DAY = Contradiction(ParticularItem.DAY, "", SourceKind.LETTER, UUID(int=10), "2026-07-15", "2026-07-16")
ENTRY = Inconsistency(UUID(int=1), NOTICE.id, DAY, 1, now())
DECIDED = InconsistencyEnd(now(), Stands.DOCUMENT, "2026-07-16", CorrectedFor.CLERICAL_ERROR, "officer-1", "officer-2")


@pytest.mark.parametrize(
    ("contradicts", "known", "news", "gone"),
    [
        ([DAY], [], [(DAY, 1)], []),
        ([DAY], [ENTRY], [], []),
        ([], [ENTRY], [], [ENTRY]),
        # Officers have decided of these very values.
        ([DAY], [replace(ENTRY, end=DECIDED)], [], []),
        ([], [replace(ENTRY, end=DECIDED)], [], []),
        # It was gone, and is said again.
        ([DAY], [replace(ENTRY, end=InconsistencyEnd(now()))], [(DAY, 2)], []),
    ],
    ids=["new", "known", "gone", "decided", "decided and gone", "again"],
)
def test_the_register_has_each_contradiction_once(
    contradicts: list[Contradiction],
    known: list[Inconsistency],
    news: list[tuple[Contradiction, int]],
    gone: list[Inconsistency],
) -> None:
    assert compared(contradicts, known) == (news, gone)


def test_the_right_value_is_one_of_both_or_a_third_of_the_item() -> None:
    third = {ParticularItem.DAY: "2026-07-14"}
    assert corrected_value(DAY, Stands.NOTICE, {}) == "2026-07-15"
    assert corrected_value(DAY, Stands.DOCUMENT, {}) == "2026-07-16"
    assert corrected_value(DAY, Stands.NEITHER, third) == "2026-07-14"
    for stands, other in (
        (Stands.NEITHER, {}),
        (Stands.NOTICE, third),
        (Stands.NEITHER, {ParticularItem.TIME: "07:40"}),
        (Stands.NEITHER, {**third, ParticularItem.TIME: "07:40"}),
    ):
        with pytest.raises(CorrectedValueUnreadable):
            corrected_value(DAY, stands, other)


def test_people_look_at_codes_numbers_and_sen() -> None:
    wage = Contradiction(ParticularItem.WAGE, "2026-06/3", SourceKind.PAYSLIP, UUID(int=10), "248000", "250000")
    shown = facts_of(wage, NOTICE.id)
    assert (shown["notice_sen"], shown["document_sen"], shown["about"]) == (248_000, 250_000, "2026-06/3")
    employer = Contradiction(ParticularItem.EMPLOYER, "", SourceKind.LETTER, UUID(int=10), "3", "9")
    assert str(facts_of(employer, NOTICE.id)["notice"]).startswith("E00000000")
    assert date.fromisoformat(str(facts_of(DAY, NOTICE.id)["document"])) == date(2026, 7, 16)
