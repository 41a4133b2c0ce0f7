"""Benefits as it follows numbers: its own commands and consumers, on a model of what their statements do."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from services.benefits.domain.calendar import Reached
from services.benefits.domain.entitled import CLAIMS, Entitled, EntitlementKey, Source, Term
from services.benefits.domain.ledger import GRANTED, Account, TransferReason
from services.benefits.domain.parties import party_of, person_of
from services.benefits.domain.payments import ENTERED_FROM, GONE, Payment, PaymentState
from services.benefits.domain.recoveries import Opened, Recovery
from services.benefits.domain.setting_off import Keep, OpenDebt
from services.benefits.domain.waiting import Waiting, WaitingReason
from services.benefits.storage.known_entitlements import Decided
from services.benefits.storage.ledger import Line, SetOffBetween
from services.benefits.storage.owed_days import TakenDays
from services.benefits.storage.settling import Settled, Standing, Turn
from shared.kernel.clock import now, today
from shared.kernel.periods import Days
from shared.persistence.erased import Hold
from tests.prove.simulation.database import Transaction
from tests.prove.simulation.numbers.erased import ErasedModel
from tests.prove.simulation.numbers.links import Link, held, held_until, numbers_of
from tests.prove.simulation.numbers.people import people_of
from tests.prove.simulation.numbers.service import Service, Unit
from tests.prove.simulation.watch import Violation
from tests.prove.simulation.wiring import higher_wins

_DEBTS = (
    TransferReason.RECOVERY_SET_OFF,
    TransferReason.RECOVERY_SET_OFF_AGAIN,
    TransferReason.RECOVERY_SET_OFF_UNDONE,
)
Links = Collection[Link]


@dataclass(frozen=True)
class Knowing:
    """How benefits reads links; what is not as shipped must be found."""

    numbers_of: Callable[[Links, int], list[int]] = numbers_of
    held: Callable[[Links, datetime], set[int]] = held
    held_until: Callable[[Links, int], datetime | None] = held_until
    replaces: Callable[[int, int], bool] = higher_wins
    locks_all: bool = True
    undoes_once: bool = True


@dataclass(frozen=True)
class Settlement:
    """A row of settlement."""

    person: int
    fund: str
    revision: int
    settled_on: date
    reached: Reached


@dataclass(frozen=True)
class Paid:
    """A row of payment."""

    number: int
    payment: Payment
    person: int
    fund: str
    file: int | None = None
    account: int | None = None

    @property
    def key(self) -> EntitlementKey:
        """Of which entitlement it is."""
        return self.payment.key.entitlement


class _Part:
    """Some statements of a unit."""

    def __init__(self, unit: "BenefitsUnit") -> None:
        self._unit = unit
        self._uow = unit.uow


class _Merges(_Part):
    async def lock(self, parties: Collection[str]) -> set[str]:
        locked: set[str] = set()
        while found := ({*parties} | await self._others(parties)) - locked:
            for party in sorted(found):
                await self._unit.statement("lock party")
                await self._uow.lock("settling", party)
            locked |= found
        return locked

    async def _others(self, parties: Collection[str]) -> set[str]:
        return await self.parties_of(parties) if self._unit.knowing.locks_all else set()

    async def keep(self, rows: Sequence[dict[str, Any]]) -> None:
        await self._unit.statement("keep merges")
        links = [Link(**row) for row in rows]
        for link in sorted(links, key=lambda each: (each.person, each.survivor, each.revision)):
            key = link.person, link.survivor
            await self._uow.lock("known_merge", key)
            known = self._uow.get("known_merge", key)
            if known is None or self._unit.knowing.replaces(known.revision, link.revision):
                self._uow.put("known_merge", key, link)

    async def parties_of(self, parties: Collection[str]) -> set[str]:
        await self._unit.statement("parties of")
        return {one for party in parties for one in self._unit.parties_of(party)}


class _Entitlements(_Part):
    async def keep(self, decided: Sequence[Decided]) -> None:
        await self._unit.statement("keep assessments")
        for each in sorted(decided, key=lambda each: str(each.assessment["claim"])):
            claim, revision = each.assessment["claim"], each.assessment["revision"]
            await self._uow.lock("assessment", claim)
            known = self._uow.get("assessment", claim)
            if known is None or self._unit.knowing.replaces(known[0], revision):
                self._uow.put("assessment", claim, (revision, each.assessment["person"]))
                self._replace(claim, revision, each)

    def _replace(self, claim: UUID, revision: int, decided: Decided) -> None:
        for key in [key for key, _ in self._uow.rows("entitlement") if key.claim == claim]:
            self._uow.delete("entitlement", key)
        for row in decided.entitlements:
            key = EntitlementKey(claim, row["scheme"], row["benefit"], row["party"])
            self._uow.put("entitlement", key, (str(row["fund"]), row["law"], tuple(decided.terms[key])))
        granted = {key for key, _ in self._uow.rows("settlement")} | {row.key for _, row in self._uow.rows("payment")}
        for key in granted:
            settled = self._uow.get("settlement", key)
            if key.claim == claim and (settled is None or settled.revision < revision):
                self._uow.put("overtaken", key, False)


class _Settlements(_Part):
    async def keys_of(self, claim: UUID) -> set[EntitlementKey]:
        await self._unit.statement("keys")
        return {key for key in self._keys() | self._paid() if key.claim == claim}

    async def keys_of_parties(self, parties: Collection[str]) -> set[EntitlementKey]:
        await self._unit.statement("keys of parties")
        return {key for key in self._keys() if key.party in parties}

    def _keys(self) -> set[EntitlementKey]:
        return {key for table in ("settlement", "entitlement") for key, _ in self._uow.rows(table)}

    def _paid(self) -> set[EntitlementKey]:
        return {row.key for _, row in self._uow.rows("payment")}

    async def looked_at(self, keys: Sequence[EntitlementKey]) -> None:
        for key in keys:
            if self._uow.get("overtaken", key) is not None:
                self._uow.put("overtaken", key, True)

    async def is_named_no_more(self, key: EntitlementKey) -> bool:
        await self._unit.statement("named no more")
        return self._uow.get("assessment", key.claim) is not None and self._uow.get("settlement", key) is None


class _Settling(_Part):
    async def begin(self, key: EntitlementKey, limit: int) -> Turn | None:
        await self._unit.statement("settling begins")
        parties = self._unit.parties_of(key.party)
        overtaken = self._uow.rows("overtaken")
        beyond = [
            other for other, looked_at in overtaken if other != key and self._is_beyond(other, looked_at, parties)
        ]
        beyond = beyond[:limit]
        is_known = self._uow.get("assessment", key.claim) is not None
        if not await self._unit.try_lock("settling", parties[0]):
            return None
        for claim in sorted({key.claim, *(other.claim for other in beyond)}):
            await self._uow.lock("assessment", claim)
        return Turn(is_known, tuple(beyond), parties[0])

    def _is_beyond(self, key: EntitlementKey, looked_at: bool, parties: Sequence[str]) -> bool:
        stated, settled = self._uow.get("assessment", key.claim), self._uow.get("settlement", key)
        if looked_at or key.party not in parties or stated is None:
            return False
        return bool((settled.revision if settled else 0) < stated[0])

    async def stand(self, key: EntitlementKey, day: date) -> Standing | None:
        await self._unit.statement("stand")
        await self._uow.lock("settlement", key)
        stated, entitlement = self._uow.get("assessment", key.claim), self._uow.get("entitlement", key)
        settled = self._opened(key, day)
        if settled is None or stated is None:
            return None
        payments = [row for _, row in self._uow.rows("payment") if row.key == key]
        if stated[0] < max([settled.revision, *(row.payment.key.revision for row in payments)]):
            return None
        fund, law, terms = entitlement or (settled.fund, "", ())
        entitled = Entitled(key, settled.person, fund, stated[0], terms, law=law)
        parties = tuple(self._unit.parties_of(key.party))
        return Standing(
            *(entitled, max(day, settled.settled_on), settled.reached),
            taken=tuple(self._taken(key, terms, parties)),
            net=self._unit.net_of(key),
            has_payments=bool(payments),
            has_debts=any(other.party in parties and other != key for other, _ in self._uow.rows("recovery")),
            blocked=self._blocked(key.party),
            parties=parties,
        )

    def _opened(self, key: EntitlementKey, day: date) -> Settlement | None:
        known: Settlement | None = self._uow.get("settlement", key)
        if known is not None:
            return known
        stated, entitlement = self._uow.get("assessment", key.claim), self._uow.get("entitlement", key)
        if stated is None or entitlement is None:
            return None
        opened = Settlement(stated[1], entitlement[0], 0, day, Reached())
        self._uow.put("settlement", key, opened)
        return opened

    def _taken(self, key: EntitlementKey, terms: Sequence[Term], parties: Collection[str]) -> Iterable[TakenDays]:
        for other, (loss, days) in self._uow.rows("owed_days"):
            for each in days:
                if other == key or (other.party in parties and any(each.intersect(term.days) for term in terms)):
                    yield TakenDays(other, loss, each)

    def _blocked(self, party: str) -> Waiting | None:
        person = person_of(party)
        assert person is not None
        until = self._unit.knowing.held_until(self._unit.links(), person)
        if until is not None and until > now():
            return Waiting(WaitingReason.MERGE_PROPOSED, until=until)
        if self._uow.get("payee", party) is None:
            return Waiting(WaitingReason.ACCOUNT_MISSING)
        return Waiting(WaitingReason.ACCOUNT_RETURNED) if self._unit.is_returned(party) else None

    async def write(self, settled: Settled) -> None:
        await self._unit.statement("write settling")
        entitled, key = settled.entitled, settled.entitled.key
        if settled.days:
            self._unit.take_days(key, settled.loss, settled.days)
        for new in settled.payments:
            name = new.pay.key.end_to_end_id
            if self._uow.get("payment", name) is not None:
                raise Violation(f"one key names one payment: {new.pay.key}")
            payment = Payment(new.pay.key, new.pay.amount_sen, PaymentState.UNSENT)
            number = self._uow.database.next_id()
            self._uow.put("payment", name, Paid(number, payment, entitled.person or 0, entitled.fund))
        self._unit.book(settled.lines)
        if settled.payments:
            self._nothing_is_to_come_back(key)
        if self._uow.get("overtaken", key) is not None:
            self._uow.delete("overtaken", key)
        row = Settlement(entitled.person or 0, entitled.fund, entitled.revision, settled.day, settled.reached)
        self._uow.put("settlement", key, row)

    def _nothing_is_to_come_back(self, key: EntitlementKey) -> None:
        """What a person is paid is what is left when all is set off that any of its numbers is to pay back."""
        person = next(each for each in people_of(self._unit.links()) if person_of(key.party) in each)
        for other, _ in self._uow.rows("recovery"):
            open_sen = sum(recovery for _, recovery in self._unit.net_of(other).values())
            if person_of(other.party) in person and open_sen > 0:
                raise Violation(f"an accident is paid once: {key.party} is paid while {other.party} owes {open_sen}")


class _OwedDays(_Part):
    async def replace(self, owed: Entitled, loss: str) -> None:
        await self._unit.statement("replace days")
        self._unit.take_days(owed.key, loss, owed.days)


class _Payments(_Part):
    async def lock(self, key: EntitlementKey) -> dict[str, Any]:
        await self._unit.statement("lock payments")
        rows = [(row.number, name) for name, row in self._uow.rows("payment") if row.key == key]
        for _, name in sorted(rows):
            await self._uow.lock("payment", name)
        found = {name: self._uow.get("payment", name) for _, name in sorted(rows)}
        return {
            name: SimpleNamespace(id=name, payment=row.payment, fund=row.fund, refused_with_file=None)
            for name, row in found.items()
        }

    async def void(self, payment: UUID) -> None:
        await self._unit.statement("void")
        row: Paid = self._uow.get("payment", payment)
        if row.payment.state is not ENTERED_FROM[PaymentState.VOIDED]:
            raise Violation("a payment that was locked as unsent was not")
        self._uow.put("payment", payment, replace(row, payment=replace(row.payment, state=PaymentState.VOIDED)))

    async def list_unsent_of(self, party: str) -> set[EntitlementKey]:
        await self._unit.statement("unsent of")
        rows = [row for _, row in self._uow.rows("payment") if row.payment.state is PaymentState.UNSENT]
        return {row.key for row in rows if row.key.party == party}

    async def list_paid_days(self, key: EntitlementKey) -> tuple[Days, ...]:
        await self._unit.statement("paid days")
        rows = [row for _, row in self._uow.rows("payment") if row.key == key and row.payment.state not in GONE]
        return tuple(row.payment.key.period for row in rows)


class _Ledger(_Part):
    async def net(self, key: EntitlementKey) -> Mapping[str, tuple[int, int]]:
        await self._unit.statement("net")
        return self._unit.net_of(key)

    async def post(self, lines: Iterable[Line]) -> None:
        await self._unit.statement("post")
        self._unit.book(list(lines))

    async def set_off_between(self, parties: Collection[str]) -> list[SetOffBetween]:
        """As the statement has it: of each entry one that is paid for, and what that stands against."""
        await self._unit.statement("set off between")
        entries: dict[int, list[Line]] = {}
        for (entry, _), line in self._uow.rows("transfer"):
            if line.key.party in parties:
                entries.setdefault(entry, []).append(line)
        sums: Counter[Any] = Counter()
        revisions: dict[Any, tuple[int, int]] = {}
        for lines in entries.values():
            for paying, debt in self._against(lines):
                is_set_off = paying.transfer.reason is TransferReason.SET_OFF
                grants = paying.transfer.debit if is_set_off else paying.transfer.credit
                both = paying.key, paying.transfer.fund, grants, debt.key, debt.transfer.fund
                is_undone = debt.transfer.reason is TransferReason.RECOVERY_SET_OFF_UNDONE
                sign = -1 if is_undone and self._unit.knowing.undoes_once else not is_undone
                sums[both] += sign * debt.transfer.amount_sen
                revisions[both] = paying.revision, debt.revision
        return [self._between(both, revisions[both], sums[both]) for both in sorted(sums) if sums[both] > 0]

    def _against(self, lines: Sequence[Line]) -> Iterable[tuple[Line, Line]]:
        reasons = (TransferReason.SET_OFF, TransferReason.SET_OFF_UNDONE)
        paying = next((line for line in lines if line.transfer.reason in reasons), None)
        if paying is None:
            return
        one = self._unit.parties_of(paying.key.party)
        for debt in lines:
            if debt.transfer.reason in _DEBTS and debt.key.party not in one:
                yield paying, debt

    @staticmethod
    def _between(both: Any, revisions: tuple[int, int], sen: int) -> SetOffBetween:
        paying, paying_fund, grants, debt, debt_fund = both
        return SetOffBetween(paying, paying_fund, revisions[0], Account(grants), debt, debt_fund, revisions[1], sen)


class _Recoveries(_Part):
    async def open(self, entitled: Entitled, _: str | None) -> None:
        await self._unit.statement("open recovery")
        if self._uow.get("recovery", entitled.key) is None:
            self._uow.put("recovery", entitled.key, (self._uow.database.next_id(), entitled.revision, entitled.fund))

    async def list_open(self, entitled: Entitled, _: date) -> list[OpenDebt]:
        await self._unit.statement("open debts")
        parties, found = self._unit.parties_of(entitled.key.party), []
        for key, (number, revision, fund) in self._uow.rows("recovery"):
            open_sen = sum(recovery for _, recovery in self._unit.net_of(key).values())
            if key.party in parties and key != entitled.key and open_sen > 0:
                found.append((number, OpenDebt(key, fund, revision, open_sen)))
        return [debt for _, debt in sorted(found, key=lambda each: each[0])]

    async def opened(self, key: EntitlementKey) -> Opened:
        await self._unit.statement("opened")
        number, revision, fund = self._uow.get("recovery", key)
        lines = [line.transfer for _, line in self._uow.rows("transfer") if line.key == key]
        sens = [each.amount_sen for each in lines if each.reason is TransferReason.RECOVERY_OPENED]
        open_sen = sum(recovery for _, recovery in self._unit.net_of(key).values())
        about = (CLAIMS, Source.CLAIM, person_of(key.party), fund, "Act 4 s.50", revision, open_sen, revision)
        return Opened(Recovery(UUID(int=number), key, *about), "R", len(sens), sens[-1], today())

    async def keep_of(self, _: Entitled, __: date) -> tuple[Keep, bool]:
        await self._unit.statement("keep")
        return Keep(), False


class _Payees(_Part):
    async def lock(self, party: str) -> None:
        await self._unit.statement("lock payee")
        await self._uow.lock("payee of", party)

    async def open_with(self, party: str) -> Hold | None:
        await self._unit.statement("open with")
        is_paid = any(row.key.party == party for _, row in self._uow.rows("payment"))
        return Hold("paid_lately", "service:benefits") if is_paid else None

    async def receives_for_another(self, _: str) -> Hold | None:
        await self._unit.statement("receives for another")
        return None

    async def received_for(self, _: Collection[str]) -> set[str]:
        await self._unit.statement("received for")
        return set()

    async def erase(self, party: str) -> int:
        await self._unit.statement("erase accounts")
        if self._uow.get("payee", party) is None:
            return 0
        self._uow.delete("payee", party)
        return 1


class _Deaths(_Part):
    """Nobody dies here."""

    async def follow(self, _: Collection[str]) -> None:
        await self._unit.statement("follow deaths")


class BenefitsUnit(Unit):
    """The unit of work of benefits, as far as numbers concern it."""

    def __init__(self, service: Service, uow: Transaction, knowing: Knowing) -> None:
        super().__init__(service, uow)
        self.knowing = knowing
        self.known_merges, self.known_entitlements = _Merges(self), _Entitlements(self)
        self.settlements, self.known_deaths = _Settlements(self), _Deaths(self)
        self.settling, self.owed_days, self.payments = _Settling(self), _OwedDays(self), _Payments(self)
        self.ledger, self.recoveries, self.payees = _Ledger(self), _Recoveries(self), _Payees(self)
        self.erased_persons = ErasedModel(self)

    def links(self) -> list[Link]:
        """What is known of numbers."""
        return [link for _, link in self.uow.rows("known_merge")]

    def parties_of(self, party: str) -> list[str]:
        """All of the one person, the one that survives first."""
        person = person_of(party)
        assert person is not None
        return [party_of(number) for number in self.knowing.numbers_of(self.links(), person)]

    def net_of(self, key: EntitlementKey) -> dict[str, tuple[int, int]]:
        """What is granted and what of it is to come back, by fund."""
        found: dict[str, tuple[int, int]] = {}
        for _, line in self.uow.rows("transfer"):
            if line.key == key:
                net, recovery = found.get(line.transfer.fund, (0, 0))
                net += _side(line, GRANTED)
                found[line.transfer.fund] = net, recovery + _side(line, (Account.RECOVERIES_RECEIVABLE,))
        return found

    def book(self, lines: Sequence[Line]) -> None:
        """One entry."""
        entry = self.uow.database.next_id()
        for number, line in enumerate(lines):
            self.uow.put("transfer", (entry, number), line)

    def take_days(self, key: EntitlementKey, loss: str, days: Sequence[Days]) -> None:
        """Raises Violation where the database would refuse: a day is another's of the same party and loss."""
        for other, (of, taken) in self.uow.rows("owed_days"):
            is_same = other != key and (other.party, of) == (key.party, loss)
            if is_same and any(each.intersect(day) for each in taken for day in days):
                raise Violation(f"a day is owed once: {key} takes one that {other} has")
        self.uow.put("owed_days", key, (loss, tuple(days)))

    def is_returned(self, party: str) -> bool:
        """Whether a payment came back from the account that the party has now."""
        account = self.uow.get("payee", party)
        rows = [row for _, row in self.uow.rows("payment") if row.payment.state is PaymentState.RETURNED]
        return any(row.key.party == party and row.account == account for row in rows)


def _side(line: Line, accounts: Collection[Account]) -> int:
    moved = line.transfer
    return moved.amount_sen * ((moved.debit in accounts) - (moved.credit in accounts))
