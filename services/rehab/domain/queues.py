"""What of rehab waits for a person: the queue, its reasons, and what a person looks at."""

from dataclasses import dataclass

from services.rehab.domain.bill import Bill
from shared.kernel.clock import today
from shared.kernel.queues import Queue

# The client charter promises nothing for bills. Assumed: the longest time that it promises outside benefits.
BILL = Queue("bill", subject="bill", scope="rehab:bill:decide", charter="complaint")
ALL = (BILL,)

# Why a bill waits: it is new, it was corrected, or an officer asks for another look at what was decided.
SENT, CORRECTED, TO_BE_REVIEWED = "bill_sent", "bill_corrected", "bill_to_be_reviewed"


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known beside a bill: referrals of the person, other bills of the provider for the person and day, and
    whether the claim that it names is the person's, as far as that has arrived."""

    referrals: int
    bills_of_day: int
    claim: str


def facts_of_bill(bill: Bill, beside: Beside) -> dict[str, str | int]:
    """What of a bill two officers look at."""
    said = bill.newest
    rate = said.rate_sen(today())
    return {
        **({} if rate is None else {"rate_sen": rate}),
        "provider": bill.provider,
        "person": bill.person,
        "treatment": said.treatment.value,
        "treated_on": said.treated_on.isoformat(),
        "amount_sen": said.amount_sen,
        "owed_sen": bill.owed_sen,
        "statements": len(bill.statements),
        "referrals": beside.referrals,
        "bills_of_day": beside.bills_of_day,
        "claim": beside.claim,
    }
