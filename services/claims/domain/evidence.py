"""What is stated of a claim: statements are appended, never changed. What of it counts: standing.py, changes.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.claims.domain.claim import OFFICERS
from shared.kernel.periods import Days


class EvidenceKind(StrEnum):
    """What a statement says."""

    CERTIFICATE = "certificate"
    FINAL_CERTIFICATE = "final_certificate"
    WAGES_PAID = "wages_paid"
    CIRCUMSTANCES = "circumstances"
    """In which circumstances it happened."""
    DEPENDANT = "dependant"
    """Who is left behind: what the person was to the deceased, births and marriages."""
    PERMANENT_LOSS = "permanent_loss"
    """A Medical Board's assessment of a permanent loss."""
    CHOICE = "choice"
    """How the person takes permanent disablement benefit, and when it was applied for."""
    INVALIDITY = "invalidity"
    """A Medical Board's certificate of invalidity."""
    ATTENDANCE = "attendance"
    """What a board found of the need of constant attendance alone, beside what was assessed."""
    FUNERAL = "funeral"
    """Who claims funeral benefit, as what, and what it cost."""
    CAUSE = "cause"
    """The claim about the accident that a person died of."""
    REPATRIATION = "repatriation"
    """Who bore a cost of bringing the remains of a foreign worker home, and how much."""
    EDUCATION = "education"
    """A child's application for an education loan, and how the loan was fixed."""
    BOARD_ORDER = "board_order"
    """An order of the Social Security Appellate Board: which person in similar work stands in."""
    ORDER = "order"
    """An order on appeal, of the Social Security Appellate Board or the High Court: facts, and amounts it names."""
    FINDING = "finding"
    """What an officer found of a fact that no statement settles."""
    DOCUMENT = "document"
    """A document was sent: its kind, size and hash. It proves what somebody finds, and decides nothing by itself."""
    WITHDRAWAL = "withdrawal"
    APPROVAL = "approval"


class EvidenceStanding(StrEnum):
    """How a statement stands."""

    COUNTS = "counts"
    WAITS = "waits"
    """For officers, who let it count or let it wait."""
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    """Something else was said in its place, or of what it would have changed."""
    WITHOUT_EFFECT = "without_effect"
    """Days with wages of which the sender employed the person on none, or a change of what no longer stood."""


# Only officers state them; a choice also the person whose it is.
BY_TWO_OFFICERS = frozenset(
    (
        EvidenceKind.DEPENDANT,
        EvidenceKind.PERMANENT_LOSS,
        EvidenceKind.CHOICE,
        EvidenceKind.INVALIDITY,
        EvidenceKind.ATTENDANCE,
        EvidenceKind.FUNERAL,
        EvidenceKind.CAUSE,
        EvidenceKind.REPATRIATION,
        EvidenceKind.EDUCATION,
        EvidenceKind.BOARD_ORDER,
        EvidenceKind.ORDER,
        EvidenceKind.FINDING,
    )
)

# Whoever lets one of them count in the claim of a death says that the person died.
OF_A_DEATH = frozenset((EvidenceKind.DEPENDANT, EvidenceKind.FUNERAL, EvidenceKind.CAUSE, EvidenceKind.REPATRIATION))


@dataclass(frozen=True)
class Evidence:
    """A statement of a party (``tenant``), of whom ``stated_by`` acted.

    ``about`` is what it corrects, withdraws or approves. ``stated`` holds circumstances (place, interrupted,
    outside_malaysia) or the members of another statement. ``late``: it came with a notice that joined when a decision
    already stood, or from a party that was asked and had not spoken of the claim before.
    """

    id: UUID
    claim: UUID
    tenant: str
    kind: EvidenceKind
    stated_at: datetime
    issued_on: date | None = None
    days: Days | None = None
    fit_from: date | None = None
    wage_days: tuple[date, ...] = ()
    about: UUID | None = None
    stated: Mapping[str, Any] = field(default_factory=dict, hash=False)
    stated_by: str = ""
    late: bool = False

    @property
    def by_officer(self) -> bool:
        """Whether the organisation itself states it; so do its rehabilitation centres."""
        return self.tenant.startswith(OFFICERS)

    @property
    def by_one_officer(self) -> bool:
        """Whether an officer states it: it counts when another one lets it.

        A centre certifies by itself who is fit, and a document that is only kept changes nothing that is owed.
        """
        alone = (EvidenceKind.FINAL_CERTIFICATE, EvidenceKind.DOCUMENT)
        return self.by_officer and self.kind not in alone

    @property
    def is_certificate(self) -> bool:
        """Whether it certifies days, or who is fit again."""
        return self.kind in (EvidenceKind.CERTIFICATE, EvidenceKind.FINAL_CERTIFICATE)

    @property
    def by_hospital(self) -> bool:
        """Whether a hospital states it, of a patient whom it named: temporary disablement rests on its certificate."""
        return self.tenant.startswith("hospital:")

    @property
    def is_of_oneself(self) -> bool:
        """Whether a person certifies it of itself: it counts once another certificate that counts says the same."""
        return self.is_certificate and self.tenant.startswith("person:")

    def approved(self, id_: UUID, at: datetime, tenant: str, by: str) -> "Evidence":
        """The statement by which another officer (``by``) lets it count."""
        return Evidence(id_, self.claim, tenant, EvidenceKind.APPROVAL, at, about=self.id, stated_by=by)

    @property
    def states(self) -> tuple[object, ...]:
        """The days or the circumstances that are stated."""
        return self.days, self.fit_from, self.wage_days, *sorted(self.stated.items())
