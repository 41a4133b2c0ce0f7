"""Find people by national id, number, name and day of birth, and keep that somebody looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.registration.domain.correction import StatedBy
from services.registration.domain.errors import SearchNamesNothing
from services.registration.domain.person_search import MOST_FOUND, PersonSearch
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.identifiers import new_id
from shared.security.national_id import NationalId


@dataclass(frozen=True, repr=False)
class SearchPeople:
    """What is known of whom is looked for, all of which must fit, and the officer; `repr` would show personal data.

    `number` is a national id of any kind, in the form in which it is compared.
    """

    national_id: NationalId | None
    number: str | None
    name: str | None
    born_on: date | None
    by: StatedBy

    @property
    def criteria(self) -> tuple[str, ...]:
        """The kinds of what is stated."""
        return tuple(name for name in ("national_id", "number", "name", "born_on") if getattr(self, name) is not None)


async def search_people(command: SearchPeople, uow: RegistrationUnitOfWork) -> PersonSearch:
    """The search as it is kept, with how many it found; raises SearchNamesNothing."""
    if not command.criteria:
        raise SearchNamesNothing()
    hits = await uow.person_searches.find(await _wanted(command, uow), MOST_FOUND + 1)
    found = hits[:MOST_FOUND]
    by, is_cut = command.by, len(hits) > MOST_FOUND
    search = PersonSearch(new_id(), by.tenant, by.officer or "", command.criteria, len(found), is_cut, by.at)
    await uow.person_searches.keep(search, found)
    uow.decided("people_searched", criteria=",".join(command.criteria), found=len(found))
    return search


async def _wanted(command: SearchPeople, uow: RegistrationUnitOfWork) -> dict[str, Sequence[int] | Sequence[str] | str]:
    wanted: dict[str, Sequence[int] | Sequence[str] | str] = {}
    bearers: list[list[int]] = []
    if command.national_id is not None:
        bearers.append(await uow.national_ids.bearers(command.national_id.number, command.national_id.kind))
    if command.number is not None:
        bearers.append(await uow.national_ids.bearers(command.number))
    if bearers:
        wanted["persons"] = sorted(set.intersection(*map(set, bearers)))
    if command.name is not None:
        wanted["tokens"] = list(uow.keys.name_tokens.of(command.name))
    if command.born_on is not None:
        wanted["born_on"] = command.born_on.isoformat()
    return wanted
