"""What jobs took on: who seeks work, and placements that wait for their proof."""

from shared.persistence.control_totals import ControlTotal, HeldBy, Holder, by_work

SEEKER = ControlTotal(
    kind="seeker",
    table="seeker",
    ended="state = 'placed'",
    since="opened_at",
    # Whoever helps the person to find work: no rule has a day yet.
    held_by=(HeldBy(Holder.UNTIMED, "state = 'open'"),),
)
PLACEMENT = ControlTotal(
    kind="placement",
    table="placement",
    ended="state IN ('confirmed', 'unproved')",
    since="accepted_at",
    held_by=by_work("confirm_placement", placement="held.id"),
)
CONTROL_TOTALS = (SEEKER, PLACEMENT)
