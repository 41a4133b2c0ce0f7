"""What a payer writes so that its money is known: an ISO 11649 creditor reference of what it pays.

``RF30 E000 0000 0720 2607``: RF, two check digits (ISO 7064 mod 97-10), E, the employer's nine digits, and the month as
202607: contributions. A compound has K and fifteen digits of its number. Blanks and dashes between, and small letters,
change nothing: people and banks write them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from stdnum.iso7064 import mod_97_10

from shared.kernel.periods import Month

_PREFIX, _EMPLOYER, _COMPOUND, _DIGITS = "RF", "E", "K", 9
_BETWEEN = r"[\s\-]*"
_FORM = _BETWEEN.join(["R", "F", *[r"\d"] * 2, "[EK]", *[r"\d"] * 15])
# Neither a letter nor a digit stands before or behind it: a longer number is another one.
_WRITTEN = re.compile(rf"(?<![A-Z0-9]){_FORM}(?![A-Z0-9])", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1971, 2999


@dataclass(frozen=True, slots=True)
class PaymentReference:
    """Whose month a payment is for."""

    employer: int
    month: Month

    def __str__(self) -> str:
        return _checked(f"{_EMPLOYER}{self.employer:0{_DIGITS}d}{self.month.year:04d}{self.month.month:02d}")


@dataclass(frozen=True, slots=True)
class CompoundReference:
    """Which compound a payment is for."""

    number: int

    def __str__(self) -> str:
        return _checked(f"{_COMPOUND}{self.number:015d}")


Reference = PaymentReference | CompoundReference


def references_in(texts: Iterable[str]) -> list[Reference]:
    """The references in what a payer wrote, each once, in order; what its check digits do not fit is none."""
    found: dict[Reference, None] = {}
    for written in texts:
        for match in _WRITTEN.finditer(written.upper()):
            reference = _read(re.sub(r"[\s\-]", "", match.group()))
            if reference is not None:
                found[reference] = None
    return list(found)


def _checked(body: str) -> str:
    return f"{_PREFIX}{mod_97_10.calc_check_digits(body + _PREFIX)}{body}"


def _read(reference: str) -> Reference | None:
    body = reference[len(_PREFIX) + 2 :]
    if body.startswith(_COMPOUND):
        compound = CompoundReference(int(body[1:]))
        return compound if compound.number and str(compound) == reference else None
    employer, year, month = int(body[1 : 1 + _DIGITS]), int(body[-6:-2]), int(body[-2:])
    if not (employer and 1 <= month <= 12 and _FIRST_YEAR <= year <= _LAST_YEAR):
        return None
    read = PaymentReference(employer, Month(year, month))
    return read if str(read) == reference else None
