"""How much of what was decided is appealed, and how much of what was appealed is overturned."""

from dataclasses import dataclass
from datetime import UTC, date, timedelta
from decimal import ROUND_DOWN, Decimal

from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import start_of_day


@dataclass(frozen=True)
class AppealRate:
    """Appeals of one forum, benefit or reason; ``decisions`` is None where they are told apart by forum."""

    name: str
    decisions: int | None
    filed: int
    open: int
    decided: int
    overturned: int

    @property
    def appeal_rate(self) -> Decimal | None:
        """Filed, of what was decided; None where nothing was."""
        return _share(self.filed, self.decisions)

    @property
    def overturn_rate(self) -> Decimal | None:
        """Overturned, of the appeals that were decided; None where none was."""
        return _share(self.overturned, self.decided)


async def find_appeal_rates(first: date, last: date, by: str, uow: ClaimsUnitOfWork) -> tuple[int, list[AppealRate]]:
    """How many benefits were decided on these days, each time again, and of each name what was filed."""
    begin, end = start_of_day(first), start_of_day(last + timedelta(days=1))
    # As instants begin in what is kept.
    begins, ends = (each.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") for each in (begin, end))
    decisions = await uow.appeals.decisions(by, begins, ends)
    filed = {each.name: each for each in await uow.appeals.counted(by, begin, end)}
    names = sorted({name for name in decisions if name is not None} | filed.keys())
    found = []
    for name in names:
        each = filed.get(name)
        counted = (each.filed, each.open, each.decided, each.overturned) if each else (0, 0, 0, 0)
        found.append(AppealRate(name, decisions.get(name, 0) if by != "forum" else None, *counted))
    return sum(decisions.values()), found


def _share(part: int, whole: int | None) -> Decimal | None:
    if not whole:
        return None
    return (Decimal(part) / whole).quantize(Decimal("0.0001"), ROUND_DOWN)
