"""The register states its whole content again, with the same revisions (rules M8)."""

from typing import Any

import pytest

from services.registration.commands import republish_registration
from services.registration.files.contribution_file import render
from services.registration.tests.api.family import NUR, changed, related
from services.registration.tests.api.test_erasures import erased
from services.registration.tests.support import (
    AT_2600,
    AT_3050,
    OTHER_CODE,
    OTHER_MYKAD,
    Register,
    line,
    months_at_2480,
)
from shared.kernel.identifiers import person_number

WRITE = "registration:announcement:write"
# How each event's subject is named, and what says which of two statements of it is the newer.
_KEYS = {
    "person": ("person",),
    "employer": ("employer",),
    "spell": ("spell",),
    "membership": ("person", "scheme"),
    "relation": ("relation",),
}


async def test_it_goes_on_behind_whom_nothing_is_kept_of(register: Register, monkeypatch: Any) -> None:
    """A page of people who were erased ends nothing."""
    monkeypatch.setattr(republish_registration, "PAGE_SIZE", 1)
    gone, stays = await register.person(), await register.person(OTHER_MYKAD)
    await erased(register, gone, reason="registered_by_mistake")
    assert (await register.as_party("POST", "/v1/announcements", WRITE)).status_code == 202
    await register.work_off()
    announced = await register.events(announced=True)
    told = [each["person"] for each in announced if each["type"] == "jaring.person.registered.v1"]
    assert told == [person_number(stays)]
    assert [each["person"] for each in announced if each["type"] == "jaring.person.erased.v1"] == [person_number(gone)]


async def test_what_is_announced_equals_the_newest_of_what_was_told(register: Register, monkeypatch: Any) -> None:
    """In pages of one, for every cursor: people, employers, spells, memberships, lines, totals, receipts, relations."""
    monkeypatch.setattr(republish_registration, "PAGE_SIZE", 1)
    monkeypatch.setattr(republish_registration, "LINES_IN_AN_EVENT", 1)
    first, person = await register.worker_of()
    second, _ = await register.worker_of(OTHER_CODE, OTHER_MYKAD)
    ended = await register.spell(person, second, "2020-01-01")
    await register.ended(ended, "2020-06-30")
    await register.stated_skbbk(person, "release", filed_on="2026-08-31")
    await register.sent(first, months_at_2480("2026-04", "2026-05"))
    await register.sent(first, render([line("2026-06", AT_2600)]))
    await register.sent(first, render([line("2026-06", AT_3050)]))
    for reference, amount in (("FPX 1", "64.90"), ("FPX 2", "1.00")):
        await register.banked(first, "2026-05", amount, reference)
    await related(register, person, kind="child", first_on="2017-03-09", named=NUR)
    withdrawn = await related(register, person, kind="sibling", named={"name": "Ali"})
    await changed(register, withdrawn, "withdrawal")
    answer = await register.as_party("POST", "/v1/announcements", WRITE)
    assert answer.status_code == 202
    await register.work_off()
    told, announced = await register.events(), await register.events(announced=True)
    assert _newest(announced) == _newest(told)
    assert _lines(announced) == _lines(told)
    assert _totals(announced) == _totals(told)
    assert _receipts(announced) == _receipts(told)
    assert len(_receipts(told)) == 2
    assert len(_newest(told)) == 15
    assert len(_lines(told)) == 3
    runs = await register.rows("SELECT DISTINCT headers->>'ce_announcement' FROM outbox ORDER BY 1")
    assert [row[0] for row in runs] == [answer.json()["run"], None]


@pytest.mark.parametrize("party", ["employer:1", "hospital:1"])
async def test_only_officers_announce(register: Register, party: str) -> None:
    """Even with the scope."""
    answer = await register.as_party("POST", "/v1/announcements", WRITE, party)
    assert (answer.status_code, answer.json()["code"]) == (403, "officers_only")


def _newest(events: list[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """What a projection that keeps the higher revision holds of the topic `registration`."""
    kept: dict[tuple[Any, ...], dict[str, Any]] = {}
    for event in events:
        kind = event["type"].split(".")[1]
        if kind not in _KEYS:
            continue
        key = (kind, *(event[name] for name in _KEYS[kind]))
        if key not in kept or kept[key]["revision"] < event["revision"]:
            kept[key] = {name: value for name, value in event.items() if name != "type"}
    return kept


def _lines(events: list[dict[str, Any]]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """What a projection holds of the lines."""
    kept: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for event in (each for each in events if each["type"].startswith("jaring.contributions")):
        columns = (event[name] for name in event if isinstance(event[name], list) and name != "persons")
        for person, revision, *rest in zip(event["persons"], *columns, strict=True):
            key = (event["employer"], event["month"], person, event["kind"])
            if key not in kept or kept[key][0] < revision:
                kept[key] = (revision, *rest, event["file"], event["received_at"])
    return kept


def _totals(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = [event for event in events if event["type"].startswith("jaring.contribution.totals")]
    return sorted(found, key=lambda event: (event["file"], event["month"]))


def _receipts(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = [event for event in events if event["type"].startswith("jaring.contribution.banked")]
    return sorted(found, key=lambda event: str(event["receipt"]))
