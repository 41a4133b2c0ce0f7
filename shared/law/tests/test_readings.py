"""The page on open readings is true and whole: each differs, each is open, and what moves money is on it."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from shared.law.book import Book, book
from shared.law.case_files import Case, read_cases
from shared.law.cases import EVERYTHING_KNOWN, OWN
from shared.law.decision import DecisionRecord
from shared.law.determination import determination, determine
from shared.law.errors import BookError
from shared.law.fact_types import MalformedFact
from shared.law.figures import Certainty, Unit
from shared.law.readings import Reading, by_money, load_readings, readings, readings_page

# Assumed, and not on the page: why.
LITTLE = "rounding: a sen or a few"
FEW = "few people, or one month"
ONE = "no other value is in any source"
WAITS = "rated again, or for a person, as soon as the fact is there"
ELSEWHERE: Mapping[str, str] = {
    "act4.arrears.grace_month": FEW,
    "act4.arrears.skbbk_grace": FEW,
    "act4.accident.open_circumstances": WAITS,
    "act4.attendance.total_loss": ONE,
    "act4.boards.aggravation_months_provisional": ONE,
    "act4.boards.appellate_days": ONE,
    "act4.calendar.public_holidays": "on the page with the holiday rule",
    "act4.calendar.weekly_holidays": "on the page with the holiday rule",
    "act4.contributions.classes": ONE,
    "act4.cover.employments": ONE,
    "act4.cover.excluded": ONE,
    "act4.cover.first_wage_limit_applies": FEW,
    "act4.cover.intern_allowance_over": FEW,
    "act4.cover.spouse_covered": FEW,
    "act4.dependants.grandparents_beside_parents": FEW,
    "act4.dependants.incapable_child_keeps": "no source takes the share of an incapable child away",
    "act4.daily_rate.broken_month_by_its_days": FEW,
    "act4.dependants.day_of_death_payable": FEW,
    "act4.dependants.share_rounded_half_up": LITTLE,
    "act4.dependants.sibling_age": ONE,
    "act4.dependants.sibling_share": ONE,
    "act4.funeral.amount": ONE,
    "act4.funeral.deaths": ONE,
    "act4.funeral.heirs": ONE,
    "act4.invalidity.grant_contributions": ONE,
    "act4.invalidity.grant_with_interest": "the fund states the interest",
    "act4.repatriation.actual_cost": "the most that is paid for one case is stated by a person",
    "act4.repatriation.deaths": ONE,
    "act4.permanent_disablement.age_on_day_of_choice": "a lump sum has a factor for one age only so far",
    "act4.permanent_disablement.begins_after_temporary": FEW,
    "act4.permanent_disablement.commuted_when_final": "what a board finds when it looks again is not known",
    "act4.permanent_disablement.earlier_losses_count": "a choice between a lump sum and its periodic twin",
    "act4.permanent_disablement.later_first_day_is_looked_at": "for a person, as soon as it is stated",
    "act4.permanent_disablement.lump_sum_of_rounded_rate": LITTLE,
    "act4.permanent_disablement.stands_until_reviewed": "no source has what was paid before a review reckoned again",
    "act4.recovery.set_off_share": ONE,
    "act4.registration.employer_days": ONE,
    "act4.recovery.shortfall_opens_recovery": ONE,
    "act4.skbbk.domestic_workers_take_part": FEW,
    "act4.skbbk.new_hire_days": ONE,
    "act4.skbbk.release_from": ONE,
    "act4.skbbk_benefits.minimum_days": ONE,
    "act4.temporary_disablement.shared_day_rate": WAITS,
    "act4.temporary_disablement.review_days": ONE,
    "act4.wage_base.last_known_class_age": WAITS,
    "act4.wage_base.last_known_class_rates": WAITS,
    "act4.wage_base.open_spell_makes_payable": WAITS,
    "act4.wage_base.similar_work_stands_in": WAITS,
    "act789.attendance.monthly": ONE,
    "act789.contributions.subsidies.programmes": ONE,
    "act789.cover.last_minute_excluded": "one minute",
    "act789.daily_rate.rounded_half_up": LITTLE,
    "act789.dependants.others_in_turn": FEW,
    "act789.dependants.share_rounded_half_up": LITTLE,
    "act789.funeral.amount": ONE,
    "act800.claims.limit_counts_day_of_loss": "read in the Interpretation Acts, s.54(1)(a)",
    "act800.claims.minimum_retirement_age": ONE,
    "act800.claims.waiting_period_counts_day_of_approval": "read in the Interpretation Acts, s.54(1)(a)",
    "act800.employment_services.vacancy_fines": "not in force",
    "act800.interim_scheme.monthly": "ended",
    "act800.interim_scheme.months": "ended",
    "act800.job_search.benefit_months_follow_waiting_period": FEW,
    "act800.mobility.before_last_allowance_counts": "not in force",
    "act800.reduced_income.excludes_training_fee": FEW,
    "act800.training.days_in_a_month": ONE,
    "act800.wage_base.disablement_month_has_own_classes": FEW,
    "act800.wage_base.minimum_wage_has_class": FEW,
    "act838.survivors.deceased_age": ONE,
    "act872.deduction.default_class": ONE,
    "act872.deduction.rounded_on_remittance": LITTLE,
}


@cache
def answered() -> tuple[tuple[Case, DecisionRecord, frozenset[str]], ...]:
    """Every worked case that the law answers, its record, and the figures that it read."""
    found = []
    for case in read_cases(OWN):
        law = book().on(case.on, case.known or EVERYTHING_KNOWN)
        try:
            record = determine(determination(case.about), case.facts, law)
        except MalformedFact:
            continue
        found.append((case, record, frozenset(entry.figure for entry in law.read)))
    return tuple(found)


def money(record: DecisionRecord) -> tuple[object, ...]:
    body = record.body
    amounts = [(each["name"], each["value"]) for each in body["amounts"] if each["unit"] == "sen"]
    return body["outcome"], amounts, body["terms"]


def moves_money(figure: str) -> bool:
    """Whether a worked case that read a yes-or-no figure pays otherwise when its assumed entries are turned round."""
    found = book().figures[figure]
    entries = tuple(
        replace(entry, value=not entry.value) if entry.certainty is Certainty.ASSUMED else entry
        for entry in found.entries
    )
    other = Book({**book().figures, figure: replace(found, entries=entries)})
    return any(pays_otherwise(case, record, other) for case, record, read in answered() if figure in read)


def pays_otherwise(case: Case, record: DecisionRecord, other: Book) -> bool:
    law = other.on(case.on, case.known or EVERYTHING_KNOWN)
    return money(determine(determination(case.about), case.facts, law)) != money(record)


def test_every_assumption_that_moves_money_is_on_the_page_or_says_why_not() -> None:
    on_the_page = {reading.figure for reading in readings()}
    read: set[str] = set().union(*(figures for _, _, figures in answered()))
    assumed = {
        name
        for name in read
        if any(entry.certainty is Certainty.ASSUMED for entry in book().figures[name].entries)
        and (book().figures[name].unit is not Unit.YES_NO or moves_money(name))
    }
    assert assumed - on_the_page - set(ELSEWHERE) == set()
    assert set(ELSEWHERE) - assumed == set()
    assert set(ELSEWHERE) & on_the_page == set()


@pytest.mark.parametrize("reading", readings(), ids=lambda reading: reading.question)
def test_a_reading_is_open_and_its_answers_differ(reading: Reading) -> None:
    taken, other = reading.amounts(book())
    assert taken != other
    if reading.figure:
        assert any(entry.certainty is Certainty.ASSUMED for entry in book().figures[reading.figure].entries)


def test_the_page_has_the_dearest_first_and_amounts_by_hand() -> None:
    """2,450.00 × 64 % = 1,568.00; 3/5 of it is 940.80; 3/5 of 9/5 is a third, 522.67."""
    differences = [reading.in_a_year(book()) for reading in by_money(book())]
    assert differences == sorted(differences, reverse=True)
    page = readings_page()
    assert "| three fifths | RM940.80 a month | the whole, as in a press case of 2018 | RM1568.00 a month |" in page
    assert "| RM940.80 a month | each, scaled, as Act 789 s.19 has it | RM522.67 a month | RM5017.56 |" in page
    assert "| it does | RM840.00 | it does not | RM739.20 | RM100.80 |" in page
    assert "the minimum average would give | RM550.00 a month | the last 24 months" in page


SOUND = """\
typical:
  days: &days {accident: 2026-07-15, certified: 2026-07-15 to 2026-08-11}
