"""What holds after each act, whatever was done: read from the rows of both databases, and from no answer of a route.

Each function raises AssertionError with what does not hold; the first words of each are its own, so that a planted bug
is known to be found by what it breaks.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product

import orjson

from services.benefits.domain.lifecycles import LIFECYCLES as OF_BENEFITS
from services.benefits.storage.control_totals import CONTROL_TOTALS as TOTALS_OF_BENEFITS
from services.claims.domain.lifecycles import LIFECYCLES as OF_CLAIMS
from services.claims.storage.control_totals import CONTROL_TOTALS as TOTALS_OF_CLAIMS
from shared.kernel.lifecycle import Lifecycle
from shared.persistence.control_totals import Holder
from shared.tasks.task import LIFECYCLE as OF_TASK
from tests.machine.appeals import appeals_hold
from tests.machine.bills import bills_hold
from tests.machine.citing import uncited
from tests.machine.numbers import numbers_hold
from tests.machine.observed import changes_since
from tests.machine.world import SERVICES, World, shown

# By service and table. A message, and what a partner pushes, goes through no state here: nothing is sent or pushed.
LIFECYCLES: Mapping[str, Mapping[str, Lifecycle]] = {
    "claims": {**OF_CLAIMS, "task": OF_TASK},
    "benefits": {**OF_BENEFITS, "task": OF_TASK},
}
# An event of an appeal or an offer notes the state that this came into.
ELSEWHERE = frozenset(("message", "inbound_event", "referral_offer_event", "appeal_event"))
_TOTALS = {"claims": TOTALS_OF_CLAIMS, "benefits": TOTALS_OF_BENEFITS}
# Columns that name who asks for something, and who lets it be; what ends so is a pair where both stand in one row, or
# in a row and in that to which it refers.
ASKS = ("proposed_by", "stated_by", "entered_by", "opened_by", "filed_by")
LETS = ("approved_by", "released_by", "said_by", "decided_by")


@dataclass
class Watched:
    """How far the changes of states were looked at, and the pairs of columns, once they were found."""

    changes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SERVICES, 0))
    records: set[str] = field(default_factory=set)
    seen: set[tuple[str, str | None, str]] = field(default_factory=set)
    pairs: dict[str, list[str]] = field(default_factory=dict)


async def all_hold(world: World, watched: Watched) -> None:
    """Everything that holds at any instant."""
    await transitions_stand_in_the_table(world, watched)
    await decisions_cite(world, watched)
    await nobody_lets_count_what_is_its_own(world, watched)
    await books_are_even(world)
    await no_day_is_paid_twice(world)
    await what_waits_is_held(world)
    await what_was_told_is_known(world)
    await appeals_hold(world)
    await bills_hold(world, watched.records)
    await numbers_hold(world)


async def transitions_stand_in_the_table(world: World, watched: Watched) -> None:
    """Each change of a state is one that its lifecycle has, also of what changed twice in one transaction."""
    for service in SERVICES:
        # What a restore kept again it kept in whatever state that was published.
        watched.changes[service] = world.begins_at.pop(service, watched.changes[service])
        for each in await changes_since(watched.changes[service], world.looked_into[service]):
            watched.changes[service] = each.number
            if each.kind in ELSEWHERE:
                continue
            watched.seen.add((each.kind, each.before, each.after))
            life = LIFECYCLES[service].get(each.kind)
            assert life is not None, f"a transition outside the table: {each.kind} has no lifecycle"
            what = f"{each.kind} {each.before} → {each.after}"
            assert life.allows(each.before, each.after), f"a transition outside the table: {what}"


_WITHOUT_RECORD = """
    SELECT claim, revision FROM decision
    WHERE NOT EXISTS (SELECT FROM recalled_decision WHERE recalled_decision.claim = decision.claim)
          AND EXISTS (SELECT FROM unnest(records) AS listed (hash) LEFT JOIN record USING (hash)
                      WHERE record.claim IS DISTINCT FROM decision.claim)
"""
_NEW_RECORDS = "SELECT hash, question, body FROM record WHERE hash <> ALL ($1)"


async def decisions_cite(world: World, watched: Watched) -> None:
    """Each decision lists records that are kept, and each of them says by which law, figures and rules."""
    lost = await world.rows("claims", _WITHOUT_RECORD)
    assert not lost, f"a decision without its records: {shown(lost)}"
    for record in await world.rows("claims", _NEW_RECORDS, list(watched.records)):
        watched.records.add(record["hash"])
        found = list(uncited(orjson.loads(record["body"])))
        assert not found, f"a decision without citation: {record['question']}: {found}"


_COLUMNS = """
    SELECT table_name, array_agg(column_name::text) AS columns FROM information_schema.columns
    WHERE table_schema = 'public' GROUP BY table_name
