"""Answer a hospital that admits somebody: is there cover behind a national id and a name? That it asked is kept."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from services.registration.domain.cover import Cover, cover_on
from services.registration.domain.errors import InquiryDayOutOfRange, PersonUnknown
from services.registration.storage.cover import Inquiry
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.law.book import book
from shared.security.national_id import NationalId

# How far back the accident may lie because of which somebody is admitted now (assumed; no source says).
DAYS_BACK = timedelta(days=30)


@dataclass(frozen=True, repr=False)
class InquireCover:
    """The id and the name, the day of which is asked, and who asks: the party, and its client."""

    national_id: NationalId
    name: str
    day: date
    tenant: str
    client: str


async def inquire_cover(command: InquireCover, uow: RegistrationUnitOfWork) -> Cover:
    """The cover of who bears both; that of nobody where they do not belong together. Raises InquiryDayOutOfRange."""
    if not today() - DAYS_BACK <= command.day <= today():
        raise InquiryDayOutOfRange()
    person = None
    with suppress(PersonUnknown):
        person = await uow.persons.behind(command.national_id, command.name, today())
    known = await uow.cover.behind(command.national_id, command.day)
    await uow.cover.keep_inquiry(Inquiry(command.tenant, command.day, now()), person, command.client)
    # Decided also where the name is another's, so that it takes as long.
    cover = cover_on(command.day, known, book().on(command.day, today()))
    return cover if person is not None else cover.of_nobody()
