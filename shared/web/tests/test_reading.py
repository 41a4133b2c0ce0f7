"""Whose data an answer told is found in its address, and else in the answer."""

import json
from typing import Any
from uuid import UUID

import pytest
from fastapi import Request, Response

from shared.kernel.identifiers import employer_id, person_id
from shared.kernel.reading import DataKind
from shared.persistence.read_log import Told
from shared.web.reading import Reads, told_by

CLAIM = "018f0000-0000-7000-8000-000000000001"


def told(
    names: tuple[str, ...], body: Any, path: dict[str, str] | None = None, query: bytes = b"", status: int = 200
) -> Told:
    scope = {"type": "http", "method": "GET", "headers": [], "path_params": path or {}, "query_string": query}
    return told_by(names, Request(scope), Response(json.dumps(body), status))


def test_what_stands_in_the_address_needs_no_look_into_the_answer() -> None:
    """Of a file there is no JSON to look into."""
    of_file = told_by(("claim",), Request({"type": "http", "path_params": {"claim": CLAIM}}), Response(b"%PDF"))
    assert of_file.things == {"claim": {CLAIM}}
    upper = told(("claim",), {}, {"claim": f"urn:uuid:{CLAIM.upper()}"})
    assert upper.things == {"claim": {str(UUID(CLAIM))}}
    assert told(("person",), {"data": []}, query=f"person={person_id(12)}".encode()).persons == {12}


def test_people_are_found_in_every_item_and_parties_that_are_none_are_not() -> None:
    items = [{"party": "person:7"}, {"party": "employer:3"}, {"party": person_id(9)}, {"party": employer_id(3)}, {}]
    assert told(("party",), {"data": items, "has_more": False}).persons == {7, 9}
    nested = {"lines": [{"person": person_id(1)}, {"person": None}, {"person": person_id(2)}]}
    assert told(("lines.person",), nested).persons == {1, 2}
    assert told(("person", "claim"), [{"person": person_id(4), "claim": CLAIM}]) == Told(
        frozenset({4}), {"claim": {CLAIM}}
    )


@pytest.mark.parametrize(("body", "status"), [({"data": []}, 200), ({"claim": CLAIM}, 404)])
def test_an_answer_that_tells_nothing_of_anybody_tells_nobody(body: Any, status: int) -> None:
    assert not told(("claim",), body, status=status)


@pytest.mark.parametrize(("data", "of"), [((), ("claim",)), ((DataKind.CLAIM,), ())])
def test_a_route_says_what_it_tells_and_of_whom(data: tuple[DataKind, ...], of: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="of somebody"):
        Reads(data, of)
