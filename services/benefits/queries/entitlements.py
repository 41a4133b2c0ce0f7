"""Entitlements with what became of them: what was decided, paid, is on its way, and is to come back."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from services.benefits.domain.calendar import BookCalendar
from services.benefits.domain.conditioned import conditioned
from services.benefits.domain.entitled import Entitled, EntitlementKey, Source, Term
from services.benefits.domain.parties import party_of
from services.benefits.storage.conditions import conditions_as, conditions_of
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import today
from shared.kernel.money import Sen
from shared.law.act4.increases.orders import Raised
from shared.law.book import book
from shared.law.decision import Per

# The keys of one page come first, each from an index: a condition on what is joined would read everybody's. A benefit
# that was settled and that a newer revision leaves out or refuses is still listed, with nothing owed.
_PAGE = """
    (SELECT {kept}.claim, {kept}.scheme, {kept}.benefit, {kept}.party FROM {kept} JOIN assessment USING (claim)
     WHERE {whose} AND ({kept}.claim, {kept}.scheme, {kept}.benefit, {kept}.party)
                       > (CAST(:after_claim AS uuid), CAST(:after_scheme AS text), CAST(:after_benefit AS text),
                          CAST(:after_party AS text))
     ORDER BY {kept}.claim, {kept}.scheme, {kept}.benefit, {kept}.party LIMIT :limit)
"""
_KNOWN = " UNION ".join(
    _PAGE.format(kept=kept, whose=whose)
    for kept in ("entitlement", "settlement")
    for whose in (
        # By whichever number of the person is asked.
        "assessment.person = ANY (numbers_of(CAST(:person AS bigint)))",
        f"{kept}.party = ANY (parties_of(CAST(:party AS text)))",
    )
)
_CONDITIONS = conditions_as(
    claim="known.claim",
    scheme="known.scheme",
    benefit="known.benefit",
    party="known.party",
    parties="parties_of(known.party)",
)
_READ = text(f"""
    WITH known AS (SELECT * FROM ({_KNOWN}) AS each ORDER BY claim, scheme, benefit, party LIMIT :limit)
    SELECT known.claim, known.scheme, known.benefit, known.party, coalesce(stated.fund, settled.fund) AS fund,
           assessment.owner, assessment.source, assessment.revision, assessment.event, assessment.happened_on,
           assessment.decided_at,
           coalesce(stated.decision_hash, refusal.decision_hash) AS decision_hash,
           coalesce(stated.provisional, false) AS provisional, refusal.reason AS refused_for,
           coalesce(stated.law, refusal.law) AS law, stated.whole_sen, settled.revision AS settled_revision,
           coalesce(paid.settled_sen, 0)::bigint AS settled_sen, coalesce(paid.pending_sen, 0)::bigint AS pending_sen,
           greatest(coalesce(books.recovery_sen, 0), 0)::bigint AS recovery_sen,
           coalesce(books.set_off_sen, 0)::bigint AS set_off_sen,
           coalesce(settled.waiting, '[]'::jsonb) AS waiting,
           coalesce(terms.stated, '[]'::jsonb) AS terms, coalesce(terms.repaid, '[]'::jsonb) AS repayment,
           conditions.*
    FROM known JOIN assessment USING (claim)
    LEFT JOIN entitlement AS stated USING (claim, scheme, benefit, party)
    LEFT JOIN settlement AS settled USING (claim, scheme, benefit, party)
    LEFT JOIN refusal ON refusal.claim = known.claim AND refusal.scheme = known.scheme
                         AND refusal.benefit = known.benefit AND stated.law IS NULL
    LEFT JOIN LATERAL (
        SELECT sum(amount_sen) FILTER (WHERE state = 'settled') AS settled_sen,
               sum(amount_sen) FILTER (WHERE state IN ('unsent', 'sent')) AS pending_sen
        FROM payment WHERE payment.claim = known.claim AND payment.scheme = known.scheme
                           AND payment.benefit = known.benefit AND payment.party = known.party) AS paid ON true
    LEFT JOIN LATERAL (
        SELECT sum(CASE 'recoveries_receivable' WHEN debit THEN amount_sen WHEN credit THEN -amount_sen END)
                   AS recovery_sen,
               sum(CASE cause WHEN 'set_off' THEN amount_sen WHEN 'set_off_undone' THEN -amount_sen END) AS set_off_sen
        FROM transfer WHERE transfer.claim = known.claim AND transfer.scheme = known.scheme
                            AND transfer.benefit = known.benefit AND transfer.party = known.party) AS books ON true
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(to_jsonb(term) ORDER BY number) FILTER (WHERE direction = 'out') AS stated,
               jsonb_agg(to_jsonb(term) ORDER BY number) FILTER (WHERE direction = 'back') AS repaid
        FROM entitlement_term AS term
        WHERE term.claim = known.claim AND term.scheme = known.scheme
              AND term.benefit = known.benefit AND term.party = known.party) AS terms ON true
    CROSS JOIN LATERAL ({_CONDITIONS}) AS conditions
    ORDER BY known.claim, known.scheme, known.benefit, known.party
