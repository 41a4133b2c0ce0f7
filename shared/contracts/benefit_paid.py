"""Topic ``benefit.paid``: what happened to the money."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.contracts.claim_assessed import Fund
from shared.contracts.envelope import Event, Number, Part, PersonEvent, StatedSen, Token
from shared.contracts.topics import BENEFIT_PAID


class PaymentStated(Event):
    """What every event about money states, about whomever it is; ``amount_sen`` is above zero, but for what came
    back when nothing was open any more.

    What is owed about a person is told of by the events of benefits, which name that person; what is owed about nobody,
    such as an employer's refund, by those of payables, which have no person and are ordered by the party that is paid.
    """

    topic = BENEFIT_PAID

    claim: UUID
    """The claim under which it is owed, or the payable of another owner."""
    scheme: str
    """The Act, such as `act4`."""
    benefit: str
    """Which benefit, unique under its scheme, such as `temporary_disablement`."""
    party: str
    """Who is paid, as kind and number: `person:12`."""
    fund: Fund
    """The fund that bears it."""
    amount_sen: StatedSen
    """The amount in sen, above zero; zero where what came back made no recovery smaller."""
    happened_at: datetime
    """When it happened; of what the bank says, when its word was received."""
    owner: str = "claims"
    """The service that states it as owed."""
    source: str = ""
    """Under what it is owed: `claim`, or `payable`, which claims states as well. Empty in events of before: then what
    is of claims is under a claim."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("entitlement", f"{self.claim}/{self.scheme}/{self.benefit}/{self.party}")

    @property
    def money_sen(self) -> int:
        return self.amount_sen


class PaymentEvent(PaymentStated, PersonEvent):
    """What every event about a payment about a person states: ``person`` is whom the claim or the payable is about."""


class PayableEvent(PaymentStated):
    """What every event about a payment about no person states; its key is the party that is paid."""

    @property
    def key(self) -> str:
        return self.party


class PaymentInstructed(PaymentStated):
    """A payment stands in a bank file, which the bank is given after this: whatever reached the bank is known from it.

    ``kind`` and ``replaces`` name its cause with the other fields; the file is named by its id, its hash and its sums.
    """

    instruction: UUID
    """The payment."""
    claim_revision: int
    """The decision from which the payment comes."""
    kind: str
    """`payment` of days or months, `once` where nothing else is due, or `reissue` in the place of another."""
    period_first: date
    """The first day that is paid."""
    period_last: date
    """The last day that is paid."""
    replaces: str = ""
    """The end-to-end id of the payment that this one replaces, returned or withdrawn; empty where it replaces none."""
    payee_version: int
    """Which of the party's accounts it goes to, counted from 1."""
    bank_file: UUID
    """The bank file in which it stands."""
    file_sha256: str
    """The SHA-256 of the file's bytes, in hexadecimal digits."""
    file_transactions: int
    """How many payments stand in the file."""
    file_sum_sen: StatedSen
    """What they add up to, in sen."""
    holder: str = ""
    """Who holds that account, as kind and number: the party itself, or who receives for it; empty where nobody said."""
    capacity: str = ""
    """In which capacity: `own`, `organisation`, `joint`, `guardian` or `representative`; empty as the holder is."""
    value_on: date | None = None
    """The day on which it counts in the books, when it was instructed; left out: that of `happened_at`."""

    @property
    def money_sen(self) -> int:
        # It is counted when the bank has answered.
        return 0


class PaymentSettled(PaymentStated):
    """The bank confirmed that a payment reached the payee's account."""

    instruction: UUID
    """The payment."""
    claim_revision: int
    """The decision from which the payment comes."""
    period_first: date
    """The first day that is paid."""
    period_last: date
    """The last day that is paid."""
    value_on: date | None = None
    """The day on which it counts in the books, by the bank's word; left out: that of `happened_at`."""


