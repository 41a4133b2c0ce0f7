"""An office in memory: the shipped domain of benefits over dictionaries in place of tables, without a server.

It does what the commands do, in their order: `settle_entitlement`, `freeze_bank_file`, `take_status_report`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from services.benefits.domain.calendar import BookCalendar, Reached
from services.benefits.domain.entitled import CLAIMS, Entitled, EntitlementKey, Source, Term
from services.benefits.domain.ledger import (
    REDUCED,
    SET_OFF_ELSEWHERE,
    Account,
    Income,
    Transfer,
    TransferReason,
    banked,
    called_off,
    contributed,
    fund_changed,
    granted_on,
    transfer,
)
from services.benefits.domain.loans import CallIn, CallOff, asks_on, called
from services.benefits.domain.payments import Payment, PaymentState
from services.benefits.domain.recoveries import divided
from services.benefits.domain.setting_off import Keep, OpenDebt, SetOff, by_law, own_by_law
from services.benefits.domain.settlement import (
    Books,
    Excess,
    OpenRecovery,
    Pay,
    Posting,
    ReduceRecovery,
    Void,
    excess,
    pays_more,
    settle,
    waits,
)
from shared.kernel.funds import CLEARING, Fund
from shared.kernel.periods import Days, Month
from shared.law.act4.owing.rules import insured_loss
from shared.law.book import book
from shared.law.decision import Per
from tests.oracle import owing

_BEYOND = (TransferReason.RECOVERY_OPENED, *REDUCED.values())
_COME_BACK = (TransferReason.RECOVERY_REDUCED, TransferReason.RECOVERY_SET_OFF, TransferReason.REPAID)
_ACCOUNTS = {
    Fund.EMPLOYMENT_INJURY: Account.FUND_ACT4_EMPLOYER,
    Fund.INVALIDITY: Account.FUND_ACT4_EMPLOYEE,
    Fund.NON_EMPLOYMENT_INJURY: Account.FUND_SKBBK,
    Fund.EMPLOYMENT_INSURANCE: Account.FUND_ACT800,
}


class Owed(NamedTuple):
    """One line of what a source states: what under which Act, to whom, from which fund, on which terms; of a loan also
    what is paid back.
    """

    scheme: str
    what: str
    party: str
    fund: str
    terms: tuple[owing.Term, ...]
    repayment: tuple[owing.Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Stated:
    """All that stands of a claim, or of what another owner states as owed, by its newest revision.

    ``last`` is what it named when it named something last.
    """

    source: int
    owner: str
    revision: int
    owed: tuple[Owed, ...]
    last: tuple[Owed, ...]

    @property
    def is_payable(self) -> bool:
        """Whether it is none of a claim: what others than claims state, and its loans."""
        return self.owner != CLAIMS or any(is_loan(each.what) for each in self.last)


class Key(NamedTuple):
    """What names a debt: its source, the Act, what it is, and the party."""

    source: int
    scheme: str
    what: str
    party: str


class Instruction(NamedTuple):
    """A line of a bank file: of which debt the bank pays how much, from the books of which fund."""

    id: str
    of: Key
    fund: str
    sen: int

    @property
    def party(self) -> str:
        """Who is paid."""
        return self.of.party


def is_loan(what: str) -> bool:
    """Whether it is paid back."""
    return what.endswith("_loan")


@dataclass(frozen=True, slots=True)
class Standing:
    """What the books say when a day has ended.

    ``net`` and ``open`` are what is granted of each debt in the books of each fund, of a loan without what of it was
    asked for, and what is to come back; ``balances`` are debits less credits by fund and account, ``unsent`` the
    payments of each debt in no bank file, ``has`` the days that each debt has.
    """

    net: dict[tuple[Key, str], int]
    open: dict[tuple[Key, str], int]
    balances: dict[tuple[str, str], int]
    unsent: dict[Key, int]
    has: dict[Key, tuple[owing.Range, ...]]


class Office(Protocol):
    """Whoever owes and pays: in memory, or the service itself."""

    async def state(self, stated: Stated) -> None:
        """What an owner says stands; it is settled with the day's work."""

    async def enter_account(self, party: str) -> None:
        """A party has another account than before."""

    async def contribute(self, fund: str, sen: int) -> None:
        """An employer declares more for a fund, or less where it is below zero."""

    async def bank(self, fund: str, sen: int) -> None:
        """Of what was declared for a fund so much came in."""

    async def repay(self, key: Key, sen: int, day: date) -> None:
        """Somebody pays back of what is to come back of a debt, or more than that, and all that is due is done."""

    async def agree(self, key: Key, monthly_sen: int) -> None:
        """No more than so much is kept against it in a month."""

    async def begin(self, day: date) -> None:
        """The day has come, and nothing is done yet."""

    async def work(self, day: date) -> None:
        """All that is due on the day is done."""

    async def send(self) -> Sequence[Instruction]:
        """What is unsent and has an account goes into a bank file."""

    async def hear(self, id_: str, state: str) -> None:
        """The bank says that a payment was settled, or that it came back."""

    async def stands(self) -> Standing:
        """What the books say."""


