"""Types, bounds and patterns of what services take from outside.

A request model, a query or a path has no bare ``str`` and no bare ``date``: a text is `Text` or has a tighter pattern,
a day is `Day`: tests/hostile/test_text.py attacks each. A request model has no bare ``bool`` and no bare ``int``: they
are `Flag` and `Whole` (tests/hostile/test_strict.py). Answers have neither: what was once stored can be read.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

# What a column of type integer holds.
LARGEST_INTEGER = 2**31 - 1
# A bank's BIC (ISO 9362).
BIC_PATTERN = r"^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$"
# Digits only; 34 characters are the longest that a bank file takes.
ACCOUNT_NUMBER_PATTERN = r"^[0-9]{5,34}$"
# One line of text. PostgreSQL refuses NUL; the other controls (C0, DEL, C1), the separators of lines and paragraphs and
# what is no character at all break the lines of files, letters and logs that a text is written into later.
TEXT_PATTERN = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]*$"
# A number on a document, as people type it.
DOCUMENT_PATTERN = r"^[0-9A-Za-z */-]+$"

# A reference such as a court's or an office's, and nothing that could be a name.
_EVIDENCE_PATTERN = r"^[A-Z0-9][A-Z0-9./-]*$"
# The number of an identity card, which is a name as well: twelve digits that begin with a day, whatever parts them.
_PARTED = r"[./ -]*"
_NATIONAL_ID = re.compile(
    rf"(?<![0-9])[0-9]{_PARTED}[0-9]{_PARTED}(0{_PARTED}[1-9]|1{_PARTED}[0-2])"
    rf"{_PARTED}(0{_PARTED}[1-9]|[12]{_PARTED}[0-9]|3{_PARTED}[01])({_PARTED}[0-9]){{6}}(?![0-9])"
)

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2100, 12, 31)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FIRST_INSTANT = datetime(FIRST_DAY.year, 1, 1, tzinfo=UTC)
LAST_INSTANT = datetime(LAST_DAY.year, 12, 31, tzinfo=UTC)
_INSTANT = re.compile(_DAY.pattern + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})")


def _iso_day(value: object) -> object:
    """Pydantic by itself also takes seconds since 1970, and days with a time."""
    if type(value) is date or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise PydanticCustomError("day_form", "A day is written YYYY-MM-DD.")


def _iso_instant(value: object) -> object:
    """Pydantic by itself also takes seconds since 1970, and instants that do not say where."""
    if isinstance(value, datetime) or (isinstance(value, str) and _INSTANT.fullmatch(value)):
        return value
    raise PydanticCustomError("instant_form", "An instant is written YYYY-MM-DDThh:mm:ss with Z or an offset.")


def holds_national_id(text: str) -> bool:
    """Whether the number of an identity card may stand in it, whatever parts its digits."""
    return _NATIONAL_ID.search(text) is not None


def _names_nobody(number: str) -> str:
    """The number of a document: it has a digit, and the number of an identity card stands in none."""
    if holds_national_id(number) or not any(each.isdigit() for each in number):
        raise ValueError("The number of a document names nobody.")
    return number


ONE_LINE = Field(pattern=TEXT_PATTERN)
"""What makes a text with other bounds one line of text: ``Annotated[Name, ONE_LINE]``."""

Text: TypeAlias = Annotated[str, ONE_LINE]
"""One line of text; each field adds its own length."""

Flag: TypeAlias = Annotated[bool, Field(strict=True)]
"""Yes or no, as JSON has it: by itself pydantic also takes "yes", "off", 1 and the like."""

Whole: TypeAlias = Annotated[int, Field(strict=True)]
"""A whole number, as JSON has it: by itself pydantic also takes texts, 3.0 and true."""

ISO_DAY = BeforeValidator(_iso_day)
"""What makes a date with other bounds a day as YYYY-MM-DD: ``Annotated[date, Field(ge=FIRST, le=LAST_DAY), ISO_DAY]``,
in this order: bounds that stand behind a validator are shown in the OpenAPI document under names of pydantic's own."""

Day: TypeAlias = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY), ISO_DAY]
"""A day as YYYY-MM-DD, from 1900 to 2100."""

Instant: TypeAlias = Annotated[datetime, Field(ge=FIRST_INSTANT, le=LAST_INSTANT), BeforeValidator(_iso_instant)]
"""An instant as YYYY-MM-DDThh:mm:ss with Z or an offset, from 1900 to 2100."""

DocumentNumber: TypeAlias = Annotated[
    str,
    Field(
        pattern=_EVIDENCE_PATTERN,
        max_length=40,
        description="The number of the document in which it stands; nobody's name.",
        examples=["KB-2026-0193"],
    ),
    AfterValidator(_names_nobody),
]
"""The number of a document that shows something, which is nobody's name."""
