"""What rehab took on: referrals and providers' bills."""

from services.rehab.domain.queues import BILL
from shared.persistence.control_totals import ControlTotal, HeldBy, Holder, by_task, by_work

REFERRAL = ControlTotal(
    kind="referral",
    table="referral",
    ended="state IN ('discharged', 'not_covered')",
    since="opened_at",
    # Whoever takes it, or its case manager: no rule has a day yet by which somebody is admitted or discharged.
    held_by=(HeldBy(Holder.UNTIMED, "state IN ('expected', 'taken', 'admitted')"),),
)
_NEWEST_IS_DECIDED = """
    EXISTS (SELECT FROM bill_decision AS decided WHERE decided.bill = held.id AND decided.of_statement = (
        SELECT max(revision) FROM bill_statement AS said WHERE said.bill = held.id))
"""
BILLS = ControlTotal(
    kind="bill",
    table="bill",
    ended=_NEWEST_IS_DECIDED,
    since="sent_at",
    held_by=(by_task("'bill/' || held.id", BILL.name), *by_work("ask_about_bill", bill="held.id")),
)
CONTROL_TOTALS = (REFERRAL, BILLS)
