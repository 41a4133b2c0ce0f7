"""How the statute book decides an accident of `accidents.py`: the one place that knows its questions and facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.kernel.money import Sen, ringgit
from shared.kernel.periods import Days
from shared.law.book import LawOn, book
from shared.law.decision import DecisionRecord
from shared.law.determination import determination, determine
from shared.law.fact_types import Written
from tests.oracle.accidents import OUT, Accident, Certificate, Spell
from tests.oracle.table import Outcome, Reason

KNOWN = date(2026, 11, 28)
INJURY, BENEFIT = "act4 employment injury", "act4 temporary disablement"
SKBBK = "act4 non employment injury temporary disablement"
_IN_LAW = {"authorised_break": "meal break", "emergency_at_premises": "emergency at the premises"}
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
    """What the statute book's determinations say, each fed with the answer of the one before."""
    law = book().on(accident.day, KNOWN)
    cover, benefit = _cover(accident), _days_and_wages(accident)
    injury = _ask(INJURY, {**cover, **_circumstance(accident)}, law)
    is_injury = injury.body["outcome"] == "employment injury"
    owed = _ask(BENEFIT, {**cover, **benefit, "employment injury": "yes"}, law) if is_injury else injury
    skbbk = _ask(SKBBK, {**cover, **benefit, **_outside_employment(accident, is_injury)}, law)
    stated = _doubted if _is_stated_late(accident) else _decision
    return Decided(stated(owed), stated(skbbk))


def _ask(question: str, facts: Mapping[str, Written], law: LawOn) -> DecisionRecord:
    return determine(determination(question), facts, law.book.on(law.in_force, law.known))


def _counts(spell: Spell, accident: Accident) -> bool:
    return spell.verified or spell.stated_on <= accident.day


def _is_stated_late(accident: Accident) -> bool:
    """Employed by word of after the event alone: claims asks an officer before anything is answered."""
    covering = [each for each in accident.spells if each.covers(accident.day)]
    return bool(covering) and not any(_counts(each, accident) for each in covering)


# What is known of the accident, as the law writes it.


def _cover(accident: Accident) -> dict[str, Written]:
    employed = any(each.covers(accident.day) and _counts(each, accident) for each in accident.spells)
    category = next((each.status for each in accident.categories if each.covers(accident.day)), "none")
    return {"accident": str(accident.day), "contract of service": _yes_no(employed), "category": category}


def _circumstance(accident: Accident) -> dict[str, Written]:
    stated = _IN_LAW.get(accident.circumstance, accident.circumstance.replace("_", " "))
    facts: dict[str, Written] = {
        "circumstance": stated,
        "interrupted or deviated": _yes_no(accident.interrupted_or_deviated),
    }
    return facts if accident.found is None else facts | {"found by a person": _yes_no(accident.found)}


def _days_and_wages(accident: Accident) -> dict[str, Written]:
    employers = {each.employer for each in accident.spells} | {employer for employer, _ in accident.wages}
    # Without any certificate no day is certified.
    certified: dict[str, Written] = {} if accident.certificates else {"certified": []}
    return certified | {
        "certificates": [_certificate(each) for each in accident.certificates],
        "worked with wages": [str(day) for day in accident.worked_with_wages],
        "looked at": _yes_no(accident.looked_at),
        "employments": [_employment(employer, accident) for employer in sorted(employers)],
        "average of similar work": "" if accident.similar_work is None else ringgit(accident.similar_work),
    }


def _employment(employer: int, accident: Accident) -> Written:
    return {
        "employer": str(employer),
        "spells": [_spell(each, accident) for each in accident.spells if each.employer == employer],
        "wages": {str(month): ringgit(wage) for (by, month), wage in accident.wages.items() if by == employer},
    }


def _spell(spell: Spell, accident: Accident) -> Written:
    last: dict[str, Written] = {} if spell.last is None else {"to": str(spell.last)}
    return {"from": str(spell.first), **last, "counts": _yes_no(_counts(spell, accident))}


def _certificate(certificate: Certificate) -> Written:
    written: dict[str, Written] = {"issued on": str(certificate.issued_on)}
    if certificate.days is not None:
        written["certified"] = f"{certificate.days.first} to {certificate.days.last}"
    if certificate.fit_from is not None:
        written["fit from"] = str(certificate.fit_from)
    return written


def _outside_employment(accident: Accident, is_injury: bool) -> dict[str, Written]:
    status = next((each.status for each in accident.participation if each.covers(accident.day)), OUT)
    return {
        "takes part": _yes_no(status != OUT),
        "wages paid in the month": _yes_no(_is_paid_in_the_month(accident)),
        "arose out of employment": _yes_no(is_injury),
        "outside Malaysia": _yes_no(accident.outside_malaysia),
        "conduct under section 93": _yes_no(accident.act_of_section_93),
        "breach of immigration law": _yes_no(accident.breach_of_immigration_law),
        "circumstance of section 96B": _yes_no(accident.circumstance_of_section_96b),
    }


def _is_paid_in_the_month(accident: Accident) -> bool:
    """By a line with wages of an employer of the month; while none is declared, by the employment."""
    employers = {each.employer for each in accident.spells if each.touches(accident.month) and _counts(each, accident)}
    lines = [wage for (by, month), wage in accident.wages.items() if by in employers and month == accident.month]
    return any(wage > 0 for wage in lines) or (not lines and bool(employers))


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"


# What a record says.


def _decision(record: DecisionRecord) -> Decision:
    outcome = {"entitled": Outcome.OWED, "refused": Outcome.REFUSED}.get(record.body["outcome"], Outcome.OFFICER)
    terms = tuple(_owed(each) for each in record.body["terms"])
    return Decision(outcome, REASONS[record.body["reason"]], _cited(record, outcome), terms)


def _doubted(record: DecisionRecord) -> Decision:
    """As claims holds an answer for an officer: the record that refuses says what is missing."""
    return Decision(Outcome.OFFICER, Reason.STATED_LATE, _cited(record, Outcome.REFUSED))


def _owed(term: Mapping[str, Any]) -> Owed:
    assert term["per"] == "day"
    return Owed(Days(date.fromisoformat(term["first"]), date.fromisoformat(term["last"])), term["sen"])


def _cited(record: DecisionRecord, outcome: Outcome) -> tuple[str, ...]:
    """The law of the step that decided: of the test that was not met, or of all tests and amounts."""
    steps = [*record.body["tests"], *record.body["amounts"]]
    if outcome is Outcome.REFUSED:
        steps = [each for each in record.body["tests"] if not each["met"]]
    return tuple(dict.fromkeys(law for each in steps for law in each["law"]))
