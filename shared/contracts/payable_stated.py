"""What is owed beside benefits: a refund, a provider's bill, a fee, a loan. Its owner states it, benefits pays it.

A topic has one writer, so each owner states its payables on a topic of its own, in a class that names it; the shape is
one. A payable is one debt of the organisation to one party from one fund. An event states it whole, with its revision:
what another fund bears, or is owed to another party as well, is another payable.
"""

from datetime import date, datetime
from itertools import pairwise, product
from typing import ClassVar, Self
from uuid import UUID

from pydantic import Field, model_validator

from shared.contracts.claim_assessed import Fund, Per, TermV1, check_worth
from shared.contracts.envelope import Event, Number
from shared.contracts.topics import CLAIMS_PAYABLE, JOBS_PAYABLE, REGISTRATION_PAYABLE, REHAB_PAYABLE

LOAN = "_loan"
"""How the kind of a payable ends that the party pays back."""
_CODE = "^[a-z][a-z0-9_]*$"


class PayableStatedV1(Event):
    """How a payable stands: what is owed to its party and on which terms, or why it is owed no more."""

    payable: UUID
    """Its id at its owner, for ever: no other owner has it."""
    revision: int = Field(gt=0)
    """Of the payable, from 1: the higher one takes the place of all before."""
    kind: str = Field(pattern=_CODE, max_length=100)
    """What it is, unique under its scheme, such as `contribution_refund`."""
    person: Number | None = None
    """Whom it is about, as the worker of a refund or the patient of a bill; absent where it is about no person."""
    party: str = Field(pattern="^[a-z_]+:[0-9]{1,18}$")
    """Who is paid, as kind and number: `employer:7`."""
    scheme: str = Field(pattern=_CODE, max_length=100)
    """The Act, such as `act4`."""
    fund: Fund
    """The fund that bears it; it stays the same in every revision."""
    law: str = Field(min_length=1, max_length=500)
    """Act and section, as they are shown."""
    arose_on: date
    """The day on which it arose: of the treatment, of the double payment."""
    stated_at: datetime
    """When its owner worked it out."""
    decision_hash: str = Field(pattern="^[0-9a-f]{64}$")
    """SHA-256 of the record of how its owner worked it out, in hexadecimal."""
    provisional: bool = False
    """Whether a fact that is to come may change the amounts."""
    terms: tuple[TermV1, ...] = Field(max_length=10_000)
    """All that is owed, not what is new; none where it ended. No two by the day overlap, nor two by the month."""
    withdrawn_for: str | None = Field(default=None, pattern=_CODE, max_length=100)
    """Why it is owed no more, as a stable code; absent while it is owed."""
    superseded_by: UUID | None = None
    """The payable that takes its place; absent otherwise."""
    repayment: tuple[TermV1, ...] = Field(default=(), max_length=10_000)
    """Of a loan: all that the party pays back and when, on terms like those of what is owed; a day's or month's when it
    has passed. A kind that ends in `_loan` alone has any. Its owner works it out: nothing here says at which rate."""

    @model_validator(mode="after")
    def _is_owed_or_says_why_not(self) -> Self:
        if bool(self.terms) is not (self.ended_for is None):
            raise ValueError("a payable has terms, or it is withdrawn or superseded")
        if self.person is None and self.party.startswith("person:"):
            raise ValueError("a payable to a person says whom it is about")
        if self.superseded_by == self.payable:
            raise ValueError("a payable takes the place of another")
        check_worth(self.terms)
        return self

    @model_validator(mode="after")
    def _only_a_loan_is_paid_back(self) -> Self:
        if self.repayment and not self.kind.endswith(LOAN):
            raise ValueError("only a loan has a repayment")
        if self.repayment and not self.terms:
            raise ValueError("what ended is not lent: what was paid of it comes back as a whole")
        lent, back = (_whole_sen(terms) for terms in (self.terms, self.repayment))
        if lent is not None and back is not None and back > lent:
            raise ValueError("no more is paid back than was lent")
        check_worth(self.repayment)
        return self

    @model_validator(mode="after")
    def _a_day_or_month_is_stated_once(self) -> Self:
        for terms, per in product((self.terms, self.repayment), (Per.DAY, Per.MONTH)):
            in_order = sorted((term for term in terms if term.per is per), key=lambda term: term.first)
            if any(before.last is None or before.last >= after.first for before, after in pairwise(in_order)):
                raise ValueError(f"two terms by the {per} overlap")
        return self

    @property
    def ended_for(self) -> str | None:
        """Why it is owed no more, as a stable code; None while it is owed."""
        return self.withdrawn_for or (None if self.superseded_by is None else "superseded")

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("payable", str(self.payable))

    @property
    def key(self) -> str:
        return self.party if self.person is None else f"person:{self.person}"

    @property
    def rows(self) -> int:
        return 1 + len(self.terms) + len(self.repayment)

    @property
    def money_sen(self) -> int:
        """What all that is owed on terms with an end adds up to, in sen: not what is paid back."""
        return sum(term.money_sen for term in self.terms)


def _whole_sen(terms: tuple[TermV1, ...]) -> int | None:
    """All that they add up to, in sen; None while one is open."""
    is_open = any(term.last is None and term.per is not Per.ONCE for term in terms)
    return None if is_open else sum(term.money_sen for term in terms)


class RegistrationPayableStatedV1(PayableStatedV1):
    """What registration owes: above all contributions that were paid and not due, to whom they are refunded."""

    topic = REGISTRATION_PAYABLE
    name: ClassVar[str] = "registration.payable.stated"


class ClaimsPayableStatedV1(PayableStatedV1):
    """What claims owes beside benefits: loans, such as for the education of a child (Act 789 ss.25-26)."""

    topic = CLAIMS_PAYABLE
    name: ClassVar[str] = "claims.payable.stated"


class RehabPayableStatedV1(PayableStatedV1):
    """What rehab owes: bills of providers for treatments."""

    topic = REHAB_PAYABLE
    name: ClassVar[str] = "rehab.payable.stated"


class JobsPayableStatedV1(PayableStatedV1):
    """What jobs owes: fees of training."""

    topic = JOBS_PAYABLE
    name: ClassVar[str] = "jobs.payable.stated"
