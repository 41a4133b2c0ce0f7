"""What an employer owes and paid of a wage month: contributions by fund, and interest on those that were paid late.

What was paid goes to contributions first, oldest payment first, and to those of SKBBK last of all; then to interest
(both assumed: no source says). Interest is worked out by the law of each day of payment; what is not paid is worked out
as if it were paid on a day that is asked about.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.registration.domain.contribution import Amounts, FundSums, MonthSums, by_fund, number_of
from services.registration.domain.receipts import KeptReceipt
from shared.kernel.identifiers import derived_id
from shared.kernel.money import Sen
from shared.kernel.periods import Month
from shared.law.act4.arrears.rules import interest_in_parts, waived
from shared.law.act4.contributions.rules import due_on as due_by_law
from shared.law.book import LawOn, book
from shared.law.canonical import canonical
from shared.law.errors import NotYetLaw

# Why a task stands in the queue, and why one is closed.
WAIVER_CLAIMED = "waiver_claimed"
NOTHING_OWED = "nothing_owed"
NOTHING = Amounts()


class AccountState(StrEnum):
    """Where an employer's month stands."""

    NOT_DUE = "not_due"
    PAID = "paid"
    OUTSTANDING = "outstanding"
    INTEREST_OUTSTANDING = "interest_outstanding"


@dataclass(frozen=True, slots=True)
class Payment:
    """What was banked of a month's contributions on a day, whichever funds they are of."""

    paid_on: date
    amount_sen: Sen


@dataclass(frozen=True, slots=True)
class Part:
    """What of a month's contributions was paid on a day, or is not paid and would be: of SKBBK, and of all else."""

    paid_on: date
    other_sen: Sen
    skbbk_sen: Sen
    is_paid: bool = True


@dataclass(frozen=True, slots=True)
class Interest:
    """The interest of a month in sen, and the Acts and sections and entries of the book that it was worked out from."""

    amount_sen: Sen
    law: str
    law_hash: str


@dataclass(frozen=True, slots=True)
class InterestStatement:
    """A revision of a month's interest as it is published: what is charged up to a day, and what of it is waived."""

    employer: int
    month: Month
    revision: int
    amount_sen: Sen
    waived_sen: Sen
    as_of: date
    law: str
    stated_at: datetime
    decision_hash: str
    record: Mapping[str, Any] | None = None
    proposed_by: str | None = None
    approved_by: str | None = None

    @property
    def interest(self) -> UUID:
        """The id of the month's interest: one for ever."""
        return interest_of(self.employer, self.month)

    @property
    def charged_sen(self) -> Sen:
        """What is left to be paid once what is waived is taken off."""
        return max(0, self.amount_sen - self.waived_sen)


