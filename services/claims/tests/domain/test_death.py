"""A death, and what of the person's benefits it ends; without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest

from services.claims.domain import subjects
from services.claims.domain.answers import Answer, QuestionState
from services.claims.domain.asking import ask_all, coordinated, listens_to
from services.claims.domain.catalogue import ACCIDENT, INVALIDITY
from services.claims.domain.catalogue import DEATH as DEATH_QUESTIONS
from services.claims.domain.claim import ClaimKind
from services.claims.domain.deciding import with_doubts
from services.claims.domain.facts import (
    Cause,
    Certificate,
    Circumstances,
    Death,
    Known,
    Membership,
    OfAnother,
    Spell,
    Statement,
    WageMonth,
)
from services.claims.domain.question import Question
from services.claims.domain.queues import queues_of
from services.claims.domain.revision import standing_records
from services.claims.domain.standing import standing
from services.claims.tests.support import a_claim
from shared.kernel.funds import Fund
from shared.kernel.periods import Days, Month
from shared.law.act4.increases.orders import Increase
from shared.law.book import book
from shared.law.decision import INSURED, DecisionRecord, Source
from shared.law.determination import replay

PERSON, EMPLOYER, DEATH = 7, 3, UUID(int=99)
HAPPENED, TODAY = date(2026, 7, 15), date(2026, 11, 2)
NOW = datetime(2026, 11, 2, 3, tzinfo=UTC)
MONTHS = [Month(2023, 1) + number for number in range(42)]


PERCENT, LOSS = {"percent": "100"}, UUID(int=4)
CERTIFIED, CERTIFICATE = {"certified": "yes", "earning_capacity": "20"}, UUID(int=6)


def stated(kind: str, number: int, **members: str) -> Statement:
    return Statement(kind, members, UUID(int=number))


KNOWN = Known(
    person=PERSON,
    person_revision=1,
    born_on=date(1980, 1, 1),
    happened_on=HAPPENED,
    circumstances=Circumstances("at_work", evidence=UUID(int=1)),
    certificates=(Certificate(UUID(int=2), HAPPENED, Days(HAPPENED, date(2026, 8, 11))),),
    worked_with_wages=(HAPPENED,),
    spells=(Spell(UUID(int=3), EMPLOYER, date(2023, 1, 1), HAPPENED, 1),),
    memberships=(
        Membership("act4", "first", date(2023, 1, 1), None, 1),
        Membership("skbbk", "mandatory", date(2026, 6, 1), None, 1),
    ),
    lines=tuple(WageMonth(EMPLOYER, month, 198_000, 1) for month in MONTHS),
    watermarks={"registration": NOW, "contribution.received": NOW, "benefit.paid": NOW},
    known_to=NOW,
    stored_at=NOW - timedelta(days=1),
    received_on=date(2026, 7, 16),
    statements={
        "permanent_loss": (stated("permanent_loss", 4, percent="60"),),
        "choice": (stated("choice", 5, option="periodic", applied_on="2026-09-01"),),
        "invalidity": (stated("invalidity", 6, certified="yes", earning_capacity="20"),),
    },
)
AT_HOME = replace(KNOWN, circumstances=Circumstances("other", evidence=UUID(int=1)))
DIED = {"died_on": date(2026, 10, 20), "death": DEATH, "death_stated": True}


def owed(answers: dict[str, Answer]) -> dict[str, list[str | None]]:
    """The last day of each term of the insured person, by question."""
    return {
        name: [term.get("last") for term in answer.record.body["terms"] if term["party"] == INSURED]
        for name, answer in answers.items()
        if answer.record is not None and answer.record.body["terms"]
    }


def asked(questions: tuple[Question, ...], known: Known) -> dict[str, Answer]:
    return ask_all(questions, known, {}, book(), TODAY)


@pytest.mark.parametrize(
    ("questions", "known", "benefit"),
    [
        (ACCIDENT, KNOWN, "permanent_disablement"),
        (ACCIDENT, AT_HOME, "non_employment_injury_permanent_disablement"),
        (INVALIDITY, KNOWN, "invalidity_pension"),
    ],
)
def test_what_is_paid_for_life_ends_with_the_death(questions: tuple[Question, ...], known: Known, benefit: str) -> None:
    assert owed(asked(questions, known))[benefit][-1] is None, "for life"
    died = asked(questions, replace(known, **DIED))  # type: ignore[arg-type]
    assert owed(died)[benefit][-1] == "2026-10-19", "the day of the death is that of those left behind"
    record = died[benefit].record
    assert record is not None
    sources = next(fact["sources"] for fact in record.body["facts"] if fact["name"] == "died on")
    assert sources == [{"kind": "claim", "id": str(DEATH), "revision": 0}]


def test_days_of_temporary_disablement_end_with_the_death() -> None:
    died = replace(KNOWN, died_on=date(2026, 7, 25), death=DEATH)
    assert owed(asked(ACCIDENT, died))["temporary_disablement"] == ["2026-07-24"]
    soon = replace(KNOWN, died_on=date(2026, 7, 18), death=DEATH)
    assert owed(asked(ACCIDENT, soon))["temporary_disablement"] == ["2026-07-17"], "28 days were certified"


def stating(known: Known, **statements: tuple[Statement, ...]) -> Known:
    return replace(known, statements={**known.statements, **statements})


NEEDED = {"first": "2026-09-01"}
LOSS_AND_NEED = stating(KNOWN, permanent_loss=(Statement("permanent_loss", PERCENT | {"attendance": NEEDED}, LOSS),))
PENSIONER = stating(KNOWN, invalidity=(Statement("invalidity", CERTIFIED | {"attendance": NEEDED}, CERTIFICATE),))


def standing_of(
    questions: tuple[Question, ...], known: Known, last: dict[str, DecisionRecord]
) -> tuple[dict[str, QuestionState], dict[str, DecisionRecord]]:
    """How each question stands, and the records that stand of a claim."""
    found = coordinated(questions, known, ask_all(questions, known, last, book(), TODAY), last, book(), TODAY)
    standing = {each.question.name: each.record for each in standing_records(questions, found, last)}
    return {name: each.state for name, each in found.items()}, standing


def ends(standing: dict[str, DecisionRecord], benefit: str) -> str | None:
    last: str | None = standing[benefit].body["terms"][-1].get("last")
    return last


@pytest.mark.parametrize(
    ("questions", "known", "changed", "benefits"),
    [
        (ACCIDENT, LOSS_AND_NEED, {"other_losses": True}, ("permanent_disablement", "constant_attendance_allowance")),
        (INVALIDITY, PENSIONER, {"statements": {}}, ("invalidity_pension", "constant_attendance_allowance")),
        (INVALIDITY, PENSIONER, {"born_on": date(2024, 1, 1)}, ("invalidity_pension", "constant_attendance_allowance")),
    ],
    ids=(
        "earlier loss stated",
        "certificate withdrawn",
        "born after the first contribution",
    ),
)
def test_a_death_ends_what_stands_while_a_question_waits_for_a_person(
    questions: tuple[Question, ...], known: Known, changed: dict[str, object], benefits: tuple[str, ...]
) -> None:
    """What the law answers now is open; what it answered before goes on to the last day alive, and no further."""
    _, before = standing_of(questions, known, {})
    waits = replace(known, **changed)  # type: ignore[arg-type]
    states, living = standing_of(questions, waits, before)
    assert {states[each] for each in benefits} == {QuestionState.OFFICER}
    assert living == before
    _, ended = standing_of(questions, replace(waits, **DIED), living)  # type: ignore[arg-type]
    assert [(ends(before, each), ends(ended, each)) for each in benefits] == [(None, "2026-10-19")] * len(benefits)
    sources = [fact["sources"] for fact in ended[benefits[0]].body["facts"] if fact["name"] == "died on"]
    assert sources == [[{"kind": "claim", "id": str(DEATH), "revision": 0}]]
    assert replay(ended[benefits[0]]).canonical == ended[benefits[0]].canonical
    assert standing_of(questions, replace(waits, **DIED), ended)[1] == ended, "once"  # type: ignore[arg-type]
    _, alive = standing_of(questions, replace(waits, death_stated=True), ended)
    assert [ends(alive, each) for each in benefits] == [None] * len(benefits), "found alive"


def test_the_share_of_whoever_dies_ends_while_the_question_of_another_death_waits_for_a_person() -> None:
    """Of two widows one dies: the other has 3/5 of 994.50, 596.70, whatever else is asked of the death meanwhile."""
    widows = (
        stated("dependant", 7, party="person:21", relation="widow"),
        stated("dependant", 8, party="person:22", relation="widow"),
    )
    known = replace(OF_DEATH, born_on=date(1980, 1, 1), statements={"dependant": widows})
    _, before = standing_of(DEATH_QUESTIONS, known, {})
    waits = replace(known, born_on=date(2024, 1, 1))
    states, same = standing_of(DEATH_QUESTIONS, waits, before)
    assert (states["survivors_pension"], same) == (QuestionState.OFFICER, before)
    dies = replace(waits, deaths={"person:21": Death(date(2027, 1, 1), Source("claim", str(UUID(int=98)), 0))})
    _, ended = standing_of(DEATH_QUESTIONS, dies, same)
    months = [each for each in ended["survivors_pension"].body["terms"] if each["per"] == "month"]
    assert [(each["party"], each["sen"], each["first"], each.get("last")) for each in months] == [
        ("person:21", 29835, "2026-11-01", "2026-12-31"),
        ("person:22", 29835, "2026-11-01", "2026-12-31"),
        ("person:22", 59670, "2027-01-01", None),
    ]
    assert standing_of(DEATH_QUESTIONS, dies, ended)[1] == ended, "once"
    withdrawn = replace(dies, statements={}, deaths={})
    assert standing_of(DEATH_QUESTIONS, withdrawn, ended)[1] == ended, "what nobody states any more is not undone"


def test_what_was_published_before_a_restore_stands_also_after_a_death() -> None:
    """By what is known now less would be owed: evidence may be missing, and a person looks first."""
    _, before = standing_of(INVALIDITY, KNOWN, {})
    died = replace(KNOWN, statements={}, **DIED)  # type: ignore[arg-type]
    found = coordinated(INVALIDITY, died, asked(INVALIDITY, died), before, book(), TODAY)
    held = {name: each.held_for_officer("less_than_published") for name, each in found.items()}
    assert {each.question.name: each.record for each in standing_records(INVALIDITY, held, before)} == before


@pytest.mark.parametrize("known", [KNOWN, AT_HOME], ids=("at work", "at home"))
@pytest.mark.parametrize("questions", [ACCIDENT, INVALIDITY], ids=("accident", "invalidity"))
def test_whatever_a_living_person_is_owed_listens_to_a_death(questions: tuple[Question, ...], known: Known) -> None:
    """A new kind that pays the insured person over time fails here until it takes the death."""
    answers = asked(questions, known)
    owing = [each for each in questions if each.owes and each.name in answers]
    assert owing
    for question in owing:
        assert subjects.death(PERSON) in listens_to([question], known, answers, book(), TODAY), question.name


OF_DEATH = replace(
    KNOWN,
    happened_on=date(2026, 10, 20),
    statements={"dependant": (stated("dependant", 7, party="person:21", relation="widow"),)},
    born_on=date(1960, 1, 1),
    **DIED,  # type: ignore[arg-type]
)


def of_invalidity(known: Known | None) -> OfAnother:
    """The person's claim of invalidity, with what it decides of what is known."""
    answers = {} if known is None else asked(INVALIDITY, known)
    records = {name: answer.record for name, answer in answers.items() if answer.record is not None}
    return OfAnother(UUID(int=8), len(records), "invalidity", records)


