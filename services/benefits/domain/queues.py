"""What of benefits waits for two officers: the queues."""

from services.benefits.domain.statements import StatementKind
from shared.kernel.queues import Queue

# The client charter promises nothing for these. Assumed: the longest time that it promises outside benefits.
_PROMISE = "complaint"

SUSPENSION = Queue("suspension", subject="party_statement", scope="benefits:suspension:decide", charter=_PROMISE)
CERTIFICATE = Queue("certificate", subject="party_statement", scope="benefits:certificate:decide", charter=_PROMISE)
STUDENT = Queue("student", subject="party_statement", scope="benefits:certificate:decide", charter=_PROMISE)
ACTING_PARTY = Queue("acting_party", subject="party_statement", scope="benefits:acting_party:decide", charter=_PROMISE)
INCREASE_ORDER = Queue("increase_order", subject="increase_order", scope="benefits:increase:decide", charter=_PROMISE)
PAYEE_DEATH = Queue("payee_death", subject="payee_death", scope="benefits:payee_death:decide", charter=_PROMISE)
ALL = (SUSPENSION, CERTIFICATE, STUDENT, ACTING_PARTY, INCREASE_ORDER, PAYEE_DEATH)

OF_KIND = {
    StatementKind.SUSPENSION: SUSPENSION,
    StatementKind.CERTIFICATE: CERTIFICATE,
    StatementKind.STUDENT: STUDENT,
    StatementKind.ACTING: ACTING_PARTY,
}

# Why they wait.
STATED, WITHDRAWN, UNPAID_AT_DEATH = "stated", "to_be_withdrawn", "unpaid_at_death"
