"""What FastAPI and pydantic found wrong with a request, in our own codes and words; never the value itself."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from shared.kernel.errors import FieldError
from shared.telemetry.redaction import mask

LONGEST_POINTER = 200
MOST_ERRORS = 100
MOST_CHOICES = 100

# Prefix of pydantic's error type -> our code; the first that fits counts.
_CODES = (
    ("missing", "missing"),
    ("extra_forbidden", "unknown_field"),
    ("json_", "json_invalid"),
    ("string_pattern", "pattern"),
    ("day_form", "pattern"),
    ("literal_error", "not_in_list"),
    ("enum", "not_in_list"),
    ("union_tag", "not_in_list"),
    ("string_too_long", "too_long"),
    ("too_long", "too_long"),
    ("bytes_too_long", "too_long"),
    ("string_too_short", "too_short"),
    ("too_short", "too_short"),
    ("greater_than", "out_of_range"),
    ("less_than", "out_of_range"),
    ("multiple_of", "out_of_range"),
    ("finite", "out_of_range"),
)

_CHOICE = re.compile(r"'([^']*)'")

DETAILS = {
    "invalid": "The value is not valid.",
    "json_invalid": "The body is not valid JSON.",
    "missing": "This member is needed.",
    "not_in_list": "The value is not one of those allowed.",
    "out_of_range": "The value is out of range.",
    "pattern": "The value does not have the form that is laid down.",
    "too_long": "The value is too long.",
    "too_short": "The value is too short.",
    "unknown_field": "This member is not known here.",
    "wrong_type": "The value is not of the right type.",
}


def field_errors(found: Sequence[Mapping[str, Any]], body: object = None) -> list[FieldError]:
    """One entry for each of pydantic's errors, at most 100, with a JSON pointer into the body or the parameters."""
    return [_field_error(error, body) for error in found[:MOST_ERRORS]]


def pointer(path: Sequence[str | int]) -> str:
    """The JSON pointer (RFC 6901) of a path; member names come from the sender, so ids in them are masked.

    Neither is a NUL passed on, which PostgreSQL keeps in no text: answers are stored.
    """
    steps = (str(step).replace("~", "~0").replace("/", "~1").replace("\0", "\ufffd") for step in path)
    return mask("".join(f"/{step}" for step in steps))[:LONGEST_POINTER]


def _members(path: Sequence[str | int], body: object) -> list[str | int]:
    """The path without what pydantic adds for the choice among several models: no member of the body is called so."""
    found: list[str | int] = []
    for at, step in enumerate(path):
        is_last = at == len(path) - 1
        if isinstance(body, Mapping):
            if step not in body and not is_last:
                continue
            body = body.get(step)
        elif isinstance(body, list) and isinstance(step, int) and step < len(body):
            body = body[step]
        found.append(step)
    return found


def _field_error(error: Mapping[str, Any], body: object) -> FieldError:
    location, *path = error["loc"] or ("body",)
    if location == "body":
        path = _members(path, body)
    if discriminator := error.get("ctx", {}).get("discriminator"):
        # What says which model is meant is itself wrong, or is missing.
        path = [*path, discriminator.strip("'")]
    code = _code(str(error["type"]))
    # Broken JSON is located by its character, which is no member.
    where = "" if code == "json_invalid" else pointer(path)
    return FieldError(where, code, DETAILS[code], str(location), _choices(error) if code == "not_in_list" else ())


def _choices(error: Mapping[str, Any]) -> tuple[str, ...]:
    """The choices that pydantic names: `'a', 'b' or 'c'`, those of ours and never what was sent."""
    context = error.get("ctx", {})
    named = context.get("expected_tags", context.get("expected", ""))
    return tuple(_CHOICE.findall(str(named)))[:MOST_CHOICES]


def _code(kind: str) -> str:
    for prefix, code in _CODES:
        if kind.startswith(prefix):
            return code
    return "wrong_type" if kind.endswith(("_type", "_parsing", "_from_float")) else "invalid"
