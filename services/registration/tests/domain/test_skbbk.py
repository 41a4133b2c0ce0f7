"""Taking part in SKBBK, derived from spells, residence and statements; and which statements have an effect.

Days and months by hand from the dossier (act4 §5.2): June 2026 mandatory, window from 13 July to 31 August 2026, thirty
days for a first employment, July 2026 the first month that a release frees.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registration.domain.errors import SkbbkWindowClosed
from services.registration.domain.membership import Employed, Residing
from services.registration.domain.skbbk import (
    Standing,
    Statement,
    StatementKind,
    check_release,
    check_return,
    employer_may_release,
    month_runs,
    since_it_began,
    skbbk_membership,
    status_in,
)
from shared.kernel.errors import JaringError
from shared.kernel.periods import Month
from shared.law.book import book

LAW = book().on(date(2026, 12, 31), date(2026, 12, 31))
SINCE_2024 = ("2024-03-01", None)
Span = tuple[str, str | None]


def day(text: str) -> date:
    return date.fromisoformat(text)


def standing(spells: list[Span], said: dict[str, str] | None = None, foreign: list[Span] | None = None) -> Standing:
    """Who works on these days, said these things, and is a foreign worker on those days (otherwise a citizen)."""
    residences = [Residing("citizen", None, None)]
    if foreign is not None:
        residences = [
            Residing("foreign_worker", day(first), None if last is None else day(last)) for first, last in foreign
        ]
    return Standing(
        tuple(Employed(day(first), None if last is None else day(last)) for first, last in spells),
        tuple(residences),
        tuple(Statement(StatementKind(kind), day(filed_on)) for kind, filed_on in (said or {}).items()),
    )


def periods(of: Standing) -> list[tuple[str, str, str]]:
    """Category, first day and last day, "" while it goes on."""
    return [(p.category, str(p.first), str(p.last or "")) for p in skbbk_membership(of, LAW)]


JUNE = ("mandatory", "2026-06-01", "2026-06-30")


@pytest.mark.parametrize(
    ("spells", "said", "found"),
    [
        ([], {}, []),
        ([("2020-01-01", "2026-05-31")], {}, []),
        ([SINCE_2024], {}, [JUNE, ("by_default", "2026-07-01", "")]),
        ([SINCE_2024], {"release": "2026-08-31"}, [JUNE, ("out", "2026-07-01", "")]),
        (
            [SINCE_2024],
            {"release": "2026-07-13", "return": "2026-11-30"},
            [JUNE, ("out", "2026-07-01", "2026-10-31"), ("by_choice", "2026-11-01", "")],
        ),
        # Came back in the month from which the release counts: no month is out.
        ([SINCE_2024], {"release": "2026-07-13", "return": "2026-07-20"}, [JUNE, ("by_choice", "2026-07-01", "")]),
        # Left on 10 June and came back on the 20th: the days between are nobody's.
        (
            [("2026-06-01", "2026-06-10"), ("2026-06-20", None)],
            {},
            [("mandatory", "2026-06-01", "2026-06-10"), ("mandatory", "2026-06-20", "2026-06-30"),
             ("by_default", "2026-07-01", "")],
        ),
        # A release follows to the next employer.
        (
            [("2024-03-01", "2026-09-15"), ("2026-10-05", None)],
            {"release": "2026-07-13"},
            [JUNE, ("out", "2026-07-01", "2026-09-15"), ("out", "2026-10-05", "")],
        ),
        # Two employers that adjoin are one, and end on the last day of the last.
        ([("2026-07-01", "2026-07-31"), ("2026-08-01", "2026-08-10")], {},
         [("by_default", "2026-07-01", "2026-08-10")]),
        # A first employment: from its start.
        ([("2026-10-05", None)], {"release": "2026-11-04"}, [("out", "2026-10-05", "")]),
        ([("2026-10-05", None)], {"release": "2026-09-20", "return": "2026-12-01"},
         [("out", "2026-10-05", "2026-11-30"), ("by_choice", "2026-12-01", "")]),
        # An employment in June alone was no chance to be released: October's is the first.
        ([("2024-03-01", "2026-06-30"), ("2026-10-05", None)], {"release": "2026-11-04"},
         [JUNE, ("out", "2026-10-05", "")]),
        # One day in July was: who stayed in then stays in. Such a release is refused; one that is there counts nothing.
        ([("2024-03-01", "2026-07-01"), ("2026-10-05", None)], {"release": "2026-11-04"},
         [JUNE, ("by_default", "2026-07-01", "2026-07-01"), ("by_default", "2026-10-05", "")]),
    ],
)  # fmt: skip
def test_each_day_of_employment_is_in_one_period(
    spells: list[Span], said: dict[str, str], found: list[tuple[str, str, str]]
) -> None:
    assert periods(standing(spells, said)) == found


@pytest.mark.parametrize(
    ("foreign", "found"),
    [
        ([("1990-01-01", None)], [("mandatory", "2026-06-01", "")]),
        # The residence at a month's end counts for the month.
        ([("1990-01-01", "2026-08-31")], [("mandatory", "2026-06-01", "2026-08-31"), ("by_default", "2026-09-01", "")]),
        ([("1990-01-01", "2026-08-30")], [("mandatory", "2026-06-01", "2026-07-31"), ("by_default", "2026-08-01", "")]),
        ([("2026-09-30", None)], [JUNE, ("by_default", "2026-07-01", "2026-08-31"), ("mandatory", "2026-09-01", "")]),
    ],
)
def test_a_foreign_worker_takes_part_whatever_is_said(foreign: list[Span], found: list[tuple[str, str, str]]) -> None:
    assert periods(standing([SINCE_2024], foreign=foreign)) == found
    released = standing([SINCE_2024], {"release": "2026-07-13"}, foreign)
    assert [(p if p[0] != "out" else ("by_default", *p[1:])) for p in periods(released)] == found


def test_before_the_scheme_is_known_nobody_is_a_member_and_then_everybody_is() -> None:
    """The Act was gazetted on 5 March 2026, and that July would be voluntary was known on 8 July."""
    person = standing([SINCE_2024])
    known = [
        book().on(date(2026, 7, 31), day(each)) for each in ("2026-03-04", "2026-03-05", "2026-07-07", "2026-07-08")
    ]
    found = [[p.category for p in skbbk_membership(person, law)] for law in known]
    assert found == [[], ["mandatory"], ["mandatory"], ["mandatory", "by_default"]]


def test_an_employers_own_months_have_the_status_that_all_employments_make() -> None:
    """The second employer's spell would be a first employment by itself, and in time for a release."""
    person = standing([("2024-03-01", None), ("2026-10-05", None)], {"release": "2026-08-31"})
    own = skbbk_membership(person, LAW, [Employed(date(2026, 10, 5), None)])
    assert [(p.category, p.first) for p in own] == [("out", date(2026, 10, 5))]


