"""Knows again what registration itself published, after its database was put back (rules M8).

Names, national ids and codes that were entered since the backup were never published and are lost: whoever entered them
enters them again, and then everybody bears the number that was published.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.registration.commands.derive_membership import DeriveAgain
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.contracts.contribution_received import ContributionsReceivedV1
from shared.contracts.envelope import Event
from shared.contracts.registration import EmployerRegisteredV1, MembershipChangedV1, PersonRegisteredV1, SpellEvent
from shared.kernel.clock import now


@dataclass(frozen=True)
class RecallRegistration:
    """What registration published, and its database does not know; at first, before it is read, nothing."""

    events: Sequence[Event]


async def recall_registration(command: RecallRegistration, uow: RegistrationUnitOfWork) -> None:
    """Keep numbers, ids and lines; nothing that is known goes back below what was published."""
    if not command.events:
        await uow.recalled.leave_numbers_out()
    for event in command.events:
        if isinstance(event, PersonRegisteredV1):
            await uow.recalled.person(event)
        elif isinstance(event, EmployerRegisteredV1):
            await uow.recalled.employer(event)
        elif isinstance(event, SpellEvent):
            if await uow.recalled.spell(event):
                await uow.due.at(DeriveAgain(event.person), now())
        elif isinstance(event, MembershipChangedV1):
            if await uow.recalled.membership(event):
                await uow.due.at(DeriveAgain(event.person), now())
        elif isinstance(event, ContributionsReceivedV1):
            await uow.recalled.lines(event)
