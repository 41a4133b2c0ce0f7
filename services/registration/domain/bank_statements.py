"""What a bank says of the organisation's account: a statement or a notification, and what of it is whose."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from uuid import UUID

from services.registration.domain.receipts import Receipt
from shared.kernel.identifiers import derived_id
from shared.kernel.money import Sen
from shared.kernel.payment_reference import CompoundReference, references_in
from shared.kernel.periods import Month

# Why a task is closed: the money is told in detail from now on.
TOLD_IN_DETAIL = "told_in_detail"


class BankStatementKind(StrEnum):
    """The message: a statement with balances, or a notification of entries."""

    STATEMENT = "camt.053"
    NOTIFICATION = "camt.054"


class BankStatementState(StrEnum):
    """Where a statement stands; an officer's waits for another officer, and one whose sums do not fit counts for
    nothing."""

    TO_BE_RELEASED = "to_be_released"
    RECEIVED = "received"
    TAKEN = "taken"
    HELD = "held"


class HeldFor(StrEnum):
    """What of a statement does not fit."""

    BALANCE_MISSING = "balance_missing"
    BALANCES_DIFFER = "balances_differ"
    SUMMARY_DIFFERS = "summary_differs"
    DETAILS_DIFFER = "details_differ"
    AMOUNT_MALFORMED = "amount_malformed"
    DAY_MISSING = "day_missing"
    REFERENCE_MISSING = "reference_missing"
    STATUS_UNKNOWN = "status_unknown"
    INDICATOR_UNKNOWN = "indicator_unknown"
    ELEMENT_MALFORMED = "element_malformed"


class CreditState(StrEnum):
    """Where money on the account stands."""

    UNMATCHED = "unmatched"
    MATCHED = "matched"
    REVERSED = "reversed"
    REVERSES = "reverses"
    IN_DETAIL = "in_detail"
    SET_ASIDE = "set_aside"


class UnmatchedFor(StrEnum):
    """Why money is no employer's yet."""

    NO_REFERENCE = "no_reference"
    SEVERAL_REFERENCES = "several_references"
    EMPLOYER_UNKNOWN = "employer_unknown"
    VALUE_DAY_AHEAD = "value_day_ahead"
    REVERSAL_UNKNOWN = "reversal_unknown"
    REFERENCE_REPEATED = "reference_repeated"
    COMPOUND_NOT_OPEN = "compound_not_open"
    COMPOUND_PAID = "compound_paid"


@dataclass(frozen=True, slots=True)
class Credit:
    """Money that came, or of a reversal went back: of an entry, or of one detail of it, by the bank's own references.

    `references` are all by which the bank or the payer names it, `of_bank` the bank's own; `texts` is what the payer
    wrote; `place` is that of the entry among those of its statement.
    """

    entry: str
    detail: str | None
    amount_sen: Sen
    banked_on: date
    is_reversal: bool = False
    references: tuple[str, ...] = ()
    texts: tuple[str, ...] = field(default=(), repr=False)
    of_bank: tuple[str, ...] = ()
    place: int = 0


@dataclass(frozen=True, slots=True)
class BankStatement:
    """One statement of a message, or one notification; `position` is its place in the message."""

    kind: BankStatementKind
    position: int
    identification: str
    account: str = field(repr=False)
    created_at: datetime
    entries: int
    credits: tuple[Credit, ...] = ()
    held_for: HeldFor | None = None

    @property
    def credits_sen(self) -> Sen:
        """What came, less what went back of it."""
        return sum(-each.amount_sen if each.is_reversal else each.amount_sen for each in self.credits)


@dataclass(frozen=True, slots=True)
class KeptStatement:
    """A statement as it stands, and what became of its credits once it is taken."""

    id: UUID
    tenant: str
    kind: BankStatementKind
    position: int
    identification: str
    created_at: datetime
    received_at: datetime
    state: BankStatementState
    held_for: HeldFor | None
    entries: int
    credits: int
    credits_sen: Sen
    officer: str | None = None
    repeated: int = 0
    matched: int = 0
    unmatched: int = 0