def pension_of(*others: OfAnother) -> tuple[QuestionState, str]:
    answer = asked(DEATH_QUESTIONS, replace(OF_DEATH, others=others))["survivors_pension"]
    return answer.state, answer.reason


BEGUN = replace(KNOWN, **DIED)  # type: ignore[arg-type]
NOT_INVALID = replace(
    BEGUN, statements={"invalidity": (stated("invalidity", 6, certified="no", earning_capacity="80"),)}
)
LOST = OfAnother(UUID(int=8), 1, "invalidity", {}, is_lost=True)
AFTER_DEATH = replace(BEGUN, received_on=date(2026, 10, 21))


@pytest.mark.parametrize(
    ("others", "found"),
    [
        ((), ("refused", "died_before_60_or_while_an_invalidity_pensioner")),
        ((of_invalidity(None),), ("awaiting", "pension_unsettled")),
        ((of_invalidity(BEGUN),), ("entitled", "")),
        ((of_invalidity(None), of_invalidity(BEGUN)), ("entitled", "")),
        ((LOST,), ("officer", "pension_lost")),
        ((LOST, of_invalidity(BEGUN)), ("entitled", "")),
        ((of_invalidity(NOT_INVALID),), ("refused", "died_before_60_or_while_an_invalidity_pensioner")),
        ((of_invalidity(NOT_INVALID), of_invalidity(None)), ("awaiting", "pension_unsettled")),
        ((of_invalidity(AFTER_DEATH),), ("refused", "died_before_60_or_while_an_invalidity_pensioner")),
    ],
    ids=(
        "none",
        "undecided",
        "pension",
        "pension and undecided",
        "lost",
        "pension and lost",
        "refused",
        "refused and undecided",
        "too late",
    ),
)
def test_the_pension_in_payment_is_what_the_claim_of_invalidity_decided(
    others: tuple[OfAnother, ...], found: tuple[str, str]
) -> None:
    """He dies at 66: nothing but a pension in payment opens one for survivors (s.17A)."""
    assert pension_of(*others) == found


