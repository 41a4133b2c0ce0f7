"""What officers, payees and those who act for them state of a party that is paid by the month.

Nothing stated is changed or deleted: a statement replaces an earlier one, or withdraws it, and each counts by the word
of two officers (decision 41).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.benefits.domain.entitled import EntitlementKey
from shared.kernel.periods import Days, Month


class StatementKind(StrEnum):
    """What is stated."""

    SUSPENSION = "suspension"
    """Of one benefit of the party: its months are not owed (Act 4 s.49)."""
    CERTIFICATE = "certificate"
    """That the party lives, or that its standing or studies are as they were (Regulation 117)."""
    STUDENT = "student"
    """That the party is paid as a child in higher education, and proves that it studies."""
    ACTING = "acting"
    """Who acts for the party."""
    HEIRS_SOUGHT = "heirs_sought"
    """That nobody was found who is owed what a party did not live to receive."""


class Ground(StrEnum):
    """Why a benefit is suspended."""

    FRAUD = "fraud"
    INSURABLE_WORK = "insurable_work"
    MISSED_MEDICAL_BOARD = "missed_medical_board"
    REFUSES_REHABILITATION = "refuses_rehabilitation"
    REFUSES_TREATMENT = "refuses_treatment"


class CertificateKind(StrEnum):
    """What a certificate proves."""

    LIFE = "life"
    STATUS = "status"
    STUDY = "study"


class ActsAs(StrEnum):
    """In which capacity somebody acts for a party."""

    GUARDIAN = "guardian"
    REPRESENTATIVE = "representative"


class GivenBy(StrEnum):
    """Who gives a certificate."""

    PAYEE = "payee"
    GUARDIAN = "guardian"
    REPRESENTATIVE = "representative"
    OFFICER = "officer"
    INSTITUTION = "institution"
    FOREIGN_AUTHORITY = "foreign_authority"


@dataclass(frozen=True, slots=True)
class PartyStatement:
    """One statement about a party.

    ``key`` is the benefit, of a suspension; ``says`` the ground, the certificate or the capacity. ``holder`` is who
    acts, or who gives the certificate. ``replaces`` is the statement in whose place it stands; ``withdrawn``: that one
    was wrong from the beginning, and nothing takes its place.
    """

    id: UUID
    kind: StatementKind
    party: str
    says: str
    first_on: date
    last_on: date | None
    holder: str | None
    evidence: str
    stated_by: str
    stated_at: datetime
    key: EntitlementKey | None = None
    replaces: UUID | None = None
    withdrawn: bool = False
    counts: bool | None = None

    @property
    def days(self) -> Days:
        """The days for which it says so; one without a last day goes on."""
        return Days(self.first_on, self.last_on or date.max)

    @property
    def months(self) -> Days | None:
        """Of a suspension whose end is known, its days."""
        return None if self.last_on is None else Days(self.first_on, self.last_on)

    @property
    def is_written_about(self) -> bool:
        """Whether its payee is told of it by a letter once it counts."""
        return self.kind is StatementKind.SUSPENSION

    @property
    def is_of_whole_months(self) -> bool:
        """Whether it begins and ends with a month."""
        ends = self.last_on is None or self.last_on == Month.of(self.last_on).last_day
        return self.first_on.day == 1 and ends

    def facts(self) -> dict[str, str | int]:
        """What two officers look at."""
        found: dict[str, str | int] = {
            "party": self.party,
            "says": self.says,
            "first_on": self.first_on.isoformat(),
            "evidence": self.evidence,
        }
        if self.last_on is not None:
            found["last_on"] = self.last_on.isoformat()
        if self.holder is not None:
            found["holder"] = self.holder
        if self.key is not None:
            found |= {"claim": str(self.key.claim), "benefit": self.key.benefit}
        if self.replaces is not None:
            found["withdraws" if self.withdrawn else "replaces"] = str(self.replaces)
        return found


def standing(statements: Sequence[PartyStatement]) -> list[PartyStatement]:
    """Those that count, and that none which counts has replaced or withdrawn."""
    counting = [each for each in statements if each.counts]
    over = {each.replaces for each in counting}
    return [each for each in counting if each.id not in over and not each.withdrawn]
