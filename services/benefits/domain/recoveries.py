"""How what was paid beyond an entitlement comes back: repaid by a route, or set off as it was agreed (decision 46)."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.benefits.domain.entitled import EntitlementKey, Source
from shared.kernel.money import Sen

# What a payer writes. The database makes it of the entitlement, so that it stays the same after a restore.
_REFERENCE = re.compile(r"R[0-9A-F]{16}")
_BETWEEN = re.compile(r"[\s-]")


class Route(StrEnum):
    """By which way a repayment came: a line of the bank's statement, or at a counter, as an officer saw it.

    No officer enters a transfer: the bank states it, and it would count twice.
    """

    BANK_LINE = "bank_line"
    COUNTER = "counter"


class Word(StrEnum):
    """What is said of what one officer entered: another lets it count, or it was a mistake."""

    RELEASED = "released"
    WITHDRAWN = "withdrawn"


class RepaymentState(StrEnum):
    """What became of what came in."""

    TO_BE_RELEASED = "to_be_released"
    WITHDRAWN = "withdrawn"
    TO_BE_BOOKED = "to_be_booked"
    REPAID = "repaid"
    MORE_THAN_OPEN = "more_than_open"
    UNKNOWN_REFERENCE = "unknown_reference"
    COUNTER_TO_BE_RELEASED = "counter_to_be_released"
    COUNTERED = "countered"


class AgreementKind(StrEnum):
    """What is agreed about a recovery: how much is kept in a month, or that it is set off where the law does not."""

    INSTALMENTS = "instalments"
    ACROSS = "across"


@dataclass(frozen=True, slots=True)
class Recovery:
    """A recovery as it stands: whom it is about, the fund that bears it, and what is open.

    ``revision`` opened it, ``settled_revision`` is the one by which its entitlement stands.
    """

    id: UUID
    key: EntitlementKey
    owner: str
    source: Source
    person: int | None
    fund: str
    law: str
    revision: int
    open_sen: Sen
    settled_revision: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A recovery of which more has come to light: what a payer writes, how often so far, how much now and on which
    day."""

    recovery: Recovery
    reference: str
    number: int
    sen: Sen
    on: date


@dataclass(frozen=True, slots=True)
class Repayment:
    """Money that came in; ``recovery`` is None where no recovery has the reference that was written."""

    id: UUID
    recovery: UUID | None
    amount_sen: Sen
    received_on: date
    route: Route
    reference: str
    entered_by: str
    statement_line: UUID | None = None


@dataclass(frozen=True, slots=True)
class CounterEntry:
    """That money which is booked did not come in after all, by which document: it holds when it is released."""

    repayment: UUID
    evidence: str
    proposed_by: str
    proposed_at: datetime
    released_by: str | None
    released_at: datetime | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """What is agreed about a recovery from a day on, with the number of the document in which it is.

    ``monthly_sen`` is of instalments: the most that comes back in a calendar month. ``against_scheme`` and
    ``against_owner`` are of setting off across: what is owed there is set off too. ``ends``: an earlier one of the same
    kind holds no more.
    """

    id: UUID
    recovery: UUID
    kind: AgreementKind
    monthly_sen: Sen | None
    against_scheme: str | None
    against_owner: str | None
    ends: bool
    from_on: date
    evidence: str
    stated_by: str


def is_before(received_on: date, first_day: date | None) -> bool:
    """Whether it would have come back before anything of the entitlement was booked: nobody owed it back then."""
    return first_day is not None and received_on < first_day


def divided(amount_sen: Sen, open_sen: Sen) -> tuple[Sen, Sen]:
    """What of a repayment makes the recovery smaller, and what is more than was open."""
    on_debt = max(0, min(amount_sen, open_sen))
    return on_debt, amount_sen - on_debt


def reference_in(text: str) -> str | None:
    """The reference of a recovery in what a payer wrote, blanks and hyphens apart; None of none, or of two."""
    found = set(_REFERENCE.findall(_BETWEEN.sub("", text).upper()))
    return found.pop() if len(found) == 1 else None