def test_months_run_over_the_gap_between_two_spells_and_cite_what_decides() -> None:
    person = standing([("2026-06-01", "2026-06-10"), ("2026-06-20", "2026-07-31"), ("2026-10-05", None)])
    runs = month_runs(skbbk_membership(person, LAW), person, LAW)
    assert [(run.status, str(run.first), str(run.last or "")) for run in runs] == [
        ("mandatory", "2026-06", "2026-06"),
        ("by_default", "2026-07", "2026-07"),
        ("by_default", "2026-10", ""),
    ]
    assert runs[0].law == ("Act 4, s.6(2) (Act A1788)",)
    assert runs[1].law[-1].startswith("Organisation's practice since July 2026")


_FIRST = date(2025, 1, 1)
_DAYS = st.integers(0, 1_200).map(lambda days: _FIRST + timedelta(days=days))


@st.composite
def _standings(draw: st.DrawFn) -> Standing:
    spells = []
    for _ in range(draw(st.integers(0, 4))):
        first = draw(_DAYS)
        lasts = draw(st.one_of(st.none(), st.integers(0, 400)))
        last = None if lasts is None else first + timedelta(days=lasts)
        spells.append(Employed(first, last))
    statements = []
    if draw(st.booleans()):
        released_on = date(2026, 6, 1) + timedelta(days=draw(st.integers(0, 600)))
        statements = [Statement(StatementKind.RELEASE, released_on)]
        if draw(st.booleans()):
            back = released_on + timedelta(days=draw(st.integers(0, 300)))
            statements.append(Statement(StatementKind.RETURN, back))
    moved = draw(st.one_of(st.none(), _DAYS))
    residences = [Residing(draw(st.sampled_from(["citizen", "foreign_worker"])), None, moved)]
    if moved is not None:
        other = draw(st.sampled_from(["permanent_resident", "foreign_worker"]))
        residences.append(Residing(other, moved + timedelta(days=1), None))
    return Standing(tuple(spells), tuple(residences), tuple(statements))


