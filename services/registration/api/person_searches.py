"""Finding people: a search by what stands in its body, whom it found, and which searches found a person."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response
from pydantic import Field

from services.registration.api.dependencies import CommittedBeforeAnswer, Looker
from services.registration.api.fields import NameIn, NationalIdIn, Officer, Source, stated_by
from services.registration.api.persons import PersonOut
from services.registration.commands.search_people import SearchPeople
from services.registration.commands.search_people import search_people as handle_search_people
from services.registration.domain.person_search import MOST_FOUND, Access, PersonSearch
from services.registration.queries import person_searches
from shared.kernel.identifiers import person_number
from shared.security.national_id import comparable
from shared.security.scopes import Party, officers_only, requires
from shared.security.tokens import Caller
from shared.web.fields import DOCUMENT_PATTERN, Day
from shared.web.ids import PersonInPath
from shared.web.money import In, Out, examples
from shared.web.paging import Listing, Page, Position
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["person searches"])

SearchInPath = Annotated[UUID, Path(description="The search.")]
_Criterion = Annotated[str, Field(max_length=20, examples=["name"])]


class PersonSearchIn(In):
    """Who is looked for: all that is stated must fit. Nothing of it is kept but which of the members were stated."""

    model_config = examples(
        {"name": "AHMAD BIN ALI", "born_on": "1988-08-08"},
        {"national_id": {"kind": "mykad", "number": "880808-14-5679"}},
        {"number": "880808-14-5679"},
    )

    national_id: NationalIdIn | None = Field(default=None, description="A national id with its kind.")
    number: str | None = Field(
        default=None,
        min_length=4,
        max_length=20,
        pattern=DOCUMENT_PATTERN,
        description="The number of a national id of any kind; dashes may stand in it.",
        examples=["880808-14-5679"],
    )
    name: NameIn | None = Field(
        default=None, description="The whole name, now or before, in any of the ways in which it may be read."
    )
    born_on: Day | None = Field(default=None, description="The day of birth.", examples=["1988-08-08"])

    def command(self, caller: Caller) -> SearchPeople:
        """The command; raises NationalIdInvalid."""
        stated = None if self.national_id is None else self.national_id.stated()
        number = None if self.number is None else comparable(self.number)
        return SearchPeople(stated, number, self.name, self.born_on, stated_by(caller))


class PersonSearchOut(Out):
    """That the search was made and kept; whom it found is read by its id."""

    search: UUID
    found: int = Field(ge=0, le=MOST_FOUND, description="How many people were found.")
    is_cut: bool = Field(description="Whether more people fit than are found at once: say more of whom you look for.")

    @classmethod
    def of(cls, search: PersonSearch) -> Self:
        """From what is stored."""
        return cls(search=search.id, found=search.found, is_cut=search.is_cut)


class AccessOut(Out):
    """That somebody looked and found the person: who, when, by what kinds of criteria."""

    search: UUID
    party: Source
    officer: Officer
    criteria: list[_Criterion] = Field(max_length=10, description="national_id, number, name, born_on.")
    searched_at: datetime

    @classmethod
    def of(cls, access: Access) -> Self:
        """From what is stored."""
        return cls(
            search=access.id,
            party=access.tenant,
            officer=access.officer,
            criteria=list(access.criteria),
            searched_at=access.at,
        )


@router.post(
    "/v1/person-searches",
    status_code=201,
    summary="Search for people",
    dependencies=[requires("registration:person:search"), Depends(officers_only), Depends(idempotent)],
    responses=problems(400, 403, 422),
)
async def search_people(
    body: PersonSearchIn, uow: CommittedBeforeAnswer, caller: Party, response: Response
) -> PersonSearchOut:
    """Find people by national id, number, name or birth, and keep that it was done. For the organisation's officers."""
    search = await handle_search_people(body.command(caller), uow)
    response.headers["location"] = f"/v1/person-searches/{search.id}/persons"
    return PersonSearchOut.of(search)


@router.get(
    "/v1/person-searches/{search}/persons",
    summary="List whom a search found",
    dependencies=[requires("registration:person:search"), Depends(officers_only)],
    responses=problems(400, 403, 404, 422),
)
async def list_found_persons(
    search: SearchInPath, listing: Listing, uow: CommittedBeforeAnswer, caller: Party, looker: Looker
) -> Page[PersonOut]:
    """As they are known today, by number; for the officer who made the search."""
    after = listing.after
    position = int(after[0]) if after else 0
    found = await person_searches.list_found(search, caller.subject, position, listing.limit, looker, uow)
    return listing.page(found, item=PersonOut.of, position=lambda person: [person.number])


@router.get(
    "/v1/persons/{person}/accesses",
    summary="List who looked for a person",
    dependencies=[requires("registration:person:read")],
    responses=problems(400, 404, 422),
)
async def list_accesses(
    person: PersonInPath, listing: Listing, uow: CommittedBeforeAnswer, looker: Looker
) -> Page[AccessOut]:
    """The searches that found the person, oldest first; for the person and for officers, nothing for anybody else."""
    found = await person_searches.list_accesses(person_number(person), listing.after_id, listing.limit, looker, uow)
    return listing.page(found, item=AccessOut.of, position=_position)


def _position(access: Access) -> Position:
    return [str(access.id)]
