"""Payees: to which account a party is paid, and who holds it. An account is entered here and never shown again."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import Field

from services.benefits.api.dependencies import (
    AccountHold,
    Cipher,
    CommittedBeforeAnswer,
    by_another_officer,
    by_one_officer,
)
from services.benefits.api.fields import PartyInPath, PartyName
from services.benefits.commands.record_payee import RecordPayee, record_payee
from services.benefits.commands.release_payee import ReleasePayee, release_payee
from services.benefits.domain.parties import Capacity, Holding, party_of
from services.benefits.queries import payees
from services.benefits.queries.payees import PayeeRead
from services.benefits.storage.payees import BankAccount, Payee
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.identifiers import party_number, person_id, person_number
from shared.security.scopes import Party, officers_only, requires
from shared.security.tokens import Caller
from shared.web.fields import ACCOUNT_NUMBER_PATTERN, BIC_PATTERN, LARGEST_INTEGER, Day, DocumentNumber, Text
from shared.web.ids import PersonId
from shared.web.money import In, Out, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["payees"])

# It is written into the bank file, and is no longer than the file takes.
AccountName = Annotated[
    Text, Field(min_length=1, max_length=140, description="The name on the account.", examples=["Aminah"])
]
Version = Annotated[int, Path(ge=1, le=LARGEST_INTEGER, description="The newest version.")]


class AccountIn(In):
    """An account at a bank."""

    bank_bic: str = Field(
        pattern=BIC_PATTERN,
        max_length=11,
        description="The bank's BIC (ISO 9362).",
        examples=["MBBEMYKL"],
    )
    number: str = Field(
        pattern=ACCOUNT_NUMBER_PATTERN,
        max_length=34,
        description="The account number, digits only.",
        examples=["51234567"],
    )


class PayeeIn(In):
    """The account to which a person's benefits go."""

    model_config = examples(
        {
            "person": "P000000012T",
            "account_name": "AMINAH BINTI OSMAN",
            "account": {"bank_bic": "MBBEMYKL", "number": "512345678901"},
        }
    )

    person: PersonId
    account_name: AccountName
    account: AccountIn

    def command(self, caller: Caller, hold: timedelta) -> RecordPayee:
        """As a command of the officer who sent it."""
        account = BankAccount(self.account_name, self.account.number, self.account.bank_bic)
        return RecordPayee(party_of(person_number(self.person)), account, caller.party, caller.subject, hold)


class PartysAccountIn(In):
    """The account to which a party is paid, and who holds it."""

    model_config = examples(
        {
            "account_name": "KILANG MAJU SDN BHD",
            "account": {"bank_bic": "MBBEMYKL", "number": "512345678901"},
            "capacity": "organisation",
        },
        {
            "account_name": "AMINAH BINTI OSMAN",
            "account": {"bank_bic": "MBBEMYKL", "number": "512345678902"},
            "capacity": "guardian",
            "holder": "person:12",
            "until_on": "2031-05-01",
            "evidence": "PKSF17/2026/118",
        },
    )

    account_name: AccountName
    account: AccountIn
    capacity: Capacity = Field(description="In which capacity it is held.")
    holder: str | None = Field(
        default=None,
        pattern="^[a-z_]+:[0-9]{1,18}$",
        max_length=100,
        description="Who holds it, where that is another than the party; of a joint account the other holder.",
        examples=["person:12"],
    )
    until_on: Day | None = Field(
        default=None, description="The last day on which a guardian receives for the party.", examples=["2031-05-01"]
    )
    evidence: DocumentNumber | None = Field(default=None, description="The reference of what shows the holder's right.")

    def command(self, party: str, caller: Caller, hold: timedelta) -> RecordPayee:
        """As a command of the officer who sent it."""
        account = BankAccount(self.account_name, self.account.number, self.account.bank_bic)
        holding = Holding(self.holder or party, self.capacity, self.until_on, self.evidence)
        return RecordPayee(party, account, caller.party, caller.subject, hold, holding)


class PayeeOut(Out):
    """A payee's version; payments keep the version that they were sent with."""

    person: PersonId
    version: int = Field(ge=1, le=LARGEST_INTEGER, description="1 for the first account, one more with each change.")
    bank_bic: str = Field(max_length=11, description="The bank's BIC.", examples=["MBBEMYKL"])
    held_until: datetime | None = Field(
        description="Until when nothing is paid to a changed account, unless a second officer releases it."
    )
    needs_release: bool = Field(description="Whether nothing is paid to it before a second officer releases it.")

    @classmethod
    def of(cls, payee: Payee) -> "PayeeOut":
        """The version without its account."""
        return cls(
            person=person_id(party_number(payee.party)),
            version=payee.version,
            bank_bic=payee.bank_bic,
            held_until=payee.held_until,
            needs_release=payee.needs_release,
        )


