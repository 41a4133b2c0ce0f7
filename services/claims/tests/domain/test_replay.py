"""A stored decision is made again from its own record: equal bytes, whatever is known by now (rules F2)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import orjson
import pytest

from services.claims.domain.answers import Answer
from services.claims.domain.asking import ask_all
from services.claims.domain.catalogue import ACCIDENT as QUESTIONS
from services.claims.domain.catalogue import CATALOGUE
from services.claims.domain.collectors.collector import Asked, Collected
from services.claims.domain.facts import Certificate, Circumstances, Known, Membership, Spell, WageMonth
from services.claims.domain.question import Question
from shared.kernel.periods import Days, Month
from shared.law.act4.temporary_disablement import determination as decides
from shared.law.act4.temporary_disablement.rules import daily_rate
from shared.law.book import book
from shared.law.case_files import read_cases
from shared.law.cases import OWN, run
from shared.law.decision import DecisionRecord
from shared.law.determination import replay
from shared.law.fact_types import MalformedFact

ACCIDENT, DECIDED = date(2026, 7, 15), date(2026, 8, 20)
KNOWN_TO = datetime(2026, 8, 20, 3, 4, 5, 678, tzinfo=UTC)
EMPLOYER = 7


def certificate(number: int, **values: object) -> Certificate:
    return Certificate(id=UUID(int=number), issued_on=date(2026, 7, 15 + number), **values)  # type: ignore[arg-type]


FACTS = Known(
    person=12,
    person_revision=3,
    born_on=date(1990, 1, 14),
    happened_on=ACCIDENT,
    circumstances=Circumstances("at_work", evidence=UUID(int=77)),
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
    lines=tuple(WageMonth(EMPLOYER, Month(2026, number), 248_000, 1) for number in range(1, 6)),
    watermarks={"registration": KNOWN_TO, "contribution.received": KNOWN_TO},
    known_to=KNOWN_TO,
    stored_at=KNOWN_TO - timedelta(days=1),
)
# Three employments that employers alone stated: two of them when the accident had happened.
STATED = replace(
    FACTS,
    spells=(
        Spell(UUID(int=9), EMPLOYER, date(2020, 1, 6), None, 1, date(2020, 1, 10), verified=False),
        Spell(UUID(int=10), 8, date(2020, 1, 6), None, 1, date(2026, 7, 16), verified=False),
        Spell(UUID(int=11), 9, date(2018, 1, 1), date(2019, 12, 31), 2, date(2026, 8, 1), verified=False),
    ),
    lines=(*FACTS.lines, WageMonth(8, Month(2026, 6), 600_000, 1)),
)
STATED_LATE = replace(STATED, spells=STATED.spells[1:])
REFUSED = replace(FACTS, spells=(), memberships=())
TWO_WAGES = replace(FACTS, lines=(*FACTS.lines, WageMonth(8, Month(2026, 6), 305_000, 4)))


QUESTION = "act4 temporary disablement"
OUTSIDE = replace(FACTS, circumstances=Circumstances("other"), memberships=(
    *FACTS.memberships, Membership("skbbk", "mandatory", date(2026, 6, 1), None, 1),
))  # fmt: skip


def answered(known: Known) -> dict[str, Answer]:
    return ask_all(QUESTIONS, known, {}, book(), DECIDED)


def decided(known: Known, question: str = "temporary_disablement") -> DecisionRecord:
    record = answered(known)[question].record
    assert record is not None
    return record


@pytest.mark.parametrize(
    "known",
    [FACTS, REFUSED, TWO_WAGES, STATED, STATED_LATE, OUTSIDE],
    ids=["entitled", "refused", "two employers", "stated by employers", "stated late", "outside employment"],
)
def test_every_record_is_replayed_to_the_same_bytes(known: Known) -> None:
    records = [answer.record for answer in answered(known).values()]
    assert records
    for record in records:
        assert record is not None
        assert replay(DecisionRecord(record.canonical)).canonical == record.canonical


@pytest.mark.parametrize(
    "question", [each for of_kind in CATALOGUE.values() for each in of_kind], ids=lambda question: question.name
)
def test_every_declared_fact_has_a_collector(question: Question) -> None:
    """A default serves hand-written cases only: on the platform it would entitle a person who is not covered."""
    declared = {fact.name for fact in question.asked.facts if not fact.by_hand_for}
    assert {collector.fact for collector in question.collectors} == declared
    assert len(question.collectors) == len(declared)
    assert {fact.by_hand_for for fact in question.asked.facts} - {""} <= declared


def collected(known: Known, question: Question) -> dict[str, Collected]:
    asked = Asked(known, answered(known), book().on(ACCIDENT, DECIDED))
    found = {each.fact: each.supply(asked) for each in question.collectors}
    return {name: each for name, each in found.items() if isinstance(each, Collected)}


def test_a_fact_says_what_stated_it() -> None:
    stated = collected(STATED, QUESTIONS[1])
    kinds = {name: {source.kind for source in each.sources} for name, each in stated.items()}
    assert kinds["certificates"] == {"certificate"}
    assert kinds["employments"] == {"spell", "wage"}
    assert kinds["contract of service"] == {"person", "spell"}
    assert kinds["category"] == {"membership"}
    assert kinds["employment injury"] == {"decision"}


def test_that_nothing_speaks_for_cover_says_up_to_when_all_had_arrived() -> None:
    stated = collected(REFUSED, QUESTIONS[1])
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
    as_it_is = daily_rate_of(decided(FACTS))
    assert run(case).passed
    monkeypatch.setattr(decides, "daily_rate", lambda average, law: daily_rate(average, law) + 1)
    assert not run(case).passed
    assert daily_rate_of(decided(FACTS)) == as_it_is + 1


def daily_rate_of(record: DecisionRecord) -> int:
    return next(int(each["value"]) for each in record.body["amounts"] if each["name"] == "daily rate")
