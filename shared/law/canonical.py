"""The canonical bytes that are hashed: RFC 8785 JSON of integers, texts, booleans, lists and objects, nothing else.

orjson writes them: for integers, texts and ASCII names its sorted form is that of RFC 8785, which a test holds against
the library of that name; it is many times as fast, and records are replayed by the million.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias, Union, cast

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
    form = _FORMS.get(type(value), _of_a_subclass)
    try:
        return form(value)
    except NotCanonical:
        return _form_with_place(value, where)


def canonical(value: object) -> bytes:
    """The RFC 8785 bytes of a value."""
    return orjson.dumps(plain(value), option=orjson.OPT_SORT_KEYS)


def encoded(body: object) -> bytes:
    """The RFC 8785 bytes of what is made of dicts, lists, tuples, texts, integers and what `plain` returned.

    The caller vouches for that; anything but a float or a null is refused even so, and an integer beyond 2^53.
    """
    try:
        return orjson.dumps(body, option=_STRICT)
    except orjson.JSONEncodeError as fault:
        raise NotCanonical(str(fault)) from fault


def written(canonical_bytes: bytes) -> Json:
    """Canonical bytes as a part of a larger value, so that what many records repeat is written once."""
    return cast(Json, orjson.Fragment(canonical_bytes))


def _form(value: Any) -> Json:
    """The form of a value by its exact type; most are one of these, and places are worked out when one is not."""
    return _FORMS.get(type(value), _of_a_subclass)(value)


def _of_a_subclass(value: object) -> Json:
    for kind, form in _FORMS.items():
        if isinstance(value, kind):
            return form(value)
    if isinstance(value, Mapping):
        return _object(dict(value))
    raise NotCanonical(f"{type(value).__name__} has no canonical form.")


def _object(value: dict[Any, Any]) -> Json:
    return {_key(key): item if type(item) is str else _form(item) for key, item in value.items()}


def _array(value: Sequence[Any]) -> Json:
    return [item if type(item) is str else _form(item) for item in value]


def _whole(value: int) -> int:
    if not -_LARGEST <= value <= _LARGEST:
        raise NotCanonical("an integer beyond 2^53 loses digits in JSON.")
    return int(value)


def _rate(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def _instant(value: datetime) -> str:
    if value.tzinfo is None:
        raise NotCanonical("an instant has a time zone.")
    instant = value if value.tzinfo is UTC else value.astimezone(UTC)
    return instant.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _range(value: Days) -> Json:
    return {"first": value.first.isoformat(), "last": value.last.isoformat()}


def _key(key: object) -> str:
    if isinstance(key, str) and key.isascii():
        return key
    if isinstance(key, str):
        raise NotCanonical("a name is of ASCII signs, which every sorting puts in one order.")
    raise NotCanonical(f"a name is a text, not {type(key).__name__}.")


# bool before int and datetime before date: each is the other's subclass.
_FORMS: Mapping[type, Callable[[Any], Json]] = {
    bool: bool,
    str: str,
    int: _whole,
    dict: _object,
    list: _array,
    tuple: _array,
    datetime: _instant,
    # Decisions of a year name the same days.
    date: lru_cache(maxsize=4096)(date.isoformat),
    Month: str,
    Fraction: _rate,
    Days: _range,
    orjson.Fragment: lambda value: value,
}


def _form_with_place(value: object, where: str) -> Json:
    if isinstance(value, Mapping):
        return {_key_with_place(key, where): _form_with_place(item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_form_with_place(item, f"{where}[{index}]") for index, item in enumerate(value)]
    try:
        return _form(value)
    except NotCanonical as fault:
        raise NotCanonical(f"{where}: {fault.detail}") from fault


def _key_with_place(key: object, where: str) -> str:
    try:
        return _key(key)
    except NotCanonical as fault:
        raise NotCanonical(f"{where}: {fault.detail}") from fault
