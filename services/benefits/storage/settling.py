"""What one settling reads and writes: a statement to begin, one to read where it stands, one to write what it did.

Most entitlements are settled once, of a party that owes nothing: whatever is empty then is asked for with the rest.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.benefits.domain.calendar import Reached
from services.benefits.domain.conditions import NONE, Conditions
from services.benefits.domain.entitled import Entitled, EntitlementKey, Source, Term
from services.benefits.domain.ledger import GRANTED
from services.benefits.domain.payments import PaymentState
from services.benefits.domain.settlement import Pay
from services.benefits.domain.waiting import Waiting, WaitingReason
from services.benefits.storage.conditions import conditions_as, conditions_of
from services.benefits.storage.ledger import BOOKED, NET_OF, LedgerRepository, Line, columns_of
from services.benefits.storage.owed_days import OF_PAYABLE, TakenDays
from services.benefits.storage.payees import BLOCKED, blocked_of
from services.benefits.storage.settlements import LOCK_PARTY
from shared.kernel.clock import now
from shared.kernel.money import Sen
from shared.kernel.periods import Days
from shared.law.decision import Per

_CONDITIONS = conditions_as(
    claim=":claim", scheme=":scheme", benefit=":benefit", party=":party", parties="parties_of(CAST(:party AS text))"
)
_KEY = "claim = :claim AND scheme = :scheme AND benefit = :benefit AND party = :party"
# A revision that came is not settled yet: by it something may be to come back. A party may have been granted very much:
# what of it a newer revision has overtaken stands in a table of its own, which `keep` and `overtake` fill. Of another
# Act it counts too: that it is set off may be agreed.
OVERTAKEN = """
    SELECT claim, scheme, benefit, party
    FROM overtaken JOIN assessment USING (claim) LEFT JOIN settlement USING (claim, scheme, benefit, party)
    WHERE party = ANY (CAST((SELECT parties_of(CAST(:party AS text))) AS text[])) AND NOT is_looked_at
          AND coalesce(settlement.revision, 0) < assessment.revision
          AND (claim, scheme, benefit, party) <> (CAST(:claim AS uuid), :scheme, :benefit, :party)
    ORDER BY claim, scheme, benefit, party LIMIT :limit
"""
# The turn comes before all other locks; then what is stated of all these claims is locked in the order in which
# revisions come, so that the next one waits for the end of this settling. The count has each of them locked.
# Hazard: this statement sees what was committed before it had the turn. What the settling before it did is read by the
# statements after it; here it may find only that something is still overtaken that is settled by now: no harm in that.
_BEGIN = text(f"""
    WITH turn AS MATERIALIZED (SELECT {LOCK_PARTY} AS is_ours),
         beyond AS MATERIALIZED ({OVERTAKEN}),
         known AS MATERIALIZED (
            SELECT claim FROM assessment
            WHERE (SELECT is_ours FROM turn) AND claim = ANY(ARRAY(SELECT claim FROM beyond) || CAST(:claim AS uuid))
            ORDER BY claim FOR SHARE)
    SELECT is_ours, (SELECT count(*) FILTER (WHERE claim = :claim) FROM known) > 0 AS is_known,
           (parties_of(CAST(:party AS text)))[1] AS one, beyond.*
    FROM turn LEFT JOIN beyond ON is_ours ORDER BY claim, scheme, benefit, party
