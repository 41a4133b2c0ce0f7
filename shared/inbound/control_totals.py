"""What partners pushed: each event is answered, or waits to be worked off or for what it needs."""

from shared.persistence.control_totals import ControlTotal, HeldBy, Holder, by_work

# One command works off what a request of a sender brought, and nothing of it names the event.
_IS_BEING_WORKED_OFF = """
    (state = 'received' AND EXISTS (
        SELECT FROM due_work WHERE kind = 'handle_inbound' AND failed IS NULL
        AND payload LIKE '%"tenant":"' || held.tenant || '"}'))
"""
INBOUND_EVENT = ControlTotal(
    kind="inbound_event",
    table="inbound_event",
    ended="state IN ('accepted', 'warned', 'refused')",
    since="received_at",
    held_by=(HeldBy(Holder.RULE, _IS_BEING_WORKED_OFF), *by_work("resume_inbound", event="held.event")),
)