readings:
  - question: Is the last certified day payable?
    taken: it is
    instead: it is not
    case: 28 days
    about: act4 temporary disablement
    on: 2026-07-15
    facts: {<<: *days, wages: {2026-01 to 2026-06: 2500.00}}
    result: amount
    paid: once
    figure: act4.temporary_disablement.last_certified_day_payable
    other: no
    how often: always
"""


def test_readings_are_data_that_anybody_may_write(tmp_path: Path) -> None:
    """28 and 27 days at 65.33."""
    (tmp_path / "readings.yaml").write_text(SOUND, encoding="utf-8")
    (reading,) = load_readings(tmp_path, book())
    assert reading.amounts(book()) == (182_924, 176_391)


@pytest.mark.parametrize(
    ("old", "new", "line", "fact"),
    [
        ("question: ", "ask: ", 4, "unknown field 'ask'"),
        ("    case: 28 days\n", "", 4, "missing: case"),
        ("on: 2026-07-15", "on: July", 9, "on is a date"),
        ("about: act4 temporary", "about: act4 lasting", 8, "is none of"),
        ("result: amount", "result: sum", 8, "the result 'sum' is not declared"),
        ("<<: *days", "<<: [no]", 10, "<< takes a mapping"),
        ("facts: {<<: *days, wages: {2026-01 to 2026-06: 2500.00}}", "facts: none", 10, "facts are a mapping"),
        ("paid: once", "paid: yearly", 12, "paid is one of monthly, once"),
        ("    other: no\n", "", 4, "a figure with its other value"),
        ("    figure: act4", "    otherwise: amount\n    figure: act4", 4, "or else another result"),
        ("last_certified_day_payable", "no_such_figure", 13, "no figure act4.temporary_disablement.no_such_figure"),
        ("other: no", 'other: "no"', 14, "yes or no"),
        ("readings:\n", "readings: [\n", 4, "this is not YAML"),
    ],
)
def test_a_fault_of_the_readings_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, fact: str
) -> None:
    assert SOUND.count(old) == 1, old
    (tmp_path / "readings.yaml").write_text(SOUND.replace(old, new), encoding="utf-8")
    with pytest.raises(BookError) as caught:
        load_readings(tmp_path, book())
    assert caught.value.facts["line"] == line
    assert fact in str(caught.value.detail)
