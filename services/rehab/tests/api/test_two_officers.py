"""What two officers decide of a bill, by the rules that all services share."""

import pytest

from services.rehab.api.tasks import QUEUES
from services.rehab.tests.api.test_bills import CAP
from services.rehab.tests.support import Rehab
from shared.testing.two_officers import Waiting, check_rules

pytestmark = pytest.mark.postgres


def test_every_queue_goes_through_the_rules() -> None:
    assert QUEUES.queues.keys() == {"bill"}


async def test_what_two_officers_decide_in_every_queue(rehab: Rehab) -> None:
    await rehab.bill()
    (task,) = await rehab.tasks()
    await check_rules(rehab.service, QUEUES, Waiting(task, CAP))
