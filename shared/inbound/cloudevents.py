"""CloudEvents 1.0 over HTTP and Kafka, as partners send them. What is none is said to be none.

An attribute that is null is absent, an extension may be a number, a content type of the data that is not given is JSON
(CloudEvents JSON format 1.0.2, sections 2.2 and 3.1; HTTP binding 1.0.2, section 3; Kafka binding 1.0.2, section 3).
"""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import orjson

from shared.inbound.errors import EventFormatUnsupported, EventMalformed, EventsTooMany, EventTooLarge
from shared.kernel.errors import JaringError
from shared.web.fields import holds_national_id

STRUCTURED, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
MOST_EVENTS = 500
LARGEST_DATA = 64 << 10
# A structured event holds its data, perhaps in base64, and its attributes beside; a larger record is not parsed.
LARGEST_RECORD = 2 * LARGEST_DATA
LONGEST_ID, LONGEST_SOURCE, LONGEST_TYPE = 200, 500, 100

_ATTRIBUTE = re.compile(r"[a-z0-9]+")
_JSON = re.compile(r"application/(json|[a-z0-9.!#$&^_-]+\+json)|text/json")
# Visible characters: what names an event stands in addresses and logs.
_VISIBLE = re.compile(r"[!-~]+")
# Of random ones some look like a national id in part (RFC 9562: the version, and the first bits of the variant).
_UUID = re.compile(
    r"(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(?![0-9a-f])", re.IGNORECASE
)
_DATA = ("data", "data_base64")


@dataclass(frozen=True, slots=True, repr=False)
class CloudEvent:
    """An event as it was sent; `repr` would show personal data."""

    id: str
    source: str
    type: str
    subject: str | None
    data: Any


@dataclass(frozen=True, slots=True)
class NoEvent:
    """What stands in the place of an event in a batch, and what is wrong with it."""

    reason: JaringError
    id: str | None = None
    source: str | None = None
    type: str | None = None


def read_events(content_type: str, headers: Mapping[str, str], body: bytes) -> list[CloudEvent | NoEvent]:
    """The events of a request, in order; raises EventMalformed, EventFormatUnsupported, EventsTooMany."""
    media = _media_type(content_type)
    if media == BATCH:
        return _batch(body)
    if media == STRUCTURED:
        return [_structured(_parsed(body))]
    if media.startswith("application/cloudevents"):
        raise EventFormatUnsupported()
    return [_binary(media, headers, body)]


def read_record(headers: Sequence[tuple[str, bytes]], payload: bytes) -> CloudEvent | NoEvent:
    """The event of a record of Kafka, binary or structured; a header without a value is left out by whoever read it."""
    texts: dict[str, str] = {}
    try:
        _check_size(len(payload), LARGEST_RECORD)
        texts = {name.lower(): value.decode() for name, value in headers}
        media = _media_type(texts.get("content-type", ""))
        if media == STRUCTURED:
            return _structured(_parsed(payload))
        if media.startswith("application/cloudevents"):
            raise EventFormatUnsupported()
    except UnicodeDecodeError:
        return NoEvent(EventMalformed("A header is a text in UTF-8."))
    except JaringError as reason:
        return _no_event(reason, _attributes_of(texts))
    return _of_attributes(media, _attributes_of(texts), payload)


def _attributes_of(headers: Mapping[str, str]) -> dict[str, Any]:
    return {name[3:]: value for name, value in headers.items() if name.startswith("ce_") and value}


def _batch(body: bytes) -> list[CloudEvent | NoEvent]:
    found = _parsed(body)
    if not isinstance(found, list):
        raise EventMalformed("A batch is a JSON array of events.")
    if len(found) > MOST_EVENTS:
        raise EventsTooMany(f"A batch has at most {MOST_EVENTS} events.", facts={"most": MOST_EVENTS})
    return [_structured(each) for each in found]


def _structured(members: object) -> CloudEvent | NoEvent:
    if not isinstance(members, dict):
        return NoEvent(EventMalformed("An event is a JSON object."))
    attributes = {name: value for name, value in members.items() if name not in _DATA and value is not None}
    try:
        return _event(attributes, _data_of(members, attributes))
    except JaringError as reason:
        return _no_event(reason, attributes)


