"""What the routes of benefits ask for."""

from typing import Annotated

from fastapi import Depends, Request

from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.security.fields import FieldCipher
from shared.web.routing import open_unit


async def unit(request: Request) -> BenefitsUnitOfWork:
    """The unit of work of a request, which its route commits before it answers."""
    return await open_unit(request, BenefitsUnitOfWork)


def _field_cipher(request: Request) -> FieldCipher:
    cipher: FieldCipher = request.app.state.field_cipher
    return cipher


CommittedBeforeAnswer = Annotated[BenefitsUnitOfWork, Depends(unit)]
Cipher = Annotated[FieldCipher, Depends(_field_cipher)]
