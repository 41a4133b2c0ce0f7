"""A list is walked once and whole; a cursor cannot be made up, changed or carried to another list."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.web.errors import CursorInvalid
from shared.web.paging import USUAL_PAGE, Cursors, Position
from shared.web.tests.app import CURSORS, ROWS, client


@pytest.mark.parametrize("limit", [1, 50, 83, 100])
async def test_walking_the_pages_gives_every_row_once(limit: int) -> None:
    seen: list[int] = []
    query: dict[str, str | int] = {"limit": limit, "least": 200 if limit == 1 else 0}
    async with client() as http:
        for _ in range(len(ROWS)):
            page = (await http.get("/v1/numbers", params=query)).json()
            seen += page["data"]
            assert page["has_more"] is (page["next_cursor"] is not None)
            if not page["has_more"]:
                break
            query["cursor"] = page["next_cursor"]
    assert seen == [row for row in ROWS if row >= int(query["least"])]


@pytest.mark.parametrize(("query", "pointer"), [("limit=0", "/limit"), ("limit=101", "/limit"), ("least=x", "/least")])
async def test_a_limit_is_between_1_and_100(query: str, pointer: str) -> None:
    async with client() as http:
        answer = await http.get(f"/v1/numbers?{query}")
    assert answer.status_code == 422
    assert [(error["pointer"], error["location"]) for error in answer.json()["errors"]] == [(pointer, "query")]


async def test_an_unknown_filter_is_refused_and_never_means_everything() -> None:
    async with client() as http:
        answer = await http.get("/v1/numbers?limit=5&lesst=200")
        path_name = await http.get("/v1/filtered/a?state_path=b")
        known = await http.get("/v1/filtered/a?state=b")
    assert (answer.status_code, answer.json()["code"]) == (400, "filter_unknown")
    assert answer.json()["errors"][0]["pointer"] == "/lesst"
    assert path_name.status_code == 400
    assert known.json() == "a b"


async def test_a_tampered_cursor_is_refused() -> None:
    async with client() as http:
        cursor = (await http.get("/v1/numbers?limit=5")).json()["next_cursor"]
        tampered = cursor[:-2] + ("A" if cursor[-2] != "A" else "B") + cursor[-1]
        for sent in (tampered, "nonsense", "ä", "=", ""):
            answer = await http.get("/v1/numbers", params={"cursor": sent})
            assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid"), sent
        other_filter = await http.get("/v1/numbers", params={"cursor": cursor, "least": 7})
    assert other_filter.json()["code"] == "cursor_invalid"


@pytest.mark.parametrize("other", [{"party": "employer:2"}, {"role": "officer"}])
async def test_a_cursor_belongs_to_who_was_given_it(other: dict[str, str]) -> None:
    async with client() as http:
        query = {"cursor": (await http.get("/v1/numbers")).json()["next_cursor"]}
        own = await http.get("/v1/numbers", params=query)
        others = await http.get("/v1/numbers", params=query, headers=other)
    assert own.json()["data"][0] == USUAL_PAGE + 1
    assert (others.status_code, others.json()["code"]) == (400, "cursor_invalid")


async def test_a_filter_that_is_left_out_is_its_default() -> None:
    async with client() as http:
        query = {"cursor": (await http.get("/v1/numbers")).json()["next_cursor"]}
        stated = await http.get("/v1/numbers", params={**query, "least": 0, "limit": 7})
    assert len(stated.json()["data"]) == 7


async def test_a_filter_that_is_sent_twice_is_another_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []

    def read(_: str, name: str) -> Position:
        names.append(name)
        return [0]

    monkeypatch.setattr(CURSORS, "read", read)
    async with client() as http:
        for query in ("least=1", "least=1&least=2", "least=12", "least=2&least=1"):
            await http.get(f"/v1/numbers?cursor=x&{query}")
    assert len(set(names)) == 4


@settings(max_examples=50)
@given(st.lists(st.one_of(st.integers(-(2**53), 2**53), st.text(max_size=20)), min_size=1, max_size=4))
def test_a_cursor_brings_its_position_back(position: list[str | int]) -> None:
    assert CURSORS.read(CURSORS.sign(position, "list"), "list") == position


def test_a_cursor_of_another_key_is_refused() -> None:
    with pytest.raises(CursorInvalid):
        CURSORS.read(Cursors(bytes(32)).sign([1], "list"), "list")


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Cursors(b"short")
