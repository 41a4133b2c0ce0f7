"""3,000 accidents around every boundary, decided by the statute book and judged by the oracle; `make prove` has 30,000.

No refusal where another scheme covers, nothing owed twice, every route cited: `comparison.differences`.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice

import pytest

from shared.kernel.periods import Days, Month
from shared.law.book import book
from shared.law.determination import determination, determine
from tests.oracle.accidents import (
    AT_WORK,
    BY_DEFAULT,
    COMMUTING,
    EMPLOYER_ACTIVITY,
    FIRST,
    FOREIGN,
    MANDATORY,
    OTHER,
    SECOND,
    SKBBK_BEGINS,
    WINDOW_CLOSES,
    Accident,
    Certificate,
    Period,
    Spell,
)
from tests.oracle.adapter import KNOWN, Decided, Decision, Owed, decided
from tests.oracle.boundaries import BOUNDARIES, visited
from tests.oracle.comparison import DISPUTES, Findings, compared, differences
from tests.oracle.generator import generated
from tests.oracle.table import (
    EMPLOYMENT_INJURY,
    NON_EMPLOYMENT_INJURY,
    Outcome,
    Reason,
    Row,
    Verdict,
    assumed,
    judged,
    share_of_skbbk,
)

SEED, COUNT = 20260601, 3_000
LEAST = 10


@pytest.fixture(scope="module")
def accidents() -> list[Accident]:
    return [*generated(SEED, COUNT)]


@pytest.fixture(scope="module")
def findings(accidents: list[Accident]) -> Findings:
    return compared(accidents, decided)


def test_the_statute_book_decides_as_the_oracle_does(findings: Findings) -> None:
    assert findings.shown() == []


def test_what_is_disputed_is_disputed_still(findings: Findings) -> None:
    """What was settled leaves the list, or the list would hide a fault that comes later."""
    assert findings.disputed.keys() == DISPUTES.keys()


def test_every_row_of_both_tables_decides_some(findings: Findings) -> None:
    rows = [("employment injury", row.says) for row in EMPLOYMENT_INJURY]
    rows += [("SKBBK", row.says) for row in NON_EMPLOYMENT_INJURY]
    assert [row for row in rows if findings.decided_by[row] < LEAST] == []


def test_skbbk_is_owed_meanwhile_and_never_beside_employment_injury(findings: Findings) -> None:
    assert findings.outcomes[Outcome.OFFICER, Outcome.OWED] >= LEAST
    assert findings.outcomes[Outcome.REFUSED, Outcome.OWED] >= LEAST
    assert findings.outcomes[Outcome.OWED, Outcome.OWED] == 0


def test_every_boundary_is_visited(accidents: list[Accident]) -> None:
    found = visited(accidents)
    assert [f"{name}: {found[name]}" for name in BOUNDARIES if found[name] < LEAST] == []


def test_the_same_seed_gives_the_same_accidents_and_another_one_others() -> None:
    assert [*map(repr, generated(1, 20))] == [*map(repr, generated(1, 20))] != [*map(repr, generated(2, 20))]


# The oracle against the lives that were worked by hand (domain dossier, lives 1 and 2), and the published maxima.

FACTORY = Spell(1, date(2023, 2, 1), None, date(2023, 2, 1))
NIGHT_MARKET = Accident(
    born=date(1990, 3, 12),
    residence="citizen",
    spells=(FACTORY,),
    categories=(Period(FIRST, date(2023, 2, 1)),),
    released_on=None,
    came_back_on=None,
    participation=(Period(MANDATORY, SKBBK_BEGINS, date(2026, 6, 30)), Period(BY_DEFAULT, date(2026, 7, 1))),
    wages={(1, Month(2026, month)): 312_000 for month in range(2, 9)},
    day=date(2026, 8, 5),
    circumstance=COMMUTING,
    interrupted_or_deviated=True,
    certificates=(Certificate(date(2026, 8, 5), Days(date(2026, 8, 5), date(2026, 8, 24))),),
    worked_with_wages=(date(2026, 8, 5),),
)


def _money(verdict: Verdict) -> tuple[int, int]:
    return verdict.rate, verdict.rate * len(verdict.days)


def test_the_night_market_is_957_60_under_skbbk_and_1596_00_once_it_was_the_way_home() -> None:
    before = judged(NIGHT_MARKET)
    assert before.employment_injury.rows[0].reason is Reason.JOURNEY_BROKEN
    assert _money(before.non_employment_injury) == (50_40, 957_60)
    after = judged(replace(NIGHT_MARKET, interrupted_or_deviated=False))
    assert _money(after.employment_injury) == (84_00, 1_596_00)
    assert after.non_employment_injury.rows[0].reason is Reason.AROSE_OUT_OF_EMPLOYMENT


def test_two_employers_and_ninety_days_are_6586_00() -> None:
    a = Spell(1, date(2024, 3, 1), None, date(2024, 3, 1))
    b = Spell(2, date(2026, 3, 1), None, date(2026, 3, 1))
    months = [Month(2025, 12), *(Month(2026, month) for month in range(1, 6))]
    technician = replace(
        NIGHT_MARKET,
        spells=(a, b),
        wages={(1, month): 230_000 for month in months} | {(2, month): 108_000 for month in months[3:]},
        day=date(2026, 6, 3),
        circumstance=AT_WORK,
        interrupted_or_deviated=False,
        certificates=tuple(
            Certificate(first, Days(first, first + timedelta(days=29)))
            for first in (date(2026, 6, 3), date(2026, 7, 3), date(2026, 8, 2))
        ),
        worked_with_wages=(date(2026, 6, 3),),
    )
    assert _money(judged(technician).employment_injury) == (74_00, 6_586_00)


@pytest.mark.parametrize(
    ("day", "rate"),
    [("2026-06-01", 95_20), ("2028-05-31", 95_20), ("2028-06-01", 126_93), ("2031-06-01", 158_67)],
)
def test_the_highest_daily_rates_of_the_phases_are_those_of_the_dossier(day: str, rate: int) -> None:
    assert int(share_of_skbbk(date.fromisoformat(day)) * 5_950_00 / 30 + share_of_skbbk(date.max) * 5 / 8) == rate


def test_a_class_begins_above_its_lower_edge_and_the_highest_has_no_end() -> None:
    june = Month(2026, 6)
    assert [assumed(wage, june) for wage in (300_000, 300_001, 590_000, 590_001, 900_000)] == [
        295_000, 305_000, 585_000, 595_000, 595_000
    ]  # fmt: skip


# What accidents say of insurance and of taking part in SKBBK is what the law says of the people.


def _some(accidents: list[Accident]) -> Iterator[Accident]:
    return islice((each for each in accidents if each.day >= SKBBK_BEGINS and each.spells), 600)


def test_the_participation_that_accidents_state_is_the_laws(accidents: list[Accident]) -> None:
    for accident in _some(accidents):
        begun = min(each.first for each in accident.spells)
        facts = {
            "day of the month": str(accident.day),
            "foreign": "yes" if accident.residence == FOREIGN else "no",
            "released on": "" if accident.released_on is None else str(accident.released_on),
            "came back on": "" if accident.came_back_on is None else str(accident.came_back_on),
            "employed from": str(begun) if begun > WINDOW_CLOSES else "",
        }
        record = determine(determination("act4 skbbk participation"), facts, book().on(accident.day, KNOWN))
        said = {each["name"]: each["value"] for each in record.body["amounts"]}
        stated = next(each.status for each in accident.participation if each.covers(accident.day))
        assert said["status"] == stated.replace("_", " ").replace("by ", "in by "), accident


def test_the_category_that_accidents_state_is_the_laws(accidents: list[Accident]) -> None:
    for accident in _some(accidents):
        stated = next((each.status for each in accident.categories if each.covers(accident.day)), None)
        begun = min(each.first for each in accident.spells)
        if stated is None or begun > accident.day:
            continue
        facts = {"day of the month": str(accident.day), "born": str(accident.born), "first liable": str(begun)}
        record = determine(determination("act4 category"), facts, book().on(accident.day, KNOWN))
        said = {each["name"]: each["value"] for each in record.body["amounts"]}
        assert said["category"] == stated, accident
        assert stated in (FIRST, SECOND)


# A wrong decision is seen: each of these changes one that is right.

ACTIVITY = replace(NIGHT_MARKET, circumstance=EMPLOYER_ACTIVITY, interrupted_or_deviated=False)
AT_HOME = replace(NIGHT_MARKET, circumstance=OTHER, interrupted_or_deviated=False)
WAY_HOME = replace(NIGHT_MARKET, interrupted_or_deviated=False)


def _first(right: Decided, **changed: object) -> Decided:
    return replace(right, employment_injury=replace(right.employment_injury, **changed))  # type: ignore[arg-type]


def _second(right: Decided, **changed: object) -> Decided:
    return replace(right, non_employment_injury=replace(right.non_employment_injury, **changed))  # type: ignore[arg-type]


def _longer(terms: tuple[Owed, ...]) -> tuple[Owed, ...]:
    return tuple(replace(each, days=Days(each.days.first, each.days.last + timedelta(days=1))) for each in terms)


def _dearer(terms: tuple[Owed, ...]) -> tuple[Owed, ...]:
    return tuple(replace(each, sen=each.sen + 1) for each in terms)


WAITS = Decision(Outcome.OFFICER, Reason.OPEN_CIRCUMSTANCE, ("Act 4, s.2(6), s.23",))


def test_right_decisions_are_no_finding() -> None:
    for accident in (NIGHT_MARKET, ACTIVITY, AT_HOME, WAY_HOME):
        assert differences(judged(accident), decided(accident)) == []


@pytest.mark.parametrize(
    ("accident", "wrong", "said"),
    [
        (WAY_HOME, lambda d: _second(d, terms=d.employment_injury.terms, outcome=Outcome.OWED), "owed twice"),
        (WAY_HOME, lambda d: _first(d, terms=_longer(d.employment_injury.terms)), "20 days in place of 19"),
        (WAY_HOME, lambda d: _first(d, terms=d.employment_injury.terms * 2), "38 days in place of 19"),
        (WAY_HOME, lambda d: _first(d, terms=_dearer(d.employment_injury.terms)), "8401 sen a day in place of 8400"),
        (WAY_HOME, lambda d: _first(d, cited=()), "s.22 is not cited"),
        (WAY_HOME, lambda d: replace(d, employment_injury=WAITS), "officer"),
        (NIGHT_MARKET, lambda d: _second(d, outcome=Outcome.REFUSED, terms=()), "refused"),
        (NIGHT_MARKET, lambda d: _first(d, reason=Reason.NOT_COVERED), "is not true"),
        (NIGHT_MARKET, lambda d: _first(d, cited=("Act 4, s.22",)), "s.24(2) is not cited"),
        (ACTIVITY, lambda d: replace(d, non_employment_injury=WAITS), "SKBBK: officer"),
        (ACTIVITY, lambda d: _first(d, outcome=Outcome.REFUSED, reason=Reason.OUTSIDE_EMPLOYMENT), "refused"),
        (AT_HOME, lambda d: _second(d, terms=_dearer(d.non_employment_injury.terms)), "5041 sen a day"),
    ],
)
def test_a_wrong_decision_is_found(accident: Accident, wrong: object, said: str) -> None:
    assert callable(wrong)
    found = differences(judged(accident), wrong(decided(accident)))
    assert any(said in each for each in found), found


@pytest.mark.parametrize(
    ("benefit", "row"),
    [("employment_injury", row) for row in EMPLOYMENT_INJURY[:-1]]
    + [("non_employment_injury", row) for row in NON_EMPLOYMENT_INJURY[:-1]],
    ids=lambda each: each.says if isinstance(each, Row) else each,
)
def test_without_any_row_the_oracle_differs(benefit: str, row: Row, accidents: list[Accident]) -> None:
    """On the first accident that the row decides: no row is idle, and the statute book has what it says."""
    judgements = ((each, judged(each)) for each in accidents)
    accident, right = next((each, said) for each, said in judgements if getattr(said, benefit).rows[0] is row)
    without = Verdict(tuple(each for each in getattr(right, benefit).rows if each is not row))
    book_says = decided(accident)
    wrong = replace(right, **{benefit: without})
    assert differences(wrong, book_says) != differences(right, book_says)
