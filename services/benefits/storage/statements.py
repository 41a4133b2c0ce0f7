"""What is stated of parties that are paid by the month; all of it is only added to."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.certificates import Beside
from services.benefits.domain.entitled import EntitlementKey
from services.benefits.domain.errors import PartyStatementUnknown
from services.benefits.domain.statements import GivenBy, Ground, PartyStatement, StatementKind
from services.benefits.domain.waiting import WaitingReason
from services.benefits.storage import tables as t
from shared.kernel.money import Sen
from shared.kernel.officers import Officers

# What is known again after a restore: for whom it was stated, and by whom it was let count, as far as anybody knows.
OWN = "organisation:1"
LET_AGAIN = {"proposed_by": "benefits", "approved_by": "benefits:restore"}
# By the number that survives of a person's.
_ONE = "hashtextextended('party_statement/' || (parties_of(CAST(:party AS text)))[1], 0)"
_LOCK, _TRY_LOCK = text(f"SELECT pg_advisory_xact_lock({_ONE})"), text(f"SELECT pg_try_advisory_xact_lock({_ONE})")
_COLUMNS = """
    stated.id, kind, party, claim, scheme, benefit, says, first_on, last_on, holder, evidence, stated.replaces,
    withdrawn, stated_by, stated_at, earned_sen, average_sen, answer.counts, answer.proposed_by, answer.approved_by,
    answer.at
"""
# What is stated of a claim that joined another is of that one now.
_COLUMNS_NOW = _COLUMNS.replace(" claim,", " claim_now(claim) AS claim,")
_FIND = text(f"""
    SELECT {_COLUMNS} FROM party_statement AS stated
    LEFT JOIN party_statement_answer AS answer ON answer.statement = stated.id WHERE stated.id = :id
""")  # noqa: S608 - constants
_OF_PARTY = text(f"""
    SELECT {_COLUMNS} FROM party_statement AS stated
    LEFT JOIN party_statement_answer AS answer ON answer.statement = stated.id
    WHERE party = ANY (parties_of(CAST(:party AS text))) AND (CAST(:after AS uuid) IS NULL OR stated.id > :after)
    ORDER BY stated.id LIMIT :limit
""")  # noqa: S608 - constants
# For whom somebody acts on a day, by each of their numbers.
_WARDS = """
    SELECT DISTINCT unnest(CAST(parties_of(party) AS text[])) AS ward FROM party_statement
    WHERE kind = 'acting' AND holder = ANY (CAST(parties_of(CAST(:party AS text)) AS text[]))
          AND acts_for(:party, party, CAST(:day AS date))
"""
# The day by which the database decides what whoever acts for somebody sees: the business clock's, until the end of the
# transaction.
_SEE = text("SELECT set_config('jaring.today', CAST(CAST(:day AS date) AS text), true)")
_WARDS_OF = text(f"{_WARDS} ORDER BY ward")
_ALL_OF_PARTY = text(f"""
    SELECT {_COLUMNS_NOW} FROM party_statement AS stated
    LEFT JOIN party_statement_answer AS answer ON answer.statement = stated.id
    WHERE party = ANY (parties_of(CAST(:party AS text))) ORDER BY stated.id
""")  # noqa: S608 - constants
# Of a payee's own and of those for whom it acts: two reads, each by an index.
_OWN = text(f"""
    SELECT * FROM (
        (SELECT {_COLUMNS} FROM party_statement AS stated
         LEFT JOIN party_statement_answer AS answer ON answer.statement = stated.id
         WHERE party = ANY (CAST(parties_of(CAST(:party AS text)) AS text[]))
               AND (CAST(:after AS uuid) IS NULL OR stated.id > :after)
         ORDER BY stated.id LIMIT :limit)
        UNION
        (SELECT {_COLUMNS} FROM party_statement AS stated
         LEFT JOIN party_statement_answer AS answer ON answer.statement = stated.id
         WHERE party IN ({_WARDS}) AND (CAST(:after AS uuid) IS NULL OR stated.id > :after)
         ORDER BY stated.id LIMIT :limit)) AS own
    ORDER BY id LIMIT :limit
""")  # noqa: S608 - constants
_COUNTING = text(f"""
    SELECT {_COLUMNS} FROM party_statement AS stated
    JOIN party_statement_answer AS answer ON answer.statement = stated.id AND answer.counts
    WHERE CAST(:after AS uuid) IS NULL OR stated.id > :after ORDER BY stated.id LIMIT :limit
""")  # noqa: S608 - constants
_ANSWERED = text("""
    SELECT count(*) FROM party_statement AS stated JOIN party_statement_answer AS answer ON answer.statement = stated.id
    WHERE party = ANY (parties_of(CAST(:party AS text))) AND kind = :kind
""")
_AVERAGE = text("""
    SELECT average_sen FROM entitlement
    WHERE (claim, scheme, benefit, party)
          = (CAST(:claim AS uuid), CAST(:scheme AS text), CAST(:benefit AS text), CAST(:party AS text))
