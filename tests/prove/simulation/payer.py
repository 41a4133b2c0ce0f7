"""The service that pays: settles what is due, freezes bank files, takes the bank's answers, by the shipped domain."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.benefits.domain.calendar import Reached
from services.benefits.domain.entitled import Entitled, EntitlementKey, Term
from services.benefits.domain.ledger import Account, Transfer, TransferReason, transfer
from services.benefits.domain.payments import ENTERED_FROM, Outcome, Payment, PaymentState, contradicts
from services.benefits.domain.setting_off import SetOff
from services.benefits.domain.settlement import (
    Books,
    OpenRecovery,
    Pay,
    Posting,
    ReduceRecovery,
    Void,
    settle,
)
from shared.law.decision import Per
from tests.prove.simulation.clock import Wait
from tests.prove.simulation.database import Database, Transaction, TransientError
from tests.prove.simulation.story import PERSONS
from tests.prove.simulation.watch import Violation
from tests.prove.simulation.wiring import Wiring

DAY = date(2026, 8, 1)
LAST = date(2026, 7, 31)
FUND = "employment_injury"
MOST_IN_A_FILE = 5
RESENT_AFTER_SECONDS = 5.0
_REASONS = {PaymentState.SETTLED: TransferReason.SETTLED, PaymentState.RETURNED: TransferReason.RETURNED}


@dataclass(frozen=True)
class Row:
    """A row of the payments."""

    number: int
    claim: int
    payment: Payment
    file: int | None = None
    account: int | None = None


@dataclass(frozen=True)
class Instruction:
    """A line of a bank file."""

    end_to_end_id: str
    claim: int
    amount_sen: int


def entitled(claim: int, revision: int, amount_sen: int) -> Entitled:
    """One day's benefit of an amount, long past."""
    person, terms = claim % PERSONS, (Term(Per.DAY, amount_sen, LAST, LAST),) if amount_sen else ()
    key = EntitlementKey(UUID(int=claim + 1), "act4", "temporary", f"person:{person}")
    return Entitled(key, person, FUND, revision, terms)


def books_of(uow: Transaction, claim: int) -> Books:
    """As the ledger and the payments say."""
    net = recovery = 0
    for _, (of, moved) in uow.rows("transfer"):
        if of == claim:
            net += _side(moved, Account.BENEFIT_EXPENSE)
            recovery += _side(moved, Account.RECOVERIES_RECEIVABLE)
    rows = sorted((row for _, row in uow.rows("payment") if row.claim == claim), key=lambda row: row.number)
    return Books(net, recovery, tuple(row.payment for row in rows))


def _side(moved: Transfer, account: Account) -> int:
    return moved.amount_sen * ((moved.debit is account) - (moved.credit is account))


