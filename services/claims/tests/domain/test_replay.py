"""A stored decision is made again from its own record: equal bytes, whatever is known by now (rules F2)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import orjson
import pytest

from services.claims.domain.facts import Certificate, InjuryFacts, Membership, Spell, WageMonth
from services.claims.domain.temporary_disablement import QUESTION, assess, facts_stated
from shared.kernel.periods import Days, Month
from shared.law.act4.temporary_disablement import determination as decides
from shared.law.act4.temporary_disablement.rules import daily_rate
from shared.law.book import book
from shared.law.case_files import read_cases
from shared.law.cases import OWN, run
from shared.law.decision import DecisionRecord
from shared.law.determination import determination, replay
from shared.law.fact_types import MalformedFact

ACCIDENT, DECIDED = date(2026, 7, 15), date(2026, 8, 20)
KNOWN_TO = datetime(2026, 8, 20, 3, 4, 5, 678, tzinfo=UTC)
EMPLOYER = 7


def certificate(number: int, **values: object) -> Certificate:
    return Certificate(id=UUID(int=number), issued_on=date(2026, 7, 15 + number), **values)  # type: ignore[arg-type]


FACTS = InjuryFacts(
    person=12,
    person_revision=3,
    born_on=date(1990, 1, 14),
    happened_on=ACCIDENT,
    certificates=(
        certificate(1, days=Days(date(2026, 7, 15), date(2026, 8, 11))),
        certificate(3, fit_from=date(2026, 8, 9)),
        certificate(2, fit_from=date(2026, 8, 3)),
    ),
    worked_with_wages=(date(2026, 7, 15),),
    spells=(
        Spell(UUID(int=9), EMPLOYER, date(2020, 1, 6), None, 1),
        Spell(UUID(int=8), 8, date(2018, 1, 1), date(2019, 12, 31), 2),
    ),
    memberships=(Membership("act4", "first", date(2018, 1, 1), None, 1),),
    wages=tuple(WageMonth(EMPLOYER, Month(2026, number), 248_000, 1) for number in range(1, 6)),
    watermarks={"registration": KNOWN_TO, "contribution.received": KNOWN_TO},
    known_to=KNOWN_TO,
)
# Three employments that employers alone stated: two of them when the accident had happened.
STATED = replace(
    FACTS,
    spells=(
        Spell(UUID(int=9), EMPLOYER, date(2020, 1, 6), None, 1, date(2020, 1, 10), verified=False),
        Spell(UUID(int=10), 8, date(2020, 1, 6), None, 1, date(2026, 7, 16), verified=False),
        Spell(UUID(int=11), 9, date(2018, 1, 1), date(2019, 12, 31), 2, date(2026, 8, 1), verified=False),
    ),
    wages=(*FACTS.wages, WageMonth(8, Month(2026, 6), 600_000, 1)),
)
STATED_LATE = replace(STATED, spells=STATED.spells[1:])
REFUSED = replace(FACTS, spells=(), memberships=())
TWO_WAGES = replace(FACTS, wages=(*FACTS.wages, WageMonth(8, Month(2026, 6), 305_000, 4)))


def decided(facts: InjuryFacts) -> DecisionRecord:
    return assess(facts, book().on(ACCIDENT, DECIDED), DECIDED).record


@pytest.mark.parametrize(
    "facts",
    [FACTS, REFUSED, TWO_WAGES, STATED, STATED_LATE],
    ids=["entitled", "refused", "two employers", "stated by employers", "stated late"],
)
def test_a_record_is_replayed_to_the_same_bytes(facts: InjuryFacts) -> None:
    record = decided(facts)
    assert replay(DecisionRecord(record.canonical)).canonical == record.canonical


def test_every_fact_of_the_question_is_stated_with_what_stated_it() -> None:
    """What is not stated has a default that serves hand-written cases only, or is another way to write a stated one."""
    stated = facts_stated(STATED, book().on(ACCIDENT, DECIDED))
    other_ways = {"certified", "fit from", "wages", "assumed wages", "employed without contribution yet"}
    officers = {"average of similar work"}
    assert {fact.name for fact in determination(QUESTION).facts} - other_ways - officers == set(stated)
    kinds = {name: {source.kind for source in each.sources} for name, each in stated.items()}
    assert kinds["certificates"] == {"certificate"}
    assert kinds["employments"] == {"spell", "wage"}
    assert kinds["contract of service"] == {"person", "spell"}
    assert kinds["category"] == {"membership"}


def test_that_nothing_speaks_for_cover_says_up_to_when_all_had_arrived() -> None:
    stated = facts_stated(REFUSED, book().on(ACCIDENT, DECIDED))
    for name in ("contract of service", "category"):
        assert f"registration {KNOWN_TO.isoformat()}" in {source.id for source in stated[name].sources}


def test_an_employment_that_was_stated_late_changes_no_amount() -> None:
    assert decided(STATED).body["amounts"] == decided(FACTS).body["amounts"]
    assert decided(STATED_LATE).body["outcome"] == "refused"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("employments", []),
        ("worked with wages", []),
        ("category", "third"),
        ("category", "none"),
        ("certificates", [{"issued on": "2026-07-16", "certified": "2026-07-20 to 2026-08-11"}]),
    ],
)
def test_a_record_that_was_tampered_with_is_found(name: str, value: object) -> None:
    body = orjson.loads(decided(FACTS).canonical)
    next(fact for fact in body["facts"] if fact["name"] == name)["value"] = value
    tampered = DecisionRecord(orjson.dumps(body, option=orjson.OPT_SORT_KEYS))
    assert differs(tampered)


def differs(record: DecisionRecord) -> bool:
    try:
        return replay(record).canonical != record.canonical
    except MalformedFact:  # a category that the Act does not know
        return True


def test_the_worked_cases_run_what_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that is broken breaks the lawyers' cases and the decisions of claims alike: there is one engine."""
    case = next(each for each in read_cases(OWN) if each.about == QUESTION and "daily rate" in each.expect)
    as_it_is = assess(FACTS, book().on(ACCIDENT, DECIDED), DECIDED)
    assert run(case).passed
    monkeypatch.setattr(decides, "daily_rate", lambda average, law: daily_rate(average, law) + 1)
    assert not run(case).passed
    assert assess(FACTS, book().on(ACCIDENT, DECIDED), DECIDED).daily_rate == as_it_is.daily_rate + 1
