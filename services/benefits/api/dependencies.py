"""What the routes of benefits ask for."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, params

from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.security.fields import FieldCipher
from shared.security.scopes import officers_only, requires
from shared.web.problems import problems
from shared.web.routing import idempotent, unit_of, wired

unit = unit_of(BenefitsUnitOfWork)
CommittedBeforeAnswer = Annotated[BenefitsUnitOfWork, Depends(unit)]
Cipher = Annotated[FieldCipher, Depends(wired("field_cipher", FieldCipher))]
# The organisation's own bank: no other one says what came into its account.
PayingBank = Annotated[str, Depends(wired("paying_bank", str))]
# How long a change of account is held.
AccountHold = Annotated[timedelta, Depends(wired("account_hold", timedelta))]


def by_one_officer(thing: str, *refusals: int, tells: params.Depends | None = None) -> dict[str, Any]:
    """Of the route by which an officer enters a thing, or takes back what is not released: another one releases it.

    ``tells`` declares whose data the answer tells beyond what the officer just stated (`reads`)."""
    return _by_officer(f"benefits:{thing}:write", tells, 400, *refusals)


def by_another_officer(thing: str, tells: params.Depends | None = None) -> dict[str, Any]:
    """Of the route by which another officer releases a thing: from then on it counts (decision 41)."""
    return _by_officer(f"benefits:{thing}:release", tells, 400, 403, 404, 409)


def _by_officer(scope: str, tells: params.Depends | None, *refusals: int) -> dict[str, Any]:
    dependencies = [requires(scope), Depends(officers_only), Depends(idempotent), *filter(None, [tells])]
    return {"status_code": 201, "dependencies": dependencies, "responses": problems(*refusals)}
