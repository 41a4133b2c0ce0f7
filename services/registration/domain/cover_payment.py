"""Payments for cover: what one must come to, from which instant it counts, and what may become of it.

One that an agent reports late covers from the report on; of what lies before that two officers decide (Act 789
ss.12-13; Act 838 s.19).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from services.registration.domain.errors import (
    AmountNotDue,
    ContributionNotPossible,
    CoverPaymentNotSo,
    PaidAtNotSaid,
    PaidAtOfHouse,
    PaidAtWithSeconds,
    PaidInFuture,
    PayerNotAllowed,
    SchemeRegistrationEnded,
)
from services.registration.domain.scheme_registration import Choice, SchemeRegistration
from services.registration.domain.schemes import Paid, Scheme
from shared.kernel.clock import BUSINESS_ZONE, business_day
from shared.kernel.identifiers import derived_id
from shared.kernel.money import Sen, ringgit
from shared.law.book import Book, LawOn
from shared.law.determination import determine

_GRANTED = "due"


class Channel(StrEnum):
    """How a payment reached the organisation."""

    HOUSE = "house"
    """Into its own account: its bank states it as it happens, and it is of that instant."""
    AGENT = "agent"
    """A collecting agent took it, and states when."""


class PaymentState(StrEnum):
    """Where a payment stands."""

    COUNTS = "counts"
    REPORTED_LATE = "reported_late"
    """It covers from the report on; two officers look at the time before."""
    LATE_REFUSED = "late_refused"
    """It counts as paid when it was reported."""
    REVERSAL_STATED = "reversal_stated"
    """It covers as before; two officers look whether it was none."""
    REVERSED = "reversed"


WAITING = frozenset({PaymentState.REPORTED_LATE, PaymentState.REVERSAL_STATED})


class ReversalReason(StrEnum):
    """Why a payment was none."""

    BOUNCED = "bounced"
    WRONG_PERSON = "wrong_person"
    STATED_TWICE = "stated_twice"


class PaymentFound(StrEnum):
    """What two officers find of a payment that waits."""

    PAID_AS_REPORTED = "paid_as_reported"
    NOT_SHOWN = "not_shown"
    REVERSED = "reversed"
    STANDS = "stands"


@dataclass(frozen=True, slots=True)
class StatedPayment:
    """What a party states: of which registration, the months, the amount in sen, by whom it was paid, and where.

    `paid_at` is None of money that the house took. `payer` is a party, kind:number.
    """

    registration: UUID
    channel: Channel
    receipt: str
    payer: str
    months: int
    amount_sen: Sen
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CoverPayment:
    """A payment of the ledger. `paid_at` is as it was stated, `begins_at` the instant from which it certainly covers.

    `income_sen` is the insured monthly income that the book gives for it.
    """

    id: UUID
    registration: UUID
    person: int
    choice: Choice
    tenant: str
    channel: Channel
    receipt: str | None
    payer: str
    paid_at: datetime
    reported_at: datetime
    months: int
    amount_sen: Sen
    income_sen: Sen
    state: PaymentState
    begins_at: datetime
    revision: int = 1

    @property
    def waits(self) -> bool:
        """Whether two officers look at it."""
        return self.state in WAITING

    @property
    def paid(self) -> Paid:
        """As cover takes it: one that waits for being late, from its own instant."""
        at = self.paid_at if self.state is PaymentState.REPORTED_LATE else self.begins_at
        return Paid(at.astimezone(BUSINESS_ZONE), self.months)

    def is_of(self, stated: StatedPayment) -> bool:
        """Whether a statement under its number states this money."""
        same = ("registration", "payer", "months", "amount_sen")
        of_one_instant = self.channel is Channel.HOUSE or self.paid_at == stated.paid_at
        return of_one_instant and all(getattr(self, name) == getattr(stated, name) for name in same)

    def found(self, found: PaymentFound) -> "CoverPayment":
        """As two officers find it; raises CoverPaymentNotSo where that is no answer to what waits."""
        state = _FOUND.get((self.state, found))
        if state is None:
            raise CoverPaymentNotSo(facts={"state": self.state.value})
        begins_at = self.paid_at if found is PaymentFound.PAID_AS_REPORTED else self.begins_at
        if found is PaymentFound.STANDS:
            state = PaymentState.COUNTS if begins_at == self.paid_at else PaymentState.LATE_REFUSED
        return replace(self, state=state, begins_at=begins_at, revision=self.revision + 1)

    def reversal_stated(self) -> "CoverPayment":
        """As it stands while two officers look whether it was none; raises CoverPaymentNotSo."""
        if self.state not in (PaymentState.COUNTS, PaymentState.LATE_REFUSED):
            raise CoverPaymentNotSo(facts={"state": self.state.value})
        return replace(self, state=PaymentState.REVERSAL_STATED, revision=self.revision + 1)


_FOUND = {
    (PaymentState.REPORTED_LATE, PaymentFound.PAID_AS_REPORTED): PaymentState.COUNTS,
    (PaymentState.REPORTED_LATE, PaymentFound.NOT_SHOWN): PaymentState.LATE_REFUSED,
    (PaymentState.REPORTED_LATE, PaymentFound.REVERSED): PaymentState.REVERSED,
    (PaymentState.REVERSAL_STATED, PaymentFound.REVERSED): PaymentState.REVERSED,
    (PaymentState.REVERSAL_STATED, PaymentFound.STANDS): PaymentState.COUNTS,
}


@dataclass(frozen=True, slots=True)
class PaymentAct:
    """What became of a payment and since when: by whom it was stated, or which two officers found it."""

    payment: CoverPayment
    recorded_at: datetime
    source: str
    officer: str | None = None
    reason: str | None = None
    evidence: str | None = None
    proposed_by: str | None = None
    approved_by: str | None = None


def payment_id(channel: Channel, tenant: str, receipt: str) -> UUID:
    """Of one receipt of one party: whoever states it again names the same payment."""
    return derived_id("cover_payment", channel.value, tenant, receipt)


def payment_of(
    stated: StatedPayment, whose: SchemeRegistration, scheme: Scheme, tenant: str, at: datetime, law: Book
) -> CoverPayment:
    """The payment that a statement of an instant makes; raises what is amiss with it, or AmountNotDue.

    `whose` is the registration as it stood when it was paid.
    """
    paid_at = _paid_at(stated, at)
    on = law.on(business_day(paid_at), business_day(at))
    if stated.payer.partition(":")[0] not in scheme.payer_kinds(on):
        raise PayerNotAllowed()
    if whose.last_on is not None and whose.last_on < business_day(paid_at):
        raise SchemeRegistrationEnded()
    due_sen, income_sen = due_of(scheme, whose.choice, stated.months, on)
    if due_sen != stated.amount_sen:
        raise AmountNotDue.but(ringgit(due_sen))
    is_late = _to_the_minute(at) - paid_at > timedelta(hours=on.hours(scheme.report_hours_figure))
    return CoverPayment(
        id=payment_id(stated.channel, tenant, stated.receipt),
        registration=whose.id,
        person=whose.person,
        choice=whose.choice,
        tenant=tenant,
        channel=stated.channel,
        receipt=stated.receipt,
        payer=stated.payer,
        paid_at=paid_at,
        reported_at=at,
        months=stated.months,
        amount_sen=stated.amount_sen,
        income_sen=income_sen,
        state=PaymentState.REPORTED_LATE if is_late else PaymentState.COUNTS,
        begins_at=_to_the_minute(at) if is_late else paid_at,
    )


def due_of(scheme: Scheme, choice: Choice, months: int, law: LawOn) -> tuple[Sen, Sen]:
    """What a payment of these months comes to, and the monthly income that it insures, in sen; raises
    ContributionNotPossible with the code of the book."""
    if months > law.months(scheme.most_months_figure):
        raise ContributionNotPossible.because("months_more_than_the_most_at_once", scheme.pays)
    return _due(scheme, choice, months, law.book, law.in_force, law.known)


# A batch of an agent asks the same thousand times.
@lru_cache(maxsize=4096)
def _due(scheme: Scheme, choice: Choice, months: int, law: Book, day: date, known: date) -> tuple[Sen, Sen]:
    facts = {"paid on": day.isoformat(), "months": str(months)}
    if choice.plan is not None:
        facts["plan"] = choice.plan
    if choice.earning_sen is not None:
        facts["monthly earning"] = ringgit(choice.earning_sen)
    body = determine(scheme.contribution(), facts, law.on(day, known)).body
    if body["outcome"] != _GRANTED:
        raise ContributionNotPossible.because(body["reason"], scheme.pays)
    amounts = {each["name"]: each["value"] for each in body["amounts"]}
    return int(amounts[scheme.due]), int(amounts[scheme.income])


def _paid_at(stated: StatedPayment, at: datetime) -> datetime:
    """To the minute, as a receipt has it; raises PaidAtOfHouse, PaidAtNotSaid, PaidAtWithSeconds, PaidInFuture."""
    if stated.channel is Channel.HOUSE:
        if stated.paid_at is not None:
            raise PaidAtOfHouse()
        return _to_the_minute(at)
    if stated.paid_at is None:
        raise PaidAtNotSaid()
    if stated.paid_at != _to_the_minute(stated.paid_at):
        raise PaidAtWithSeconds()
    if stated.paid_at > at:
        raise PaidInFuture()
    return stated.paid_at


def _to_the_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def facts_of(payment: CoverPayment) -> dict[str, str | int]:
    """What officers look at: numbers, codes and instants."""
    facts: dict[str, str | int] = {
        "scheme": payment.choice.scheme,
        "person": payment.person,
        "stated_by": payment.tenant,
        "payer": payment.payer,
        "paid_at": payment.paid_at.astimezone(BUSINESS_ZONE).isoformat(),
        "reported_at": payment.reported_at.astimezone(BUSINESS_ZONE).isoformat(),
        "months": payment.months,
        "amount_sen": payment.amount_sen,
    }
    activity = {"activity": payment.choice.activity} if payment.choice.activity else {}
    return {**facts, **activity}


def counted(payments: Sequence[CoverPayment]) -> list[CoverPayment]:
    """Those that were no mistake."""
    return [each for each in payments if each.state is not PaymentState.REVERSED]
