"""Authorisations of treatment as the caller may see them: a hospital's own, a person's of itself, for officers all."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from services.claims.domain.medical_authorisation import (
    AuthorisationState,
    Limit,
    MedicalAuthorisation,
    shared_mosts,
)
from services.claims.storage.medical_authorisations import AuthorisationFigures
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import start_of_day
from shared.law.book import book


async def find_authorisation(id_: UUID, uow: ClaimsUnitOfWork) -> MedicalAuthorisation:
    """One of them; raises MedicalAuthorisationUnknown."""
    return await uow.medical_authorisations.find(id_)


async def find_limit(authorisation: MedicalAuthorisation, uow: ClaimsUnitOfWork) -> Limit | None:
    """Up to where it is borne: of its most, what is paid of the bills of one stay in all, as they are settled."""
    limit = authorisation.limit(book())
    if limit is None or authorisation.person is None:
        return limit
    leads = shared_mosts(await uow.medical_authorisations.of_person(authorisation.person))
    lead = leads.get(authorisation.id, authorisation)
    most = lead.most_sen(book())
    if most is None:
        return replace(limit, most_sen=None, left_sen=None)
    stay = {id_ for id_, each in leads.items() if each.id == lead.id}
    bills = await uow.medical_bills.of_authorisations(stay)
    taken = sum(line.paid_sen + line.waiting_sen for bill in bills for line in bill.lines)
    one_with = None if lead.id == authorisation.id else lead.id
    return replace(limit, most_sen=most, one_with=one_with, left_sen=max(most - taken, 0))


async def list_authorisations(
    state: AuthorisationState | None, person: int | None, after: UUID | None, limit: int, uow: ClaimsUnitOfWork
) -> list[MedicalAuthorisation]:
    """In the order of their ids."""
    return await uow.medical_authorisations.page(state, person, after, limit)


async def find_authorisation_figures(first: date, last: date, uow: ClaimsUnitOfWork) -> AuthorisationFigures:
    """Of what was asked for on these days."""
    return await uow.medical_authorisations.figures(start_of_day(first), start_of_day(last + timedelta(days=1)))
