"""The envelope of every event: CloudEvents 1.0 in Kafka's binary mode.

The attributes travel as ``ce_`` headers, the data as JSON in the record's value. Extensions: ``streamversion`` counts
the events of one aggregate on one topic; ``correlationid`` names the story and ``causationid`` the message that caused
this one; ``traceparent`` and ``tracestate`` carry the trace; ``announcement`` names the run of an owner that states
its whole state again, and such an event reaches projections only.
"""

import re
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, NamedTuple, Self, TypeAlias, TypeVar, cast
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, WithJsonSchema, model_validator

from shared.contracts.topics import Topic

SPEC_VERSION = "1.0"
CONTENT_TYPE = "application/json"
TYPE_PREFIX = "jaring."
TRACE_HEADERS = ("traceparent", "tracestate")
# What a table holds: a foreign record's number beyond it must not fail where it is written down.
_MOST_STREAM_VERSION = 2**63 - 1
_BIGINT = 2**63
# A revision stands in a column of type integer.
_MOST_REVISION = 2**31 - 1
# A day or an instant far from any that an owner means overflows what is reckoned from it.
_FIRST_YEAR, _LAST_YEAR = 1800, 2999
_LONGEST_TEXT = 10_000
# Ten million million ringgit, some hundred times what all funds hold; a column of type bigint holds thousands of them.
MOST_MONEY_SEN = 10**15
# Persons and employers have nine digits: their public form has no more. Other parties have as many as a token may name.
_LARGEST_NUMBER = 999_999_999
_PARTY = re.compile(r"(?:person|employer):[1-9][0-9]{0,8}|(?!person:|employer:)[a-z_]+:[0-9]{1,18}")
_READ = frozenset(
    {
        *("ce_id", "ce_source", "ce_type", "ce_time", "ce_subject", "ce_streamversion", "ce_correlationid"),
        *("ce_causationid", "ce_announcement"),
        *(f"ce_{name}" for name in TRACE_HEADERS),
    }
)

# A third of what the class itself takes.
_ID = TypeAdapter(UUID).validator

_TRACE = tuple((name, f"ce_{name}") for name in TRACE_HEADERS)

# What follows is bounded where it stands and leaves the published schemas as they are (see `_Stated`), also as an
# element: a column has thousands, which pydantic checks much faster than a function would.
_AN_INTEGER, _A_STRING = WithJsonSchema({"type": "integer"}), WithJsonSchema({"type": "string"})
Number: TypeAlias = Annotated[int, Field(ge=1, le=_LARGEST_NUMBER), _AN_INTEGER]
"""The number of a person or an employer."""
StatedSen: TypeAlias = Annotated[int, Field(ge=-MOST_MONEY_SEN, le=MOST_MONEY_SEN), _AN_INTEGER]
"""An amount or a difference in sen."""
Revision: TypeAlias = Annotated[int, Field(ge=0, le=_MOST_REVISION), _AN_INTEGER]
"""A revision that stands in a column; one by itself is a field of that name."""
WageMonth: TypeAlias = Annotated[str, Field(pattern="^(18|19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])$"), _A_STRING]
"""A month as `YYYY-MM`."""
Token: TypeAlias = Annotated[str, Field(max_length=_LONGEST_TEXT), _A_STRING]
"""A keyed hash in a list of them."""


class _Stated(BaseModel):
    """What an event and its parts have in common: each value is one that every service can keep and reckon with.

    A foreign value beyond that is no event, and is parked: kept, it would break each use of it later. The published
    schemas leave it unsaid, since a bound that is added breaks a version; no owner ever states such a value.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    # Of the whole, once: asked by pydantic of each field, the same takes as long as all else that is read of an event.
    @model_validator(mode="after")
    def _can_be_reckoned_with(self) -> Self:
        for name, value in self.__dict__.items():
            within = _BOUNDS.get(type(value))
            if within is not None:
                within(name, value)
        return self


def _text_within_bounds(name: str, value: str) -> None:
    if len(value) > _LONGEST_TEXT:
        raise ValueError("a text is too long")
    if name == "party" and not _PARTY.fullmatch(value):
        raise ValueError("a party is out of bounds")


def _day_within_bounds(_: str, value: date) -> None:
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise ValueError("a day is out of bounds")


def _instant_within_bounds(name: str, value: datetime) -> None:
    if value.tzinfo is None:
        raise ValueError("an instant has no offset")
    _day_within_bounds(name, value)


def _number_within_bounds(name: str, value: int) -> None:
    if not -_BIGINT <= value < _BIGINT:
        raise ValueError("a number is out of bounds")
    if name == "revision" and not 0 <= value <= _MOST_REVISION:
        raise ValueError("a revision is out of bounds")


# By the exact class: pydantic makes these of a field's value. A word of a list, an id and a flag need no bounds.
_BOUNDS: dict[type, Callable[[str, Any], None]] = {
    str: _text_within_bounds,
    date: _day_within_bounds,
    datetime: _instant_within_bounds,
    int: _number_within_bounds,
}


class Part(_Stated):
    """A value inside an event."""


class Event(_Stated):
    """Something that happened, stated in the past tense, complete in itself, and never changed afterwards.

    A subclass is one version of one event: ``<Name>V<n>``. Consumers ignore fields that they do not know.
    """

    topic: ClassVar[Topic]
    name: ClassVar[str]
    version: ClassVar[int] = 1

    @model_validator(mode="after")
    def _is_money_that_there_is(self) -> Self:
        if abs(self.money_sen) > MOST_MONEY_SEN:
            raise ValueError("the money adds up to more than there is")
        return self

    @classmethod
    def type(cls) -> str:
        """The CloudEvents type, such as ``jaring.claim.assessed.v1``."""
        return f"{TYPE_PREFIX}{cls.name}.v{cls.version}"

    @property
    @abstractmethod
    def aggregate(self) -> tuple[str, str]:
        """Kind and id of the thing whose events are ordered among themselves on this topic."""

    @property
    @abstractmethod
    def key(self) -> str:
        """The record's key: the person or the employer that the event is about."""

    @property
    def rows(self) -> int:
        """How many rows a projection writes for it; batches are bounded by this."""
        return 1

    @property
    def money_sen(self) -> int:
        """The money that the event states, in sen, for the daily totals of its topic."""
        return 0

    def data(self) -> bytes:
        """The bytes that are sent: JSON in the order of the fields, absent values left out."""
        return self.__pydantic_serializer__.to_json(self, exclude_none=True)


