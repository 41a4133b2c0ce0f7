"""Rehab states its whole state again: the same events, the same revisions, in pages."""

import pytest

from services.rehab.commands import republish_rehab
from services.rehab.tests.support import CERTIFICATE, Rehab
from shared.kernel.identifiers import new_id

SCOPE = ["rehab:announcement:write"]
LEFT = {"discharged_on": "2026-08-02", "outcome": "fit_for_other_work", "final_certificate": CERTIFICATE}


@pytest.mark.parametrize("size", [1, 2, 500])
async def test_what_was_published_is_announced_with_the_same_data(
    rehab: Rehab, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(republish_rehab, "PAGE_SIZE", size)
    paths = [await rehab.admitted(new_id(), person=person) for person in (20, 21, 22, 23)]
    await rehab.taken(new_id(), person=24)
    for path in paths[:2]:
        await rehab.post(f"{path}/discharge", LEFT)
    first = await rehab.published()
    answer = await rehab.service.call("POST", "/v1/announcements", scopes=SCOPE)
    assert answer.status_code == 202
    await rehab.work_off()
    again = (await rehab.published())[len(first) :]
    assert {each.pop("run") for each in again} == {answer.json()["run"]}
    assert {each.pop("run") for each in first} == {None}
    assert sorted(again, key=str) == sorted(first, key=str)


async def test_only_an_officer_has_everything_announced(rehab: Rehab) -> None:
    answer = await rehab.service.call("POST", "/v1/announcements", scopes=SCOPE, party="hospital:1", role="partner")
    assert (answer.status_code, answer.json()["code"]) == (403, "officers_only")
    assert await rehab.rows("SELECT id FROM due_work WHERE kind = 'republish_rehab'") == []
