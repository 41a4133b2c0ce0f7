"""What is stated as owed: the newest revision of each claim, or of a payable, with all that it says."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.entitled import EntitlementKey, Term
from services.benefits.storage import tables as t
from shared.law.decision import Per

# What the revision before said goes; what was granted under one before is overtaken, from this transaction on. It has
# written the rows of `assessment`: so it has waited for a settling of the same claims, and keeps others out.
_OVERTAKE = text("""
    WITH owed AS (DELETE FROM entitlement WHERE claim = ANY(CAST(:claims AS uuid[]))),
         terms AS (DELETE FROM entitlement_term WHERE claim = ANY(CAST(:claims AS uuid[]))),
         refused AS (DELETE FROM refusal WHERE claim = ANY(CAST(:claims AS uuid[])))
    INSERT INTO overtaken (party, scheme, claim, benefit)
    SELECT party, scheme, claim, benefit
    FROM (SELECT party, scheme, claim, benefit FROM settlement WHERE claim = ANY(CAST(:claims AS uuid[]))
          UNION SELECT party, scheme, claim, benefit FROM payment
          WHERE claim = ANY(CAST(:claims AS uuid[]))) AS granted
    JOIN assessment USING (claim) LEFT JOIN settlement USING (claim, scheme, benefit, party)
    WHERE coalesce(settlement.revision, 0) < assessment.revision
    ON CONFLICT (party, scheme, claim, benefit) DO UPDATE SET is_looked_at = false
""")
# Of a term: what is owed to the party, or what the party pays back.
_OUT, _BACK = "out", "back"


@dataclass(frozen=True, slots=True)
class Decided:
    """One revision of a claim or payable as rows of the projection, the terms of what it owes, and of what of that is
    paid back."""

    assessment: Mapping[str, Any]
    entitlements: Sequence[Mapping[str, Any]] = ()
    terms: Mapping[EntitlementKey, Sequence[Term]] = field(default_factory=dict)
    refusals: Sequence[Mapping[str, Any]] = ()
    repayments: Mapping[EntitlementKey, Sequence[Term]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stated:
    """What the newest revision that arrived says of an entitlement; no terms: it is owed no more, by no ``fund``."""

    revision: int
    terms: tuple[Term, ...]
    fund: str | None
    repayment: tuple[Term, ...] = ()
    law: str | None = None


class StatedByAnother(RuntimeError):
    """What one owner states as owed has the id of what another does, or of its own under another source: somebody must
    look."""


class EntitlementProjection:
    """The projection of all that is stated as owed, inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, decided: Sequence[Decided]) -> None:
        """Keep the newest revision of each with all that it says; an older or equal one changes nothing.

        ``decided`` holds each claim or payable once. Raises StatedByAnother.
        """
        in_order = sorted(decided, key=lambda each: str(each.assessment["claim"]))
        if not in_order:
            return
        statement = upsert(t.assessment).values([each.assessment for each in in_order])
        newer = statement.on_conflict_do_update(
            index_elements=[t.assessment.c.claim],
            set_={column.name: statement.excluded[column.name] for column in t.assessment.c},
            where=(t.assessment.c.owner == statement.excluded.owner)
            & (t.assessment.c.source == statement.excluded.source)
            & (t.assessment.c.revision < statement.excluded.revision),
        )
        changed = set((await self._connection.execute(newer.returning(t.assessment.c.claim))).scalars())
        await self._must_be_own({each.assessment["claim"]: _origin(each.assessment) for each in in_order}, changed)
        await self._replace([each for each in in_order if each.assessment["claim"] in changed], changed)

    async def find(self, key: EntitlementKey) -> Stated | None:
        """The entitlement by the newest revision that arrived; None while there is none of its claim."""
        # One statement, so that the revision and its terms are of one moment.
        term = t.entitlement_term
        owed, stated = (
            and_(*(table.c[name] == value for name, value in asdict(key).items())) for table in (t.entitlement, term)
        )
        columns = (t.assessment.c.revision, t.entitlement.c.fund, t.entitlement.c.law)
        query = (
            select(*columns, term.c.direction, term.c.per, term.c.sen, term.c.first_day, term.c.last_day)
            .join_from(t.assessment, t.entitlement, owed, isouter=True)
            .join(term, stated, isouter=True)
            .where(t.assessment.c.claim == key.claim)
            .order_by(term.c.number)
        )
        rows = (await self._connection.execute(query)).all()
        if not rows:
            return None
        out, back = (tuple(term_of(row) for row in rows if row.direction == direction) for direction in (_OUT, _BACK))
        return Stated(rows[0].revision, out, rows[0].fund, back, rows[0].law)

    async def _must_be_own(self, origins: Mapping[UUID, tuple[str, str]], changed: Collection[UUID]) -> None:
        unchanged = origins.keys() - changed
        if not unchanged:
            return
        columns = (t.assessment.c.claim, t.assessment.c.owner, t.assessment.c.source)
        for row in await self._connection.execute(select(*columns).where(columns[0].in_(unchanged))):
            if (known := (row.owner, row.source)) != (stated := origins[row.claim]):
                raise StatedByAnother(f"a {stated[1]} of {stated[0]} has the id of a {known[1]} of {known[0]}")

    async def _replace(self, decided: Sequence[Decided], claims: Collection[UUID]) -> None:
        if claims:
            await self._connection.execute(_OVERTAKE, {"claims": sorted(claims)})
        for table, rows in (
            (t.entitlement, [row for each in decided for row in each.entitlements]),
            (t.entitlement_term, [row for each in decided for row in _terms_of(each)]),
            (t.refusal, [row for each in decided for row in each.refusals]),
        ):
            if rows:
                await self._connection.execute(insert(table), rows)


def term_of(row: Row[Any]) -> Term:
    """The term in a row of its table."""
    return Term(Per(row.per), row.sen, row.first_day, row.last_day)


def _origin(assessment: Mapping[str, Any]) -> tuple[str, str]:
    return assessment["owner"], assessment["source"]


def _terms_of(decided: Decided) -> Iterator[dict[str, Any]]:
    """The terms of both directions, numbered through."""
    for key, terms in decided.terms.items():
        directed = [(_OUT, term) for term in terms] + [(_BACK, term) for term in decided.repayments.get(key, ())]
        for number, (direction, term) in enumerate(directed):
            days = {"first_day": term.first, "last_day": term.last}
            stated = {"number": number, "direction": direction, "per": term.per, "sen": term.sen}
            yield {**asdict(key), **stated, **days}
