"""Repayments by what became of them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from services.benefits.domain.recoveries import RepaymentState
from services.benefits.storage.ledger import COUNTERED
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.money import Sen

_SAID = "EXISTS (SELECT FROM repayment_word AS said WHERE said.repayment = repayment.id)"
_REPAID, _BEYOND = (
    f"EXISTS (SELECT FROM transfer WHERE transfer.repayment = repayment.id AND cause = '{cause}')"
    for cause in ("repaid", "repaid_beyond")
)
_STANDS = f"NOT EXISTS (SELECT FROM transfer WHERE transfer.repayment = repayment.id AND {COUNTERED})"
_WAITS = "repayment_waiting AS kept JOIN repayment ON id = kept.repayment"
_WITHDRAWN = "repayment_word AS kept JOIN repayment ON id = kept.repayment"
_PROPOSED = "counter_entry AS kept JOIN repayment ON id = kept.repayment"
# A part that was of nobody is reversed beside the one that was of a recovery.
_REVERSED = (
    f"(SELECT DISTINCT repayment FROM transfer WHERE {COUNTERED}) AS kept "  # noqa: S608 - a constant
    "JOIN repayment ON id = kept.repayment"
)
_MORE = "transfer AS kept JOIN repayment ON repayment.id = kept.repayment"
# Each state is found where it is kept, by an index: the tables, their column that a page goes on by, and the condition.
# What stands in the ledger is booked, whatever was said of it: after a restore nothing else is known of it.
_FOUND = {
    RepaymentState.TO_BE_RELEASED: (_WAITS, "kept.repayment", f"route = 'counter' AND NOT {_SAID}"),
    RepaymentState.TO_BE_BOOKED: (_WAITS, "kept.repayment", f"(route = 'bank_line' OR {_SAID})"),
    RepaymentState.WITHDRAWN: (
        _WITHDRAWN,
        "kept.repayment",
        f"kept.word = 'withdrawn' AND NOT {_REPAID} AND NOT {_BEYOND}",
    ),
    RepaymentState.REPAID: ("repayment", "repayment.id", f"{_REPAID} AND NOT {_BEYOND} AND {_STANDS}"),
    RepaymentState.MORE_THAN_OPEN: (
        _MORE,
        "kept.repayment",
        f"cause = 'repaid_beyond' AND recovery IS NOT NULL AND {_STANDS}",
    ),
    RepaymentState.UNKNOWN_REFERENCE: ("repayment", "repayment.id", f"recovery IS NULL AND {_BEYOND} AND {_STANDS}"),
    RepaymentState.COUNTER_TO_BE_RELEASED: (_PROPOSED, "kept.repayment", f"released_by IS NULL AND {_STANDS}"),
    RepaymentState.COUNTERED: (_REVERSED, "kept.repayment", "true"),
}
_READ = """
    SELECT repayment.id, recovery, CAST(:state AS text) AS state, repayment.amount_sen, booked.repaid_sen,
           booked.beyond_sen, received_on, route, repayment.reference, statement_line.id AS statement_line,
           statement_line.written, entered_at, entered_by, word, said_by, evidence, proposed_by, released_by
    FROM (SELECT repayment.id FROM {tables}
          WHERE {condition} AND (CAST(:after AS uuid) IS NULL OR {id} > :after)
          ORDER BY {id} LIMIT :limit) AS found
    JOIN repayment ON repayment.id = found.id
    LEFT JOIN repayment_word ON repayment_word.repayment = repayment.id
    LEFT JOIN counter_entry ON counter_entry.repayment = repayment.id
    LEFT JOIN statement_line ON statement_line.id = repayment.statement_line
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(CASE cause WHEN 'repaid' THEN amount_sen WHEN 'repaid_countered' THEN -amount_sen END),
                        0)::bigint AS repaid_sen,
               coalesce(sum(CASE cause WHEN 'repaid_beyond' THEN amount_sen
                                       WHEN 'repaid_beyond_countered' THEN -amount_sen END), 0)::bigint AS beyond_sen
        FROM transfer WHERE transfer.repayment = repayment.id) AS booked
    ORDER BY repayment.id
"""
_LISTS = {
    state: text(_READ.format(tables=tables, id=id_, condition=condition))
    for state, (tables, id_, condition) in _FOUND.items()
}


@dataclass(frozen=True, slots=True)
class RepaymentRead:
    """A repayment as it stands."""

    id: UUID
    recovery: UUID | None
    state: str
    amount_sen: Sen
    repaid_sen: Sen
    beyond_sen: Sen
    received_on: date
    route: str
    reference: str
    statement_line: UUID | None
    written: bytes | None
    entered_at: datetime
    entered_by: str
    word: str | None
    said_by: str | None
    counter_evidence: str | None
    counter_proposed_by: str | None
    counter_released_by: str | None


async def list_repayments(
    state: RepaymentState, after: UUID | None, limit: int, uow: BenefitsUnitOfWork
) -> list[RepaymentRead]:
    """Repayments in a state in the order of their ids, after a position."""
    rows = await uow.connection.execute(_LISTS[state], {"state": state, "after": after, "limit": limit})
    return [RepaymentRead(*row) for row in rows]
