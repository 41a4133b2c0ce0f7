"""Which state of what claims keeps may follow which: the one table, by the names of its tables (decision 103).

docs/claims.md draws it, and tests hold the drawing to it. A restore keeps again what it had, in whatever state that was
published: these are the transitions of a database that lost nothing.
"""

from collections.abc import Mapping

from services.claims.domain.answers import QuestionState
from services.claims.domain.appeal import AppealState
from services.claims.domain.boards import BoardCaseState, BoardSessionState
from services.claims.domain.charter_clocks import ClockState
from services.claims.domain.claim import ClaimState
from services.claims.domain.complaint import ComplaintState
from services.claims.domain.document import DocumentState
from services.claims.domain.evidence_request import RequestState
from services.claims.domain.medical_authorisation import AuthorisationState
from services.claims.domain.medical_bill import BillState
from services.claims.domain.referral import OfferState
from shared.kernel.lifecycle import Lifecycle

# As it is assessed again the answers to its questions come to any of these, from any of these.
_ASSESSED = frozenset((ClaimState.ASSESSING, ClaimState.DECIDED, ClaimState.REFUSED, ClaimState.NEEDS_OFFICER))
# Before its sender's relation to the person is known. Of these an officer looks at some, in `needs_officer`.
_OF_NOTICE = frozenset((ClaimState.AWAITING_IDENTITY, ClaimState.NO_RELATION, ClaimState.NEEDS_OFFICER))

