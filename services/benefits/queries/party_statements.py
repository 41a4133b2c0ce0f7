"""What is stated of parties that are paid by the month, and what they are asked for."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.benefits.domain.certificates_due import form_asked
from services.benefits.domain.statements import CertificateKind
from services.benefits.storage.statements import StatementRead
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import today
from shared.law.book import book

# Whoever is no officer sees its own rows and those of whom it acts for alone, by the database.
_REQUESTS = text("""
    SELECT asked.id, claim, scheme, benefit, asked.party, certificate, due_on, asked_on, reminded_on,
           (SELECT min(told_on) FROM letter_told WHERE letter_told.matter = asked.matter) AS told_on,
           (SELECT min(said.first_on) FROM party_statement AS said
            JOIN party_statement_answer AS word ON word.statement = said.id AND word.counts
            WHERE said.kind = 'certificate' AND said.party = ANY (CAST(parties_of(asked.party) AS text[]))
                  AND said.says = asked.certificate
                  AND said.first_on >= asked.due_on - CAST(:counts_days AS integer) AND NOT said.withdrawn
                  AND NOT EXISTS (
                      SELECT FROM party_statement AS later
                      JOIN party_statement_answer AS last ON last.statement = later.id AND last.counts
                      WHERE later.replaces = said.id)) AS came_on
    FROM certificate_request AS asked
    LEFT JOIN certificate_reminder ON request = asked.id
    WHERE asked.party = ANY (parties_of(CAST(:party AS text)) || CAST(:wards AS text[]))
          AND (due_on, asked.id) > (CAST(:due_on AS date), CAST(:id AS uuid))
    ORDER BY due_on, asked.id LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class RequestRead:
    """A certificate that a payee was asked for, and whether one has come since."""

    id: UUID
    claim: UUID
    scheme: str
    benefit: str
    party: str
    certificate: CertificateKind
    due_on: date
    asked_on: date
    reminded_on: date | None
    told_on: date | None
    came_on: date | None

    @property
    def form(self) -> str:
        """The form on which it comes."""
        return form_asked(self.benefit, self.certificate, self.asked_on)

    @property
    def position(self) -> list[Any]:
        """Where a list goes on."""
        return [self.due_on.isoformat(), str(self.id)]


async def list_statements(party: str, after: UUID | None, limit: int, uow: BenefitsUnitOfWork) -> list[StatementRead]:
    """All that is stated of a party, by whichever of its numbers."""
    return await uow.statements.list_of(party, after, limit)


async def list_own_statements(
    party: str, after: UUID | None, limit: int, uow: BenefitsUnitOfWork
) -> list[StatementRead]:
    """All that is stated of a party, and of those for whom it acts."""
    return await uow.statements.list_own(party, today(), after, limit)


async def list_requests(party: str, after: list[Any] | None, limit: int, uow: BenefitsUnitOfWork) -> list[RequestRead]:
    """Every certificate that a party was asked for, by the day on which it is due."""
    return await _list_requests(party, [], after, limit, uow)


async def list_own_requests(
    party: str, after: list[Any] | None, limit: int, uow: BenefitsUnitOfWork
) -> list[RequestRead]:
    """The same of a party, and of those for whom it acts."""
    return await _list_requests(party, await uow.statements.wards_of(party, today()), after, limit, uow)


async def _list_requests(
    party: str, wards: list[str], after: list[Any] | None, limit: int, uow: BenefitsUnitOfWork
) -> list[RequestRead]:
    due_on, id_ = after or (date.min.isoformat(), str(UUID(int=0)))
    values: dict[str, Any] = {"party": party, "wards": wards, "limit": limit}
    values |= {"due_on": date.fromisoformat(due_on), "id": UUID(id_)}
    values["counts_days"] = book().on(today(), today()).days("act4.certificates.counts_days")
    found = await uow.connection.execute(_REQUESTS, values)
    return [RequestRead(**{**row._asdict(), "certificate": CertificateKind(row.certificate)}) for row in found]