@settings(deadline=None)
@given(_standings())
def test_the_periods_tile_the_days_of_employment_and_a_month_has_one_status(person: Standing) -> None:
    """Asked day by day and month by month, well beyond whatever was said."""
    found = skbbk_membership(person, LAW)
    for before, after in pairwise(found):
        assert before.last is not None
        assert before.last < after.first
        assert before.last + timedelta(days=1) < after.first or before.category != after.category
    statuses = {month: status_in(month, person, LAW) for month in (Month(2026, 6) + each for each in range(60))}
    for on in (_FIRST + timedelta(days=days) for days in range(2_000)):
        employed = on >= date(2026, 6, 1) and any(s.first <= on <= (s.last or on) for s in person.spells)
        held = [p.category for p in found if p.first <= on <= (p.last or on)]
        assert held == ([statuses[Month.of(on)]] if employed else [])


@settings(deadline=None)
@given(_standings())
def test_what_stands_for_many_has_the_membership_of_each_of_them(person: Standing) -> None:
    for_many = since_it_began(person, LAW)
    assert skbbk_membership(for_many, LAW) == skbbk_membership(person, LAW)
    assert since_it_began(for_many, LAW) == for_many


@pytest.mark.parametrize(
    ("spells", "said", "filed_on", "code"),
    [
        ([SINCE_2024], {}, "2026-07-12", "skbbk_window_not_open"),
        ([SINCE_2024], {}, "2026-07-13", ""),
        ([SINCE_2024], {}, "2026-08-31", ""),
        ([SINCE_2024], {}, "2026-09-01", "skbbk_window_closed"),
        ([("2026-08-15", None)], {}, "2026-09-14", ""),
        ([("2026-08-15", None)], {}, "2026-09-15", "skbbk_window_closed"),
        ([("2026-10-05", None)], {}, "2026-09-20", ""),
        ([("2026-10-05", None)], {}, "2026-11-04", ""),
        ([("2026-10-05", None)], {}, "2026-11-05", "skbbk_window_closed"),
        # A new employer of who stayed in.
        ([("2024-03-01", "2026-09-30"), ("2026-10-05", None)], {}, "2026-10-06", "skbbk_window_closed"),
        ([("2024-03-01", "2026-07-01"), ("2026-10-05", None)], {}, "2026-10-06", "skbbk_window_closed"),
        ([("2024-03-01", "2026-06-30"), ("2026-10-05", None)], {}, "2026-11-04", ""),
        ([("2024-03-01", "2026-06-30"), ("2026-10-05", None)], {}, "2026-11-05", "skbbk_window_closed"),
        # Left within the window.
        ([("2024-03-01", "2026-07-31")], {}, "2026-08-31", ""),
        ([("2024-03-01", "2026-06-30")], {}, "2026-08-31", "skbbk_not_employed"),
        ([], {}, "2026-08-31", "skbbk_not_employed"),
        ([SINCE_2024], {"release": "2026-07-13"}, "2026-07-14", "skbbk_released_already"),
        ([SINCE_2024], {"release": "2026-07-13", "return": "2026-07-20"}, "2026-07-21", "skbbk_in_for_good"),
    ],
)
def test_a_release_has_an_effect_or_says_why_not(
    spells: list[Span], said: dict[str, str], filed_on: str, code: str
) -> None:
    assert _refused(lambda: check_release(standing(spells, said), day(filed_on), LAW)) == code


