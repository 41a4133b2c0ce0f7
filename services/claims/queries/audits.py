"""What auditors read: samples of decisions as they were drawn, and all around one decision."""

from typing import Any
from uuid import UUID

import orjson

from services.claims.domain.audit import Bundle, SampleAsked, Seal, bundle_of
from services.claims.domain.claim import Claim
from services.claims.domain.errors import DecisionUnknown
from services.claims.domain.queues import ALL
from services.claims.storage.audits import Sampled
from services.claims.storage.claims import Decision
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.identifiers import employer_id, person_id
from shared.kernel.sampling import Draw


async def find_draw(id_: UUID, uow: ClaimsUnitOfWork) -> tuple[Draw, list[Sampled]]:
    """A draw with what it drew; raises DrawUnknown."""
    return await find_sampled(await uow.draws.draw(id_), uow)


async def find_drawn(seed: str, asked: SampleAsked, uow: ClaimsUnitOfWork) -> tuple[Draw, list[Sampled]]:
    """What was drawn by a seed of a frame; raises DrawUnknown where nobody did."""
    return await find_sampled(await uow.draws.by_seed(seed, asked.named), uow)


async def find_sampled(draw: Draw, uow: ClaimsUnitOfWork) -> tuple[Draw, list[Sampled]]:
    """A draw, and its decisions in their order."""
    return draw, await uow.audits.sampled(draw.frame.keys)


async def find_bundle(claim: UUID, revision: int, seal: Seal | None, uow: ClaimsUnitOfWork) -> Bundle:
    """All that is known of a decision; raises DecisionUnknown."""
    found, decision = await uow.claims.find(claim), await uow.claims.decision(claim, revision)
    if found is None or decision is None:
        raise DecisionUnknown()
    around = dict(await uow.audits.parts(claim, revision, [queue.name for queue in ALL]))
    (made,) = around.pop("made")
    return bundle_of({"claim": _claim(found), "decision": {**made, **_decision(decision)}, **around}, seal)


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
