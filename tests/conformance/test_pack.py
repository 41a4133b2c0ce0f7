"""The whole pack against the services as they are."""

import pytest

from conformance.report import line
from tests.conformance.conftest import Ground, results_of

pytestmark = pytest.mark.postgres


async def test_the_services_conform_to_the_pack(ground: Ground) -> None:
    results = await results_of(ground)
    failed = [line(each) for each in results if each.state == "failed"]
    assert not failed, "\n".join(failed)
