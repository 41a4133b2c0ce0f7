"""The canonical bytes that are hashed: RFC 8785 JSON of integers, texts, booleans, lists and objects, nothing else.

orjson writes them: for integers, texts and ASCII names its sorted form is that of RFC 8785, which a test holds against
the library of that name; it is many times as fast, and records are replayed by the million.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import TypeAlias, Union, cast

import orjson

from shared.kernel.periods import Days, Month
from shared.law.errors import NotCanonical

Json: TypeAlias = Union[bool, int, str, "list[Json]", "dict[str, Json]"]
_LARGEST = 2**53 - 1
_STRICT = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_STRICT_INTEGER
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_DATACLASS
)


def plain(value: object, where: str = "$") -> Json:
    """The JSON form: dates and months as in ISO 8601, instants in UTC, rates as 'p/q', ranges as first and last.

    `NotCanonical` names the place of a float, a null or anything else whose form is not settled. What `written` gave is
    left as it is.
    """
    kind = type(value)
    if kind is str or kind is bool or kind is orjson.Fragment:
        return cast(Json, value)
    if kind is int:
        return _whole(cast(int, value), where)
    if kind is dict:
        items = cast("dict[object, object]", value).items()
        return {_key(key, where): plain(item, f"{where}.{key}") for key, item in items}
    if kind is list or kind is tuple:
        return [plain(item, f"{where}[{index}]") for index, item in enumerate(cast("list[object]", value))]
    return _of_a_subclass(value, where)


def canonical(value: object) -> bytes:
    """The RFC 8785 bytes of a value."""
    return orjson.dumps(plain(value), option=orjson.OPT_SORT_KEYS)


def encoded(body: object) -> bytes:
    """The RFC 8785 bytes of what is made of dicts, lists, tuples, texts, integers and what `plain` returned.

    The caller vouches for that; anything but a float or a null is refused even so.
    """
    return orjson.dumps(body, option=_STRICT)


def written(canonical_bytes: bytes) -> Json:
    """Canonical bytes as a part of a larger value, so that what many records repeat is written once."""
    return cast(Json, orjson.Fragment(canonical_bytes))


def _of_a_subclass(value: object, where: str) -> Json:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return _whole(int(value), where)
    if isinstance(value, Mapping):
        return plain(dict(value), where)
    if isinstance(value, list | tuple):
        return plain(list(value), where)
    return _text(value, where)


def _whole(value: int, where: str) -> int:
    if not -_LARGEST <= value <= _LARGEST:
        raise NotCanonical(f"{where}: an integer beyond 2^53 loses digits in JSON.")
    return value


def _text(value: object, where: str) -> Json:
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, datetime):
        return _instant(value, where)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Month):
        return str(value)
    if isinstance(value, Days):
        return {"first": value.first.isoformat(), "last": value.last.isoformat()}
    raise NotCanonical(f"{where}: {type(value).__name__} has no canonical form.")


def _instant(value: datetime, where: str) -> str:
    if value.tzinfo is None:
        raise NotCanonical(f"{where}: an instant has a time zone.")
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _key(key: object, where: str) -> str:
    if not isinstance(key, str):
        raise NotCanonical(f"{where}: a name is a text, not {type(key).__name__}.")
    if not key.isascii():
        raise NotCanonical(f"{where}: a name is of ASCII signs, which every sorting puts in one order.")
    return key