class PaymentReturned(PaymentStated):
    """The bank refused or returned a payment; ``reason`` is the bank's code (ISO 20022 external status reason)."""

    instruction: UUID
    """The payment."""
    claim_revision: int
    """The decision from which the payment comes."""
    reason: str
    """The bank's code, such as `AC04` (account closed)."""
    with_file: bool = False
    """Whether it came back because the bank refused its whole file or batch: that says nothing of the account."""
    value_on: date | None = None
    """The day on which it counts in the books, by the bank's word; left out: that of `happened_at`."""


class PaymentRecovered(PaymentStated):
    """Money paid beyond what was owed came back; ``amount_sen`` is zero where nothing was open any more."""

    recovery: UUID
    """The recovery that it closes or makes smaller."""
    repayment: UUID | None = None
    """The repayment."""
    route: str = ""
    """How it came: `bank_line` or `counter`."""
    receipt: str = ""
    """The receipt's number, where it came at the counter."""
    received_on: date | None = None
    """The day on which it came in."""
    beyond_sen: StatedSen = 0
    """What came in beside the amount, in sen, because no more than that was open."""
    claim_revision: int = 0
    """The decision by which the recovery was opened."""
    settled_revision: int = 0
    """The decision by which the entitlement stood when it was booked; zero where nothing was open, and in events of
    before."""
    law: str = ""
    """Act and section under which it is to come back."""


class RepaymentCountered(PaymentRecovered):
    """Money that was told of as come back had not come in: what it made smaller is to come back again.

    It says again all that was said of the repayment, which it takes back for good.
    """


class BenefitInstructedV1(PaymentInstructed, PaymentEvent):
    """A payment stands in a bank file, which the bank is given after this: whatever reached the bank is known from it.

    ``kind`` and ``replaces`` name its cause with the other fields; the file is named by its id, its hash and its sums.
    """

    name: ClassVar[str] = "benefit.instructed"


class BenefitSettledV1(PaymentSettled, PaymentEvent):
    """The bank confirmed that a payment reached the payee's account."""

    name: ClassVar[str] = "benefit.settled"


class BenefitReturnedV1(PaymentReturned, PaymentEvent):
    """The bank refused or returned a payment; ``reason`` is the bank's code (ISO 20022 external status reason)."""

    name: ClassVar[str] = "benefit.returned"


class BenefitRecoveredV1(PaymentRecovered, PaymentEvent):
    """Money paid beyond the entitlement came back (Act 4 s.50)."""

    name: ClassVar[str] = "benefit.recovered"


class PayableInstructedV1(PaymentInstructed, PayableEvent):
    """A payment about no person stands in a bank file, which the bank is given after this."""

    name: ClassVar[str] = "payable.instructed"


class PayableSettledV1(PaymentSettled, PayableEvent):
    """The bank confirmed that a payment about no person reached the party's account."""

    name: ClassVar[str] = "payable.settled"


class PayableReturnedV1(PaymentReturned, PayableEvent):
    """The bank refused or returned a payment about no person; ``reason`` is the bank's code."""

    name: ClassVar[str] = "payable.returned"


class PayableRecoveredV1(PaymentRecovered, PayableEvent):
    """Money about no person that was paid beyond what was owed came back."""

    name: ClassVar[str] = "payable.recovered"


class BenefitRepaymentCounteredV1(RepaymentCountered, PaymentEvent):
    """A repayment of what was paid beyond the entitlement had not come in: it is to come back again (Act 4 s.50)."""

    name: ClassVar[str] = "benefit.repayment_countered"


class PayableRepaymentCounteredV1(RepaymentCountered, PayableEvent):
    """A repayment of what was paid beyond what was owed, about no person, had not come in."""

    name: ClassVar[str] = "payable.repayment_countered"


