"""A person of whom registration keeps nothing any more is kept here no longer either, in whatever order it is told."""

from datetime import UTC, datetime
from itertools import permutations
from typing import Any

from services.jobs.consumers import registration
from services.jobs.storage.unit_of_work import JobsUnitOfWork
from services.jobs.tests.support import PERSON, Jobs, Spell, jobs_on
from shared.contracts.envelope import Cause
from shared.contracts.erasure_followed import ErasureFollowedV1, Following
from shared.contracts.person_erased import PersonErasedV1
from shared.kernel.identifiers import new_id, person_id
from shared.testing.recalling import published_by, recall
from shared.testing.records import received
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

READ = ("jobs:erasure:read",)


def erased(revision: int = 1, *, person: int = PERSON, whole: bool = True) -> PersonErasedV1:
    at = datetime(2026, 9, 20, tzinfo=UTC)
    return PersonErasedV1(
        person=person, erasure=new_id(), revision=revision, whole=whole, reason="time_over", erased_at=at
    )


async def told(jobs: Jobs) -> list[ErasureFollowedV1]:
    """How jobs said that it follows."""
    return [each for each in await published_by(jobs.service) if isinstance(each, ErasureFollowedV1)]


async def spells(jobs: Jobs) -> list[int]:
    return [row["person"] for row in await jobs.rows("SELECT person FROM spell ORDER BY person")]


async def listed(jobs: Jobs, query: str = "", **who: Any) -> Any:
    return (await jobs.get(f"/v1/erasures{query}", scopes=READ, **who)).json()


async def test_its_employments_are_let_go_of_in_whatever_order_it_is_told(jobs: Jobs) -> None:
    spell, other = Spell(), Spell(person=PERSON + 1)
    for order in permutations([spell.started, spell.confirmed, erased(2), erased(1, whole=False)]):
        await jobs.rows("TRUNCATE spell, spell_proof, erased_person, followed_erasure")
        await jobs.consume(other.started)
        for event in order:
            await jobs.consume(event)
            await jobs.service.work_off()
        await jobs.consume(*order)
        await jobs.service.work_off()
        assert [row["person"] for row in await jobs.rows("SELECT person FROM spell")] == [PERSON + 1], order
        [kept] = await jobs.rows("SELECT whole, revision FROM erased_person")
        assert (kept["whole"], kept["revision"]) == (True, 2)


async def test_a_part_that_is_erased_elsewhere_changes_nothing_here(jobs: Jobs) -> None:
    await jobs.consume(Spell().started, erased(whole=False))
    await jobs.service.work_off()
    assert len(await jobs.rows("SELECT FROM spell")) == 1


async def test_what_was_agreed_stands_by_number(jobs: Jobs) -> None:
    await jobs.accept(await jobs.search())
    before = await jobs.placements()
    await jobs.consume(erased())
    await jobs.service.work_off()
    assert await jobs.placements() == before


async def test_it_is_told_once_and_officers_read_it(jobs: Jobs) -> None:
    event = erased()
    await jobs.consume(Spell().started, erased(person=PERSON + 1, whole=False), event)
    (waits,) = (await listed(jobs))["data"]
    assert (waits["person"], waits["state"], waits["since"]) == (person_id(PERSON), "awaited", None)
    assert (await listed(jobs, "?state=awaited"))["data"] == [waits]
    for _ in range(2):
        await jobs.consume(event)
        await jobs.service.work_off()
    (said,) = await told(jobs)
    assert (said.person, said.erasure, said.revision, said.state) == (PERSON, event.erasure, 1, Following.FORGOTTEN)
    assert (said.reason, said.owner, said.until) == (None, None, None)
    (done,) = (await listed(jobs, "?state=forgotten"))["data"]
    assert (done["state"], done["erasure"]) == ("forgotten", str(event.erasure))
    for other in ("held", "awaited"):
        assert (await listed(jobs, f"?state={other}"))["data"] == []
    refused = await jobs.get("/v1/erasures", scopes=READ, party="employer:8", role="partner")
    assert refused.status_code == 403


async def test_officers_read_page_by_page(jobs: Jobs) -> None:
    await jobs.consume(*(erased(person=PERSON + each) for each in range(3)))
    first = await listed(jobs, "?limit=2")
    second = await listed(jobs, f"?limit=2&cursor={first['next_cursor']}")
    people = [each["person"] for page in (first, second) for each in page["data"]]
    assert people == [person_id(PERSON + each) for each in range(3)]
    assert not second["has_more"]


async def test_what_registration_said_is_dropped_and_rebuilt_and_nothing_comes_back_meanwhile(jobs: Jobs) -> None:
    """What jobs did itself is in no topic of others, and stands."""
    events = [erased(), erased(2, person=PERSON + 1, whole=False)]
    spell = Spell()
    await jobs.consume(spell.started, *events)
    await jobs.service.work_off()
    before = await jobs.rows("SELECT * FROM erased_person ORDER BY person")
    assert len(before) == 2
    await jobs.rows("TRUNCATE erased_person")
    await jobs.consume(spell.confirmed)
    assert await spells(jobs) == [], "what jobs has let go of is not kept while it is rebuilt"
    await jobs.consume(*(received(event, announcement="run") for event in reversed(events)))
    await jobs.service.work_off()
    assert await jobs.rows("SELECT * FROM erased_person ORDER BY person") == before
    assert len(await told(jobs)) == 1, "an announcement is no news"


async def test_it_is_republished_with_the_revision_that_it_had(jobs: Jobs) -> None:
    await jobs.consume(erased(), erased(person=PERSON + 1))
    await jobs.service.work_off()
    before = await told(jobs)
    answer = await jobs.service.call("POST", "/v1/announcements", scopes=("jobs:announcement:write",))
    assert answer.status_code == 202, answer.text
    await jobs.service.work_off()
    assert (await told(jobs))[2:] == before


async def test_a_database_that_was_put_back_lets_go_again_and_tells_nothing_below_what_it_told(
    jobs: Jobs, databases: Databases, issuer: TestIssuer
) -> None:
    event = erased()
    await jobs.consume(Spell().started, event)
    await jobs.service.work_off()
    async with jobs_on(databases, issuer) as again:
        # The backup knows the person, and not yet that it was erased.
        await again.consume(Spell().started)
        await recall(jobs.service, again.service)
        await again.service.work_off()
        assert await spells(again) == [PERSON], "it was not read again yet that the person was erased"
        await again.consume(Spell().started)
        assert await spells(again) == [PERSON], "no more of it is kept"
        await again.consume(event)
        await again.service.work_off()
        assert await spells(again) == []
        assert await told(again) == [], "it was told before"
        [stands] = await again.rows("SELECT state, revision FROM followed_erasure")
        assert stands == {"state": "forgotten", "revision": 1}


async def test_what_is_being_kept_while_the_person_is_let_go_of_goes_too(jobs: Jobs) -> None:
    """A member that looked whom it is to keep stands still before its commit: neither sees what the other writes."""
    async with jobs.service.worker.database.begin(JobsUnitOfWork, Cause("test")) as slow:
        await registration.apply([Spell().started], slow)
        await jobs.consume(erased())
        await jobs.service.work_off()
    await jobs.service.work_off()
    assert await spells(jobs) == []