def _binary(media: str, headers: Mapping[str, str], body: bytes) -> CloudEvent | NoEvent:
    attributes: dict[str, Any] = {
        name[3:]: unquote(value) for name, value in headers.items() if name.startswith("ce-") and value
    }
    if not attributes:
        raise EventMalformed("The attributes stand in headers such as ce-id, or in the body of a structured event.")
    return _of_attributes(media, attributes, body)


def _of_attributes(media: str, attributes: Mapping[str, Any], body: bytes) -> CloudEvent | NoEvent:
    """The binary form."""
    try:
        _check_json(media)
        _check_size(len(body))
        return _event(attributes, _readable(body) if body else None)
    except JaringError as reason:
        return _no_event(reason, attributes)


def _event(attributes: Mapping[str, Any], data: object) -> CloudEvent:
    for name, value in attributes.items():
        if not _ATTRIBUTE.fullmatch(name):
            raise EventMalformed("A name of an attribute has small letters and digits only.")
        if not isinstance(value, str | int | bool):
            raise EventMalformed("An attribute is a text, a number or true or false.")
    if attributes.get("specversion") != "1.0":
        raise EventMalformed("specversion is 1.0.")
    subject = attributes.get("subject")
    return CloudEvent(
        _named(attributes, "id", LONGEST_ID),
        _named(attributes, "source", LONGEST_SOURCE),
        _named(attributes, "type", LONGEST_TYPE),
        None if subject is None else str(subject),
        data,
    )


def _named(attributes: Mapping[str, Any], name: str, longest: int) -> str:
    """What names an event, which names nobody: it is kept as it is, and shown."""
    value = attributes.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest or not _VISIBLE.fullmatch(value):
        raise EventMalformed(f"{name} is a text of 1 to {longest} visible characters.")
    if holds_national_id(_UUID.sub("", value)):
        raise EventMalformed(f"{name} holds what looks like a national id: it names the event and nobody.")
    return value


def _no_event(reason: JaringError, attributes: Mapping[str, Any]) -> NoEvent:
    """With as much of its name as can be shown."""
    shown: dict[str, str | None] = {}
    for name, longest in (("id", LONGEST_ID), ("source", LONGEST_SOURCE), ("type", LONGEST_TYPE)):
        try:
            shown[name] = _named(attributes, name, longest)
        except EventMalformed:
            shown[name] = None
    return NoEvent(reason, **shown)


def _data_of(members: Mapping[str, Any], attributes: Mapping[str, Any]) -> object:
    media = attributes.get("datacontenttype", "application/json")
    _check_json(_media_type(media) if isinstance(media, str) else "none")
    data, encoded = members.get("data"), members.get("data_base64")
    if encoded is None:
        _check_size(len(_written(data)))
        return data
    if data is not None or not isinstance(encoded, str):
        raise EventMalformed("An event has data or data_base64, which is a text.")
    _check_size(len(encoded) * 3 // 4)
    try:
        return _readable(base64.b64decode(encoded, validate=True))
    except ValueError:
        # binascii.Error is one; a letter outside ASCII is another.
        raise EventMalformed("data_base64 is not base64.") from None


def _readable(body: bytes) -> object:
    """The data, which can be written out again."""
    data = _parsed(body)
    _written(data)
    return data


def _written(data: object) -> bytes:
    """As JSON, in the array in which the door hashes it."""
    try:
        return orjson.dumps([None, None, data])
    except orjson.JSONEncodeError:
        raise EventMalformed("The data is nested too deeply.") from None


def _check_json(media: str) -> None:
    if media and not _JSON.fullmatch(media):
        raise EventFormatUnsupported()


def _check_size(size: int, most: int = LARGEST_DATA) -> None:
    if size > most:
        raise EventTooLarge(f"The data of an event has at most {LARGEST_DATA} bytes.", facts={"most": LARGEST_DATA})


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise EventMalformed("The JSON cannot be read.") from None
