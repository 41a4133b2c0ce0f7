"""Jobs states its whole state again: the same events, the same revisions, in pages."""

import pytest

from services.jobs.commands import republish_jobs
from services.jobs.tests.support import Jobs, Spell

SCOPE = ["jobs:announcement:write"]


@pytest.mark.parametrize("size", [1, 3, 500])
async def test_what_was_published_is_announced_with_the_same_data(
    jobs: Jobs, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(republish_jobs, "PAGE_SIZE", size)
    for person in (20, 21, 22, 23):
        await jobs.accept(await jobs.search(person))
    await jobs.consume(*(Spell(person=person).confirmed for person in (20, 21, 22)))
    await jobs.work_off()
    first = await jobs.published()
    assert len(first) == 3
    answer = await jobs.service.call("POST", "/v1/announcements", scopes=SCOPE)
    assert answer.status_code == 202
    await jobs.work_off()
    again = (await jobs.published())[len(first) :]
    assert {each.pop("run") for each in again} == {answer.json()["run"]}
    assert {each.pop("run") for each in first} == {None}
    assert sorted(again, key=str) == sorted(first, key=str)


async def test_only_an_officer_has_everything_announced(jobs: Jobs) -> None:
    answer = await jobs.service.call("POST", "/v1/announcements", scopes=SCOPE, party="employer:8", role="partner")
    assert (answer.status_code, answer.json()["code"]) == (403, "officers_only")
    assert await jobs.rows("SELECT id FROM due_work WHERE kind = 'republish_jobs'") == []
