"""A bank that pays what it is sent, and answers late, twice, in part, or never; and what must hold of the money."""

from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from services.benefits.domain.ledger import Account
from services.benefits.domain.payments import Outcome, PaymentState
from tests.prove.simulation.clock import Wait
from tests.prove.simulation.database import Database, TransientError
from tests.prove.simulation.payer import Instruction, Payer, Row
from tests.prove.simulation.story import PERSONS
from tests.prove.simulation.watch import Violation

# Starts something after some seconds.
Start = Callable[[str, Coroutine[Any, Any, None], float], None]


@dataclass
class Bank:
    """Each file is executed once, by its message id; it does not compare one file with another."""

    database: Database
    payer: Payer
    start: Start
    files: dict[int, Sequence[Instruction]] = field(default_factory=dict)
    paid: Counter[str] = field(default_factory=Counter)
    returned: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)

    async def run(self) -> None:
        """Fetch new files, for ever."""
        while True:
            await Wait(0.8)
            for file in sorted(self.database.table("file")):
                if file not in self.files:
                    await self._fetch(file)

    async def _fetch(self, file: int) -> None:
        content = self.database.table("file")[file]
        if self.database.chance.strikes("bank file fetched twice", str(file)):
            await Wait(1.0)
            if self.database.table("file")[file] != content:
                raise Violation(f"the same bytes each time: file {file}")
        self.files[file] = content
        self._execute(file, content)

    def _execute(self, file: int, content: Sequence[Instruction]) -> None:
        chance = self.database.chance
        statuses = []
        for each in content:
            self.paid[each.end_to_end_id] += 1
            if self.paid[each.end_to_end_id] > 1:
                raise Violation(
                    f"none is sent again: payment {each.end_to_end_id[:8]} of claim {each.claim} paid twice"
                )
            comes_back = chance.strikes("bank returns a payment", f"of claim {each.claim}")
            if comes_back:
                self.returned.add(each.end_to_end_id)
            statuses.append((each.end_to_end_id, Outcome.RETURNED if comes_back else Outcome.SETTLED))
        if chance.strikes("bank never answers", str(file)):
            self.silent |= {each.end_to_end_id for each in content}
            return
        delay = chance.between(5.0, 15.0) if chance.strikes("bank answers late", str(file)) else 0.5
        if chance.strikes("bank answers in part", str(file)):
            half = [(id_, outcome if number % 2 else Outcome.PENDING) for number, (id_, outcome) in enumerate(statuses)]
            self.start("bank", self._report(file, half), delay)
            delay += 3.0
        self.start("bank", self._report(file, statuses), delay)
        if chance.strikes("bank answers twice", str(file)):
            self.start("bank", self._report(file, statuses), delay + chance.between(0.0, 4.0))

    async def _report(self, file: int, statuses: Sequence[tuple[str, Outcome]]) -> None:
        await self._until_taken(partial(self.payer.take_report, file, statuses))
        for end_to_end_id, outcome in statuses:
            if outcome is Outcome.RETURNED:
                await Wait(2.0)
                claim = self.database.table("payment")[end_to_end_id].claim
                await self._until_taken(partial(self.payer.new_account, claim % PERSONS))

    async def _until_taken(self, deliver: Callable[[], Coroutine[Any, Any, None]]) -> None:
        while True:
            try:
                return await deliver()
            except TransientError:
                await Wait(0.7)

    def open_points(self) -> Iterator[str]:
        """What is not through yet: every payment is answered but those of which the bank says nothing."""
        if due := self.database.table("due"):
            yield f"settled are not yet the claims {sorted(due)}"
        for end_to_end_id, row in sorted(self.database.table("payment").items()):
            if row.payment.state is PaymentState.UNSENT:
                yield f"a payment of claim {row.claim} is not in a file yet"
            if row.payment.state is PaymentState.SENT and end_to_end_id not in self.silent:
                yield f"a payment of claim {row.claim} is not answered yet"

    def check_end(self, owed: dict[int, int]) -> None:
        """The ledger is even, and paid is what is owed: each claim's newest amount, from its owner."""
        rows: list[tuple[str, Row]] = sorted(self.database.table("payment").items())
        for end_to_end_id, row in rows:
            self._check_payment(end_to_end_id, row)
        balances: Counter[Account] = Counter()
        recoveries: Counter[int] = Counter()
        for claim, moved in self.database.table("transfer").values():
            balances[moved.debit] += moved.amount_sen
            balances[moved.credit] -= moved.amount_sen
            recoveries[claim] += moved.amount_sen * (moved.debit is Account.RECOVERIES_RECEIVABLE)
            recoveries[claim] -= moved.amount_sen * (moved.credit is Account.RECOVERIES_RECEIVABLE)
        granted: Counter[int] = Counter()
        for _, row in rows:
            if row.payment.state not in (PaymentState.RETURNED, PaymentState.VOIDED):
                granted[row.claim] += row.payment.amount_sen
        for claim, owed_sen in sorted(owed.items()):
            if granted[claim] - recoveries[claim] != owed_sen:
                got = f"{granted[claim]} less {recoveries[claim]}"
                raise Violation(f"paid is what is owed: claim {claim} got {got}, owed {owed_sen}")
        self._check_balances(balances, rows)

    def _check_payment(self, end_to_end_id: str, row: Row) -> None:
        state = row.payment.state
        paid = self.paid[end_to_end_id] == 1
        came_back = end_to_end_id in self.returned
        fits = {
            PaymentState.UNSENT: not paid,
            PaymentState.VOIDED: not paid,
            PaymentState.SENT: paid and end_to_end_id in self.silent,
            PaymentState.SETTLED: paid and not came_back,
            PaymentState.RETURNED: paid and came_back,
        }
        if not fits[state]:
            raise Violation(f"each instruction once: one of claim {row.claim} is {state}, the bank says otherwise")

    def _check_balances(self, balances: "Counter[Account]", rows: Sequence[tuple[str, Row]]) -> None:
        sums: Counter[PaymentState] = Counter()
        for _, row in rows:
            sums[row.payment.state] += row.payment.amount_sen
        expected = {
            Account.BANK: -sums[PaymentState.SETTLED],
            Account.BENEFITS_PAYABLE: -sums[PaymentState.UNSENT] - sums[PaymentState.SENT],
        }
        for account, balance in expected.items():
            if balances[account] != balance:
                raise Violation(f"the ledger is even: {account} has {balances[account]}, the payments say {balance}")
