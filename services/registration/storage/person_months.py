"""Months of employment beside what was declared and paid for them."""

from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.contribution import MONTHLY, number_of
from services.registration.domain.person_months import MissingLine, PersonMonth
from shared.kernel.periods import Month

_OF_PERSON = text("""
    SELECT month, employer, wage_sen, coalesce(declared_sen, 0) AS declared_sen, coalesce(banked_sen, 0) AS banked_sen,
           money_waits
    FROM months_of_person(CAST(:person AS integer), CAST(:to_day AS date))
    WHERE (month, employer) > (:month, :employer) ORDER BY month, employer LIMIT :limit
""")
_MISSING = text("""
    SELECT spell.person, min(lower(spell.days)) AS started_on, bool_or(line.wage_sen IS NOT NULL) AS is_withdrawn
    FROM spell LEFT JOIN known_line AS line
      ON (line.employer, line.month, line.person, line.kind) = (:employer, :month, spell.person, :kind)
    WHERE spell.employer = :employer AND NOT spell.refused AND spell.days && daterange(:first_day, :last_day, '[]')
      AND coalesce(line.wage_sen, 0) = 0 AND spell.person > :after
    GROUP BY spell.person ORDER BY spell.person LIMIT :limit
""")


class PersonMonthRepository:
    """The months of employment that the transaction may see."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of_person(self, person: int, to_day: date, after: tuple[int, int], limit: int) -> list[PersonMonth]:
        """A person's months up to a day by month and employer, after such a position: who asks sees its own."""
        position = {"month": after[0], "employer": after[1]}
        asked = {"person": person, "to_day": to_day, "limit": limit, **position}
        return [PersonMonth(*row) for row in await self._connection.execute(_OF_PERSON, asked)]

    async def missing_lines(self, employer: int, month: Month, after: int, limit: int) -> list[MissingLine]:
        """Who worked for an employer in a month and has no wages declared, by number, after one."""
        days = {"first_day": month.first_day, "last_day": month.last_day}
        asked = {"employer": employer, "month": number_of(month), "kind": MONTHLY, "after": after, "limit": limit}
        return [MissingLine(*row) for row in await self._connection.execute(_MISSING, {**asked, **days})]
