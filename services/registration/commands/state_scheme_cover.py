"""State all that is known of an activity of a person, in the transaction that changed it."""

from dataclasses import dataclass

from services.registration.events.registration import scheme_cover_stated
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


@dataclass(frozen=True)
class StateSchemeCover:
    """The person, whom the transaction holds, the scheme, and the activity ("": it has none)."""

    person: int
    scheme: str
    activity: str


async def state_scheme_cover(command: StateSchemeCover, uow: RegistrationUnitOfWork) -> None:
    """Publish it under the next revision, whoever stated its parts."""
    about = (command.person, command.scheme, command.activity)
    registrations = await uow.scheme_registrations.of_activity(*about)
    payments = await uow.cover_payments.of_activity(*about)
    revision = await uow.scheme_registrations.next_revision(*about)
    uow.publish(scheme_cover_stated(*about, revision, registrations, payments))