class RecoveryAgreedV1(Event):
    """What two officers agree on about a recovery: instalments, or that it is set off where the law alone does not.

    Of a kind, and of one Act and owner, what was released last holds from its day on.
    """

    topic = BENEFIT_PAID
    name: ClassVar[str] = "recovery.agreed"

    agreement: UUID
    """The agreement."""
    recovery: UUID
    """The recovery that it is about."""
    claim: UUID
    """The claim under which too much was paid, or the payable of another owner."""
    scheme: str
    """The Act, such as `act4`."""
    benefit: str
    """Which benefit, unique under its scheme, such as `temporary_disablement`."""
    party: str
    """Who owes it, as kind and number: `person:12`."""
    person: Number | None = None
    """Whom the claim or the payable is about; absent where it is about nobody."""
    fund: Fund
    """The fund that bears it."""
    owner: str
    """The service that stated it as owed."""
    source: str
    """Under what it was owed: `claim` or `payable`."""
    claim_revision: int
    """The decision by which the recovery was opened."""
    law: str
    """Act and section under which it is to come back."""
    kind: str
    """`instalments` or `across`."""
    monthly_sen: StatedSen | None = None
    """Of instalments: the most that is kept in a calendar month, in sen; absent where they end."""
    against_scheme: str | None = None
    """Of setting off across: the Act of what is owed there."""
    against_owner: str | None = None
    """Of setting off across: the service that states it as owed."""
    ends: bool
    """Whether what was agreed of this kind before holds no more."""
    from_on: date
    """The day from which it holds."""
    evidence: str
    """The number of the document in which it stands."""
    released_at: datetime
    """When the second officer released it."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("recovery", str(self.recovery))

    @property
    def key(self) -> str:
        return self.party


class MoneyUnallocatedV1(Event):
    """Money came in by a line of the bank's statement, with a reference that nothing which is to come back has."""

    topic = BENEFIT_PAID
    name: ClassVar[str] = "money.unallocated"

    repayment: UUID
    """What came in, by an id that follows from the line."""
    amount_sen: StatedSen
    """The amount in sen, above zero."""
    received_on: date
    """The bank's value day."""
    reference: str
    """The statement and the line's number in it."""
    stated_by: str
    """The bank, as kind and number: `bank:1`."""
    countered: bool = False
    """Whether it had not come in after all; then it stays so."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("repayment", str(self.repayment))

    @property
    def key(self) -> str:
        return self.stated_by

    @property
    def money_sen(self) -> int:
        return self.amount_sen


class PartyStatedV1(Event):
    """What two officers let count of a payee: a suspension, a certificate, that it studies, who acts for it.

    What replaces an earlier one stands in its place; what withdraws one leaves nothing in it.
    """

    topic = BENEFIT_PAID
    name: ClassVar[str] = "party.stated"

    statement: UUID
    """The statement."""
    party: str
    """The payee, as kind and number: `person:12`."""
    kind: str
    """`suspension`, `certificate`, `student`, `acting` or `heirs_sought`."""
    says: str
    """The ground of a suspension, what a certificate proves, in which capacity somebody acts."""
    claim: UUID | None = None
    """Of a suspension: the claim under which the benefit is owed."""
    scheme: str | None = None
    """Of a suspension: the Act."""
    benefit: str | None = None
    """Of a suspension: which benefit."""
    first_on: date
    """The first day; of a certificate the day of which it proves it."""
    last_on: date | None = None
    """The last day; absent where none is known."""
    holder: str | None = None
    """Who acts, as kind and number; of a certificate who gave it, as a code."""
    evidence: str
    """The number of the document."""
    replaces: UUID | None = None
    """The statement in whose place it stands."""
    withdrawn: bool = False
    """Whether what it replaces was wrong from the beginning."""
    earned_sen: StatedSen | None = None
    """Of a suspension for insurable work: the wages of a month, in sen."""
    average_sen: StatedSen | None = None
    """Of a suspension for insurable work: the average monthly wage before, in sen, of which it is a part."""
    stated_at: datetime
    """When it was stated."""
    counted_at: datetime
    """When the second officer let it count."""
    written_to: tuple[Token, ...] = ()
    """Of a suspension: to whom a letter about it goes, as kind and number; empty where it is stated again."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("party_statement", str(self.statement))

    @property
    def key(self) -> str:
        return self.party


class IncreaseFactorV1(Part):
    """What an order gives to a benefit that began in certain years."""

    benefit: str
    """Which benefit."""
    began_from: int
    """The first year in which it began."""
    began_to: int
    """The last year."""
    percent: str
    """Of what it was, as a decimal."""
    least_sen: StatedSen | None = None
    """What it is by the month at least, in sen; absent where there is no such sum."""


