"""What of rehab people decide: what may be proposed in each queue, and the command that an approval runs."""

from typing import Literal

from pydantic import Field

from services.rehab.api.dependencies import unit
from services.rehab.api.fields import Schedule
from services.rehab.commands.decide_bill import DecideBill, decide_bill
from services.rehab.domain import queues, subjects
from services.rehab.domain.bill import BillOutcome, BillRefusedFor, Finding
from services.rehab.queries.tasks import find_state_of_bill
from shared.tasks.queues import Approved, Choice, Proposal, Queues
from shared.tasks.router import task_router
from shared.web.money import StatedMoney, examples


class BillApproved(Proposal):
    """That a bill is owed, up to the most that a schedule allows for it: nobody has entered any schedule before."""

    model_config = examples(
        {
            "kind": "bill_approved",
            "cap": {"amount": "170.00", "currency": "MYR"},
            "schedule": "Set rates of 2026, physiotherapy, a session",
        }
    )

    kind: Literal["bill_approved"]
    cap: StatedMoney = Field(description="The most that is owed for the whole bill, above zero.")
    schedule: Schedule

    def command(self, approved: Approved) -> DecideBill:
        """As a command, on the word of both officers."""
        finding = Finding(BillOutcome.APPROVED, *approved.officers.both, self.cap.sen, self.schedule)
        return DecideBill(subjects.bill_of(approved.subject), finding)


class BillRefused(Proposal):
    """That nothing of a bill is owed; of one that was approved before: any more."""

    model_config = examples({"kind": "bill_refused", "reason": "not_treated"})

    kind: Literal["bill_refused"]
    reason: BillRefusedFor

    def command(self, approved: Approved) -> DecideBill:
        """As a command, on the word of both officers."""
        finding = Finding(BillOutcome.REFUSED, *approved.officers.both, reason=self.reason.value)
        return DecideBill(subjects.bill_of(approved.subject), finding)


QUEUES = Queues(
    "rehab",
    queues.ALL,
    [
        Choice(queues.BILL, BillApproved, DecideBill, decide_bill),
        Choice(queues.BILL, BillRefused, DecideBill, decide_bill),
    ],
    {"bill": find_state_of_bill},
)
router = task_router(QUEUES, unit)
