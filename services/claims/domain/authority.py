"""Which of several boards counts: the newer over the older, and an Appellate Board over a Medical Board. Which of
several orders: the High Court's over the Social Security Appellate Board's, the newer of either over the older.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from services.claims.domain.boards import Board
from services.claims.domain.evidence import Evidence, EvidenceKind
from shared.kernel.clock import business_day

HIGH_COURT = "high_court"
OF_BOARDS = frozenset((EvidenceKind.PERMANENT_LOSS, EvidenceKind.INVALIDITY))


class Assessed(Protocol):
    """What a board found, as a statement about the claim."""

    @property
    def stated(self) -> Mapping[str, Any]:
        """Its members."""

    @property
    def stated_at(self) -> datetime | None:
        """When it was stated."""


A = TypeVar("A", bound=Assessed)


def in_order_of_authority(stated: Sequence[Evidence]) -> tuple[list[Evidence], list[Evidence]]:
    """The statements that count, those of boards in the order in which these sat, and those that are outranked.

    What an Appellate Board found, no Medical Board finds otherwise, whenever that is stated; its review of a later time
    does. What officers state without naming a board is a Medical Board's of the day of the statement.
    """
    counted: list[Evidence] = []
    outranked: list[Evidence] = []
    for kind in OF_BOARDS:
        of_kind: list[Evidence] = []
        for each in sorted((one for one in stated if one.kind is kind), key=_place):
            is_lower = bool(of_kind) and _rank(each) < _rank(of_kind[-1]) and not is_review(each)
            (outranked if is_lower else of_kind).append(each)
        counted += of_kind
    ordered, reversed_ = _orders([each for each in stated if each.kind is EvidenceKind.ORDER])
    others = (each for each in stated if each.kind not in OF_BOARDS and each.kind is not EvidenceKind.ORDER)
    return [*others, *counted, *ordered], [*outranked, *reversed_]


def _orders(stated: Sequence[Evidence]) -> tuple[list[Evidence], list[Evidence]]:
    """The orders that count, the highest and newest last, and those that a higher one has set aside or varied."""
    taken = {each.stated.get("in_place_of") for each in stated}
    counted = sorted((each for each in stated if str(each.id) not in taken), key=_place_of_order)
    return counted, [each for each in stated if str(each.id) in taken]


def _place_of_order(each: Evidence) -> tuple[bool, str, datetime]:
    return each.stated["forum"] == HIGH_COURT, str(each.stated["ordered_on"]), each.stated_at


def is_review(each: Assessed) -> bool:
    """Whether it was found of a later time, beside what stood until then."""
    return each.stated.get("review") == "yes"


def one_after_the_other(assessed: Sequence[A]) -> list[A]:
    """The assessments that stood one after the other, of those that count: the last one stands now.

    A review follows what stood; whatever is no review takes the place of what it is asked of, else of the last.
    """
    return [each[-1] for each in with_replaced(assessed)]


def with_replaced(assessed: Sequence[A]) -> list[list[A]]:
    """The same, each behind those whose place it took, in the order in which they were made."""
    stood: list[list[A]] = []
    for each in assessed:
        cases = [one[-1].stated.get("case") for one in stood]
        if is_review(each) or not stood:
            stood.append([each])
        else:
            instead = each.stated.get("in_place_of")
            stood[cases.index(instead) if instead in cases else -1].append(each)
    return stood


def day_of_board(each: Assessed) -> date:
    """The day on which the board sat; of what names none, that of the statement."""
    sat_on = each.stated.get("sat_on")
    if sat_on is not None:
        return date.fromisoformat(sat_on)
    return date.min if each.stated_at is None else business_day(each.stated_at)


def _place(each: Evidence) -> tuple[date, bool]:
    return day_of_board(each), _rank(each)


def _rank(each: Evidence) -> bool:
    return each.stated.get("board") == Board.APPELLATE.value
