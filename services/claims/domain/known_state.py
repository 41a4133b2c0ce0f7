"""All that a claim is assessed on, as one fingerprint: whoever finds the same again has nothing to decide.

It is of the whole of it, member by member, whatever members are added to what is known: equal revisions alone are not
the same facts (days of an accident change when a notice joins), nor the same law (a corrected book may be released on
that day), nor the same day, by which the law is read. What the claim was left to listen to is in it too: a look that
was held up listens to less, and so does one by a release that knows no fingerprint and leaves it standing.
"""

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from fractions import Fraction
from functools import cache, cached_property
from itertools import chain, combinations
from typing import Any
from uuid import UUID

from services.claims.domain.claim import Claim
from services.claims.domain.facts import Known
from services.claims.domain.standing import Standing
from shared.kernel.periods import Month
from shared.kernel.release import ROOT, digest_of
from shared.law.decision import DecisionRecord

# What may decide otherwise when it is mended, in whichever module: as this process has it.
CODE = digest_of(ROOT, "services/claims", "shared")
# When it was looked, and up to when topics have arrived (`is_as_before`); and what is no JSON by itself.
_APART = frozenset(("known_to", "watermarks", "revisions"))


@dataclass(frozen=True)
class KnownState:
    """What is known of an event, how what was stated of it stands, by which release of the law, and on which day."""

    known: Known
    evidence: Standing
    release: str
    today: date

    def of(self, claim: Claim, listens_to: Collection[str]) -> bytes:
        """The fingerprint, SHA-256, of a claim as this assessment leaves it, where the assessment awaits nothing."""
        return self._of(claim, listens_to, self._arrived)

    def is_as_before(self, claim: Claim, listens_to: Collection[str], before: bytes | None) -> bool:
        """Whether a claim as it was found, with the subjects that it listens to, was assessed on just this, by the
        fingerprint that was kept of it, if any.

        Each topic that had arrived then must have arrived still. What has arrived since changes nothing: nothing was
        awaited.
        """
        if before is None:
            return False
        many = range(len(self._arrived), -1, -1)
        some = chain.from_iterable(combinations(self._arrived, each) for each in many)
        return any(self._of(claim, listens_to, arrived) == before for arrived in some)

    @cached_property
    def _arrived(self) -> tuple[str, ...]:
        return tuple(topic for topic in sorted(self.known.watermarks) if self.known.has_arrived(topic))

    @cached_property
    def _digest(self) -> "hashlib._Hash":
        known = [getattr(self.known, name) for name in _members(Known) if name not in _APART]
        revisions = sorted(self.known.revisions.items())
        said = [CODE, self.release, self.today, known, revisions, self.evidence]
        return hashlib.sha256(_encoded(said))

    def _of(self, claim: Claim, listens_to: Collection[str], arrived: Iterable[str]) -> bytes:
        digest = self._digest.copy()
        digest.update(_encoded([claim, sorted(set(listens_to)), arrived]))
        return digest.digest()


@cache
def _members(kind: type[Any]) -> tuple[str, ...]:
    """The members of a dataclass as they are stated, and nothing that was worked out of them since."""
    return tuple(each.name for each in fields(kind))


def _encoded(value: object) -> bytes:
    return json.dumps(value, default=_plain, sort_keys=True).encode()


def _plain(value: Any) -> object:
    """What JSON has no form for; raises TypeError for what has no form here either."""
    if isinstance(value, date | UUID | Month | Fraction):
        return str(value)
    if isinstance(value, DecisionRecord):
        return value.hash
    if is_dataclass(value):
        return [getattr(value, name) for name in _members(value.__class__)]
    raise TypeError(f"a {type(value).__name__} has no fingerprint")
