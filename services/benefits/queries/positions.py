"""A party's page of figures: what is owed to it, and what is to come back from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from services.benefits.domain.calendar import Reached
from services.benefits.domain.entitled import Entitled, EntitlementKey, Term
from services.benefits.domain.ledger import GRANTED
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import BUSINESS_ZONE
from shared.kernel.money import Sen
from shared.kernel.periods import Days, Month, less
from shared.law.decision import Per

# All in one statement, so that one instant is shown. Days that it does not have are another's: they are not owed here.
_READ = text("""
    WITH known AS (SELECT claim, scheme, benefit, party FROM entitlement WHERE party = :party
                   UNION SELECT claim, scheme, benefit, party FROM settlement WHERE party = :party
                   UNION SELECT claim, scheme, benefit, party FROM recovery WHERE party = :party)
    SELECT known.claim, known.scheme, known.benefit, known.party,
           coalesce(stated.fund, settled.fund, recovery.fund) AS fund,
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
        SELECT coalesce(sum(CASE WHEN cause = 'called_in' THEN 0 WHEN debit = ANY(CAST(:granted AS text[]))
                                 THEN amount_sen WHEN credit = ANY(CAST(:granted AS text[])) THEN -amount_sen END),
                        0)::bigint AS net_sen,
               coalesce(sum(amount_sen) FILTER (WHERE credit = 'recoveries_set_off' AND cause = 'set_off'),
                        0)::bigint AS set_off_sen,
               greatest(coalesce(sum(CASE 'recoveries_receivable' WHEN debit THEN amount_sen
                                                                  WHEN credit THEN -amount_sen END), 0),
                        0)::bigint AS open_sen,
               coalesce(sum(amount_sen) FILTER (
                   WHERE credit = 'recoveries_receivable' AND cause NOT IN ('fund_changed', 'called_in')
                         AND booked_at >= :month),
                        0)::bigint AS came_back_sen
        FROM transfer WHERE transfer.claim = known.claim AND transfer.scheme = known.scheme
                            AND transfer.benefit = known.benefit AND transfer.party = known.party) AS books
    LEFT JOIN LATERAL (
        SELECT monthly_sen FROM recovery_agreement AS agreed JOIN recovery_agreement_release AS released
            ON released.agreement = agreed.id
        WHERE agreed.recovery = recovery.id AND kind = 'instalments' AND from_on <= :day
        ORDER BY released_at DESC, id DESC LIMIT 1) AS plan ON true
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(to_jsonb(term) ORDER BY number) AS stated FROM entitlement_term AS term
        WHERE term.claim = known.claim AND term.scheme = known.scheme
              AND term.benefit = known.benefit AND term.party = known.party AND direction = 'out') AS terms ON true
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_array(lower(days), upper(days) - 1) ORDER BY days) AS days FROM owed_days AS had
        WHERE had.claim = known.claim AND had.scheme = known.scheme
              AND had.benefit = known.benefit AND had.party = known.party) AS had ON true
    ORDER BY known.claim, known.scheme, known.benefit
""")


@dataclass(frozen=True, slots=True)
class PositionRead:
    """One entitlement as it stands both ways; ``monthly_sen`` is its plan, ``came_back_sen`` is of this month."""

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
    monthly_sen: Sen | None
    came_back_sen: Sen


async def list_positions(party: str, day: date, uow: BenefitsUnitOfWork) -> list[PositionRead]:
    """Every entitlement of a party, and what came back in the month of this day, in the order of their keys."""
    month = datetime.combine(Month.of(day).first_day, time.min, BUSINESS_ZONE)
    values = {"party": party, "day": day, "month": month, "granted": list(GRANTED)}
    return [_position_of(row) for row in await uow.connection.execute(_READ, values)]


def _position_of(row: Row[Any]) -> PositionRead:
    due, not_due = _owed_of(row)
    return PositionRead(
        EntitlementKey(*row[:4]),
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
        row.monthly_sen,
        row.came_back_sen,
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
    had = [Days(date.fromisoformat(first), date.fromisoformat(last)) for first, last in row.days]
    owed = owed.without([left for days in owed.days for left in less(days, had)])
    due = owed.due_sen(day, reached)
    going_on = Entitled(owed.key, None, row.fund, 0, tuple(each for each in owed.terms if each.whole_sen is None))
    ends = sum(term.whole_sen or 0 for term in owed.terms)
    return due, max(0, ends + going_on.earned_sen(day, reached) - due)


def _term(stated: dict[str, Any]) -> Term:
    last = stated["last_day"] and date.fromisoformat(stated["last_day"])
    return Term(Per(stated["per"]), stated["sen"], date.fromisoformat(stated["first_day"]), last)
