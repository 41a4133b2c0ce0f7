"""Topic ``claims.matter``: appeals, complaints and charter clocks, stated whole, alike at first and when republished.

Which officers acted is sealed at its matter's place: who is complained of is known again after a restore, or that
officer would read the complaint then, and who decided what is appealed keeps away from the appeal.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from services.claims.domain.appeal import Appeal, AppealState, Forum, Ground, LateFor, Outcome, Represented
from services.claims.domain.boards import Board, BoardCase, BoardQuestion
from services.claims.domain.charter_clocks import CharterClock, ClockStop, StandsFor
from services.claims.domain.claim import Claim
from services.claims.domain.complaint import Complaint, ComplaintFound, ComplaintKind, ComplaintState
from shared.contracts.claims_matter import (
    AppealStatedV1,
    CharterClockStatedV1,
    ClockStopV1,
    ComplaintStatedV1,
    OfficersStopV1,
)
from shared.kernel.clock import start_of_day
from shared.kernel.identifiers import derived_id
from shared.kernel.working_days import Stop
from shared.security.fields import FieldCipher, place

_OF_APPEAL = ("filed_by", "proposed_by", "approved_by")
_OF_COMPLAINT = (*_OF_APPEAL, "of_officer")
_ALIKE = (
    *("claim", "by_officer", "question", "record", "reason", "filed_at", "changed_at", "about", "board_case"),
    *("authority", "last_day", "answer", "heard_on", "ordered_on", "reference", "document", "ended_at"),
)
_CODES: Mapping[str, Any] = {
    "forum": Forum,
    "ground": Ground,
    "state": AppealState,
    "represented_by": Represented,
    "late_for": LateFor,
    "outcome": Outcome,
}


def appeal_stated(appeal: Appeal, claim: Claim, case: BoardCase | None, cipher: FieldCipher) -> AppealStatedV1:
    """How an appeal of a claim stands; ``case`` is what is before the Appellate Medical Board."""
    said: dict[str, Any] = {name: getattr(appeal, name) for name in _ALIKE}
    codes = {name: getattr(appeal, name) for name in _CODES}
    said |= {name: None if code is None else code.value for name, code in codes.items()}
    if case is not None:
        said |= {"board": case.board.value, "board_question": case.question.value, "board_about": case.about}
    return AppealStatedV1(
        **said,
        party=appeal.tenant,
        revision=appeal.number,
        appeal=appeal.id,
        person=claim.stated_of,
        event=claim.kind.value,
        happened_on=claim.happened_on,
        of_revision=appeal.revision,
        is_ordered=appeal.ordered is not None,
        officers_sealed=_sealed(appeal.id, {name: getattr(appeal, name) for name in _OF_APPEAL}, cipher),
    )


def appeal_told(event: AppealStatedV1, cipher: FieldCipher) -> Appeal:
    """The appeal that an event states; raises ValueError for a code that this release does not know."""
    codes = {name: getattr(event, name) for name in _CODES}
    read: dict[str, Any] = {name: None if code is None else _CODES[name](code) for name, code in codes.items()}
    told: dict[str, Any] = {name: getattr(event, name) for name in _ALIKE}
    return Appeal(
        **told,
        **read,
        **_opened(event.appeal, event.officers_sealed, cipher),
        id=event.appeal,
        tenant=event.party,
        revision=event.of_revision,
        number=event.revision,
        # What was ordered is no evidence here: it is recorded once more.
        ordered=None,
    )


def board_case_told(event: AppealStatedV1, appeal: Appeal) -> BoardCase | None:
    """The case before the board that an appeal is, as it was put there; None of any other appeal."""
    if event.board_case is None or event.board is None or event.board_question is None:
        return None
    asked = (Board(event.board), BoardQuestion(event.board_question))
    return BoardCase(event.board_case, event.claim, event.party, *asked, appeal.filed_by, event.filed_at)


def complaint_stated(complaint: Complaint, cipher: FieldCipher) -> ComplaintStatedV1:
    """How a complaint stands."""
    return ComplaintStatedV1(
        party=complaint.tenant,
        revision=complaint.revision,
        complaint=complaint.id,
        by_officer=complaint.by_officer,
        kind=complaint.kind.value,
        claim=complaint.claim,
        document=complaint.document,
        filed_at=complaint.filed_at,
        state=complaint.state.value,
        found=None if complaint.found is None else complaint.found.value,
        ended_at=complaint.ended_at,
        officers_sealed=_sealed(complaint.id, {name: getattr(complaint, name) for name in _OF_COMPLAINT}, cipher),
    )


def complaint_told(event: ComplaintStatedV1, cipher: FieldCipher) -> Complaint:
    """The complaint that an event states; raises ValueError for a code that this release does not know."""
    return Complaint(
        **_opened(event.complaint, event.officers_sealed, cipher),
        id=event.complaint,
        tenant=event.party,
        by_officer=event.by_officer,
        kind=ComplaintKind(event.kind),
        claim=event.claim,
        document=event.document,
        filed_at=event.filed_at,
        state=ComplaintState(event.state),
        found=None if event.found is None else ComplaintFound(event.found),
        ended_at=event.ended_at,
    )


def clock_stated(clock: CharterClock, claim: Claim, officers_stops: Sequence[Stop]) -> CharterClockStatedV1:
    """How a clock of a claim stands, and when officers had stopped the tasks about it."""
    return CharterClockStatedV1(
        party=claim.tenant if claim.person is None else f"person:{claim.stated_of}",
        revision=clock.revision,
        claim=clock.claim,
        of=clock.name,
        number=clock.number,
        promise=clock.promise,
        days=clock.days,
        complete_at=clock.complete_at,
        due_at=clock.due_at,
        stops=tuple(
            ClockStopV1(stands_for=each.stands_for.value, stopped_at=each.stopped_at, resumed_at=each.resumed_at)
            for each in clock.stops
        ),
        officers_stops=tuple(
            OfficersStopV1(stopped_on=each.stopped_on, resumed_on=each.resumed_on) for each in officers_stops
        ),
        predicted_at=clock.predicted_at,
        missed_at=clock.missed_at,
        ended_at=clock.ended_at,
    )


def clock_told(event: CharterClockStatedV1) -> CharterClock:
    """The clock that an event states: the tasks that officers had stopped are lost, so their stops are the clock's."""
    own = (ClockStop(each.stopped_at, StandsFor(each.stands_for), each.resumed_at) for each in event.stops)
    return CharterClock(
        claim=event.claim,
        name=event.of,
        number=event.number,
        promise=event.promise,
        days=event.days,
        complete_at=event.complete_at,
        due_at=event.due_at,
        stops=tuple(sorted((*own, *map(_of_officers, event.officers_stops)), key=lambda each: each.stopped_at)),
        predicted_at=event.predicted_at,
        missed_at=event.missed_at,
        ended_at=event.ended_at,
        revision=event.revision,
    )


def clock_id(event: CharterClockStatedV1) -> UUID:
    """The clock, as it is kept."""
    return derived_id("charter_clock", event.claim, event.of, event.number)


def _of_officers(stop: OfficersStopV1) -> ClockStop:
    until = None if stop.resumed_on is None else start_of_day(stop.resumed_on)
    return ClockStop(start_of_day(stop.stopped_on), StandsFor.OFFICERS_STOP, until)


def _sealed(matter: UUID, officers: Mapping[str, str | None], cipher: FieldCipher) -> str:
    return base64.b64encode(cipher.seal(orjson.dumps(officers), _place(matter))).decode()


def _opened(matter: UUID, sealed: str, cipher: FieldCipher) -> dict[str, Any]:
    opened: dict[str, Any] = orjson.loads(cipher.open(base64.b64decode(sealed), _place(matter)))
    return opened


def _place(matter: UUID) -> str:
    return place("claims.matter", "officers", str(matter))
