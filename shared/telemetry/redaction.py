"""What must not leave the process in a log line or a span: national ids anywhere, and values under telling names."""

import re
import traceback
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any
from uuid import UUID

from shared.kernel.errors import JaringError

HIDDEN = "[hidden]"
MASK = "[id]"
LONGEST_MESSAGE = 200
DEEPEST_FRAMES = 12
DEEPEST_NESTING = 6
# Smaller numbers have nine digits at most, and are no national id.
TEN_DIGITS = 10**9

# Compared without case, dashes and underscores, so that `nationalId` and `national-id` are caught too.
DENIED_KEYS = frozenset(
    {
        "account",
        "accountholder",
        "accountname",
        "accountnumber",
        "address",
        "authorization",
        "birthdate",
        "body",
        "cookie",
        "diagnosis",
        "email",
        "fullname",
        "ic",
        "icnumber",
        "idnumber",
        "line",
        "mykad",
        "name",
        "nationalid",
        "nric",
        "parameters",
        "password",
        "payeename",
        "payload",
        "phone",
        "secret",
        "token",
    }
)

# Ids of ours may hold twelve digits in a row by chance; they are recognised first and left as they are.
_OPAQUE = r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b(?:[0-9a-f]{64}|[0-9a-f]{32}|[0-9a-f]{16})\b"
_NATIONAL_ID = r"(?<!\d)(?:\d{6}[-\s.]?\d{2}[-\s.]?\d{4}|\d{12,})(?!\d)"
_FIND = re.compile(f"(?P<opaque>{_OPAQUE})|(?P<id>{_NATIONAL_ID})")
# Nearly every text has none: to see that takes a third of the time.
_MAY_HOLD_ONE = re.compile(_NATIONAL_ID)
_SHORTEST_ID = 12
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_IDENTIFIER = re.compile(r"\"[a-z0-9_.]+\"")
_PLAIN = (UUID, date, time, timedelta, Decimal, Fraction)


def mask(text: str) -> str:
    """The text with every national id pattern (twelve digits, with or without dashes) replaced by `[id]`."""
    if len(text) < _SHORTEST_ID or _MAY_HOLD_ONE.search(text) is None:
        return text
    return _FIND.sub(lambda found: found["opaque"] or MASK, text)


def redact(value: Any, depth: int = 0) -> Any:
    """The value with denied keys hidden and national ids masked, however deep; unknown objects show their class."""
    if isinstance(value, str):
        return mask(value)
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return MASK if not 0 <= value < TEN_DIGITS and _looks_like_an_id(value) else value
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        return HIDDEN if depth >= DEEPEST_NESTING else _redact_container(value, depth + 1)
    return _redact_object(value)


def is_denied(key: str) -> bool:
    """Whether values under this name are never written, for example `national_id`, `name` or `account`."""
    return key.lower().replace("_", "").replace("-", "") in DENIED_KEYS


def describe(fault: BaseException) -> dict[str, Any]:
    """An exception for a log line: its class, a safe message and where it came from; no source lines, no locals.

    Database drivers put row values into the later lines of a message and into quotes, so only the first line is kept
    and quoted text that is no plain identifier is cut. An error of ours is safe by construction.
    """
    message = str(fault) if isinstance(fault, JaringError) else _QUOTED.sub(_unquoted, str(fault).partition("\n")[0])
    frames = traceback.extract_tb(fault.__traceback__)[-DEEPEST_FRAMES:]
    described: dict[str, Any] = {
        "type": f"{type(fault).__module__}.{type(fault).__qualname__}",
        "message": mask(message)[:LONGEST_MESSAGE],
        "at": [f"{'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if fault.__cause__ is not None:
        described["cause"] = type(fault.__cause__).__qualname__
    return described


def _unquoted(found: re.Match[str]) -> str:
    return found[0] if _IDENTIFIER.fullmatch(found[0]) else "'…'"


def _redact_container(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        return {
            mask(str(key)): HIDDEN if is_denied(str(key)) else redact(member, depth) for key, member in value.items()
        }
    return [redact(member, depth) for member in value]


def _redact_object(value: Any) -> Any:
    if isinstance(value, Enum):
        return redact(value.value)
    if isinstance(value, bytes | bytearray | memoryview):
        return f"<{len(value)} bytes>"
    if isinstance(value, BaseException):
        return describe(value)
    return mask(str(value)) if isinstance(value, _PLAIN) else f"<{type(value).__qualname__}>"


def _looks_like_an_id(number: int) -> bool:
    digits = str(number).zfill(12)
    return len(str(number)) >= 10 and len(digits) == 12 and 1 <= int(digits[2:4]) <= 12 and 1 <= int(digits[4:6]) <= 31