def ordered(in_force: date, percent: str, number: int = 30) -> Increase:
    return Increase(UUID(int=number), "P.U.(A) 1", "Act 4", in_force, 2026, 2026, Fraction(percent) / 100)


def pension_shared(**more: Any) -> tuple[str, list[str]]:
    """The pension that survivors share as the record has it, and the orders that it names."""
    known = replace(OF_DEATH, others=(of_invalidity(BEGUN),), **more)
    record = asked(DEATH_QUESTIONS, known)["survivors_pension"].record
    assert record is not None
    fact = next(each for each in record.body["facts"] if each["name"] == "pension in payment")
    return fact["value"], [each["id"] for each in fact["sources"] if each["kind"] == "increase_order"]


def test_survivors_share_the_pension_as_orders_raised_it_until_the_death() -> None:
    """994.50 with 2.5 % are 1,019.36, with 10 % more 1,121.30; what is in force after the death raises their own."""
    after, later = ordered(date(2026, 10, 21), "50"), ordered(date(2026, 10, 20), "10", 31)
    before = ordered(date(2026, 9, 1), "2.5", 32)
    assert pension_shared() == ("994.50", [])
    assert pension_shared(increases=(after, before)) == ("1019.36", [str(before.order)])
    assert pension_shared(increases=(later, after, before)) == ("1121.30", [str(before.order), str(later.order)])
    of_others = replace(before, began_from=2020, began_to=2025)
    assert pension_shared(increases=(of_others,)) == ("994.50", [])


