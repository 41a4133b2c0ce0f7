"""The ids by which a span and a log line say what they are about: numbers of ours and UUIDs, never what a person typed.

National ids, names and account numbers stand under other names and have other types, so they cannot come along.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID

from opentelemetry import trace

from shared.kernel.bound import binding

# As fields of commands and events, path parameters and attributes of spans (``jaring.claim``) are called.
NAMES = (
    "claim",
    "person",
    "employer",
    "spell",
    "file",
    "bank_file",
    "instruction",
    "payment",
    "referral",
    "seeker",
    "placement",
    "revision",
)
_NAMES = frozenset(NAMES)
_PUBLIC = {"person": "P", "employer": "E"}
# A number of ours has nine digits. One of twelve would be a national id, wherever it came from.
_DIGITS = 9
_MOST = 10**_DIGITS

Ids = dict[str, str | int]


def ids_of(thing: object) -> Ids:
    """The ids among the fields of a command, an event or a mapping."""
    fields = thing if isinstance(thing, Mapping) else getattr(thing, "__dict__", {})
    ids: Ids = {}
    if not _NAMES.isdisjoint(fields):
        for name in NAMES:
            if name in fields:
                id_ = _id(name, fields[name])
                if id_ is not None:
                    ids[name] = id_
    return ids


def mark(thing: object) -> None:
    """Put the ids among the fields of a command, an event or a mapping on the current span, if it is sampled."""
    span = trace.get_current_span()
    if span.is_recording():
        span.set_attributes({f"jaring.{name}": value for name, value in ids_of(thing).items()})


@contextmanager
def about(ids: Ids) -> Iterator[None]:
    """Every log line of the block bears the ids."""
    with binding(ids):
        yield


def _id(name: str, value: object) -> str | int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 <= value < _MOST else None
    if isinstance(value, UUID):
        return str(value)
    if not isinstance(value, str):
        return None
    if name in _PUBLIC:
        return _number(_PUBLIC[name], value)
    try:
        return str(UUID(value))
    except ValueError:
        return None


def _number(prefix: str, public: str) -> int | None:
    digits = public[1:-1]
    is_public = public.startswith(prefix) and len(digits) == _DIGITS and digits.isascii() and digits.isdigit()
    return int(digits) if is_public else None
