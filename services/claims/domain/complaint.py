"""A complaint: what somebody finds wrong with how it was dealt with, and what two officers found of it.

It changes nothing that is decided: that is what evidence, an appeal and a revision are for. None of the officers who
answer it is the one who is complained of.

| state | is entered by | is left by |
|---|---|---|
| open | being filed | two officers; who filed it takes it back |
| answered | two officers | nothing: what is still wrong is another complaint |
| withdrawn | who filed it | nothing |
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.claims.domain.errors import ComplaintOver
from shared.kernel.clock import business_day
from shared.kernel.officers import OF_OFFICER, Officers


class ComplaintKind(StrEnum):
    """What is complained of."""

    DELAY = "delay"
    """Nothing happens, or it takes too long."""
    NOT_TOLD = "not_told"
    """A letter did not come, or does not say why."""
    NOT_PAID = "not_paid"
    """What was granted did not arrive."""
    WRONG_DATA = "wrong_data"
    CONDUCT = "conduct"
    """How somebody of the organisation, or for it, behaved."""
    ACCESS = "access"
    """An office, a form or a page could not be used."""
    OTHER = "other"


class ComplaintFound(StrEnum):
    """What two officers found of it."""

    UPHELD = "upheld"
    UPHELD_IN_PART = "upheld_in_part"
    NOT_UPHELD = "not_upheld"


class ComplaintState(StrEnum):
    """Where a complaint stands."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Complaint:
    """A complaint of a party; ``filed_by`` typed it: the party's own token, or an officer's to whom it was told.

    ``of_officer`` is the one who is complained of, as letters name officers. ``document`` is the number of the letter
    in which it stands at length.
    """

    id: UUID
    tenant: str
    filed_by: str
    by_officer: bool
    kind: ComplaintKind
    claim: UUID | None
    of_officer: str | None
    document: str | None
    filed_at: datetime
    state: ComplaintState = ComplaintState.OPEN
    found: ComplaintFound | None = None
    proposed_by: str | None = None
    approved_by: str | None = None
    ended_at: datetime | None = None

    @property
    def revision(self) -> int:
        """It is filed, and it ends."""
        return 1 if self.state is ComplaintState.OPEN else 2

    @property
    def not_by(self) -> frozenset[str]:
        """Officers who do not let an answer stand: of whom it is, and who typed it."""
        typed = self.filed_by if self.by_officer else None
        return frozenset(each for each in (self.of_officer, typed) if each is not None)

    @property
    def facts(self) -> dict[str, str | int]:
        """What of it officers look at."""
        told = {"kind": self.kind.value, "party": self.tenant, "filed_on": business_day(self.filed_at).isoformat()}
        more = {"claim": self.claim, OF_OFFICER: self.of_officer, "document": self.document}
        return {**told, **{name: str(value) for name, value in more.items() if value is not None}}

    def answered(self, found: ComplaintFound, by: Officers) -> "Complaint":
        """As two officers answer it; raises ComplaintOver."""
        self.must_be_open()
        return replace(
            self,
            state=ComplaintState.ANSWERED,
            found=found,
            proposed_by=by.proposed_by,
            approved_by=by.approved_by,
            ended_at=by.at,
        )

    def withdrawn(self, at: datetime) -> "Complaint":
        """As who filed it takes it back; raises ComplaintOver."""
        self.must_be_open()
        return replace(self, state=ComplaintState.WITHDRAWN, ended_at=at)

    def must_be_open(self) -> None:
        """Raises ComplaintOver."""
        if self.state is not ComplaintState.OPEN:
            raise ComplaintOver()


@dataclass(frozen=True)
class ComplaintsSought:
    """Which complaints are listed: in a state, about a claim; ``reader``: an officer of whom they are not."""

    reader: str | None
    state: ComplaintState | None = None
    claim: UUID | None = None