@dataclass
class _Books:
    """What is kept of one debt."""

    entitled: Entitled
    settled: int = 0
    reached: Reached = field(default_factory=Reached)
    payments: dict[str, Payment] = field(default_factory=dict)
    fund_of: dict[str, str] = field(default_factory=dict)
    moved: Counter[tuple[str, Account]] = field(default_factory=Counter)
    days: tuple[Days, ...] = ()
    looks_on: date | None = None
    waits: bool = False
    recovery: int = 0
    plan: int | None = None
    called: int = 0
    overpaid: int = 0
    came_back: Counter[Month] = field(default_factory=Counter)

    def net(self) -> dict[str, tuple[int, int]]:
        """Granted, and to come back, by fund."""
        accounts = (self.grants, Account.RECOVERIES_RECEIVABLE)
        funds = {fund for fund, _ in self.moved}
        return {fund: (self.moved[fund, accounts[0]], self.moved[fund, accounts[1]]) for fund in funds}

    @property
    def grants(self) -> Account:
        """Where what is granted stands."""
        return granted_on(self.entitled.key.benefit, is_benefit=self.entitled.is_benefit)

    def keep(self, day: date) -> Keep:
        """As it was agreed."""
        return Keep(monthly_sen=self.plan, taken_sen=self.came_back[Month.of(day)])

    def books(self) -> Books:
        net = self.net().values()
        granted, open_ = sum(each[0] for each in net), sum(each[1] for each in net)
        instalments = max(0, open_ - self.overpaid) if self.entitled.is_loan else 0
        books = Books(granted + self.called, open_, tuple(self.payments.values()), called_sen=self.called)
        return replace(books, instalments_sen=instalments)

    def note(self, moved: Transfer) -> None:
        """What moved in its books."""
        for account, sen in ((moved.debit, moved.amount_sen), (moved.credit, -moved.amount_sen)):
            self.moved[str(moved.fund), account] += sen
            if account is Account.RECOVERIES_RECEIVABLE and moved.reason is TransferReason.CALLED_IN:
                self.called += sen
            if account is Account.RECOVERIES_RECEIVABLE and moved.reason in _BEYOND:
                self.overpaid += sen

    @property
    def unsent(self) -> list[Payment]:
        """What is in no bank file yet."""
        return [each for each in self.payments.values() if each.state is PaymentState.UNSENT]


