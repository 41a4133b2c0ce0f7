"""Authorisations of treatment as the caller may see them: a hospital's own, a person's of itself, for officers all."""

from datetime import date, timedelta
from uuid import UUID

from services.claims.domain.medical_authorisation import AuthorisationState, MedicalAuthorisation
from services.claims.storage.medical_authorisations import AuthorisationFigures
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import start_of_day


async def find_authorisation(id_: UUID, uow: ClaimsUnitOfWork) -> MedicalAuthorisation:
    """One of them; raises MedicalAuthorisationUnknown."""
    return await uow.medical_authorisations.find(id_)


async def list_authorisations(
    state: AuthorisationState | None, person: int | None, after: UUID | None, limit: int, uow: ClaimsUnitOfWork
) -> list[MedicalAuthorisation]:
    """In the order of their ids."""
    return await uow.medical_authorisations.page(state, person, after, limit)


async def find_authorisation_figures(first: date, last: date, uow: ClaimsUnitOfWork) -> AuthorisationFigures:
    """Of what was asked for on these days."""
    return await uow.medical_authorisations.figures(start_of_day(first), start_of_day(last + timedelta(days=1)))
