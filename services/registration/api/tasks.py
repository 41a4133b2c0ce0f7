"""What of registration people decide: what may be proposed in each queue, and the command that an approval runs."""

from typing import Literal

from pydantic import Field

from services.registration.api.dependencies import unit
from services.registration.commands.decide_refund import DecideRefund, decide_refund
from services.registration.domain import queues, subjects
from services.registration.queries.refunds import find_state_of_refund
from shared.kernel.money import Sen
from shared.tasks.queues import Approved, Choice, Proposal, Queues
from shared.tasks.router import task_router
from shared.web.money import StatedMoney, examples


class RefundDue(Proposal):
    """That what was declared too much for a month is refunded, as far as it was paid; nobody types what is due."""

    model_config = examples(
        {"kind": "refund_due", "paid": {"amount": "12345.60", "currency": "MYR"}}, {"kind": "refund_due"}
    )

    kind: Literal["refund_due"]
    paid: StatedMoney | None = Field(
        default=None,
        description="What the employer paid for the whole month, to all funds, as the receipts show. Needed where "
        "it is not known what was banked; otherwise the lower of both counts.",
    )

    def command(self, approved: Approved) -> DecideRefund:
        """As a command, on the word of both officers."""
        return _decided(approved, None if self.paid is None else self.paid.sen)


class RefundNotPaid(Proposal):
    """That nothing of it was paid: what stands as refunded is withdrawn."""

    model_config = examples({"kind": "refund_not_paid"})

    kind: Literal["refund_not_paid"]

    def command(self, approved: Approved) -> DecideRefund:
        """As a command, on the word of both officers."""
        return _decided(approved, 0)


def _decided(approved: Approved, paid_sen: Sen | None) -> DecideRefund:
    employer, month = subjects.month_of_refund(approved.subject)
    return DecideRefund(employer, month, paid_sen, approved.proposed_by, approved.approved_by)


QUEUES = Queues(
    "registration",
    queues.ALL,
    [
        Choice(queues.REFUND, RefundDue, DecideRefund, decide_refund),
        Choice(queues.REFUND, RefundNotPaid, DecideRefund, decide_refund),
    ],
    {"refund": find_state_of_refund},
)
router = task_router(QUEUES, unit)
