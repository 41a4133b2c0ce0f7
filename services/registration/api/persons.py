"""Persons: registering one, reading one, and listing the caller's people."""

from datetime import date, datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from services.registration.api.dependencies import CommittedBeforeAnswer, Looker
from services.registration.api.fields import Name, NameIn, NationalIdIn
from services.registration.commands.register_person import RegisterPerson
from services.registration.commands.register_person import register_person as handle_register_person
from services.registration.domain.person import Person
from services.registration.queries import persons
from shared.contracts.registration import Residence
from shared.kernel.identifiers import person_id, person_number
from shared.security.scopes import Party, requires
from shared.security.tokens import Caller
from shared.web.fields import ONE_LINE, Day, Flag, Instant
from shared.web.ids import PersonId, PersonInPath
from shared.web.money import In, Out, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["persons"])

Address = Annotated[str, Field(min_length=1, max_length=500, examples=["1 Jalan Merdeka, 75000 Melaka"])]
Email = Annotated[str, Field(max_length=254, examples=["ahmad@example.org"])]
Telephone = Annotated[str, Field(max_length=20, examples=["+60 12 345 6789"])]


class PersonIn(In):
    """A person to be registered."""

    model_config = examples(
        {
            "name": "AHMAD BIN ALI",
            "national_id": {"kind": "mykad", "number": "880808-14-5679"},
            "born_on": "1988-08-08",
            "residence": "citizen",
            "address": "1 Jalan Merdeka, 75000 Melaka",
            "another_person": False,
        }
    )

    name: NameIn
    national_id: NationalIdIn
    born_on: Day = Field(description="The day of birth.", examples=["1990-01-01"])
    residence: Residence = Field(description="The standing in the country.", examples=["citizen"])
    address: Annotated[Address, ONE_LINE] | None = Field(default=None, description="Where letters go.")
    another_person: Flag = Field(
        default=False,
        description="An officer's word that somebody else bears the same digits under another kind of national id; "
        "of no effect from anybody else.",
    )

    def command(self, caller: Caller) -> RegisterPerson:
        """The command; raises NationalIdInvalid."""
        return RegisterPerson(
            self.name,
            self.national_id.stated(),
            self.born_on,
            self.residence,
            self.address,
            source=caller.party,
            another_person=self.another_person and caller.is_officer,
        )


class PersonRegistered(Out):
    """The number under which a person is known from now on."""

    person: PersonId


class PersonOut(Out):
    """A person as known; no national ids; address, e-mail and telephone only to officers, the person, who stated it."""

    person: PersonId
    name: Name
    born_on: date
    residence: Residence
    address: Address | None
    registered_at: datetime
    merged_into: PersonId | None = Field(
        default=None,
        description="The number that survives of this one, with which it is answered; null: it stands for itself.",
    )
    email: Email | None = None
    telephone: Telephone | None = None

    @classmethod
    def of(cls, person: Person) -> Self:
        """From what is stored."""
        return cls(
            person=person_id(person.number),
            name=person.name,
            born_on=person.born_on,
            residence=Residence(person.residence),
            address=person.address,
            registered_at=person.registered_at,
            merged_into=None if person.merged_into is None else person_id(person.merged_into),
            email=person.email,
            telephone=person.telephone,
        )


@router.post(
    "/v1/persons",
    status_code=201,
    summary="Register a person",
    dependencies=[requires("registration:person:write"), Depends(idempotent)],
    responses=problems(400, 409, 422),
)
async def register_person(
    body: PersonIn, uow: CommittedBeforeAnswer, caller: Party, response: Response
) -> PersonRegistered:
    """Register a person who is not registered yet. An employer sees the person once it has started a spell."""
    number = await handle_register_person(body.command(caller), uow)
    response.headers["location"] = f"/v1/persons/{person_id(number)}"
    return PersonRegistered(person=person_id(number))


@router.get(
    "/v1/persons/{person}",
    summary="Read a person",
    dependencies=[requires("registration:person:read")],
    responses=problems(404, 422),
)
async def read_person(
    person: PersonInPath,
    uow: CommittedBeforeAnswer,
    looker: Looker,
    at: Annotated[Day | None, Query(description="Of which day; left out: today.", examples=["2024-06-30"])] = None,
    known_at: Annotated[
        Instant | None,
        Query(description="As it had been recorded by then; left out: now.", examples=["2026-07-01T00:00:00Z"]),
    ] = None,
) -> PersonOut:
    """A person who works or worked for the caller, or the caller itself; any for the organisation's officers.

    A number that was merged is answered with what is known of the one that survives, and `merged_into` names that.
    """
    return PersonOut.of(await persons.find_person(person_number(person), looker, at, known_at, uow))


@router.get(
    "/v1/persons",
    summary="List the caller's people",
    dependencies=[requires("registration:person:read")],
    responses=problems(400, 422),
)
async def list_persons(listing: Listing, uow: CommittedBeforeAnswer, looker: Looker) -> Page[PersonOut]:
    """The persons of the caller's spells, in the order of their numbers; everybody for the organisation's officers."""
    after = listing.after
    found = await persons.list_persons(int(after[0]) if after else 0, listing.limit, looker, uow)
    return listing.page(found, item=PersonOut.of, position=lambda person: [person.number])
