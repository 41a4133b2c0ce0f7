"""Why something that is owed waits, as an officer and the person are told it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class WaitingReason(StrEnum):
    """The stable reasons."""

    DAY_OWED_BY_ANOTHER_CLAIM = "day_owed_by_another_claim"
    ACCOUNT_MISSING = "account_missing"
    ACCOUNT_RETURNED = "account_returned"
    ACCOUNT_HELD = "account_held"
    HOLDER_ENDED = "holder_ended"
    FILE_RETURNED = "file_returned"
    AMOUNT_OUT_OF_BOUNDS = "amount_out_of_bounds"
    MERGE_PROPOSED = "merge_proposed"
    """Officers of registration look whether the party's number and another are one person's, in `person_merge`."""
    SUSPENDED = "suspended"
    """Two officers suspended the benefit (Act 4 s.49): its months are not owed."""
    CERTIFICATE_MISSING = "certificate_missing"
    """A certificate that was asked for has not come (Regulation 117): its months are paid when it does."""
    PAYEE_DIED = "payee_died"
    """The payee has died: somebody is to show a right to what is unpaid."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: the days that do, or none where the whole payment does."""

    reason: WaitingReason
    first: date | None = None
    last: date | None = None
    # When it ends by itself, where it does.
    until: datetime | None = None

    def stated(self) -> dict[str, str | None]:
        """As it is stored."""
        first, last = (None if day is None else day.isoformat() for day in (self.first, self.last))
        until = None if self.until is None else self.until.isoformat()
        return {"reason": self.reason, "first": first, "last": last, "until": until}
