"""Recoveries of a person or a party: what was paid beyond an entitlement, and how much of it is open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, text

from services.benefits.domain.entitled import EntitlementKey, Source
from services.benefits.domain.parties import party_of
from services.benefits.domain.setting_off import Kept, kept_of_benefit
from services.benefits.storage.recoveries import OPEN_SEN
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import today
from shared.kernel.money import Sen
from shared.law.book import book

# What came back and is open still is all that was to come back. After a restore more may have come back than is open.
_READ = f"""
    SELECT id, claim, scheme, benefit, party, settlement.fund, settlement.source, law, recovery.revision, reference,
           traceparent, opened_at, open_sen + set_off_sen + repaid_sen AS opened_sen, set_off_sen, repaid_sen,
           greatest(open_sen, 0) AS open_sen
    FROM recovery JOIN settlement USING (claim, scheme, benefit, party)
    CROSS JOIN LATERAL (
        SELECT {OPEN_SEN},
               coalesce(sum(amount_sen) FILTER (
                   WHERE credit = 'recoveries_receivable' AND cause NOT IN ('repaid', 'called_in', 'fund_changed')),
                        0)::bigint
               - coalesce(sum(amount_sen) FILTER (WHERE cause = 'recovery_set_off_undone'), 0)::bigint AS set_off_sen,
               coalesce(sum(CASE cause WHEN 'repaid' THEN amount_sen WHEN 'repaid_countered' THEN -amount_sen END),
                        0)::bigint AS repaid_sen
        FROM transfer
        WHERE transfer.claim = recovery.claim AND transfer.scheme = recovery.scheme
              AND transfer.benefit = recovery.benefit AND transfer.party = recovery.party) AS books
    WHERE {{whose}} AND (CAST(:after AS uuid) IS NULL OR recovery.id > :after)
    ORDER BY recovery.id LIMIT :limit
"""  # noqa: S608 - nothing that came from outside stands in it
_OF_PERSON = text(
    _READ.format(
        whose="(recovery.person = ANY (numbers_of(CAST(:person AS bigint))) OR party = ANY (parties_of(:party)))"
    )
)
_OF_PARTY = text(_READ.format(whose="party = :party"))


@dataclass(frozen=True, slots=True)
class RecoveryRead:
    """A recovery with all that was to come back and what of it has; ``kept`` is by the law of today."""

    id: UUID
    claim: UUID
    scheme: str
    benefit: str
    party: str
    fund: str
    kept: Kept
    law: str
    revision: int
    reference: str
    traceparent: str | None
    opened_at: datetime
    opened_sen: Sen
    set_off_sen: Sen
    repaid_sen: Sen
    open_sen: Sen


async def list_recoveries(person: int, after: UUID | None, limit: int, uow: BenefitsUnitOfWork) -> list[RecoveryRead]:
    """The recoveries under a person's claims and those from the person, in the order of their ids, after a position."""
    return await _list(_OF_PERSON, {"person": person, "party": party_of(person), "after": after, "limit": limit}, uow)


async def list_recoveries_from_party(
    party: str, after: UUID | None, limit: int, uow: BenefitsUnitOfWork
) -> list[RecoveryRead]:
    """What is to come back from a party of any kind, in the order of their ids, after a position."""
    return await _list(_OF_PARTY, {"party": party, "after": after, "limit": limit}, uow)


async def _list(query: TextClause, values: Mapping[str, object], uow: BenefitsUnitOfWork) -> list[RecoveryRead]:
    return [_recovery_of(row) for row in await uow.connection.execute(query, values)]


def _recovery_of(row: Row[Any]) -> RecoveryRead:
    key, day = EntitlementKey(row.claim, row.scheme, row.benefit, row.party), today()
    kept = kept_of_benefit(key, Source(row.source), book().on(day, day))
    return RecoveryRead(**{name: getattr(row, name) for name in RecoveryRead.__slots__ if name != "kept"}, kept=kept)
