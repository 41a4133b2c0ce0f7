"""What a foreign client can write into a topic: one record for each class, for tests (public case 19 and its siblings).

Each is made for any topic and key. ``CONTENT`` stands in every one that has content, where it may not come out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import orjson

from shared.contracts.envelope import Envelope, headers_of
from shared.contracts.registry import EVENTS
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.messaging.received import Fault, Raw

CONTENT = "900101145678"
LARGE = 900_000

_ID = "01920000-0000-7000-8000-000000000001"
_ABOUT = {
    **dict.fromkeys(("person", "employer"), 424242),
    **dict.fromkeys(("claim", "notice", "referral", "placement", "seeker", "instruction", "payable"), _ID),
    "revision": 1,
}
_INSTANT, _DAY = "2026-07-15T04:00:00+00:00", "2026-07-15"
_SENSIBLE: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "registration": (
        "jaring.person.registered.v1",
        {"id_tokens": [], "born_on": "1990-01-01", "residence": "citizen", "registered_at": _INSTANT},
    ),
    "person.erased": (
        "jaring.person.erased.v1",
        {"erasure": _ID, "whole": False, "reason": "asked_by_person", "erased_at": _INSTANT},
    ),
    "contribution.received": (
        "jaring.contribution.totals.v1",
        {
            "file": _ID,
            "month": "2026-06",
            "received_at": _INSTANT,
            "lines": 0,
            **dict.fromkeys(("act4_employer_sen", "act4_employee_sen", "act800_employer_sen"), 0),
            **dict.fromkeys(("act800_employee_sen", "skbbk_employee_sen"), 0),
        },
    ),
    **{
        topic: (
            f"jaring.{topic}.stated.v1",
            {
                **dict.fromkeys(("kind", "scheme", "law"), "x"),
                "party": "person:424242",
                "fund": "invalidity",
                "arose_on": _DAY,
                "stated_at": _INSTANT,
                "decision_hash": "0" * 64,
                "terms": [{"per": "once", "sen": 1, "first": _DAY}],
            },
        )
        for topic in ("registration.payable", "claims.payable", "rehab.payable", "jobs.payable")
    },
    **{
        topic: (
            f"jaring.{topic}.followed.v1",
            {"erasure": _ID, "state": "forgotten", "since": _INSTANT},
        )
        for topic in ("claims.erasure", "benefits.erasure", "rehab.erasure", "jobs.erasure")
    },
    "claims.letter": (
        "jaring.letter.told.v1",
        {"letter": _ID, "matter": _ID, "kind": "certificate_due", "party": "person:424242", "told_on": _DAY},
    ),
    "accident.reported": (
        "jaring.accident.reported.v1",
        {"happened_on": _DAY, "place": "at_work", "received_at": _INSTANT},
    ),
    "claim.assessed": (
        "jaring.claim.assessed.v1",
        {
            **dict.fromkeys(("event", "revision_hash"), "x"),
            "happened_on": _DAY,
            "decided_at": _INSTANT,
            **dict.fromkeys(("entitlements", "refusals"), ()),
        },
    ),
    "benefit.paid": (
        "jaring.benefit.returned.v1",
        {
            **dict.fromkeys(("scheme", "benefit"), "x"),
            "party": "person:424242",
            "fund": "invalidity",
            "amount_sen": 1,
            "happened_at": _INSTANT,
            "claim_revision": 1,
            "reason": "AC04",
        },
    ),
    # No process goes by one before which others are missing.
    "law.figures": (
        "jaring.figure.entered.v1",
        {
            **dict.fromkeys(("law", "instrument"), "x"),
            **dict.fromkeys(("in_force", "known", "gazetted_on"), _DAY),
            **dict.fromkeys(("stated_at", "counted_at"), _INSTANT),
            "entry": _ID,
            "edition": 424242,
            "figure": "act4.calendar.payment_days",
            "cells": (),
        },
    ),
    "claims.referral": (
        "jaring.referral.offered.v1",
        {"offer": _ID, "receiver": "welfare", "offered_for": "falls_short", "offered_at": _INSTANT},
    ),
    "claims.matter": (
        "jaring.complaint.stated.v1",
        {
            **dict.fromkeys(("kind", "state", "officers_sealed"), "x"),
            "complaint": _ID,
            "party": "person:424242",
            "by_officer": False,
            "filed_at": _INSTANT,
        },
    ),
    "rehab.admitted": ("jaring.patient.admitted.v1", {"centre": "x", "admitted_on": _DAY}),
    "rehab.discharged": (
        "jaring.patient.discharged.v1",
        {"centre": "x", "discharged_on": _DAY, "outcome": "discontinued"},
    ),
    "job.placed": (
        "jaring.placement.confirmed.v1",
        {"started_on": _DAY, "month": "2026-07", "wage_sen": 1, "confirmed_at": _INSTANT},
    ),
}
_KEYED_BY = {"contribution.received": "employer"}
_OF_ONE_KEY = {"law.figures": "law"}

Change = Callable[[Raw], Raw]


@dataclass(frozen=True)
class Junk:
    """How a record is spoiled, what the consumer calls it, and whether its key waits behind it."""

    fault: Fault
    spoil: Change
    holds: bool = True

    def record(self, topic: str, key: str, offset: int = 0) -> Raw:
        """A record of this class."""
        return self.spoil(plain(topic, key, offset))


def plain(topic: str, key: str, offset: int) -> Raw:
    """A record of the topic with a right envelope and data that say nothing."""
    kind = next(event for event in EVENTS if event.topic.name == topic)
    envelope = Envelope(
        id=new_id(),
        source=f"/{kind.topic.owner}",
        type=kind.type(),
        time=now(),
        subject=key.replace(":", "/"),
        stream_version=1,
        correlation_id="foreign",
    )
    return Raw(topic, 0, offset, key, tuple(headers_of(envelope)), orjson.dumps({"said": CONTENT}))


def with_header(raw: Raw, name: str, value: bytes) -> Raw:
    """The record with another header."""
    return replace(raw, headers=tuple({**dict(raw.headers), name: value}.items()))


def without_header(raw: Raw, name: str) -> Raw:
    """The record without a header."""
    return replace(raw, headers=tuple(each for each in raw.headers if each[0] != name))


def _version(raw: Raw) -> Raw:
    return with_header(raw, "ce_type", dict(raw.headers)["ce_type"].rpartition(b".v")[0] + b".v9")


def _of_another_topic(raw: Raw) -> Raw:
    other = next(event for event in EVENTS if event.topic.name != raw.topic)
    return with_header(raw, "ce_type", other.type().encode())


def sensible(raw: Raw) -> Raw:
    """The record with the data of an event that can be read, about person or employer 424242."""
    type_, data = _SENSIBLE[raw.topic]
    return replace(with_header(raw, "ce_type", type_.encode()), payload=orjson.dumps({**_ABOUT, **data}))


def _structured(raw: Raw) -> Raw:
    """A CloudEvent in structured mode: attributes and data in the value."""
    body = {"specversion": "1.0", "id": "1", "source": "/x", "type": "x", "data": {"said": CONTENT}}
    return replace(raw, headers=(("content-type", b"application/cloudevents+json"),), payload=orjson.dumps(body))


def _no_choice(raw: Raw) -> Raw:
    """A choice that its list does not have; where there is no list, a number that is none (public case 21)."""
    field = {"registration": "residence", "accident.reported": "place", "rehab.discharged": "outcome"}
    field |= {"law.figures": "edition", "claims.letter": "revision", "claims.matter": "revision"}
    data = orjson.loads(sensible(raw).payload)
    spoiled = {
        **data,
        field.get(raw.topic, "employer" if raw.topic == "contribution.received" else "person"): "At_Work",
    }
    return replace(sensible(raw), payload=orjson.dumps(spoiled))


def _ahead(raw: Raw) -> Raw:
    """An event of tomorrow, under its own key: the number of the person that it is about is the key's."""
    later = with_header(sensible(raw), "ce_time", (now() + timedelta(days=1)).isoformat().encode())
    kind, _, number = raw.key.partition(":")
    about = {"person": int(number), "employer": int(number), "party": raw.key}
    data = orjson.loads(later.payload)
    data |= {name: value for name, value in about.items() if name != "party" or name in data}
    own = _OF_ONE_KEY.get(raw.topic) or f"{_KEYED_BY.get(raw.topic, kind)}:{number}"
    return replace(later, key=own, payload=orjson.dumps(data))


