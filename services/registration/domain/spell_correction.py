"""A correction of a spell: its first day, its last day, or the kind of its work (decision 41)."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.registration.domain.correction import StatedBy
from services.registration.domain.errors import (
    AllowanceNeeded,
    SpellCorrectionEmpty,
    SpellEndsBeforeStart,
    SpellEndsTooFarAhead,
)
from services.registration.domain.spell import Spell, check_start
from services.registration.domain.work import KindOfWork, Work, law_of_work
from shared.kernel.identifiers import employer_id, person_id
from shared.kernel.money import Sen
from shared.law.book import LawOn


class SpellCorrectionReason(StrEnum):
    """Why a spell is stated otherwise than before."""

    MISTYPED = "mistyped"
    WRONG_DOCUMENT = "wrong_document"
    CONTRACT_CHANGED = "contract_changed"
    NOT_STATED_BEFORE = "not_stated_before"
    DID_NOT_LEAVE = "did_not_leave"


@dataclass(frozen=True, slots=True)
class SpellCorrection:
    """What is stated of a spell; None for what stays. `goes_on` takes a last day back. `counts` is None while it waits.

    `proposed_by` and `approved_by` are the two officers who decided it, None where it counted at once.
    """

    id: UUID
    spell: UUID
    person: int
    employer: int
    by: StatedBy
    reason: SpellCorrectionReason
    evidence: str | None = None
    started_on: date | None = None
    ended_on: date | None = None
    goes_on: bool = False
    kind: KindOfWork | None = None
    spouse: bool | None = None
    allowance: Sen | None = None
    counts: bool | None = None
    proposed_by: str | None = None
    approved_by: str | None = None

    def of(self, spell: Spell) -> Spell:
        """The spell as it would stand; raises SpellCorrectionEmpty, or AllowanceNeeded."""
        kind = self.kind or spell.work.kind
        allowance = self.allowance if self.kind or self.allowance is not None else spell.work.allowance
        work = Work(kind, spell.work.spouse if self.spouse is None else self.spouse, allowance)
        work.check()
        last = None if self.goes_on else self.ended_on or spell.ended_on
        corrected = replace(spell, started_on=self.started_on or spell.started_on, ended_on=last, work=work)
        if corrected == spell:
            raise SpellCorrectionEmpty()
        return corrected

    def carried(self, spell: Spell, part: Spell, id_: UUID) -> "SpellCorrection | None":
        """The same of what a split states of another one in the place of its spell; None where it says nothing of that:
        its first day is the earliest part's, its last day the last one's."""
        is_last = part.ended_on == spell.ended_on
        said = replace(
            self,
            id=id_,
            spell=part.id,
            person=part.person,
            started_on=self.started_on if part.started_on == spell.started_on else None,
            ended_on=self.ended_on if is_last else None,
            goes_on=self.goes_on and is_last,
        )
        try:
            said.of(part)
        except (SpellCorrectionEmpty, AllowanceNeeded):
            return None
        return said

    def facts(self) -> dict[str, str | int]:
        """What officers look at: codes, days and numbers."""
        found = {
            "employer": employer_id(self.employer),
            "person": person_id(self.person),
            "spell": str(self.spell),
            "reason": self.reason.value,
            "stated_by": self.by.tenant,
            "started_on": self.started_on,
            "ended_on": "none" if self.goes_on else self.ended_on,
            "kind_of_work": self.kind,
            "spouse_of_employer": None if self.spouse is None else int(self.spouse),
            "allowance_sen": self.allowance,
        }
        return {
            name: value if isinstance(value, int) else str(value) for name, value in found.items() if value is not None
        }


def counts_at_once(spell: Spell, corrected: Spell, law: LawOn) -> bool:
    """Whether a correction lowers and extends nothing: no day moves, and each Act has both kinds of work alike."""
    same_days = (spell.started_on, spell.ended_on) == (corrected.started_on, corrected.ended_on)
    return same_days and law_of_work(spell.work, law) == law_of_work(corrected.work, law)


def check_corrected(corrected: Spell, born_on: date, latest: date) -> None:
    """Raises what is wrong with a day: SpellStartsBeforeBirth, SpellStartsTooFarAhead, SpellEndsBeforeStart, ..."""
    check_start(corrected.started_on, born_on, latest)
    if corrected.ended_on is not None and corrected.ended_on < corrected.started_on:
        raise SpellEndsBeforeStart(f"The spell starts on {corrected.started_on}.")
    if corrected.ended_on is not None and corrected.ended_on > latest:
        raise SpellEndsTooFarAhead(f"A spell may end on {latest} at the latest.")
