"""The month that docs/benefits.md works by hand is booked so by the shipped domain, row by row."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from services.benefits.domain.entitled import EntitlementKey
from services.benefits.domain.ledger import Transfer
from shared.kernel.money import sen_from_ringgit
from tests.oracle.office import OfficeInMemory, Owed, Stated
from tests.oracle.owing import DAY, MONTH, ONCE, Term

PAGE = Path(__file__).resolve().parents[2] / "docs/benefits.md"
BEGINS = date(2026, 9, 30)
UNFIT, UNFIT_OUTSIDE = "temporary_disablement", "non_employment_injury_temporary_disablement"
INJURY, OUTSIDE, INVALIDITY = "employment_injury", "non_employment_injury", "invalidity"

Row = tuple[str, str, str, int, str]


@dataclass
class Daybook(OfficeInMemory):
    """What is booked, in order: the day, both accounts, the sen, and the fund."""

    day: date = BEGINS
    rows: list[Row] = field(default_factory=list)

    def _book(self, moved: Transfer, key: EntitlementKey | None = None) -> None:
        super()._book(moved, key)
        self.rows.append((f"{self.day:%-d %B}", moved.debit, moved.credit, moved.amount_sen, moved.fund))

    async def pass_until(self, day: date) -> None:
        """Each day its work, its bank file, and the bank's answer, and the last one's work alone."""
        while self.day < day:
            await self._pass_a_day()
            self.day += timedelta(days=1)

    async def _pass_a_day(self) -> None:
        await self.work(self.day)
        for line in await self.send():
            await self.hear(line.id, "settled")

    async def owe(self, source: int, revision: int, *owed: Owed) -> None:
        """A claim states this today."""
        await self.state(Stated(source, "claims", revision, owed, owed))


def days(sen: int, first: date, last: date) -> tuple[Term, ...]:
    return (Term(DAY, sen, first, last),)


async def booked() -> list[Row]:
    """What is booked from 14 October to 1 November."""
    office = Daybook()
    for number in range(1, 5):
        await office.enter_account(f"person:{number}")
    august = (date(2026, 8, 6), date(2026, 8, 24))
    await office.owe(1, 1, Owed("act4", UNFIT_OUTSIDE, "person:1", OUTSIDE, days(5040, *august)))
    widow = Owed("act4", "dependants_benefit", "person:4", INJURY, (Term(MONTH, 105_300, date(2026, 10, 1)),))
    await office.owe(4, 1, widow)
    await office.pass_until(date(2026, 10, 14))
    office.rows.clear()
    await office.owe(1, 2, Owed("act4", UNFIT, "person:1", INJURY, days(8400, *august)))
    await office.pass_until(date(2026, 10, 16))
    pension = (Term(ONCE, 94_400, date(2026, 10, 31)), Term(MONTH, 182_900, date(2026, 11, 1)))
    await office.owe(3, 1, Owed("act4", "invalidity_pension", "person:3", INVALIDITY, pension))
    await office.pass_until(date(2026, 10, 20))
    carpenter = days(6000, date(2026, 10, 12), date(2026, 11, 10))
    await office.owe(2, 1, Owed("act4", UNFIT, "person:2", INJURY, carpenter))
    await office.pass_until(date(2026, 11, 2))
    return office.rows


def on_the_page() -> list[Row]:
    """The rows of its table."""
    rows = [line.strip("| ").split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    found = [[each.strip("`") for each in row] for row in rows if len(row) == 6 and row[0][0].isdigit()]
    return [
        (day, debit, credit, sen_from_ringgit(sen.replace(",", "")), fund) for day, _, debit, credit, sen, fund in found
    ]


async def test_the_worked_month_of_the_page_is_what_is_booked() -> None:
    assert len(on_the_page()) == 13
    assert await booked() == on_the_page()