"""
_REFERS = """
    SELECT conrelid::regclass::text AS child, confrelid::regclass::text AS parent,
           ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS k (number, place)
                 JOIN pg_attribute ON attrelid = conrelid AND attnum = number ORDER BY place) AS of_child,
           ARRAY(SELECT attname::text FROM unnest(confkey) WITH ORDINALITY AS k (number, place)
                 JOIN pg_attribute ON attrelid = confrelid AND attnum = number ORDER BY place) AS of_parent
    FROM pg_constraint WHERE contype = 'f'
"""
# A statement of the file is let count by another one, which is about it.
_EVIDENCE = """
    SELECT 'evidence' AS what, stated.stated_by AS asks, approval.stated_by AS lets
    FROM evidence AS approval JOIN evidence AS stated ON stated.id = approval.about
    WHERE approval.kind = 'approval' AND stated.tenant LIKE 'organisation:%'
"""
# What who asked takes back is nobody's leave.
_TAKEN_BACK = {"repayment_word": "child.word = 'released'", "recovery_agreement_word": "child.word = 'released'"}


async def pairs_of(world: World, service: str) -> list[str]:
    """A query for each pair of columns of which one names who asks, and the other who lets it be."""
    columns = {row["table_name"]: set(row["columns"]) for row in await world.rows(service, _COLUMNS)}
    found = [
        f"SELECT '{table}.{lets}' AS what, {asks} AS asks, {lets} AS lets FROM {table}"  # noqa: S608
        for table, names in sorted(columns.items())
        for asks, lets in product(ASKS, LETS)
        if {asks, lets} <= names
    ]
    for row in await world.rows(service, _REFERS):
        child, parent = row["child"], row["parent"]
        on = " AND ".join(f"child.{a} = parent.{b}" for a, b in zip(row["of_child"], row["of_parent"], strict=True))
        for asks, lets in product(ASKS, LETS):
            if child != parent and asks in columns.get(parent, ()) and lets in columns.get(child, ()):
                where = _TAKEN_BACK.get(child, "true")
                found.append(
                    f"SELECT '{child}.{lets}' AS what, parent.{asks} AS asks, child.{lets} AS lets "  # noqa: S608
                    f"FROM {child} AS child JOIN {parent} AS parent ON {on} WHERE {where}"
                )
    return [*found, *([_EVIDENCE] if service == "claims" else [])]


async def nobody_lets_count_what_is_its_own(world: World, watched: Watched) -> None:
    """Who proposed, stated or entered something has not approved or released it, whatever capitals its name has."""
    for service in SERVICES:
        if service not in watched.pairs:
            watched.pairs[service] = await pairs_of(world, service)
        every = " UNION ALL ".join(watched.pairs[service])
        own = await world.rows(service, f"SELECT * FROM ({every}) AS pair WHERE lower(asks) = lower(lets)")  # noqa: S608
        assert not own, f"approved by its proposer: {service}: {shown(own)}"


# In the ledger: of each entry, account and payment.
_ACCOUNTS = """
    SELECT account, sum(sen)::bigint AS sen FROM (
        SELECT debit AS account, amount_sen AS sen FROM transfer
        UNION ALL SELECT credit, -amount_sen FROM transfer) AS side GROUP BY account
"""
_PAYMENTS = "SELECT state, sum(amount_sen)::bigint AS sen FROM payment GROUP BY state"
_CONTRADICTED = """
    SELECT payment.id, payment.state, payment.amount_sen, booked.payable, booked.bank
    FROM payment LEFT JOIN LATERAL (
        SELECT coalesce(sum(CASE 'benefits_payable' WHEN credit THEN amount_sen WHEN debit THEN -amount_sen END), 0)
                   AS payable,
               coalesce(sum(CASE 'bank' WHEN credit THEN amount_sen WHEN debit THEN -amount_sen END), 0) AS bank
        FROM transfer WHERE transfer.payment = payment.id) AS booked ON true
    WHERE (booked.payable, booked.bank) IS DISTINCT FROM
          (CASE WHEN state IN ('unsent', 'sent') THEN amount_sen ELSE 0 END,
           CASE WHEN state = 'settled' THEN amount_sen ELSE 0 END)
"""
# Of each entitlement what is granted, what of it is to come back, and what came back: where its payment comes back too,
# more has come than was granted, and is owed again.
_RECOVERED = """
    SELECT claim, scheme, benefit, party,
           sum(CASE 'recoveries_receivable' WHEN debit THEN amount_sen WHEN credit THEN -amount_sen ELSE 0 END)::bigint
               AS open_sen,
           sum(CASE WHEN debit IN ('benefit_expense', 'payable_expense') THEN amount_sen
                    WHEN credit IN ('benefit_expense', 'payable_expense') THEN -amount_sen ELSE 0 END)::bigint
               AS granted_sen,
           sum(CASE WHEN credit = 'recoveries_receivable' AND debit IN ('bank', 'recoveries_set_off') THEN amount_sen
                    WHEN debit = 'recoveries_receivable' AND credit IN ('bank', 'recoveries_set_off') THEN -amount_sen
                    ELSE 0 END)::bigint AS back_sen
    FROM transfer WHERE party IS NOT NULL GROUP BY 1, 2, 3, 4
