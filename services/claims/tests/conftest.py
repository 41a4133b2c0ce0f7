"""The fixtures of claims' tests."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from services.claims.tests.support import (
    PERSON,
    all_has_arrived,
    apply_events,
    claims_on,
    contributed,
    employed,
    registered,
)
from shared.contracts.registration import MembershipChangedV1, MembershipPeriodV1
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer


@pytest.fixture
async def claims(databases: Databases, issuer: TestIssuer) -> AsyncIterator[ServiceUnderTest]:
    """The service, without its worker running."""
    async with claims_on(databases, issuer) as fresh:
        yield fresh


@pytest.fixture
async def worker(claims: ServiceUnderTest) -> ServiceUnderTest:
    """A person who has worked for years, and takes part in SKBBK."""
    period = MembershipPeriodV1(category="mandatory", first=date(2026, 6, 1))
    takes_part = MembershipChangedV1(person=PERSON, scheme="skbbk", revision=1, periods=(period,))
    wages = [contributed(f"2026-0{month}", 312_000) for month in range(2, 8)]
    await apply_events(claims, registered(), *employed(), takes_part, *wages)
    await all_has_arrived(claims)
    return claims
