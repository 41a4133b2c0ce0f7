"""An appeal: a matter of its own, of the answer to one question by one revision of a claim, before a forum.

What is appealed stands, and is paid, until an order states otherwise. What doctors assess goes to the Appellate Medical
Board as a case before it (`boards.py`); the rest to the Social Security Appellate Board, and of its order a question of
law to the High Court.

| state | is entered by | is left by |
|---|---|---|
| late | being filed after the limit, with grounds | two officers: it goes on, or is not admitted; who filed it |
| filed | being filed in time, or admitted | two officers answer it; an order; who filed it |
| before_board | being put before the Appellate Medical Board | the board decides, or does not hear it |
| answered | two officers | a hearing; an order; who filed it |
| heard | an officer: the forum has heard it | an order; who filed it; an answer leaves it so |
| decided | two officers: the forum's order; the board's session is closed | nothing |
| not_admitted | two officers | nothing: it is filed again with other grounds |
| withdrawn | who filed it | nothing |
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.claims.domain.errors import (
    AppealBeforeBoard,
    AppealForumWrong,
    AppealHeardAhead,
    AppealOver,
    OrderContradicts,
)
from shared.kernel.clock import business_day
from shared.kernel.officers import Officers


class Forum(StrEnum):
    """Who hears it."""

    MEDICAL = "appellate_medical_board"
    BOARD = "social_security_appellate_board"
    COURT = "high_court"


class Ground(StrEnum):
    """What of the answer is appealed."""

    MEDICAL_ASSESSMENT = "medical_assessment"
    """What a medical board assessed (s.33)."""
    EMPLOYMENT = "employment"
    """Who is an employee, or was on the day (s.84)."""
    WAGES = "wages"
    CONTRIBUTIONS = "contributions"
    BENEFIT = "benefit"
    """Whether a benefit is owed, to whom and how much."""
    QUESTION_OF_LAW = "question_of_law"
    """A substantial question of law in an order of the Social Security Appellate Board."""


_FORUM_OF = {Ground.MEDICAL_ASSESSMENT: Forum.MEDICAL, Ground.QUESTION_OF_LAW: Forum.COURT}


class Represented(StrEnum):
    """Who speaks for whoever appeals, as the sources name them [S12]; by its letter of authority, never by name."""

    LAWYER = "lawyer"
    UNION_OFFICER = "union_officer"
    AUTHORISED_PERSON = "authorised_person"


class LateFor(StrEnum):
    """On which grounds it comes after the limit."""

    NOT_TOLD = "not_told"
    """The letter did not come, or did not say how."""
    ILLNESS = "illness"
    MISLED = "misled"
    NEW_EVIDENCE = "new_evidence"
    OTHER = "other"


class AppealState(StrEnum):
    """Where an appeal stands."""

    LATE = "late"
    FILED = "filed"
    BEFORE_BOARD = "before_board"
    ANSWERED = "answered"
    HEARD = "heard"
    DECIDED = "decided"
    NOT_ADMITTED = "not_admitted"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What became of the decision that was appealed."""

    UPHELD = "upheld"
    VARIED = "varied"
    SET_ASIDE = "set_aside"
    WITHDRAWN = "withdrawn"
    """Before the forum, which records it."""
    STRUCK_OUT = "struck_out"


OVERTURNED = frozenset((Outcome.VARIED, Outcome.SET_ASIDE))
# What officers do next, which is why there is a task; what is before a board is the board case's.
_REASONS = {
    AppealState.LATE: "late_grounds",
    AppealState.FILED: "answer_due",
    AppealState.ANSWERED: "hearing_awaited",
    AppealState.HEARD: "order_awaited",
}
_BEFORE_FORUM = (AppealState.FILED, AppealState.ANSWERED, AppealState.HEARD)


@dataclass(frozen=True)
class Order:
    """What a forum ordered: of the decision, on which day, under which number, in which document.

    ``facts`` are stated in the words of the statute book, ``amounts`` by question, party, per, amount, from and until.
    """

    outcome: Outcome
    ordered_on: date
    reference: str
    document: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    amounts: tuple[Mapping[str, str], ...] = ()

    @property
    def states_anything(self) -> bool:
        """Whether it states a fact or names an amount."""
        return bool(self.facts or self.amounts)

    def check(self, forum: Forum) -> None:
        """Raise OrderContradicts where what it states does not fit what it says of the decision.

        The High Court may set an order aside, and what stood before it stands again.
        """
        is_overturned = self.outcome in OVERTURNED
        says_enough = self.states_anything or (forum is Forum.COURT and self.outcome is Outcome.SET_ASIDE)
        if is_overturned != says_enough and (not is_overturned or not says_enough):
            raise OrderContradicts(facts={"outcome": self.outcome.value})


