"""Constant attendance: owed beside a total loss or a pension, from the fund that bears it, while the need lasts.

The amount is that of the Act: RM500.00 a month, and 11 of the 31 days of October are 500.00 × 11 / 31 = 177.42.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.claims.domain.answers import Answer, QuestionState
from services.claims.domain.asking import ask_all
from services.claims.domain.catalogue import ACCIDENT, INVALIDITY
from services.claims.domain.facts import Circumstances, Known, Membership, OfAnother, Spell, Statement, WageMonth
from services.claims.domain.question import Question
from services.claims.tests.domain.test_replay import FACTS, OUTSIDE
from shared.kernel.funds import Fund
from shared.kernel.periods import Month
from shared.law.book import book
from shared.law.decision import DecisionRecord
from shared.law.determination import replay

TODAY = date(2026, 12, 1)
ATTENDANCE, OUTSIDE_EMPLOYMENT = "constant_attendance_allowance", "non_employment_injury_constant_attendance_allowance"
CERTIFIED = {"first": "2026-10-21"}
PERIODIC = Statement("choice", {"option": "periodic", "applied_on": "2026-09-01"}, UUID(int=92))
ONE_FIFTH = Statement("choice", {"option": "commute one fifth", "applied_on": "2026-09-01"}, UUID(int=94))


def assessed(known: Known, percent: int, **members: Any) -> Known:
    """With a further assessment of a Medical Board, and the application for the periodic benefit."""
    loss = Statement("permanent_loss", {"percent": str(percent), **members}, UUID(int=91))
    before = known.statements.get("permanent_loss", ())
    return replace(known, statements={"permanent_loss": (*before, loss), "choice": (PERIODIC,)})


def a_pensioner() -> Known:
    invalid = {"certified": "yes", "earning_capacity": "20", "attendance": CERTIFIED}
    return replace(
        FACTS,
        circumstances=Circumstances(""),
        received_on=date(2026, 7, 20),
        spells=(Spell(UUID(int=9), 7, date(2023, 1, 1), date(2026, 7, 15), 1),),
        memberships=(Membership("act4", "first", date(2023, 1, 1), None, 1),),
        lines=tuple(WageMonth(7, Month(2023, 1) + back, 198_000, 1) for back in range(42)),
        statements={"invalidity": (Statement("invalidity", invalid, UUID(int=93)),)},
    )


def answers(known: Known, last: dict[str, DecisionRecord] | None = None) -> dict[str, Answer]:
    return ask_all(ACCIDENT, known, last or {}, book(), TODAY)


def terms(answer: Answer) -> list[tuple[str, int, str, str | None]]:
    """Per, sen, first and last of each term."""
    assert answer.record is not None
    return [(each["per"], each["sen"], each["first"], each.get("last")) for each in answer.record.body["terms"]]


def question_of(name: str, questions: tuple[Question, ...] = ACCIDENT) -> Question:
    return next(each for each in questions if each.name == name)


def test_a_total_loss_with_the_need_certified_is_owed_by_the_month() -> None:
    found = answers(assessed(FACTS, 100, attendance=CERTIFIED))
    assert found["permanent_disablement"].state is QuestionState.ENTITLED
    assert terms(found[ATTENDANCE]) == [
        ("once", 17742, "2026-10-21", "2026-10-31"),
        ("month", 50000, "2026-11-01", None),
    ]
    assert OUTSIDE_EMPLOYMENT not in found, "found an employment injury: nothing is asked below it"
    record = found[ATTENDANCE].record
    assert record is not None
    assert question_of(ATTENDANCE).fund_of(record) is Fund.EMPLOYMENT_INJURY
    assert replay(DecisionRecord(record.canonical)).canonical == record.canonical


def test_it_is_asked_once_a_board_certifies_the_need() -> None:
    assert ATTENDANCE not in answers(assessed(FACTS, 100))


def test_of_a_loss_short_of_total_nothing_is_owed() -> None:
    found = answers(assessed(FACTS, 99, attendance=CERTIFIED))[ATTENDANCE]
    assert (found.state, found.reason) == (
        QuestionState.REFUSED,
        "totally_and_permanently_disabled_or_an_invalidity_pensioner",
    )


def test_outside_employment_the_other_fund_bears_it() -> None:
    found = answers(assessed(OUTSIDE, 100, attendance={**CERTIFIED, "last": "2026-10-31"}))
    assert found[ATTENDANCE].state is QuestionState.REFUSED, "no employment injury, so no loss that is owed for"
    assert terms(found[OUTSIDE_EMPLOYMENT]) == [("once", 17742, "2026-10-21", "2026-10-31")]
    assert question_of(OUTSIDE_EMPLOYMENT).fund is Fund.NON_EMPLOYMENT_INJURY


def test_while_nobody_has_applied_for_the_benefit_that_it_is_beside_it_waits_for_the_same() -> None:
    known = assessed(FACTS, 100, attendance=CERTIFIED)
    found = answers(replace(known, statements={"permanent_loss": known.statements["permanent_loss"]}))
    assert (found[ATTENDANCE].state, found[ATTENDANCE].reason) == (QuestionState.OFFICER, "application_awaited")


def test_beside_a_benefit_by_the_month_whose_lump_sum_nobody_can_work_out_it_is_owed() -> None:
    known = assessed(FACTS, 100, attendance=CERTIFIED)
    chosen = {"permanent_loss": known.statements["permanent_loss"], "choice": (ONE_FIFTH,)}
    assert answers(replace(known, statements=chosen))[ATTENDANCE].state is QuestionState.ENTITLED


def again(known: Known, stated_on: date, **members: Any) -> Known:
    """With a further assessment of the whole loss, stated on a day."""
    loss = Statement("permanent_loss", {"percent": "100", **members}, UUID(int=95), at_noon(stated_on))
    return replace(
        known, statements={**known.statements, "permanent_loss": (*known.statements["permanent_loss"], loss)}
    )


def at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def test_an_assessment_that_no_longer_certifies_the_need_ends_it() -> None:
    """From the day on which it was stated: what was paid before stays paid."""
    certified = assessed(FACTS, 100, attendance=CERTIFIED)
    found = answers(again(certified, date(2026, 12, 1)))[ATTENDANCE]
    assert terms(found) == [
        ("once", 17742, "2026-10-21", "2026-10-31"),
        ("month", 50000, "2026-11-01", "2026-11-30"),
    ]
    last = {name: each.record for name, each in answers(certified).items() if each.record is not None}
    before_it_began = answers(again(certified, date(2026, 10, 21)), last)[ATTENDANCE]
    assert (before_it_began.state, before_it_began.reason) == (
        QuestionState.REFUSED,
        "certified_by_a_board_as_needing_constant_attendance",
    )


YEAR = {"first": "2026-10-01", "last": "2027-09-30"}


@pytest.mark.parametrize(
    ("renewed", "owed"),
    [
        ({"first": "2027-10-01", "last": "2028-09-30"}, [("month", 50000, "2026-10-01", "2028-09-30")]),
        (
            {"first": "2028-01-01"},
            [("month", 50000, "2026-10-01", "2027-09-30"), ("month", 50000, "2028-01-01", None)],
        ),
        ({"first": "2027-03-01", "last": "2027-04-30"}, [("month", 50000, "2026-10-01", "2027-04-30")]),
        ({"first": "2026-09-01", "last": "2026-10-31"}, [("month", 50000, "2026-09-01", "2026-10-31")]),
    ],
    ids=["renewed", "renewed after a gap", "shortened", "from an earlier day on"],
)
def test_a_later_certificate_ends_an_earlier_one_from_its_own_first_day_on(
    renewed: dict[str, str], owed: list[tuple[str, int, str, str | None]]
) -> None:
    first = assessed(FACTS, 100, attendance=YEAR)
    found = answers(again(first, date(2027, 9, 1), attendance=renewed))[ATTENDANCE]
    assert terms(found) == owed
    assert found.record is not None
    assert replay(DecisionRecord(found.record.canonical)).canonical == found.record.canonical


def test_what_another_claim_of_the_person_has_is_not_owed_twice() -> None:
    """The claim that had a day first keeps it; what the other one's board certifies beyond stays owed."""
    of_accident = assessed(FACTS, 100, attendance={"first": "2026-12-01", "last": "2027-02-28"})
    pensioner = a_pensioner()

    def beside(known: Known, kind: str, questions: tuple[Question, ...]) -> dict[str, Answer]:
        records = {
            name: each.record
            for name, each in ask_all(questions, known, {}, book(), TODAY).items()
            if each.record is not None
        }
        other = OfAnother(UUID(int=70), 1, kind, records)
        asked, of = (pensioner, INVALIDITY) if kind == "accident" else (of_accident, ACCIDENT)
        return ask_all(of, replace(asked, others=(other,)), {}, book(), TODAY)

    of_invalidity = beside(of_accident, "accident", ACCIDENT)[ATTENDANCE]
    assert terms(of_invalidity) == [
        ("once", 17742, "2026-10-21", "2026-10-31"),
        ("month", 50000, "2026-11-01", "2026-11-30"),
        ("month", 50000, "2027-03-01", None),
    ]
    second = beside(pensioner, "invalidity", INVALIDITY)[ATTENDANCE]
    assert (second.state, second.reason) == (QuestionState.REFUSED, "owed_by_no_other_claim_for_the_same_days")


