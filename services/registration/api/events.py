"""What employers push to registration: who was hired, who left, what was paid."""

from typing import Annotated

from pydantic import Field, JsonValue

from services.registration.api.dependencies import unit
from services.registration.api.fields import READS_AS_WRITTEN, NationalIdIn
from services.registration.commands.take_hire import TakeHire
from services.registration.commands.take_leaving import TakeLeaving
from services.registration.commands.take_wages import PaidWage
from services.registration.domain.contribution import number_of
from services.registration.domain.errors import AmountTooLarge
from services.registration.domain.work import KindOfWork
from shared.contracts.registration import Residence
from shared.inbound.keys import InboundKeys
from shared.inbound.models import Models, Pushed, Stated
from shared.inbound.router import LARGEST_BYTES, PATH, inbound_router
from shared.kernel.money import Sen
from shared.kernel.periods import Month
from shared.security.tokens import Caller
from shared.web.fields import ONE_LINE, Day, Flag
from shared.web.money import StatedMoney, examples

__all__ = ["LARGEST_BYTES", "MODELS", "PATH", "router"]

Name = Annotated[str, Field(min_length=1, max_length=150, examples=["AHMAD BIN ALI"]), ONE_LINE, READS_AS_WRITTEN]
Address = Annotated[str, Field(min_length=1, max_length=500), ONE_LINE]
Allowance = Annotated[StatedMoney, Field(description="An intern's, by month; of nobody else.")]
# What the columns of a contribution file hold.
LARGEST_AMOUNT: Sen = 999_999
_ID: dict[str, JsonValue] = {"kind": "mykad", "number": "900101-14-5678"}
_AMOUNTS = ("act4_employer", "act4_employee", "act800_employer", "act800_employee", "skbbk_employee")


class EmployeeHired(Pushed):
    """The employer hired a person, who is registered where nobody bears the number yet; the spell starts."""

    model_config = examples(
        {
            "national_id": {"kind": "mykad", "number": "880808-10-5681"},
            "name": "AHMAD BIN ALI",
            "born_on": "1988-08-08",
            "residence": "citizen",
            "address": "1 Jalan Merdeka, 75000 Melaka",
            "started_on": "2026-07-01",
        },
        {
            "national_id": {"kind": "mykad", "number": "880808-10-5681"},
            "name": "AHMAD BIN ALI",
            "born_on": "1988-08-08",
            "residence": "citizen",
            "started_on": "2026-07-01",
            "kind_of_work": "intern",
            "allowance": {"amount": "900.00", "currency": "MYR"},
        },
    )

    national_id: NationalIdIn
    name: Name = Field(description="As it stands on the document.")
    born_on: Day = Field(description="The day of birth; of a person who is registered already it changes nothing.")
    residence: Residence = Field(description="The standing in the country, likewise.")
    address: Address | None = Field(default=None, description="Where letters go, likewise.")
    started_on: Day = Field(description="The first day of employment.")
    kind_of_work: KindOfWork | None = Field(
        default=None, description="How the person works. Left out: taken as permanent work, until it is stated."
    )
    spouse_of_employer: Flag = Field(default=False, description="Whether the person is married to the employer.")
    allowance: Allowance | None = None

    def stated(self, sender: Caller, keys: InboundKeys) -> Stated:  # noqa: ARG002
        """As a command; raises NationalIdInvalid, AllowanceNeeded."""
        who = self.national_id.stated()
        facts = (self.born_on, self.residence, self.address, self.started_on)
        work = (self.kind_of_work, self.spouse_of_employer, None if self.allowance is None else self.allowance.sen)
        hired = TakeHire(sender.party_number, who.kind, who.number, self.name, *facts, *work)
        hired.work.check()
        return Stated(hired, who.number)


class EmployeeLeft(Pushed):
    """A person's last day of employment with the employer."""

    model_config = examples({"national_id": _ID, "name": "AHMAD BIN ALI", "ended_on": "2026-08-31"})

    national_id: NationalIdIn
    name: Name = Field(description="As it is registered.")
    ended_on: Day = Field(description="The last day of employment.")

    def stated(self, sender: Caller, keys: InboundKeys) -> Stated:  # noqa: ARG002
        """As a command; raises NationalIdInvalid."""
        who = self.national_id.stated()
        return Stated(TakeLeaving(sender.party_number, who.kind, who.number, self.name, self.ended_on), who.number)


class WagePaid(Pushed):
    """The wage of a person for a month: what is contributed is worked out, and held against what is stated of it."""

    model_config = examples(
        {
            "national_id": _ID,
            "name": "AHMAD BIN ALI",
            "for_month": "2026-08",
            "wage": {"amount": "2480.00", "currency": "MYR"},
            "paid_on": "2026-08-28",
            "act4_employer": {"amount": "42.85", "currency": "MYR"},
            "act4_employee": {"amount": "12.25", "currency": "MYR"},
            "act800_employer": {"amount": "4.90", "currency": "MYR"},
            "act800_employee": {"amount": "4.90", "currency": "MYR"},
            "skbbk_employee": {"amount": "18.35", "currency": "MYR"},
        }
    )

    national_id: NationalIdIn
    name: Name = Field(description="As it is registered.")
    for_month: str = Field(
        pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$",
        max_length=7,
        description="The wage month, which may be another one than that of the payment.",
    )
    wage: StatedMoney = Field(description="All wages of the month with this employer; 0.00 withdraws the month.")
    paid_on: Day = Field(description="The day on which it was paid.")
    act4_employer: StatedMoney | None = Field(default=None, description="May be left out, as each of the amounts.")
    act4_employee: StatedMoney | None = None
    act800_employer: StatedMoney | None = None
    act800_employee: StatedMoney | None = None
    skbbk_employee: StatedMoney | None = None

    def stated(self, sender: Caller, keys: InboundKeys) -> Stated:  # noqa: ARG002
        """As a command; raises NationalIdInvalid, AmountTooLarge."""
        who, month = self.national_id.stated(), Month.of(self.for_month)
        amounts = {name: getattr(self, name).sen for name in _AMOUNTS if getattr(self, name) is not None}
        if any(sen > LARGEST_AMOUNT for sen in amounts.values()):
            raise AmountTooLarge()
        whose = (sender.party_number, who.kind, who.number, self.name)
        paid = PaidWage(*whose, number_of(month), self.wage.sen, self.paid_on, amounts)
        return Stated(paid, who.number, (self.for_month,))


MODELS: Models = {"employee.hired": EmployeeHired, "employee.left": EmployeeLeft, "wage.paid": WagePaid}
router = inbound_router("registration", MODELS, unit)
