"""End an activity of a person: nothing is paid for it any more, and what was paid is not given back (Act 789 s.11)."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.registration.commands.state_scheme_cover import StateSchemeCover, state_scheme_cover
from services.registration.domain.errors import SchemeRegistrationUnknown
from services.registration.domain.scheme_registration import SchemeRegistration, check_days
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today


@dataclass(frozen=True)
class EndSchemeRegistration:
    """Which, its last day, the party that says so, and the officer where one does."""

    registration: UUID
    last_on: date
    tenant: str
    officer: str | None


async def end_scheme_registration(command: EndSchemeRegistration, uow: RegistrationUnitOfWork) -> SchemeRegistration:
    """As it stands then; raises SchemeRegistrationUnknown of one that another party stated, or what is wrong with the
    day."""
    stands = await _held(command, uow)
    check_days(stands.first_on, command.last_on, today())
    ended = replace(stands, last_on=command.last_on, recorded_at=now(), officer=command.officer)
    if not stands.says_the_same(ended):
        await uow.scheme_registrations.add(ended)
        choice = ended.choice
        await state_scheme_cover(StateSchemeCover(ended.person, choice.scheme, choice.activity), uow)
    return ended


async def _held(command: EndSchemeRegistration, uow: RegistrationUnitOfWork) -> SchemeRegistration:
    """As it stands, once its person is held."""
    id_ = command.registration
    for facts in (await uow.scheme_registrations.named([id_])).values():
        is_own = command.officer is not None or facts[0].tenant == command.tenant
        if is_own and await uow.scheme_registrations.hold([facts[0].person]):
            return (await uow.scheme_registrations.named([id_]))[id_][-1]
    raise SchemeRegistrationUnknown()