""")  # noqa: S608 - constants
# What is left out of a revision is brought down where it is seen to be settled; after a restore its payments alone may
# be known. The fund is the one of the last settling: what is owed no more names none. Nothing is settled by an older
# revision than the one by which it was settled, or anything of it was paid or paid back. Of the days that the party is
# owed already its own are read, and where it is a benefit those that it states and another benefit has, whatever their
# loss was called: two reads, each by an index, since a party may have very many.
_STAND = text(f"""
    WITH stood AS MATERIALIZED (
            SELECT owner, source, person, fund, revision, settled_on, due_until, months_until, waiting
            FROM settlement WHERE {_KEY} FOR UPDATE),
         opened AS (
            INSERT INTO settlement (claim, scheme, benefit, party, owner, source, person, fund, revision, settled_on,
                                    waiting)
            SELECT claim, scheme, benefit, party, owner, source, person, fund, 0, CAST(:today AS date), '[]'
            FROM (SELECT claim, scheme, benefit, party, assessment.owner, assessment.source, assessment.person,
                         entitlement.fund, NULL::uuid AS payment FROM entitlement JOIN assessment USING (claim)
                  UNION ALL SELECT claim, scheme, benefit, party, owner, source, person, fund, id
                  FROM payment) AS granted
            WHERE {_KEY} AND NOT EXISTS (SELECT FROM stood)
            ORDER BY payment DESC NULLS FIRST LIMIT 1
            ON CONFLICT (claim, scheme, benefit, party) DO NOTHING
            RETURNING owner, source, person, fund, revision, settled_on, due_until, months_until, waiting),
         standing AS (SELECT * FROM stood UNION ALL SELECT * FROM opened)
    SELECT standing.owner, standing.source, standing.person, standing.fund AS settled_fund, standing.settled_on,
           standing.due_until, standing.months_until,
           standing.waiting @> '[{{"reason": "{WaitingReason.PAYEE_DIED}"}}]' AS waited_for_heirs,
           greatest(standing.revision, paid.revision, repaid.revision) AS settled_revision, paid.has_payments,
           assessment.revision, stated.fund, stated.law, stated.whole_sen, term.*, taken.*, net.*, account.*,
           EXISTS (SELECT FROM recovery WHERE party = ANY (parties_of(CAST(:party AS text)))
                         AND (claim, scheme, benefit, party)
                             <> (CAST(:claim AS uuid), :scheme, :benefit, :party)) AS has_debts,
           parties_of(CAST(:party AS text)) AS parties, merge_held_until(:party) AS merge_held_until,
           conditions.*
    FROM standing JOIN assessment ON assessment.claim = :claim
    LEFT JOIN (SELECT fund, law, whole_sen FROM entitlement WHERE {_KEY}) AS stated ON true
    CROSS JOIN (SELECT array_agg(direction ORDER BY number) AS directions, array_agg(per ORDER BY number) AS pers,
                       array_agg(sen ORDER BY number) AS sens, array_agg(first_day ORDER BY number) AS firsts,
                       array_agg(last_day ORDER BY number) AS lasts
                FROM entitlement_term WHERE {_KEY}) AS term
    CROSS JOIN (SELECT array_agg(claim ORDER BY days) AS taken_claims, array_agg(scheme ORDER BY days) AS taken_schemes,
                       array_agg(benefit ORDER BY days) AS taken_benefits,
                       array_agg(party ORDER BY days) AS taken_parties,
                       array_agg(loss ORDER BY days) AS taken_losses,
                       array_agg(lower(days) ORDER BY days) AS taken_firsts,
                       array_agg(upper(days) - 1 ORDER BY days) AS taken_lasts
                FROM (SELECT * FROM owed_days WHERE {_KEY}
                      UNION ALL SELECT * FROM owed_days
                      WHERE party = ANY (parties_of(CAST(:party AS text)))
                            AND (claim, scheme, benefit, party) <> (CAST(:claim AS uuid), :scheme, :benefit, :party)
                            AND NOT starts_with(loss, '{OF_PAYABLE}')
                            AND days && (SELECT range_agg(daterange(first_day, last_day, '[]')) FROM entitlement_term
                                         WHERE {_KEY} AND direction = 'out' AND per = 'day'
                                               AND (SELECT source FROM standing) = '{Source.CLAIM}')) AS had) AS taken
    CROSS JOIN (SELECT max(revision) AS revision, count(*) > 0 AS has_payments FROM payment WHERE {_KEY}) AS paid
    CROSS JOIN (SELECT max(transfer.revision) AS revision
                FROM recovery JOIN transfer USING (claim, scheme, benefit, party)
                WHERE {_KEY} AND cause = 'repaid') AS repaid
    CROSS JOIN (SELECT array_agg(fund) AS funds, array_agg(net_sen) AS nets, array_agg(recovery_sen) AS recoveries
                FROM ({NET_OF}) AS of_fund) AS net
    CROSS JOIN ({_CONDITIONS}) AS conditions
    LEFT JOIN ({BLOCKED}) AS account ON true