def _payload(data: bytes) -> Change:
    return lambda raw: replace(raw, payload=data)


JUNK: Mapping[str, Junk] = {
    "no value": Junk(Fault.NO_DATA, _payload(b"")),
    "eleven bytes": Junk(Fault.BAD_DATA, _payload(b"\x00\xff\x01\xfe\x02\xfd\x03\xfc\x04\xfb\x05")),
    "no JSON": Junk(Fault.BAD_DATA, _payload(f"said {CONTENT}".encode())),
    "JSON of another shape": Junk(Fault.BAD_DATA, _payload(orjson.dumps([CONTENT]))),
    "data that lack a field": Junk(Fault.BAD_DATA, lambda raw: raw),
    "a choice that is none": Junk(Fault.BAD_DATA, _no_choice),
    "null": Junk(Fault.BAD_DATA, _payload(b"null")),
    "deeply nested": Junk(Fault.BAD_DATA, _payload(b"[" * 100_000)),
    "large value": Junk(Fault.BAD_DATA, _payload(b'{"said": "' + CONTENT.encode() * (LARGE // 12) + b'"}')),
    "no headers": Junk(Fault.BAD_ENVELOPE, lambda raw: replace(raw, headers=())),
    "a header that lacks": Junk(Fault.BAD_ENVELOPE, lambda raw: without_header(raw, "ce_subject")),
    "an id that is none": Junk(Fault.BAD_ENVELOPE, lambda raw: with_header(raw, "ce_id", CONTENT.encode())),
    "a version that is no number": Junk(Fault.BAD_ENVELOPE, lambda raw: with_header(raw, "ce_streamversion", b"\xff")),
    "a time without an offset": Junk(
        Fault.BAD_ENVELOPE, lambda raw: with_header(raw, "ce_time", b"2026-07-15T12:00:00")
    ),
    "structured mode": Junk(Fault.BAD_ENVELOPE, _structured),
    "type that nobody knows": Junk(
        Fault.UNKNOWN_TYPE, lambda raw: with_header(raw, "ce_type", f"jaring.{CONTENT}.v1".encode()), holds=False
    ),
    "version of the future": Junk(Fault.UNKNOWN_VERSION, _version),
    "event of another topic": Junk(Fault.WRONG_TOPIC, _of_another_topic, holds=False),
    "another source": Junk(
        Fault.WRONG_SOURCE, lambda raw: with_header(sensible(raw), "ce_source", b"/foreign"), holds=False
    ),
    "another key": Junk(Fault.WRONG_KEY, sensible),
    "no key": Junk(Fault.WRONG_KEY, lambda raw: replace(sensible(raw), key=""), holds=False),
    "no key and no sense": Junk(Fault.BAD_DATA, lambda raw: replace(raw, key="", payload=b"junk"), holds=False),
    "dated in the future": Junk(Fault.IN_THE_FUTURE, _ahead),
}

# What a foreign client may add or leave out, and the event is one all the same.
HARMLESS: Mapping[str, Change] = {
    "no datacontenttype": lambda raw: without_header(raw, "content-type"),
    "an integer extension": lambda raw: with_header(raw, "ce_priority", b"\x00\x00\x00\x05"),
    "a header that is no text": lambda raw: with_header(raw, "b3", b"\xff\xfe"),
    "a header of no length": lambda raw: with_header(raw, "ce_comment", b""),
    "a little ahead": lambda raw: with_header(raw, "ce_time", (now() + timedelta(minutes=5)).isoformat().encode()),
}
