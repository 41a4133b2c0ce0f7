"""Which of several boards counts: the newer over the older, and an Appellate Board over a Medical Board."""

from collections.abc import Sequence
from datetime import date

from services.claims.domain.boards import Board
from services.claims.domain.evidence import Evidence, EvidenceKind
from shared.kernel.clock import business_day

OF_BOARDS = frozenset((EvidenceKind.PERMANENT_LOSS, EvidenceKind.INVALIDITY))


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
    return [*(each for each in stated if each.kind not in OF_BOARDS), *counted], outranked


def is_review(each: Evidence) -> bool:
    """Whether it was found of a later time, beside what stood until then."""
    return each.stated.get("review") == "yes"


def _place(each: Evidence) -> tuple[date, bool]:
    sat_on = each.stated.get("sat_on")
    return business_day(each.stated_at) if sat_on is None else date.fromisoformat(sat_on), _rank(each)


def _rank(each: Evidence) -> bool:
    return each.stated.get("board") == Board.APPELLATE.value