""")  # noqa: S608 - constants
# Of one settling: the days that it is the first to take, its payments, its entry in the books, and how far it came.
_WRITE = text(f"""
    WITH days AS (
            INSERT INTO owed_days (claim, scheme, benefit, party, loss, days)
            SELECT CAST(:claim AS uuid), :scheme, :benefit, :party, :loss, daterange(first_day, last_day, '[]')
            FROM unnest(CAST(:firsts AS date[]), CAST(:lasts AS date[])) AS stretch (first_day, last_day)),
         paid AS (
            INSERT INTO payment (id, tenant, claim, scheme, benefit, party, owner, source, person, fund, kind, revision,
                                 period_first, period_last, replaces, amount_sen, end_to_end_id, state, traceparent,
                                 correlation_id, created_at)
            SELECT id, 'organisation:1', CAST(:claim AS uuid), :scheme, :benefit, :party, :owner, :source,
                   CAST(:person AS bigint), :fund, kind, revision, period_first, period_last, replaces, amount_sen,
                   end_to_end_id, :unsent, :traceparent, :correlation_id, CAST(:now AS timestamptz)
            FROM unnest(CAST(:ids AS uuid[]), CAST(:kinds AS text[]), CAST(:revisions AS integer[]),
                        CAST(:period_firsts AS date[]), CAST(:period_lasts AS date[]), CAST(:replaced AS text[]),
                        CAST(:amounts AS bigint[]), CAST(:end_to_end_ids AS text[]))
                 AS pay (id, kind, revision, period_first, period_last, replaces, amount_sen, end_to_end_id)),
         booked AS ({BOOKED}),
         caught_up AS (DELETE FROM overtaken WHERE {_KEY})
    UPDATE settlement SET revision = :revision, fund = :fund, settled_on = :day, due_until = :due_until,
                          months_until = :months_until, waiting = CAST(:waiting AS jsonb)
    WHERE {_KEY}