CLAIM = Lifecycle.of(
    {ClaimState.AWAITING_IDENTITY},
    {
        ClaimState.AWAITING_IDENTITY: _OF_NOTICE - {ClaimState.AWAITING_IDENTITY}
        | {ClaimState.ASSESSING, ClaimState.JOINED},
        ClaimState.NO_RELATION: _OF_NOTICE - {ClaimState.NO_RELATION} | {ClaimState.ASSESSING, ClaimState.JOINED},
        ClaimState.ASSESSING: _ASSESSED - {ClaimState.ASSESSING} | {ClaimState.JOINED},
        ClaimState.DECIDED: _ASSESSED - {ClaimState.DECIDED} | {ClaimState.JOINED},
        ClaimState.REFUSED: _ASSESSED - {ClaimState.REFUSED} | {ClaimState.JOINED},
        # Of a notice, or of what is assessed: two officers end the one and close the other.
        ClaimState.NEEDS_OFFICER: (_OF_NOTICE | _ASSESSED | {ClaimState.CLOSED, ClaimState.JOINED})
        - {ClaimState.NEEDS_OFFICER},
        # Another notice of the event came: what was lost is assessed, what was decided outside is looked at again.
        ClaimState.CLOSED: _ASSESSED | {ClaimState.JOINED},
        # It left the claim that it had joined, and is assessed by itself.
        ClaimState.JOINED: {ClaimState.ASSESSING},
    },
)
# What is asked no more is deleted. What owes is never `found`, and what is found owes nothing.
QUESTION = Lifecycle.of(
    QuestionState,
    {
        QuestionState.ENTITLED: {QuestionState.REFUSED, QuestionState.AWAITING, QuestionState.OFFICER},
        QuestionState.FOUND: {QuestionState.REFUSED, QuestionState.AWAITING, QuestionState.OFFICER},
        QuestionState.REFUSED: frozenset(QuestionState) - {QuestionState.REFUSED},
        QuestionState.AWAITING: frozenset(QuestionState) - {QuestionState.AWAITING},
        QuestionState.OFFICER: frozenset(QuestionState) - {QuestionState.OFFICER},
    },
)
BOARD_CASE = Lifecycle.of(
    {BoardCaseState.WAITING},
    {
        BoardCaseState.WAITING: {BoardCaseState.INVITED, BoardCaseState.ENDED},
        BoardCaseState.INVITED: {BoardCaseState.HEARD, BoardCaseState.ABSENT, BoardCaseState.WAITING},
        BoardCaseState.HEARD: {BoardCaseState.INVITED, BoardCaseState.WAITING, BoardCaseState.DECIDED},
        BoardCaseState.ABSENT: {BoardCaseState.WAITING, BoardCaseState.ENDED},
        BoardCaseState.DECIDED: (),
        BoardCaseState.ENDED: (),
    },
)
BOARD_SESSION = Lifecycle.of(
    {BoardSessionState.PLANNED},
    {
        BoardSessionState.PLANNED: {BoardSessionState.CLOSED, BoardSessionState.CALLED_OFF},
        BoardSessionState.CLOSED: (),
        BoardSessionState.CALLED_OFF: (),
    },
)
EVIDENCE_REQUEST = Lifecycle.of(
    {RequestState.OPEN},
    {
        RequestState.OPEN: {RequestState.ANSWERED, RequestState.LATE, RequestState.WAIVED},
        RequestState.LATE: {RequestState.OPEN, RequestState.ANSWERED, RequestState.WAIVED},
        # What answered it was taken back.
        RequestState.ANSWERED: {RequestState.OPEN},
        RequestState.WAIVED: {RequestState.ANSWERED},
    },
)
DOCUMENT = Lifecycle.of(
    {DocumentState.KEPT},
    {
        DocumentState.KEPT: {DocumentState.WITHDRAWN, DocumentState.SUPERSEDED},
        DocumentState.WITHDRAWN: (),
        DocumentState.SUPERSEDED: (),
    },
)
CHARTER_CLOCK = Lifecycle.of(
    ClockState,
    {
        ClockState.RUNNING: {ClockState.STANDING, ClockState.PREDICTED, ClockState.MISSED},
        ClockState.PREDICTED: {ClockState.STANDING, ClockState.MISSED},
        ClockState.STANDING: {ClockState.RUNNING, ClockState.PREDICTED, ClockState.MISSED},
        # What was decided late stays so.
        ClockState.MISSED: (),
    },
)
COMPLAINT = Lifecycle.of(
    {ComplaintState.OPEN},
    {
        ComplaintState.OPEN: {ComplaintState.ANSWERED, ComplaintState.WITHDRAWN},
        ComplaintState.ANSWERED: (),
        ComplaintState.WITHDRAWN: (),
    },
)
REFERRAL_OFFER = Lifecycle.of(
    {OfferState.OFFERED},
    {
        OfferState.OFFERED: {OfferState.ACCEPTED, OfferState.DECLINED, OfferState.LAPSED},
        OfferState.DECLINED: {OfferState.ACCEPTED, OfferState.LAPSED},
        OfferState.ACCEPTED: {OfferState.WITHDRAWN},
        OfferState.WITHDRAWN: {OfferState.ACCEPTED, OfferState.DECLINED, OfferState.LAPSED},
        OfferState.LAPSED: {OfferState.OFFERED},
    },
)
_DECIDED_BY_FORUM = frozenset((AppealState.DECIDED, AppealState.WITHDRAWN))
APPEAL = Lifecycle.of(
    {AppealState.FILED, AppealState.LATE, AppealState.BEFORE_BOARD},
    {
        AppealState.LATE: {AppealState.FILED, AppealState.NOT_ADMITTED, AppealState.WITHDRAWN},
        AppealState.FILED: {AppealState.ANSWERED, AppealState.HEARD, *_DECIDED_BY_FORUM},
        AppealState.ANSWERED: {AppealState.HEARD, *_DECIDED_BY_FORUM},
        AppealState.HEARD: _DECIDED_BY_FORUM,
        # The case before the board decides it.
        AppealState.BEFORE_BOARD: {AppealState.DECIDED},
        AppealState.DECIDED: (),
        # It is filed again, as another one.
        AppealState.NOT_ADMITTED: (),
        AppealState.WITHDRAWN: (),
    },
)
# Whoever bears it is told at once, and as the claim finds it again and again. A death before the admission holds it as
# if nobody were known; what has ended its hospital asks again, and a notice of the accident that comes after all opens.
_OF_KNOWN_PATIENT = frozenset(
    (AuthorisationState.PROVISIONAL, AuthorisationState.AUTHORISED, AuthorisationState.REFUSED)
)
MEDICAL_AUTHORISATION = Lifecycle.of(
    frozenset(AuthorisationState) - {AuthorisationState.ENDED},
    {
        AuthorisationState.AWAITING_PATIENT: _OF_KNOWN_PATIENT | {AuthorisationState.ENDED},
        AuthorisationState.PROVISIONAL: frozenset(AuthorisationState) - {AuthorisationState.PROVISIONAL},
        **{
            state: (_OF_KNOWN_PATIENT | {AuthorisationState.AWAITING_PATIENT}) - {state}
            for state in (AuthorisationState.AUTHORISED, AuthorisationState.REFUSED)
        },
        AuthorisationState.ENDED: _OF_KNOWN_PATIENT | {AuthorisationState.AWAITING_PATIENT},
    },
)
# A bill is settled again as its claim turns, or its provider corrects it; what is taken back stays so.
_OF_SENT_BILL = frozenset(BillState) - {BillState.WITHDRAWN}
MEDICAL_BILL = Lifecycle.of(
    _OF_SENT_BILL,
    {
        **{state: frozenset(BillState) - {state} for state in _OF_SENT_BILL},
        BillState.WITHDRAWN: (),
    },
)
LIFECYCLES: Mapping[str, Lifecycle] = {
    "claim": CLAIM,
    "question": QUESTION,
    "board_case": BOARD_CASE,
    "board_session": BOARD_SESSION,
    "evidence_request": EVIDENCE_REQUEST,
    "document": DOCUMENT,
    "charter_clock": CHARTER_CLOCK,
    "complaint": COMPLAINT,
    "appeal": APPEAL,
    "medical_authorisation": MEDICAL_AUTHORISATION,
    "medical_bill": MEDICAL_BILL,
    "referral_offer": REFERRAL_OFFER,
}
