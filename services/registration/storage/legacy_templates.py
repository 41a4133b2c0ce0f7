"""What the amount of an employer's legacy file means: facts, of which the last one of a part holds."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.contribution import Part, StatedAmount
from services.registration.domain.employer import tenant_of

_STATE = text("""
    INSERT INTO legacy_template_fact (tenant, employer, part, amount, recorded_at, source)
    VALUES (:tenant, :employer, :part, :amount, :recorded_at, :source)
""")
_OF = text("""
    SELECT amount FROM legacy_template_fact WHERE employer = :employer AND part = :part ORDER BY id DESC LIMIT 1
""")
_ALL = text("""
    SELECT DISTINCT ON (part) part, amount, recorded_at, source FROM legacy_template_fact
    WHERE employer = :employer ORDER BY part, id DESC
""")


@dataclass(frozen=True, slots=True)
class LegacyTemplate:
    """What the amount means in the file of an Act, since when, and who said so."""

    part: Part
    amount: StatedAmount
    recorded_at: datetime
    source: str


class LegacyTemplateRepository:
    """The templates that the transaction may see."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def state(self, employer: int, template: LegacyTemplate) -> None:
        """Add what an employer chose."""
        values = {"part": template.part.value, "amount": template.amount.value, "recorded_at": template.recorded_at}
        whose = {"tenant": tenant_of(employer), "employer": employer, "source": template.source}
        await self._connection.execute(_STATE, {**whose, **values})

    async def amount(self, employer: int, part: Part) -> StatedAmount | None:
        """What the amount means; None where nobody said."""
        found: str | None = (
            await self._connection.execute(_OF, {"employer": employer, "part": part.value})
        ).scalar_one_or_none()
        return None if found is None else StatedAmount(found)

    async def list_of(self, employer: int) -> list[LegacyTemplate]:
        """What holds, part by part."""
        rows = await self._connection.execute(_ALL, {"employer": employer})
        return [LegacyTemplate(Part(r.part), StatedAmount(r.amount), r.recorded_at, r.source) for r in rows]
