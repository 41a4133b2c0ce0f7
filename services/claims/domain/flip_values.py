"""Which other values a fact of a record can take: its other words, what was stated, another worker's, a reading."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from services.claims.domain.collectors.event import IN_LAW, SIMILAR_WORK
from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.domain.particulars import Inconsistency, ParticularItem
from shared.kernel.money import ringgit
from shared.law.decision import DecisionRecord
from shared.law.fact_types import Fact, Written
from shared.law.figures import Certainty
from shared.law.readings import readings

Pinned: TypeAlias = Mapping[str, tuple[Fact, Written]]
"""The facts that a record holds and nothing works out, by name: as it is declared, and as it is written."""

_OTHER = {"yes": "no", "no": "yes", "true": "no", "false": "yes"}
_EMPLOYMENTS = "employments"


class Because(StrEnum):
    """Why a value is tried."""

    OPPOSITE = "opposite"
    """The fact is one of yes and no."""
    CHOICE = "choice"
    """It is another word that the fact can be."""
    STATED = "stated"
    """Somebody stated it, and it does not count."""
    SIMILAR_WORKER = "similar_worker"
    """It is that of another person in similar work."""
    READING = "reading"
    """The book assumes it, and keeps another reading."""


@dataclass(frozen=True)
class Change:
    """A fact of the questions, or an assumed figure of the book, and the value that it takes."""

    fact: str
    then: Written
    because: Because

    @property
    def is_figure(self) -> bool:
        """Whether it is a figure of the book."""
        return self.because is Because.READING


def changes_of(
    pinned: Pinned,
    records: Iterable[DecisionRecord],
    stated: Sequence[Evidence],
    contradictions: Sequence[Inconsistency],
    similar_wages: Sequence[str],
) -> list[Change]:
    """Each value of each fact once, for the first reason that there is."""
    by_fact = [change for name, (fact, written) in pinned.items() for change in _of_fact(name, fact, written)]
    said = [each for one in stated for each in _of_statement(one, pinned)]
    said += [each for one in contradictions for each in _of_contradiction(one, pinned)]
    similar = [Change(SIMILAR_WORK.fact, each, Because.SIMILAR_WORKER) for each in similar_wages]
    found: dict[tuple[str, str], Change] = {}
    for each in (*said, *similar, *by_fact, *_of_readings(records)):
        if each.is_figure or (each.fact in pinned and each.then != pinned[each.fact][1]):
            found.setdefault((each.fact, str(each.then)), each)
    return list(found.values())


def _of_fact(name: str, fact: Fact, written: Written) -> Iterator[Change]:
    """The other values of one that is yes or no, or one of a few words."""
    if fact.type == "yes_no":
        stands = fact.default if written in ("", None) else written
        yield Change(name, _OTHER.get(str(stands).lower(), "yes"), Because.OPPOSITE)
    elif fact.type == "choice":
        yield from (Change(name, str(each), Because.CHOICE) for each in fact.choices)


def _of_statement(each: Evidence, pinned: Pinned) -> Iterator[Change]:
    """What parties and officers stated, whether it counts or not."""
    said: list[tuple[str, Written]] = []
    match each.kind:
        case EvidenceKind.FINDING:
            said.append((str(each.stated["fact"]), str(each.stated["found"])))
        case EvidenceKind.ORDER:
            said += [(str(fact), str(found)) for fact, found in each.stated.get("facts", {}).items()]
        case EvidenceKind.CIRCUMSTANCES:
            said += _circumstances(each.stated)
        case EvidenceKind.PERMANENT_LOSS:
            said.append(("loss", str(each.stated["percent"])))
        case EvidenceKind.INVALIDITY:
            said += [(name.replace("_", " "), str(each.stated[name])) for name in ("certified", "earning_capacity")]
        case EvidenceKind.CERTIFICATE if each.days is not None and each.issued_on is not None:
            certified: dict[str, Written] = {
                "issued on": each.issued_on.isoformat(),
                "certified": f"{each.days.first} to {each.days.last}",
            }
            said += _added("certificates", [certified], pinned)
        case EvidenceKind.WAGES_PAID:
            said += _added("worked with wages", [day.isoformat() for day in each.wage_days], pinned)
    yield from (Change(fact, value, Because.STATED) for fact, value in said)


def _circumstances(stated: Mapping[str, Any]) -> list[tuple[str, Written]]:
    words = {True: "yes", False: "no"}
    return [
        ("circumstance", IN_LAW[str(stated["place"])]),
        ("interrupted or deviated", words[bool(stated.get("interrupted"))]),
        ("outside Malaysia", words[bool(stated.get("outside_malaysia"))]),
    ]


def _added(fact: str, more: Sequence[Written], pinned: Pinned) -> list[tuple[str, Written]]:
    """A list with what it does not hold yet."""
    held = pinned[fact][1] if fact in pinned else []
    listed = held if isinstance(held, list) else [held]
    missing = [each for each in more if each not in listed]
    return [(fact, [*listed, *missing])] if missing else []


def _of_contradiction(each: Inconsistency, pinned: Pinned) -> Iterator[Change]:
    """The value of a document, or of whoever was heard, of the day or of a wage."""
    said = each.said
    if said.item is ParticularItem.DAY:
        yield Change("accident", said.document_value, Because.STATED)
    if said.item is ParticularItem.WAGE and _EMPLOYMENTS in pinned:
        month, _, employer = said.about.partition("/")
        then = _with_wage(pinned[_EMPLOYMENTS][1], month, employer, ringgit(int(said.document_value)))
        yield Change(_EMPLOYMENTS, then, Because.STATED)


def _with_wage(employments: Any, month: str, employer: str, wage: str) -> Written:
    """The employments with another wage of a month, of the employer that is named, else of each that declared one."""
    return [
        {**each, "wages": {**each["wages"], month: [wage]}}
        if employer in ("", each["employer"]) and month in each["wages"]
        else each
        for each in employments
    ]


def _of_readings(records: Iterable[DecisionRecord]) -> Iterator[Change]:
    """Each figure that the records read and the book assumes, by the other reading that it keeps."""
    read = {each["figure"]: each["certainty"] for record in records for each in record.body["figures"]}
    for each in readings():
        if read.get(each.figure) == Certainty.ASSUMED.value:
            yield Change(each.figure, str(each.other), Because.READING)
