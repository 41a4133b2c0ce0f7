"""What officers, payees and those who act for them state of a party that is paid by the month.

Nothing stated is changed or deleted: a statement replaces an earlier one, or withdraws it, and each counts by the word
of two officers (decision 41).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.benefits.domain.entitled import EntitlementKey, is_one_benefit
from services.benefits.domain.errors import PartyStatementReplaced, PartyStatementStands
from shared.kernel.money import Sen
from shared.kernel.periods import Days, Month

# So many others are shown beside one.
MOST_SHOWN = 5


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
    was wrong from the beginning, and nothing takes its place. ``earned_sen`` and ``average_sen`` are of a suspension
    for insurable work: the wages of a month, and the average before.
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
    earned_sen: Sen | None = None
    average_sen: Sen | None = None

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

    def is_of_the_benefit_of(self, other: "PartyStatement") -> bool:
        """Whether both are of one benefit, or of none."""
        if self.key is None or other.key is None:
            return self.key is other.key
        return is_one_benefit(self.key, other.key)

    def says_the_same_as(self, other: "PartyStatement") -> bool:
        """Whether both say one thing of one benefit or payee for a day that both are of: then each would go on when the
        other ends."""
        if (self.kind, self.says) != (other.kind, other.says) or not self.is_of_the_benefit_of(other):
            return False
        if self.kind is StatementKind.CERTIFICATE:
            return self.first_on == other.first_on
        return self.days.intersect(other.days) is not None

    def facts(self, others: Sequence["PartyStatement"] = ()) -> dict[str, str | int]:
        """What two officers look at: also what else of the kind counts or waits of the payee."""
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
        if self.earned_sen is not None and self.average_sen is not None:
            found |= {"earned_sen": self.earned_sen, "average_sen": self.average_sen}
        if self.replaces is not None:
            found["withdraws" if self.withdrawn else "replaces"] = str(self.replaces)
        return found | {f"other_{number}": each.in_short for number, each in enumerate(others[:MOST_SHOWN])}

    @property
    def in_short(self) -> str:
        """Beside another one: since and until when, for whom, and whether it counts."""
        word = "counts" if self.counts else "waits"
        whom = "" if self.kind is not StatementKind.ACTING else f" {self.holder}"
        days = f"from {self.first_on}" if self.last_on is None else f"{self.first_on} to {self.last_on}"
        return f"{word}: {self.says}{whom} {days} ({self.id})"


def standing(statements: Sequence[PartyStatement]) -> list[PartyStatement]:
    """Those that count, and that none which counts has replaced or withdrawn."""
    counting = [each for each in statements if each.counts]
    over = {each.replaces for each in counting}
    return [each for each in counting if each.id not in over and not each.withdrawn]


def check_beside(said: PartyStatement, all_of_party: Sequence[PartyStatement]) -> None:
    """Raise PartyStatementReplaced where something counts already in the place of what it replaces, and
    PartyStatementStands where another one that stands says the same of the same days."""
    if said.replaces is not None and any(
        each.counts and each.replaces == said.replaces for each in all_of_party if each.id != said.id
    ):
        raise PartyStatementReplaced(facts={"statement": str(said.replaces)})
    if twin := twin_of(said, all_of_party):
        raise PartyStatementStands(facts={"statement": str(twin.id)})


def twin_of(said: PartyStatement, all_of_party: Sequence[PartyStatement]) -> PartyStatement | None:
    """Another one that stands and says the same of the same days."""
    beside = [each for each in standing(all_of_party) if each.id not in (said.id, said.replaces)]
    return next((each for each in beside if not said.withdrawn and each.says_the_same_as(said)), None)


def shown_beside(said: PartyStatement, all_of_party: Sequence[PartyStatement]) -> list[PartyStatement]:
    """What officers see beside it: what else stands or waits of its kind, what waits first, the newest of each."""
    live = {each.id for each in standing(all_of_party)} | {each.id for each in all_of_party if each.counts is None}
    others = [each for each in all_of_party if each.kind is said.kind and each.id in live and each.id != said.id]
    return sorted(others, key=lambda each: (each.counts is None, each.stated_at), reverse=True)