@dataclass(frozen=True, slots=True)
class Account:
    """An employer's wage month: what its lines declare, what is known as banked, the interest that was stated last.

    `appeal` is the claim of a waiver that waits for officers. `payments` are of contributions, in any order. `assessed`
    is what two officers assessed of the month beyond what its lines declare (domain/assessment.py).
    """

    employer: int
    month: Month
    declared: Amounts
    payments: Sequence[Payment] = ()
    interest_paid_sen: Sen = 0
    stated: InterestStatement | None = None
    appeal: int | None = None
    assessed: Amounts = NOTHING
    banked_sen: Sen = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "banked_sen", sum(each.amount_sen for each in self.payments))

    @property
    def declared_sen(self) -> Sen:
        """All that is declared."""
        return _sum(self.declared)

    @property
    def assessed_sen(self) -> Sen:
        """All that is assessed beyond it."""
        return _sum(self.assessed)

    @property
    def owed_sen(self) -> Sen:
        """All that is owed of the month, declared or not."""
        return self.declared_sen + self.assessed_sen

    @property
    def outstanding_sen(self) -> Sen:
        """What of what is owed is not paid; below zero where more was paid."""
        return self.owed_sen - self.banked_sen

    @property
    def interest_left_sen(self) -> Sen:
        """What of the interest that was stated is not paid."""
        charged = 0 if self.stated is None else self.stated.charged_sen
        return max(0, charged - self.interest_paid_sen)

    @property
    def paid_on(self) -> date | None:
        """The day of the payment by which the contributions were paid in full."""
        left, day = self.owed_sen, None
        for payment in sorted(self.payments, key=_in_order):
            if left <= 0:
                break
            left, day = left - payment.amount_sen, payment.paid_on
        return day if left <= 0 else None

    @property
    def facts(self) -> dict[str, str | int]:
        """What of it a person looks at."""
        found: dict[str, str | int] = {
            "month": str(self.month),
            "declared_sen": self.declared_sen,
            "banked_sen": self.banked_sen,
        }
        if self.assessed_sen:
            found |= {"assessed_sen": self.assessed_sen}
        if self.stated is not None:
            found |= {
                "interest_sen": self.stated.amount_sen,
                "waived_sen": self.stated.waived_sen,
                "as_of": str(self.stated.as_of),
            }
        return found

    @property
    def waivable_sen(self) -> Sen:
        """What of the interest that was stated officers may still waive."""
        return 0 if self.stated is None else self.stated.charged_sen

    def funds(self, known: date) -> list[FundSums]:
        """What is declared, by fund, by the law known on a day."""
        return by_fund(MonthSums(number_of(self.month), 0, 0, self.declared), known)

    def state(self, known: date) -> AccountState:
        """Where it stands on a day."""
        if self.outstanding_sen > 0:
            due = due_on(self.month, known)
            return AccountState.OUTSTANDING if due and known > due else AccountState.NOT_DUE
        return AccountState.INTEREST_OUTSTANDING if self.interest_left_sen else AccountState.PAID

    def parts(self, as_of: date) -> Iterator[Part]:
        """Its contributions by the days on which they were paid; what is not, as if it were on the day."""
        skbbk = self.declared.skbbk_employee_sen + self.assessed.skbbk_employee_sen
        other = self.owed_sen - skbbk
        for payment in sorted(self.payments, key=_in_order):
            of_other = max(0, min(payment.amount_sen, other))
            of_skbbk = max(0, min(payment.amount_sen - of_other, skbbk))
            other, skbbk = other - of_other, skbbk - of_skbbk
            yield Part(payment.paid_on, of_other, of_skbbk)
        if other > 0 or skbbk > 0:
            yield Part(as_of, max(0, other), max(0, skbbk), is_paid=False)

    def interest(self, as_of: date, known: date) -> Interest:
        """The interest of the month if what is not paid were paid on a day, by the law known on another."""
        law = book().on(as_of, known)
        due = due_on(self.month, known, law)
        if due is None:
            return Interest(0, "", law.hash)
        late = [part for part in self.parts(as_of) if part.paid_on > due]
        charged = [(_chargeable(part, law), part.paid_on) for part in late]
        amount = interest_in_parts(charged, due, law) if charged else 0
        return Interest(amount, "; ".join(law.citations), law.hash)

    def paid_by(self, receipts: Sequence[KeptReceipt]) -> "Account":
        """The same, paid by those of its receipts that are known to be the employer's own."""
        payments, interest_paid_sen = paid_of(receipts)
        return replace(self, payments=payments, interest_paid_sen=interest_paid_sen)

    def with_payment(self, payment: Payment) -> "Account":
        """The same, if this were paid too."""
        return replace(self, payments=(*self.payments, payment))

    def interest_to_pay(self, amount_sen: Sen, paid_on: date, known: date) -> Sen:
        """What interest is left to be paid by whoever pays so much on a day, and with it what is outstanding."""
        pays = max(0, min(amount_sen, self.outstanding_sen))
        paying = self.with_payment(Payment(paid_on, pays)) if pays else self
        waived_sen = 0 if self.stated is None else self.stated.waived_sen
        return max(0, paying.interest(paid_on, known).amount_sen - waived_sen - self.interest_paid_sen)

    def statement(self, run_on: date | None, at: datetime, known: date) -> InterestStatement | None:
        """The next revision of its interest, where there is news: once all is paid, on the day of a run, and again when
        what it was worked out from has changed since; None otherwise."""
        as_of = self._as_of(run_on)
        if as_of is None:
            return None
        interest, last = self.interest(as_of, known), self.stated
        stands = 0 if last is None else last.amount_sen
        if interest.amount_sen == stands:
            return None
        return self._statement(interest, as_of, at, 0 if last is None else last.waived_sen)

    def waiver(self, at: datetime, known: date, officers: tuple[str, str]) -> InterestStatement | None:
        """The next revision, in which all that is charged by now is waived; None where nothing is."""
        if self.stated is None or not self.waivable_sen:
            return None
        interest = self.interest(self.stated.as_of, known)
        stated = Interest(self.stated.amount_sen, interest.law, interest.law_hash)
        return self._statement(stated, self.stated.as_of, at, self.stated.amount_sen, officers)

    def _as_of(self, run_on: date | None) -> date | None:
        if self.outstanding_sen <= 0:
            return self.paid_on or (None if self.stated is None else self.stated.as_of)
        stated = None if self.stated is None else self.stated.as_of
        return max((day for day in (run_on, stated) if day is not None), default=None)

    def _statement(
        self,
        interest: Interest,
        as_of: date,
        at: datetime,
        waived_sen: Sen,
        officers: tuple[str, str] | None = None,
    ) -> InterestStatement:
        revision = 1 if self.stated is None else self.stated.revision + 1
        record: dict[str, Any] = {
            "employer": self.employer,
            "month": str(self.month),
            "revision": revision,
            "as_of": str(as_of),
            "parts": [
                {
                    "paid_on": str(part.paid_on),
                    "other_sen": part.other_sen,
                    "skbbk_sen": part.skbbk_sen,
                    "is_paid": part.is_paid,
                }
                for part in self.parts(as_of)
            ],
            "declared_sen": self.declared_sen,
            "interest_sen": interest.amount_sen,
            "waived_sen": waived_sen,
            "law": interest.law,
            "law_hash": interest.law_hash,
        }
        record |= {"assessed_sen": self.assessed_sen} if self.assessed_sen else {}
        record |= {} if officers is None else {"proposed_by": officers[0], "approved_by": officers[1]}
        proposed, approved = officers or (None, None)
        return InterestStatement(
            employer=self.employer,
            month=self.month,
            revision=revision,
            amount_sen=interest.amount_sen,
            waived_sen=waived_sen,
            as_of=as_of,
            law=interest.law,
            stated_at=at,
            decision_hash=hashlib.sha256(canonical(record)).hexdigest(),
            record=record,
            proposed_by=proposed,
            approved_by=approved,
        )


