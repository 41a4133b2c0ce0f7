"""A placement: counted only when a contribution has proved it (dossier other-schemes §5.4)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.jobs.domain.seeker import Offer, Seeker
from services.jobs.domain.subjects import spell_with
from shared.kernel.clock import BUSINESS_ZONE
from shared.kernel.money import Sen
from shared.kernel.subjects import Subject

# Both are rules of this design, not of an Act: dossier other-schemes §5.4 follows a placement to its 90th day, and a
# start may slip by a month between the offer and the first day of work.
DAYS_FOR_THE_PROOF = 90
DAYS_THAT_A_START_MAY_SLIP = 31


class PlacementState(StrEnum):
    """Whether the employment is proved."""

    AWAITING_PROOF = "awaiting_proof"
    UNPROVED = "unproved"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Proof:
    """A spell of employment that its first contribution confirmed; ``wage_sen`` is that of ``month`` (YYYY-MM)."""

    spell: UUID
    started_on: date
    month: str
    wage_sen: Sen


@dataclass(frozen=True, slots=True)
class Placement:
    """An accepted offer on its way to being proved; ``revision`` counts what was published about it."""

    id: UUID
    offer: UUID
    seeker: UUID
    person: int
    claim: UUID
    employer: int
    starts_on: date
    accepted_at: datetime
    state: PlacementState = PlacementState.AWAITING_PROOF
    revision: int = 0
    proof: Proof | None = None
    confirmed_at: datetime | None = None

    @classmethod
    def of(cls, id_: UUID, seeker: Seeker, offer: Offer) -> "Placement":
        """The placement that an accepted offer makes."""
        return cls(
            id=id_,
            offer=offer.id,
            seeker=seeker.id,
            person=seeker.person,
            claim=seeker.claim,
            employer=offer.employer,
            starts_on=offer.starts_on,
            accepted_at=offer.recorded_at,
        )

    @property
    def is_confirmed(self) -> bool:
        return self.state is PlacementState.CONFIRMED

    def waits_for(self, numbers: Iterable[int]) -> set[Subject]:
        """What it waits for, of a person with these numbers."""
        return {spell_with(number, self.employer) for number in (self.person, *numbers)}

    @property
    def deadline(self) -> datetime | None:
        """The instant from which it counts as unproved; None once that is said, for a late proof still counts."""
        if self.state is not PlacementState.AWAITING_PROOF:
            return None
        last = self.starts_on + timedelta(days=DAYS_FOR_THE_PROOF)
        return datetime.combine(last + timedelta(days=1), datetime.min.time(), BUSINESS_ZONE)

    def proved_by(self, proofs: Iterable[Proof]) -> Proof | None:
        """The proof whose start lies nearest to the agreed one, at most 31 days from it; the earlier of two such."""
        fitting = [each for each in proofs if self._slip(each) <= DAYS_THAT_A_START_MAY_SLIP]
        return min(fitting, key=lambda each: (self._slip(each), each.started_on, each.spell.int), default=None)

    def confirmed(self, proof: Proof, at: datetime) -> "Placement":
        """The employment is proved."""
        confirmed = replace(self, state=PlacementState.CONFIRMED, proof=proof, confirmed_at=at)
        return replace(confirmed, revision=self.revision + 1)

    def withdrawn(self) -> "Placement":
        """What proved it is another person's: it waits as before."""
        waiting = replace(self, state=PlacementState.AWAITING_PROOF, proof=None, confirmed_at=None)
        return replace(waiting, revision=self.revision + 1)

    def unproved(self, at: datetime) -> "Placement":
        """The same, or unproved where the deadline has passed."""
        if self.deadline is None or at < self.deadline:
            return self
        return replace(self, state=PlacementState.UNPROVED)

    def _slip(self, proof: Proof) -> int:
        return abs((proof.started_on - self.starts_on).days)
