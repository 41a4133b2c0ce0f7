"""Nobody is left with nothing: whom every scheme refuses, or who falls short, is offered to be referred elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.claims.domain.answers import is_entitled
from services.claims.domain.claim import NEVER_DIED, Claim, ClaimKind, ClaimState
from services.claims.domain.errors import ReferralOfferOver
from services.claims.domain.revision import Standing
from shared.kernel.identifiers import derived_id
from shared.law.decision import DecisionRecord, Per


class ReferralReceiver(StrEnum):
    """Whose service would take the person."""

    WELFARE = "welfare"
    HEALTH = "health"


class ReferralReason(StrEnum):
    """Why it is offered."""

    REFUSED = "refused_by_every_scheme"
    SHORT = "falls_short"
    """A benefit that goes on is refused, and nothing that goes on is owed."""


class OfferState(StrEnum):
    """Where an offer stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    """The person consents: the receiver is told."""
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    """The person had consented, and does not any more."""
    LAPSED = "lapsed"
    """Something is owed by now, or another claim of the event stands."""


# Of these somebody lives on what is owed by the month (`assumed`: days of unfitness are paid by the day, and pass).
_LIVED_ON = frozenset((ClaimKind.INVALIDITY, ClaimKind.DEATH))


@dataclass(frozen=True)
class ReferralOffer:
    """What is offered to a person after a decision of a claim; ``revision`` rises with each change of it.

    ``person`` is the number of whom the claim was stated, or of a death of one who reported it.
    """

    id: UUID
    claim: UUID
    person: int
    receiver: ReferralReceiver
    offered_for: ReferralReason
    offered_at: datetime
    changed_at: datetime
    state: OfferState = OfferState.OFFERED
    revision: int = 1

    @property
    def tenant(self) -> str:
        """The party to whom it is offered."""
        return f"person:{self.person}"

    @property
    def is_unanswered(self) -> bool:
        """Whether it ends by itself when it is needed no more: nobody outside was told."""
        return self.state in (OfferState.OFFERED, OfferState.DECLINED, OfferState.WITHDRAWN)

    def answered(self, at: datetime, *, accepts: bool) -> "ReferralOffer":
        """As the person says, also otherwise than before; the same once more is no news. Raises ReferralOfferOver."""
        if self.state is OfferState.LAPSED or (self.state is OfferState.ACCEPTED and not accepts):
            raise ReferralOfferOver()
        return self._turned(OfferState.ACCEPTED if accepts else OfferState.DECLINED, at)

    def withdrawn(self, at: datetime) -> "ReferralOffer":
        """As it stands once the person consents no more; raises ReferralOfferOver where it does not consent."""
        if self.state not in (OfferState.ACCEPTED, OfferState.WITHDRAWN):
            raise ReferralOfferOver()
        return self._turned(OfferState.WITHDRAWN, at)

    def lapsed(self, at: datetime) -> "ReferralOffer":
        """As it stands once nothing is to be offered; what was accepted is the person's and stays."""
        return self._turned(OfferState.LAPSED, at) if self.is_unanswered else self

    def offered_again(self, at: datetime, why: ReferralReason) -> "ReferralOffer":
        """As it stands where it lapsed, and is to be offered after all; for another reason it is the same offer."""
        if self.state is not OfferState.LAPSED:
            return self
        return replace(self._turned(OfferState.OFFERED, at), offered_for=why, offered_at=at)

    def _turned(self, state: OfferState, at: datetime) -> "ReferralOffer":
        if state is self.state:
            return self
        return replace(self, state=state, changed_at=at, revision=self.revision + 1)


def offered_for(claim: Claim, standing: Sequence[Standing], waits: Sequence[str]) -> ReferralReason | None:
    """Why a referral is offered after what was decided; None while anything is awaited or looked at, or where enough is
    owed. ``waits``: why evidence waits for a person.
    """
    if waits or claim.awaits or claim.reason == NEVER_DIED:
        return None
    if claim.state is ClaimState.REFUSED:
        return ReferralReason.REFUSED
    is_refused = any(each.question.owes and not each.is_entitled for each in standing)
    per = {term["per"] for each in standing if each.is_entitled for term in each.record.body["terms"]}
    is_short = claim.state is ClaimState.DECIDED and claim.kind in _LIVED_ON and is_refused
    return ReferralReason.SHORT if is_short and per <= {Per.ONCE.value} else None


def may_have_offers(kind: ClaimKind, last: Iterable[DecisionRecord]) -> bool:
    """Whether something may have been offered by the records that stood before: of most claims nothing was."""
    return kind in _LIVED_ON or not any(map(is_entitled, last))


def receivers_of(kind: ClaimKind) -> tuple[ReferralReceiver, ...]:
    """To whom: of a death nobody is ill."""
    return (ReferralReceiver.WELFARE,) if kind is ClaimKind.DEATH else tuple(ReferralReceiver)


def offer_of(claim: UUID, person: int, receiver: ReferralReceiver, why: ReferralReason, at: datetime) -> ReferralOffer:
    """A new offer; of a claim, a person and a receiver there is one for ever."""
    return ReferralOffer(
        derived_id("referral_offer", claim, person, receiver.value), claim, person, receiver, why, at, at
    )
