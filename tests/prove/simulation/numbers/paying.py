"""Bank files of what benefits owes, and a bank that pays them, answers late or twice, and returns some."""

from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from services.benefits.commands.settle_entitlement import SettleEntitlement
from services.benefits.domain.ledger import TransferReason, transfer
from services.benefits.domain.parties import party_of, person_of
from services.benefits.domain.payments import Outcome, PaymentState, moved_on
from services.benefits.domain.subjects import payee
from services.benefits.storage.ledger import Line
from shared.kernel.clock import now
from tests.prove.simulation.clock import Wait
from tests.prove.simulation.database import Transaction, TransientError
from tests.prove.simulation.numbers.benefits import BenefitsUnit, Paid
from tests.prove.simulation.numbers.service import Service, until_done
from tests.prove.simulation.watch import Violation

MOST_IN_A_FILE = 5
_REASONS = {PaymentState.SETTLED: TransferReason.SETTLED, PaymentState.RETURNED: TransferReason.RETURNED}
Start = Callable[[str, Coroutine[Any, Any, None], float], None]
# Who may not be paid by what is committed, in other words than those by which benefits asks.
Held = Callable[[], set[int]]


class Paying:
    """The timer that makes files, the bank, and the route that takes its answers."""

    def __init__(
        self, service: Service, unit: Callable[[Transaction], BenefitsUnit], start: Start, held_by_all: Held
    ) -> None:
        self._service = service
        self._database = service.database
        self._chance = service.database.chance
        self._unit = unit
        self._start = start
        self._held = held_by_all
        self.paid: Counter[str] = Counter()
        self.returned: set[str] = set()

    async def freeze_all(self) -> None:
        """File after file, until killed."""
        while True:
            try:
                await self._freeze()
            except TransientError:
                await Wait(0.4)
            await Wait(0.9, "freeze.idle")

    async def _freeze(self) -> None:
        async with self._database.begin() as uow:
            await self._database.statement("take unsent")
            before = self._held()
            unit = self._unit(uow)
            held = {party_of(number) for number in unit.knowing.held(unit.links(), now())}
            chosen = [name for name, row in uow.rows("payment") if self._is_ready(name, row, held, unit)][
                :MOST_IN_A_FILE
            ]
            for name in chosen:
                await uow.lock("payment", name)
            # What was locked after waiting is looked at again, as the database does.
            chosen = [name for name in chosen if uow.get("payment", name).payment.state is PaymentState.UNSENT]
            if not chosen:
                return
            await Wait(0.002, "bank_file.before_render")
            await self._database.statement("freeze")
            file = self._database.next_id()
            for name in chosen:
                self._send(name, file, before, uow)
            uow.put("file", file, tuple(chosen))
            await Wait(0.001, "bank_file.frozen")
            fetched_in = self._chance.between(0.2, 1.5)
            uow.once_committed(lambda: self._start("bank", self._execute(file, chosen), fetched_in))

    def _is_ready(self, name: str, row: Paid, held: set[str], unit: BenefitsUnit) -> bool:
        party = row.key.party
        free = not unit.uow.is_locked("payment", name) and party not in held
        has_account = unit.uow.get("payee", party) is not None and not unit.is_returned(party)
        return row.payment.state is PaymentState.UNSENT and free and has_account

    def _send(self, name: str, file: int, held_before: set[int], uow: Transaction) -> None:
        row: Paid = uow.get("payment", name)
        person = person_of(row.key.party)
        if person in held_before:
            raise Violation(f"nothing is paid while a merge is proposed: {row.key.party} in file {file}")
        sent = replace(row.payment, state=PaymentState.SENT)
        uow.put("payment", name, replace(row, payment=sent, file=file, account=uow.get("payee", row.key.party)))
        note = f"file {file}: {row.payment.amount_sen} sen of {row.key.claim.int} to {row.key.party}"
        uow.once_committed(lambda: self._database.clock.note("benefits", note))

    async def _execute(self, file: int, names: Sequence[str]) -> None:
        statuses = []
        for name in names:
            self.paid[name] += 1
            if self.paid[name] > 1:
                raise Violation(f"none is sent again: {name}")
            comes_back = self._chance.strikes("bank returns a payment", name[:8])
            if comes_back:
                self.returned.add(name)
            statuses.append((name, Outcome.RETURNED if comes_back else Outcome.SETTLED))
        await Wait(self._chance.between(3.0, 9.0) if self._chance.strikes("bank answers late", str(file)) else 0.4)
        await until_done(partial(self._take, statuses))
        if self._chance.strikes("bank answers twice", str(file)):
            await until_done(partial(self._take, statuses))
        for party in sorted({self._row(name).key.party for name, outcome in statuses if outcome is Outcome.RETURNED}):
            await Wait(1.0)
            await until_done(partial(self._new_account, party))

    def _row(self, name: str) -> Paid:
        found: Paid = self._database.table("payment")[name]
        return found

    async def _take(self, statuses: Sequence[tuple[str, Outcome]]) -> None:
        async with self._database.begin() as uow:
            await self._database.statement("lock file")
            unit = self._unit(uow)
            for key in sorted({self._row(name).key for name, _ in statuses}):
                await unit.due.at(SettleEntitlement.of(key), now())
            for name, _ in sorted(statuses):
                await uow.lock("payment", name)
            await Wait(0.001, "status_report.read")
            for name, outcome in statuses:
                self._answer(name, outcome, unit)

    def _answer(self, name: str, outcome: Outcome, unit: BenefitsUnit) -> None:
        row: Paid = unit.uow.get("payment", name)
        state = moved_on(row.payment.state, outcome)
        if state is None:
            return
        unit.uow.put("payment", name, replace(row, payment=replace(row.payment, state=state)))
        moved = transfer(_REASONS[state], row.payment.amount_sen, row.fund)
        unit.book([Line(moved, row.key, row.payment.key.revision)])

    async def _new_account(self, party: str) -> None:
        async with self._database.begin() as uow:
            unit = self._unit(uow)
            await unit.payees.lock(party)
            if uow.get("payee", party) is not None:
                uow.put("payee", party, uow.get("payee", party) + 1)
            await unit.due.wake({payee(party)})
