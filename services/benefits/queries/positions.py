"""A party's page of figures: what is owed to it, and what is to come back from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from services.benefits.domain.calendar import Reached
from services.benefits.domain.entitled import Entitled, EntitlementKey, Source, Term
from services.benefits.domain.errors import PositionTooLarge
from services.benefits.domain.ledger import GRANTED
from services.benefits.domain.setting_off import Kept, kept_of_benefit
from services.benefits.storage.ledger import NET_SEN, RECOVERY_SEN
from services.benefits.storage.recoveries import PLAN, TAKEN_SEN
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.money import Sen
from shared.kernel.periods import Days, Month, days_without, joined
from shared.law.book import LawOn, book
from shared.law.decision import Per

# So many are read for one page; a person has a handful.
MOST_POSITIONS = 500
# All in one statement, so that one instant is shown. Days that it does not have are another's: they are not owed here.
_READ = text(f"""
    WITH known AS (SELECT * FROM (
        SELECT claim, scheme, benefit, party FROM entitlement WHERE party = :party
        UNION SELECT claim, scheme, benefit, party FROM settlement WHERE party = :party
        UNION SELECT claim, scheme, benefit, party FROM recovery WHERE party = :party) AS owed LIMIT :limit)
    SELECT known.claim, known.scheme, known.benefit, known.party,
           coalesce(stated.fund, settled.fund, recovery.fund) AS fund, coalesce(settled.source, 'claim') AS source,
           settled.settled_on, settled.due_until, settled.months_until,
           coalesce(settled.waiting, '[]'::jsonb) AS waiting, books.*, recovery.id AS recovery, recovery.reference,
           recovery.law, plan.monthly_sen,
           coalesce(paid.paid_sen, 0)::bigint AS paid_sen, coalesce(paid.sent_sen, 0)::bigint AS sent_sen,
           coalesce(terms.stated, '[]'::jsonb) AS terms, coalesce(had.days, '[]'::jsonb) AS days
    FROM known
    LEFT JOIN entitlement AS stated USING (claim, scheme, benefit, party)
    LEFT JOIN settlement AS settled USING (claim, scheme, benefit, party)
    LEFT JOIN recovery USING (claim, scheme, benefit, party)
    LEFT JOIN LATERAL (
        SELECT sum(amount_sen) FILTER (WHERE state = 'settled') AS paid_sen,
               sum(amount_sen) FILTER (WHERE state IN ('unsent', 'sent')) AS sent_sen
        FROM payment WHERE payment.claim = known.claim AND payment.scheme = known.scheme
                           AND payment.benefit = known.benefit AND payment.party = known.party) AS paid ON true
    CROSS JOIN LATERAL (
        SELECT {NET_SEN}::bigint AS net_sen,
               coalesce(sum(CASE cause WHEN 'set_off' THEN amount_sen WHEN 'set_off_undone' THEN -amount_sen END),
                        0)::bigint AS set_off_sen,
               greatest({RECOVERY_SEN}, 0)::bigint AS open_sen, {TAKEN_SEN}
        FROM transfer WHERE transfer.claim = known.claim AND transfer.scheme = known.scheme
                            AND transfer.benefit = known.benefit AND transfer.party = known.party) AS books
    {PLAN}
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(to_jsonb(term) ORDER BY number) AS stated FROM entitlement_term AS term
        WHERE term.claim = known.claim AND term.scheme = known.scheme
              AND term.benefit = known.benefit AND term.party = known.party AND direction = 'out') AS terms ON true
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_array(lower(days), nullif(upper(days), 'infinity') - 1) ORDER BY days)
               AS days
        FROM owed_days AS had
        WHERE had.claim = known.claim AND had.scheme = known.scheme
              AND had.benefit = known.benefit AND had.party = known.party) AS had ON true
    ORDER BY known.claim, known.scheme, known.benefit
""")  # noqa: S608 - nothing that came from outside stands in it


@dataclass(frozen=True, slots=True)
class PositionRead:
    """One entitlement as it stands both ways; ``kept`` is what the law keeps of benefit against what is open,
    ``monthly_sen`` is its plan, ``came_back_sen`` is of this month."""

    key: EntitlementKey
    fund: str
    not_due_sen: Sen
    waiting_sen: Sen
    waiting: Sequence[dict[str, Any]]
    sent_sen: Sen
    paid_sen: Sen
    set_off_sen: Sen
    recovery: UUID | None
    reference: str | None
    law: str | None
    open_sen: Sen
    kept: Kept
    monthly_sen: Sen | None
    came_back_sen: Sen


async def list_positions(party: str, day: date, uow: BenefitsUnitOfWork) -> list[PositionRead]:
    """Every entitlement of a party, and what came back in the month of this day, in the order of their keys.

    Raises PositionTooLarge of a party with more of them than one page shows.
    """
    month = Month.of(day).first_day
    values = {"party": party, "day": day, "month": month, "granted": list(GRANTED), "limit": MOST_POSITIONS + 1}
    rows = (await uow.connection.execute(_READ, values)).all()
    if len(rows) > MOST_POSITIONS:
        raise PositionTooLarge(facts={"most": MOST_POSITIONS})
    return [_position_of(row, book().on(day, day)) for row in rows]


def _position_of(row: Row[Any], law: LawOn) -> PositionRead:
    due, not_due = _owed_of(row)
    key = EntitlementKey(*row[:4])
    return PositionRead(
        key,
        row.fund,
        not_due,
        max(0, due - row.net_sen),
        row.waiting,
        row.sent_sen,
        row.paid_sen,
        row.set_off_sen,
        row.recovery,
        row.reference,
        row.law,
        row.open_sen,
        kept_of_benefit(key, Source(row.source), law),
        row.monthly_sen,
        row.taken_sen,
    )


def _owed_of(row: Row[Any]) -> tuple[Sen, Sen]:
    """What was due when it was settled last, and what is owed beyond it: all that ends, and what is earned of the rest.

    Of what was never settled nothing is due.
    """
    terms = tuple(_term(each) for each in row.terms)
    owed = Entitled(EntitlementKey(*row[:4]), None, row.fund, 0, terms)
    whole = sum(term.whole_sen or 0 for term in terms)
    if row.settled_on is None:
        return 0, whole
    day, reached = row.settled_on, Reached(row.due_until, row.months_until)
    had = joined(_days(first, last) for first, last in row.days)
    owed = owed.without(days_without(owed.days, had))
    due = owed.due_sen(day, reached)
    going_on = Entitled(owed.key, None, row.fund, 0, tuple(each for each in owed.terms if each.whole_sen is None))
    ends = sum(term.whole_sen or 0 for term in owed.terms)
    return due, max(0, ends + going_on.earned_sen(day, reached) - due)


def _days(first: str, last: str | None) -> Days:
    """Days of a certificate that goes on have no last one."""
    return Days(date.fromisoformat(first), date.fromisoformat(last) if last else date.max)


def _term(stated: dict[str, Any]) -> Term:
    last = stated["last_day"] and date.fromisoformat(stated["last_day"])
    return Term(Per(stated["per"]), stated["sen"], date.fromisoformat(stated["first_day"]), last)
