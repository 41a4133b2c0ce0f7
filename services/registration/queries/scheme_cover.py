"""Read registrations and payments for schemes, and the cover that follows of them, on both axes."""

from datetime import datetime
from uuid import UUID

from services.registration.domain.cover_payment import CoverPayment
from services.registration.domain.errors import PersonUnknown
from services.registration.domain.scheme_cover import ActivityCover, cover_of, not_law
from services.registration.domain.scheme_registration import SchemeRegistration
from services.registration.domain.schemes import CATALOGUE, Joining
from services.registration.queries.cover import must_be_settled
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import BUSINESS_ZONE, business_day, now
from shared.law.book import LawOn, book
from shared.law.errors import NotYetLaw

# More registrations than parties and activities that one person may have.
MOST = 1_000
About = tuple[str, str]


async def find_scheme_cover(
    person: int, moment: datetime, known_at: datetime | None, looker: Viewer, uow: RegistrationUnitOfWork
) -> list[ActivityCover]:
    """Each activity of a person by its payments, as known at an instant; raises PersonUnknown, PersonErased,
    KnownAtTooLate. It is told to the person and to officers, and to nobody else who sees the person."""
    must_be_settled(known_at)
    await uow.persons.see(person, looker)
    if looker.employer is not None:
        raise PersonUnknown()
    payments, registrations = await _known(person, known_at, uow)
    choices = [*(each.choice for each in registrations), *(each.choice for each in payments)]
    abouts = sorted({(each.scheme, each.activity) for each in choices})
    abouts = [about for about in abouts if about[0] in CATALOGUE]
    local = moment.astimezone(BUSINESS_ZONE)
    law = book().on(local.date(), business_day(known_at or now()))
    joining = {
        scheme: await uow.scheme_registrations.joining(person, scheme, local.date())
        for scheme in sorted({scheme for scheme, _ in abouts})
    }
    return [_cover(about, payments, registrations, joining[about[0]], local, law) for about in abouts]


async def _known(
    person: int, known_at: datetime | None, uow: RegistrationUnitOfWork
) -> tuple[list[CoverPayment], list[SchemeRegistration]]:
    registrations = await uow.scheme_registrations.page(person, known_at, None, MOST)
    return await uow.cover_payments.as_of(person, known_at), registrations


def _cover(
    about: About,
    payments: list[CoverPayment],
    registrations: list[SchemeRegistration],
    who: Joining,
    moment: datetime,
    law: LawOn,
) -> ActivityCover:
    scheme, activity = CATALOGUE[about[0]], about[1]
    own = [each for each in payments if (each.choice.scheme, each.choice.activity) == about]
    said = [each for each in registrations if (each.choice.scheme, each.choice.activity) == about]
    try:
        return cover_of(scheme, activity, said, own, who, moment, law)
    except NotYetLaw:
        return not_law(scheme, activity, said, own)


async def find_registrations(
    person: int | None, known_at: datetime | None, after: UUID | None, limit: int, uow: RegistrationUnitOfWork
) -> list[SchemeRegistration]:
    """Registrations that the caller may see, by id, after one; raises KnownAtTooLate."""
    must_be_settled(known_at)
    return await uow.scheme_registrations.page(person, known_at, after, limit)


async def find_cover_payments(
    registration: UUID | None, after: UUID | None, limit: int, uow: RegistrationUnitOfWork
) -> list[CoverPayment]:
    """Payments that the caller may see, by id, after one."""
    return await uow.cover_payments.page(registration, after, limit)


async def find_cover_payment(payment: UUID, uow: RegistrationUnitOfWork) -> CoverPayment:
    """Raises CoverPaymentUnknown."""
    return await uow.cover_payments.find(payment)
