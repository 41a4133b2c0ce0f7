"""Cases and sessions of medical boards: who may be invited, heard and decided, and which board counts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from services.claims.domain.boards import (
    Advice,
    Board,
    BoardCase,
    BoardCaseState,
    BoardQuestion,
    BoardResult,
    BoardSession,
    BoardSessionState,
    Decided,
    JustifiedBy,
    board_of,
    statement_of,
)
from services.claims.domain.claim import ClaimKind
from services.claims.domain.errors import (
    BoardCaseNotHeard,
    BoardCaseNotWaiting,
    BoardDayPassed,
    BoardInvitationTooShort,
    BoardPanelNotWhole,
    BoardQuestionNotOfClaim,
    BoardResultContradicts,
    BoardResultNotOfClaim,
    BoardSessionFull,
    BoardSessionNotBegun,
    BoardSessionOfAnotherKind,
    BoardSessionOver,
)
from services.claims.domain.evidence import Evidence, EvidenceKind, EvidenceStanding
from services.claims.domain.standing import standing
from shared.kernel.errors import JaringError
from shared.law.book import book

DAY = date(2026, 6, 29)
TOLD = datetime(2026, 6, 8, 4, tzinfo=UTC)
LAW = book().on(DAY, DAY)
SESSION = BoardSession(UUID(int=9), "organisation:1", Board.MEDICAL, DAY, "KL-1", 2, "secretary", TOLD)
CASE = BoardCase(
    UUID(int=5), UUID(int=1), "organisation:1", Board.MEDICAL, BoardQuestion.PERMANENT_LOSS, "secretary", TOLD
)
INVITED = CASE.invited(SESSION, 0, None, TOLD, LAW)
HEARD = INVITED.heard()
LOSS = BoardResult(percent="60")
WHOLE = SESSION.with_panel("chair", ["a", "b"], LAW)


def test_who_is_invited_fourteen_days_before_needs_no_justification() -> None:
    assert (INVITED.state, INVITED.sits_on, INVITED.place) == (BoardCaseState.INVITED, DAY, "KL-1")
    on_time = CASE.invited(SESSION, 0, None, datetime(2026, 6, 15, 4, tzinfo=UTC), LAW)
    assert on_time.justified_by is None
    late = datetime(2026, 6, 16, 4, tzinfo=UTC)
    with pytest.raises(BoardInvitationTooShort):
        CASE.invited(SESSION, 0, None, late, LAW)
    assert CASE.invited(SESSION, 0, JustifiedBy.ASKED_BY_PERSON, late, LAW).state is BoardCaseState.INVITED


@pytest.mark.parametrize(
    ("case", "session", "beside", "on", "refused"),
    [
        (INVITED, SESSION, 0, TOLD, BoardCaseNotWaiting),
        (CASE, SESSION, 2, TOLD, BoardSessionFull),
        (CASE, replace(SESSION, board=Board.SPECIAL), 0, TOLD, BoardSessionOfAnotherKind),
        (CASE, replace(SESSION, state=BoardSessionState.CLOSED), 0, TOLD, BoardSessionOver),
        (CASE, SESSION, 0, datetime(2026, 6, 30, 4, tzinfo=UTC), BoardDayPassed),
    ],
)
def test_who_cannot_be_invited(
    case: BoardCase, session: BoardSession, beside: int, on: datetime, refused: type[JaringError]
) -> None:
    with pytest.raises(refused):
        case.invited(session, beside, JustifiedBy.ADMITTED_THERE, on, LAW)


def test_who_did_not_come_twice_is_for_people() -> None:
    once = INVITED.stayed_away(LAW)
    assert (once.state, once.session, once.absences) == (BoardCaseState.WAITING, None, 1)
    twice = once.invited(SESSION, 0, None, TOLD, LAW).stayed_away(LAW)
    assert (twice.state, twice.reason, twice.absences) == (BoardCaseState.ABSENT, "did_not_come", 2)
    assert twice.answered(TOLD, once_more=True).state is BoardCaseState.WAITING
    assert twice.answered(TOLD, once_more=False).state is BoardCaseState.ENDED
    adjourned = HEARD.found(LOSS, "a").adjourned()
    assert (adjourned.state, adjourned.absences, adjourned.adjournments) == (BoardCaseState.WAITING, 0, 1)
    assert adjourned.result is None, "what was found of a case that is adjourned is found once more"


@pytest.mark.parametrize(
    "act",
    [BoardCase.heard, lambda case: case.stayed_away(LAW), BoardCase.adjourned, lambda case: case.found(LOSS, "a")],
)
def test_nothing_happens_in_a_session_to_who_was_not_invited(act: Callable[[BoardCase], BoardCase]) -> None:
    with pytest.raises(BoardCaseNotHeard):
        act(CASE)


def test_nothing_is_found_of_who_was_not_heard() -> None:
    with pytest.raises(BoardCaseNotHeard):
        INVITED.found(LOSS, "a")


@pytest.mark.parametrize(
    ("chairman", "members"),
    [
        ("chair", ["a"]),
        ("chair", ["a", "a"]),
        ("a", ["a", "b"]),
        ("secretary", ["a", "b"]),
        ("chair", ["a", "secretary"]),
    ],
)
def test_a_panel_has_one_chairman_and_two_members_and_not_its_secretary(chairman: str, members: list[str]) -> None:
    with pytest.raises(BoardPanelNotWhole):
        SESSION.with_panel(chairman, members, LAW)


def test_why_people_look_at_a_session() -> None:
    before = date(2026, 6, 28)
    assert SESSION.reason([], before) is None
    assert SESSION.reason([INVITED], before) == "panel_incomplete"
    assert WHOLE.reason([INVITED], before) is None
    assert WHOLE.reason([HEARD], DAY) == "results_awaited"
    assert WHOLE.reason([HEARD.found(LOSS, "a")], DAY) == "session_to_be_closed"
    assert WHOLE.reason([HEARD.found(LOSS, "gone")], DAY) == "results_awaited", "who left has found nothing"
    assert replace(WHOLE, state=BoardSessionState.CLOSED).reason([], DAY) is None
    with pytest.raises(BoardSessionNotBegun):
        WHOLE.must_have_begun(before)


@pytest.mark.parametrize(
    ("question", "kind", "board"),
    [
        (BoardQuestion.PERMANENT_LOSS, ClaimKind.ACCIDENT, Board.MEDICAL),
        (BoardQuestion.OCCUPATIONAL_DISEASE, ClaimKind.DISEASE, Board.SPECIAL),
        (BoardQuestion.INVALIDITY, ClaimKind.INVALIDITY, Board.MEDICAL),
        (BoardQuestion.APPEAL, ClaimKind.DISEASE, Board.APPELLATE),
        (BoardQuestion.AGGRAVATION, ClaimKind.DISEASE, Board.SPECIAL),
        (BoardQuestion.CONSTANT_ATTENDANCE, ClaimKind.INVALIDITY, Board.MEDICAL),
        (BoardQuestion.INVALIDITY, ClaimKind.ACCIDENT, None),
        (BoardQuestion.PERMANENT_LOSS, ClaimKind.DISEASE, None),
        (BoardQuestion.AGGRAVATION, ClaimKind.INVALIDITY, None),
        (BoardQuestion.PERMANENT_LOSS, ClaimKind.DEATH, None),
    ],
)
def test_which_board_answers_which_question(question: BoardQuestion, kind: ClaimKind, board: Board | None) -> None:
    if board is not None:
        assert board_of(question, kind, None) is board
        return
    with pytest.raises(BoardQuestionNotOfClaim):
        board_of(question, kind, None)


def test_a_revision_goes_to_the_board_that_decided() -> None:
    assert board_of(BoardQuestion.REVISION, ClaimKind.ACCIDENT, replace(CASE, board=Board.APPELLATE)) is Board.APPELLATE


def test_another_panel_finds_once_more_and_who_is_new_hears_once_more() -> None:
    found = HEARD.found(LOSS, "a")
    fourth = WHOLE.with_panel("chair", ["a", "b", "c"], LAW)
    without_a = fourth.with_panel("chair", ["b", "c"], LAW)
    swapped = WHOLE.with_panel("new", ["x", "y"], LAW)
    assert found.before_panel(WHOLE, WHOLE.with_panel("a", ["chair", "b"], LAW)) is found, "the same people"
    for before, now, state in (
        (fourth, without_a, BoardCaseState.HEARD),
        (WHOLE, fourth, BoardCaseState.INVITED),
        (WHOLE, swapped, BoardCaseState.INVITED),
        (SESSION, WHOLE, BoardCaseState.INVITED),
    ):
        again = found.before_panel(before, now)
        assert (again.state, again.result, again.found_by) == (state, None, None)
    assert INVITED.before_panel(WHOLE, swapped) is INVITED


def test_another_secretary_is_none_of_the_panel() -> None:
    assert WHOLE.with_secretary("other").closed_by == {"chair", "other"}
    with pytest.raises(BoardPanelNotWhole):
        WHOLE.with_secretary("a")
    with pytest.raises(BoardSessionOver):
        replace(WHOLE, state=BoardSessionState.CLOSED).with_secretary("other")


REVIEW = replace(HEARD, question=BoardQuestion.AGGRAVATION)
LATER = date(2026, 10, 1)
FOLLOWED = replace(HEARD, result=BoardResult(percent="60", benefit_from=date(2026, 7, 1)))
CALLED_BACK = replace(HEARD, question=BoardQuestion.PROVISIONAL_ENDED)
PROVISIONAL = replace(FOLLOWED, result=BoardResult(percent="60", benefit_from=date(2026, 7, 1), until=LATER))
NEEDED = BoardResult(needs_attendance=True, attendance_from=DAY)


@pytest.mark.parametrize(
    ("case", "result", "because"),
    [
        (HEARD, BoardResult(is_related=False, percent="60"), "loss_without_cause"),
        (HEARD, BoardResult(percent="30", whole_person="40", earlier="15"), "not_apportioned"),
        (HEARD, BoardResult(percent="30", until=DAY), "ends_before_it_begins"),
        (HEARD, BoardResult(percent="30", benefit_from=date(2026, 2, 1)), "before_the_event"),
        (HEARD, BoardResult(percent="30", benefit_from=DAY, until=date(2026, 6, 30)), None),
        (HEARD, BoardResult(percent="30", benefit_from=LATER, until=date(2026, 9, 30)), "begins_after_it_ends"),
        (HEARD, BoardResult(percent="100", attendance_until=DAY), "attendance_reversed"),
        (HEARD, BoardResult(percent="100", needs_attendance=True), "attendance_without_first_day"),
        (HEARD, replace(NEEDED, percent="100", needs_attendance=False), "attendance_not_needed"),
        (HEARD, replace(NEEDED, percent="100", attendance_from=date(2026, 2, 1)), "attendance_too_early"),
        (HEARD, replace(NEEDED, percent="100", benefit_from=LATER), "attendance_too_early"),
        (HEARD, replace(NEEDED, percent="100", benefit_from=DAY), None),
        (HEARD, BoardResult(percent="30", benefit_from=date(2027, 7, 1)), "begins_years_ahead"),
        (HEARD, replace(NEEDED, percent="100", attendance_from=date(2100, 1, 1)), "begins_years_ahead"),
        (HEARD, BoardResult(percent="30", benefit_from=date(2027, 6, 29)), None),
        (REVIEW, BoardResult(percent="80"), "review_without_first_day"),
        (REVIEW, BoardResult(percent="80", benefit_from=date(2026, 7, 1)), "review_before_what_it_follows"),
        (REVIEW, BoardResult(percent="80", benefit_from=date(2026, 7, 2)), None),
        (CALLED_BACK, BoardResult(percent="40", benefit_from=LATER), "before_the_provisional_ends"),
        (CALLED_BACK, BoardResult(percent="40", benefit_from=date(2026, 10, 2)), None),
        (HEARD, BoardResult(percent="12.5", whole_person="20", earlier="7.5"), None),
        (HEARD, BoardResult(is_related=False, percent="0"), None),
    ],
)
def test_what_a_board_found_fits_together(case: BoardCase, result: BoardResult, because: str | None) -> None:
    about = PROVISIONAL if case is CALLED_BACK else FOLLOWED if case.is_review else None
    if because is None:
        result.check(case, about, ClaimKind.ACCIDENT, date(2026, 2, 2))
        return
    with pytest.raises(BoardResultContradicts) as refused:
        result.check(case, about, ClaimKind.ACCIDENT, date(2026, 2, 2))
    assert refused.value.facts == {"because": because}


def test_what_is_found_answers_the_question_of_the_claim() -> None:
    found = {ClaimKind.ACCIDENT: LOSS, ClaimKind.INVALIDITY: BoardResult(is_invalid=True, earning_capacity=20)}
    found[ClaimKind.DISEASE] = BoardResult(has_disease=True, percent="15")
    for kind, result in found.items():
        for of in ClaimKind:
            if of is kind:
                result.check(HEARD, None, of, DAY)
                continue
            with pytest.raises(BoardResultNotOfClaim):
                result.check(HEARD, None, of, DAY)


ATTENDANCE = replace(HEARD, id=UUID(int=6), question=BoardQuestion.CONSTANT_ATTENDANCE)
APPEAL = replace(HEARD, id=UUID(int=7), question=BoardQuestion.APPEAL, board=Board.APPELLATE)


def test_of_the_need_of_attendance_that_alone_is_found_and_of_nothing_else() -> None:
    of_attendance = replace(ATTENDANCE, result=NEEDED)
    for case, about in ((ATTENDANCE, None), (APPEAL, of_attendance)):
        for kind in (ClaimKind.ACCIDENT, ClaimKind.INVALIDITY):
            NEEDED.check(case, about, kind, date(2026, 2, 2))
            BoardResult(needs_attendance=False).check(case, about, kind, date(2026, 2, 2))
        for assessed in (LOSS, replace(NEEDED, percent="100"), BoardResult(is_invalid=True, needs_attendance=False)):
            with pytest.raises(BoardResultNotOfClaim):
                assessed.check(case, about, ClaimKind.ACCIDENT, date(2026, 2, 2))
    for case, about in ((HEARD, None), (APPEAL, FOLLOWED)):
        with pytest.raises(BoardResultNotOfClaim):
            NEEDED.check(case, about, ClaimKind.ACCIDENT, date(2026, 2, 2))
    said = {"board": "medical", "sat_on": "2026-06-29", "case": str(ATTENDANCE.id)}
    assert statement_of(of_attendance, ClaimKind.ACCIDENT) == (
        EvidenceKind.ATTENDANCE,
        {**said, "attendance": {"first": "2026-06-29"}},
    )
    not_needed = replace(ATTENDANCE, result=BoardResult(needs_attendance=False))
    assert statement_of(not_needed, ClaimKind.INVALIDITY) == (EvidenceKind.ATTENDANCE, said)


def test_the_need_of_attendance_alone_begins_with_the_loss_that_it_is_beside() -> None:
    of_loss = [replace(HEARD, result=replace(LOSS, percent=percent, benefit_from=day)) for percent, day in (
        ("60", date(2026, 3, 1)), ("100", DAY), ("100", LATER))]  # fmt: skip
    assert (Decided(tuple(of_loss)).assessed_from, Decided((HEARD,)).assessed_from) == (DAY, None)
    NEEDED.check(ATTENDANCE, None, ClaimKind.ACCIDENT, date(2026, 2, 2), DAY)
    before = replace(NEEDED, attendance_from=date(2026, 6, 28))
    before.check(ATTENDANCE, None, ClaimKind.INVALIDITY, date(2026, 2, 2))
    with pytest.raises(BoardResultContradicts):
        before.check(ATTENDANCE, None, ClaimKind.ACCIDENT, date(2026, 2, 2), DAY)


def test_of_which_decision_a_question_is_asked() -> None:
    first, loss = replace(HEARD, id=UUID(int=8), result=LOSS), FOLLOWED
    attendance = replace(ATTENDANCE, result=NEEDED)
    decided = Decided((first, loss, attendance))
    for question, named, about in (
        (BoardQuestion.APPEAL, None, attendance),
        (BoardQuestion.APPEAL, loss.id, loss),
        (BoardQuestion.REVISION, attendance.id, attendance),
        (BoardQuestion.APPEAL, first.id, None),
        (BoardQuestion.AGGRAVATION, None, loss),
        (BoardQuestion.PROVISIONAL_ENDED, attendance.id, None),
    ):
        assert decided.about(question, named) is about
    assert Decided((attendance,)).assessment is None
    assert Decided().about(BoardQuestion.APPEAL, None) is None


def test_what_was_found_is_a_statement_about_the_claim() -> None:
    result = BoardResult(
        percent="30", earlier="10", until=date(2027, 6, 30), attendance_from=DAY, advice=(Advice.PHYSICAL,)
    )
    of_board = {"board": "medical", "sat_on": "2026-06-29", "case": str(CASE.id)}
    told = {**of_board, "attendance": {"first": "2026-06-29"}, "until": "2027-06-30", "percent": "30"}
    assert statement_of(HEARD.found(result, "a"), ClaimKind.ACCIDENT) == (
        EvidenceKind.PERMANENT_LOSS,
        {**told, "earlier_losses": "10"},
    )
    invalid = HEARD.found(BoardResult(is_invalid=True, earning_capacity=20), "a")
    assert statement_of(invalid, ClaimKind.INVALIDITY) == (
        EvidenceKind.INVALIDITY,
        {**of_board, "certified": "yes", "earning_capacity": "20"},
    )
    appeal = replace(HEARD, board=Board.APPELLATE, question=BoardQuestion.APPEAL, about=UUID(int=4))
    assert statement_of(appeal.found(LOSS, "a"), ClaimKind.ACCIDENT)[1]["in_place_of"] == str(UUID(int=4))
    assert statement_of(REVIEW.found(LOSS, "a"), ClaimKind.ACCIDENT)[1]["review"] == "yes"


def assessed(number: int, percent: int, on: date, board: str | None = None, **more: Any) -> list[Evidence]:
    """An assessment that two officers let count, stated on a day that says nothing of when the board sat."""
    said = {"percent": percent} | ({} if board is None else {"board": board, "sat_on": on.isoformat()}) | more
    at = datetime(2026, 12, number, 4, tzinfo=UTC) if board else datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
    kind, tenant = EvidenceKind.PERMANENT_LOSS, "organisation:1"
    stated = Evidence(UUID(int=number), UUID(int=99), tenant, kind, at, stated=said, stated_by="a")
    return [stated, stated.approved(UUID(int=number + 100), at, tenant, "b")]


FIRST, APPEALED = date(2026, 6, 29), date(2026, 9, 24)


@pytest.mark.parametrize(
    ("stated", "counts", "outranked"),
    [
        ([assessed(2, 60, FIRST, "medical"), assessed(1, 100, APPEALED, "appellate_medical")], [60, 100], []),
        ([assessed(1, 100, APPEALED, "appellate_medical"), assessed(2, 60, APPEALED, "medical")], [60, 100], []),
        ([assessed(1, 100, APPEALED, "appellate_medical"), assessed(2, 50, LATER, "medical")], [100], [50]),
        ([assessed(1, 100, APPEALED, "appellate_medical"), assessed(2, 50, LATER)], [100], [50]),
        (
            [assessed(1, 100, APPEALED, "appellate_medical"), assessed(2, 80, LATER, "medical", review="yes")],
            [100, 80],
            [],
        ),
        ([assessed(1, 60, FIRST), assessed(2, 40, LATER)], [60, 40], []),
    ],
)
def test_the_newer_board_counts_and_an_appellate_board_over_a_medical_board(
    stated: list[list[Evidence]], counts: list[int], outranked: list[int]
) -> None:
    for order in permutations(stated):
        evidence = [each for pair in order for each in pair]
        found = standing(evidence, ())
        assert [each.stated["percent"] for each in found.of(EvidenceKind.PERMANENT_LOSS)] == counts
        percents = {each.id: each.stated.get("percent") for each in evidence}
        gone = [piece for piece in found.pieces if piece.standing is EvidenceStanding.SUPERSEDED]
        assert [percents[each.evidence] for each in gone] == outranked