E = TypeVar("E", bound=Event)


class PersonEvent(Event):
    """An event about a person: ordered and partitioned by person."""

    person: Number
    """The person's number. Over REST the same person is `P`, nine digits and a check character: 12 is P000000012T."""

    @property
    def aggregate(self) -> tuple[str, str]:
        return ("person", str(self.person))

    @property
    def key(self) -> str:
        return f"person:{self.person}"


def only(events: Sequence[Event], kind: type[E]) -> list[E]:
    """The events of a class or of its subclasses, in their order.

    Of a batch nearly all are of one class, and asking a class of pydantic whether something is one of it takes as long
    as all else that is done with an event.
    """
    classes = set(map(type, events))
    wanted = {each for each in classes if issubclass(each, kind)}
    found = events if wanted == classes else [event for event in events if type(event) in wanted]
    return cast("list[E]", list(found))


@dataclass(frozen=True)
class Cause:
    """Why a message is sent: the story it belongs to, the message before it, and the trace."""

    correlation_id: str
    causation_id: str | None = None
    trace: Mapping[str, str] = field(default_factory=dict)


_NO_TRACE: Mapping[str, str] = {}


# A tuple: of every record there is one, and a frozen dataclass of ten fields takes a microsecond.
class Envelope(NamedTuple):
    """The attributes of one message, as read from its headers."""

    id: UUID
    source: str
    type: str
    time: datetime
    subject: str
    stream_version: int
    correlation_id: str
    causation_id: str | None = None
    announcement: str | None = None
    trace: Mapping[str, str] = _NO_TRACE

    @property
    def cause(self) -> Cause:
        """What this message is the cause of: the same story, one step further."""
        return Cause(self.correlation_id, str(self.id), self.trace)


def headers_of(envelope: Envelope) -> list[tuple[str, bytes]]:
    """The Kafka headers of an envelope."""
    return [(name, value.encode()) for name, value in attributes_of(envelope).items()]


def attributes_of(envelope: Envelope) -> dict[str, str]:
    """The same as text."""
    attributes = {
        "ce_specversion": SPEC_VERSION,
        "ce_id": str(envelope.id),
        "ce_source": envelope.source,
        "ce_type": envelope.type,
        "ce_time": envelope.time.isoformat(),
        "ce_subject": envelope.subject,
        "ce_streamversion": str(envelope.stream_version),
        "ce_correlationid": envelope.correlation_id,
    }
    if envelope.causation_id is not None:
        attributes["ce_causationid"] = envelope.causation_id
    if envelope.announcement is not None:
        attributes["ce_announcement"] = envelope.announcement
    for name, value in envelope.trace.items():
        attributes[f"ce_{name}"] = value
    attributes["content-type"] = CONTENT_TYPE
    return attributes


def envelope_of(headers: Iterable[tuple[str, bytes]]) -> Envelope:
    """The envelope behind Kafka headers; raises KeyError or ValueError where an attribute is missing or malformed.

    Headers that are not ours may hold anything: an extension in binary makes no event unreadable.
    """
    values = {name: value.decode() for name, value in headers if name in _READ}
    if "\x00" in "".join(values.values()):
        raise ValueError("a NUL, which PostgreSQL stores in no text")
    stream_version = int(values["ce_streamversion"])
    if not 0 <= stream_version <= _MOST_STREAM_VERSION:
        raise ValueError("ce_streamversion is out of bounds")
    time = datetime.fromisoformat(values["ce_time"])
    if time.tzinfo is None:
        raise ValueError("ce_time has no offset")
    # By position: names take as long again.
    return Envelope(
        _ID.validate_python(values["ce_id"]),
        values["ce_source"],
        values["ce_type"],
        time,
        values["ce_subject"],
        stream_version,
        values["ce_correlationid"],
        values.get("ce_causationid"),
        values.get("ce_announcement"),
        {name: values[header] for name, header in _TRACE if header in values},
    )