@pytest.mark.parametrize(
    ("died_on", "owed"),
    [
        (
            date(2026, 11, 16),
            [("once", 17742, "2026-10-21", "2026-10-31"), ("once", 25000, "2026-11-01", "2026-11-15")],
        ),
        (date(2026, 10, 21), []),
    ],
)
def test_a_death_ends_it(died_on: date, owed: list[tuple[str, int, str, str | None]]) -> None:
    """15 of the 30 days of November are RM250.00; the day of the death is the first that dependants are owed."""
    assert terms(answers(replace(assessed(FACTS, 100, attendance=CERTIFIED), died_on=died_on))[ATTENDANCE]) == owed


def test_a_record_that_a_death_shortened_cites_it() -> None:
    known = replace(assessed(FACTS, 100, attendance=CERTIFIED), died_on=date(2026, 11, 16), death=UUID(int=60))
    record = answers(known)[ATTENDANCE].record
    assert record is not None
    died = next(fact for fact in record.body["facts"] if fact["name"] == "died on")
    assert ("claim", str(UUID(int=60))) in [(each["kind"], each["id"]) for each in died["sources"]]


def test_it_is_not_owed_before_the_accident() -> None:
    found = answers(assessed(FACTS, 100, attendance={"first": "2020-01-01", "last": "2026-07-31"}))[ATTENDANCE]
    assert [first for _, _, first, _ in terms(found)] == [FACTS.happened_on.isoformat()]


def test_a_pensioner_has_it_from_the_fund_of_the_pension() -> None:
    found = ask_all(INVALIDITY, a_pensioner(), {}, book(), TODAY)
    assert found["invalidity_pension"].state is QuestionState.ENTITLED, found["invalidity_pension"]
    assert terms(found[ATTENDANCE])[-1] == ("month", 50000, "2026-11-01", None)
    assert question_of(ATTENDANCE, INVALIDITY).fund is Fund.INVALIDITY
