"""What claims took on: notices and their questions, what is asked of parties, boards and officers, and letters."""

from services.claims.domain import lifecycles as life
from services.claims.domain import queues as q
from shared.inbound.control_totals import INBOUND_EVENT
from shared.persistence.control_totals import ControlTotal, HeldBy, Holder, by_task, by_work, over

_QUESTIONS_WAIT = "EXISTS (SELECT FROM question WHERE claim = held.id AND state IN ('awaiting', 'officer'))"
_ASKED_OF_A_PARTY = (
    "EXISTS (SELECT FROM evidence_request AS asked WHERE asked.claim = held.claim AND asked.state IN ('open', 'late'))"
)
_BEFORE_A_BOARD = (
    "EXISTS (SELECT FROM board_case AS put WHERE put.claim = held.claim AND put.state NOT IN ('decided', 'ended'))"
)
_CASE_IS_OPEN = "EXISTS (SELECT FROM board_case WHERE id = held.board_case AND state NOT IN ('decided', 'ended'))"
_SESSION_IS_PLANNED = "EXISTS (SELECT FROM board_session WHERE id = held.session AND state = 'planned')"

CLAIM = ControlTotal(
    kind="claim",
    table="claim",
    ended="state IN ('no_relation', 'decided', 'refused', 'closed', 'joined')",
    since="stands_since",
    held_by=(
        by_task("'claim/' || held.id", q.IDENTITY.name, *(each.name for each in q.OF_CLAIMS)),
        HeldBy(Holder.PARENT, _QUESTIONS_WAIT),
        *by_work("assess_claim", claim="held.id"),
    ),
)
QUESTION = ControlTotal(
    kind="question",
    table="question",
    ended="state IN ('entitled', 'found', 'refused')",
    since="since",
    held_by=(
        by_task("'question/' || held.claim || '/' || held.question", *(each.name for each in q.OF_QUESTIONS)),
        by_task("'claim/' || held.claim", *(each.name for each in q.OF_CLAIMS)),
        HeldBy(Holder.PARENT, f"({_ASKED_OF_A_PARTY} OR {_BEFORE_A_BOARD})"),
        *by_work("assess_claim", claim="held.claim"),
    ),
)
EVIDENCE_REQUEST = ControlTotal(
    kind="evidence_request",
    table="evidence_request",
    ended="state IN ('answered', 'waived')",
    since="asked_at",
    held_by=(
        by_task("'evidence_request/' || held.id", q.EVIDENCE_REQUEST.name),
        *by_work("follow_evidence_request", request="held.id"),
    ),
)
BOARD_CASE = ControlTotal(
    kind="board_case",
    table="board_case",
    ended=over(life.BOARD_CASE),
    since="put_at",
    held_by=(
        by_task("'board_case/' || held.id", q.BOARD_CASE.name),
        HeldBy(Holder.PARENT, f"(state IN ('invited', 'heard') AND {_SESSION_IS_PLANNED})"),
        *by_work("follow_board_case", case="held.id"),
    ),
)
BOARD_SESSION = ControlTotal(
    kind="board_session",
    table="board_session",
    ended=over(life.BOARD_SESSION),
    since="planned_at",
    held_by=(
        by_task("'board_session/' || held.id", q.BOARD_SESSION.name),
        *by_work("follow_board_session", session="held.id"),
    ),
)
INVESTIGATION = ControlTotal(
    kind="investigation",
    table="investigation",
    ended="EXISTS (SELECT FROM investigation_end WHERE investigation = held.id)",
    since="opened_at",
    held_by=(by_task("'investigation/' || held.id", q.INVESTIGATION.name),),
)
INCONSISTENCY = ControlTotal(
    kind="inconsistency",
    table="inconsistency",
    ended="EXISTS (SELECT FROM inconsistency_end WHERE inconsistency = held.id)",
    since="opened_at",
    held_by=(
        by_task("'inconsistency/' || held.id", q.INCONSISTENCY.name),
        *by_work("compare_particulars", claim="held.claim"),
    ),
)
# A letter that reached nobody is a person's to look at, whatever became of each message, until a newer one takes its
# place. Whoever is not written to reads its letters over REST.
_FOLLOWED = """
    EXISTS (SELECT FROM message JOIN due_work ON kind = 'follow_message' AND payload = ANY (ARRAY[
                '{"by_officers":false,"message":"' || message.id || '"}',
                '{"by_officers":true,"message":"' || message.id || '"}'])
            WHERE letter = held.id AND failed IS NULL)
"""
LETTER = ControlTotal(
    kind="letter",
    table="letter",
    ended="""
        (tenant NOT LIKE 'person:%'
         OR EXISTS (SELECT FROM message WHERE letter = held.id AND state IN ('delivered', 'superseded'))
         OR EXISTS (SELECT FROM letter AS newer WHERE newer.about = held.about AND newer.tenant = held.tenant
                    AND (newer.revision, newer.is_whole) > (held.revision, held.is_whole)))
    """,
    since="written_at",
    held_by=(
        HeldBy(Holder.RULE, "EXISTS (SELECT FROM message WHERE letter = held.id AND next_at IS NOT NULL)"),
        by_task("'letter/' || held.id", q.UNDELIVERED.name),
        HeldBy(Holder.RULE, _FOLLOWED),
    ),
)
COMPLAINT = ControlTotal(
    kind="complaint",
    table="complaint",
    ended=over(life.COMPLAINT),
    since="filed_at",
    held_by=(
        by_task("'complaint/' || held.id", q.COMPLAINT.name),
        *by_work("follow_complaint", complaint="held.id"),
    ),
)
# What is before a board is held as the case is.
APPEAL = ControlTotal(
    kind="appeal",
    table="appeal",
    ended="ended_at IS NOT NULL",
    since="changed_at",
    held_by=(
        by_task("'appeal/' || held.id", q.APPEAL.name),
        HeldBy(Holder.PARENT, f"(state = 'before_board' AND {_CASE_IS_OPEN})"),
        *by_work("follow_appeal", appeal="held.id"),
    ),
)
# A clock that stands waits for what its question waits for, and one that was missed for the decision.
CHARTER_CLOCK = ControlTotal(
    kind="charter_clock",
    table="charter_clock",
    ended="ended_at IS NOT NULL",
    since="complete_at",
    held_by=(
        *by_work("follow_charter", claim="held.claim"),
        HeldBy(Holder.PARENT, "state IN ('standing', 'missed')"),
    ),
)
REFERRAL_OFFER = ControlTotal(
    kind="referral_offer",
    table="referral_offer",
    ended="state <> 'offered'",
    since="offered_at",
    # The person answers, or does not: nothing is done without its word.
    held_by=(HeldBy(Holder.OUTSIDE, "state = 'offered'"),),
)
FIGURE_ENTRY = ControlTotal(
    kind="figure_entry",
    table="figure_entry",
    ended="EXISTS (SELECT FROM figure_entry_answer WHERE figure_entry = held.id)",
    since="stated_at",
    held_by=(by_task("'figure_entry/' || held.id", q.FIGURES.name),),
)
MEDICAL_AUTHORISATION = ControlTotal(
    kind="medical_authorisation",
    table="medical_authorisation",
    ended="state IN ('authorised', 'refused', 'ended')",
    since="asked_at",
    held_by=(
        by_task("'medical_authorisation/' || held.id", q.MEDICAL_AUTHORISATION.name),
        *by_work("follow_medical_authorisation", authorisation="held.id"),
    ),
)
_SETTLING = """
    SELECT FROM due_work WHERE kind = 'settle_bills_of_person'
    AND payload = '{"person":' || (numbers_of(held.person))[1] || '}'
"""
MEDICAL_BILL = ControlTotal(
    kind="medical_bill",
    table="medical_bill",
    ended="state IN ('settled', 'refused', 'withdrawn')",
    since="sent_at",
    held_by=(
        by_task("'medical_bill/' || held.id", q.MEDICAL_BILL.name),
        *by_work("settle_medical_bill", bill="held.id"),
        HeldBy(Holder.RULE, f"EXISTS ({_SETTLING} AND failed IS NULL AND due_at < 'infinity')"),
        HeldBy(Holder.OPERATOR, f"EXISTS ({_SETTLING} AND failed IS NOT NULL)"),
        HeldBy(Holder.FACT, f"EXISTS ({_SETTLING} AND cardinality(waits_for) > 0)"),
    ),
)
CONTROL_TOTALS = (
    *(CLAIM, QUESTION, EVIDENCE_REQUEST, BOARD_CASE, BOARD_SESSION),
    *(INVESTIGATION, INCONSISTENCY, LETTER, INBOUND_EVENT),
    *(COMPLAINT, APPEAL, CHARTER_CLOCK, REFERRAL_OFFER, FIGURE_ENTRY),
    *(MEDICAL_AUTHORISATION, MEDICAL_BILL),
)
