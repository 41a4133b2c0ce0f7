"""Arrays as the text that PostgreSQL reads (decision 57): thousands of values a statement, for less than asyncpg takes.

asyncpg asks of each element whether it is an array itself, which costs more than all else that it does with a number.
The statement casts the text: ``CAST(CAST(:persons AS text) AS bigint[])``.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import orjson
from asyncpg.pgproto import pgproto
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import BigInteger, Boolean, Date, DateTime, Integer, SmallInteger, Text, TypeEngine, Uuid

NULL = "NULL"
# The first and the last instant that Python has stand for no bound, as the first and the last day do.
_ENDS = {datetime.min.replace(tzinfo=UTC): "-infinity", datetime.max.replace(tzinfo=UTC): "infinity"}


def array_text(type_: TypeEngine[Any], values: Sequence[Any]) -> str:
    """The values of a column of this type, None among them, as the text of an array.

    The first and the last day or instant that there is are written as infinite, as asyncpg writes them.

    Raises ValueError for a type that has no form here, such as an array: arrays do not nest as rows; and for an instant
    without a zone, which PostgreSQL would read in that of the session. Raises TypeError for a value of another type,
    which could read as several.
    """
    form = _FORMS.get(type(type_))
    if form is None:
        raise ValueError(f"a column of type {type_!r} has no text in an array: arrays do not nest")
    return f"{{{form(values)}}}"


def unnested(columns: Mapping[str, str]) -> str:
    """The rows of parameters that are columns, each with its type: what `as_arrays` makes."""
    texts = (
        f"CAST(:{name} AS bytea[])" if type_ == "bytea" else f"CAST(CAST(:{name} AS text) AS {type_}[])"
        for name, type_ in columns.items()
    )
    return f"unnest({', '.join(texts)})"


def as_arrays(columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """Rows as the parameters of `unnested`, column by column; an id of type `uuid` is given as its text."""
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    return {
        name: list(said) if type_ == "bytea" else f"{{{_BY_NAME[type_](said)}}}"
        for (name, type_), said in zip(columns.items(), values, strict=True)
    }


def _plainly(*kinds: type) -> Callable[[Sequence[Any]], str]:
    """The form of values whose text holds no sign of an array; they are of exactly these classes."""

    def form(values: Sequence[Any]) -> str:
        found = set(map(type, values))
        if found.issubset(kinds):
            return ",".join(map(str, values))
        if found.issubset((*kinds, type(None))):
            return ",".join([NULL if value is None else str(value) for value in values])
        raise TypeError(f"a value is of {kinds}, not of {found}")

    return form


def _numbers(values: Sequence[Any]) -> str:
    """Numbers and nothing as a list of JSON has them, and as PostgreSQL reads them."""
    found = set(map(type, values))
    if not found.issubset((int, type(None))):
        raise TypeError(f"a value is of {int}, not of {found}")
    return orjson.dumps(values if isinstance(values, list) else list(values))[1:-1].decode()


_plain_days, _plain_instants = _plainly(date), _plainly(datetime)


def _days(values: Sequence[Any]) -> str:
    return _plain_days(values).replace(str(date.min), "-infinity").replace(str(date.max), "infinity")


def _instants(values: Sequence[Any]) -> str:
    written = _plain_instants(values)
    if any(value is not None and value.tzinfo is None for value in values):
        raise ValueError("an instant has a zone")
    if str(date.min) in written or str(date.max) in written:
        return ",".join([NULL if value is None else _ENDS.get(value, str(value)) for value in values])
    return written


def _texts(values: Sequence[Any]) -> str:
    if None in values:
        return ",".join([NULL if value is None else _quoted(value) for value in values])
    joined = '","'.join(values)
    if "\\" in joined or joined.count('"') != 2 * max(0, len(values) - 1):
        return ",".join(map(_quoted, values))
    return f'"{joined}"' if values else ""


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _documents(values: Sequence[Any]) -> str:
    return _texts([orjson.dumps(value).decode() for value in values])


_FORMS: dict[type, Callable[[Sequence[Any]], str]] = {
    BigInteger: _numbers,
    Integer: _numbers,
    SmallInteger: _numbers,
    Boolean: _plainly(bool),
    Date: _days,
    DateTime: _instants,
    # As it comes from outside, or was read by asyncpg.
    Uuid: _plainly(UUID, pgproto.UUID),
    Text: _texts,
    JSONB: _documents,
}
_BY_NAME: dict[str, Callable[[Sequence[Any]], str]] = {
    "integer": _plainly(int),
    "bigint": _plainly(int),
    "date": _days,
    "text": _texts,
    "uuid": _plainly(str),
}
