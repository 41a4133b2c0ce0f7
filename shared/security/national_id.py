"""National ids as they are typed and as they are compared. Neither errors nor `repr` ever show the number."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from stdnum.exceptions import ValidationError as StdnumError
from stdnum.my import nric

from shared.security.errors import NationalIdInvalid

_MYKAD = re.compile(r"[0-9]{12}")
_SEPARATORS = re.compile(r"[\s\-*/]")


class IdKind(StrEnum):
    """The kinds that a contribution file may carry in its id column (dossier other-schemes §8.2)."""

    MYKAD = "mykad"
    SSFW = "ssfw"
    PASSPORT = "passport"
    ARMY = "army"
    POLICE = "police"
    OLD_IC = "old_ic"


def _mykad(number: str) -> bool:
    """As the library says it: twelve digits, a day of birth that there was or is, a place that is given out.

    Of a number it looks the place up in a table of ranges, which takes longer than all else that is done with one.
    """
    return bool(_MYKAD.fullmatch(number)) and _is_place(number[6:8]) and _is_day(number[:6])


@cache
def _is_place(place: str) -> bool:
    return _is_valid(f"900101{place}5678")


@lru_cache(maxsize=50_000)
def _is_day(day: str) -> bool:
    return _is_valid(f"{day}145678")


def _is_valid(number: str) -> bool:
    try:
        nric.validate(number)
    except StdnumError:
        return False
    return True


# The organisation publishes no check digits for these: the shape is all that can be tested.
_SHAPES: dict[IdKind, Callable[[str], object]] = {
    IdKind.MYKAD: _mykad,
    IdKind.SSFW: re.compile(r"[0-9]{12}").fullmatch,
    IdKind.PASSPORT: re.compile(r"[A-Z0-9]{5,15}").fullmatch,
    IdKind.ARMY: re.compile(r"[A-Z]{0,3}[0-9]{4,10}").fullmatch,
    IdKind.POLICE: re.compile(r"[A-Z]{0,3}[0-9]{4,10}").fullmatch,
    IdKind.OLD_IC: re.compile(r"[A-Z]{0,2}[0-9]{6,8}").fullmatch,
}


_KINDS: dict[str, IdKind] = {kind.value: kind for kind in IdKind}


def comparable(number: str) -> str:
    """A number as it is compared: upper case, without blanks and dashes."""
    # Nearly all come without.
    return (number if number.isalnum() else _SEPARATORS.sub("", number)).upper()


@dataclass(frozen=True, slots=True, repr=False)
class NationalId:
    """A kind and a number; the number is kept as it is compared: upper case, without blanks and dashes."""

    kind: IdKind
    number: str

    def __post_init__(self) -> None:
        """Raise `NationalIdInvalid` when the number does not fit its kind."""
        number = comparable(self.number)
        if not number.isascii() or not _SHAPES[self.kind](number):
            raise NationalIdInvalid(
                f"The number is not a well-formed {self.kind} number.", facts={"kind": self.kind.value}
            )
        object.__setattr__(self, "number", number)

    @classmethod
    def of(cls, kind: str, number: str) -> "NationalId":
        """From two texts; raise `NationalIdInvalid` when the kind is unknown or the number does not fit it."""
        known = _KINDS.get(kind)
        if known is None:
            raise NationalIdInvalid("The kind of national id is not known.")
        return cls(known, number)

    def __repr__(self) -> str:
        return f"NationalId({self.kind.value}, ***)"

    __str__ = __repr__