"""


async def books_are_even(world: World) -> None:
    """Every sen is somewhere: what is payable, and what left the bank, is what the payments say, each and in all."""
    contradicted = await world.rows("benefits", _CONTRADICTED)
    assert not contradicted, f"the books contradict a payment: {shown(contradicted)}"
    accounts = {row["account"]: row["sen"] for row in await world.rows("benefits", _ACCOUNTS)}
    states = {row["state"]: row["sen"] for row in await world.rows("benefits", _PAYMENTS)}
    assert sum(accounts.values()) == 0, f"the books are not even: {accounts}"
    waiting = states.get("unsent", 0) + states.get("sent", 0)
    assert accounts.get("benefits_payable", 0) == -waiting, f"the books are not even: {accounts} beside {states}"
    assert accounts.get("recoveries_set_off", 0) == 0, f"the books are not even: {accounts}"
    for row in await world.rows("benefits", _RECOVERED):
        assert row["open_sen"] >= 0, f"more came back than was to: {dict(row)}"
        assert row["granted_sen"] + row["back_sen"] >= 0, f"less than nothing is granted: {dict(row)}"


# A day of a loss is had by one entitlement of a party. What is on its way or was paid by the day may be a reissue.
_DAYS_TWICE = """
    SELECT one.claim, other.claim AS other, one.party, one.days * other.days AS days
    FROM owed_days AS one JOIN owed_days AS other
        ON one.party = other.party AND one.loss = other.loss AND one.days && other.days
           AND (one.claim, one.scheme, one.benefit, one.days) < (other.claim, other.scheme, other.benefit, other.days)
"""


async def no_day_is_paid_twice(world: World) -> None:
    """A day of a loss is owed once to a party, by whichever claim."""
    twice = await world.rows("benefits", _DAYS_TWICE)
    assert not twice, f"a day is owed twice: {shown(twice)}"


# A task whose clock neither runs nor stands, due work that failed for good, a record that was set aside.
_LEFT = """
    SELECT 'task' AS what, queue AS of FROM task
    WHERE closed_at IS NULL AND stopped_for IS NULL AND NOT isfinite(due_at)
    UNION ALL SELECT 'failed', kind FROM due_work WHERE failed IS NOT NULL
    UNION ALL SELECT 'parked', topic || ': ' || reason FROM parked
"""


async def what_waits_is_held(world: World) -> None:
    """Accepted is ended and waiting; each thing that waits has a holder, and each task an instant or a stop."""
    for service in SERVICES:
        counted: Counter[str] = Counter()
        for row in await world.rows(service, _counting(service)):
            nobodys = row["holder"] in (Holder.NOBODY, Holder.OPERATOR)
            assert not nobodys, f"held by nobody: {service}: {row['things']} of {row['kind']}"
            counted[row["kind"]] += row["things"]
        accepted = {
            row["kind"]: row["things"] for row in await world.rows(service, _accepted(service)) if row["things"]
        }
        assert counted == accepted, f"not all that was accepted is counted: {service}: {counted} of {accepted}"
        left = await world.rows(service, _LEFT)
        assert not left, f"nobody will look: {service}: {shown(left)}"


@cache
def _counting(service: str) -> str:
    """All totals as the worker counts them, in one statement."""
    return " UNION ALL ".join(f"({total.statement})" for total in _TOTALS[service])


@cache
def _accepted(service: str) -> str:
    """How many rows each kind has, ended or not."""
    counts = (f"SELECT '{each.kind}' AS kind, count(*) AS things FROM {each.table}" for each in _TOTALS[service])  # noqa: S608
    return " UNION ALL ".join(counts)


_PAYMENTS_KNOWN = """
    SELECT end_to_end_id, amount_sen FROM payment WHERE bank_file IS NOT NULL AND end_to_end_id = ANY ($1)
"""
_REVISIONS = "SELECT id, revision FROM claim WHERE id = ANY ($1)"


async def what_was_told_is_known(world: World) -> None:
    """No claim stands below what was published of it, and whatever the bank was given benefits knows, also after a
    restore."""
    told = world.published
    known = {row["id"]: row["revision"] for row in await world.rows("claims", _REVISIONS, list(told))}
    below = {claim: (known.get(claim), revision) for claim, revision in told.items() if known.get(claim, 0) < revision}
    assert not below, f"a claim stands below what was published: {below}"
    given = {id_: sen for id_, (_, sen) in world.bank.items()}
    paid = await world.rows("benefits", _PAYMENTS_KNOWN, list(given))
    unknown = given.items() - {(row["end_to_end_id"], row["amount_sen"]) for row in paid}
    assert not unknown, f"benefits does not know what the bank has: {unknown}"
