"""Numbers of persons and employers, their public form, and fresh ids.

Registration allots the integers; inside the platform they are plain integers, outside they carry a prefix and a
check character (ISO 7064 mod 37,36), so that a mistyped digit is refused instead of meaning somebody else.
"""

from typing import NewType
from uuid import UUID, uuid5

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36
from uuid_utils import uuid7 as uuid7_text
from uuid_utils.compat import uuid7

from shared.kernel.errors import JaringError, Kind

PersonNumber = NewType("PersonNumber", int)
EmployerNumber = NewType("EmployerNumber", int)

PERSON_PREFIX = "P"
EMPLOYER_PREFIX = "E"
_DIGITS = 9
_CAUSES = UUID("7f0a3c1e-52b4-5d0e-9c8b-0f6f2d4f7a10")


class PublicIdInvalid(JaringError):
    """The public number has the wrong prefix, length or check character."""

    code = "public_id_invalid"
    title = "Public number is not valid"
    title_ms = "Nombor awam tidak sah"
    kind = Kind.INVALID
    hint = "Check the number: its last character is a check on the others."


def new_id() -> UUID:
    """A fresh UUIDv7. Its order is a convenience for indexes, never a fact about time."""
    return uuid7()


def new_id_text() -> str:
    """The same as text, where nothing but the text is wanted."""
    return str(uuid7_text())


def derived_id(*cause: object) -> UUID:
    """The id of what follows from a cause: the same each time, also in a database that has forgotten it (rules M8)."""
    return uuid5(_CAUSES, "|".join(map(str, cause)))


def person_id(person: int) -> str:
    """The public form of a person number, such as ``P000000012T``."""
    return _public(PERSON_PREFIX, person)


def employer_id(employer: int) -> str:
    """The public form of an employer number, such as ``E0000000076``."""
    return _public(EMPLOYER_PREFIX, employer)


def person_number(public_id: str) -> PersonNumber:
    """The person number behind a public id; raises PublicIdInvalid."""
    return PersonNumber(_number(PERSON_PREFIX, public_id))


def employer_number(public_id: str) -> EmployerNumber:
    """The employer number behind a public id; raises PublicIdInvalid."""
    return EmployerNumber(_number(EMPLOYER_PREFIX, public_id))


def party_number(party: str) -> int:
    """The number of a party such as ``person:12``."""
    return int(party.partition(":")[2])


def _public(prefix: str, number: int) -> str:
    body = f"{prefix}{number:0{_DIGITS}d}"
    return body + str(mod_37_36.calc_check_digit(body))


def _number(prefix: str, public_id: str) -> int:
    digits = public_id[1:-1]
    if not (public_id.startswith(prefix) and len(digits) == _DIGITS and digits.isascii() and digits.isdigit()):
        raise PublicIdInvalid(f"A number of this kind is {prefix}, {_DIGITS} digits and a check character.")
    try:
        mod_37_36.validate(public_id)
    except ValidationError as reason:
        raise PublicIdInvalid("The check character does not fit the digits.") from reason
    return int(digits)