def interest_of(employer: int, month: Month) -> UUID:
    """The id of the interest of an employer's month."""
    return derived_id("interest", employer, month)


def due_on(month: Month, known: date, law: LawOn | None = None) -> date | None:
    """The last day in time for a wage month; None for one of before the book."""
    of_month = book().on(month.first_day, known) if law is None else law.on(month.first_day)
    try:
        return due_by_law(month, of_month)
    except NotYetLaw:
        return None


def is_waived(day: date, known: date) -> bool:
    """Whether whatever is paid on a day is free of interest: a run on it would say nothing that holds tomorrow."""
    return waived(only_skbbk=False, law=book().on(day, known))


def paid_of(receipts: Sequence[KeptReceipt]) -> tuple[Sequence[Payment], Sen]:
    """What the receipts of a month that are known to be the employer's own paid of contributions, and of interest."""
    known = [each for each in receipts if each.is_known]
    interest = {each.id: 0 if each.allocation is None else each.allocation.interest_sen for each in known}
    payments = [
        Payment(each.receipt.banked_on, each.receipt.amount_sen - interest[each.id])
        for each in known
        if each.receipt.amount_sen > interest[each.id]
    ]
    return payments, sum(interest.values())


def _sum(amounts: Amounts) -> Sen:
    employer = amounts.act4_employer_sen + amounts.act800_employer_sen
    return employer + amounts.act4_employee_sen + amounts.act800_employee_sen + amounts.skbbk_employee_sen


def _chargeable(part: Part, law: LawOn) -> Sen:
    """What of a late part bears interest: nothing in a month of grace, and no SKBBK in the months of its start."""
    of_day = law.on(part.paid_on)
    if waived(only_skbbk=False, law=of_day):
        return 0
    if part.skbbk_sen and waived(only_skbbk=True, law=of_day):
        return part.other_sen
    return part.other_sen + part.skbbk_sen


def _in_order(payment: Payment) -> tuple[date, Sen]:
    return (payment.paid_on, payment.amount_sen)
