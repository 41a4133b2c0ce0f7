"""The canonical bytes that are hashed: RFC 8785 JSON of integers, texts, booleans, lists and objects, nothing else."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import TypeAlias, Union

import rfc8785

from shared.kernel.periods import Days, Month
from shared.law.errors import NotCanonical

Json: TypeAlias = Union[bool, int, str, "list[Json]", "dict[str, Json]"]
_LARGEST = 2**53 - 1


def plain(value: object, where: str = "$") -> Json:
    """The JSON form: dates and months as in ISO 8601, instants in UTC, rates as 'p/q', ranges as first and last.

    `NotCanonical` names the place of a float, a null or anything else whose form is not settled.
    """
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > _LARGEST:
            raise NotCanonical(f"{where}: an integer beyond 2^53 loses digits in JSON.")
        return value
    if isinstance(value, Mapping):
        return {_key(key, where): plain(item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, f"{where}[{index}]") for index, item in enumerate(value)]
    return _text(value, where)


def canonical(value: object) -> bytes:
    """The RFC 8785 bytes of a value."""
    return rfc8785.dumps(plain(value))


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
    return key