""")  # noqa: S608 - nothing that came from outside stands in it
_START = EntitlementKey(UUID(int=0), "", "", "")


@dataclass(frozen=True, slots=True)
class EntitlementRead:
    """A benefit of a claim for a party, or a payable: what was decided, and what became of it."""

    key: EntitlementKey
    fund: str
    owner: str
    source: Source
    revision: int
    event: str
    happened_on: date
    decided_at: datetime
    decision_hash: str | None
    provisional: bool
    refused_for: str | None
    law: str | None
    settled_revision: int | None
    settled_sen: Sen
    pending_sen: Sen
    recovery_sen: Sen
    set_off_sen: Sen
    waiting: Sequence[dict[str, Any]]
    terms: Sequence[Term]
    repayment: Sequence[Term]
    raised: Sequence[Raised]

    @property
    def amount_sen(self) -> Sen:
        """What all terms that have an end add up to."""
        return sum(term.whole_sen or 0 for term in self.terms)


async def list_entitlements(
    person: int, after: EntitlementKey | None, limit: int, uow: BenefitsUnitOfWork
) -> list[EntitlementRead]:
    """The entitlements under a person's claims and those of the person, in the order of their keys, after one."""
    return await _list(person, party_of(person), after, limit, uow)


async def list_entitlements_of_party(
    party: str, after: EntitlementKey | None, limit: int, uow: BenefitsUnitOfWork
) -> list[EntitlementRead]:
    """What is or was owed to a party, in the order of their keys, after one."""
    return await _list(None, party, after, limit, uow)


async def _list(
    person: int | None, party: str, after: EntitlementKey | None, limit: int, uow: BenefitsUnitOfWork
) -> list[EntitlementRead]:
    # Each value has its own name: a key has a party too.
    place = {f"after_{name}": value for name, value in asdict(after or _START).items()}
    values = {**place, "person": person, "party": party, "limit": limit}
    return [entitlement_of(row) for row in await uow.connection.execute(_READ, values)]


def entitlement_of(row: Row[Any]) -> EntitlementRead:
    """The entitlement in a row of ``_READ``."""
    read: dict[str, Any] = {"key": EntitlementKey(*row[:4]), "source": Source(row.source)}
    read |= {"terms": _terms(row.terms), "repayment": _terms(row.repayment), "raised": _raised_of(row, read)}
    stated = {name: getattr(row, name) for name in EntitlementRead.__slots__ if name not in read}
    return EntitlementRead(**read, **stated)


def _raised_of(row: Row[Any], read: dict[str, Any]) -> Sequence[Raised]:
    """What orders gave to it, by the law that is known now."""
    stands = (None, row.fund or "", row.revision, tuple(_terms(row.terms)))
    entitled = Entitled(read["key"], *stands, source=read["source"], whole_sen=row.whole_sen)
    day = today()
    given = conditions_of(entitled.key, row)
    return conditioned(entitled, given, day, BookCalendar(day), book().on(day, day)).raised


def _terms(stated: Sequence[dict[str, Any]]) -> list[Term]:
    return [
        Term(Per(each["per"]), each["sen"], _day(each["first_day"]), each["last_day"] and _day(each["last_day"]))
        for each in stated
    ]


def _day(text: str) -> date:
    return date.fromisoformat(text)