@dataclass(frozen=True, slots=True)
class KeptCredit:
    """Money on the account as it stands; `employer` and `month`, or `compound`, once it is matched."""

    id: UUID
    tenant: str
    credit: Credit
    revision: int
    state: CreditState
    unmatched_for: UnmatchedFor | None = None
    employer: int | None = None
    month: Month | None = None
    compound: UUID | None = None

    @property
    def receipt_id(self) -> UUID:
        """The id of its receipt, once there is one: the same whoever matches it."""
        return derived_id("contribution receipt", self.tenant, self.reference)

    @property
    def reference(self) -> str:
        """The reference of its receipt."""
        return f"bank credit {self.id}"

    def receipt(self, employer: int, month: Month, at: datetime) -> Receipt:
        """The receipt that it is, once it is known whose."""
        number = month.year * 100 + month.month
        amount_sen, banked_on = self.credit.amount_sen, self.credit.banked_on
        return Receipt(self.tenant, employer, number, amount_sen, banked_on, self.reference, at)

    def is_of(self, receipt: "StandingReceipt") -> bool:
        """Whether a receipt that stands under its id is this money."""
        return (self.credit.amount_sen, self.credit.banked_on) == (receipt.amount_sen, receipt.banked_on)

    def matched(self, employer: int, month: Month) -> "KeptCredit":
        """The same, known to be an employer's for a month."""
        return replace(
            self,
            revision=self.revision + 1,
            state=CreditState.MATCHED,
            unmatched_for=None,
            employer=employer,
            month=month,
        )

    def of_compound(self, compound: UUID) -> "KeptCredit":
        """The same, known to pay a compound."""
        return replace(
            self, revision=self.revision + 1, state=CreditState.MATCHED, unmatched_for=None, compound=compound
        )

    def released(self, why: UnmatchedFor) -> "KeptCredit":
        """The same, found to be the payment of no compound."""
        return replace(self.turned(CreditState.UNMATCHED, why), compound=None)

    def turned(self, state: CreditState, why: UnmatchedFor | None = None) -> "KeptCredit":
        """The same in another state."""
        return replace(self, revision=self.revision + 1, state=state, unmatched_for=why)

    @property
    def facts(self) -> dict[str, str | int]:
        """What of it a person looks at: no reference and no text, which may name somebody."""
        reverses = {"reversal": "yes"} if self.credit.is_reversal else {}
        return {"amount_sen": self.credit.amount_sen, "banked_on": str(self.credit.banked_on), **reverses}


@dataclass(frozen=True, slots=True)
class StandingReceipt:
    """Whose money a receipt is, how much, and of which day."""

    employer: int
    month: Month
    amount_sen: Sen
    banked_on: date


@dataclass(frozen=True, slots=True)
class Named:
    """Whose month, or which compound, a payer named, or why that is not known."""

    employer: int | None = None
    month: Month | None = None
    compound: int | None = None
    why: UnmatchedFor | None = None


def named(credit: Credit) -> Named:
    """What the references in what a payer wrote name: all of them the same, or none is taken.

    Of two entries to which the bank gave one reference the later one may be the same money: people look at it.
    """
    if _FURTHER in credit.entry:
        return Named(why=UnmatchedFor.REFERENCE_REPEATED)
    found = references_in((*credit.texts, *credit.references))
    if len(found) != 1:
        return Named(why=UnmatchedFor.SEVERAL_REFERENCES if found else UnmatchedFor.NO_REFERENCE)
    (reference,) = found
    if isinstance(reference, CompoundReference):
        return Named(compound=reference.number)
    return Named(reference.employer, reference.month)


def credit_id(account: str, credit: Credit) -> UUID:
    """The same for the same entry in a statement and a notification, and in a database that has forgotten it."""
    return derived_id("bank credit", account, credit.entry, credit.detail or "", credit.is_reversal)


# In no reference of a bank: what follows names an entry that has the reference of another one.
_FURTHER = "\n"


@dataclass(frozen=True, slots=True)
class ToldEntry:
    """An entry as a statement tells it, as one sum or in detail.

    `nth` is above 1 where the statement told another one of the same reference, day and amount before.
    """

    credits: tuple[Credit, ...]
    nth: int = 1

    @property
    def entry(self) -> str:
        """What it is known by."""
        return self.credits[0].entry

    @property
    def is_reversal(self) -> bool:
        return self.credits[0].is_reversal

    @property
    def banked_on(self) -> date:
        return self.credits[0].banked_on

    @property
    def amount_sen(self) -> Sen:
        return sum(each.amount_sen for each in self.credits)

    @property
    def is_in_detail(self) -> bool:
        return any(each.detail is not None for each in self.credits)

    def further(self) -> "ToldEntry":
        """The same as an entry beside another one of its reference: known by its amount, day and number too."""
        name = f"{self.entry}{_FURTHER}{self.amount_sen} {self.banked_on} {self.nth}"
        return ToldEntry(tuple(replace(each, entry=name) for each in self.credits), self.nth)


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """An entry of the account that is known; `is_open`: as one sum that nobody matched."""

    amount_sen: Sen
    banked_on: date
    is_open: bool

    def is_told_by(self, told: ToldEntry) -> bool:
        """Whether what a statement tells can be this very entry, and not another one of the same reference."""
        return told.nth == 1 and (self.amount_sen, self.banked_on) == (told.amount_sen, told.banked_on)


def told_entries(credits_: Sequence[Credit]) -> list[ToldEntry]:
    """The entries that a statement tells, in its order."""
    times: Counter[tuple[str, bool, date, Sen]] = Counter()
    told = []
    for _, of_entry in groupby(credits_, key=lambda each: each.place):
        entry = ToldEntry(tuple(of_entry))
        alike = (entry.entry, entry.is_reversal, entry.banked_on, entry.amount_sen)
        times[alike] += 1
        told.append(replace(entry, nth=times[alike]))
    return told
