"""Whatever a partner sends is an event, or is said to be none: never a fault of ours."""

import base64
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.inbound.cloudevents import BATCH, LARGEST_DATA, STRUCTURED, CloudEvent, NoEvent, read_events
from shared.inbound.errors import EventFormatUnsupported, EventMalformed, EventsTooMany
from shared.kernel.errors import JaringError
from shared.web.fields import holds_national_id

EVENT = {"specversion": "1.0", "id": "1", "source": "/x", "type": "wage.paid", "data": {"a": 1}}
HEADERS = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/x", "ce-type": "wage.paid"}


def structured(**changes: Any) -> CloudEvent | NoEvent:
    (found,) = read_events(STRUCTURED, {}, orjson.dumps(EVENT | changes))
    return found


def code(found: CloudEvent | NoEvent) -> str | None:
    return found.reason.code if isinstance(found, NoEvent) else None


def test_the_three_forms_say_the_same() -> None:
    whole = CloudEvent("1", "/x", "wage.paid", None, {"a": 1})
    assert read_events(STRUCTURED, {}, orjson.dumps(EVENT)) == [whole]
    assert read_events(BATCH, {}, orjson.dumps([EVENT, EVENT])) == [whole, whole]
    assert read_events("application/json; charset=utf-8", HEADERS, b'{"a": 1}') == [whole]
    assert read_events("", HEADERS, b'{"a": 1}') == [whole], "without a content type it is JSON"


@pytest.mark.parametrize(
    "changes",
    [
        {"datacontenttype": None},
        {"datacontenttype": "application/json"},
        {"datacontenttype": "application/vnd.x+json"},
        {"subject": None, "time": None, "dataschema": None},
        {"sequence": 7, "traced": True, "traceparent": "00-a-b-01"},
        {"id": "20260715093000123456", "source": "https://payroll.example/202607150001"},
        {"data": None, "data_base64": base64.b64encode(b'{"a": 1}').decode()},
    ],
)
def test_what_the_specification_allows_is_an_event(changes: dict[str, Any]) -> None:
    assert code(structured(**changes)) is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"specversion": "0.3"}, "event_malformed"),
        ({"data": None, "data_base64": "é"}, "event_malformed"),
        ({"specversion": 1.0}, "event_malformed"),
        ({"id": ""}, "event_malformed"),
        ({"id": None}, "event_malformed"),
        ({"id": 7}, "event_malformed"),
        ({"id": "a b"}, "event_malformed"),
        ({"id": "x" * 201}, "event_malformed"),
        ({"id": "900101-14-5678"}, "event_malformed"),
        ({"id": "00000000-0000-0000-0000-900101145678"}, "event_malformed"),
        ({"id": "01a22a5b-6e17-734d-a4c4-891221020382.900101145678"}, "event_malformed"),
        ({"source": "urn:ic:900101145678"}, "event_malformed"),
        ({"type": {"a": 1}}, "event_malformed"),
        ({"Extension": "x"}, "event_malformed"),
        ({"extension": [1]}, "event_malformed"),
        ({"datacontenttype": "text/plain"}, "event_format_unsupported"),
        ({"datacontenttype": 7}, "event_format_unsupported"),
        ({"data": "x" * (LARGEST_DATA + 1)}, "event_too_large"),
        ({"data_base64": "e30="}, "event_malformed"),
        ({"data": None, "data_base64": "%"}, "event_malformed"),
        ({"data": None, "data_base64": "ew=="}, "event_malformed"),
    ],
)
def test_what_is_no_event_says_why(changes: dict[str, Any], why: str) -> None:
    found = structured(**changes)
    assert code(found) == why
    assert isinstance(found, NoEvent)
    assert "900101" not in f"{found.id}{found.source}", "what looks like a national id is not shown either"


@pytest.mark.parametrize("id_", ["01a22a5b-6e17-734d-a4c4-891221020382", "28010132-0941-4873-AFB0-8B30E7BBD9DC"])
def test_a_uuid_names_nobody_whatever_it_looks_like(id_: str) -> None:
    assert holds_national_id(id_)
    found = structured(id=id_, source=f"/payroll/{id_}")
    assert (found.id, code(found)) == (id_, None)


def test_a_bad_event_of_a_batch_stands_in_its_place() -> None:
    found = read_events(BATCH, {}, orjson.dumps([EVENT, 7, None, [], EVENT | {"id": ""}, EVENT]))
    bad = "event_malformed"
    assert [code(each) for each in found] == [None, bad, bad, bad, bad, None]


@pytest.mark.parametrize(
    ("content_type", "headers", "body", "error"),
    [
        (STRUCTURED, {}, b"{", EventMalformed),
        (STRUCTURED, {}, b"\xff", EventMalformed),
        (STRUCTURED, {}, b"[" * 100_000, EventMalformed),
        (BATCH, {}, b"{}", EventMalformed),
        (BATCH, {}, orjson.dumps([EVENT] * 501), EventsTooMany),
        ("application/cloudevents+xml", {}, b"", EventFormatUnsupported),
        ("application/json", {}, b"{}", EventMalformed),
    ],
)
def test_a_body_that_is_none_is_refused_as_a_whole(
    content_type: str, headers: dict[str, str], body: bytes, error: type[JaringError]
) -> None:
    with pytest.raises(error):
        read_events(content_type, headers, body)


@given(
    st.sampled_from([STRUCTURED, BATCH, "application/json", "", "text/plain", "application/cloudevents"]),
    st.binary(max_size=200) | st.recursive(st.none() | st.booleans() | st.text(), st.lists).map(orjson.dumps),
    st.dictionaries(st.sampled_from([*HEADERS, "ce-null", "host"]), st.text(max_size=20), max_size=5),
)
def test_garbage_is_answered(content_type: str, body: bytes, headers: dict[str, str]) -> None:
    try:
        found = read_events(content_type, headers, body)
    except JaringError:
        return
    assert all(isinstance(each, CloudEvent | NoEvent) for each in found)


@pytest.mark.parametrize("depth", [250, 251, 252, 253, 254, 255, 256, 1_000, 5_000])
def test_data_of_any_depth_is_an_event_or_none_in_every_form(depth: int) -> None:
    nested = b"[" * depth + b"]" * depth
    members = orjson.dumps({name: value for name, value in EVENT.items() if name != "data"})[:-1]
    with_base64 = members + b',"data_base64":"' + base64.b64encode(nested) + b'"}'
    in_batch = b"[" + members + b',"data":' + nested + b"}," + orjson.dumps(EVENT) + b"]"
    found = [
        *read_events(STRUCTURED, {}, with_base64),
        *read_events("application/json", HEADERS, nested),
        *_or_none(in_batch),
    ]
    for each in found:
        assert code(each) in (None, "event_malformed")
        if isinstance(each, CloudEvent):
            orjson.dumps([each.type, each.subject, each.data], option=orjson.OPT_SORT_KEYS)


def _or_none(batch: bytes) -> list[CloudEvent | NoEvent]:
    """A body that is itself nested beyond what is read is refused as a whole, before there is an event."""
    try:
        found = read_events(BATCH, {}, batch)
    except EventMalformed:
        return []
    assert code(found[1]) is None, "its neighbour is taken"
    return found
