"""What public registers push: deaths, marriages, births, the ends of companies and of passes."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from pydantic import Field, JsonValue

from services.registration.api.dependencies import CommittedBeforeAnswer, Looker, Registers
from services.registration.api.fields import Name, NameIn, NationalIdIn
from services.registration.commands.take_register_statement import TakeRegisterStatement, take_register_statement
from services.registration.domain.register_statement import (
    Bearer,
    ParkedFor,
    RegisterKind,
    RegisterStatement,
    RegisterStatementState,
    check_register,
)
from services.registration.domain.relation import Named
from services.registration.queries.register_statements import find_register_statement
from services.registration.storage.persons import Viewer
from shared.kernel.clock import now
from shared.security.national_id import IdKind, NationalId
from shared.security.scopes import Party, requires
from shared.web.fields import DOCUMENT_PATTERN, Day, Text
from shared.web.money import In, Out, examples
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["register statements"])

StatementInPath = Annotated[UUID, Path(description="The statement.")]


class BearerIn(In):
    """A human being, by national id and name, as the register has them; both are stored encrypted."""

    national_id: NationalIdIn
    name: NameIn

    def bearer(self) -> Bearer:
        """As it is kept; raises NationalIdInvalid."""
        stated = self.national_id.stated()
        return Bearer(stated.kind.value, stated.number, self.name)


class PersonDiedIn(In):
    """A death."""

    kind: Literal[RegisterKind.PERSON_DIED]
    who: BearerIn
    died_on: Day = Field(description="The day of death.", examples=["2026-06-30"])


class PersonAliveIn(In):
    """That somebody who was stated to be dead is alive."""

    kind: Literal[RegisterKind.PERSON_ALIVE]
    who: BearerIn


class MarriageIn(In):
    """A marriage."""

    kind: Literal[RegisterKind.MARRIAGE]
    one: BearerIn
    other: BearerIn
    married_on: Day = Field(description="Its first day.", examples=["2026-06-30"])


class ChildIn(In):
    """A child that was born."""

    name: NameIn


class BirthIn(In):
    """A birth."""

    kind: Literal[RegisterKind.BIRTH]
    child: ChildIn
    parents: list[BearerIn] = Field(min_length=1, max_length=2)
    born_on: Day = Field(description="The day of birth.", examples=["2026-06-30"])


class CompanyEndedIn(In):
    """The end of a company."""

    kind: Literal[RegisterKind.COMPANY_ENDED]
    mycoid: str = Field(
        min_length=4,
        max_length=20,
        pattern=DOCUMENT_PATTERN,
        description="Its number in the companies' register.",
        examples=["202001012345"],
    )
    ended_on: Day = Field(description="Its last day.", examples=["2026-06-30"])


class PassEndedIn(In):
    """The end of a worker's pass."""

    kind: Literal[RegisterKind.PASS_ENDED]
    passport: str = Field(min_length=5, max_length=15, pattern=DOCUMENT_PATTERN, examples=["A12345678"])
    name: NameIn
    ended_on: Day = Field(description="Its last day.", examples=["2026-06-30"])


Said = Annotated[
    PersonDiedIn | PersonAliveIn | MarriageIn | BirthIn | CompanyEndedIn | PassEndedIn, Field(discriminator="kind")
]

_AHMAD: dict[str, JsonValue] = {"national_id": {"kind": "mykad", "number": "900101-14-5678"}, "name": "AHMAD BIN ALI"}
_SITI: dict[str, JsonValue] = {"national_id": {"kind": "mykad", "number": "850615-10-5432"}, "name": "SITI BINTI OMAR"}


