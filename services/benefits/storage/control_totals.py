"""What benefits took on: entitlements that wait, payments and their files, what officers state, and repayments."""

from services.benefits.domain import queues as q
from services.benefits.domain.lifecycles import BANK_FILE as BANK_FILE_LIFE
from shared.persistence.control_totals import ControlTotal, HeldBy, Holder, by_task, by_work, over

_FILE_IS_OUT = "EXISTS (SELECT FROM bank_file WHERE id = held.bank_file AND state <> 'answered')"
_OF_STATEMENTS = (q.SUSPENSION.name, q.CERTIFICATE.name, q.STUDENT.name, q.ACTING_PARTY.name)
_SETTLED = {"claim": "held.claim", "scheme": "held.scheme", "benefit": "held.benefit", "party": "held.party"}

ENTITLEMENT = ControlTotal(
    kind="entitlement",
    table="settlement",
    ended="waiting = '[]'",
    since="CAST(settled_on AS timestamptz)",
    held_by=(
        by_task("'payee_death/' || held.party", q.PAYEE_DEATH.name),
        *by_work("settle_entitlement", **_SETTLED),
    ),
)
PAYMENT = ControlTotal(
    kind="payment",
    table="payment",
    # What came back is owed again by another payment, or waits as an entitlement.
    ended="state IN ('settled', 'returned', 'voided')",
    since="created_at",
    held_by=(
        HeldBy(
            Holder.RULE,
            "(state = 'unsent' AND EXISTS (SELECT FROM due_work WHERE kind = 'freeze_bank_file' AND failed IS NULL))",
        ),
        HeldBy(Holder.PARENT, f"(state = 'sent' AND {_FILE_IS_OUT})"),
        *by_work("check_bank_file", bank_file="held.bank_file"),
    ),
)
BANK_FILE = ControlTotal(
    kind="bank_file",
    table="bank_file",
    ended=over(BANK_FILE_LIFE),
    since="created_at",
    held_by=(
        *by_work("check_bank_file", bank_file="held.id"),
        # The bank was silent for too long, or said what is not known: an officer asks it (`OfficersAwaited`,
        # `BankStatusHeld`).
        HeldBy(Holder.UNTIMED, "reason IS NOT NULL"),
    ),
)
STATEMENT = ControlTotal(
    kind="party_statement",
    table="party_statement",
    ended="EXISTS (SELECT FROM party_statement_answer WHERE statement = held.id)",
    since="stated_at",
    held_by=(
        by_task("'party_statement/' || held.id", *_OF_STATEMENTS),
        *by_work("ask_of_statement", statement="held.id"),
    ),
)
INCREASE_ORDER = ControlTotal(
    kind="increase_order",
    table="increase_order",
    ended="EXISTS (SELECT FROM increase_order_answer WHERE increase_order = held.id)",
    since="stated_at",
    held_by=(by_task("'increase_order/' || held.id", q.INCREASE_ORDER.name),),
)
CONTROL_TOTALS = (ENTITLEMENT, PAYMENT, BANK_FILE, STATEMENT, INCREASE_ORDER)
