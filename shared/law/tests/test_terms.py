"""Terms: whole months and broken ones cover each day once, and shares that change are those of each day."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from shared.kernel.periods import Days, Month
from shared.law.act4.dependants.asked import DEATH_FACTS, parts_of, stretches
from shared.law.act4.dependants.rules import daily_share, shares
from shared.law.book import LawOn, book
from shared.law.decision import Per, Term
from shared.law.determination import Determination, Steps
from shared.law.fact_types import Fact, Written
from shared.law.facts import Facts
from shared.law.terms import owe_by_month

DAY = timedelta(days=1)
DIED = date(2026, 7, 31)
DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))
ASKED = Determination(
    name="act4 nothing", title="Nothing", title_ms="Tiada", law="Act 4", law_day="day",
    facts=(Fact("day", "date", "any day"),), tests=(), results=(), decide=lambda *_: None,
)  # fmt: skip


def law() -> LawOn:
    return book().on(DIED, date(2026, 11, 28))


def owed(first: date, last: date | None) -> list[Term]:
    steps = Steps(ASKED, law())
    owe_by_month(steps, "insured", 3_000, len, first, last)
    return steps.terms


@given(DAYS, st.integers(0, 900))
@example(date(2026, 7, 1), 30)
@example(date(2026, 7, 31), 0)
@example(date(2028, 2, 29), 366)
def test_each_day_is_in_one_term_and_a_month_is_whole(first: date, days: int) -> None:
    last = first + days * DAY
    covered = []
    for term in owed(first, last):
        assert term.last is not None
        span = Days(term.first, term.last)
        covered += list(span)
        if term.per is Per.MONTH:
            assert term.sen == 3_000
            assert (term.first.day, (term.last + DAY).day) == (1, 1)
        else:
            assert term.per is Per.ONCE
            assert Month.of(term.first) == Month.of(term.last)
            assert term.sen == len(span) < len(Month.of(term.first).days)
    assert covered == list(Days(first, last))


@given(DAYS)
def test_the_last_term_is_open_where_the_benefit_is(first: date) -> None:
    *before, last = owed(first, None)
    assert (last.per, last.last) == (Per.MONTH, None)
    assert last.first.day == 1
    assert [term.per for term in before] == ([] if first.day == 1 else [Per.ONCE])


def test_nothing_is_owed_before_it_begins_or_of_nothing() -> None:
    assert owed(DIED, DIED - DAY) == []
    steps = Steps(ASKED, law())
    owe_by_month(steps, "insured", 0, len, DIED, None)
    assert steps.terms == []


def dependants(*written: dict[str, Written]) -> dict[str, Facts]:
    (declared,) = (fact.of for fact in DEATH_FACTS if fact.name == "dependants")
    return {str(number): Facts(declared, each) for number, each in enumerate(written)}


CHILD = st.builds(
    lambda born, married, until, incapable: {
        "relation": "child",
        "born": born.isoformat(),
        "married": "" if married is None else (born + timedelta(days=365 * married)).isoformat(),
        "first degree until": "" if until is None else until.isoformat(),
        "incapable": "yes" if incapable else "no",
    },
    st.dates(date(2003, 1, 1), date(2027, 4, 30)),
    st.none() | st.integers(16, 24),
    st.none() | st.dates(date(2026, 8, 1), date(2031, 1, 1)),
    st.booleans(),
)
SPOUSE = st.sampled_from([{"relation": "widow"}, {"relation": "widow", "remarried": "2027-03-03"}])


@given(st.lists(CHILD, max_size=3), st.lists(SPOUSE, max_size=2), st.integers(0, 8_000))
@example([{"relation": "child", "born": "2008-02-29"}], [{"relation": "widow"}], 943)
def test_what_is_owed_on_a_day_is_what_the_shares_of_that_day_give(
    children: list[dict[str, Written]], spouses: list[dict[str, Written]], later: int
) -> None:
    """An oracle that asks day by day."""
    people, rate, day = dependants(*children, *spouses), Fraction(5_850), DIED + later * DAY
    expected = {
        name: daily_share(rate, part, law()) for name, part in parts_of(people, day, shares, law()).items() if part
    }
    found = {
        name: amount
        for name, amount, first, last in stretches(
            people, DIED, shares, lambda _, part: daily_share(rate, part, law()), law()
        )
        if first <= day and (last is None or day <= last)
    }
    assert found == expected
