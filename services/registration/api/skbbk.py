"""Taking part in SKBBK, the cover of non-employment injury: how a person stands by months, a release, coming back."""

from datetime import date, datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends
from pydantic import Field

from services.registration.api.dependencies import CommittedBeforeAnswer, Looker
from services.registration.commands.release_from_skbbk import ReleaseFromSkbbk
from services.registration.commands.release_from_skbbk import release_from_skbbk as handle_release_from_skbbk
from services.registration.commands.take_part_in_skbbk import TakePartInSkbbk
from services.registration.commands.take_part_in_skbbk import take_part_in_skbbk as handle_take_part_in_skbbk
from services.registration.domain.skbbk import MonthRun, StatedBy, StatementKind
from services.registration.queries.skbbk import find_skbbk
from services.registration.storage.persons import Viewer
from services.registration.storage.skbbk_statements import KeptStatement
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.identifiers import person_id, person_number
from shared.security.errors import OfficersOnly
from shared.security.scopes import Party, requires
from shared.security.tokens import Caller
from shared.web.fields import Day
from shared.web.ids import PersonId, PersonInPath
from shared.web.money import In, Out, examples
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["skbbk"])

_Month = Annotated[str, Field(min_length=7, max_length=7, examples=["2026-07"])]
_Citation = Annotated[str, Field(max_length=200, examples=["Act 4, s.6(2) (Act A1788)"])]


class SkbbkStatementIn(In):
    """A statement of today, or a paper notice that an officer enters."""

    model_config = examples({"filed_on": "2026-08-31"}, {})

    filed_on: Day | None = Field(
        default=None,
        description="The day on which a paper notice was filed; from officers only. Left out: today.",
        examples=["2026-08-31"],
    )

    def day(self, caller: Caller) -> date:
        """The day of filing; raises OfficersOnly where a partner dates its statement."""
        if self.filed_on is not None and not caller.is_officer:
            raise OfficersOnly()
        return self.filed_on or today()


class SkbbkRunOut(Out):
    """Months of employment in one status."""

    status: str = Field(
        max_length=20,
        description="mandatory; by_default: not released in time; by_choice: came back; out: released, not covered.",
        examples=["by_default"],
    )
    first_month: _Month
    last_month: _Month | None = Field(description="Null while the employment goes on.")
    law: list[_Citation] = Field(max_length=20, description="Acts and sections that decide it.")

    @classmethod
    def of(cls, run: MonthRun) -> Self:
        """From what is derived."""
        last = None if run.last is None else str(run.last)
        return cls(status=run.status, first_month=str(run.first), last_month=last, law=list(run.law))


class SkbbkStatementOut(Out):
    """What was stated, and by whom."""

    kind: StatementKind = Field(description="release: the Liability Release Notice. return: takes part after all.")
    filed_on: date
    stated_at: datetime
    by: str = Field(
        max_length=20,
        description="What kind of party stated it; registration, where after a restore its event did not say.",
        examples=["person"],
    )

    @classmethod
    def of(cls, kept: KeptStatement) -> Self:
        """From what is stored."""
        said, by = kept.statement, kept.by
        return cls(kind=said.kind, filed_on=said.filed_on, stated_at=by.at, by=by.kind)


class SkbbkOut(Out):
    """How a person takes part, by months of employment since the scheme began, and what was stated."""

    person: PersonId
    months: list[SkbbkRunOut] = Field(max_length=1200)
    statements: list[SkbbkStatementOut] = Field(max_length=100)


@router.get(
    "/v1/persons/{person}/skbbk",
    summary="Read how a person takes part in SKBBK",
    dependencies=[requires("registration:skbbk:read")],
    responses=problems(404, 422),
)
async def read_skbbk(person: PersonInPath, uow: CommittedBeforeAnswer, looker: Looker) -> SkbbkOut:
    """All of it for the person and for the organisation's officers; for an employer the months of its own spells."""
    return await _stands(person_number(person), looker, uow)


@router.post(
    "/v1/persons/{person}/skbbk/release",
    summary="File a Liability Release Notice",
    dependencies=[requires("registration:skbbk:write"), Depends(idempotent)],
    responses=problems(400, 403, 404, 409, 422),
)
async def release_from_skbbk(
    person: PersonInPath, body: SkbbkStatementIn, uow: CommittedBeforeAnswer, caller: Party, looker: Looker
) -> SkbbkOut:
    """Release a local employee from SKBBK: nothing is deducted, and nothing covered, from the month that it frees.

    The person states it, an officer for the person, or the employer of a new employee. In the window it frees July
    2026 on, later the months from the start of a first employment. Who lets the time pass stays in.
    """
    number = person_number(person)
    stated = ReleaseFromSkbbk(number, body.day(caller), _by(caller), looker.employer)
    await handle_release_from_skbbk(stated, uow)
    return await _stands(number, looker, uow)


@router.post(
    "/v1/persons/{person}/skbbk/return",
    summary="Take part in SKBBK after a release",
    dependencies=[requires("registration:skbbk:write"), Depends(idempotent)],
    responses=problems(400, 403, 404, 409, 422),
)
async def take_part_in_skbbk(
    person: PersonInPath, body: SkbbkStatementIn, uow: CommittedBeforeAnswer, caller: Party, looker: Looker
) -> SkbbkOut:
    """Take part again from this month on, on the whole month's wages; the person states it, or an officer.

    Who has come back stays in.
    """
    number = person_number(person)
    await handle_take_part_in_skbbk(TakePartInSkbbk(number, body.day(caller), _by(caller), looker.employer), uow)
    return await _stands(number, looker, uow)


def _by(caller: Caller) -> StatedBy:
    return StatedBy(caller.party, now(), caller.subject if caller.is_officer else None)


async def _stands(number: int, looker: Viewer, uow: RegistrationUnitOfWork) -> SkbbkOut:
    months, statements = await find_skbbk(number, looker, uow)
    return SkbbkOut(
        person=person_id(number),
        months=[SkbbkRunOut.of(run) for run in months],
        statements=[SkbbkStatementOut.of(kept) for kept in statements],
    )
