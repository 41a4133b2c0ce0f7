"""What officers do about employers that do not register or contribute: inspections, follow-up notices and compounds.

Each is stated by one officer; what costs money, and what ends a matter, holds by the word of two (decision 73).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import accumulate
from uuid import UUID

from shared.kernel.clock import BUSINESS_ZONE
from shared.kernel.money import Sen
from shared.law.act4.arrears.rules import compound_bounds
from shared.law.book import book

# What a task of the queue is about.
NOTICE, ASSESSMENT, COMPOUND = "notice", "assessment", "compound"
# Why a task stands in the queue, and why one is closed.
OBJECTED = "objected"
TIME_TO_OBJECT_OVER = "time_to_object_over"
NOTICE_NOT_ANSWERED = "notice_not_answered"
COMPOUND_STATED = "compound_stated"
TO_BE_PROSECUTED = "to_be_prosecuted"
PAID_IN_TIME = "paid_in_time"
PAID_TOO_MUCH = "paid_too_much"
NOTHING_OVER = "nothing_over"


class InspectionReason(StrEnum):
    """Why an employer is inspected."""

    ROUTINE = "routine"
    COMPLAINT = "complaint"
    ARREARS = "arrears"
    UNREGISTERED = "unregistered"
    ACCIDENT = "accident"


class Finding(StrEnum):
    """What an inspection found."""

    NOTHING = "nothing"
    EMPLOYER_NOT_REGISTERED = "employer_not_registered"
    WORKERS_NOT_REGISTERED = "workers_not_registered"
    CONTRIBUTIONS_NOT_DECLARED = "contributions_not_declared"
    WAGES_UNDERSTATED = "wages_understated"
    CONTRIBUTIONS_NOT_PAID = "contributions_not_paid"
    RECORDS_NOT_KEPT = "records_not_kept"


class InspectionState(StrEnum):
    """Where an inspection stands."""

    PLANNED = "planned"
    HELD = "held"
    CALLED_OFF = "called_off"


class Demand(StrEnum):
    """What a follow-up notice demands."""

    REGISTER_EMPLOYER = "register_employer"
    REGISTER_WORKERS = "register_workers"
    DECLARE_CONTRIBUTIONS = "declare_contributions"
    PAY_CONTRIBUTIONS = "pay_contributions"
    KEEP_RECORDS = "keep_records"


class NoticeState(StrEnum):
    """Where a notice stands; an overdue one waits for two officers."""

    OPEN = "open"
    OVERDUE = "overdue"
    COMPLIED = "complied"
    NOT_COMPLIED = "not_complied"


class Offence(StrEnum):
    """What is compounded (Act 4, ss.94, 95A)."""

    EMPLOYER_NOT_REGISTERED = "employer_not_registered"
    WORKERS_NOT_REGISTERED = "workers_not_registered"
    CONTRIBUTIONS_NOT_PAID = "contributions_not_paid"
    RECORDS_NOT_KEPT = "records_not_kept"


class CompoundState(StrEnum):
    """Where a compound stands; one that was not paid by its day is to be prosecuted, which officers own."""

    PROPOSED = "proposed"
    REFUSED = "refused"
    OFFERED = "offered"
    PAID = "paid"
    TO_BE_PROSECUTED = "to_be_prosecuted"
    PROSECUTED = "prosecuted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Inspection:
    """An inspection as it stands; `officer` planned it."""

    id: UUID
    employer: int
    reason: InspectionReason
    planned_for: date
    officer: str
    stated_at: datetime
    state: InspectionState = InspectionState.PLANNED
    held_on: date | None = None
    findings: tuple[Finding, ...] = ()
    evidence: str | None = None
    reported_by: str | None = None
    reported_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A follow-up notice: what is demanded, and by which day."""

    id: UUID
    employer: int
    inspection: UUID | None
    demand: Demand
    given_on: date
    answer_by: date
    law: str
    evidence: str | None
    officer: str
    stated_at: datetime
    revision: int = 1
    state: NoticeState = NoticeState.OPEN
    proposed_by: str | None = None
    approved_by: str | None = None
    decided_at: datetime | None = None

    @property
    def facts(self) -> dict[str, str | int]:
        """What of it a person looks at."""
        return {"demand": str(self.demand), "given_on": str(self.given_on), "answer_by": str(self.answer_by)}


