"""Cover: who is covered against what on a day and why, an inquiry at admission, and a person's own view."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Literal, Self, TypeVar

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from services.registration.api.contributions import ContributionOut
from services.registration.api.dependencies import CommittedBeforeAnswer, Looker
from services.registration.api.fields import NameIn, NationalIdIn
from services.registration.api.skbbk import SkbbkStatementOut
from services.registration.commands.inquire_cover import InquireCover
from services.registration.commands.inquire_cover import inquire_cover as handle_inquire_cover
from services.registration.domain.cover import Cover, CoverFact, CoverReason, FactKind, SchemeCover
from services.registration.domain.cover_texts import DOUBTS, TEXTS, value_of
from services.registration.domain.errors import InquiryOfHospitalOnly, NotAPerson
from services.registration.domain.membership import CategoryPeriod
from services.registration.queries.cover import find_cover
from services.registration.queries.own_view import OwnView, find_own_view
from services.registration.storage.cover import Inquiry
from shared.kernel.clock import now, today
from shared.kernel.identifiers import employer_id, person_id, person_number
from shared.kernel.reading import DataKind
from shared.law.book import book
from shared.law.explanation import Language
from shared.security.scopes import Party, requires
from shared.security.tokens import Caller
from shared.web.fields import LARGEST_INTEGER, Day, Instant
from shared.web.ids import EmployerId, PersonId, PersonInPath
from shared.web.money import In, Out, examples
from shared.web.problems import language_of, problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent

T = TypeVar("T")

router = APIRouter(route_class=CommittingRoute, tags=["cover"])

_Citation = Annotated[str, Field(max_length=200, examples=["Act 4, s.6(2)"])]
_Month = Annotated[str, Field(min_length=7, max_length=7, examples=["2026-07"])]
_Line = Annotated[str, Field(max_length=2000)]
_Fund = Literal["employment_injury", "invalidity", "non_employment_injury", "employment_insurance"]
_AT = Query(description="The day that is asked about. Left out: today.", examples=["2026-11-29"])
_KNOWN_AT = Query(
    description="As known at this instant, a minute ago or earlier. Left out: as known now.",
    examples=["2026-11-29T08:00:00+08:00"],
)


async def _language(request: Request) -> Language:
    return language_of(request)


Preferred = Annotated[Language, Depends(_language)]


class SchemeCoverOut(Out):
    """One scheme, named by the fund that bears it, and whether it covers the person on the day."""

    fund: _Fund = Field(
        description="employment_injury and invalidity: Act 4; non_employment_injury: SKBBK, Act 4; "
        "employment_insurance: Act 800.",
    )
    covered: bool | None = Field(description="Null where the law gives no answer for the day.")
    reason: CoverReason
    text: str = Field(max_length=300, examples=["Covered."])
    law: list[_Citation] = Field(max_length=50)
    figures: list[Annotated[str, Field(max_length=100)]] = Field(
        max_length=50, description="The figures of the statute book that were read, which stand below."
    )
    explanation: list[_Line] = Field(
        max_length=200,
        description="Step by step; for the person itself and officers, since it tells first days of work.",
    )


class CoverFigureOut(Out):
    """A figure of the statute book: value, since when in force and known, where it stands, and how certain it is."""

    figure: str = Field(max_length=100, examples=["act4.cover.second_category_age"])
    title: str = Field(max_length=300)
    value: str = Field(max_length=2000, examples=["60"])
    in_force: date
    known: date
    law: _Citation
    certainty: str = Field(max_length=20, description="enacted, reported, derived or assumed.", examples=["enacted"])
    reason: str | None = Field(max_length=1000, description="Why it is no more certain, if it is not.")


class CoverFactOut(Out):
    """A fact that the answer rests on; of an employer, only who it is itself reads the number."""

    kind: FactKind
    id: str = Field(max_length=60)
    recorded_at: datetime
    source: str = Field(max_length=60, description="The kind of party that stated it.", examples=["employer"])
    says: str | None = Field(max_length=60, description="The residence, the kind of work, the statement, or the month.")
    first: date | None
    last: date | None
    employer: EmployerId | None
    verified: bool | None = Field(description="Of a spell: whether an officer stated or verified it.")
    refused: bool = Field(description="Of a spell: whether an officer found that it did not begin so; it counts not.")
    stated_on: date | None = Field(description="Of a spell: the day on which its start was first stated.")

    @classmethod
    def of(cls, fact: CoverFact) -> Self:
        """From what is stored."""
        born = fact.kind is FactKind.BIRTH
        return cls(
            kind=fact.kind,
            id=fact.id,
            recorded_at=fact.recorded_at,
            source=fact.source,
            says=None if born else fact.says,
            first=date.fromisoformat(fact.says) if born and fact.says else fact.first,
            last=fact.last,
            employer=None if fact.employer is None else employer_id(fact.employer),
            verified=fact.verified,
            refused=fact.refused,
            stated_on=fact.stated_on,
        )


class CoverOut(Out):
    """Who is covered against what on a day, as known at an instant, why, and by which facts and figures."""

    person: PersonId
    at: date
    known_at: datetime
    category: Literal["first", "second"] | None = Field(
        description="Of Act 4 in the month, by birth and first day of work; null without employment. "
        "What of it is open to a foreign worker, the schemes say."
    )
    skbbk: Literal["mandatory", "by_default", "by_choice", "out"] | None = Field(
        description="Taking part in SKBBK in the month; null without employment, and before there was SKBBK."
    )
    skbbk_phase: int | None = Field(ge=1, le=LARGEST_INTEGER, description="The phase of SKBBK on the day.")
    schemes: list[SchemeCoverOut] = Field(max_length=4)
    doubts: list[Annotated[str, Field(max_length=60)]] = Field(
        max_length=10,
        description="What officers look at before it counts for an event of this day: after_death, "
        "employment_stated_later, participation_stated_later, pass_ended.",
    )
    doubt_texts: list[_Line] = Field(max_length=10)
    assumed: list[Annotated[str, Field(max_length=60)]] = Field(
        max_length=10, description="What nobody has registered, and is taken as the statute book takes it by default."
    )
    facts: list[CoverFactOut] = Field(max_length=1000)
    figures: list[CoverFigureOut] = Field(max_length=100)
    rules: list[Annotated[str, Field(max_length=120)]] = Field(
        max_length=100, description="The rules of the statute book that ran, with their versions."
    )

    @classmethod
    def of(cls, person: int, cover: Cover, known_at: datetime, language: Language, *, explains: bool) -> Self:
        """From what was decided; `explains` to who may read every step."""
        answers = tuple({id(each): each for scheme in cover.schemes for each in scheme.answers}.values())
        return cls(
            person=person_id(person),
            at=cover.at,
            known_at=known_at,
            category=cover.category,
            skbbk=cover.participation,
            skbbk_phase=cover.phase,
            schemes=[_scheme(each, language, explains=explains) for each in cover.schemes],
            doubts=list(cover.doubts),
            doubt_texts=[DOUBTS[doubt][language] for doubt in cover.doubts],
            assumed=list(cover.assumed) if answers else [],
            facts=[CoverFactOut.of(fact) for fact in cover.facts],
            figures=[figure_read(*read, language) for read in sorted(_all(each.figures for each in answers))],
            rules=sorted(_all(each.rules for each in answers)),
        )


class CoverInquiryIn(In):
    """Somebody who is admitted, by national id and name."""

    model_config = examples(
        {"national_id": {"kind": "mykad", "number": "900101-14-5678"}, "name": "AHMAD BIN ALI"},
        {
            "national_id": {"kind": "mykad", "number": "900101-14-5678"},
            "name": "AHMAD BIN ALI",
            "at": "2026-11-29",
        },
    )

    national_id: NationalIdIn
    name: NameIn
    at: Day | None = Field(
        default=None, description="The day of the accident or of admission, at most 30 days ago. Left out: today."
    )


class CoverInquiryOut(Out):
    """Yes or no for each scheme that may bear treatment; it authorises nothing."""

    at: date
    employment_injury: bool
    invalidity: bool
    non_employment_injury: bool


class MembershipPeriodOut(Out):
    """Days in one category of a scheme."""

    category: str = Field(max_length=20, examples=["first"])
    first: date
    last: date | None

    @classmethod
    def of(cls, period: CategoryPeriod) -> Self:
        """From what is stored."""
        return cls(category=period.category, first=period.first, last=period.last)


class OwnMembershipOut(Out):
    """A membership as it was published."""

    scheme: str = Field(max_length=20, examples=["act4"])
    revision: int = Field(ge=1, le=LARGEST_INTEGER)
    periods: list[MembershipPeriodOut] = Field(max_length=1200)


class InquiryOut(Out):
    """Who asked for the cover of a person, and when."""

    party: str = Field(max_length=60, examples=["hospital:1"])
    at: date
    asked_at: datetime

    @classmethod
    def of(cls, inquiry: Inquiry) -> Self:
        """From what is stored."""
        return cls(party=inquiry.tenant, at=inquiry.day, asked_at=inquiry.at)


class ContributedMonthOut(Out):
    """What all employers declared for a month."""

    month: _Month
    lines: list[ContributionOut] = Field(max_length=100)


class MeOut(Out):
    """What the organisation knows of a person, for that person."""

    person: PersonId
    cover: CoverOut
    memberships: list[OwnMembershipOut] = Field(max_length=10)
    statements: list[SkbbkStatementOut] = Field(max_length=100)
    contributions: list[ContributedMonthOut] = Field(
        max_length=24, description="The newest months, newest first; all of them: /v1/persons/{person}/contributions."
    )
    seen_by: list[EmployerId] = Field(max_length=1000, description="Employers that may read the name and own days.")
    inquiries: list[InquiryOut] = Field(max_length=100, description="Who asked for cover by national id, newest first.")


@router.get(
    "/v1/persons/{person}/cover",
    summary="Read a person's cover on a day",
    dependencies=[requires("registration:cover:read")],
    responses=problems(404, 422),
)
async def read_cover(
    person: PersonInPath,
    uow: CommittedBeforeAnswer,
    looker: Looker,
    language: Preferred,
    response: Response,
    at: Annotated[Day | None, _AT] = None,
    known_at: Annotated[Instant | None, _KNOWN_AT] = None,
) -> CoverOut:
    """By the person itself, officers, and an employer: of its own spells, with its own facts.

    Decided by the statute book for the day as known at the instant, from facts with their ids. Texts are in Malay with
    `Accept-Language: ms`.
    """
    number, day = person_number(person), at or today()
    cover = await find_cover(number, day, known_at, looker, uow)
    response.headers["content-language"] = language
    return CoverOut.of(number, cover, known_at or now(), language, explains=looker.employer is None)


@router.post(
    "/v1/cover-inquiries",
    status_code=201,
    summary="Ask at admission whether somebody is covered",
    dependencies=[requires("registration:cover_inquiry:write"), Depends(idempotent)],
    responses=problems(400, 403, 422),
)
async def inquire_cover(body: CoverInquiryIn, uow: CommittedBeforeAnswer, caller: Party) -> CoverInquiryOut:
    """A hospital asks by national id and name, or an officer; the answer is no wherever they do not belong together.

    Nobody learns whether anybody is registered. That it was asked is kept, and the person reads it.
    """
    if not caller.is_officer and not caller.party.startswith("hospital:"):
        raise InquiryOfHospitalOnly()
    day = body.at or today()
    asked = InquireCover(body.national_id.stated(), body.name, day, caller.party, caller.subject)
    cover = await handle_inquire_cover(asked, uow)
    covered = {scheme.fund.value: bool(scheme.covered) for scheme in cover.schemes}
    covered.pop("employment_insurance")
    return CoverInquiryOut(at=day, **covered)


@router.get(
    "/v1/me",
    summary="Read what is known of oneself",
    dependencies=[requires("registration:me:read"), reads(DataKind.WAGE, of="person")],
    responses=problems(403, 404, 422),
)
async def read_me(
    uow: CommittedBeforeAnswer, caller: Party, looker: Looker, language: Preferred, response: Response
) -> MeOut:
    """Cover today, memberships, statements, contributions by month, and who may see the person or asked about it."""
    number = _self(caller)
    view = await find_own_view(number, looker, uow)
    response.headers["content-language"] = language
    cover = CoverOut.of(number, view.cover, now(), language, explains=True)
    return MeOut(
        person=person_id(number),
        cover=cover,
        memberships=[
            OwnMembershipOut(scheme=m.scheme, revision=m.revision, periods=list(map(MembershipPeriodOut.of, m.periods)))
            for m in view.memberships
        ],
        statements=[SkbbkStatementOut.of(kept) for kept in view.statements],
        contributions=_by_month(view),
        seen_by=[employer_id(each) for each in view.employers],
        inquiries=[InquiryOut.of(each) for each in view.inquiries],
    )


def _self(caller: Caller) -> int:
    """The person that the caller is; raises NotAPerson."""
    kind, _, number = caller.party.partition(":")
    if kind != "person" or caller.is_officer:
        raise NotAPerson()
    return int(number)


def _by_month(view: OwnView) -> list[ContributedMonthOut]:
    months: dict[str, list[ContributionOut]] = {}
    for line in map(ContributionOut.of, view.contributions):
        months.setdefault(line.month, []).append(line)
    return [ContributedMonthOut(month=month, lines=lines) for month, lines in months.items()]


def _scheme(scheme: SchemeCover, language: Language, *, explains: bool) -> SchemeCoverOut:
    return SchemeCoverOut(
        fund=scheme.fund.value,
        covered=scheme.covered,
        reason=scheme.reason,
        text=TEXTS[scheme.reason][language],
        law=scheme.law,
        figures=sorted({name for name, *_ in _all(each.figures for each in scheme.answers)}),
        explanation=[line for each in scheme.answers for line in each.steps(language)] if explains else [],
    )


def _all(parts: Iterable[frozenset[T]]) -> frozenset[T]:
    return frozenset().union(*parts)


# As many as the law has: a record names entries of the book of this very process, which are never edited.
@lru_cache(maxsize=2_048)
def figure_read(name: str, in_force: str, known: str, language: Language) -> CoverFigureOut:
    """An entry of the statute book that an answer rests on."""
    figure = book().figures[name]
    day = date.fromisoformat(in_force), date.fromisoformat(known)
    entry = next(entry for entry in figure.entries if (entry.in_force, entry.known) == day)
    return CoverFigureOut(
        figure=name,
        title=figure.title_ms if language == "ms" else figure.title,
        value=value_of(entry.plain_value, language),
        in_force=day[0],
        known=day[1],
        law=entry.law,
        certainty=entry.certainty.value,
        reason=entry.reason or None,
    )