def test_while_it_is_not_known_which_orders_count_nobody_shares_an_unraised_pension() -> None:
    arriving = {name: at for name, at in OF_DEATH.watermarks.items() if name != "benefit.paid"}
    known = replace(OF_DEATH, others=(of_invalidity(BEGUN),), watermarks=arriving)
    found = asked(DEATH_QUESTIONS, known)["survivors_pension"]
    assert (found.state, set(found.awaits)) == (QuestionState.AWAITING, {"benefit.paid"})
    assert asked(DEATH_QUESTIONS, replace(known, others=()))["survivors_pension"].state is QuestionState.REFUSED


CLAIMANT = (stated("funeral", 10, party="person:21", relation="widow"),)
YOUNG = replace(
    OF_DEATH,
    born_on=date(1980, 1, 1),
    circumstances=Circumstances(""),
    statements={"dependant": OF_DEATH.statements["dependant"], "funeral": CLAIMANT},
)
OLD = replace(YOUNG, born_on=date(1960, 1, 1))
OUTSIDE_WORK = Circumstances("other", evidence=UUID(int=1))
ABROAD = replace(OUTSIDE_WORK, outside_malaysia=True)
RELEASED = (KNOWN.memberships[0], Membership("skbbk", "out", date(2026, 7, 1), None, 1))