def test_a_release_has_an_effect_exactly_where_the_derivation_shows_one() -> None:
    """For each day of the year 2026 and beyond on which somebody with one of these spells may file it."""
    spells: list[Span] = [SINCE_2024, ("2026-08-15", None), ("2026-10-05", None), ("2026-06-10", "2026-07-10")]
    for spell in spells:
        for filed_on in (date(2026, 7, 1) + timedelta(days=days) for days in range(200)):
            refused = _refused(partial(check_release, standing([spell]), filed_on, LAW))
            shown = {p.category for p in skbbk_membership(standing([spell], {"release": str(filed_on)}), LAW)}
            assert (refused == "") is ("out" in shown), (spell, filed_on)


def test_who_files_too_late_is_told_why_and_since_when_the_worker_is_in() -> None:
    late: list[tuple[Span, str, str]] = [
        (SINCE_2024, "2026-08-31", "2026-06"),
        (("2026-10-05", None), "2026-11-04", "2026-10"),
    ]
    for spell, last_day, since in late:
        with pytest.raises(SkbbkWindowClosed) as refused:
            check_release(standing([spell]), date(2026, 11, 5), LAW)
        assert refused.value.facts == {"last_day": last_day, "takes_part_since": since}
        assert f"until {last_day}. The worker takes part since {since}" in refused.value.detail


def test_nobody_is_released_before_anybody_knows_of_it_nor_a_foreign_worker_ever() -> None:
    before = book().on(date(2026, 7, 7), date(2026, 7, 7))
    assert _refused(lambda: check_release(standing([SINCE_2024]), date(2026, 7, 7), before)) == "skbbk_window_not_open"
    hired = standing([("2026-07-01", None)])
    own = lambda: employer_may_release(hired.spells, hired, date(2026, 7, 7), before)  # noqa: E731
    assert _refused(own) == "skbbk_window_not_open", "an employer is told the same"
    foreign = standing([SINCE_2024], foreign=[("1990-01-01", None)])
    assert _refused(lambda: check_release(foreign, date(2026, 7, 13), LAW)) == "skbbk_mandatory"


@pytest.mark.parametrize(
    ("said", "filed_on", "code"),
    [
        ({}, "2026-07-13", "skbbk_not_released"),
        ({"release": "2026-07-13"}, "2026-07-12", "skbbk_not_released"),
        ({"release": "2026-07-13"}, "2026-07-13", ""),
        ({"release": "2026-07-13", "return": "2026-07-20"}, "2026-07-21", "skbbk_not_released"),
    ],
)
def test_who_is_released_may_come_back_once(said: dict[str, str], filed_on: str, code: str) -> None:
    assert _refused(lambda: check_return(standing([SINCE_2024], said), day(filed_on))) == code


@pytest.mark.parametrize(
    ("spell", "filed_on", "may"),
    [
        (SINCE_2024, "2026-08-31", False),
        (("2026-10-05", None), "2026-10-01", True),
        (("2026-10-05", None), "2026-11-04", True),
        (("2026-10-05", None), "2026-11-05", False),
        (("2026-10-05", "2026-10-10"), "2026-10-10", True),
        (("2026-10-05", "2026-10-10"), "2026-10-11", False),
    ],
)
def test_an_employer_files_the_release_of_a_new_employee_only(spell: Span, filed_on: str, may: bool) -> None:
    stands = standing([spell])
    assert employer_may_release(stands.spells, stands, day(filed_on), LAW) is may


@pytest.mark.parametrize(
    ("spell", "elsewhere", "filed_on", "may"),
    [
        (("2026-07-20", None), SINCE_2024, "2026-07-21", False),
        (("2026-10-05", None), ("2026-09-20", "2026-10-02"), "2026-10-10", False),
        (("2026-10-05", None), ("2026-10-06", None), "2026-10-10", True),
        (("2026-10-05", None), ("2025-01-01", "2026-03-31"), "2026-10-10", True),
    ],
)
def test_no_employer_releases_whom_another_one_employed_before(
    spell: Span, elsewhere: Span, filed_on: str, may: bool
) -> None:
    own, stands = standing([spell]).spells, standing([spell, elsewhere])
    assert employer_may_release(own, stands, day(filed_on), LAW) is may


def _refused(check: Callable[[], object]) -> str:
    """The code with which it is refused; "" if it is not."""
    try:
        check()
    except JaringError as error:
        return error.code
    return ""