@dataclass
class OfficeInMemory:
    """All the books, whose account refused a payment, and who has none."""

    kept: dict[EntitlementKey, _Books] = field(default_factory=dict)
    accounts: set[str] = field(default_factory=set)
    balances: Counter[tuple[str, Account]] = field(default_factory=Counter)
    due: set[EntitlementKey] = field(default_factory=set)
    recoveries: int = 0

    async def state(self, stated: Stated) -> None:
        """A newer revision: what it names, and what any before it named, is settled."""
        source = UUID(int=stated.source)
        named = {EntitlementKey(source, *each[:3]): each for each in stated.owed}
        known = {key for key in self.kept if key.claim == source}
        for key in known | named.keys():
            owed = named.get(key)
            fund = owed.fund if owed else self.kept[key].entitled.fund
            terms, back = (_terms(owed.terms), _terms(owed.repayment)) if owed else ((), ())
            under = Source.PAYABLE if stated.is_payable else Source.CLAIM
            about: dict[str, Any] = {"owner": stated.owner, "source": under, "repayment": back}
            entitled = Entitled(key, None, fund, stated.revision, terms, **about)
            self.kept.setdefault(key, _Books(entitled)).entitled = entitled
            self.due.add(key)

    async def enter_account(self, party: str) -> None:
        """What waited for it is settled."""
        self.accounts.add(party)
        self.due |= {key for key, kept in self.kept.items() if key.party == party and kept.waits}

    async def contribute(self, fund: str, sen: int) -> None:
        """Booked as declared."""
        for each in contributed([Income(_ACCOUNTS[Fund(fund)], Fund(fund), sen)]):
            self._book(each)

    async def bank(self, fund: str, sen: int) -> None:
        """A receipt of its own."""
        for each in banked({fund: sen}, {}):
            self._book(each)

    async def repay(self, key: Key, sen: int, day: date) -> None:
        """What is more than open is of no recovery."""
        named = EntitlementKey(UUID(int=key.source), *key[1:])
        kept = self.kept[named]
        amount, beyond = divided(sen, kept.books().recovery_sen)
        for reason, part in ((TransferReason.REPAID, amount), (TransferReason.REPAID_BEYOND, beyond)):
            if part:
                fund = kept.entitled.fund if reason is TransferReason.REPAID else CLEARING
                moved = transfer(reason, part, fund)
                self._book(moved, named if reason is TransferReason.REPAID else None)
                self._note(moved, named, day)
        await self.work(day)

    async def agree(self, key: Key, monthly_sen: int) -> None:
        """It counts from now on."""
        self.kept[EntitlementKey(UUID(int=key.source), *key[1:])].plan = monthly_sen

    async def begin(self, day: date) -> None:
        """It has no clock."""

    async def work(self, day: date) -> None:
        """Due work, oldest key first, until none is left."""
        self.due |= {key for key, kept in self.kept.items() if kept.looks_on is not None and kept.looks_on <= day}
        while self.due:
            key = min(self.due)
            self.due.remove(key)
            self._settle(key, day)

    async def send(self) -> Sequence[Instruction]:
        """One file of all that may go."""
        return [each for key in sorted(self.kept) for each in self._freeze(key)]

    async def hear(self, id_: str, state: str) -> None:
        """Booked; what came back is owed again, and its account is blocked."""
        key, kept = next((key, kept) for key, kept in self.kept.items() if id_ in kept.payments)
        payment = kept.payments[id_]
        kept.payments[id_] = replace(payment, state=PaymentState(state))
        stood = payment.state is PaymentState.SETTLED
        reason = TransferReason.REVERSED if stood else TransferReason(state)
        self._book(transfer(reason, payment.amount_sen, kept.fund_of[id_], grants=kept.grants), key)
        if state == PaymentState.RETURNED:
            self.accounts.discard(key.party)
        if state == PaymentState.RETURNED or kept.entitled.is_loan:
            self.due.add(key)

    async def stands(self) -> Standing:
        """As the books are."""
        net, open_, unsent = dict[tuple[Key, str], int](), dict[tuple[Key, str], int](), dict[Key, int]()
        for key, kept in self.kept.items():
            for fund, (granted, back) in kept.net().items():
                net[_named(key), fund], open_[_named(key), fund] = granted, back
            unsent[_named(key)] = sum(each.amount_sen for each in kept.unsent)
        balances = {(fund, str(account)): sen for (fund, account), sen in self.balances.items()}
        has = {_named(key): tuple((each.first, each.last) for each in kept.days) for key, kept in self.kept.items()}
        return Standing(net, open_, balances, unsent, has)

    def _settle(self, key: EntitlementKey, day: date) -> None:
        beyond = [(self._excess(other, day), other) for other in self._overtaken(key)]
        for found, other in sorted(beyond, reverse=True):
            if found is not Excess.NONE:
                self._bring_up_to_date(other, day)
        asks = self._bring_up_to_date(key, day)
        kept = self.kept[key]
        due = kept.entitled.falls_due(day, kept.reached, BookCalendar(day))
        kept.looks_on = min((each for each in (due, asks) if each is not None), default=None)

    def _overtaken(self, key: EntitlementKey) -> Iterator[EntitlementKey]:
        for other, kept in self.kept.items():
            overtaken = kept.settled < kept.entitled.revision and (kept.settled or kept.payments)
            if overtaken and other != key and _same_act(other, key):
                yield other

    def _excess(self, key: EntitlementKey, day: date) -> Excess:
        kept = self.kept[key]
        return excess(self._owed(key, day), kept.books(), day, kept.reached)

    def _owed(self, key: EntitlementKey, day: date) -> Entitled:
        """Without the days that another debt of the party has for the same loss."""
        stated = self.kept[key].entitled
        others = self._sharing(key, day)
        return stated.without([days for other in others for days in self.kept[other].days])

    def _sharing(self, key: EntitlementKey, day: date) -> list[EntitlementKey]:
        if not self.kept[key].entitled.is_benefit:
            return []
        loss = _loss(key, day)
        others = (other for other in self.kept if other.party == key.party and other != key)
        return [other for other in others if self.kept[other].entitled.is_benefit and _loss(other, day) == loss]

    def _bring_up_to_date(self, key: EntitlementKey, day: date) -> date | None:
        """When more of a loan is called in."""
        kept, owed = self.kept[key], self._owed(key, day)
        kept.reached = kept.entitled.reach(day, kept.reached, BookCalendar(day))
        lets_go, kept.days = owed.lets_go(kept.days), owed.days
        if lets_go:
            self.due |= {each for each in self._sharing(key, day) if self.kept[each].entitled.days}
        books, law = kept.books(), book().on(day, day)
        if books.recovery_sen > 0:
            books = replace(books, keep=own_by_law(kept.keep(day), False, owed, law))
        postings = settle(owed, books, day, kept.reached)
        if pays_more(postings) or books.unsent:
            debts = tuple(by_law(debt, owed, law) for debt in self._debts(kept.entitled, day))
            books = replace(books, elsewhere=debts)
            postings = settle(owed, books, day, kept.reached)
        more = pays_more(postings)
        kept.waits = (more or bool(books.unsent)) and key.party not in self.accounts
        chosen = [each for each in postings if not (more and kept.waits and waits(each, books))]
        for posting in chosen:
            self._post(key, kept, posting, day)
        self._call(key, called(owed, books, chosen, day))
        for moved in list(fund_changed(owed.fund, kept.net())):
            self._book(moved, key)
        kept.settled = kept.entitled.revision
        return asks_on(owed, books, chosen, day)

    def _debts(self, entitled: Entitled, day: date) -> tuple[OpenDebt, ...]:
        """What of the party's others under the Act, of the same owner, is still to come back, oldest first."""
        key = entitled.key
        found = [
            (kept.recovery, _debt(each, kept, day))
            for each, kept in self.kept.items()
            if kept.recovery and each != key and kept.entitled.owner == entitled.owner and _same_act(each, key)
        ]
        return tuple(debt for _, debt in sorted(found, key=lambda each: each[0]) if debt.open_sen)

    def _post(self, key: EntitlementKey, kept: _Books, posting: Posting, day: date) -> None:
        assert posting.amount_sen > 0
        fund, reason, others = kept.entitled.fund, TransferReason.SET_OFF, list[tuple[Transfer, EntitlementKey]]()
        match posting:
            case Pay(named, amount):
                assert named.end_to_end_id not in kept.payments, "a payment is made once"
                kept.payments[named.end_to_end_id] = Payment(named, amount, PaymentState.UNSENT)
                kept.fund_of[named.end_to_end_id], reason = fund, TransferReason.INSTRUCTED
            case Void(named):
                voided = kept.payments[named.end_to_end_id]
                assert voided.state is PaymentState.UNSENT
                kept.payments[named.end_to_end_id] = replace(voided, state=PaymentState.VOIDED)
                fund, reason = kept.fund_of[named.end_to_end_id], TransferReason.VOIDED
            case OpenRecovery():
                reason = TransferReason.RECOVERY_OPENED
                self._open(key)
            case ReduceRecovery(again=again):
                reason = REDUCED[again]
            case SetOff(debt, amount, again):
                others = [(transfer(SET_OFF_ELSEWHERE[again], amount, debt.fund), debt.key)]
        for moved, of in [(transfer(reason, posting.amount_sen, fund, grants=kept.grants), key), *others]:
            self._book(moved, of)
            self._note(moved, of, day)

    def _call(self, key: EntitlementKey, call: CallIn | CallOff | None) -> None:
        """What of a loan is to be paid back by now is asked for, or less."""
        if call is None:
            return
        fund = self.kept[key].entitled.fund
        if isinstance(call, CallIn):
            self._open(key)
            self._book(transfer(TransferReason.CALLED_IN, call.amount_sen, fund), key)
        else:
            self._book(called_off(call.amount_sen, fund), key)

    def _open(self, key: EntitlementKey) -> None:
        """Something of it is to come back; what is in no bank file is looked at again."""
        kept = self.kept[key]
        self.recoveries += 1
        kept.recovery = kept.recovery or self.recoveries
        self.due |= {each for each in self.kept if _same_act(each, key) and self.kept[each].unsent}

    def _note(self, moved: Transfer, key: EntitlementKey, day: date) -> None:
        """How much came back of a debt in the month, by which a plan goes."""
        if moved.reason in _COME_BACK:
            self.kept[key].came_back[Month.of(day)] += moved.amount_sen

    def _book(self, moved: Transfer, key: EntitlementKey | None = None) -> None:
        for account, sen in ((moved.debit, moved.amount_sen), (moved.credit, -moved.amount_sen)):
            self.balances[str(moved.fund), account] += sen
        if key is not None:
            self.kept[key].note(moved)

    def _freeze(self, key: EntitlementKey) -> Iterator[Instruction]:
        kept = self.kept[key]
        for each in kept.unsent if key.party in self.accounts else ():
            id_ = each.key.end_to_end_id
            kept.payments[id_] = replace(each, state=PaymentState.SENT)
            yield Instruction(id_, _named(key), kept.fund_of[id_], each.amount_sen)


def _debt(key: EntitlementKey, kept: _Books, day: date) -> OpenDebt:
    about = (kept.entitled.fund, kept.settled, kept.books().recovery_sen)
    return OpenDebt(key, *about, kept.entitled.owner, kept.entitled.source, keep=kept.keep(day))


def _same_act(one: EntitlementKey, other: EntitlementKey) -> bool:
    return one.party == other.party and one.scheme == other.scheme


def _loss(key: EntitlementKey, day: date) -> str:
    return insured_loss(key.scheme, key.benefit, book().on(day, day))


def _terms(stated: Sequence[owing.Term]) -> tuple[Term, ...]:
    return tuple(Term(Per(each.per), *each[1:]) for each in stated)


def _named(key: EntitlementKey) -> Key:
    return Key(key.claim.int, key.scheme, key.benefit, key.party)