def of_accident(found: bool | None, circumstances: Circumstances = OUTSIDE_WORK) -> Cause:
    return Cause(UUID(int=98), 1, HAPPENED, found, circumstances)


def finding(fact: str, found: str) -> dict[str, Statement]:
    return {fact: stated("finding", 11, fact=fact, found=found)}


def injured(known: Known = BEGUN) -> OfAnother:
    answers = asked(ACCIDENT, known)
    records = {name: each.record for name, each in answers.items() if each.record is not None and each.is_settled}
    return OfAnother(UUID(int=9), 1, "accident", records)


LUMP_SUM = replace(
    BEGUN,
    statements={
        "permanent_loss": (stated("permanent_loss", 4, percent="12"),),
        "choice": (stated("choice", 5, option="lump sum", applied_on="2026-09-01", chosen_on="2026-09-01"),),
    },
    born_on=date(1996, 1, 8),
)
EMPLOYMENT, OUTSIDE, INVALID = Fund.EMPLOYMENT_INJURY, Fund.NON_EMPLOYMENT_INJURY, Fund.INVALIDITY


@pytest.mark.parametrize(
    ("known", "kind", "fund"),
    [
        (replace(YOUNG, cause=of_accident(True)), "employment injury", EMPLOYMENT),
        (replace(YOUNG, cause=of_accident(False)), "non employment injury", OUTSIDE),
        (replace(YOUNG, cause=of_accident(False, ABROAD)), "qualified insured", INVALID),
        (replace(YOUNG, cause=of_accident(False), memberships=RELEASED), "qualified insured", INVALID),
        (replace(OLD, cause=of_accident(False, ABROAD)), "other", None),
        (
            replace(YOUNG, cause=of_accident(True), findings=finding("died of the injury", "no")),
            "qualified insured",
            INVALID,
        ),
        (replace(YOUNG, statements={"funeral": CLAIMANT}), "qualified insured", INVALID),
        (replace(YOUNG, spells=(), lines=YOUNG.lines[-23:]), "other", None),
        (OLD, "other", None),
        (replace(OLD, others=(of_invalidity(BEGUN),)), "invalidity pensioner", INVALID),
        (replace(YOUNG, others=(of_invalidity(None),)), "qualified insured", INVALID),
        (replace(OLD, others=(injured(),)), "permanent disablement", EMPLOYMENT),
        (
            replace(OLD, others=(injured(replace(BEGUN, circumstances=OUTSIDE_WORK)),)),
            "non employment injury permanent disablement",
            OUTSIDE,
        ),
        (replace(OLD, others=(injured(LUMP_SUM),)), "other", None),
    ],
    ids=(
        "at work", "SKBBK", "abroad", "released", "abroad at 66", "not of the injury", "dependants not stated",
        "too few contributions", "at 66", "pensioner", "pension open", "on disablement", "on that of SKBBK", "lump sum",
    ),
)  # fmt: skip
def test_of_what_and_as_what_the_person_died(known: Known, kind: str, fund: Fund | None) -> None:
    """Funeral benefit is owed of what the questions before it found, and of no default (s.29)."""
    answer = asked(DEATH_QUESTIONS, known)["funeral_benefit"]
    assert answer.record is not None
    assert next(fact["value"] for fact in answer.record.body["facts"] if fact["name"] == "death") == kind
    assert answer.state is (QuestionState.REFUSED if fund is None else QuestionState.ENTITLED)
    question = next(each for each in DEATH_QUESTIONS if each.name == "funeral_benefit")
    assert fund is None or question.fund_of(answer.record) is fund


