"""For auditors: samples of decisions that are drawn and kept, and the evidence of one decision in one piece."""

import hmac
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from services.claims.api.dependencies import CommittedBeforeAnswer
from services.claims.commands.draw_sample import DrawSample, draw_sample
from services.claims.domain.audit import Bundle, Population, SampleAsked
from services.claims.queries import audits
from services.claims.storage.audits import Sampled
from shared.kernel.offices import Office
from shared.kernel.reading import DataKind
from shared.kernel.sampling import Draw
from shared.security.scopes import Party, officers_only, requires
from shared.security.tokens import Caller
from shared.web.draws import DRAWS, DrawOut
from shared.web.fields import LARGEST_INTEGER
from shared.web.money import Out, examples
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent, wired
from shared.web.sampling import MOST_SAMPLED, SamplePeriodIn, Sampling

router = APIRouter(route_class=CommittingRoute, tags=["audits"])

# Who of the organisation decided is told to whoever has this scope too; to others sealed, the same officer alike.
NAMES = "claims:audit_names:read"
_AUDIT = [requires("claims:audit:read"), Depends(officers_only)]
SealKey = Annotated[bytes, Depends(wired("digest_key", bytes))]
_BENEFIT = "temporary_disablement"  # for examples= of what is drawn
_Hash = Annotated[str, Field(min_length=64, max_length=64)]


class SampledDecisionOut(Out):
    """A decision that was drawn."""

    claim: UUID
    revision: int = Field(ge=1, le=LARGEST_INTEGER)
    decided_at: datetime
    owed: bool = Field(description="Whether anything is owed by it")
    hash: str = Field(max_length=64, description="As the decision has it")

    @classmethod
    def of(cls, drawn: Sampled) -> "SampledDecisionOut":
        """From what is read of it."""
        return cls(
            claim=drawn.claim,
            revision=drawn.revision,
            decided_at=drawn.decided_at,
            owed=drawn.is_owed,
            hash=drawn.hash,
        )


class DecisionSampleOut(Out):
    """A sample: in the order of SHA-256 of the seed, a slash, the claim, a slash and the revision."""

    population: Population
    first: date
    last: date
    whole: int = Field(ge=0, le=LARGEST_INTEGER, description="Of how many decisions it is drawn")
    decisions: list[SampledDecisionOut] = Field(max_length=MOST_SAMPLED)


class DecisionDrawIn(SamplePeriodIn):
    """Of what an auditor draws, how much, and by which seed."""

    model_config = examples(
        {"population": "refusals", "first": "2026-07-01", "last": "2026-07-31", "benefit": _BENEFIT},
        {
            "first": "2026-07-01",
            "last": "2026-07-31",
            "size": 10,
            "office": "melaka",
            "seed": "018f0000-0000-7000-8000-000000000001",
        },
    )

    population: Population = Field(default=Population.DECISIONS, description="Of what is drawn")
    benefit: str | None = Field(
        default=None,
        pattern=r"^[a-z][a-z_]*$",
        max_length=100,
        description="Decisions about this benefit alone",
        examples=[_BENEFIT],
    )
    office: Office | None = Field(
        default=None, description="Those alone of which this office had had a task by the decision"
    )

    def command(self, caller: Caller) -> DrawSample:
        """As a command; raises SamplePeriodReversed, SamplePeriodOpen."""
        days = self.period()
        asked = SampleAsked(self.population, days.first, days.last, days.begins, days.ends, self.benefit, self.office)
        return DrawSample(asked, caller.subject, self.size, self.seed)


class DecisionDrawOut(DrawOut):
    """A draw, with what it drew in the order of SHA-256 of the seed, a slash, the claim, a slash and the revision."""

    decisions: list[SampledDecisionOut] = Field(max_length=MOST_SAMPLED)

    @classmethod
    def drawn(cls, draw: Draw, decisions: list[Sampled]) -> Self:
        """As it is kept, with its decisions."""
        return cls.of(draw, decisions=[SampledDecisionOut.of(each) for each in decisions])