@dataclass(frozen=True)
class Appeal:
    """An appeal of a party; ``filed_by`` typed it: the party's own token, or an officer's.

    ``revision`` and ``record`` are the exact record that is appealed, ``reason`` why it was refused, else its outcome.
    Of a line of a medical bill, ``bill`` and ``line``, the revision is that of what the bill says.
    ``about`` is the appeal whose order is appealed, ``board_case`` what is before the Appellate Medical Board.
    ``last_day`` is the limit, ``ordered`` the statement that the order is, ``number`` counts what happened to it.
    """

    id: UUID
    claim: UUID
    tenant: str
    filed_by: str
    by_officer: bool
    forum: Forum
    ground: Ground
    question: str
    revision: int
    record: str | None
    reason: str
    filed_at: datetime
    state: AppealState
    changed_at: datetime
    about: UUID | None = None
    bill: UUID | None = None
    line: int | None = None
    board_case: UUID | None = None
    represented_by: Represented | None = None
    authority: str | None = None
    late_for: LateFor | None = None
    last_day: date | None = None
    number: int = 1
    answer: str | None = None
    heard_on: date | None = None
    outcome: Outcome | None = None
    ordered_on: date | None = None
    reference: str | None = None
    document: str | None = None
    ordered: UUID | None = None
    proposed_by: str | None = None
    approved_by: str | None = None
    ended_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether something of it is still to come."""
        return self.ended_at is None

    @property
    def awaits(self) -> str | None:
        """What officers do next."""
        if self.state is AppealState.HEARD and self.answer is None:
            # One officer records a hearing: that alone ends nobody's duty to answer.
            return _REASONS[AppealState.FILED]
        return _REASONS.get(self.state)

    @property
    def facts(self) -> dict[str, str | int]:
        """What of it officers look at."""
        told: dict[str, str | int] = {
            "claim": str(self.claim),
            "party": self.tenant,
            "forum": self.forum.value,
            "ground": self.ground.value,
            "question": self.question,
            "of_revision": self.revision,
            "filed_on": business_day(self.filed_at).isoformat(),
        }
        more = {
            "bill": self.bill,
            "line": self.line,
            "late_for": self.late_for,
            "last_day": self.last_day,
            "heard_on": self.heard_on,
        }
        return told | {name: str(value) for name, value in more.items() if value is not None}

    def admitted(self, by: Officers, *, goes_on: bool) -> "Appeal":
        """As two officers found of the grounds of one that came late; raises AppealOver."""
        self._must_be(AppealState.LATE)
        if goes_on:
            return self._next(AppealState.FILED, by.at, by=by)
        return self._next(AppealState.NOT_ADMITTED, by.at, by=by, ended_at=by.at)

    def replied(self, answer: str, by: Officers) -> "Appeal":
        """With the organisation's answer, by the number of its document, also after the hearing; raises AppealOver."""
        self._must_be(AppealState.FILED, AppealState.HEARD)
        if self.answer is not None:
            raise AppealOver(facts={"state": self.state.value})
        state = AppealState.HEARD if self.state is AppealState.HEARD else AppealState.ANSWERED
        return self._next(state, by.at, by=by, answer=answer)

    def heard(self, on: date, at: datetime) -> "Appeal":
        """As the forum heard it on a day; raises AppealOver, AppealHeardAhead, and AppealBeforeBoard."""
        self._must_be(AppealState.FILED, AppealState.ANSWERED)
        self._must_lie_between(on, at)
        return self._next(AppealState.HEARD, at, heard_on=on)

    def decided(self, order: Order, ordered: UUID | None, by: Officers) -> "Appeal":
        """As the forum ordered; raises AppealOver, AppealHeardAhead, OrderContradicts, and AppealBeforeBoard."""
        self._must_be(*_BEFORE_FORUM)
        self._must_lie_between(order.ordered_on, by.at)
        order.check(self.forum)
        told = {"ordered_on": order.ordered_on, "reference": order.reference, "document": order.document}
        ends = {"outcome": order.outcome, "ordered": ordered, "ended_at": by.at}
        return self._next(AppealState.DECIDED, by.at, by=by, **told, **ends)

    def decided_by_board(self, outcome: Outcome, on: date, at: datetime) -> "Appeal":
        """As the Appellate Medical Board found, or two officers that it is not heard; raises AppealOver."""
        self._must_be(AppealState.BEFORE_BOARD)
        return self._next(AppealState.DECIDED, at, outcome=outcome, ordered_on=on, ended_at=at)

    def withdrawn(self, at: datetime) -> "Appeal":
        """As who filed it takes it back; raises AppealOver, and AppealBeforeBoard for what a board has."""
        self._must_be(AppealState.LATE, *_BEFORE_FORUM)
        return self._next(AppealState.WITHDRAWN, at, ended_at=at)

    def recorded_once_more(self, at: datetime) -> "Appeal":
        """As it stands where what its forum found, and published was alone that it did, went with a database: two
        officers record it once more, above what was published. A board finds it once more."""
        over = {"outcome": None, "ordered_on": None, "reference": None, "document": None, "ordered": None}
        if self.forum is Forum.MEDICAL:
            return self._next(AppealState.BEFORE_BOARD, at, ended_at=None, **over)
        return self._next(AppealState.HEARD, at, heard_on=self.heard_on or self.ordered_on, ended_at=None, **over)

    def _must_be(self, *states: AppealState) -> None:
        if self.state is AppealState.BEFORE_BOARD and self.state not in states:
            raise AppealBeforeBoard()
        if self.state not in states:
            raise AppealOver(facts={"state": self.state.value})

    def _must_lie_between(self, day: date, at: datetime) -> None:
        if not business_day(self.filed_at) <= day <= business_day(at):
            raise AppealHeardAhead(facts={"day": day.isoformat()})

    def _next(self, state: AppealState, at: datetime, by: Officers | None = None, **changes: Any) -> "Appeal":
        both: dict[str, Any] = {} if by is None else {"proposed_by": by.proposed_by, "approved_by": by.approved_by}
        return replace(self, state=state, changed_at=at, number=self.number + 1, **both, **changes)


def check_forum(forum: Forum, ground: Ground) -> None:
    """Raise AppealForumWrong, which says who hears such a ground, for another forum."""
    right = _FORUM_OF.get(ground, Forum.BOARD)
    if forum is not right:
        raise AppealForumWrong(f"It is appealed to: {right.value}.", facts={"forum": right.value})
