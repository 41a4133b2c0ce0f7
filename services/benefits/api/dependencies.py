"""What the routes of benefits ask for."""

from typing import Annotated

from fastapi import Depends, Query, Request

from services.benefits.domain.errors import OfficersOnly
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.identifiers import PersonNumber, person_number
from shared.security.fields import FieldCipher
from shared.security.scopes import Party
from shared.web.paging import Cursors, refuse_unknown_filters
from shared.web.routing import open_unit

PERSON_PATTERN = r"^P[0-9]{9}[0-9A-Z]$"


async def _unit(request: Request) -> BenefitsUnitOfWork:
    return await open_unit(request, BenefitsUnitOfWork)


def _field_cipher(request: Request) -> FieldCipher:
    cipher: FieldCipher = request.app.state.field_cipher
    return cipher


def _cursors(request: Request) -> Cursors:
    cursors: Cursors = request.app.state.cursors
    return cursors


def _person(
    person: Annotated[
        str,
        Query(pattern=PERSON_PATTERN, max_length=11, description="The person's number.", examples=["P000000012T"]),
    ],
) -> PersonNumber:
    return person_number(person)


def officers_only(caller: Party) -> None:
    """Dependency of what partners may not do, whatever scope their token carries; raises OfficersOnly."""
    if not caller.is_officer:
        raise OfficersOnly()


CommittedBeforeAnswer = Annotated[BenefitsUnitOfWork, Depends(_unit)]
Cipher = Annotated[FieldCipher, Depends(_field_cipher)]
CursorsOfApp = Annotated[Cursors, Depends(_cursors)]
PersonFilter = Annotated[PersonNumber, Depends(_person)]
KNOWN_FILTERS = Depends(refuse_unknown_filters)
OFFICERS = Depends(officers_only)
