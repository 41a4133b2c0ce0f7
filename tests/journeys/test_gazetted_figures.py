"""A figure that was missing is entered at the desk, and whoever waited for it has the money (decision 94).

The worker's accident leaves a loss of 12 %, and at 40 she chooses the lump sum, of which the book has the factor of the
age of 30 alone. January to May at RM2,480.00, assumed RM2,450.00, and June at RM3,050.00: (5 × 2,450 + 3,050) / 6 =
2,550.00, by 30 and 90 % RM76.50 at full loss, RM9.18 a day for this one. The factor that is entered first is 7,001:
RM64,269.18. It was misread, and is corrected to 7,010 on the same day: RM64,351.80, so RM82.62 more.
"""

from typing import Any

import pytest

from deploy.local.officers import PROPOSES, decide, let_count
from deploy.local.story import OFFICER, Story, Worker, until
from shared.contracts.envelope import Cause
from shared.kernel.clock import today
from shared.kernel.identifiers import person_number
from shared.kernel.money import sen_from_ringgit
from shared.kernel.periods import Month
from shared.law.book import book, let_stand
from shared.law.decision import DecisionRecord
from shared.law.determination import replay
from tests.journeys.platform import Platform, at_work
from tests.journeys.ways import Way, in_one_way

# The platform beside other lanes and other work: how long it takes proves nothing, only that it ends.
pytestmark = [pytest.mark.postgres, pytest.mark.kafka, pytest.mark.timeout(480)]

FACTOR = "act4.permanent_disablement.lump_sum_factor"
MISREAD_SEN, CORRECTED_SEN = 6_426_918, 8_262


async def loses_and_chooses(story: Story) -> None:
    """A board finds the loss, and she takes it as a lump sum; two officers let both count."""
    day = today().isoformat()
    for stated in (
        {"permanent_loss": {"percent": 12}},
        {"choice": {"option": "lump sum", "applied_on": day, "chosen_on": day}},
    ):
        path = f"/v1/claims/{story.worker.claim}/evidence"
        said = await story._post("claims", path, party=OFFICER, subject=PROPOSES, json=stated)
        await let_count(story.client, story.worker.claim, said["evidence"])


async def enter_factor(story: Story, factor: str) -> None:
    """One officer enters the instrument's table, another approves it."""
    entry = {
        "instrument": "P.U.(A) 999/2026",
        "gazetted_on": today().isoformat(),
        "law": "Act 4, s.22",
        "in_force": "2026-01-01",
        "rows": [["30", "7479"], ["40", factor]],
    }
    path = f"/v1/figures/{FACTOR}/entries"
    entered = await story._post("claims", path, party=OFFICER, subject=PROPOSES, json=entry)
    await decide(story.client, "figures", entered["entry"], {"kind": "figure_counts"})


async def lump_sums(platform: Platform, story: Story) -> list[int]:
    """Each payment of the benefit that the bank settled, in sen, the least first."""
    party = f"person:{person_number(story.worker.person)}"
    page = await platform.call("benefits", "GET", f"/v1/parties/{party}/payments?limit=100", party=OFFICER)
    paid = [each for each in page.json()["data"] if each["state"] == "settled"]
    return sorted(
        sen_from_ringgit(each["amount"]["amount"]) for each in paid if each["benefit"] == "permanent_disablement"
    )


async def reasons(platform: Platform, story: Story) -> set[str]:
    """Why tasks about doubts wait."""
    path = "/v1/tasks?queue=doubt&limit=100"
    page = await platform.call("claims", "GET", path, party=OFFICER)
    return {each["reason"] for each in page.json()["data"] if story.worker.claim in each["subject"]["id"]}


async def is_law_everywhere(platform: Platform, edition: int) -> bool:
    """Whether each service that reads the book has all entries up to this one."""
    found = []
    for name in ("registration", "claims", "benefits", "rehab"):
        async with platform.services[name].database.connection() as connection:
            found.append(await connection.fetchval("SELECT max(edition) FROM law_entry"))
    return found == [edition] * 4


@in_one_way(Way.DOUBLED)
async def test_a_factor_that_is_entered_is_law_for_all_and_pays_who_waited_for_it(platform: Platform) -> None:
    story = Story(platform, worker=Worker(born_on=(Month.of(today()) - (40 * 12 + 6)).first_day))
    async with at_work(platform):
        for chapter in (story.registered(), story.contributed()):
            async for _ in chapter:
                continue
        await story.send_june()
        await story.report_accident()
        await platform.rest()
        await loses_and_chooses(story)
        await until(lambda: reasons(platform, story), lambda why: "lump_sum_factor_unknown" in why, "the reason")
        assert await lump_sums(platform, story) == []
        await enter_factor(story, "7001")
        await until(lambda: lump_sums(platform, story), bool, "the lump sum")
        assert await lump_sums(platform, story) == [MISREAD_SEN]
        await enter_factor(story, "7010")
        await until(lambda: lump_sums(platform, story), lambda paid: len(paid) > 1, "the difference")
        assert await lump_sums(platform, story) == [CORRECTED_SEN, MISREAD_SEN]
        await until(lambda: is_law_everywhere(platform, 2), bool, "that each service has both entries")
        assert await reasons(platform, story) == set()
    await every_record_is_made_again(platform)


async def every_record_is_made_again(platform: Platform) -> None:
    """By the book as it is now, and by that of a process which starts and reads it from its own database."""
    async with platform.services["claims"].database.connection() as connection:
        bodies = [bytes(row["body"]) for row in await connection.fetch("SELECT body FROM record")]
    for name in ("claims", "benefits"):
        let_stand(None)
        service: Any = platform.services[name]
        async with service.worker.database.begin(service.worker.work.unit, Cause("test")) as uow:
            await uow.law_entries.lay()
        assert book().edition == 2, name
        assert [body for body in bodies if replay(DecisionRecord(body)).canonical != body] == []
    editions = {DecisionRecord(body).body["days"].get("edition", 0) for body in bodies}
    assert editions >= {0, 1, 2}
