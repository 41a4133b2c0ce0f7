"""How much of what is asked was decided straight through, and why people looked at the rest."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from uuid import UUID

from services.claims.storage.straight_through import Answered
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import start_of_day


@dataclass(frozen=True)
class StraightThrough:
    """One question: ``asked`` of so many claims; ``looked_at`` and ``waiting`` by reason, nothing in both."""

    question: str
    asked: int
    straight_through: int
    looked_at: Mapping[str, int] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)

    @property
    def share(self) -> Decimal | None:
        """Of what was answered or looked at, the part that nobody looked at; None where there is nothing of it."""
        reached = self.straight_through + sum(self.looked_at.values())
        if not reached:
            return None
        return (Decimal(self.straight_through) / reached).quantize(Decimal("0.0001"), ROUND_DOWN)


async def find_straight_through(
    first: date, last: date, uow: ClaimsUnitOfWork
) -> tuple[list[StraightThrough], list[UUID]]:
    """Each question of the claims that were received on these days, by its name; and those claims, where they are so
    few that the figures tell of each."""
    days = start_of_day(first), start_of_day(last + timedelta(days=1))
    counted = await uow.straight_through.of(*days)
    by_question: dict[str, list[Answered]] = {}
    for each in counted:
        by_question.setdefault(each.question, []).append(each)
    few = await uow.straight_through.list_few(*days)
    return [_summed(question, each) for question, each in sorted(by_question.items())], few


def _summed(question: str, counted: Iterable[Answered]) -> StraightThrough:
    straight, looked_at, waiting = 0, Counter[str](), Counter[str]()
    for each in counted:
        if each.looked_at_for is not None:
            looked_at[each.looked_at_for] += each.claims
        elif each.is_answered:
            straight += each.claims
        else:
            waiting[each.waits_for or ""] += each.claims
    asked = straight + looked_at.total() + waiting.total()
    return StraightThrough(question, asked, straight, looked_at, waiting)