def test_funeral_benefit_waits_while_nobody_has_found_whether_it_was_an_employment_injury() -> None:
    answer = asked(DEATH_QUESTIONS, replace(YOUNG, cause=of_accident(None)))["funeral_benefit"]
    assert (answer.state, answer.reason) == ("awaiting", "cause_unsettled")


def test_of_an_accident_whose_notice_is_lost_a_person_looks_who_sends_it_again() -> None:
    """Nothing decides it any more: it would wait for ever, in no queue."""
    lost = replace(of_accident(None), is_lost=True)
    answers = asked(DEATH_QUESTIONS, replace(YOUNG, cause=lost))
    open_ = [(answers[name].state, answers[name].reason) for name in ("dependants_benefit", "funeral_benefit")]
    assert open_ == [(QuestionState.OFFICER, "cause_lost")] * 2
    assert queues_of(answers, ("dependants_benefit",), ())["dependants_benefit"] == {"doubt": "cause_lost"}
    found = asked(DEATH_QUESTIONS, replace(YOUNG, cause=replace(lost, found=True)))
    assert found["dependants_benefit"].state is QuestionState.ENTITLED, "decided before the notice was lost"


def test_that_nobody_is_left_behind_and_nobody_claims_refuses_until_somebody_is_stated() -> None:
    nobody = finding("nobody left behind", "yes") | finding("nobody claims", "yes")
    found = asked(DEATH_QUESTIONS, replace(YOUNG, statements={}, findings=nobody))
    assert (found["survivors_pension"].state, found["funeral_benefit"].state) == ("refused", "refused")
    stated_since = asked(DEATH_QUESTIONS, replace(YOUNG, findings=nobody))
    assert (stated_since["survivors_pension"].state, stated_since["funeral_benefit"].state) == ("entitled", "entitled")
    assert (
        asked(DEATH_QUESTIONS, replace(YOUNG, statements={}))["survivors_pension"].reason == "dependants_to_be_stated"
    )


OF_CLAIM = a_claim(
    id=DEATH, kind=ClaimKind.DEATH, happened_on=OF_DEATH.happened_on, place=None, received_at=NOW, stored_at=NOW
)
LATE = Spell(UUID(int=3), EMPLOYER, date(2023, 1, 1), None, 1, date(2026, 7, 20), verified=False)


@pytest.mark.parametrize("verified", [False, True])
def test_a_death_of_an_accident_under_an_employment_that_was_stated_later_waits_for_an_officer(verified: bool) -> None:
    """SKBBK would refuse it for want of a contract, while nobody has looked whether there was one."""
    spells = (replace(LATE, verified=verified),)
    known = replace(YOUNG, spells=spells, cause=of_accident(found=False))
    given = asked(DEATH_QUESTIONS, known)
    answers = with_doubts(OF_CLAIM, known, standing((), spells), given, {}, book(), TODAY)
    names = ("non_employment_injury", "dependants_benefit", "non_employment_injury_dependants_benefit")
    held = [(answers[name].state, answers[name].reason) for name in names]
    late = (QuestionState.OFFICER, "employment_stated_late")
    assert (held == [late] * 3) is not verified
    assert late not in held or not verified
    assert answers["survivors_pension"].reason != "employment_stated_late"


def test_dependants_of_a_disease_wait_for_a_person_and_the_others_are_paid() -> None:
    """No rule decides a disease: whether it was of the employment, people find."""
    answers = asked(DEATH_QUESTIONS, replace(YOUNG, cause_not_ruled=True))
    dependants = answers["dependants_benefit"]
    assert (dependants.state, dependants.reason) == (QuestionState.OFFICER, "cause_not_ruled")
    assert "non_employment_injury_dependants_benefit" not in answers
    assert answers["funeral_benefit"].state is QuestionState.ENTITLED
    assert "dependants_benefit" not in asked(DEATH_QUESTIONS, YOUNG)
