"""How services tell that they follow an erasure: one shape, a topic for each writer."""

from typing import Any

import pytest
from pydantic import ValidationError

from shared.contracts.compatibility import breaks
from shared.contracts.erasure_followed import ClaimsErasureFollowedV1, ErasureFollowedV1, Following
from shared.contracts.json_schema import schema_of
from shared.contracts.registry import EVENTS
from shared.kernel.clock import now, today
from shared.kernel.identifiers import new_id

_HELD: dict[str, Any] = {"state": "held", "reason": "claim_open", "owner": "service:claims", "until": today()}


def told(**said: Any) -> ClaimsErasureFollowedV1:
    """What claims tells of person 12."""
    return ClaimsErasureFollowedV1(**{"person": 12, "erasure": new_id(), "revision": 1, "since": now(), **said})


def test_every_follower_tells_it_in_one_shape_on_a_topic_of_its_own() -> None:
    told_by = [event for event in EVENTS if issubclass(event, ErasureFollowedV1)]
    assert {event.topic.name for event in told_by} == {
        f"{service}.erasure" for service in ("claims", "benefits", "rehab", "jobs")
    }
    assert {event.name for event in told_by} == {f"{event.topic.owner}.erasure.followed" for event in told_by}
    assert len({event.topic.owner for event in told_by}) == len(told_by)
    for event in told_by:
        assert breaks(schema_of(ErasureFollowedV1, "x"), schema_of(event, "x")) == []


def test_it_names_nobody_but_by_number_and_comes_back_whole() -> None:
    event = told(**_HELD)
    assert ClaimsErasureFollowedV1.model_validate_json(event.data()) == event
    assert (event.key, event.state) == ("person:12", Following.HELD)
    assert b"until" not in told(state="forgotten").data()


@pytest.mark.parametrize("lacks", ["reason", "owner", "until"])
def test_what_is_held_has_a_reason_an_owner_and_a_day_and_nothing_else_has(lacks: str) -> None:
    with pytest.raises(ValidationError, match="a reason, an owner and a deadline"):
        told(**{**_HELD, lacks: None})
    with pytest.raises(ValidationError, match="a reason, an owner and a deadline"):
        told(state="forgotten", **{lacks: _HELD[lacks]})
