"""Payees: to which account a person's benefits go. An account is entered here and never shown again."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import Field

from services.benefits.api.dependencies import AccountHold, Cipher, CommittedBeforeAnswer
from services.benefits.commands.record_payee import RecordPayee, record_payee
from services.benefits.commands.release_payee import ReleasePayee, release_payee
from services.benefits.storage.payees import BankAccount, Payee
from shared.kernel.identifiers import person_id, person_number
from shared.security.scopes import Party, officers_only, requires
from shared.security.tokens import Caller
from shared.web.fields import ACCOUNT_NUMBER_PATTERN, BIC_PATTERN, LARGEST_INTEGER, Text
from shared.web.ids import PersonId
from shared.web.money import In, Out, examples
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["payees"])


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
    # It is written into the bank file, and is no longer than the file takes.
    account_name: Text = Field(
        min_length=1, max_length=140, description="The name on the account.", examples=["Aminah"]
    )
    account: AccountIn

    def command(self, caller: Caller, hold: timedelta) -> RecordPayee:
        """As a command of the officer who sent it."""
        account = BankAccount(self.account_name, self.account.number, self.account.bank_bic)
        return RecordPayee(person_number(self.person), account, caller.party, caller.subject, hold)


class PayeeOut(Out):
    """A payee's version; payments keep the version that they were sent with."""

    person: PersonId
    version: int = Field(ge=1, le=LARGEST_INTEGER, description="1 for the first account, one more with each change.")
    bank_bic: str = Field(max_length=11, description="The bank's BIC.", examples=["MBBEMYKL"])
    held_until: datetime | None = Field(
        description="Until when nothing is paid to a changed account, unless a second officer releases it."
    )

    @classmethod
    def of(cls, payee: Payee) -> "PayeeOut":
        """The version without its account."""
        return cls(
            person=person_id(payee.person),
            version=payee.version,
            bank_bic=payee.bank_bic,
            held_until=payee.held_until,
        )


@router.post(
    "/v1/payees",
    status_code=201,
    summary="Enter a person's account",
    dependencies=[requires("benefits:payee:write"), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 409),
)
async def enter_account(
    body: PayeeIn, uow: CommittedBeforeAnswer, caller: Party, cipher: Cipher, hold: AccountHold
) -> PayeeOut:
    """Enter or change the account to which a person's benefits go; what waits for it is paid next.

    A change is held, until its time has run out or a second officer releases it. An account from which a payment came
    back stays blocked when it is entered again, until an officer releases it.
    """
    return PayeeOut.of(await record_payee(body.command(caller, hold), cipher, uow))


@router.post(
    "/v1/payees/{person}/versions/{version}/releases",
    status_code=201,
    summary="Release a person's account",
    dependencies=[requires("benefits:payee:release"), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 403, 404, 409),
)
async def release_account(
    person: PersonId,
    version: Annotated[int, Path(ge=1, le=LARGEST_INTEGER, description="The newest version.")],
    uow: CommittedBeforeAnswer,
    caller: Party,
) -> PayeeOut:
    """Say, as another officer than the one who entered it, that this account may be paid to."""
    command = ReleasePayee(person_number(person), version, caller.subject, caller.party)
    return PayeeOut.of(await release_payee(command, uow))