""")  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class Turn:
    """The party is locked: whether what is stated of the claim is known, and what else of the party's is overtaken.

    ``one`` is the number by which it is locked: that survives of its person.
    """

    is_known: bool
    overtaken: tuple[EntitlementKey, ...]
    one: str


@dataclass(frozen=True, slots=True)
class Standing:
    """An entitlement with its row locked, the day on which it is settled, and until when it was due the last time.

    ``taken`` are its own days, and for a benefit those of the party's other benefits that it states too, of any loss;
    ``net`` is what stands in its books by fund, as ``net`` of the ledger.
    ``parties`` are all numbers of the party's person, the one that survives first.
    ``conditions`` stand beside what is stated, and decide what of it falls due.
    ``settled_revision`` is the one by which it was settled or paid last.
    ``has_debts``: another entitlement of the party was overpaid once; ``blocked``: why the party cannot be paid.
    ``waited_for_heirs``: when it was settled last, it waited for whoever is owed what its payee did not receive.
    """

    entitled: Entitled
    day: date
    reached: Reached
    taken: tuple[TakenDays, ...]
    net: Mapping[str, tuple[Sen, Sen]]
    has_payments: bool
    has_debts: bool
    blocked: Waiting | None
    parties: tuple[str, ...] = ()
    conditions: Conditions = NONE
    waited_for_heirs: bool = False
    settled_revision: int = 0


@dataclass(frozen=True, slots=True)
class NewPayment:
    """A payment that is instructed now."""

    id: UUID
    pay: Pay


@dataclass(frozen=True, slots=True)
class Settled:
    """What a settling did: up to which day and instant the books are right and what waits; ``days``, of ``loss``, are
    taken where it had none before."""

    entitled: Entitled
    day: date
    reached: Reached
    waiting: Sequence[Waiting]
    lines: Sequence[Line]
    payments: Sequence[NewPayment]
    traceparent: str | None
    correlation_id: str
    loss: str
    days: Sequence[Days]


class SettlingRepository:
    """Reads what an entitlement is settled from and writes what that did, inside one transaction."""

    def __init__(self, connection: AsyncConnection, ledger: LedgerRepository) -> None:
        self._connection = connection
        self._ledger = ledger

    async def begin(self, key: EntitlementKey, limit: int) -> Turn | None:
        """Lock all that is owed to the party and what is stated of the claim; None where another transaction has it.

        With at most so many of the party's other entitlements of which a newer revision came that is not settled, nor
        looked at, yet; what is stated of these is locked too.
        """
        rows = (await self._connection.execute(_BEGIN, {**asdict(key), "limit": limit})).all()
        if not rows[0].is_ours:
            return None
        overtaken = (EntitlementKey(*row[3:]) for row in rows if row.claim is not None)
        return Turn(rows[0].is_known, tuple(overtaken), rows[0].one)

    async def stand(self, key: EntitlementKey, day: date) -> Standing | None:
        """The entitlement by its newest revision, of a claim that ``begin`` has locked; None while that is unknown or
        older than what was settled, or than what was paid, or paid back, by.

        That is so while a projection is rebuilt, or read again after a restore; or nothing is owed, nor ever was. The
        clocks of two workers may differ by seconds around midnight: a day that was reached is not taken back.
        """
        values = {**asdict(key), "today": day, "granted": list(GRANTED), "now": now()}
        row = (await self._connection.execute(_STAND, values)).one_or_none()
        if row is None or row.revision < row.settled_revision:
            return None
        return Standing(
            _entitled_of(key, row),
            max(day, row.settled_on),
            Reached(row.due_until, row.months_until),
            tuple(_taken_of(row)),
            _net_of(row),
            has_payments=row.has_payments,
            has_debts=row.has_debts,
            blocked=blocked_of(row),
            parties=tuple(row.parties),
            conditions=conditions_of(key, row),
            waited_for_heirs=row.waited_for_heirs,
            settled_revision=row.settled_revision,
        )

    async def write(self, settled: Settled) -> None:
        """Take the days, keep the payments, book the lines as one entry, and note how far the entitlement is settled.

        The database refuses a day that another has, and the natural key of a payment a second time.
        """
        entitled, pays = settled.entitled, [each.pay for each in settled.payments]
        values = {
            **asdict(entitled.key),
            "loss": settled.loss,
            "firsts": [each.first for each in settled.days],
            "lasts": [each.last for each in settled.days],
            "owner": entitled.owner,
            "source": entitled.source,
            "person": entitled.person,
            "fund": entitled.fund,
            # A payment becomes the bank's to see when it stands in one of that bank's files.
            "unsent": PaymentState.UNSENT,
            "traceparent": settled.traceparent,
            "correlation_id": settled.correlation_id,
            "now": now(),
            "ids": [each.id for each in settled.payments],
            "kinds": [each.key.kind for each in pays],
            "revisions": [each.key.revision for each in pays],
            "period_firsts": [each.key.period_first for each in pays],
            "period_lasts": [each.key.period_last for each in pays],
            "replaced": [each.key.replaces for each in pays],
            "amounts": [each.amount_sen for each in pays],
            "end_to_end_ids": [each.key.end_to_end_id for each in pays],
            **columns_of(settled.lines),
            "revision": entitled.revision,
            "day": settled.day,
            "due_until": settled.reached.days,
            "months_until": settled.reached.months,
            "waiting": orjson.dumps([each.stated() for each in settled.waiting]).decode(),
        }
        if settled.lines:
            self._ledger.begins()
        await self._connection.execute(_WRITE, values)


def _entitled_of(key: EntitlementKey, row: Row[Any]) -> Entitled:
    terms: dict[str, list[Term]] = {"out": [], "back": []}
    columns = (row.directions, row.pers, row.sens, row.firsts, row.lasts)
    for direction, per, *amount in zip(*(each or () for each in columns), strict=True):
        terms[direction].append(Term(Per(per), *amount))
    stands = (row.person, row.fund or row.settled_fund, row.revision, tuple(terms["out"]))
    about: dict[str, Any] = {"owner": row.owner, "source": Source(row.source), "law": row.law or ""}
    return Entitled(key, *stands, **about, repayment=tuple(terms["back"]), whole_sen=row.whole_sen)


def _taken_of(row: Row[Any]) -> Iterator[TakenDays]:
    columns = (row.taken_claims, row.taken_schemes, row.taken_benefits, row.taken_parties, row.taken_losses)
    for claim, scheme, benefit, party, loss, first, last in zip(
        *(each or () for each in (*columns, row.taken_firsts, row.taken_lasts)), strict=True
    ):
        yield TakenDays(EntitlementKey(claim, scheme, benefit, party), loss, Days(first, last))


def _net_of(row: Row[Any]) -> dict[str, tuple[Sen, Sen]]:
    by_fund = zip(*(each or () for each in (row.funds, row.nets, row.recoveries)), strict=True)
    return {fund: (net, recovery) for fund, net, recovery in by_fund}