class BenefitsIncreasedV1(Event):
    """An order that raises benefits by the month counts: two officers let it."""

    topic = BENEFIT_PAID
    name: ClassVar[str] = "benefits.increased"

    order: UUID
    """The order."""
    instrument: str
    """The number of the instrument that gives it."""
    law: str
    """Act and section under which it is made."""
    in_force: date
    """From which day on it counts."""
    factors: tuple[IncreaseFactorV1, ...]
    """What it gives; of an order that withdraws another one nothing."""
    replaces: UUID | None = None
    """The order in whose place it stands."""
    withdrawn: bool = False
    """Whether what it replaces gives nothing any more."""
    stated_at: datetime
    """When it was entered."""
    counted_at: datetime
    """When the second officer let it count."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("increase_order", str(self.order))

    @property
    def key(self) -> str:
        # One replaces another: all of them in one order.
        return "increase_order"

    @property
    def rows(self) -> int:
        return max(1, len(self.factors))


class CertificateAskedV1(Event):
    """A payee is asked for a certificate, or reminded of it: what falls due after its day waits for it."""

    topic = BENEFIT_PAID
    name: ClassVar[str] = "certificate.asked"

    request: UUID
    """The request, by an id that follows from the benefit and the day."""
    claim: UUID
    """The claim under which the benefit is owed."""
    scheme: str
    """The Act."""
    benefit: str
    """Which benefit."""
    party: str
    """The payee, as kind and number: `person:12`."""
    certificate: str
    """`life`, `status` or `study`."""
    form: str = ""
    """The form on which it comes, as the statute book calls it; empty where none is known."""
    due_on: date
    """The last day on which it comes in time."""
    asked_on: date
    """The day on which it was asked for."""
    reminded_on: date | None = None
    """The day on which its payee was reminded; absent while it was only asked for."""
    matter: UUID | None = None
    """What letters about it have in common: for all benefits of the payee of which it is due on that day. Absent in
    events of before: nobody was written to."""
    written_to: tuple[Token, ...] = ()
    """To whom the letter goes, as kind and number: to whoever acts for the payee, else to the payee; empty where it is
    stated again."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("certificate_request", str(self.request))

    @property
    def key(self) -> str:
        return self.party


class RecoveryOpenedV1(Event):
    """More was paid than is owed: it is to come back. Stated each time that more of it comes to light, for the letter
    that says so; what stands of it is in the books."""

    topic = BENEFIT_PAID
    name: ClassVar[str] = "recovery.opened"

    recovery: UUID
    """The recovery."""
    claim: UUID
    """The claim under which too much was paid, or the payable of another owner."""
    scheme: str
    """The Act, such as `act4`."""
    benefit: str
    """Which benefit, unique under its scheme."""
    party: str
    """Who owes it, as kind and number: `person:12`."""
    fund: Fund
    """The fund that bore it."""
    owner: str
    """The service that states what is owed."""
    source: str
    """Under what it is owed: `claim` or `payable`."""
    claim_revision: int
    """The decision by which less is owed than was paid."""
    law: str
    """Act and section under which it is to come back."""
    reference: str
    """What a payer writes."""
    revision: int
    """How often more of it has come to light; the higher one is the newer."""
    opened_sen: StatedSen
    """What has come to light now, in sen, above zero."""
    open_sen: StatedSen
    """All that is to come back by now, in sen; zero where it was set off at once."""
    reason: str
    """`payee_died`, `suspended`, or `decided_again`: the decision grants less than was paid."""
    kept_percent: int
    """How much of what falls due next under its Act is kept against it by law, in percent."""
    kept_law: str | None = None
    """Act and section by which it is kept; absent where nothing is without an agreement."""
    written_to: tuple[Token, ...]
    """To whom the letter goes, as kind and number."""
    opened_on: date
    """The day on which it came to light."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("recovery", str(self.recovery))

    @property
    def key(self) -> str:
        return self.party
