"""Public numbers of persons and employers, as bodies, paths and filters carry them."""

from typing import Annotated, Any

from fastapi import Depends, Path, Query
from pydantic import Field

from shared.kernel.identifiers import PersonNumber, person_number
from shared.web.fields import TEXT_PATTERN

PERSON_PATTERN = r"^P[0-9]{9}[0-9A-Z]$"
EMPLOYER_PATTERN = r"^E[0-9]{9}[0-9A-Z]$"
LENGTH = 11

_PERSON: dict[str, Any] = {"max_length": LENGTH, "description": "The person's number.", "examples": ["P000000012T"]}
_EMPLOYER: dict[str, Any] = {"max_length": LENGTH, "description": "The employer's number.", "examples": ["E0000000076"]}

PersonId = Annotated[str, Field(min_length=LENGTH, pattern=PERSON_PATTERN, **_PERSON)]
EmployerId = Annotated[str, Field(min_length=LENGTH, pattern=EMPLOYER_PATTERN, **_EMPLOYER)]
PersonInPath = Annotated[str, Path(pattern=TEXT_PATTERN, **_PERSON)]
EmployerInPath = Annotated[str, Path(pattern=TEXT_PATTERN, **_EMPLOYER)]


async def _person(person: Annotated[str, Query(pattern=PERSON_PATTERN, **_PERSON)]) -> PersonNumber:
    return person_number(person)


async def _person_if_named(
    person: Annotated[str | None, Query(pattern=PERSON_PATTERN, **_PERSON)] = None,
) -> PersonNumber | None:
    return None if person is None else person_number(person)


# A list of one person's things, and a list that may be narrowed to one; both raise PublicIdInvalid.
OnePerson = Annotated[PersonNumber, Depends(_person)]
PersonFilter = Annotated[PersonNumber | None, Depends(_person_if_named)]
