"""Medical boards: the cases that are put before them, their sessions and what they find (Act 4 ss.32, 32A and 33).

A case waits for a session, is invited, heard and decided: decided it is when chairman and secretary both close the
session, and what the board found is a statement about the claim from then on.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.claims.domain.claim import ClaimKind
from services.claims.domain.errors import (
    BoardCaseNotHeard,
    BoardCaseNotWaiting,
    BoardDayPassed,
    BoardInvitationTooShort,
    BoardNotOfPanel,
    BoardPanelNotWhole,
    BoardQuestionNotOfClaim,
    BoardResultContradicts,
    BoardResultNotOfClaim,
    BoardSessionFull,
    BoardSessionNotBegun,
    BoardSessionOfAnotherKind,
    BoardSessionOver,
)
from services.claims.domain.evidence import EvidenceKind
from shared.kernel.clock import business_day
from shared.law.act4.boards.rules import is_absent_too_often, least_members, needs_justification
from shared.law.book import LawOn

MOST_MEMBERS, LARGEST_QUOTA = 10, 100
# What a board finds begins within a year of its session (docs/claims.md, assumed).
_LONGEST_AHEAD = timedelta(days=366)
# Why a person looks at a case, or at a session.
SESSION_AWAITED, DID_NOT_COME = "session_awaited", "did_not_come"
PANEL_INCOMPLETE, RESULTS_AWAITED, TO_BE_CLOSED = "panel_incomplete", "results_awaited", "session_to_be_closed"


class Board(StrEnum):
    """Which board sits."""

    MEDICAL = "medical"
    SPECIAL = "special"
    """For occupational diseases (s.32A)."""
    APPELLATE = "appellate_medical"


class BoardQuestion(StrEnum):
    """What a board is asked."""

    PERMANENT_LOSS = "permanent_loss"
    OCCUPATIONAL_DISEASE = "occupational_disease"
    INVALIDITY = "invalidity"
    CONSTANT_ATTENDANCE = "constant_attendance"
    AGGRAVATION = "aggravation"
    """A review, since the condition has become worse (s.34(3))."""
    PROVISIONAL_ENDED = "provisional_ended"
    """A provisional assessment ends: the case goes back before that."""
    APPEAL = "appeal"
    REVISION = "revision"
    """Looked at once more, on fresh evidence or since an appeal came too late."""


# By the kind of a claim, the question with which it comes before a board first, and the board.
FIRST = {
    ClaimKind.ACCIDENT: (BoardQuestion.PERMANENT_LOSS, Board.MEDICAL),
    ClaimKind.DISEASE: (BoardQuestion.OCCUPATIONAL_DISEASE, Board.SPECIAL),
    ClaimKind.INVALIDITY: (BoardQuestion.INVALIDITY, Board.MEDICAL),
}
# What these find holds from their own day on; what others find takes the place of what was found before.
REVIEWS = frozenset((BoardQuestion.AGGRAVATION, BoardQuestion.PROVISIONAL_ENDED))
# Asked of what was decided.
OF_WHAT_WAS_DECIDED = REVIEWS | {BoardQuestion.APPEAL, BoardQuestion.REVISION}
# What a person asks for itself, or whoever acts for it.
OF_THE_PERSON = frozenset((BoardQuestion.APPEAL, BoardQuestion.AGGRAVATION))


class BoardCaseState(StrEnum):
    """Where a case stands."""

    WAITING = "waiting"
    """For a session with room."""
    INVITED = "invited"
    HEARD = "heard"
    ABSENT = "absent"
    """The person did not come too often: two officers look."""
    DECIDED = "decided"
    ENDED = "ended"
    """Two officers found that it is not heard."""


class BoardSessionState(StrEnum):
    """Where a session stands."""

    PLANNED = "planned"
    CLOSED = "closed"
    CALLED_OFF = "called_off"


class JustifiedBy(StrEnum):
    """Why a person is invited at shorter notice."""

    ASKED_BY_PERSON = "asked_by_person"
    PLACE_BECAME_FREE = "place_became_free"
    ADMITTED_THERE = "admitted_there"
    ASSESSMENT_ENDS = "assessment_ends"


class AdjournedFor(StrEnum):
    """Why a board does not decide a case that it has before it."""

    NOT_AT_REST = "not_at_rest"
    """The condition has not reached its most improvement."""
    TESTS_NEEDED = "tests_needed"
    DOCUMENTS_MISSING = "documents_missing"
    NO_TIME_LEFT = "no_time_left"


class Advice(StrEnum):
    """What a board advises for rehabilitation (s.57)."""

    PHYSICAL = "physical"
    VOCATIONAL = "vocational"
    RETURN_TO_WORK = "return_to_work"
    PROSTHESIS = "prosthesis"
    DIALYSIS = "dialysis"


@dataclass(frozen=True)
class BoardResult:
    """What a board found; of a loss percentages as they are written, exactly.

    ``item`` is that of the Second Schedule, ``whole_person`` and ``earlier`` are what the loss was apportioned from.
    ``until``: provisional, up to that day.
    """

    is_related: bool = True
    diagnosis: str | None = None
    percent: str | None = None
    item: str | None = None
    whole_person: str | None = None
    earlier: str | None = None
    benefit_from: date | None = None
    until: date | None = None
    has_disease: bool | None = None
    is_invalid: bool | None = None
    earning_capacity: int | None = None
    needs_attendance: bool | None = None
    attendance_from: date | None = None
    attendance_until: date | None = None
    advice: tuple[Advice, ...] = ()

    @property
    def is_of_attendance(self) -> bool:
        """Whether the need of constant attendance is all that was found: the loss or the invalidity is as it stands."""
        of_claim = (self.percent, self.has_disease, self.is_invalid)
        return self.needs_attendance is not None and all(each is None for each in of_claim)

    @property
    def decides(self) -> tuple[object, ...]:
        """What of it decides: not how it is diagnosed, nor what is advised."""
        of_loss = (self.is_related, _of(self.percent), _of(self.earlier), self.benefit_from, self.until)
        of_others = (self.has_disease, self.is_invalid, self.earning_capacity)
        return *of_loss, *of_others, self.needs_attendance, self.attendance_from, self.attendance_until

    def check(
        self,
        case: "BoardCase",
        about: "BoardCase | None",
        kind: ClaimKind,
        happened_on: date,
        assessed_from: date | None = None,
    ) -> None:
        """Raise BoardResultNotOfClaim for what is found of another kind of claim, BoardResultContradicts.

        ``about`` is the case whose decision the case is asked of, ``assessed_from`` the first day of the loss that
        boards assessed so far.
        """
        found = {
            ClaimKind.ACCIDENT: self.percent is not None and self.has_disease is None,
            ClaimKind.DISEASE: self.has_disease is not None,
            ClaimKind.INVALIDITY: self.is_invalid is not None,
        }
        if not (self.is_of_attendance if case.is_of_attendance(about) else found.get(kind, False)):
            raise BoardResultNotOfClaim(facts={"event": kind.value, "question": case.question.value})
        before = None if about is None else about.result
        beside = assessed_from if self.is_of_attendance else self.benefit_from
        contradictions = self._contradictions(case, before, happened_on) | self._attendance(beside or happened_on)
        contradictions["begins_years_ahead"] = self._is_years_ahead(case)
        if why := next((name for name, holds in contradictions.items() if holds), None):
            raise BoardResultContradicts(f"What does not fit: {why}.", facts={"because": why})

    def _contradictions(self, case: "BoardCase", before: "BoardResult | None", happened_on: date) -> dict[str, bool]:
        sat_on = case.sits_on or date.max
        begins = self.benefit_from or date.max
        stood_from = date.min if before is None or before.benefit_from is None else before.benefit_from
        provisional = date.min if before is None or before.until is None else before.until
        return {
            "loss_without_cause": not (self.is_related and self.has_disease is not False) and _of(self.percent) > 0,
            "not_apportioned": self.whole_person is not None
            and _of(self.whole_person) - _of(self.earlier) != _of(self.percent),
            "ends_before_it_begins": self.until is not None and self.until <= sat_on,
            "begins_after_it_ends": self.benefit_from is not None and begins > (self.until or date.max),
            "before_the_event": begins < happened_on,
            "review_without_first_day": case.is_review and self.percent is not None and self.benefit_from is None,
            "review_before_what_it_follows": case.is_review and begins <= stood_from,
            "before_the_provisional_ends": case.question is BoardQuestion.PROVISIONAL_ENDED and begins <= provisional,
        }

    def _attendance(self, beside: date) -> dict[str, bool]:
        """Of the need of constant attendance, which is beside what began on a day."""
        first, last = self.attendance_from, self.attendance_until
        return {
            "attendance_without_first_day": self.needs_attendance is True and first is None,
            "attendance_not_needed": self.needs_attendance is False and (first, last) != (None, None),
            "attendance_reversed": last is not None and (first is None or last < first),
            "attendance_too_early": first is not None and first < beside,
        }

    def _is_years_ahead(self, case: "BoardCase") -> bool:
        begins = (each for each in (self.benefit_from, self.attendance_from) if each is not None)
        return case.sits_on is not None and any(each - case.sits_on > _LONGEST_AHEAD for each in begins)


def _of(percent: str | None) -> Decimal:
    return Decimal(percent or 0)


@dataclass(frozen=True)
class BoardSession:
    """A session of a board. Chairman, members and secretary are officers by the subjects of their tokens."""

    id: UUID
    tenant: str
    board: Board
    day: date
    place: str
    quota: int
    secretary: str
    planned_at: datetime
    state: BoardSessionState = BoardSessionState.PLANNED
    revision: int = 1
    chairman: str | None = None
    members: tuple[str, ...] = ()
    proposed_by: str | None = None
    approved_by: str | None = None
    decided_at: datetime | None = None

    @property
    def panel(self) -> frozenset[str]:
        """Who hears the cases."""
        return frozenset((*self.members, *(() if self.chairman is None else (self.chairman,))))

    @property
    def who_decide(self) -> frozenset[str]:
        """Who hears the cases, and the secretary, who closes it with the chairman."""
        return self.panel | {self.secretary}

    @property
    def closed_by(self) -> frozenset[str | None]:
        """Who closes it, both of them."""
        return frozenset((self.chairman, self.secretary))

    def with_panel(self, chairman: str, members: Sequence[str], law: LawOn) -> "BoardSession":
        """The same before this panel, in place of the one before; raises BoardPanelNotWhole, BoardSessionOver."""
        self.must_be_planned()
        all_of_it = [chairman, *members]
        least = least_members(law)
        if len(members) < least or len(set(all_of_it)) < len(all_of_it) or self.secretary in all_of_it:
            raise BoardPanelNotWhole(facts={"least_members": least})
        return replace(self, chairman=chairman, members=tuple(members), revision=self.revision + 1)

    def with_secretary(self, secretary: str) -> "BoardSession":
        """The same of another secretary; raises BoardPanelNotWhole for one of the panel, BoardSessionOver."""
        self.must_be_planned()
        if secretary in self.panel:
            raise BoardPanelNotWhole("One of the panel is not its secretary.")
        return replace(self, secretary=secretary, revision=self.revision + 1)

    def changed(self) -> "BoardSession":
        """The next revision: something of its cases is another."""
        return replace(self, revision=self.revision + 1)

    def must_be_planned(self) -> None:
        """Raises BoardSessionOver."""
        if self.state is not BoardSessionState.PLANNED:
            raise BoardSessionOver(facts={"state": self.state.value})

    def must_have_begun(self, today: date) -> None:
        """Raises BoardSessionNotBegun, BoardSessionOver."""
        self.must_be_planned()
        if today < self.day:
            raise BoardSessionNotBegun(facts={"day": self.day.isoformat()})

    def must_sit(self, officer: str) -> None:
        """Raises BoardNotOfPanel for who is not of it."""
        if officer not in self.panel:
            raise BoardNotOfPanel()

    def reason(self, cases: Collection["BoardCase"], today: date) -> str | None:
        """Why a person looks at it."""
        if self.state is not BoardSessionState.PLANNED:
            return None
        if cases and self.chairman is None:
            return PANEL_INCOMPLETE
        if today < self.day:
            return None
        return TO_BE_CLOSED if self.has_found_all(cases) else RESULTS_AWAITED

    def has_found_all(self, cases: Collection["BoardCase"]) -> bool:
        """Whether one of its panel has said of each case what was found."""
        return all(each.found_by in self.panel for each in cases)

    def facts(self, cases: Collection["BoardCase"]) -> dict[str, str | int]:
        """What of it a person looks at."""
        shown = {"board": self.board.value, "day": self.day.isoformat(), "quota": self.quota, "cases": len(cases)}
        return {**shown, "results": sum(each.has_result for each in cases)}


@dataclass(frozen=True)
class BoardCase:
    """A claim and a question before a board.

    ``tenant`` put it there, ``put_by`` acted for it. ``about`` is the case whose decision it is asked of.
    ``treated_by`` are who treated the person, by the subjects of their tokens: none of them hears it.
    """

    id: UUID
    claim: UUID
    tenant: str
    board: Board
    question: BoardQuestion
    put_by: str
    put_at: datetime
    about: UUID | None = None
    treated_by: tuple[str, ...] = ()
    state: BoardCaseState = BoardCaseState.WAITING
    revision: int = 1
    session: UUID | None = None
    sits_on: date | None = None
    place: str | None = None
    invited_at: datetime | None = None
    justified_by: JustifiedBy | None = None
    absences: int = 0
    adjournments: int = 0
    result: BoardResult | None = None
    found_by: str | None = None
    decided_at: datetime | None = None

    @property
    def is_review(self) -> bool:
        """Whether what is found holds from its own day on, and what was found before stands until then."""
        return self.question in REVIEWS

    @property
    def has_result(self) -> bool:
        """Whether the board has found something of it."""
        return self.result is not None

    def is_of_attendance(self, about: "BoardCase | None") -> bool:
        """Whether the need of constant attendance alone is asked of, or what was found of it."""
        of_that = about is not None and about.result is not None and about.result.is_of_attendance
        return self.question is BoardQuestion.CONSTANT_ATTENDANCE or (of_that and not self.is_review)

    def finds_as(self, about: "BoardCase") -> bool:
        """Whether what it found decides as what it was asked of: the loss, the invalidity, the need, and from when."""
        found, before = self.result, about.result
        if found is None or before is None:
            return False
        stands = found if found.benefit_from is not None else replace(found, benefit_from=before.benefit_from)
        return stands.decides == before.decides

    @property
    def is_open(self) -> bool:
        """Whether it is still to be decided."""
        return self.state not in (BoardCaseState.DECIDED, BoardCaseState.ENDED)

    @property
    def reason(self) -> str | None:
        """Why a person looks at it: what is invited or heard is the session's."""
        reasons = {BoardCaseState.WAITING: SESSION_AWAITED, BoardCaseState.ABSENT: DID_NOT_COME}
        return reasons.get(self.state)

    @property
    def facts(self) -> dict[str, str | int]:
        """What of it a person looks at."""
        shown = {"claim": str(self.claim), "board": self.board.value, "question": self.question.value}
        put_on = business_day(self.put_at).isoformat()
        return {**shown, "put_on": put_on, "absences": self.absences, "adjournments": self.adjournments}

    def known_treated_by(self, doctors: Collection[str]) -> "BoardCase":
        """With those who treated the person as well, as far as somebody learns of them later."""
        return replace(self, treated_by=tuple(dict.fromkeys((*self.treated_by, *doctors))))

    def invited(
        self, session: BoardSession, beside: int, justified_by: JustifiedBy | None, at: datetime, law: LawOn
    ) -> "BoardCase":
        """Invited to a session, which has so many others.

        Raises BoardCaseNotWaiting, BoardSessionOver, BoardSessionOfAnotherKind, BoardSessionFull, BoardDayPassed and
        BoardInvitationTooShort.
        """
        session.must_be_planned()
        if self.state is not BoardCaseState.WAITING:
            raise BoardCaseNotWaiting(facts={"state": self.state.value})
        if session.board is not self.board:
            raise BoardSessionOfAnotherKind(facts={"board": self.board.value})
        if beside >= session.quota:
            raise BoardSessionFull(facts={"quota": session.quota})
        told_on = business_day(at)
        check_day(session.day, told_on)
        if needs_justification(told_on, session.day, law) and justified_by is None:
            raise BoardInvitationTooShort(facts={"day": session.day.isoformat()})
        where = {"session": session.id, "sits_on": session.day, "place": session.place}
        return self._next(BoardCaseState.INVITED, invited_at=at, justified_by=justified_by, **where)

    def heard(self) -> "BoardCase":
        """The person came; raises BoardCaseNotHeard for who was not invited."""
        self._must_be(BoardCaseState.INVITED)
        return self._next(BoardCaseState.HEARD)

    def stayed_away(self, law: LawOn) -> "BoardCase":
        """The person did not come: adjourned, and when that was too often, for people; raises BoardCaseNotHeard."""
        self._must_be(BoardCaseState.INVITED)
        absences = self.absences + 1
        is_too_often = is_absent_too_often(absences, law)
        back = self._without_session(BoardCaseState.ABSENT if is_too_often else BoardCaseState.WAITING)
        return replace(back, absences=absences)

    def adjourned(self) -> "BoardCase":
        """The board does not decide it this time; raises BoardCaseNotHeard."""
        self._must_be(BoardCaseState.INVITED, BoardCaseState.HEARD)
        return replace(self._without_session(BoardCaseState.WAITING), adjournments=self.adjournments + 1)

    def set_back(self) -> "BoardCase":
        """Its session is called off."""
        return self._without_session(BoardCaseState.WAITING)

    def before_panel(self, before: BoardSession, now: BoardSession) -> "BoardCase":
        """The same in a session whose panel is another one: what was found is found once more.

        Who was heard is heard once more where somebody has come in who did not hear it.
        """
        if self.state is not BoardCaseState.HEARD or before.panel == now.panel:
            return self
        state = BoardCaseState.HEARD if now.panel <= before.panel else BoardCaseState.INVITED
        return self._next(state, result=None, found_by=None)

    def found(self, result: BoardResult, by: str) -> "BoardCase":
        """With what the board found, in place of what it found before; raises BoardCaseNotHeard."""
        self._must_be(BoardCaseState.HEARD)
        return self._next(BoardCaseState.HEARD, result=result, found_by=by)

    def decided(self, at: datetime) -> "BoardCase":
        """Its session was closed: what was found counts."""
        return self._next(BoardCaseState.DECIDED, decided_at=at)

    def answered(self, at: datetime, *, once_more: bool) -> "BoardCase":
        """Two officers found that the person is invited once more, or that it is not heard."""
        if once_more:
            return self._next(BoardCaseState.WAITING, absences=0)
        return self._next(BoardCaseState.ENDED, decided_at=at)

    def _must_be(self, *states: BoardCaseState) -> None:
        if self.state not in states:
            raise BoardCaseNotHeard(facts={"state": self.state.value})

    def _without_session(self, state: BoardCaseState) -> "BoardCase":
        gone = {"session": None, "sits_on": None, "place": None, "invited_at": None, "justified_by": None}
        return self._next(state, result=None, found_by=None, **gone)

    def _next(self, state: BoardCaseState, **changes: object) -> "BoardCase":
        return replace(self, state=state, revision=self.revision + 1, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Decided:
    """What boards decided of a claim and of what joined it, in the order in which they sat."""

    cases: tuple[BoardCase, ...] = ()

    @property
    def assessment(self) -> BoardCase | None:
        """What was assessed last."""
        return self._last(of_attendance=False)

    @property
    def attendance(self) -> BoardCase | None:
        """What was found last of the need of constant attendance alone."""
        return self._last(of_attendance=True)

    @property
    def assessed_from(self) -> date | None:
        """The first day of the largest loss that was assessed; None where the boards named none."""
        found = [each.result for each in self.cases if each.result and each.result.percent is not None]
        largest = max((_of(each.percent) for each in found), default=None)
        firsts = [each.benefit_from for each in found if _of(each.percent) == largest]
        return min((each for each in firsts if each is not None), default=None)

    def about(self, question: BoardQuestion, named: UUID | None) -> BoardCase | None:
        """Whose decision a question is asked of: the one that is named, if it was the last of its sort, else the last.

        A review is of an assessment.
        """
        sorts = (self.assessment,) if question in REVIEWS else (self.assessment, self.attendance)
        may_be = [each for each in self.cases if each in sorts and named in (None, each.id)]
        return may_be[-1] if may_be else None

    def _last(self, *, of_attendance: bool) -> BoardCase | None:
        of_sort = [each for each in self.cases if each.result and each.result.is_of_attendance is of_attendance]
        return of_sort[-1] if of_sort else None


def check_day(day: date, today: date) -> None:
    """Raise BoardDayPassed for a day on which nobody can sit any more."""
    if day < today:
        raise BoardDayPassed()


def board_of(question: BoardQuestion, kind: ClaimKind, about: BoardCase | None) -> Board:
    """Which board answers a question of a claim; raises BoardQuestionNotOfClaim."""
    first = FIRST.get(kind)
    is_first = question in {each for each, _ in FIRST.values()}
    of_loss = kind is not ClaimKind.INVALIDITY
    if first is None or (is_first and question is not first[0]):
        raise BoardQuestionNotOfClaim(facts={"event": kind.value, "question": question.value})
    if question in REVIEWS and not of_loss:
        raise BoardQuestionNotOfClaim(facts={"event": kind.value, "question": question.value})
    if question is BoardQuestion.APPEAL:
        return Board.APPELLATE
    if question is BoardQuestion.REVISION and about is not None:
        return about.board
    return first[1]


def statement_of(case: BoardCase, kind: ClaimKind) -> tuple[EvidenceKind, dict[str, object]]:
    """What a board found, as the statement about the claim that counts from then on."""
    found = case.result
    if found is None or case.sits_on is None:
        raise ValueError(f"nothing was found of {case.id}")
    said: dict[str, object] = {"board": case.board.value, "sat_on": case.sits_on.isoformat(), "case": str(case.id)}
    if case.is_review:
        said["review"] = "yes"
    elif case.about is not None:
        said["in_place_of"] = str(case.about)
    if found.attendance_from is not None:
        days = {"first": found.attendance_from, "last": found.attendance_until}
        said["attendance"] = {name: day.isoformat() for name, day in days.items() if day is not None}
    if found.is_of_attendance:
        return EvidenceKind.ATTENDANCE, said
    if kind is ClaimKind.INVALIDITY:
        capacity = 100 if found.earning_capacity is None else found.earning_capacity
        said |= {"certified": "yes" if found.is_invalid else "no", "earning_capacity": str(capacity)}
        return EvidenceKind.INVALIDITY, said
    members = {"benefit_from": found.benefit_from, "until": found.until}
    said |= {name: day.isoformat() for name, day in members.items() if day is not None}
    said |= {"percent": found.percent or "0"}
    if found.earlier is not None:
        said["earlier_losses"] = found.earlier
    return EvidenceKind.PERMANENT_LOSS, said
