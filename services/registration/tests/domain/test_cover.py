"""Cover by the statute book from what is known: never another answer than the memberships, and always one."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registration.domain.cover import (
    CoverFact,
    CoverReason,
    FactKind,
    KnownOfCover,
    SchemeCover,
    _answered_alike,
    cover_on,
)
from services.registration.domain.employment_insurance import insurance_membership
from services.registration.domain.membership import CategoryPeriod, Employed, membership
from services.registration.domain.skbbk import Statement, StatementKind, skbbk_membership
from shared.kernel.funds import Fund
from shared.law.book import LawOn, book

KNOWN = date(2026, 12, 31)
NOON = datetime(2026, 7, 20, 4, tzinfo=UTC)
BORN = date(1990, 1, 1)
SINCE_2024 = (Employed(date(2024, 3, 1), None),)


def law_of(day: date, known: date = KNOWN) -> LawOn:
    return book().on(day, known)


def known_of(
    employed: tuple[Employed, ...] = SINCE_2024,
    *,
    born_on: date | None = BORN,
    residence: str | None = "citizen",
    statements: tuple[Statement, ...] = (),
    facts: tuple[CoverFact, ...] = (),
    own_only: bool = False,
) -> KnownOfCover:
    return KnownOfCover(born_on, residence, employed, statements, facts, own_only)


def spell(
    first: date, last: date | None, stated_on: date, *, verified: bool = False, refused: bool = False
) -> CoverFact:
    stated = CoverFact(FactKind.SPELL, "1", NOON, "employer", first=first, last=last, employer=7)
    return replace(stated, verified=verified, refused=refused, stated_on=stated_on)


@settings(max_examples=150, deadline=None)
@given(
    born_on=st.dates(date(1930, 1, 1), date(2015, 12, 31)),
    spells=st.lists(
        st.tuples(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 6000)), min_size=1, max_size=3
    ),
    day=st.dates(date(1990, 1, 1), date(2035, 12, 31)),
    said=st.sampled_from([(), ("release",), ("release", "return")]),
)
def test_cover_is_what_the_memberships_say(
    born_on: date, spells: list[tuple[date, int]], day: date, said: tuple[str, ...]
) -> None:
    """Of a citizen; also of one whose birth was corrected to lie behind the first day of work."""
    employed = tuple(Employed(first, first + timedelta(days=more)) for first, more in spells)
    filed = {"release": date(2026, 7, 20), "return": date(2026, 11, 10)}
    known = known_of(
        employed, born_on=born_on, statements=tuple(Statement(StatementKind(kind), filed[kind], NOON) for kind in said)
    )
    cover = cover_on(day, known, law_of(day))
    law, standing = law_of(KNOWN), known.standing
    assert cover.category == _on(day, membership(born_on, employed, law))
    assert cover.participation == _on(day, skbbk_membership(standing, law))
    insured = _on(day, insurance_membership(born_on, standing, law)) is not None
    assert (cover.of(Fund.EMPLOYMENT_INSURANCE).covered is True) == insured
    assert cover.of(Fund.EMPLOYMENT_INJURY).covered is (None if day.year < 2013 else cover.category is not None)
    assert cover.of(Fund.INVALIDITY).covered is (None if day.year < 2013 else cover.category == "first")


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        (known_of(born_on=None), CoverReason.NOTHING_KNOWN),
        (known_of(()), CoverReason.NOTHING_KNOWN),
        (known_of((Employed(date(2024, 3, 1), date(2026, 7, 14)),)), CoverReason.NO_EMPLOYMENT),
        (known_of(own_only=True), CoverReason.NO_EMPLOYMENT),
        (
            known_of(own_only=True, facts=(spell(date(2024, 3, 1), None, BORN, refused=True),)),
            CoverReason.NO_EMPLOYMENT,
        ),
        (known_of(own_only=True, facts=(spell(date(2024, 3, 1), None, BORN),)), CoverReason.COVERED),
    ],
)
def test_who_is_not_employed_or_not_by_the_asker_is_not_covered(known: KnownOfCover, reason: CoverReason) -> None:
    cover = cover_on(date(2026, 7, 15), known, law_of(date(2026, 7, 15)))
    assert {scheme.reason for scheme in cover.schemes} == {reason}
    assert all(scheme.covered is (reason is CoverReason.COVERED) for scheme in cover.schemes)


def test_the_law_is_that_of_the_day_as_it_was_known() -> None:
    """On 7 July 2026 nobody knew yet that a local worker may be released; a day later July was by default."""
    day = date(2026, 7, 31)
    assert cover_on(day, known_of(), law_of(day, date(2026, 7, 7))).participation == "mandatory"
    assert cover_on(day, known_of(), law_of(day, date(2026, 7, 8))).participation == "by_default"
    assert cover_on(day, known_of(), law_of(day, date(2026, 3, 4))).of(Fund.NON_EMPLOYMENT_INJURY) == SchemeCover(
        Fund.NON_EMPLOYMENT_INJURY,
        False,
        CoverReason.NOT_YET_LAW,
        cover_on(day, known_of(), law_of(day, date(2026, 3, 4))).of(Fund.NON_EMPLOYMENT_INJURY).answers,
    ), "the Act was passed on 5 March"


def test_what_is_asked_alike_is_answered_once_and_what_rests_on_a_birth_is_not_kept() -> None:
    """Of a million people who differ each would push out another, and nobody is asked about twice in a row."""
    day = date(2026, 7, 16)
    found = [cover_on(day, known_of(born_on=date(1980, 1, number)), law_of(day)) for number in range(1, 21)]
    work = {id(cover.of(Fund.EMPLOYMENT_INJURY).answers[0]) for cover in found}
    category = {id(cover.of(Fund.EMPLOYMENT_INJURY).answers[1]) for cover in found}
    assert (len(work), len(category)) == (1, len(found))
    kept = _answered_alike.cache_info().currsize
    cover_on(day, known_of(born_on=date(1981, 1, 1)), law_of(day))
    assert _answered_alike.cache_info().currsize == kept


def test_the_phase_of_skbbk_is_that_of_the_day() -> None:
    days = (date(2026, 5, 31), date(2026, 6, 1), date(2028, 6, 1), date(2031, 6, 1))
    assert [cover_on(day, known_of(), law_of(day)).phase for day in days] == [None, 1, 2, 3]


@pytest.mark.parametrize(
    ("facts", "doubts"),
    [
        ((spell(date(2024, 3, 1), None, date(2026, 7, 15)),), ()),
        ((spell(date(2024, 3, 1), None, date(2026, 7, 16)),), ("employment_stated_later",)),
        ((spell(date(2024, 3, 1), None, date(2026, 7, 16), verified=True),), ()),
        # Another employment shows cover for the day.
        ((spell(date(2024, 3, 1), None, date(2026, 7, 16)), spell(date(2025, 1, 1), None, date(2025, 1, 1))), ()),
    ],
)
def test_an_employment_that_was_stated_after_the_day_is_doubted(
    facts: tuple[CoverFact, ...], doubts: tuple[str, ...]
) -> None:
    assert cover_on(date(2026, 7, 15), known_of(facts=facts), law_of(date(2026, 7, 15))).doubts == doubts


def test_of_nobody_there_is_one_answer() -> None:
    day = date(2026, 7, 15)
    assert cover_on(day, known_of(), law_of(day)).of_nobody() == cover_on(day, known_of((), born_on=None), law_of(day))


def _on(day: date, periods: tuple[CategoryPeriod, ...]) -> str | None:
    held = (each for each in periods if each.first <= day and (each.last is None or day <= each.last))
    return next((str(each.category) for each in held), None)