@dataclass(frozen=True, slots=True)
class Payment:
    """Money on the account whose payer named a compound; `is_taken_back`: by the bank, or it is not the compound's."""

    credit: UUID
    amount_sen: Sen
    banked_on: date
    is_taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Compound:
    """A compound as it stands; `number` is what its payer writes, `paid_late`: two officers took it all the same."""

    id: UUID
    number: int
    employer: int
    inspection: UUID | None
    offence: Offence
    amount_sen: Sen
    evidence: str
    law: str
    officer: str
    stated_at: datetime
    revision: int = 1
    state: CompoundState = CompoundState.PROPOSED
    offered_on: date | None = None
    pay_by: date | None = None
    lapsed_at: datetime | None = None
    paid_sen: Sen = 0
    paid_late: bool = False
    proposed_by: str | None = None
    approved_by: str | None = None
    decided_at: datetime | None = None
    decided_for: str | None = None
    returned_sen: Sen = 0

    @property
    def over_sen(self) -> Sen:
        """What was paid too much with the money that paid it, and was not returned."""
        return max(0, self.paid_sen - self.amount_sen - self.returned_sen) if self.state is CompoundState.PAID else 0

    @property
    def takes_money(self) -> bool:
        """Whether what a payer names it for is its payment: it was offered, and nothing else ended it."""
        return self.state in (CompoundState.OFFERED, CompoundState.PAID, CompoundState.TO_BE_PROSECUTED)

    @property
    def facts(self) -> dict[str, str | int]:
        """What of it a person looks at."""
        found: dict[str, str | int] = {"offence": str(self.offence), "amount_sen": self.amount_sen}
        if self.pay_by is not None:
            found |= {"pay_by": str(self.pay_by), "paid_sen": self.paid_sen}
        if self.over_sen:
            found |= {"over_sen": self.over_sen}
        return found

    def not_needed(self, payments: Sequence[Payment]) -> list[Payment]:
        """The payments that are none of its: what came when it was paid already, and all of one that is over without.

        The money that pays the rest stays whole, also where it is more than that (`over_sen`).
        """
        stands = sorted((each for each in payments if not each.is_taken_back), key=lambda p: (p.banked_on, p.credit))
        if not self.takes_money:
            return stands
        if self.state is not CompoundState.PAID:
            return []
        before = accumulate((each.amount_sen for each in stands), initial=0)
        return [each for each, so_far in zip(stands, before, strict=False) if so_far >= self.amount_sen]

    def followed(self, payments: Sequence[Payment], today: date) -> "Compound":
        """As its payments and the day have it, with the next revision where that is news.

        The value day counts: what is learned after the day and was banked by it is in time.
        """
        if self.pay_by is None:
            return self
        stands = [each for each in payments if not each.is_taken_back]
        paid_sen = sum(each.amount_sen for each in stands)
        in_time_sen = sum(each.amount_sen for each in stands if each.banked_on <= self.pay_by)
        is_paid = in_time_sen >= self.amount_sen or (self.paid_late and paid_sen >= self.amount_sen)
        unpaid = CompoundState.TO_BE_PROSECUTED if today > self.pay_by else CompoundState.OFFERED
        state = (CompoundState.PAID if is_paid else unpaid) if self.takes_money else self.state
        if (state, paid_sen) == (self.state, self.paid_sen):
            return self
        return replace(self, revision=self.revision + 1, state=state, paid_sen=paid_sen)


def bounds(day: date) -> tuple[tuple[Sen, Sen] | None, str]:
    """Between which sums a compound may be offered on a day (None: not at all), and the law that says so."""
    law = book().on(day, day)
    found = compound_bounds(law)
    return found, "; ".join(law.citations)


def days_from(figure: str, day: date) -> tuple[date, str]:
    """The last day of a time that begins on a day, by a figure of the book, and the law that says so."""
    law = book().on(day, day)
    last = day + timedelta(days=law.days(figure))
    return last, "; ".join(law.citations)


def over_at(last: date) -> datetime:
    """When a time whose last day this is is over."""
    return datetime.combine(last + timedelta(days=1), time(), BUSINESS_ZONE)