class PartysAccountOut(Out):
    """A version of a party's account, and who holds it."""

    party: PartyName
    version: int = Field(ge=1, le=LARGEST_INTEGER, description="1 for the first account, one more with each change.")
    bank_bic: str = Field(max_length=11, description="The bank's BIC.", examples=["MBBEMYKL"])
    capacity: Capacity
    holder: PartyName
    until_on: date | None = Field(description="The last day on which a guardian receives for the party.")
    evidence: str | None = Field(max_length=40, description="The reference of what shows the holder's right.")
    held_until: datetime | None = Field(
        description="Until when nothing is paid to a changed account, unless a second officer releases it."
    )
    needs_release: bool = Field(description="Whether nothing is paid to it before a second officer releases it.")
    entered_at: datetime
    released_at: datetime | None = Field(description="When a second officer released it; null where none did.")

    @classmethod
    def of(cls, read: PayeeRead) -> "PartysAccountOut":
        """The version without its account."""
        return cls(**asdict(read))


@router.post(
    "/v1/payees",
    summary="Enter a person's account",
    **by_one_officer("payee", 404, 409),
)
async def enter_account(
    body: PayeeIn, uow: CommittedBeforeAnswer, caller: Party, cipher: Cipher, hold: AccountHold
) -> PayeeOut:
    """Enter or change the account to which a person's benefits go; what waits for it is paid next.

    A change is held, until its time has run out or a second officer releases it; of somebody for whom another received,
    until a second officer does. An account from which a payment came back stays blocked when it is entered again,
    until an officer releases it.
    """
    return PayeeOut.of(await record_payee(body.command(caller, hold), cipher, uow))


@router.post(
    "/v1/payees/{person}/versions/{version}/releases",
    summary="Release a person's account",
    **by_another_officer("payee"),
)
async def release_account(
    person: PersonId,
    version: Version,
    uow: CommittedBeforeAnswer,
    caller: Party,
) -> PayeeOut:
    """Say, as another officer than the one who entered it, that this account may be paid to."""
    command = ReleasePayee(party_of(person_number(person)), version, caller.subject, caller.party)
    return PayeeOut.of(await release_payee(command, uow))


@router.get(
    "/v1/parties/{party}/accounts",
    summary="List a party's accounts",
    dependencies=[requires("benefits:payee:read"), Depends(officers_only)],
    responses=problems(400),
)
async def list_accounts_of_party(
    party: PartyInPath, listing: Listing, uow: CommittedBeforeAnswer
) -> Page[PartysAccountOut]:
    """Every version of the account of a party of any kind, oldest first: who holds it, and whether it is released."""
    after = 0 if listing.after is None else int(listing.after[0])
    found = await payees.list_payees(party, after, listing.limit, uow)
    return listing.page(found, item=PartysAccountOut.of, position=lambda read: [read.version])


@router.post(
    "/v1/parties/{party}/accounts",
    summary="Enter a party's account",
    **by_one_officer("payee", 404, 409),
)
async def enter_account_of_party(
    party: PartyInPath,
    body: PartysAccountIn,
    uow: CommittedBeforeAnswer,
    caller: Party,
    cipher: Cipher,
    hold: AccountHold,
) -> PartysAccountOut:
    """Enter or change the account to which a party of any kind is paid, and say who holds it.

    What is no person's own account is not paid to before a second officer releases it: one of an employer, a hospital
    or a provider, and one that a guardian, a representative or somebody beside the party holds.
    """
    payee = await record_payee(body.command(party, caller, hold), cipher, uow)
    return await _shown(payee, uow)


@router.post(
    "/v1/parties/{party}/accounts/{version}/releases",
    summary="Release a party's account",
    **by_another_officer("payee"),
)
async def release_account_of_party(
    party: PartyInPath, version: Version, uow: CommittedBeforeAnswer, caller: Party
) -> PartysAccountOut:
    """Say, as another officer than those who entered it, that this account may be paid to."""
    payee = await release_payee(ReleasePayee(party, version, caller.subject, caller.party), uow)
    return await _shown(payee, uow)


async def _shown(payee: Payee, uow: BenefitsUnitOfWork) -> PartysAccountOut:
    (read,) = await payees.list_payees(payee.party, payee.version - 1, 1, uow)
    return PartysAccountOut.of(read)
