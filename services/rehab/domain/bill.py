"""A provider's bill for a person's treatment: what the provider says, what two officers find, what is owed (s.57).

What the provider says is a statement, by revision; each is decided by two officers, who enter the most that a schedule
allows: nothing is owed by a default, and no more than the rate of the treatment where the statute book has one. What
the newest decision found is owed, also while a correction waits for another. A provider takes its own bill back alone:
it asks for less.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.rehab.domain.errors import AmountZero, BillWithdrawn, CapAboveRate, TreatmentInFuture
from shared.kernel.errors import LegalBasis
from shared.kernel.funds import Fund
from shared.kernel.identifiers import derived_id
from shared.kernel.money import Sen
from shared.law.act4.rehabilitation.rules import provider_rate
from shared.law.book import book
from shared.law.canonical import canonical

# Rehabilitation at rates that are set; whether a treatment beside it is of another section is open.
LAW = LegalBasis("Act 4", "s.57")
SCHEME = "act4"
KIND = "treatment_bill"
# Assumed: the fund of the accident; of an invalidity it would be another payable (decision 48).
FUND = Fund.EMPLOYMENT_INJURY
_FORMAT = "rehab.bill.1"


class Treatment(StrEnum):
    """What a person was treated with."""

    CONSULTATION = "consultation"
    OCCUPATIONAL_THERAPY = "occupational_therapy"
    PHYSIOTHERAPY = "physiotherapy"
    PROSTHESIS = "prosthesis"
    OTHER = "other"


class BillOutcome(StrEnum):
    """What was decided of a statement: by two officers, or by the provider that takes it back."""

    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class BillState(StrEnum):
    """Where a bill stands: its newest statement waits for officers, or was decided."""

    STATED = "stated"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class BillRefusedFor(StrEnum):
    """Why two officers refuse a bill."""

    BILLED_TWICE = "billed_twice"
    NOT_COVERED = "not_covered"
    NOT_TREATED = "not_treated"
    PAID_ELSEWHERE = "paid_elsewhere"


TAKEN_BACK = "taken_back_by_provider"


@dataclass(frozen=True, slots=True)
class Statement:
    """What the provider says of a treatment, and what it asks for."""

    revision: int
    treatment: Treatment
    treated_on: date
    amount_sen: Sen
    stated_at: datetime

    def rate_sen(self, known: date) -> Sen | None:
        """The most that the statute book, as known on a day, allows for it; None where nobody has entered a rate."""
        return provider_rate(self.treatment.value, book().on(self.treated_on, known))


@dataclass(frozen=True, slots=True)
class Finding:
    """What two officers found: up to which amount a schedule allows the bill, or why nothing of it is owed."""

    outcome: BillOutcome
    proposed_by: str | None = None
    approved_by: str | None = None
    cap_sen: Sen | None = None
    schedule: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of a statement, and as which revision of the payable it was published, if it was."""

    number: int
    of_statement: int
    finding: Finding
    amount_sen: Sen | None
    decided_at: datetime
    decision_hash: str
    payable_revision: int | None


@dataclass(frozen=True, slots=True)
class Bill:
    """A provider's bill, with all that was stated and decided of it, oldest first.

    ``number`` is the provider's own; none where only what was published is known, after a restore.
    """

    id: UUID
    provider: str
    number: str | None
    person: int
    claim: UUID | None
    sent_at: datetime
    statements: tuple[Statement, ...] = ()
    decisions: tuple[Decision, ...] = ()

    @property
    def newest(self) -> Statement:
        """What the provider said last."""
        return self.statements[-1]

    @property
    def state(self) -> BillState:
        """Where it stands."""
        last = self._last
        if last is None or last.of_statement < self.newest.revision:
            return BillState.STATED
        return BillState(last.finding.outcome)

    @property
    def owed_sen(self) -> Sen:
        """What is owed by the newest decision."""
        return 0 if self._last is None else self._last.amount_sen or 0

    @property
    def published(self) -> Decision | None:
        """The decision that was published last: how the payable stands."""
        return next((each for each in reversed(self.decisions) if each.payable_revision), None)

    @property
    def revision(self) -> int:
        """Of what an approval rests on: rises with all that is stated and decided."""
        return len(self.statements) + len(self.decisions)

    def stating(self, treatment: Treatment, treated_on: date, amount_sen: Sen, at: datetime, today: date) -> Statement:
        """What the provider says next; raises TreatmentInFuture, AmountZero."""
        if treated_on > today:
            raise TreatmentInFuture()
        if amount_sen == 0:
            raise AmountZero()
        return Statement(len(self.statements) + 1, treatment, treated_on, amount_sen, at)

    def must_fit_rate(self, finding: Finding, known: date) -> None:
        """Raises CapAboveRate where more is found than the statute book allows for the treatment on its day."""
        rate = self.newest.rate_sen(known)
        if rate is not None and (finding.cap_sen or 0) > rate:
            raise CapAboveRate(facts={"rate_sen": rate})

    def decided(self, finding: Finding, at: datetime) -> Decision:
        """What is decided of the newest statement: raises BillWithdrawn, AmountZero.

        Approved is what was asked for up to the cap. What changes nothing that is owed is not published.
        """
        if self.state is BillState.WITHDRAWN:
            raise BillWithdrawn()
        amount = None
        if finding.outcome is BillOutcome.APPROVED:
            amount = min(self.newest.amount_sen, finding.cap_sen or 0)
            if not amount:
                raise AmountZero()
        before = self.published
        is_news = amount is not None or self.owed_sen > 0
        revision = ((before.payable_revision or 0) if before else 0) + 1 if is_news else None
        number, digest = len(self.decisions) + 1, self._hash(finding, amount, at)
        return Decision(number, self.newest.revision, finding, amount, at, digest, revision)

    @property
    def _last(self) -> Decision | None:
        return self.decisions[-1] if self.decisions else None

    def _hash(self, finding: Finding, amount: Sen | None, at: datetime) -> str:
        """Of the record behind what is owed: who said what, what was found, by which schedule."""
        said = self.newest
        record = {
            "format": _FORMAT,
            "bill": str(self.id),
            "law": str(LAW),
            "statement": [said.revision, said.treatment.value, said.treated_on, said.amount_sen],
            "outcome": finding.outcome.value,
            "cap_sen": finding.cap_sen or 0,
            "schedule": finding.schedule or "",
            "reason": finding.reason or "",
            "amount_sen": amount or 0,
            "decided_at": at,
        }
        return hashlib.sha256(canonical(record)).hexdigest()


def bill_id(provider: str, number: str) -> UUID:
    """The id of a provider's bill: the same number sent again is the same bill, also after a restore (rules M8)."""
    return derived_id("bill", provider, number)