class Payer:
    """One worker process of the service, one of its timers, or the route that takes reports."""

    def __init__(self, database: Database, wiring: Wiring) -> None:
        self._database = database
        self._wiring = wiring
        self._frozen_at: dict[int, float] = {}

    async def settle_all(self) -> None:
        """Run due work until killed."""
        while True:
            try:
                while await self._settle_next():
                    continue
            except TransientError:
                await Wait(0.5)
            await Wait(0.4, "worker.idle")

    async def freeze_all(self) -> None:
        """Make a bank file of what is unsent, again and again."""
        while True:
            try:
                await self._freeze()
            except TransientError:
                await Wait(0.5)
            await Wait(1.0, "worker.idle")

    async def _settle_next(self) -> bool:
        async with self._database.begin() as uow:
            await self._database.statement("claim due work")
            free = [claim for claim, _ in uow.rows("due") if not uow.is_locked("due", claim)]
            if not free:
                return False
            claim = free[0]
            await uow.lock("due", claim)
            uow.delete("due", claim)
            await Wait(0.001, "due.claimed")
            await uow.lock("settlement", claim)
            known = uow.get("projection", ("decided", claim))
            for end_to_end_id, row in uow.rows("payment"):
                if row.claim == claim:
                    await uow.lock("payment", end_to_end_id)
            await self._database.statement("books")
            for posting in settle(entitled(claim, *known), books_of(uow, claim), DAY, Reached(days=DAY)):
                self._post(uow, claim, posting)
            await Wait(0.001, "due.before_commit")
        return True

    def _post(self, uow: Transaction, claim: int, posting: Posting) -> None:
        match posting:
            case Pay(key, amount_sen):
                cause = TransferReason.INSTRUCTED
                number = self._database.next_id()
                if uow.get("payment", key.end_to_end_id) is not None:
                    raise Violation(f"one key names one payment: {key}")
                uow.put("payment", key.end_to_end_id, Row(number, claim, Payment(key, amount_sen, PaymentState.UNSENT)))
            case Void(key):
                cause = TransferReason.VOIDED
                if not self._change(uow, key.end_to_end_id, PaymentState.VOIDED):
                    raise Violation("a payment that was locked as unsent was not")
            case OpenRecovery():
                cause = TransferReason.RECOVERY_OPENED
            case ReduceRecovery():
                cause = TransferReason.RECOVERY_REDUCED
            case SetOff():
                raise Violation("no other claim of the person owes anything")
        self._move(uow, claim, transfer(cause, posting.amount_sen, FUND))

    def _move(self, uow: Transaction, claim: int, moved: Transfer) -> None:
        uow.put("transfer", self._database.next_id(), (claim, moved))
        note = f"claim {claim}: {moved.reason} {moved.amount_sen} sen"
        uow.once_committed(lambda: self._database.clock.note("payer", note))

    def _change(self, uow: Transaction, end_to_end_id: str, state: PaymentState) -> bool:
        """A change that is conditional on the state it starts from; whether a row was changed."""
        row: Row = uow.get("payment", end_to_end_id)
        if self._wiring.locks_unsent and row.payment.state is not ENTERED_FROM[state]:
            return False
        uow.put("payment", end_to_end_id, replace(row, payment=replace(row.payment, state=state)))
        return True

    async def _freeze(self) -> None:
        async with self._database.begin() as uow:
            await self._database.statement("take unsent")
            chosen = self._sendable(uow)
            for end_to_end_id in chosen if self._wiring.locks_unsent else ():
                await uow.lock("payment", end_to_end_id)
            if self._wiring.locks_unsent:
                chosen = [each for each in chosen if each in self._sendable(uow)]
            if not chosen:
                return
            await Wait(0.001, "bank_file.before_render")
            rows = [uow.get("payment", each) for each in chosen]
            content = tuple(
                Instruction(each, row.claim, row.payment.amount_sen) for each, row in zip(chosen, rows, strict=True)
            )
            await self._database.statement("freeze")
            file = self._database.next_id()
            for end_to_end_id, row in zip(chosen, rows, strict=True):
                account = uow.get("payee", row.claim % PERSONS) or 1
                sent = replace(row.payment, state=PaymentState.SENT)
                uow.put("payment", end_to_end_id, replace(row, payment=sent, file=file, account=account))
            uow.put("file", file, content)
            note = f"file {file}: {', '.join(f'{each.end_to_end_id[:8]} of claim {each.claim}' for each in content)}"
            uow.once_committed(lambda: self._database.clock.note("payer", note))
            self._frozen_at[file] = self._database.clock.now
            await Wait(0.001, "bank_file.frozen")

    def _sendable(self, uow: Transaction) -> list[str]:
        """Unsent, unlocked, and not to an account that a payment came back from."""
        rows = uow.rows("payment")
        returned = {(row.claim % PERSONS, row.account) for _, row in rows if row.payment.state is PaymentState.RETURNED}
        found = [
            end_to_end_id
            for end_to_end_id, row in rows
            if self._waits(row) and (row.claim % PERSONS, uow.get("payee", row.claim % PERSONS) or 1) not in returned
        ]
        free = [each for each in found if not (self._wiring.locks_unsent and uow.is_locked("payment", each))]
        return free[:MOST_IN_A_FILE]

    def _waits(self, row: Row) -> bool:
        state = row.payment.state
        if self._wiring.resends_unknown and state is PaymentState.SENT and row.file is not None:
            return self._database.clock.now - self._frozen_at.get(row.file, 0.0) > RESENT_AFTER_SECONDS
        return state is ENTERED_FROM[PaymentState.SENT]

    async def take_report(self, file: int, statuses: Sequence[tuple[str, Outcome]]) -> None:
        """The bank's answer: moves on what it answers, books it, and owes again what came back."""
        async with self._database.begin() as uow:
            await self._database.statement("lock file")
            await uow.lock("file", file)
            for end_to_end_id, _ in statuses:
                await uow.lock("payment", end_to_end_id)
            await Wait(0.001, "status_report.read")
            for end_to_end_id, outcome in sorted(statuses):
                await self._answer(uow, end_to_end_id, outcome)
            await Wait(0.001, "status_report.taken")

    async def _answer(self, uow: Transaction, end_to_end_id: str, outcome: Outcome) -> None:
        row: Row = uow.get("payment", end_to_end_id)
        stands = row.payment.state
        if contradicts(stands, outcome):
            raise Violation(f"the bank never contradicts itself, yet {stands} was answered {outcome}")
        state = self._wiring.moved_on(stands, outcome)
        if state is None:
            return
        if stands is not state and not self._change(uow, end_to_end_id, state):
            raise Violation("a payment that was locked as sent was not")
        self._move(uow, row.claim, transfer(_REASONS[state], row.payment.amount_sen, FUND))
        if state is PaymentState.RETURNED:
            await uow.lock("due", row.claim)
            uow.put("due", row.claim, True)

    async def new_account(self, person: int) -> None:
        """A payee whose money came back gives another account."""
        async with self._database.begin() as uow:
            await self._database.statement("payee")
            await uow.lock("payee", person)
            uow.put("payee", person, (uow.get("payee", person) or 1) + 1)
