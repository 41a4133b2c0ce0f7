"""What documents and people say of an event beside its notice: day, time, employer, wage; and where they contradict it.

The first notice is held against the other notices of the event, the documents that officers have read, and the people
who were interviewed; a wage against what the employer declared for the month.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from services.claims.domain.claim import Claim
from services.claims.domain.errors import CorrectedValueUnreadable
from services.claims.domain.facts import WageMonth
from shared.kernel.identifiers import employer_id


class ParticularItem(StrEnum):
    """What is compared."""

    DAY = "day"
    TIME = "time"
    EMPLOYER = "employer"
    WAGE = "wage"


class ParticularDocument(StrEnum):
    """Which document says it."""

    POLICE_REPORT = "police_report"
    ATTENDANCE_RECORD = "attendance_record"
    PAYSLIP = "payslip"
    MEDICAL_REPORT = "medical_report"
    LETTER = "letter"
    OTHER_DOCUMENT = "other_document"


class SourceKind(StrEnum):
    """What says it: a document, or one of these."""

    POLICE_REPORT = "police_report"
    ATTENDANCE_RECORD = "attendance_record"
    PAYSLIP = "payslip"
    MEDICAL_REPORT = "medical_report"
    LETTER = "letter"
    OTHER_DOCUMENT = "other_document"
    INTERVIEW = "interview"
    """Somebody who was interviewed in an investigation."""
    NOTICE = "notice"
    """Another notice of the event."""


class Stands(StrEnum):
    """Which value officers found to be right."""

    NOTICE = "notice"
    DOCUMENT = "document"
    NEITHER = "neither"


class CorrectedFor(StrEnum):
    """Why that value stands."""

    RECORDED_AT_THE_TIME = "recorded_at_the_time"
    """What was written when it happened goes before what is remembered."""
    CLERICAL_ERROR = "clerical_error"
    SEVERAL_AGREE = "several_agree"
    LATER_CORRECTED = "later_corrected"
    """Whoever stated it has corrected it since."""
    SOURCE_UNRELIABLE = "source_unreliable"


@dataclass(frozen=True)
class Particular:
    """One value that a document or an interview states; ``month`` and ``employer`` are of a wage.

    Days, times of the day as ``22:40``, numbers of employers and amounts in sen are texts.
    """

    id: UUID
    claim: UUID
    source: SourceKind
    document: str
    item: ParticularItem
    value: str
    stated_by: str
    stated_at: datetime
    month: str = ""
    employer: int | None = None
    interview: UUID | None = None
    is_withdrawn: bool = False

    @property
    def about(self) -> str:
        """Of a wage its month, with the employer where one is named; empty otherwise."""
        return self.month if self.employer is None else f"{self.month}/{self.employer}"


@dataclass(frozen=True)
class Contradiction:
    """That something says otherwise than the notice; ``source`` is the particular, or the other notice."""

    item: ParticularItem
    about: str
    source_kind: SourceKind
    source: UUID
    notice_value: str
    document_value: str


@dataclass(frozen=True)
class InconsistencyEnd:
    """How an inconsistency ended: two officers found the right value; or what contradicted is gone (no officers)."""

    at: datetime
    stands: Stands | None = None
    corrected: str = ""
    why: CorrectedFor | None = None
    proposed_by: str | None = None
    approved_by: str | None = None


@dataclass(frozen=True)
class Inconsistency:
    """A contradiction in the register of a claim, the ``number``-th of its kind, and how it ended."""

    id: UUID
    claim: UUID
    said: Contradiction
    number: int
    opened_at: datetime
    stated_by: str | None = None
    end: InconsistencyEnd | None = None


Facts: TypeAlias = dict[str, str | int]


def contradictions(
    notices: Sequence[Claim], particulars: Collection[Particular], lines: Collection[WageMonth]
) -> list[Contradiction]:
    """What contradicts the notice of a claim: the first of ``notices``, which others joined.

    Where the first notice leaves something open, the earliest that says it speaks for it. A month that nobody has
    declared contradicts no wage.
    """
    values = _values_of_notice(notices)
    found = [
        Contradiction(item, "", SourceKind.NOTICE, each.notice, values[item], said)
        for each in notices
        for item, said in _said_by(each).items()
        if said != values[item]
    ]
    for each in particulars:
        stated = _declared(each, lines) if each.item is ParticularItem.WAGE else values.get(each.item)
        if stated is not None and stated != each.value and not each.is_withdrawn:
            found.append(Contradiction(each.item, each.about, each.source, each.id, stated, each.value))
    return found


def differ(one: Claim, other: Claim) -> bool:
    """Whether two notices of one event contradict each other."""
    first, second = _said_by(one), _said_by(other)
    return any(first[item] != second[item] for item in first.keys() & second.keys())


def says_more(one: Claim, other: Claim) -> bool:
    """Whether another notice says what the first one leaves open."""
    return bool(_said_by(other).keys() - _said_by(one).keys())


def compared(
    found: Sequence[Contradiction], known: Sequence[Inconsistency]
) -> tuple[list[tuple[Contradiction, int]], list[Inconsistency]]:
    """What is new of these contradictions, each with its number, and which that are open contradict nothing any more.

    What officers decided of these very values is no news; what was gone and comes again is.
    """
    waits_or_decided = {each.said for each in known if each.end is None or each.end.stands is not None}
    news = [(each, 1 + sum(one.said == each for one in known)) for each in found if each not in waits_or_decided]
    gone = [each for each in known if each.end is None and each.said not in found]
    return news, gone


def facts_of(said: Contradiction, claim: UUID) -> Facts:
    """What of it a person looks at; a wage in sen."""
    values: Facts = {"notice": said.notice_value, "document": said.document_value}
    if said.item is ParticularItem.EMPLOYER:
        values = {name: employer_id(int(value)) for name, value in values.items()}
    if said.item is ParticularItem.WAGE:
        values = {"notice_sen": int(said.notice_value), "document_sen": int(said.document_value)}
    about: Facts = {"about": said.about} if said.about else {}
    return {"claim": str(claim), "item": said.item.value, "source": said.source_kind.value, **about, **values}


def corrected_value(said: Contradiction, stands: Stands, other: Mapping[ParticularItem, str]) -> str:
    """The value that is right; raises CorrectedValueUnreadable where neither is, and none of the item is given."""
    expected = {said.item} if stands is Stands.NEITHER else set()
    if other.keys() != expected:
        raise CorrectedValueUnreadable(facts={"item": said.item.value})
    return {Stands.NOTICE: said.notice_value, Stands.DOCUMENT: said.document_value}.get(stands) or other[said.item]


def _values_of_notice(notices: Sequence[Claim]) -> Mapping[ParticularItem, str]:
    values: dict[ParticularItem, str] = {}
    for each in notices:
        values = _said_by(each) | values
    return values


def _said_by(notice: Claim) -> dict[ParticularItem, str]:
    said: dict[ParticularItem, str] = {ParticularItem.DAY: notice.happened_on.isoformat()}
    if notice.at_time is not None:
        said[ParticularItem.TIME] = notice.at_time
    if notice.employer is not None:
        said[ParticularItem.EMPLOYER] = str(notice.employer)
    return said


def _declared(each: Particular, lines: Collection[WageMonth]) -> str | None:
    """What was declared for the month, by the employer if one is named; None of nothing."""
    employer, month = each.employer, each.month
    wages = [line.wage for line in lines if str(line.month) == month and employer in (None, line.employer)]
    return str(sum(wages)) if wages else None
