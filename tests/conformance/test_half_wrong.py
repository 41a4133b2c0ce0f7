"""The runner against installations that are right by half: what is wrong is a difference, and every run ends."""

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import httpx
import pytest

from conformance.__main__ import code_of
from conformance.comparing import stands
from conformance.errors import CannotRun
from conformance.installation import Employer, Installation, Partner
from conformance.pack import AMOUNTS, load
from conformance.runner import Result, Run, Stage, day_said
from conformance.steps import STEPS
from conformance.topics import Access, Topics

EMPLOYERS = {"employer": Employer("E0000000076", "X")}
WAGE, EACH = 248_000, 100
MONTH = {
    "month": "2026-06",
    "revision": 1,
    "wage": {"amount": "2480.00"},
    **{name: {"amount": "1.00"} for name in AMOUNTS},
}


def installation(answered: Mapping[str, httpx.Response]) -> Installation:
    """What it answers to paths that end so; and tokens."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 600})
        found = next((each for path, each in answered.items() if request.url.path.endswith(path)), None)
        return httpx.Response(404, json={"code": "nothing"}) if found is None else found

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return Installation({"registration": "http://there"}, {"employer": Partner("http://there/token", "me", "h")}, http)


async def compared(answer: httpx.Response) -> list[str]:
    """What a step says that compares one month of one person."""
    stage = Stage(installation({"/contributions": answer}), EMPLOYERS, date(2026, 11, 30))
    stage.numbers["one"] = "P000000001X"
    stage.models["employer"].post("one", "2026-06", WAGE, [EACH] * len(AMOUNTS))
    run = Run(stage.installation, EMPLOYERS, {"compare": lambda stage, _: stands(stage, ["one"], "employer")})
    return await run._step("compare", stage, {})


def page(*months: Mapping[str, Any], cursor: str | None = None) -> httpx.Response:
    """A page of contributions."""
    return httpx.Response(200, json={"data": list(months), "next_cursor": cursor})


async def test_the_month_as_it_is_expected_is_no_difference() -> None:
    assert await compared(page(MONTH)) == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (page(MONTH, MONTH), "2026-06 stands twice"),
        (httpx.Response(500), "contributions answered 500"),
        (httpx.Response(200, json=[1, 2]), "'data'"),
        (page(cursor="next"), "do not end"),
        (page(MONTH, cursor="next"), "stands twice"),
    ],
)
async def test_what_stands_is_a_difference_where_it_is_not_told_as_documented(
    answer: httpx.Response, said: str
) -> None:
    (found,) = await compared(answer)
    assert found.startswith("an answer is not as it is documented")
    assert said in found


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={"at": None}),
        httpx.Response(200, json={"at": "30/11/2026"}),
        httpx.Response(500, headers={"date": "gestern"}),
        httpx.Response(500),
    ],
)
def test_a_day_that_is_none_ends_the_run_with_what_to_do(answer: httpx.Response) -> None:
    with pytest.raises(CannotRun, match="name it with --today"):
        day_said(answer)


def test_a_day_in_malaysia_is_told_by_the_date_of_an_answer() -> None:
    assert day_said(httpx.Response(404, headers={"date": "Mon, 30 Nov 2026 17:00:00 GMT"})) == date(2026, 12, 1)


@pytest.mark.parametrize("asked", ["nan", "inf", "-5", "soon"])
async def test_a_pause_that_is_none_is_not_kept(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr("conformance.installation.asyncio.sleep", pause)
    busy = installation({"/persons": httpx.Response(429, headers={"retry-after": asked})})
    assert (await busy.call("POST", "/v1/persons")).status_code == 429
    assert len(pauses) == 5
    assert all(math.isfinite(each) and 0 <= each <= 30 for each in pauses)


def test_a_run_in_which_nothing_was_tried_proves_nothing() -> None:
    assert [code_of(states) for states in (["skipped"], [], ["skipped", "passed"], ["passed", "failed"])] == [
        2,
        2,
        0,
        1,
    ]


async def test_a_record_that_is_no_answer_answers_nothing_and_breaks_no_other() -> None:
    class Consumer:
        def __init__(self) -> None:
            values = [b"[1]", b"{", None, b'{"id": "a"}']
            self.left = [{0: [type("Record", (), {"value": value})() for value in values]}]

        async def getmany(self, **_: int) -> Mapping[int, list[Any]]:
            return self.left.pop() if self.left else {}

    topics = Topics(Access("", "", "", "", ""), None, Consumer())
    assert [each async for each in topics.answers_to({"id": "a"}, 0.01)] == [{"id": "a"}]


async def test_a_case_that_nothing_can_be_asked_for_is_passed_over_with_the_reason() -> None:
    there = installation({"/persons": httpx.Response(201, json={"person": "P000000001X"})})
    group = load(only=["ages"])[0]
    cases = [replace(case, needs=frozenset({"kafka"})) for case in group.cases[:1]]
    results: list[Result] = await Run(there, EMPLOYERS, STEPS, date(2026, 11, 30)).all(
        [replace(group, cases=tuple(cases))]
    )
    assert [(each.state, each.said) for each in results] == [("skipped", ("needs kafka: see --help",))]
