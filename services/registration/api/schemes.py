"""The catalogue of schemes that people join of themselves, and registrations for them."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from services.registration.api.dependencies import CommittedBeforeAnswer
from services.registration.api.fields import NameIn, NationalIdIn
from services.registration.commands.end_scheme_registration import EndSchemeRegistration
from services.registration.commands.end_scheme_registration import (
    end_scheme_registration as handle_end_scheme_registration,
)
from services.registration.commands.register_for_scheme import RegisterForScheme
from services.registration.commands.register_for_scheme import register_for_scheme as handle_register_for_scheme
from services.registration.domain.scheme_registration import Choice, SchemeRegistration
from services.registration.domain.schemes import CATALOGUE, Scheme
from services.registration.queries.scheme_cover import find_registrations
from shared.kernel.clock import today
from shared.kernel.identifiers import person_id, person_number
from shared.kernel.reading import DataKind
from shared.law.book import LawOn, book
from shared.law.errors import NotYetLaw
from shared.security.scopes import Party, requires
from shared.security.tokens import Caller
from shared.web.fields import Day, Instant
from shared.web.ids import PersonId
from shared.web.money import In, Money, Out, StatedMoney, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["schemes"])

_CODE_PATTERN = r"^[a-z][a-z0-9_]{0,39}$"
SchemeCode = Annotated[str, Field(pattern=_CODE_PATTERN, max_length=40, examples=["act789"])]
Activity = Annotated[str, Field(pattern=_CODE_PATTERN, max_length=40, examples=["hawkers"])]
Plan = Annotated[str, Field(pattern=r"^[0-9a-z_]{1,20}$", max_length=20, examples=["1"])]
Income = Annotated[Money, Field(description="The insured monthly earnings.")]
_Word = Annotated[str, Field(max_length=60)]
RegistrationInPath = Annotated[UUID, Path(description="The registration for a scheme.")]
_DayAsked = Annotated[Day | None, Query(description="As the law stands on this day. Left out: today.")]
_KNOWN_AT = Query(
    description="As known at this instant, a minute ago or earlier. Left out: as known now.",
    examples=["2026-11-29T08:00:00+08:00"],
)


class SchemePlanOut(Out):
    """A plan or a class, and what it insures."""

    plan: _Word | None = Field(description="Null of a class that is no plan.")
    earning: Money = Field(description="The insured monthly earnings.")


class SchemeClockOut(Out):
    """A period that runs from payments."""

    clock: _Word = Field(examples=["coverage_period"])
    title: str = Field(max_length=100)
    title_ms: str = Field(max_length=100)
    law: str = Field(max_length=200)


class SchemeOut(Out):
    """A scheme that people join of themselves, as the law stands on a day."""

    scheme: _Word = Field(examples=["act789"])
    act: _Word = Field(examples=["Act 789"])
    title: str = Field(max_length=100)
    title_ms: str = Field(max_length=100)
    is_law: bool = Field(description="Whether it is law on the day; otherwise nothing else of it is known.")
    activities: list[_Word] = Field(max_length=200, description="One registration for each; empty: it has none.")
    plans: list[SchemePlanOut] = Field(max_length=50)
    classes: list[SchemePlanOut] = Field(max_length=200)
    most_months: int | None = Field(ge=1, le=120, description="The most months that are paid for at once.")
    payers: list[_Word] = Field(max_length=50, description="Who may pay.")
    report_hours: int | None = Field(
        ge=0,
        le=8784,
        description="Within how many hours an agent reports a payment, so that it covers from its own instant at once.",
    )
    clocks: list[SchemeClockOut] = Field(max_length=10)

    @classmethod
    def of(cls, scheme: Scheme, law: LawOn) -> Self:
        """From an entry and the book."""
        is_law = _is_law(scheme, law)
        return cls(
            scheme=scheme.code,
            act=scheme.act,
            title=scheme.title,
            title_ms=scheme.title_ms,
            is_law=is_law,
            activities=list(scheme.activities(law)) if is_law else [],
            plans=_plans(scheme.plans_figure, law, named=True) if is_law else [],
            classes=_plans(scheme.classes_figure, law, named=False) if is_law else [],
            most_months=law.months(scheme.most_months_figure) if is_law else None,
            payers=list(law.names(scheme.payers_figure)) if is_law else [],
            report_hours=law.hours(scheme.report_hours_figure) if is_law else None,
            clocks=[SchemeClockOut(clock=c.code, title=c.title, title_ms=c.title_ms, law=c.law) for c in scheme.clocks],
        )


class SchemesOut(Out):
    """The catalogue."""

    schemes: list[SchemeOut] = Field(max_length=50)


class SchemeRegistrationIn(In):
    """A registration for one activity of a scheme, or another class for it."""

    model_config = examples(
        {
            "scheme": "act789",
            "activity": "hawkers",
            "plan": "1",
            "national_id": {"kind": "mykad", "number": "900101-14-5678"},
            "name": "AHMAD BIN ALI",
            "first_on": "2026-06-01",
        },
        {
            "scheme": "act789",
            "activity": "goods_and_food_transport",
            "earning": {"amount": "1650.00", "currency": "MYR"},
            "person": "P000000012T",
        },
        {"scheme": "act838", "person": "P000000012T"},
    )

    scheme: SchemeCode
    activity: Activity | None = Field(default=None, description="Of a scheme that has activities.")
    plan: Plan | None = Field(default=None, description="A plan; or send earning.")
    earning: StatedMoney | None = Field(default=None, description="The insured monthly earnings of a class.")
    person: PersonId | None = Field(default=None, description="From officers and the person itself only.")
    national_id: NationalIdIn | None = Field(
        default=None, description="With name it says who it is, and proves that the caller knows the person."
    )
    name: NameIn | None = None
    first_on: Day | None = Field(
        default=None, description="The first day of the activity. Left out: today, or as it was stated before."
    )

    def command(self, caller: Caller) -> RegisterForScheme:
        """As a command; raises NationalIdInvalid, PublicIdInvalid."""
        return RegisterForScheme(
            choice=Choice(
                self.scheme, self.activity or "", self.plan, None if self.earning is None else self.earning.sen
            ),
            tenant=caller.party,
            officer=caller.officer,
            person=None if self.person is None else person_number(self.person),
            national_id=None if self.national_id is None else self.national_id.stated(),
            name=self.name,
            first_on=self.first_on,
        )


class SchemeRegistrationEndIn(In):
    """The end of an activity."""

    model_config = examples({"last_on": "2026-08-31"})

    last_on: Day = Field(description="The last day of the activity.", examples=["2026-08-31"])


class SchemeRegistrationOut(Out):
    """What one party stated of one activity of a person, as it stands."""

    registration: UUID
    person: PersonId
    scheme: _Word = Field(examples=["act789"])
    activity: _Word | None = Field(description="Null where the scheme has none.")
    plan: _Word | None
    earning: Income | None = Field(description="Of a class that was chosen by its earnings.")
    first_on: date
    last_on: date | None = Field(description="Null while the activity goes on.")
    stated_by: _Word = Field(description="The party that registered.", examples=["agent:5"])
    recorded_at: datetime = Field(description="Since when it stands so.")

    @classmethod
    def of(cls, said: SchemeRegistration) -> Self:
        """From what is stored."""
        choice = said.choice
        return cls(
            registration=said.id,
            person=person_id(said.person),
            scheme=choice.scheme,
            activity=choice.activity or None,
            plan=choice.plan,
            earning=None if choice.earning_sen is None else Money.of(choice.earning_sen),
            first_on=said.first_on,
            last_on=said.last_on,
            stated_by=said.tenant,
            recorded_at=said.recorded_at,
        )


@router.get(
    "/v1/schemes",
    summary="List the schemes that people join of themselves",
    dependencies=[requires("registration:scheme:read")],
    responses=problems(422),
)
async def list_schemes(on: _DayAsked = None) -> SchemesOut:
    """Who may pay for which, which activities, plans and classes there are, and what runs from a payment."""
    law = book().on(on or today(), today())
    return SchemesOut(schemes=[SchemeOut.of(scheme, law) for scheme in CATALOGUE.values()])


@router.post(
    "/v1/scheme-registrations",
    status_code=201,
    summary="Register somebody for a scheme",
    dependencies=[requires("registration:scheme_registration:write"), Depends(idempotent)],
    responses=problems(400, 403, 404, 409, 422),
)
async def register_for_scheme(
    body: SchemeRegistrationIn, uow: CommittedBeforeAnswer, caller: Party
) -> SchemeRegistrationOut:
    """One for each activity. The person registers itself, others as far as the law of the scheme lets them.

    Whoever is not registered as a person reads the same answer as whoever bears another name. The same again changes
    nothing; another class counts from the next payment. A registration alone covers nothing: a payment does.
    """
    return SchemeRegistrationOut.of(await handle_register_for_scheme(body.command(caller), uow))


@router.post(
    "/v1/scheme-registrations/{registration}/end",
    status_code=200,
    summary="End an activity",
    dependencies=[requires("registration:scheme_registration:write"), Depends(idempotent)],
    responses=problems(400, 404, 409, 422),
)
async def end_scheme_registration(
    registration: RegistrationInPath, body: SchemeRegistrationEndIn, uow: CommittedBeforeAnswer, caller: Party
) -> SchemeRegistrationOut:
    """For whoever registered it, and officers. Nothing more is paid for it; what was paid runs to its end."""
    ended = EndSchemeRegistration(registration, body.last_on, caller.party, caller.officer)
    return SchemeRegistrationOut.of(await handle_end_scheme_registration(ended, uow))


@router.get(
    "/v1/scheme-registrations",
    summary="List registrations for schemes",
    dependencies=[requires("registration:scheme_registration:read"), reads(DataKind.WAGE, of="person")],
    responses=problems(400, 409, 422),
)
async def list_scheme_registrations(
    listing: Listing,
    uow: CommittedBeforeAnswer,
    person: Annotated[PersonId | None, Query(description="Only this person's.")] = None,
    known_at: Annotated[Instant | None, _KNOWN_AT] = None,
) -> Page[SchemeRegistrationOut]:
    """A party those that it stated, a person those about itself, officers all of them."""
    number = None if person is None else person_number(person)
    found = await find_registrations(number, known_at, listing.after_id, listing.limit, uow)
    return listing.page(found, item=SchemeRegistrationOut.of)


def _is_law(scheme: Scheme, law: LawOn) -> bool:
    try:
        law.require(scheme.most_months_figure)
    except NotYetLaw:
        return False
    return True


def _plans(figure: str | None, law: LawOn, *, named: bool) -> list[SchemePlanOut]:
    if figure is None:
        return []
    table = law.table(figure)
    earnings = table.column("earning")
    return [
        SchemePlanOut(plan=str(key) if named else None, earning=Money.of(earning))
        for key, earning in zip(table.keys, earnings, strict=True)
    ]
