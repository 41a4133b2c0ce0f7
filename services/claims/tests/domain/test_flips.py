"""What would change an appealed answer: each change that is listed gives just that outcome when the law is asked."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.claims.domain.asking import ask_all
from services.claims.domain.catalogue import questions_of
from services.claims.domain.claim import ClaimKind
from services.claims.domain.collectors.ordered import can_be_ordered
from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.domain.facts import Circumstances, Known, Statement
from services.claims.domain.flip_values import Because, Change
from services.claims.domain.flips import Appealed, Flip, Flips, flips_of
from services.claims.tests.domain.test_replay import DECIDED, FACTS, KNOWN_TO, OUTSIDE, REFUSED
from shared.kernel.periods import Days
from shared.law.book import book
from shared.law.determination import determine

QUESTIONS = questions_of(ClaimKind.ACCIDENT)
TEMPORARY, INJURY = "temporary_disablement", "employment_injury"
OUTSIDE_EMPLOYMENT = "non_employment_injury_temporary_disablement"


def appealed(known: Known, question: str = TEMPORARY, **more: Any) -> Appealed:
    answers = ask_all(QUESTIONS, known, {}, book(), DECIDED)
    records = {name: each.record for name, each in answers.items() if each.record is not None}
    return Appealed(question, QUESTIONS, records, known, book(), **more)


def found(flips: Flips, fact: str) -> dict[str, Flip]:
    return {str(each.change.then): each for each in flips.found if each.change.fact == fact}


def test_what_is_listed_is_what_the_law_says_with_that_fact_and_the_rest_changes_nothing() -> None:
    flips = flips_of(appealed(FACTS))
    assert (flips.present.outcome, flips.is_alike, flips.is_whole) == ("entitled", True, True)
    # Were there no contract of service, neither would be owed; on an interrupted journey none of this either.
    assert found(flips, "contract of service")["no"].said.outcome == "refused"
    assert found(flips, "circumstance").keys() == {"other", "employer activity"}
    assert "interrupted or deviated" not in {each.change.fact for each in flips.found}, "it happened at work"


def test_a_question_that_rests_on_a_changed_fact_is_asked_again() -> None:
    """Refused as no employment injury; as one it is owed, and SKBBK is not."""
    flips = flips_of(appealed(OUTSIDE))
    at_work = found(flips, "circumstance")["at work"]
    assert (flips.present.outcome, at_work.said.outcome) == ("refused", "entitled")
    paid = appealed(FACTS)
    assert at_work.said.sen == flips_of(paid).present.sen > 0
    assert at_work.said.claim_sen == at_work.said.sen, "SKBBK is owed no more"
    assert 0 < flips.present.claim_sen < at_work.said.claim_sen
    below = flips_of(appealed(OUTSIDE, OUTSIDE_EMPLOYMENT))
    assert found(below, "circumstance")["at work"].said.outcome == "refused"


def test_what_others_stated_and_does_not_count_is_tried() -> None:
    waits = Evidence(
        UUID(int=5), UUID(int=6), "hospital:1", EvidenceKind.CERTIFICATE, KNOWN_TO,
        issued_on=date(2026, 8, 12), days=Days(date(2026, 8, 12), date(2026, 8, 13)),
    )  # fmt: skip
    flips = flips_of(appealed(replace(FACTS, certificates=FACTS.certificates[:1]), stated=(waits,)))
    [longer] = found(flips, "certificates").values()
    assert longer.change.because is Because.STATED
    assert longer.said.sen - flips.present.sen == 2 * 65_33


def test_another_similar_workers_wages_are_tried() -> None:
    """Life 4: 47 days at 60.00 by the operator's wages; the senior's are 68.00."""
    by_operator = Statement("finding", {"fact": "average of similar work", "found": "2250.00"}, UUID(int=1), KNOWN_TO)
    days = (replace(FACTS.certificates[0], days=Days(date(2026, 7, 15), date(2026, 8, 31))),)
    known = replace(FACTS, lines=(), certificates=days, findings={"average of similar work": by_operator})
    flips = flips_of(appealed(known, similar_wages=("2550.00", "2250.00")))
    [senior] = found(flips, "average of similar work").values()
    assert (flips.present.sen, senior.said.sen) == (2_820_00, 3_196_00)
    assert (senior.now, senior.change) == (
        "2250.00",
        Change("average of similar work", "2550.00", Because.SIMILAR_WORKER),
    )


def test_a_reading_of_the_book_is_tried() -> None:
    flips = flips_of(appealed(FACTS))
    by_reading = [each for each in flips.found if each.change.because is Because.READING]
    assert by_reading
    for each in by_reading:
        assert (each.said.outcome, each.said.sen) != (flips.present.outcome, flips.present.sen)


places = st.sampled_from(
    ["at_work", "commuting", "authorised_break", "emergency_at_premises", "employer_activity", "other"]
)


@st.composite
def events(draw: st.DrawFn) -> Known:
    base = draw(st.sampled_from([FACTS, OUTSIDE, REFUSED]))
    circumstances = Circumstances(draw(places), draw(st.booleans()), draw(st.booleans()), UUID(int=77))
    certificates = base.certificates[: draw(st.integers(0, 3))]
    worked = draw(st.lists(st.dates(date(2026, 7, 15), date(2026, 8, 11)), max_size=3, unique=True))
    return replace(
        base, circumstances=circumstances, certificates=certificates, worked_with_wages=tuple(sorted(worked))
    )


def _written(record: Any) -> Mapping[str, Any]:
    return {fact["name"]: fact["value"] for fact in record.body["facts"]}


# What is owed in any case while officers look whether it is an employment injury.
OPEN = replace(OUTSIDE, circumstances=Circumstances("employer_activity", evidence=UUID(int=77)))


@settings(max_examples=40, deadline=None)
@example(OPEN, OUTSIDE_EMPLOYMENT)
@given(events(), st.sampled_from([TEMPORARY, OUTSIDE_EMPLOYMENT, INJURY]))
def test_every_flip_fed_as_the_fact_gives_just_that_outcome(known: Known, question: str) -> None:
    """Two ways beside the one that found it: the determination itself, and the fact as an order states it."""
    case = appealed(known, question) if question in appealed(known).records else appealed(known, INJURY)
    flips = flips_of(case)
    for flip in flips.found:
        change, record = flip.change, case.record
        assert flip.said != flips.present, "nothing is listed that leaves it the same"
        if change.fact in _written(record) and not change.is_figure and not _rests_on_others(record):
            asked = next(each for each in QUESTIONS if each.name == case.question)
            days = record.body["days"]
            law = book().on(date.fromisoformat(days["in_force_on"]), date.fromisoformat(days["known_on"]))
            made = determine(asked.asked, {**_written(record), change.fact: change.then}, law)
            outcomes = {asked.asked.granted: ("entitled", "found"), "refused": ("refused",)}
            assert flip.said.outcome in outcomes.get(made.body["outcome"], ("officer",))
            assert list(flip.said.terms) == (made.body["terms"] if flip.said.outcome == "entitled" else [])
        if any(can_be_ordered(each, change.fact) for each in QUESTIONS):
            ordered = ask_all(QUESTIONS, _ordered(known, change), case.records, book(), DECIDED)
            answer = ordered[case.question]
            assert answer.state.value == flip.said.outcome, flip
            assert _terms(answer.record if answer.is_settled else None) == list(flip.said.terms)


def _rests_on_others(record: Any) -> bool:
    return any(source["kind"] == "decision" for fact in record.body["facts"] for source in fact["sources"])


def _terms(record: Any) -> list[Any]:
    return [] if record is None else list(record.body["terms"])


def _ordered(known: Known, change: Change) -> Known:
    stated = {
        "forum": "social_security_appellate_board",
        "ordered_on": "2026-11-20",
        "reference": "JRKS 12/2026",
        "facts": {change.fact: change.then},
    }
    return replace(known, statements={"order": (Statement("order", stated, UUID(int=3), KNOWN_TO),)})