""")
_IS_PAYEE = text("SELECT is_payee(:party)")
_IS_ONE = text("SELECT CAST(:other AS text) = ANY (parties_of(CAST(:party AS text)))")
_ACTS = text("SELECT acts_for(:holder, :party, CAST(:day AS date))")
_ACTING = text("""
    SELECT DISTINCT holder FROM party_statement
    WHERE kind = 'acting' AND party = ANY (CAST(parties_of(CAST(:party AS text)) AS text[]))
          AND acts_for(holder, party, CAST(:day AS date)) ORDER BY holder
""")
_COUNTS_OF_PAYEE = """
    SELECT FROM party_statement AS other JOIN party_statement_answer AS word
           ON word.statement = other.id AND word.counts
    WHERE other.party = ANY (whose.parties)
"""
_BESIDE = text(f"""
    SELECT tenant,
           EXISTS (SELECT FROM certificate_request AS asked
                   WHERE asked.party = ANY (whose.parties) AND asked.certificate = said.says
                         AND asked.due_on > said.first_on - 365) AS is_asked,
           EXISTS (SELECT FROM known_death WHERE known_death.party = ANY (whose.parties)
                                                 AND died_on IS NOT NULL) AS is_dead,
           EXISTS (SELECT FROM settlement WHERE settlement.party = ANY (whose.parties)
                   AND waiting @> '[{{"reason": "{WaitingReason.CERTIFICATE_MISSING}"}}]') AS is_held_back,
           EXISTS ({_COUNTS_OF_PAYEE} AND kind = 'certificate' AND other.withdrawn) AS was_withdrawn,
           EXISTS (SELECT FROM party_statement AS other
                   WHERE kind = 'certificate' AND other.evidence = said.evidence
                         AND other.party <> ALL (whose.parties)) AS is_used,
           EXISTS ({_COUNTS_OF_PAYEE} AND kind = 'suspension' AND other.says = '{Ground.FRAUD}' AND NOT other.withdrawn
                   AND NOT EXISTS (
                       SELECT FROM party_statement AS later JOIN party_statement_answer AS last
                              ON last.statement = later.id AND last.counts
                       WHERE later.replaces = other.id)) AS is_of_fraud,
           EXISTS ({_COUNTS_OF_PAYEE} AND kind = 'certificate' AND other.holder = '{GivenBy.OFFICER}'
                   AND other.first_on > said.first_on - CAST(:lives_here_for AS integer))
           AND NOT EXISTS ({_COUNTS_OF_PAYEE} AND kind = 'certificate' AND other.holder = '{GivenBy.FOREIGN_AUTHORITY}'
                           AND other.first_on > said.first_on - CAST(:lives_here_for AS integer)) AS lives_here
    FROM party_statement AS said
    CROSS JOIN LATERAL (SELECT CAST(parties_of(said.party) AS text[]) AS parties) AS whose
    WHERE said.id = :id
""")  # noqa: S608 - constants
_MONTHLY = text("""
    SELECT EXISTS (
        SELECT FROM entitlement_term JOIN assessment USING (claim)
        WHERE (claim, scheme, benefit, party)
              = (CAST(:claim AS uuid), CAST(:scheme AS text), CAST(:benefit AS text), CAST(:party AS text))
              AND per = 'month' AND direction = 'out' AND source = 'claim')
