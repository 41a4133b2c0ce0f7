"""Months of employment beside what was declared and paid for them."""

from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.contribution import MONTHLY, number_of
from services.registration.domain.person_months import MissingLine, PersonMonth
from shared.kernel.periods import Month

_OF_PERSON = text("""
    SELECT month, employer, wage_sen, coalesce(declared_sen, 0) AS declared_sen, coalesce(banked_sen, 0) AS banked_sen,
           money_waits, is_taken_over, taken_over_on, first_month
    FROM months_of_person(CAST(:person AS integer), CAST(:to_day AS date))
    WHERE (month, employer) > (:month, :employer) ORDER BY month, employer LIMIT :limit
""")
# Not of who was employed in the month by what was taken over alone, where the month is of before that.
_MISSING = text("""
    SELECT spell.person, min(lower(spell.days)) AS started_on, bool_or(line.wage_sen IS NOT NULL) AS is_withdrawn
    FROM (SELECT min(first_month) AS month FROM opening_month WHERE employer = :employer) AS taken
    CROSS JOIN spell LEFT JOIN known_line AS line
      ON (line.employer, line.month, line.person, line.kind) = (:employer, :month, spell.person, :kind)
    WHERE spell.employer = :employer AND NOT spell.refused AND spell.days && daterange(:first_day, :last_day, '[]')
      AND coalesce(line.wage_sen, 0) = 0 AND spell.person > :after
    GROUP BY spell.person, taken.month
    HAVING bool_or(line.wage_sen IS NOT NULL)
        OR NOT bool_and(EXISTS (SELECT FROM spell_fact AS fact
                                WHERE fact.spell = spell.spell AND fact.source = 'opening'))
        OR CASE WHEN taken.month IS NOT NULL THEN CAST(:month AS integer) >= taken.month
                ELSE CAST(:due AS date) >= min(spell.stated_on) END
    ORDER BY spell.person LIMIT :limit
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

    async def missing_lines(
        self, employer: int, month: Month, due: date | None, after: int, limit: int
    ) -> list[MissingLine]:
        """Who worked for an employer in a month, due on a day, and has no wages declared, by number, after one."""
        days = {"first_day": month.first_day, "last_day": month.last_day}
        asked = {"employer": employer, "month": number_of(month), "kind": MONTHLY, "after": after, "limit": limit}
        found = await self._connection.execute(_MISSING, {**asked, **days, "due": due})
        return [MissingLine(*row) for row in found]
