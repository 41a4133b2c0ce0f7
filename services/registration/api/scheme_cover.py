"""Cover by schemes that people join of themselves, to the minute: periods, what waits, and what they rest on."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.registration.api.cover import CoverFigureOut, Preferred, figure_read
from services.registration.api.cover_payments import CoverPaymentOut
from services.registration.api.dependencies import CommittedBeforeAnswer, Looker
from services.registration.api.schemes import SchemeRegistrationOut
from services.registration.domain.scheme_cover import ActivityCover, ClockCover, Covered, Period
from services.registration.queries.scheme_cover import find_scheme_cover
from shared.kernel.clock import BUSINESS_ZONE, now
from shared.kernel.identifiers import person_id, person_number
from shared.kernel.reading import DataKind
from shared.law.explanation import Language
from shared.security.scopes import requires
from shared.web.fields import Instant
from shared.web.ids import PersonId, PersonInPath
from shared.web.money import Out
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute

router = APIRouter(route_class=CommittingRoute, tags=["scheme cover"])

_AT = Query(description="The instant that is asked about. Left out: now.", examples=["2026-08-14T09:55:00+08:00"])
_KNOWN_AT = Query(
    description="As known at this instant, a minute ago or earlier. Left out: as known now.",
    examples=["2026-11-29T08:00:00+08:00"],
)
_Word = Annotated[str, Field(max_length=60)]


class CoverPeriodOut(Out):
    """From a moment on, until just before another one."""

    begins: datetime
    ends: datetime

    @classmethod
    def of(cls, period: Period) -> Self:
        """From what is derived."""
        return cls(begins=period.begins.astimezone(BUSINESS_ZONE), ends=period.ends.astimezone(BUSINESS_ZONE))


class ClockCoverOut(Out):
    """One of the periods that run from payments, and how the instant lies in it."""

    clock: _Word = Field(examples=["coverage_period"])
    title: str = Field(max_length=100)
    law: str = Field(max_length=200)
    covered: Covered = Field(
        description="waits: a payment that was reported late may cover the instant, and two officers look at it."
    )
    covered_until: datetime | None = Field(description="The first moment without cover; null where it is not covered.")
    periods: list[CoverPeriodOut] = Field(max_length=2000)
    waiting: list[CoverPeriodOut] = Field(max_length=2000)

    @classmethod
    def of(cls, found: ClockCover, language: Language) -> Self:
        """From what is derived."""
        clock = found.clock
        return cls(
            clock=clock.code,
            title=clock.title_ms if language == "ms" else clock.title,
            law=clock.law,
            covered=found.covered,
            covered_until=None if found.until is None else found.until.astimezone(BUSINESS_ZONE),
            periods=[CoverPeriodOut.of(each) for each in found.periods],
            waiting=[CoverPeriodOut.of(each) for each in found.waits],
        )


class ActivityCoverOut(Out):
    """Cover by one activity of a scheme, or by the scheme where it has none."""

    scheme: _Word = Field(examples=["act789"])
    title: str = Field(max_length=100)
    activity: _Word | None
    clocks: list[ClockCoverOut] = Field(max_length=10)
    registrations: list[SchemeRegistrationOut] = Field(max_length=1000)
    payments: list[CoverPaymentOut] = Field(max_length=2000, description="What it rests on, as known.")
    law: list[Annotated[str, Field(max_length=200)]] = Field(max_length=50, description="Acts and sections.")
    figures: list[CoverFigureOut] = Field(max_length=50)

    @classmethod
    def of(cls, found: ActivityCover, language: Language) -> Self:
        """From what is derived."""
        scheme = found.scheme
        return cls(
            scheme=scheme.code,
            title=scheme.title_ms if language == "ms" else scheme.title,
            activity=found.activity or None,
            clocks=[ClockCoverOut.of(each, language) for each in found.clocks],
            registrations=[SchemeRegistrationOut.of(each) for each in found.registrations],
            payments=[CoverPaymentOut.of(each) for each in found.payments],
            law=list(found.law),
            figures=[figure_read(*read, language) for read in found.figures],
        )


class SchemeCoverOut(Out):
    """A person's cover by the schemes that it joined, at an instant, as known at another one."""

    person: PersonId
    at: datetime
    known_at: datetime
    covers: list[ActivityCoverOut] = Field(max_length=1000)


@router.get(
    "/v1/persons/{person}/scheme-cover",
    summary="Read a person's cover by schemes that it joined",
    dependencies=[requires("registration:cover:read"), reads(DataKind.WAGE, of="person")],
    responses=problems(404, 409, 422),
)
async def read_scheme_cover(
    person: PersonInPath,
    uow: CommittedBeforeAnswer,
    looker: Looker,
    language: Preferred,
    response: Response,
    at: Annotated[Instant | None, _AT] = None,
    known_at: Annotated[Instant | None, _KNOWN_AT] = None,
) -> SchemeCoverOut:
    """By the person itself and officers; for anybody else, an employer too, there is no such person.

    Derived by the statute book from the ledger of payments: covered at 09:59:59, not at 10:00:00.
    """
    number, moment = person_number(person), at or now()
    found = await find_scheme_cover(number, moment, known_at, looker, uow)
    response.headers["content-language"] = language
    return SchemeCoverOut(
        person=person_id(number),
        at=moment.astimezone(BUSINESS_ZONE),
        known_at=known_at or now(),
        covers=[ActivityCoverOut.of(each, language) for each in found],
    )
