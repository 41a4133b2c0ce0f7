"""What auditors read: samples of decisions that everybody who has the seed draws alike, and all around one decision."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from services.claims.domain.audit import Bundle, Population, Seal, bundle_of
from services.claims.domain.claim import Claim
from services.claims.domain.errors import DecisionUnknown
from services.claims.domain.queues import ALL
from services.claims.storage.audits import Sampled
from services.claims.storage.claims import Decision
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.identifiers import employer_id, person_id
from shared.kernel.offices import Office


@dataclass(frozen=True, slots=True)
class SampleAsked:
    """Of what is drawn: which decisions, from an instant on and before another one, by which seed, and how many."""

    population: Population
    begins: datetime
    ends: datetime
    seed: str
    size: int
    benefit: str | None
    office: Office | None


async def list_sampled(asked: SampleAsked, uow: ClaimsUnitOfWork) -> tuple[int, list[Sampled]]:
    """Of how many decisions is drawn, and which."""
    return await uow.audits.sample(
        asked.population,
        begins=_as_kept(asked.begins),
        ends=_as_kept(asked.ends),
        seed=asked.seed,
        size=asked.size,
        benefit=asked.benefit,
        office=None if asked.office is None else asked.office.value,
    )


async def find_bundle(claim: UUID, revision: int, seal: Seal | None, uow: ClaimsUnitOfWork) -> Bundle:
    """All that is known of a decision; raises DecisionUnknown."""
    found, decision = await uow.claims.find(claim), await uow.claims.decision(claim, revision)
    if found is None or decision is None:
        raise DecisionUnknown()
    around = dict(await uow.audits.parts(claim, revision, [queue.name for queue in ALL]))
    (made,) = around.pop("made")
    return bundle_of({"claim": _claim(found), "decision": {**made, **_decision(decision)}, **around}, seal)


def _as_kept(instant: datetime) -> str:
    """Up to the whole second, as it begins in what is kept."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "claim": claim.id,
        "notice": claim.notice,
        "kind": claim.kind.value,
        "state": claim.state.value,
        "reason": claim.reason,
        "person": None if claim.person is None else person_id(claim.person),
        "employer": None if claim.employer is None else employer_id(claim.employer),
        "happened_on": claim.happened_on,
        "place": claim.place,
        "received_at": claim.received_at,
        "reported_by": claim.tenant,
        "relation": None if claim.relation is None else claim.relation.value,
        "capacity": None if claim.capacity is None else claim.capacity.value,
        "officer": claim.reported_by or None,
        "joined_to": claim.joined_to,
    }


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "revision": decision.revision,
        "hash": decision.hash,
        "told": orjson.loads(decision.event),
        "records": {question: record.body for question, record in decision.records.items()},
    }
