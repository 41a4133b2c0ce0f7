"""What the routes of benefits ask for."""

from typing import Annotated

from fastapi import Depends

from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.security.fields import FieldCipher
from shared.web.routing import unit_of, wired

unit = unit_of(BenefitsUnitOfWork)
CommittedBeforeAnswer = Annotated[BenefitsUnitOfWork, Depends(unit)]
Cipher = Annotated[FieldCipher, Depends(wired("field_cipher", FieldCipher))]
