"""A second officer lets a changed account, or one from which a payment came back, be paid to."""

from dataclasses import dataclass

from services.benefits.domain import subjects
from services.benefits.domain.errors import PayeeUnknown, SecondOfficerNeeded
from services.benefits.domain.parties import party_of
from services.benefits.storage.payees import Payee
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork


@dataclass(frozen=True)
class ReleasePayee:
    """A version of a person's account, and the officer and party that release it."""

    person: int
    version: int
    officer: str
    tenant: str


async def release_payee(command: ReleasePayee, uow: BenefitsUnitOfWork) -> Payee:
    """Note the officer's word and wake what waits; raises PayeeUnknown, SecondOfficerNeeded."""
    payee = await uow.payees.lock(command.person)
    if payee is None or payee.version != command.version:
        raise PayeeUnknown("It is not the newest version of the person's account.")
    if payee.entered_by == command.officer:
        raise SecondOfficerNeeded(facts={"version": command.version})
    await uow.payees.release(payee, command.officer, command.tenant)
    await uow.due.wake({subjects.payee(party_of(command.person))})
    return payee
