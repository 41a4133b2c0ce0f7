"""What the routes of benefits ask for."""

from datetime import timedelta
from typing import Annotated

from fastapi import Depends

from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.security.fields import FieldCipher
from shared.web.routing import unit_of, wired

unit = unit_of(BenefitsUnitOfWork)
CommittedBeforeAnswer = Annotated[BenefitsUnitOfWork, Depends(unit)]
Cipher = Annotated[FieldCipher, Depends(wired("field_cipher", FieldCipher))]
# The organisation's own bank: no other one says what came into its account.
PayingBank = Annotated[str, Depends(wired("paying_bank", str))]
# How long a change of account is held.
AccountHold = Annotated[timedelta, Depends(wired("account_hold", timedelta))]
