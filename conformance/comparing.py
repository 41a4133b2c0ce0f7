"""What several steps compare: a refusal with the problem that is expected, and what stands with the model."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from conformance.installation import told
from conformance.model import Standing, differences
from conformance.pack import AMOUNTS, sen
from conformance.runner import Stage


def refusal(answer: Any, expected: Mapping[str, Any]) -> list[str]:
    """What differs from the problem that is expected."""
    body = told(answer)
    found = (answer.status_code, body.get("code"))
    wanted = (expected["status"], expected["code"])
    return [] if found == wanted else [f"expected {wanted}, answered {found} {body.get('detail', '')}"]


def done(answer: Any, step: Mapping[str, Any], what: str) -> list[str]:
    """What differs from what is expected of a step that is done or refused."""
    expected = step.get("expect", {})
    if "code" in expected:
        return refusal(answer, expected)
    return [] if answer.is_success else [f"expected {what}, answered {answer.status_code} {told(answer)}"]


async def stands(stage: Stage, people: Iterable[str | None], by: str) -> list[str]:
    """Compare what stands for these people with an employer with the model; with the first where another pushes."""
    by = by if by in stage.employers else "employer"
    keys = sorted({each for each in people if each in stage.numbers})
    found = await asyncio.gather(*(_known(stage, key, by) for key in keys))
    said = []
    for key, known in zip(keys, found, strict=True):
        said += differences(key, stage.models[by].expected(key), known)
    return said


async def _known(stage: Stage, key: str, by: str) -> dict[str, tuple[int, Standing]]:
    known: dict[str, tuple[int, Standing]] = {}
    async for each in _contributions(stage, stage.numbers[key], by):
        amounts: Any = tuple(sen(each[name]["amount"]) for name in AMOUNTS)
        if each["month"] in known:
            raise ValueError(f"{each['month']} stands twice")
        known[each["month"]] = (each["revision"], (sen(each["wage"]["amount"]), amounts))
    return known


async def _contributions(stage: Stage, number: str, by: str) -> AsyncIterator[Mapping[str, Any]]:
    """Each month of each page; raises ValueError where a page is none, or pages do not end."""
    params, asked = {"limit": "100"}, set[str]()
    while True:
        answer = await stage.installation.call("GET", f"/v1/persons/{number}/contributions", by=by, params=params)
        if answer.status_code == 404:
            # Nobody of whoever asks.
            return
        if not answer.is_success:
            raise ValueError(f"contributions answered {answer.status_code} {told(answer)}")
        page = told(answer)
        for each in page["data"]:
            yield each
        if not (cursor := page.get("next_cursor")):
            return
        if cursor in asked or not page["data"]:
            raise ValueError(f"pages of contributions do not end: {cursor} comes once more")
        asked.add(cursor)
        params["cursor"] = cursor