class EvidenceBundleOut(Out):
    """All that is known of one decision, in the canonical form (RFC 8785) that is hashed, without nulls."""

    hash: _Hash = Field(description="SHA-256 of the bundle's canonical bytes")
    part_hashes: dict[str, _Hash] = Field(
        description="The same of each part: what came later, such as a payment or a read, changes no other"
    )
    bundle: dict[str, Any] = Field(
        description="claim, decision (how it was made, what was told, the record of each question with its facts and "
        "their sources), evidence, documents, tasks (who proposed and who approved), inconsistencies, appeals, "
        "letters, payments, reads; officers sealed unless the token has the scope claims:audit_names:read"
    )

    @classmethod
    def of(cls, bundle: Bundle) -> "EvidenceBundleOut":
        """As it is hashed."""
        return cls(hash=bundle.hash, part_hashes=bundle.hashes, bundle=dict(bundle.parts))


@router.post(
    DRAWS,
    status_code=201,
    summary="Draw a sample of decisions",
    dependencies=[
        requires("claims:audit:write"),
        Depends(officers_only),
        Depends(idempotent),
        reads(DataKind.CLAIM, of="decisions.claim"),
    ],
    responses=problems(400, 403, 404, 409, 422),
)
async def draw_audit_sample(body: DecisionDrawIn, uow: CommittedBeforeAnswer, caller: Party) -> DecisionDrawOut:
    """By the seed that was stated before the period began, else by one that the machine draws. What was drawn, of how
    many and by whom is kept and listed; a second draw of the same frame says that it is one."""
    return DecisionDrawOut.drawn(*await audits.find_sampled(await draw_sample(body.command(caller), uow), uow))


@router.get(
    f"{DRAWS}/{{draw}}",
    summary="Read a draw of decisions",
    dependencies=[*_AUDIT, reads(DataKind.CLAIM, of="decisions.claim")],
    responses=problems(403, 404),
)
async def read_audit_draw(draw: UUID, uow: CommittedBeforeAnswer) -> DecisionDrawOut:
    """As it was drawn, whatever became of its decisions and their tasks since."""
    return DecisionDrawOut.drawn(*await audits.find_draw(draw, uow))


@router.get(
    "/v1/audit-samples",
    summary="Read a sample of decisions by its seed",
    dependencies=[*_AUDIT, reads(DataKind.CLAIM, of="decisions.claim")],
    responses=problems(400, 403, 404, 422),
)
async def read_audit_sample(
    sampling: Sampling,
    uow: CommittedBeforeAnswer,
    population: Annotated[Population, Query(description="Of what is drawn.")] = Population.DECISIONS,
    benefit: Annotated[
        str | None,
        Query(pattern=r"^[a-z][a-z_]*$", max_length=100, description="Decisions about this benefit alone."),
    ] = None,
    office: Annotated[Office | None, Query(description="Those alone of which this office had had a task.")] = None,
) -> DecisionSampleOut:
    """What was drawn by a seed of a period and population, ``size`` of it at most: the same for everybody and at any
    time, since it is kept. Nothing is drawn by this."""
    days = (sampling.first, sampling.last, sampling.begins, sampling.ends)
    draw, decisions = await audits.find_drawn(sampling.seed, SampleAsked(population, *days, benefit, office), uow)
    return DecisionSampleOut(
        population=population,
        first=sampling.first,
        last=sampling.last,
        whole=draw.frame.whole,
        decisions=[SampledDecisionOut.of(each) for each in decisions[: sampling.size]],
    )


@router.get(
    "/v1/claims/{claim}/decisions/{revision}/bundle",
    summary="Read the evidence of a decision in one piece",
    dependencies=[
        *_AUDIT,
        reads(DataKind.CLAIM, DataKind.HEALTH, DataKind.WAGE, DataKind.PAYMENT, of="claim"),
    ],
    responses=problems(403, 404),
)
async def read_evidence_bundle(
    claim: UUID,
    revision: Annotated[int, Path(ge=1, le=LARGEST_INTEGER)],
    uow: CommittedBeforeAnswer,
    caller: Party,
    key: SealKey,
) -> EvidenceBundleOut:
    """The record with its facts and their sources, evidence and documents by what is known of them, who proposed and
    approved, letters, payments and who read, as one JSON with its hash."""
    seal = None if NAMES in caller.scopes else partial(_sealed, key)
    return EvidenceBundleOut.of(await audits.find_bundle(claim, revision, seal, uow))


def _sealed(key: bytes, officer: str) -> str:
    """The same officer in each bundle, and no name."""
    return f"sealed:{hmac.digest(key, officer.encode(), 'sha256').hex()[:16]}"