""")


@dataclass(frozen=True, slots=True)
class StatementRead:
    """A statement, and the word of two officers on it."""

    statement: PartyStatement
    proposed_by: str | None
    approved_by: str | None
    answered_at: datetime | None

    @property
    def id(self) -> UUID:
        """By which a list goes on."""
        return self.statement.id

    @property
    def counted_at(self) -> datetime:
        """When it was decided; of one that was not, when it was stated."""
        return self.answered_at or self.statement.stated_at


class StatementRepository:
    """Reads and adds statements about parties inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self, party: str) -> None:
        """Nobody else decides about the party until the transaction ends."""
        await self._connection.execute(_LOCK, {"party": party})

    async def try_lock(self, party: str) -> bool:
        """The same, unless somebody decides about it now."""
        return bool((await self._connection.execute(_TRY_LOCK, {"party": party})).scalar_one())

    async def add(self, said: PartyStatement, tenant: str) -> None:
        """Keep what is stated; nothing of it counts yet."""
        of_benefit = asdict(said.key) if said.key else {"claim": None, "scheme": None, "benefit": None}
        about = {name: of_benefit[name] for name in ("claim", "scheme", "benefit")}
        stated = {name: getattr(said, name) for name in PartyStatement.__slots__ if name not in ("key", "counts")}
        values = {**stated, **about, "tenant": tenant}
        await self._connection.execute(upsert(t.party_statement).values(values).on_conflict_do_nothing())

    async def get(self, id_: UUID) -> PartyStatement:
        """One that is known; raises PartyStatementUnknown."""
        row = (await self._connection.execute(_FIND, {"id": id_})).one_or_none()
        if row is None:
            raise PartyStatementUnknown(facts={"statement": str(id_)})
        return _statement_of(row)

    async def list_all_of(self, party: str) -> list[PartyStatement]:
        """All that is stated of a party by whichever of its numbers, in order, each of the claim that stands now."""
        found = await self._connection.execute(_ALL_OF_PARTY, {"party": party})
        return [_statement_of(row) for row in found]

    async def answer(self, said: PartyStatement, counts: bool, officers: Officers) -> None:
        """The word of two officers; the database refuses a second one that counts in the place of another statement."""
        of_statement = {"statement": said.id, "replaces": said.replaces}
        values = {**of_statement, "tenant": officers.tenant, "counts": counts, **officers.row}
        await self._connection.execute(insert(t.party_statement_answer).values(values))

    async def answered(self, party: str, kind: StatementKind) -> int:
        """How many of a kind were decided of a party."""
        values = {"party": party, "kind": kind.value}
        return int((await self._connection.execute(_ANSWERED, values)).scalar_one())

    async def acts_for(self, holder: str, party: str, day: date) -> bool:
        """Whether somebody acts for a party on a day, and so sees what is theirs until the transaction ends."""
        await self._connection.execute(_SEE, {"day": day})
        values = {"holder": holder, "party": party, "day": day}
        return bool((await self._connection.execute(_ACTS, values)).scalar_one())

    async def written_to(self, party: str, day: date) -> tuple[str, ...]:
        """To whom letters to a party go on a day: to whoever acts for it, else to the party."""
        acting = (await self._connection.execute(_ACTING, {"party": party, "day": day})).scalars()
        return tuple(acting) or (party,)

    async def beside(self, id_: UUID, lives_here_for: int) -> Beside:
        """What is known beside a certificate."""
        about = {"id": id_, "lives_here_for": lives_here_for}
        return Beside(**(await self._connection.execute(_BESIDE, about)).one()._asdict())

    async def is_one(self, party: str, other: str) -> bool:
        """Whether both are numbers of one party."""
        return bool((await self._connection.execute(_IS_ONE, {"party": party, "other": other})).scalar_one())

    async def is_payee(self, party: str) -> bool:
        """Whether anything is or was owed to a party."""
        return bool((await self._connection.execute(_IS_PAYEE, {"party": party})).scalar_one())

    async def average_of(self, key: EntitlementKey) -> Sen | None:
        """The average wage by which a benefit is rated, as claims states it."""
        found: Sen | None = (await self._connection.execute(_AVERAGE, asdict(key))).scalar_one_or_none()
        return found

    async def is_monthly(self, key: EntitlementKey) -> bool:
        """Whether it is a benefit of a claim that is owed by the month."""
        return bool((await self._connection.execute(_MONTHLY, asdict(key))).scalar_one())

    async def list_of(self, party: str, after: UUID | None, limit: int) -> list[StatementRead]:
        """All that is stated of a party, in order, after one."""
        return await self._list(_OF_PARTY, party, after, limit)

    async def list_own(self, party: str, day: date, after: UUID | None, limit: int) -> list[StatementRead]:
        """All that is stated of a party and of those for whom it acts on a day, in order, after one."""
        await self._connection.execute(_SEE, {"day": day})
        return await self._list(_OWN, party, after, limit, day=day)

    async def wards_of(self, party: str, day: date) -> list[str]:
        """For whom a party acts on a day, by which it sees what is theirs until the end of the transaction."""
        await self._connection.execute(_SEE, {"day": day})
        return list((await self._connection.execute(_WARDS_OF, {"party": party, "day": day})).scalars())

    async def list_counting(self, after: UUID | None, limit: int) -> list[StatementRead]:
        """All that counts of anybody, in order, after one."""
        return await self._list(_COUNTING, "", after, limit)

    async def recall(self, said: PartyStatement, at: datetime) -> None:
        """Know one again that counts; who stated it and let it count was not published. What is known stays."""
        await self.add(said, OWN)
        answer = {"statement": said.id, "replaces": said.replaces, "tenant": OWN, "counts": True, **LET_AGAIN, "at": at}
        await self._connection.execute(upsert(t.party_statement_answer).values(answer).on_conflict_do_nothing())

    async def _list(self, what: Any, party: str, after: UUID | None, limit: int, **about: date) -> list[StatementRead]:
        found = await self._connection.execute(what, {"party": party, "after": after, "limit": limit, **about})
        return [StatementRead(_statement_of(row), row.proposed_by, row.approved_by, row.at) for row in found]


def _statement_of(row: Row[Any]) -> PartyStatement:
    key = None if row.claim is None else EntitlementKey(row.claim, row.scheme, row.benefit, row.party)
    stated = {name: getattr(row, name) for name in PartyStatement.__slots__ if name not in ("key", "kind")}
    return PartyStatement(**stated, kind=StatementKind(row.kind), key=key)
