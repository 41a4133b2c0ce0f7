"""The end of a life: all that is on its way arrives, all that waits for an account has one, and all is paid."""

from collections.abc import Mapping
from datetime import date

import asyncpg

from shared.kernel.clock import today
from tests.machine import acts
from tests.machine.holds import Watched, all_hold
from tests.machine.world import World, shown
from tests.oracle.owing import Debt, Term

# By then every certified day has passed, and on the first of a month days are due as they are earned.
ROUNDS, LAST_DAY = 6, date(2027, 4, 1)
_WAITING = """
    SELECT party FROM payment WHERE state IN ('unsent', 'sent')
    UNION SELECT party FROM settlement WHERE waiting <> '[]'
"""
_PARTIES = f"{_WAITING} ORDER BY 1"
_SENT = "SELECT id FROM payment WHERE bank_file IS NOT NULL"
_TERMS = """
    SELECT claim, scheme, benefit, party, fund, per, sen, first_day, last_day
    FROM entitlement JOIN entitlement_term USING (claim, scheme, benefit, party) WHERE direction = 'out'
"""
_LEFT = "SELECT party, state, amount_sen FROM payment WHERE state IN ('unsent', 'sent')"
# What reached the party less what is to come back of it, by what it is of; what was paid back is no more with it.
_NET = """
    SELECT claim, scheme, benefit, party,
           sum(CASE WHEN debit IN ('benefit_expense', 'payable_expense') THEN amount_sen
                    WHEN credit IN ('benefit_expense', 'payable_expense') THEN -amount_sen ELSE 0 END)::bigint AS sen
    FROM transfer WHERE party IS NOT NULL GROUP BY 1, 2, 3, 4
"""
# For these benefits pays otherwise than claims states: nothing for months that are suspended, nor after a death.
_OTHERWISE = """
    SELECT party FROM party_statement JOIN party_statement_answer ON statement = party_statement.id WHERE counts
    UNION SELECT party FROM known_death WHERE died_on IS NOT NULL
"""


async def all_is_settled(world: World, watched: Watched) -> None:
    """Raises AssertionError unless what was paid comes to what the last revision owes."""
    await world.come_to_rest()
    while today().day != 1 or today() < LAST_DAY:
        world.clock.set(world.clock.advance(days=1))
    await world.come_to_rest()
    for _ in range(ROUNDS):
        await acts.pay(world, ("ACSC",), twice=False)
        waiting = await world.rows("benefits", _WAITING)
        if not waiting:
            break
        await _free(world)
        await world.come_to_rest()
    await world.come_to_rest()
    await all_hold(world, watched)
    await _all_is_paid(world)


async def _free(world: World) -> None:
    """Every file is answered, and whoever waits has an account from which nothing came back."""
    for place in range(len(await world.rows("benefits", _SENT))):
        await acts.answer_late(world, place, "ACSC")
    for number, row in enumerate(await world.rows("benefits", _PARTIES)):
        await acts.enter_account(world, row["party"], f"80{world.met.total():06d}{number}", 0)


async def _all_is_paid(world: World) -> None:
    otherwise = {row["party"] for row in await world.rows("benefits", _OTHERWISE)}
    left = [each for each in await world.rows("benefits", _LEFT) if each["party"] not in otherwise]
    assert not left, f"not all is paid: {shown(left)}"
    owed = _owed(await world.rows("benefits", _TERMS))
    net = {tuple(row)[:4]: row["sen"] for row in await world.rows("benefits", _NET)}
    for key in sorted(owed.keys() | net.keys(), key=str):
        if key[3] not in otherwise:
            got, due = net.get(key, 0), owed.get(key, 0)
            assert got == due, f"paid is not what is owed: {key} has {got} and is owed {due}"


def _owed(rows: list[asyncpg.Record]) -> Mapping[tuple[object, ...], int]:
    """What is due today of each entitlement, by the oracle (tests/oracle/owing.py)."""
    debts: dict[tuple[object, ...], Debt] = {}
    for claim, scheme, benefit, party, fund, *term in map(tuple, rows):
        debt = debts.setdefault((claim, scheme, benefit, party), Debt(party, fund))
        debt.terms = (*debt.terms, Term(*term))
    for debt in debts.values():
        debt.look(today())
    return {key: debt.least(today()) for key, debt in debts.items()}