class RegisterStatementIn(In):
    """One statement of a register, under a reference of its own."""

    model_config = examples(
        {"reference": "D-2026-0193", "says": {"kind": "person_died", "who": _AHMAD, "died_on": "2026-06-30"}},
        {"reference": "A-2026-0001", "says": {"kind": "person_alive", "who": _AHMAD}},
        {
            "reference": "M-2026-0193",
            "says": {"kind": "marriage", "one": _AHMAD, "other": _SITI, "married_on": "2026-06-30"},
        },
        {
            "reference": "B-2026-0193",
            "says": {
                "kind": "birth",
                "child": {"name": "NUR AISYAH BINTI AHMAD"},
                "parents": [_AHMAD],
                "born_on": "2026-06-30",
            },
        },
        {
            "reference": "C-2026-0193",
            "says": {"kind": "company_ended", "mycoid": "202001012345", "ended_on": "2026-06-30"},
        },
        {
            "reference": "P-2026-0193",
            "says": {"kind": "pass_ended", "passport": "A12345678", "name": "RAHIM", "ended_on": "2026-06-30"},
        },
    )

    reference: Text = Field(min_length=1, max_length=60, description="The register's own; it is stored encrypted.")
    says: Said

    def statement(self, tenant: str) -> RegisterStatement:
        """As it is kept; raises NationalIdInvalid."""
        said = self.says
        day, bearers, child, company = None, [], None, None
        if isinstance(said, PersonDiedIn):
            day, bearers = said.died_on, [said.who]
        elif isinstance(said, PersonAliveIn):
            bearers = [said.who]
        elif isinstance(said, MarriageIn):
            day, bearers = said.married_on, [said.one, said.other]
        elif isinstance(said, BirthIn):
            day, bearers, child = said.born_on, said.parents, Named(said.child.name, said.born_on)
        elif isinstance(said, CompanyEndedIn):
            day, company = said.ended_on, said.mycoid.upper()
        else:
            day = said.ended_on
            passport = NationalId(IdKind.PASSPORT, said.passport)
            named = (Bearer(passport.kind.value, passport.number, said.name),)
            return RegisterStatement(tenant, self.reference, said.kind, day, named, now())
        people = tuple(each.bearer() for each in bearers)
        return RegisterStatement(tenant, self.reference, said.kind, day, people, now(), child, company)


class RegisterStatementOut(Out):
    """What became of a statement."""

    register_statement: UUID
    kind: RegisterKind
    state: RegisterStatementState = Field(
        description="received; applied: it counts; waiting: for somebody whom it names to be registered; parked: two "
        "officers look; dismissed: they found it not to be so, or nobody was registered in time."
    )
    reason: ParkedFor | None = Field(description="Why it waits or is parked.")
    received_at: datetime
    names: list[Name] = Field(
        max_length=3, description="Whom it names, for officers, who look at a parked one; empty for the register."
    )
    erased: bool = Field(description="Whether somebody whom it named was erased since: it names the others alone.")

    @classmethod
    def of(cls, said: RegisterStatement, looker: Viewer) -> Self:
        """From what is stored."""
        return cls(
            register_statement=said.id,
            kind=said.kind,
            state=said.state,
            reason=said.reason,
            received_at=said.received_at,
            names=said.names if looker.officer else [],
            erased=said.is_erased,
        )


@router.post(
    "/v1/register-statements",
    status_code=202,
    summary="State what a public register knows",
    dependencies=[requires("registration:register_statement:write"), Depends(idempotent)],
    responses=problems(400, 403, 409, 422),
)
async def report_register_statement(
    body: RegisterStatementIn, uow: CommittedBeforeAnswer, caller: Party, looker: Looker, registers: Registers
) -> RegisterStatementOut:
    """A death, a marriage, a birth, the end of a company or of a pass: each register what is its own to say.

    The same reference again is the same statement. What is about nobody registered waits for them; what matches
    several, or contradicts what is known, is parked with a reason; nobody is guessed.
    """
    check_register(registers.get(caller.party), body.says.kind)
    statement = TakeRegisterStatement(body.statement(caller.party))
    return RegisterStatementOut.of(await take_register_statement(statement, uow), looker)


@router.get(
    "/v1/register-statements/{register_statement}",
    summary="Read what became of a register's statement",
    dependencies=[requires("registration:register_statement:read")],
    responses=problems(404, 422),
)
async def read_register_statement(
    register_statement: StatementInPath, uow: CommittedBeforeAnswer, looker: Looker
) -> RegisterStatementOut:
    """The register's own; any for the organisation's officers."""
    return RegisterStatementOut.of(await find_register_statement(register_statement, looker, uow), looker)
