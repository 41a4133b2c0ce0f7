"""A second officer lets a changed account, or one from which a payment came back, be paid to."""

from dataclasses import dataclass

from services.benefits.domain import subjects
from services.benefits.domain.errors import PayeeUnknown, SecondOfficerNeeded
from services.benefits.storage.payees import Payee
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.officers import must_be_another


@dataclass(frozen=True)
class ReleasePayee:
    """A version of a party's account, and the officer and party that release it."""

    party: str
    version: int
    officer: str
    tenant: str


async def release_payee(command: ReleasePayee, uow: BenefitsUnitOfWork) -> Payee:
    """Note the officer's word and wake what waits; raises PayeeUnknown, SecondOfficerNeeded."""
    payee = await uow.payees.lock(command.party)
    if payee is None or payee.version != command.version:
        raise PayeeUnknown("It is not the newest version of the party's account.")
    # Whoever corrected the name on it since has not looked at the account in the place of a second officer.
    versions = await uow.payees.list_versions(command.party)
    entered_by = {each.entered_by for each in versions if each.is_same(payee)}
    must_be_another(command.officer, entered_by, SecondOfficerNeeded, version=payee.version)
    await uow.payees.release(payee, command.officer, command.tenant)
    await uow.due.wake({subjects.payee(command.party)})
    return payee
