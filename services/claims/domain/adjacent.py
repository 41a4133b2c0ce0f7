"""Accidents of one person on adjacent days: one event that two notices date differently, as of a night shift, or two.

No rule tells them apart (`assumed`: two officers look), so of two such claims one goes on and the other is held until
officers find which it is: a day of one accident is never paid as two.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.claims.domain.claim import Claim
from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.domain.facts import Known, Neighbour
from services.claims.domain.standing import Standing

ADJACENT = "adjacent_accident"
# The finding by which a claim joins another one, whose id it states.
SAME_ACCIDENT = "same accident"


@dataclass(frozen=True, order=True)
class _Place:
    """What was decided goes before what was not, and of two alike the one that came first."""

    is_undecided: bool
    claim: UUID


def is_held_back(claim: Claim, neighbours: Collection[Neighbour]) -> bool:
    """Whether an accident of an adjacent day goes on before this one."""
    own = _Place(not claim.revision, claim.id)
    return any(_Place(not each.is_decided, each.claim) < own for each in neighbours)


def other_claim_of(known: Known) -> UUID | None:
    """The claim that two officers found to be about the same accident, if they have."""
    found = known.findings.get(SAME_ACCIDENT)
    return None if found is None else UUID(str(found.stated["found"]))


def let_go(stated: Collection[Evidence], evidence: Standing) -> set[UUID]:
    """Of what joined a claim as two officers found it to be about the same accident: where they took that back."""
    found = [each for each in stated if each.kind is EvidenceKind.FINDING and each.stated["fact"] == SAME_ACCIDENT]
    return {each.claim for each in found} - {each.claim for each in evidence.left_of(found)}


def is_next_to(day: date, other: date) -> bool:
    """Whether a night lies between two days."""
    return abs((day - other).days) == 1


def shown(known: Known) -> dict[str, str | int]:
    """What of it a person looks at: the other claim, and its day."""
    other = known.neighbours[0]
    return {"other_claim": str(other.claim), "other_day": other.happened_on.isoformat()}
