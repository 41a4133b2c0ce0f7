"""What there is a life of in every run: each benefit from each fund that bears it, how it is taken, who shares, each
board, each suspension, each increase. Whoever adds one of them adds a life and chooses it, or says here why there is
none."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, get_args

import pytest

from services.benefits.domain.statements import Ground
from services.claims.domain.boards import Board, BoardQuestion
from services.claims.domain.catalogue import questions_of
from services.claims.domain.claim import ClaimKind
from services.claims.domain.medical_bill import KIND, LAW
from shared.kernel.funds import Fund
from shared.law.act4.dependants.rules import Relation
from shared.law.act4.permanent_disablement.rules import Option
from shared.law.book import book
from tests.lives.chosen import CHOSEN
from tests.lives.life import HOSPITAL, OFFICER, Benefit, Life, read_lives

ALL = read_lives()
LIVES = [life for life in ALL if life.name in CHOSEN]
LOSSES = ("permanent_disablement", "non_employment_injury_permanent_disablement")
DAY = date(2026, 11, 1)
# A benefit from a fund, beside that of its question in the catalogue: what a death or an invalidity decides alike.
BESIDE = {
    ("funeral_benefit", Fund.EMPLOYMENT_INJURY),
    ("funeral_benefit", Fund.NON_EMPLOYMENT_INJURY),
    ("repatriation_of_remains", Fund.NON_EMPLOYMENT_INJURY),
}
# Treatment is no question of a claim: its bills are payables, of each fund that bears them.
TREATED = {(KIND, fund) for fund in LAW}


def _paid() -> set[tuple[str, Fund]]:
    return {(each.benefit, each.fund) for life in LIVES for each in life.paid if each.amount}


def _stated(kind: str, member: str) -> set[str]:
    """What is stated of a kind in any life, by a member."""
    found = (step.state.rest.get(kind) for life in LIVES for step in life.steps if step.state is not None)
    return {str(each[member]) for each in found if each is not None}


def _boards(member: str) -> set[str]:
    return {str(getattr(step.board, member)) for life in LIVES for step in life.steps if step.board is not None}


def _owed() -> set[tuple[str, Fund]]:
    """Each benefit that a question of the catalogue owes, and the fund that bears it."""
    questions = (question for kind in ClaimKind for question in questions_of(kind) if question.owes)
    return {(question.name, Fund(str(question.fund))) for question in questions if question.fund is not None}


@pytest.mark.parametrize(("benefit", "fund"), sorted(_owed() | BESIDE | TREATED))
def test_each_benefit_is_paid_in_a_life_from_each_fund_that_bears_it(benefit: str, fund: Fund) -> None:
    assert (benefit, fund) in _paid()


def test_a_life_may_name_each_benefit_of_the_catalogue_and_no_other() -> None:
    assert set(get_args(Benefit)) == {benefit for benefit, _ in _owed() | TREATED}


@pytest.mark.parametrize("benefit", LOSSES)
@pytest.mark.parametrize("option", list(Option))
def test_a_permanent_loss_is_taken_in_each_form_under_each_scheme(benefit: str, option: Option) -> None:
    takes = [life for life in LIVES if option.value in set(_choices(life))]
    assert any(each.benefit == benefit for life in takes for each in life.paid)


def _choices(life: Life) -> Iterator[str]:
    for step in life.steps:
        if step.state is not None and "choice" in step.state.rest and not step.refused:
            yield step.state.rest["choice"]["option"]


@pytest.mark.parametrize("relation", list(Relation))
def test_whoever_may_be_left_behind_shares_in_a_life(relation: Relation) -> None:
    assert relation.value in _stated("dependant", "relation")


@pytest.mark.parametrize("board", list(Board))
def test_each_board_sits_in_a_life(board: Board) -> None:
    assert board.value in _boards("board")


@pytest.mark.parametrize("question", list(BoardQuestion))
def test_each_question_is_put_before_a_board(question: BoardQuestion) -> None:
    assert question.value in _boards("question")


@pytest.mark.parametrize("ground", list(Ground))
def test_a_benefit_is_suspended_for_each_ground(ground: Ground) -> None:
    suspended = {step.suspend.rest["ground"] for life in LIVES for step in life.steps if step.suspend is not None}
    assert ground.value in suspended


@pytest.mark.parametrize("benefit", sorted(book().on(DAY, DAY).names("act4.increases.raised")))
def test_each_benefit_that_orders_raise_is_raised_in_a_life(benefit: str) -> None:
    assert benefit in {factor["benefit"] for factor in _factors()}


def _factors() -> Iterator[dict[str, Any]]:
    for life in LIVES:
        for step in life.steps:
            if step.increase is not None:
                yield from step.increase.rest["factors"]


@pytest.mark.parametrize("scheme", ["full", "reduced", "treated as met", "minimum"])
def test_each_way_to_a_pension_has_a_life(scheme: str) -> None:
    names = {
        "full": "driver-on-dialysis",
        "reduced": "pension-reduced",
        "treated as met": "treated-as-met",
        "minimum": "pension-minimum",
    }
    assert any(life.name == names[scheme] and life.total > 0 for life in LIVES)


def test_a_chosen_life_has_a_file_and_is_chosen_once() -> None:
    assert sorted(CHOSEN) == [life.name for life in sorted(LIVES, key=lambda life: life.name)]


def _shown(lives: Iterable[Life]) -> set[tuple[str, ...]]:
    """Each verb, each code with which a step is refused, who reports what, and each kind of statement by whom."""
    shown: set[tuple[str, ...]] = set()
    for step in (step for life in lives for step in life.steps):
        shown |= {("step", step.verb), ("refused", step.refused or "")}
        if step.notice is not None:
            by = step.notice.by if step.notice.by in (HOSPITAL, OFFICER) else "a party"
            shown.add(("notice", by, str(step.notice.rest.get("kind")), str(step.notice.rest.get("place"))))
        if step.bill is not None:
            by = "hospital" if step.bill.by == HOSPITAL else "a party"
            shown.add(("bill", by, "corrects" if step.bill.corrects else "first"))
        if step.state is not None:
            by = "officer" if step.state.by == OFFICER else "a party"
            shown |= {("state", by, kind) for kind, said in step.state.rest.items() if said is not None}
    return shown


def test_what_any_life_does_a_chosen_one_does() -> None:
    assert _shown(ALL) == _shown(LIVES)
