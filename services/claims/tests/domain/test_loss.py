"""When a benefit for a permanent loss is applied for, how it is taken, and what two officers find of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.claims.domain.answers import Answer, QuestionState
from services.claims.domain.asking import ask_all
from services.claims.domain.catalogue import ACCIDENT, reads_others
from services.claims.domain.claim import ClaimKind
from services.claims.domain.collectors.loss import check_change
from services.claims.domain.contested import HeldDays
from services.claims.domain.deciding import with_doubts
from services.claims.domain.errors import ChoiceFinal, ChoiceNotAllowed, FindingNotReadable
from services.claims.domain.facts import Certificate, Known, Statement
from services.claims.domain.standing import standing
from services.claims.tests.domain.test_death import AT_HOME, HAPPENED, KNOWN, OF_CLAIM, TODAY
from shared.kernel.errors import JaringError
from shared.kernel.periods import Days
from shared.law.act4.permanent_disablement.asked import BEFORE_STAYS, BOARDS_DAY, ON_BOARDS_DAY, SINCE
from shared.law.act4.permanent_disablement.rules import Option
from shared.law.book import book
from shared.law.decision import DecisionRecord
from shared.law.determination import determine, replay, versions
from shared.law.errors import NO_ANSWER

BENEFIT, OUTSIDE = "permanent_disablement", "non_employment_injury_permanent_disablement"
PERIODIC, LUMP_SUM, COMMUTE = map(str, Option)
# The factor of age 30 alone is known.
THIRTY = replace(KNOWN, born_on=date(1996, 5, 20))
OFFICER = QuestionState.OFFICER
CLAIM = replace(OF_CLAIM, kind=ClaimKind.ACCIDENT, happened_on=KNOWN.happened_on)


def said(kind: str, number: int, on: date, **members: Any) -> Statement:
    at = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
    return Statement(kind, members, UUID(int=number), at)


def chosen(number: int, on: date, option: str, **members: str) -> Statement:
    """As a person chooses: on the day of the statement."""
    return said("choice", number, on, option=option, applied_on=on.isoformat(), **members)


def with_loss(percent: int, *choices: Statement, of: Known = THIRTY, **members: Any) -> Known:
    loss = said("permanent_loss", 4, date(2026, 8, 30), percent=percent, **members)
    return replace(of, statements={"permanent_loss": (loss,), "choice": choices})


def asked(known: Known, last: Mapping[str, DecisionRecord] | None = None, on: date = TODAY) -> dict[str, Answer]:
    return ask_all(ACCIDENT, known, last or {}, book(), on)


def records(answers: Mapping[str, Answer]) -> dict[str, DecisionRecord]:
    return {name: each.record for name, each in answers.items() if each.record is not None and each.is_settled}


def doubted(known: Known, last: Mapping[str, DecisionRecord]) -> dict[str, Answer]:
    """The answers, those left to an officer that may not stand."""
    return with_doubts(CLAIM, known, standing((), ()), asked(known, last), last, book(), TODAY)


def owed(answers: Mapping[str, Answer], benefit: str = BENEFIT) -> list[tuple[str, int, str, str | None]]:
    record = answers[benefit].record
    assert record is not None
    return [(each["per"], each["sen"], each["first"], each.get("last")) for each in record.body["terms"]]


SEPTEMBER, LATER = date(2026, 9, 1), date(2027, 12, 1)
APPLIED = chosen(5, SEPTEMBER, PERIODIC)


@pytest.mark.parametrize(
    ("of", "benefit", "month", "balance"), [(THIRTY, BENEFIT, 105_300, 84_240), (AT_HOME, OUTSIDE, 63_180, 50_550)]
)
def test_who_commutes_after_more_than_a_year_has_applied_in_time_and_keeps_what_was_paid(
    of: Known, benefit: str, month: int, balance: int
) -> None:
    """60 % of 58.50 is 35.10 a day, 4/5 of it 28.08, × 30; of SKBBK 60 % of 35.10 is 21.06, 4/5 of it 16.85."""
    of = replace(of, born_on=date(1997, 5, 20))
    found = owed(asked(with_loss(60, APPLIED, chosen(7, LATER, COMMUTE), of=of), on=LATER), benefit)
    assert found[0] == ("month", month, "2026-09-01", "2027-11-30")
    assert [(per, first) for per, _, first, _ in found[1:]] == [("once", "2027-12-01"), ("month", "2027-12-01")]
    assert found[2][1] == balance


def test_who_commutes_keeps_the_months_before() -> None:
    """35.10 × 1/5 × 7,479 = 52,502.58; the rest 28.08 a day, 12 days of October = 336.96; by the month 842.40."""
    found = owed(asked(with_loss(60, APPLIED, chosen(7, date(2026, 10, 20), COMMUTE))))
    assert found == [
        ("month", 105_300, "2026-09-01", "2026-09-30"),
        ("once", 66_690, "2026-10-01", "2026-10-19"),
        ("once", 5_250_258, "2026-10-20", "2026-10-20"),
        ("once", 33_696, "2026-10-20", "2026-10-31"),
        ("month", 84_240, "2026-11-01", None),
    ]


FOURTEENTH = date(2026, 9, 14)
LUMP = chosen(5, FOURTEENTH, LUMP_SUM, chosen_on="2026-09-14")


@pytest.mark.parametrize("again", [PERIODIC, LUMP_SUM, COMMUTE])
@pytest.mark.parametrize("by_officers", [False, True])
def test_a_lump_sum_is_final_when_its_day_has_come(again: str, by_officers: bool) -> None:
    """Life 2: a second application of 1 October for the periodic form changes nothing."""
    second = chosen(7, date(2026, 10, 1), again)
    if by_officers:
        second = said("choice", 7, date(2026, 10, 1), option=again, applied_on="2026-09-20", chosen_on="2026-09-20")
    once = owed(asked(with_loss(12, LUMP)))
    assert [(per, first) for per, _, first, _ in once] == [("once", "2026-09-14")]
    assert owed(asked(with_loss(12, LUMP, second))) == once


@pytest.mark.parametrize("again", [PERIODIC, COMMUTE, LUMP_SUM])
def test_from_one_fifth_that_is_commuted_no_way_leads_back(again: str) -> None:
    commuted = with_loss(60, APPLIED, chosen(7, date(2026, 10, 20), COMMUTE))
    once_more = replace(
        commuted,
        statements={
            **commuted.statements,
            "choice": (*commuted.statements["choice"], chosen(8, date(2026, 10, 25), again)),
        },
    )
    assert owed(asked(once_more)) == owed(asked(commuted))


def test_until_its_day_has_come_a_lump_sum_is_chosen_again_or_not() -> None:
    later = chosen(5, FOURTEENTH, LUMP_SUM, chosen_on="2026-09-14", effective_on="2026-10-01")
    back = with_loss(12, later, chosen(7, date(2026, 9, 30), PERIODIC))
    assert [(per, first) for per, _, first, _ in owed(asked(back))] == [("once", "2026-09-14"), ("month", "2026-10-01")]
    too_late = with_loss(12, later, chosen(7, date(2026, 10, 1), PERIODIC))
    assert owed(asked(too_late)) == owed(asked(with_loss(12, later)))


def test_a_lump_sum_that_the_loss_never_allowed_is_chosen_again() -> None:
    refused = with_loss(60, chosen(5, FOURTEENTH, LUMP_SUM))
    assert asked(refused)[BENEFIT].reason == "the_loss_allows_the_chosen_option"
    found = owed(asked(with_loss(60, chosen(5, FOURTEENTH, LUMP_SUM), chosen(7, date(2026, 10, 1), PERIODIC))))
    assert [(per, first) for per, _, first, _ in found] == [("once", "2026-09-14"), ("month", "2026-10-01")]


@pytest.mark.parametrize(
    ("percent", "choice", "again", "day", "fault"),
    [
        (12, LUMP, PERIODIC, FOURTEENTH, ChoiceFinal),
        (12, LUMP, LUMP_SUM, LATER, ChoiceFinal),
        (60, chosen(5, FOURTEENTH, COMMUTE), PERIODIC, LATER, ChoiceFinal),
        (12, LUMP, PERIODIC, date(2026, 9, 13), None),
        (60, APPLIED, LUMP_SUM, LATER, ChoiceNotAllowed),
        (12, APPLIED, COMMUTE, LATER, ChoiceNotAllowed),
        (12, APPLIED, LUMP_SUM, LATER, None),
        (60, APPLIED, COMMUTE, LATER, None),
    ],
)
def test_what_cannot_be_chosen_any_more_is_refused_at_the_door(
    percent: int, choice: Statement, again: str, day: date, fault: type[JaringError] | None
) -> None:
    stands, law = records(asked(with_loss(percent, choice))), book().on(KNOWN.happened_on, TODAY)
    if fault is None:
        check_change(Option(again), stands, day, law)
        return
    with pytest.raises(fault):
        check_change(Option(again), stands, day, law)
    check_change(Option(again), {}, day, law)


def test_what_a_choice_would_take_back_waits_for_two_officers() -> None:
    """A later board raises the loss behind a lump sum that was paid: nobody recovers it without a look."""
    last = records(asked(with_loss(12, LUMP)))
    raised = with_loss(40, LUMP)
    answer = doubted(raised, last)[BENEFIT]
    assert (answer.state, answer.reason) == (OFFICER, "choice_takes_back")
    lifted = {"doubt lifted: choice_takes_back": Statement("finding", {"found": str(CLAIM.revision)}, UUID(int=9))}
    answer = doubted(replace(raised, findings=lifted), last)[BENEFIT]
    assert answer.state is QuestionState.REFUSED


def looked_at_again(percent: int, first: str, *others: Statement, found: str = "", **members: Any) -> Known:
    """40 % from 1 September, and in its place what another board states, unless it is a review."""
    of = with_loss(40, APPLIED, benefit_from="2026-09-01")
    again = said("permanent_loss", 8, date(2026, 10, 20), percent=percent, benefit_from=first, **members)
    losses = (*of.statements["permanent_loss"], *others, again)
    stays = said("finding", 9, date(2026, 10, 21), found=found)
    return replace(
        of,
        statements={**of.statements, "permanent_loss": losses},
        findings={BEFORE_STAYS: stays} if found else {},
    )


FIFTY = [("month", 87_750, "2026-11-01", None)]
FORTY_UNTIL = [("month", 70_200, "2026-09-01", "2026-10-31")]


@pytest.mark.parametrize(
    ("found", "terms", "looks"),
    [
        ("", [*FORTY_UNTIL, *FIFTY], ("later_first_day_stated",)),
        ("yes", [*FORTY_UNTIL, *FIFTY], ()),
        ("no", FIFTY, ()),
    ],
)
def test_what_was_owed_before_a_later_first_day_is_taken_back_when_two_officers_have_looked(
    found: str, terms: list[tuple[str, int, str, str | None]], looks: tuple[str, ...]
) -> None:
    """58.50 × 40 % is 23.40 a day, 702.00 a month; of 50 % it is 29.25, 877.50: what is more is paid at once."""
    answer = asked(looked_at_again(50, "2026-11-01", found=found))[BENEFIT]
    assert owed({BENEFIT: answer}) == terms
    assert (answer.state, answer.people_look_at) == (QuestionState.ENTITLED, looks)
    assert answer.record is not None
    assert replay(answer.record).canonical == answer.record.canonical


def test_of_two_that_were_replaced_each_is_owed_from_its_day_until_the_next() -> None:
    between = said("permanent_loss", 7, date(2026, 10, 10), percent=30, benefit_from="2026-10-01")
    assert owed(asked(looked_at_again(50, "2026-11-01", between))) == [
        ("month", 70_200, "2026-09-01", "2026-09-30"),
        ("month", 52_650, "2026-10-01", "2026-10-31"),
        *FIFTY,
    ]


def test_an_assessment_from_the_same_day_or_an_earlier_one_replaces_all_of_it() -> None:
    for first in ("2026-09-01", "2026-08-31"):
        answer = asked(looked_at_again(50, first))[BENEFIT]
        assert answer.people_look_at == ()
        assert answer.record is not None
        assert [each["value"] for each in answer.record.body["facts"] if each["name"] == "assessed before"] == [[]]


def test_what_officers_found_of_an_earlier_one_says_nothing_of_the_next() -> None:
    known = looked_at_again(50, "2026-11-01", found="no")
    next_one = said("permanent_loss", 10, date(2026, 11, 1), percent=60, benefit_from="2026-12-01")
    losses = (*known.statements["permanent_loss"], next_one)
    answer = asked(replace(known, statements={**known.statements, "permanent_loss": losses}))[BENEFIT]
    assert answer.people_look_at == ("later_first_day_stated",)


def test_a_later_first_day_behind_a_lump_sum_is_a_persons() -> None:
    """12 % was taken at once in September: what it was of the months until November no source says."""
    known = looked_at_again(15, "2026-11-01")
    first = said("permanent_loss", 4, date(2026, 8, 30), percent=12, benefit_from="2026-09-01")
    losses = (first, known.statements["permanent_loss"][-1])
    known = replace(known, statements={"permanent_loss": losses, "choice": (LUMP,)})
    answer = asked(known)[BENEFIT]
    assert (answer.state, answer.reason) == (OFFICER, "review_beside_lump_sum")


PAST_SIXTY = replace(KNOWN, born_on=date(1964, 3, 1))


@pytest.mark.parametrize(
    ("of", "benefit"), [(PAST_SIXTY, BENEFIT), (replace(AT_HOME, born_on=date(1964, 3, 1)), OUTSIDE)]
)
def test_who_is_past_sixty_and_in_the_first_category_has_both_benefits_of_an_injury(of: Known, benefit: str) -> None:
    """Both categories are insured of an injury, at any age (s.6(2), s.44C): by which birth and category are at odds
    decides the factor of a lump sum alone."""
    found = asked(with_loss(60, APPLIED, of=of))
    assert found[benefit.replace("permanent", "temporary")].state is QuestionState.ENTITLED
    assert found[benefit].state is QuestionState.ENTITLED
    at_once = asked(with_loss(12, LUMP, of=of))[benefit]
    assert (at_once.state, at_once.reason) == (OFFICER, "facts_contradict")


def test_what_is_owed_beside_a_benefit_that_a_choice_would_take_back_waits_with_it() -> None:
    """A total loss allows no whole lump sum: one that counted all the same takes no allowance back either."""
    attended = {"first": "2026-10-01"}
    last = records(asked(with_loss(100, APPLIED, attendance=attended)))
    slipped = with_loss(100, APPLIED, chosen(7, date(2026, 10, 20), LUMP_SUM), attendance=attended)
    found = doubted(slipped, last)
    held = {name for name, each in found.items() if (each.state, each.reason) == (OFFICER, "choice_takes_back")}
    assert held == {BENEFIT, "constant_attendance_allowance"}


FORTY_SIX = replace(KNOWN, born_on=date(1980, 1, 1))
FOUND = {"lump-sum factor": Statement("finding", {"found": "7100 by P.U.(A) 99/1971"}, UUID(int=9))}
BY_THE_MONTH = [("month", 21_060, "2026-10-01", None)]


def test_a_lump_sum_of_which_nobody_knows_the_factor_leaves_the_benefit_by_the_month() -> None:
    """12 % of 58.50 is 7.02 a day, × 30 = 210.60; × 7,100 = 49,842.00. A later board is paid all the same."""
    first, sum_ = date(2026, 9, 20), chosen(7, date(2026, 10, 20), LUMP_SUM)
    known = with_loss(12, chosen(5, first, PERIODIC), sum_, of=FORTY_SIX)
    answer = asked(known)[BENEFIT]
    assert (answer.state, answer.people_look_at) == (QuestionState.ENTITLED, ("lump_sum_factor_unknown",))
    assert owed({BENEFIT: answer})[1:] == BY_THE_MONTH
    raised = asked(with_loss(15, chosen(5, first, PERIODIC), sum_, of=FORTY_SIX))
    assert owed(raised)[1:] == [("month", 26_340, "2026-10-01", None)], "8.78 a day"
    found = asked(replace(known, findings=FOUND))[BENEFIT]
    assert (found.state, found.people_look_at) == (QuestionState.ENTITLED, ())
    assert owed({BENEFIT: found})[-1] == ("once", 4_984_200, "2026-10-20", "2026-10-20")
    assert found.record is not None
    [factor] = [each for each in found.record.body["amounts"] if each["name"] == "lump-sum factor"]
    assert any("P.U.(A) 99/1971" in law for law in factor["law"]), "with its instrument"


def test_what_officers_find_of_a_factor_names_its_instrument() -> None:
    [question] = [each for each in ACCIDENT if each.name == BENEFIT]
    question.check_finding("lump-sum factor", "7100 by P.U.(A) 99/1971")
    with pytest.raises(FindingNotReadable):
        question.check_finding("lump-sum factor", "7100")


def test_while_nobody_knows_the_factor_the_choice_may_be_taken_back_and_is_final_when_it_is_found() -> None:
    back = chosen(8, date(2026, 10, 25), PERIODIC)
    known = with_loss(
        12, chosen(5, date(2026, 10, 1), PERIODIC), chosen(7, date(2026, 10, 20), LUMP_SUM), back, of=FORTY_SIX
    )
    assert (owed(asked(known)), asked(known)[BENEFIT].people_look_at) == (BY_THE_MONTH, ())
    assert owed(asked(replace(known, findings=FOUND)))[-1][0] == "once"
    check_change(Option.PERIODIC, records(asked(known)), LATER, book().on(KNOWN.happened_on, TODAY))


@pytest.mark.parametrize(
    ("choice", "terms"),
    [
        (chosen(5, SEPTEMBER, LUMP_SUM), [("month", "2026-09-01")]),
        (chosen(5, date(2026, 7, 20), PERIODIC), [("once", "2026-07-20"), ("month", "2026-08-01")]),
    ],
    ids=("a factor that nobody knows", "applied for in temporary disablement"),
)
def test_a_record_of_before_is_made_again_as_it_was(choice: Statement, terms: list[tuple[str, str]]) -> None:
    """Before version 3 an unknown factor was no answer, and nothing put the benefit behind temporary disablement."""
    answer = asked(with_loss(12, choice, of=FORTY_SIX))[BENEFIT]
    assert answer.record is not None
    written = {each["name"]: each["value"] for each in answer.record.body["facts"] if each["name"] not in SINCE}
    asked_before = versions()[answer.record.body["kind"], 2]
    before = determine(asked_before, written, book().on(KNOWN.happened_on, TODAY))
    assert before.body["outcome"] == (NO_ANSWER if choice.stated["option"] == LUMP_SUM else "entitled")
    assert [(each["per"], each["first"]) for each in before.body["terms"]] == terms
    assert replay(before).canonical == before.canonical


FOUND_ON = datetime(2026, 10, 5, 4, tzinfo=UTC)


def beside(losses: str, rates: str, at: datetime = FOUND_ON) -> dict[str, Statement]:
    """What officers found of an earlier injury."""
    found = {"earlier losses": losses, "daily rates of earlier injuries": rates}
    return {fact: Statement("finding", {"found": each}, UUID(int=30), at) for fact, each in found.items()}


def test_what_was_found_of_an_earlier_loss_is_found_again_when_a_board_says_otherwise() -> None:
    """60 % is 35.10 a day beside 15.00; beside 60 %, of 35.10, it stops at 58.50 - 35.10 = 23.40, × 30 = 702.00."""
    known = with_loss(60, APPLIED)
    assert asked(replace(known, other_losses=True))[BENEFIT].reason == "earlier_losses_to_be_stated"
    known = replace(known, other_losses=True, losses_said_at=FOUND_ON, findings=beside("20", "15.00"))
    last = asked(known)
    assert owed(last) == [("month", 105_300, "2026-09-01", None)]
    raised = replace(known, losses_said_at=FOUND_ON.replace(day=20))
    answer = asked(raised, records(last))[BENEFIT]
    assert (answer.state, answer.reason) == (OFFICER, "earlier_losses_to_be_stated"), "what stands stands"
    again = replace(raised, findings=beside("60", "35.10", FOUND_ON.replace(day=21)))
    assert owed(asked(again)) == [("month", 70_200, "2026-09-01", None)]
    gone = replace(raised, other_losses=False)
    assert asked(gone)[BENEFIT].reason == "earlier_losses_to_be_stated", "what was found of a loss that was taken back"


@pytest.mark.parametrize(("of", "benefit"), [(THIRTY, BENEFIT), (AT_HOME, OUTSIDE)])
def test_an_assessment_that_is_taken_back_ends_the_benefit(of: Known, benefit: str) -> None:
    attended = {"first": "2026-10-01"}
    known = with_loss(100, APPLIED, of=of, attendance=attended)
    last = records(asked(known))
    gone = replace(known, statements={"choice": (APPLIED,)})
    found = asked(gone, last)
    assert (found[benefit].state, found[benefit].reason) == ("refused", "a_permanent_loss_is_assessed")
    allowance = [each for name, each in found.items() if name.endswith("constant_attendance_allowance")]
    assert {each.state for each in allowance} == {QuestionState.REFUSED}
    assert doubted(gone, last)[benefit].state is QuestionState.REFUSED, "two officers took it back"
    assert benefit not in asked(gone), "and where none was ever assessed nothing is asked"
    assert reads_others(ClaimKind.ACCIDENT, gone, last), "what it kept out is asked again"
    assert not reads_others(ClaimKind.ACCIDENT, gone)


CERTIFIED_LONG = replace(
    THIRTY,
    happened_on=date(2025, 1, 10),
    worked_with_wages=(),
    certificates=(Certificate(UUID(int=2), date(2025, 1, 10), Days(date(2025, 1, 10), date(2026, 8, 31))),),
)


@pytest.mark.parametrize(("applied_on", "state"), [("2027-08-31", "entitled"), ("2027-09-01", "refused")])
def test_who_is_certified_unfit_beyond_the_days_that_are_owed_applies_in_time(applied_on: str, state: str) -> None:
    """Of 599 days 180 are owed until somebody looks at the others: the last of these is 8 July 2025."""
    choice = said("choice", 5, date(2026, 9, 10), option="periodic", applied_on=applied_on)
    assert asked(with_loss(60, choice, of=CERTIFIED_LONG))[BENEFIT].state == state


def test_days_that_another_claim_has_count_towards_the_time_of_the_application() -> None:
    of_another = HeldDays(UUID(int=77), 1, (Days(date(2025, 1, 10), date(2026, 8, 31)),))
    late = said("choice", 5, date(2026, 9, 10), option="periodic", applied_on="2026-09-10")
    found = asked(with_loss(60, late, of=replace(CERTIFIED_LONG, held=(of_another,))))
    assert (owed(found, "temporary_disablement"), found[BENEFIT].state) == ([], "entitled")


def test_while_temporary_disablement_goes_on_the_benefit_of_the_loss_has_not_begun() -> None:
    """Certified to 11 August and applied on 20 July: 58.50 a day from the 12th, 20 days = 1,170.00."""
    early = chosen(5, date(2026, 7, 20), PERIODIC)
    found = asked(with_loss(100, early))
    assert owed(found, "temporary_disablement") == [("day", 5_200, "2026-07-16", "2026-08-11")]
    assert owed(found) == [("once", 117_000, "2026-08-12", "2026-08-31"), ("month", 175_500, "2026-09-01", None)]
    worked = replace(THIRTY, worked_with_wages=(HAPPENED, date(2026, 7, 20)))
    assert owed(asked(with_loss(100, early, of=worked))) == owed(found), "nor on a day worked in between"
    again = Certificate(UUID(int=12), date(2026, 10, 1), Days(date(2026, 10, 1), date(2026, 10, 10)))
    relapsed = replace(THIRTY, certificates=(*THIRTY.certificates, again))
    assert owed(asked(with_loss(100, early, of=relapsed))) == owed(found), "what is certified later moves nothing"


@pytest.mark.parametrize(
    ("found", "first", "looks"),
    [("", "2026-08-12", (BOARDS_DAY,)), ("no", "2026-08-12", ()), ("yes", "2026-07-20", ())],
)
def test_at_a_day_of_the_board_in_temporary_disablement_a_person_looks(
    found: str, first: str, looks: tuple[str, ...]
) -> None:
    findings = {ON_BOARDS_DAY: Statement("finding", {"found": found}, UUID(int=9))} if found else {}
    known = with_loss(100, APPLIED, of=replace(THIRTY, findings=findings), benefit_from="2026-07-20")
    answer = asked(known)[BENEFIT]
    assert (owed({BENEFIT: answer})[0][2], answer.people_look_at) == (first, looks)


def test_what_one_fifth_leaves_begins_after_temporary_disablement_too() -> None:
    """35.10 a day; 7.02 × 7,479 = 52,502.58; 28.08 a day, 20 days = 561.60."""
    known = with_loss(60, chosen(5, date(2026, 7, 20), COMMUTE))
    assert owed(asked(known)) == [
        ("once", 5_250_258, "2026-07-20", "2026-07-20"),
        ("once", 56_160, "2026-08-12", "2026-08-31"),
        ("month", 84_240, "2026-09-01", None),
    ]


def reviewed(percent: int, first: date, *choices: Statement, of: Known = THIRTY) -> Known:
    """60 % from the application, and a review of it that holds from its own day on."""
    known = with_loss(60, *choices, of=of)
    said_so = {"percent": percent, "benefit_from": first.isoformat(), "review": "yes", "case": "2", "board": "medical"}
    review = said("permanent_loss", 8, date(2027, 12, 10), **said_so)
    return replace(
        known, statements={**known.statements, "permanent_loss": (*known.statements["permanent_loss"], review)}
    )


@pytest.mark.parametrize(
    ("of", "benefit", "rates"), [(THIRTY, BENEFIT, (3_510, 4_680)), (AT_HOME, OUTSIDE, (2_106, 2_808))]
)
def test_a_review_holds_from_its_own_day_on_and_takes_nothing_back(
    of: Known, benefit: str, rates: tuple[int, int]
) -> None:
    """Of 58.50 a day, or 35.10 of SKBBK: 60 % for 9 days of December, then 80 % for 22, each × 30 a month."""
    before, after = rates
    found = owed(asked(reviewed(80, date(2027, 12, 10), APPLIED, of=of), on=LATER), benefit)
    assert found == [
        ("month", 30 * before, "2026-09-01", "2027-11-30"),
        ("once", 9 * before, "2027-12-01", "2027-12-09"),
        ("once", 22 * after, "2027-12-10", "2027-12-31"),
        ("month", 30 * after, "2028-01-01", None),
    ]


def test_a_review_that_finds_no_loss_any_more_ends_the_benefit_on_its_day() -> None:
    known = reviewed(0, date(2028, 1, 1), APPLIED)
    assert owed(asked(known, on=LATER)) == [("month", 105_300, "2026-09-01", "2027-12-31")]
    died = asked(replace(known, died_on=date(2027, 3, 31)), on=LATER)
    assert owed(died) == [
        ("month", 105_300, "2026-09-01", "2027-02-28"),
        ("once", 105_300, "2027-03-01", "2027-03-30"),
    ], "nor beyond a death, which a review of a later day does not undo"


def test_what_takes_the_place_of_an_assessment_leaves_those_that_it_was_not_asked_of() -> None:
    """An appeal against the review: 100 % in its place, and the 60 % before it stay."""
    known = reviewed(80, date(2028, 1, 1), APPLIED)
    appeal = said(
        "permanent_loss",
        9,
        date(2028, 2, 1),
        percent=100,
        benefit_from="2028-01-01",
        in_place_of="2",
        board="appellate_medical",
    )
    losses = (*known.statements["permanent_loss"], appeal)
    found = owed(asked(replace(known, statements={**known.statements, "permanent_loss": losses}), on=date(2028, 2, 2)))
    assert found == [("month", 105_300, "2026-09-01", "2027-12-31"), ("month", 175_500, "2028-01-01", None)]
    revised = said("permanent_loss", 10, date(2028, 3, 1), percent=40, benefit_from="2026-09-01", in_place_of="gone")
    bare = replace(known, statements={"choice": (APPLIED,), "permanent_loss": (losses[0], revised)})
    assert owed(asked(bare, on=LATER)) == [("month", 70_200, "2026-09-01", None)], "in place of the only one"


def test_a_review_behind_a_lump_sum_is_for_people_and_what_stands_stands() -> None:
    known = with_loss(60, APPLIED, chosen(7, LATER, COMMUTE))
    last = asked(known, on=LATER)
    review = reviewed(80, date(2028, 1, 1), APPLIED, chosen(7, LATER, COMMUTE))
    answer = asked(review, records(last), on=LATER)[BENEFIT]
    assert (answer.state, answer.reason) == (OFFICER, "review_beside_lump_sum")


def provisional(*choices: Statement, review: Statement | None = None) -> Known:
    """20 %, which goes back before a board before it ends, and what that found then."""
    of = replace(THIRTY, born_on=date(1997, 5, 20))
    known = with_loss(20, *choices, of=of, benefit_from="2026-09-01", until="2027-06-30")
    losses = (*known.statements["permanent_loss"], *(() if review is None else (review,)))
    return replace(known, statements={**known.statements, "permanent_loss": losses})


def test_no_lump_sum_is_paid_of_a_provisional_assessment_nor_final() -> None:
    """11.70 a day for 20 %, × 30 = 351.00; the factor of 30 is 7,479: 87,504.30."""
    chosen_early = chosen(5, SEPTEMBER, LUMP_SUM, chosen_on="2026-09-01", effective_on="2026-09-01")
    by_month = [("month", 35_100, "2026-09-01", None)]
    early = asked(provisional(chosen_early))
    assert owed(early) == by_month
    assert owed(asked(provisional(chosen_early, chosen(7, LATER, PERIODIC)))) == by_month, "it was not final"
    law = book().on(KNOWN.happened_on, TODAY)
    with pytest.raises(ChoiceNotAllowed) as refused:
        check_change(Option.LUMP_SUM, records(early), TODAY, law)
    assert refused.value.facts == {"option": LUMP_SUM, "provisional_until": "2027-06-30"}
    check_change(Option.PERIODIC, records(early), TODAY, law)
    final = said("permanent_loss", 8, date(2027, 6, 1), percent=20, benefit_from="2027-07-01", review="yes", case="2")
    went_on = [("month", 35_100, "2026-09-01", "2027-06-30"), ("month", 35_100, "2027-07-01", None)]
    assert owed(asked(provisional(chosen_early, review=final), on=LATER)) == went_on, "chosen of what has ended"
    on_the_day = chosen(7, date(2027, 8, 1), LUMP_SUM, chosen_on="2027-07-20")
    assert owed(asked(provisional(chosen_early, on_the_day, review=final), on=LATER)) == [
        ("month", 35_100, "2026-09-01", "2027-06-30"),
        ("once", 22_230, "2027-07-01", "2027-07-19"),
        ("once", 8_750_430, "2027-07-20", "2027-07-20"),
    ]


def test_a_review_that_was_made_before_an_appeal_stands_behind_it() -> None:
    """The appeal was asked of the 60 %: 100 % in its place until the review of 80 % began."""
    known = reviewed(80, date(2028, 1, 1), APPLIED)
    in_place = {"percent": 100, "in_place_of": "1", "board": "appellate_medical"}
    first, review = known.statements["permanent_loss"]
    losses = (
        replace(first, stated={**first.stated, "case": "1"}),
        review,
        said("permanent_loss", 9, LATER, **in_place),
    )
    found = owed(asked(replace(known, statements={**known.statements, "permanent_loss": losses}), on=LATER))
    assert found == [("month", 175_500, "2026-09-01", "2027-12-31"), ("month", 140_400, "2028-01-01", None)]


def test_a_board_that_apportioned_the_loss_says_what_earlier_injuries_left() -> None:
    """Their daily rates it does not say: these officers find."""
    known = replace(with_loss(30, APPLIED, earlier_losses="10"), other_losses=True)
    assert asked(known)[BENEFIT].reason == "earlier_losses_to_be_stated"
    rates = {name: each for name, each in beside("", "9.00").items() if name != "earlier losses"}
    record = asked(replace(known, findings=rates))[BENEFIT].record
    assert record is not None
    assert {fact["name"]: fact["value"] for fact in record.body["facts"]}["earlier losses"] == "10"


def test_the_need_of_attendance_ends_with_a_total_loss_and_not_before() -> None:
    known = with_loss(100, APPLIED, attendance={"first": "2026-10-01"})
    said_so = {"percent": 60, "benefit_from": "2028-01-01", "review": "yes", "board": "medical"}
    losses = (*known.statements["permanent_loss"], said("permanent_loss", 8, date(2027, 12, 10), **said_so))
    found = asked(replace(known, statements={**known.statements, "permanent_loss": losses}), on=LATER)
    assert owed(found, "constant_attendance_allowance") == [("month", 50_000, "2026-10-01", "2027-12-31")]
