"""Where claims stand: every claim in exactly one bucket, by its state, its reasons, and with whom it is.

A figure counts the buckets, and lists are found by them: no claim disappears.
"""

from dataclasses import dataclass
from enum import StrEnum

from services.claims.domain.claim import Claim, ClaimKind, ClaimState
from services.claims.domain.doubts import EVIDENCE, FINDING
from services.claims.domain.relation import IDENTITY_OVERDUE


class With(StrEnum):
    """With whom a claim is."""

    OFFICER = "officer"
    PARTY = "party"
    """Whoever brings a fact that nobody else can, such as that a person is registered."""
    TOPIC = "topic"
    """A service whose topic has not arrived up to the notice."""


@dataclass(frozen=True)
class Bucket:
    """A state, with whom it is (sorted), and the codes of why it is no other one or why a person looks (in order)."""

    state: str
    waits_for: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def written(self) -> str:
        """As it is stored."""
        return "|".join((self.state, ",".join(self.waits_for), ",".join(self.reasons)))

    @classmethod
    def read(cls, written: str) -> "Bucket":
        """The bucket behind its stored form."""
        state, waits_for, reasons = written.split("|")
        return cls(state, _parts(waits_for), _parts(reasons))


@dataclass(frozen=True)
class Sought:
    """What a list is narrowed to; None: to nothing."""

    state: ClaimState | None = None
    reason: str | None = None
    waits_for: With | None = None

    def matches(self, bucket: Bucket) -> bool:
        """Whether the claims of a bucket are among those that are sought."""
        return (
            self.state in (None, bucket.state)
            and (self.reason is None or self.reason in bucket.reasons)
            and (self.waits_for is None or self.waits_for in bucket.waits_for)
        )


def bucket_of(claim: Claim) -> Bucket:
    """The one bucket in which a claim is."""
    reasons = () if claim.reason is None else tuple(claim.reason.split(", "))
    return Bucket(claim.state.value, tuple(sorted({*claim.awaits, *_of_itself(claim, reasons)})), reasons)


def undecided(kind: ClaimKind) -> Bucket:
    """Where the claims of a kind stand that no rule decides yet: nothing is asked about their event."""
    return Bucket(ClaimState.NEEDS_OFFICER.value, (With.OFFICER,), (kind.value,))


def _of_itself(claim: Claim, reasons: tuple[str, ...]) -> tuple[With, ...]:
    """With whom a claim is beside those with whom its questions are."""
    if claim.state is ClaimState.AWAITING_IDENTITY:
        return (_awaiting_identity(claim.reason),)
    if claim.state is ClaimState.ASSESSING:
        return (With.TOPIC,)
    # What is left out of a decision is with an officer; a refusal is final, unless evidence waits beside it.
    looks = claim.state is ClaimState.NEEDS_OFFICER or (claim.state is ClaimState.DECIDED and bool(reasons))
    return (With.OFFICER,) if looks or not {EVIDENCE, FINDING}.isdisjoint(reasons) else ()


def _awaiting_identity(reason: str | None) -> With:
    """Until all has arrived it may be on its way; then somebody has to register the person."""
    if reason is None:
        return With.TOPIC
    return With.OFFICER if reason == IDENTITY_OVERDUE else With.PARTY


def _parts(joined: str) -> tuple[str, ...]:
    return tuple(joined.split(",")) if joined else ()
