"""How claims decides an accident of `accidents.py`, through its collectors: the one place that knows its questions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.claims.domain.answers import Answer, QuestionState
from services.claims.domain.asking import ask, ask_all
from services.claims.domain.catalogue import ACCIDENT
from services.claims.domain.claim import Claim, ClaimKind, ClaimState
from services.claims.domain.collectors.collector import Asked
from services.claims.domain.collectors.findings import EMPLOYMENT_INJURY
from services.claims.domain.doubts import doubt_of_event
from services.claims.domain.facts import Certificate as KnownCertificate
from services.claims.domain.facts import Circumstances, Known, Membership, Statement, WageMonth
from services.claims.domain.facts import Spell as KnownSpell
from services.claims.domain.relation import STATED_LATE
from shared.kernel.money import Sen, ringgit
from shared.kernel.periods import Days
from shared.law.book import book
from shared.law.decision import DecisionRecord
from tests.oracle.accidents import Accident, Period
from tests.oracle.table import Outcome, Reason

KNOWN = date(2026, 11, 28)
ARRIVED = datetime(2026, 11, 28, tzinfo=UTC)
BENEFIT, SKBBK = "temporary_disablement", "non_employment_injury_temporary_disablement"
# Of a notice that names no employer.
CLAIM = Claim(
    id=UUID(int=3),
    notice=UUID(int=4),
    tenant="organisation:1",
    state=ClaimState.ASSESSING,
    kind=ClaimKind.ACCIDENT,
    person=1,
    id_token=None,
    name_tokens=(),
    capacity=None,
    employer=None,
    happened_on=KNOWN,
    place=None,
    received_at=ARRIVED,
    stored_at=ARRIVED,
    revision=0,
)
REASONS = {
    "": Reason.NONE,
    "employment_stated_late": Reason.STATED_LATE,
    "employed_under_a_contract_of_service_on_the_day_of_the_accident": Reason.NOT_EMPLOYED,
    "covered_for_employment_injury_on_the_day": Reason.NOT_COVERED,
    "covered_for_non_employment_injury_on_the_day": Reason.NOT_COVERED,
    "whether_the_circumstance_is_covered_is_settled": Reason.OPEN_CIRCUMSTANCE,
    "happened_in_circumstances_that_the_act_covers": Reason.OUTSIDE_EMPLOYMENT,
    "the_journey_was_neither_interrupted_nor_deviated_from": Reason.JOURNEY_BROKEN,
    "did_not_arise_out_of_and_in_the_course_of_employment": Reason.AROSE_OUT_OF_EMPLOYMENT,
    "takes_part_in_the_scheme_in_the_month_of_the_accident": Reason.RELEASED,
    "wages_were_paid_for_the_month_of_the_accident": Reason.NO_WAGES,
    "happened_in_malaysia": Reason.ABROAD,
    "not_caused_by_excluded_conduct": Reason.CONDUCT,
    "not_in_a_circumstance_of_section_96b": Reason.SECTION_96B,
    "certified_unfit_long_enough": Reason.TOO_SHORT,
    "no_wage_month": Reason.NO_WAGE_MONTH,
}


@dataclass(frozen=True)
class Owed:
    """Days from the first to the last, each worth the same."""

    days: Days
    sen: Sen


@dataclass(frozen=True)
class Decision:
    """What was decided of one benefit, and what the step that decided it cites: all steps where it is owed."""

    outcome: Outcome
    reason: Reason
    cited: tuple[str, ...]
    terms: tuple[Owed, ...] = ()


@dataclass(frozen=True)
class Decided:
    """Both benefits of one accident."""

    employment_injury: Decision
    non_employment_injury: Decision


def decided(accident: Accident) -> Decided:
    """What claims answers: its questions, by its collectors, from what is known of the accident."""
    known = known_of(accident)
    answers = ask_all(ACCIDENT, known, {}, book(), KNOWN)
    doubted = doubt_of_event(CLAIM, known, was_entitled=False) == STATED_LATE
    owed, injury = answers[BENEFIT], answers[EMPLOYMENT_INJURY]
    # Of what is no employment injury, the record that says why is that of the question before.
    about = owed if injury.state is QuestionState.FOUND else injury
    stated = _doubted if doubted else _decision
    return Decided(stated(_record(about)), stated(_skbbk(answers, known)))


def _skbbk(answers: Mapping[str, Answer], known: Known) -> DecisionRecord:
    """What stands of SKBBK; beside an employment injury it is not asked, and would be refused for that."""
    if SKBBK in answers:
        return _record(answers[SKBBK])
    question = next(each for each in ACCIDENT if each.name == SKBBK)
    return _record(ask(question, Asked(known, answers, book().on(known.happened_on, KNOWN)), KNOWN))


def _record(answer: Answer) -> DecisionRecord:
    assert answer.record is not None
    return answer.record


# What is known of the accident, as claims has it.


def known_of(accident: Accident) -> Known:
    """The accident as claims would have it gathered when everything has arrived."""
    statements = {
        "found by a person": accident.found,
        "conduct under section 93": accident.act_of_section_93,
        "breach of immigration law": accident.breach_of_immigration_law,
        "circumstance of section 96B": accident.circumstance_of_section_96b,
    }
    findings = {name: _finding(name, _yes_no(value)) for name, value in statements.items() if value is not None}
    if accident.looked_at:
        findings["looked at until"] = _finding("looked at until", date.max.isoformat())
    if accident.similar_work is not None:
        findings["average of similar work"] = _finding("average of similar work", ringgit(accident.similar_work))
    return Known(
        person=1,
        person_revision=1,
        born_on=accident.born,
        happened_on=accident.day,
        circumstances=Circumstances(
            accident.circumstance, accident.interrupted_or_deviated, accident.outside_malaysia, UUID(int=1)
        ),
        certificates=tuple(_certificates(accident)),
        worked_with_wages=accident.worked_with_wages,
        spells=tuple(_spells(accident)),
        memberships=(*_memberships("act4", accident.categories), *_memberships("skbbk", accident.participation)),
        lines=tuple(WageMonth(by, month, wage, 1) for (by, month), wage in sorted(accident.wages.items())),
        watermarks={"registration": ARRIVED, "contribution.received": ARRIVED},
        known_to=ARRIVED,
        stored_at=ARRIVED - timedelta(days=1),
        findings=findings,
    )


def _finding(fact: str, found: str) -> Statement:
    return Statement("finding", {"fact": fact, "found": found}, UUID(int=2))


def _certificates(accident: Accident) -> Iterator[KnownCertificate]:
    for number, each in enumerate(accident.certificates):
        yield KnownCertificate(UUID(int=100 + number), each.issued_on, each.days, each.fit_from)


def _spells(accident: Accident) -> Iterator[KnownSpell]:
    for number, each in enumerate(accident.spells):
        id_ = UUID(int=200 + number)
        yield KnownSpell(id_, each.employer, each.first, each.last, 1, each.stated_on, each.verified)


def _memberships(scheme: str, periods: Iterable[Period]) -> Iterator[Membership]:
    return (Membership(scheme, each.status, each.first, each.last, 1) for each in periods)


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"


# What a record says.


def _decision(record: DecisionRecord) -> Decision:
    outcome = {"entitled": Outcome.OWED, "refused": Outcome.REFUSED}.get(record.body["outcome"], Outcome.OFFICER)
    terms = tuple(_owed(each) for each in record.body["terms"])
    return Decision(outcome, REASONS[record.body["reason"]], cited(record, outcome), terms)


def _doubted(record: DecisionRecord) -> Decision:
    """As claims holds an answer for an officer: the record that refuses says what is missing."""
    return Decision(Outcome.OFFICER, Reason.STATED_LATE, cited(record, Outcome.REFUSED))


def _owed(term: Mapping[str, Any]) -> Owed:
    assert term["per"] == "day"
    return Owed(Days(date.fromisoformat(term["first"]), date.fromisoformat(term["last"])), term["sen"])


def cited(record: DecisionRecord, outcome: Outcome) -> tuple[str, ...]:
    """The law of the step that decided: of the test that was not met, or of all tests and amounts."""
    steps = [*record.body["tests"], *record.body["amounts"]]
    if outcome is Outcome.REFUSED:
        steps = [each for each in record.body["tests"] if not each["met"]]
    # Without an answer the record says under which law there may be one.
    open_ = [record.body["details"]["law"]] if "law" in record.body["details"] else []
    return tuple(dict.fromkeys([*(law for each in steps for law in each["law"]), *open_]))
