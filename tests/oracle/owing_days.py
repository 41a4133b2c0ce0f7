"""Seeded days of an office that owes: what its owners state, what the bank answers, and what must hold each evening.

A step is a function of the world and is chosen by its weight. What the world knows it knows by itself: what was stated,
what the bank booked. What the office says is held against the oracle (owing.py).
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from tests.oracle.office import Instruction, Key, Office, Owed, Standing, Stated, is_loan
from tests.oracle.owing import DAY, MONTH, ONCE, Debt, Range, Term

PERSONS = tuple(f"person:{number}" for number in range(1, 7))
EMPLOYERS, HOSPITALS = ("employer:1", "employer:2", "employer:3"), ("hospital:1", "hospital:2", "hospital:3")
PARTIES = (*PERSONS, *EMPLOYERS, *HOSPITALS)
INJURY, INVALIDITY = "employment_injury", "invalidity"
OUTSIDE, INSURANCE, SELF_EMPLOYED = "non_employment_injury", "employment_insurance", "self_employed"
CLEARING = "clearing"
# On one of these stands what is granted: a refund where the correction of the file has left it as owed to the employer.
GRANTED = ("benefit_expense", "payable_expense", "loans_receivable", "contributions_receivable")
DECLARED = (INJURY, INVALIDITY, OUTSIDE, INSURANCE)
FUNDS = (*DECLARED, SELF_EMPLOYED)
LOAN = "education_loan"
UNFIT, UNFIT_OUTSIDE = "temporary_disablement", "non_employment_injury_temporary_disablement"
# A day of it is owed once to a party, whichever of the two it is and of whichever claim.
ONE_LOSS = (UNFIT, UNFIT_OUTSIDE)
CLAIMS, REGISTRATION, REHAB = "claims", "registration", "rehab"
OWNERS = (CLAIMS, REGISTRATION, REHAB, "jobs")
_ONE = timedelta(days=1)
T = TypeVar("T", bound=Hashable)
# Of each debt what is due, and what is earned.
Bounds = dict[Key, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Paid:
    """What the bank has of a line of a file: `sent` until it answers, then `settled` or `returned`."""

    line: Instruction
    state: str


@dataclass
class World:
    """What was stated, what the bank has, who has an account, and the day."""

    office: Office
    chance: Random
    day: date
    parties: Sequence[str] = PARTIES
    stated: dict[int, Stated] = field(default_factory=dict)
    debts: dict[Key, Debt] = field(default_factory=dict)
    bank: dict[str, Paid] = field(default_factory=dict)
    declared: Counter[str] = field(default_factory=Counter)
    banked: Counter[str] = field(default_factory=Counter)
    # What was paid back of each debt, and to each fund; more than was open is `clearing`.
    repaid: Counter[Key] = field(default_factory=Counter)
    repaid_to: Counter[str] = field(default_factory=Counter)
    plans: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    done: Counter[str] = field(default_factory=Counter)

    async def run(self, days: int) -> None:
        """So many days, each checked when it has ended."""
        for _ in range(days):
            await self._pass_a_day()

    async def end(self) -> None:
        """Everybody has an account and the bank settles all, until nothing is on its way on the first of a month."""
        for party in self.parties:
            await self.account(party)
        while self.day.day != 1:
            await self._pass_a_day(quiet=True)
        await self._pass_a_day(quiet=True)
        self.day -= _ONE
        await self._evening()
        assert all(each.state != "sent" for each in self.bank.values())

    async def _pass_a_day(self, *, quiet: bool = False) -> None:
        await self.office.begin(self.day)
        for step in () if quiet else self._chosen():
            self.done[step.__name__] += await step(self)
        await self.office.work(self.day)
        for line in await self.office.send():
            assert line.id not in self.bank, "a payment stands in one file"
            self.bank[line.id] = Paid(line, "sent")
        await self._bank_answers(quiet)
        await self.office.work(self.day)
        await self._evening()
        self.day += _ONE

    def _chosen(self) -> list["Step"]:
        steps, weights = zip(*STEPS.items(), strict=True)
        return self.chance.choices(steps, weights, k=self.chance.choice((0, 0, 1, 1, 2, 3)))

    async def _bank_answers(self, quiet: bool) -> None:
        """Most on the day itself, some later; few come back, and fewer when they had reached the account."""
        for id_, paid in list(self.bank.items()):
            chance = self.chance.random()
            if paid.state == "sent" and (quiet or chance < 0.8):
                await self._answer(id_, "returned" if chance < 0.06 and not quiet else "settled")
            elif paid.state == "settled" and chance < 0.0005 and not quiet:
                await self._answer(id_, "returned")

    async def _answer(self, id_: str, state: str) -> None:
        self.done[f"bank {state}"] += 1
        await self.office.hear(id_, state)
        self.bank[id_] = replace(self.bank[id_], state=state)
        if state == "returned":
            self.accounts.discard(self.bank[id_].line.party)

    async def account(self, party: str) -> bool:
        """The party has another account."""
        self.accounts.add(party)
        await self.office.enter_account(party)
        return True

    async def state(self, source: int, owner: str, owed: Iterable[Owed]) -> bool:
        """The owner says what stands now; what it named before and names no more is owed no more."""
        owed, before = tuple(owed), self.stated.get(source)
        revision, last = (before.revision + 1, owed or before.last) if before else (1, owed)
        self.stated[source] = stated = Stated(source, owner, revision, owed, last)
        for key, debt in self.debts.items():
            if key.source == source:
                debt.terms = debt.repayment = ()
        for each in stated.owed:
            debt = self.debts.setdefault(Key(source, *each[:3]), Debt(each.party, each.fund))
            debt.fund, debt.terms, debt.repayment = each.fund, each.terms, each.repayment
        await self.office.state(stated)
        return True

    def of_kind(self, kind: str) -> list[str]:
        """The parties of a kind: `person`, `employer`, `hospital`."""
        return [party for party in self.parties if party.startswith(kind)]

    def some(self, kind: str) -> str:
        """One of them."""
        return self.chance.choice(self.of_kind(kind))

    async def _evening(self) -> None:
        """What must hold of every day, whatever has happened; raises AssertionError."""
        standing = await self.office.stands()
        self.look()
        bounds = {key: (debt.least(self.day), debt.most(self.day)) for key, debt in self.debts.items()}
        for keys in self._of_one_loss():
            self._nothing_is_owed_twice(keys, standing)
            bounds |= {key: self._without_others(key, keys, standing) for key in keys}
        self._loans_are_paid_whole_and_asked_for_once(standing, bounds)
        self._nobody_gets_more_or_less(standing, bounds)
        self._each_fund_is_as_the_oracle_says(standing, bounds)

    def look(self) -> None:
        """All that is due on the day is done: what fell due stays due."""
        for debt in self.debts.values():
            debt.look(self.day)

    def _of_one_loss(self) -> Iterable[list[Key]]:
        """The debts of each party of which a day is owed once for all of them."""
        found: dict[str, list[Key]] = {}
        for key in self.debts:
            if key.what in ONE_LOSS:
                found.setdefault(key.party, []).append(key)
        return found.values()

    def _without_others(self, key: Key, keys: Iterable[Key], standing: Standing) -> tuple[int, int]:
        """What is due and what is earned, without the days that others have."""
        taken = [days for other in keys if other != key for days in standing.has.get(other, ())]
        return self.debts[key].least(self.day, taken), self.debts[key].most(self.day, taken)

    def _nothing_is_owed_twice(self, keys: Sequence[Key], standing: Standing) -> None:
        """A day that debts of one loss want is had by exactly one of them that states it."""
        has = {key: _days(standing.has.get(key, ()), self.day) for key in keys}
        wants = {key: _days(_ranges(self.debts[key].terms), self.day) for key in keys}
        had, wanted = set[int]().union(*has.values()), set[int]().union(*wants.values())
        assert len(had) == sum(map(len, has.values())), f"{self.day}: a day is owed twice: {keys}"
        assert had == wanted, f"{self.day}: a day is lost, or nobody states it: {keys}"
        assert all(has[key] <= wants[key] for key in keys), f"{self.day}: a day is owed where nobody states it: {keys}"

    def _loans_are_paid_whole_and_asked_for_once(self, standing: Standing, bounds: Bounds) -> None:
        """A loan is not paid back from itself; to come back of it is what is asked for by now and has not come, and
        what was lent beyond it. What was asked for is lent no more: ``bounds`` become those of the rest.
        """
        sent = self._booked(lambda paid: paid.line.of)
        unanswered = self._booked(lambda paid: paid.line.of, "sent")
        back = _sums((key, sen) for (key, _), sen in standing.open.items())
        for key in filter(lambda each: is_loan(each.what), self.debts):
            due, earned = bounds[key]
            unsent, repaid = standing.unsent.get(key, 0), self.repaid[key]
            lent, on_its_way = sent[key] + unsent, unanswered[key] + unsent
            waits, asked = key.party not in self.accounts, self.debts[key].asked(self.day, lent, on_its_way, repaid)
            assert waits or due <= lent, f"{self.day}: {key} is lent {lent} of {due}"
            wanted = asked + max(0, lent - earned) - repaid
            # What an agreement lets be kept of the loan waits with it for an account, and so does what came back of
            # what was lent beyond it, where a payment came back since: it is lent again.
            is_right = back[key] == wanted or (waits and (key.party in self.plans or repaid))
            assert is_right, f"{self.day}: of {key} {back[key]} are to come back and not {wanted}"
            bounds[key] = due - asked, earned - asked

    def _nobody_gets_more_or_less(self, standing: Standing, bounds: Bounds) -> None:
        """What is granted of each debt is what is due, at the most what is earned; so it is for each party by what the
        bank booked. Who has no account may have less so far."""
        granted = _sums((key, sen) for (key, _), sen in standing.net.items())
        back = _sums((key, sen) for (key, _), sen in standing.open.items())
        waiting = _sums((key.party, sen) for key, sen in standing.unsent.items())
        waiting_by_act = _sums(((key.party, key.scheme), sen) for key, sen in standing.unsent.items())
        least, most, open_ = Counter[str](), Counter[str](), Counter[str]()
        for key, (due, earned) in bounds.items():
            waits, unsent = key.party not in self.accounts, waiting_by_act[key.party, key.scheme]
            assert waits or due <= granted[key], f"{self.day}: {key} is granted {granted[key]} of {due}"
            assert granted[key] <= earned, f"{self.day}: {key} is granted {granted[key]}, more than {earned}"
            assert back[key] >= 0
            kept = not back[key] or not unsent or key.party in self.plans or is_loan(key.what)
            assert kept, f"{self.day}: {key} is to come back, and {unsent} wait to be paid"
            least[key.party], most[key.party] = least[key.party] + due, most[key.party] + earned
            open_[key.party] += back[key]
        booked = self._booked(lambda paid: paid.line.party)
        repaid = _sums((key.party, sen) for key, sen in self.repaid.items())
        for party in self.parties:
            had = booked[party] + waiting[party] - open_[party] - repaid[party]
            assert party not in self.accounts or least[party] <= had, f"{self.day}: {party} has {had} of {least[party]}"
            assert had <= most[party], f"{self.day}: {party} has {had}, more than {most[party]}"

    def _each_fund_is_as_the_oracle_says(self, standing: Standing, bounds: Bounds) -> None:
        """It bears what it is to bear of each debt now, its bank account is what the bank booked, and all is even."""
        balance, least, most = Counter(standing.balances), Counter[str](), Counter[str]()
        waits = set[str]()
        for key, (due, earned) in bounds.items():
            fund = self.debts[key].fund
            least[fund], most[fund] = least[fund] + due, most[fund] + earned
            waits |= set() if key.party in self.accounts else {fund}
        stands = [*standing.net.items(), *standing.open.items()]
        elsewhere = [(key, fund) for (key, fund), sen in stands if sen and self.debts[key].fund != fund]
        assert elsewhere == [], f"{self.day}: borne by another fund than it is stated to be"
        booked = self._booked(lambda paid: paid.line.fund, "settled")
        for fund in FUNDS:
            receivable = self.declared[fund] - self.banked[fund]
            granted = sum(balance[fund, account] for account in GRANTED) - receivable
            assert granted == sum(sen for (_, of), sen in standing.net.items() if of == fund)
            assert fund in waits or least[fund] <= granted, f"{self.day}: {fund} grants {granted} of {least[fund]}"
            assert granted <= most[fund], f"{self.day}: {fund} grants {granted}, more than {most[fund]}"
            at_the_bank = self.banked[fund] + self.repaid_to[fund] - booked[fund]
            assert balance[fund, "bank"] == at_the_bank, f"{self.day}: {fund} at the bank"
        self._books_are_even(standing, balance)

    def _books_are_even(self, standing: Standing, balance: Counter[tuple[str, str]]) -> None:
        """Each fund's, and what is between funds; what is payable is what is on its way."""
        of_fund = _sums((fund, sen) for (fund, _), sen in balance.items())
        assert not any(of_fund.values()), f"{self.day}: not even: {of_fund}"
        of_account = _sums((account, sen) for (_, account), sen in balance.items())
        on_its_way = self._booked(lambda paid: paid.state, "sent")["sent"] + sum(standing.unsent.values())
        assert of_account["benefits_payable"] == -on_its_way
        assert of_account["recoveries_receivable"] == sum(standing.open.values())
        assert of_account["receipts_unallocated"] == -self.repaid_to[CLEARING]
        assert of_account["recoveries_set_off"] == 0, f"{self.day}: what one fund owes, another is owed"

    def _booked(self, by: Callable[[Paid], T], *states: str) -> Counter[T]:
        """What the bank was told to pay and did not give back."""
        wanted = states or ("sent", "settled")
        return _sums((by(paid), paid.line.sen) for paid in self.bank.values() if paid.state in wanted)

    # What the steps choose from.

    def new(self) -> int:
        """The number of a new source."""
        return self.chance.getrandbits(120) + 1

    def pick(self, *whats: str) -> tuple[Stated, Owed] | None:
        """Something of this kind that stands."""
        found = [(stated, owed) for stated in self.stated.values() for owed in stated.owed if owed.what in whats]
        return self.chance.choice(found) if found else None

    async def debtor(self) -> tuple[Key, int] | None:
        """A debt of which something is to come back, and how much; none where its fund has changed meanwhile."""
        open_ = (await self.office.stands()).open
        found = [(key, sen) for (key, fund), sen in open_.items() if sen > 0 and fund == self.debts[key].fund]
        return self.chance.choice(found) if found else None

    async def change(self, stated: Stated, old: Owed, *new: Owed) -> bool:
        """Its owner states this in place of that, and the rest as it was."""
        kept = [each for each in stated.owed if each != old]
        return await self.state(stated.source, stated.owner, [*kept, *new])

    def sen(self, least: int, most: int) -> int:
        """Some amount."""
        return self.chance.randint(least, most)

    def days(self, least: int, most: int) -> timedelta:
        """Some days."""
        return timedelta(days=self.chance.randint(least, most))


Step = Callable[[World], Awaitable[bool]]
# Weight by step; a step says whether it found something to do.
STEPS: dict[Step, int] = {}


def step(weight: int) -> Callable[[Step], Step]:
    """What happens now and then, so often beside the others."""

    def known(happens: Step) -> Step:
        STEPS[happens] = weight
        return happens

    return known


@step(8)
async def an_accident_at_work(world: World) -> bool:
    """Some days unfit, which may have passed or go on; now and then they overlap another claim's."""
    party, first = world.some("person"), world.day - world.days(0, 40)
    term = Term(DAY, world.sen(3000, 10500), first, first + world.days(0, 90))
    return await world.state(world.new(), CLAIMS, [Owed("act4", UNFIT, party, INJURY, (term,))])


@step(5)
async def an_accident_outside_work(world: World) -> bool:
    """SKBBK's."""
    party, first = world.some("person"), world.day - world.days(0, 40)
    term = Term(DAY, world.sen(1800, 6300), first, first + world.days(0, 60))
    return await world.state(world.new(), CLAIMS, [Owed("act4", UNFIT_OUTSIDE, party, OUTSIDE, (term,))])


@step(6)
async def it_was_at_work_after_all(world: World) -> bool:
    """SKBBK is refused now and employment injury is owed for the same days, at a higher rate; or the other way."""
    if (found := world.pick(UNFIT_OUTSIDE, UNFIT)) is None:
        return False
    stated, old = found
    what, fund = (UNFIT, INJURY) if old.what == UNFIT_OUTSIDE else (UNFIT_OUTSIDE, OUTSIDE)
    terms = tuple(term._replace(sen=world.sen(1800, 10500)) for term in old.terms)
    return await world.change(stated, old, Owed("act4", what, old.party, fund, terms))


@step(8)
async def a_wage_comes_late(world: World) -> bool:
    """The rate of all its days is another."""
    if (found := world.pick(UNFIT, UNFIT_OUTSIDE)) is None:
        return False
    stated, old = found
    terms = tuple(term._replace(sen=max(1, term.sen + world.sen(-900, 900))) for term in old.terms)
    return await world.change(stated, old, old._replace(terms=terms))


@step(8)
async def a_certificate_moves_the_end(world: World) -> bool:
    """It goes on for longer, at another rate or the same, or ended earlier."""
    if (found := world.pick(UNFIT, UNFIT_OUTSIDE)) is None:
        return False
    stated, old = found
    *before, newest = old.terms
    last = max(newest.first, (newest.last or newest.first) + world.days(-20, 45))
    moved = newest._replace(last=last)
    if last > (newest.last or last) and world.chance.random() < 0.4:
        moved = Term(DAY, world.sen(1800, 10500), (newest.last or last) + _ONE, last)
        before.append(newest)
    return await world.change(stated, old, old._replace(terms=(*before, moved)))


@step(4)
async def a_claim_is_refused(world: World) -> bool:
    """Nothing of it is owed any more; or it is owed again."""
    if not world.stated:
        return False
    stated = world.chance.choice(list(world.stated.values()))
    return await world.state(stated.source, stated.owner, stated.owed[1:])


@step(4)
async def a_pension_begins(world: World) -> bool:
    """What is left of a month as a sum on its last day, and then each month, for as long as nobody ends it."""
    party, begins = world.some("person"), _first(world.day - world.days(0, 100))
    sen, broken = world.sen(55_000, 300_000), Term(ONCE, world.sen(1_000, 50_000), begins - _ONE)
    owed = Owed("act4", "invalidity_pension", party, INVALIDITY, (broken, Term(MONTH, sen, begins)))
    return await world.state(world.new(), CLAIMS, [owed])


@step(5)
async def a_share_of_a_pension_changes(world: World) -> bool:
    """From its beginning, or from a month on; or it ends with a month."""
    if (found := world.pick("invalidity_pension", "dependants_benefit")) is None:
        return False
    stated, old = found
    *before, newest = old.terms
    from_ = max(_first(world.day - world.days(0, 120)), newest.first)
    changed = [newest._replace(sen=world.sen(20_000, 200_000))]
    goes_on = newest.per == MONTH and newest.last is None
    if world.chance.random() < 0.6 and from_ > newest.first and goes_on:
        begins = [] if world.chance.random() < 0.3 else [Term(MONTH, world.sen(20_000, 200_000), from_)]
        changed = [newest._replace(last=from_ - _ONE), *begins]
    return await world.change(stated, old, old._replace(terms=(*before, *changed)))


@step(3)
async def somebody_dies(world: World) -> bool:
    """Three who are left behind have a share each, and one of them the funeral."""
    widow, child, second = world.chance.sample(world.of_kind("person"), 3)
    begins = _first(world.day - world.days(0, 60))
    shares = [(party, Term(MONTH, world.sen(30_000, 110_000), begins)) for party in (widow, child, second)]
    owed = [Owed("act4", "dependants_benefit", party, INJURY, (term,)) for party, term in shares]
    funeral = Owed("act4", "funeral_benefit", widow, INJURY, (Term(ONCE, 300_000, world.day),))
    return await world.state(world.new(), CLAIMS, [*owed, funeral])


@step(2)
async def a_lump_sum_takes_the_place_of_months(world: World) -> bool:
    """The months before stay."""
    if (found := world.pick("invalidity_pension", "dependants_benefit")) is None:
        return False
    stated, old = found
    ends, kept = world.day.replace(day=1) - _ONE, [term for term in old.terms if term.first < world.day.replace(day=1)]
    months = [term._replace(last=min(term.last or ends, ends)) if term.per == MONTH else term for term in kept]
    lump_sum = Term(ONCE, world.sen(1_000_000, 8_000_000), world.day)
    return await world.change(stated, old, old._replace(terms=(*months, lump_sum)))


@step(4)
async def another_fund_bears_it(world: World) -> bool:
    """It is found later what somebody died of, or became invalid by."""
    if (found := world.pick("invalidity_pension", "dependants_benefit", "funeral_benefit")) is None:
        return False
    stated, old = found
    return await world.change(stated, old, old._replace(fund=world.chance.choice((INJURY, INVALIDITY, OUTSIDE))))


@step(4)
async def contributions_are_refunded(world: World) -> bool:
    """Registration's: to an employer, once."""
    if not world.of_kind("employer"):
        return False
    employer, term = world.some("employer"), Term(ONCE, world.sen(500, 80_000), world.day)
    fund = world.chance.choice((INJURY, INVALIDITY, INSURANCE))
    owed = Owed("act4", "contribution_refund", employer, fund, (term,))
    return await world.state(world.new(), REGISTRATION, [owed])


@step(4)
async def a_provider_sends_a_bill(world: World) -> bool:
    """Rehabilitation's: by the day for a stay, and a sum for what was used; two of one provider share no day."""
    if not world.of_kind("hospital"):
        return False
    hospital, first = world.some("hospital"), world.day - world.days(0, 20)
    stay = Term(DAY, world.sen(10_000, 25_000), first, first + world.days(0, 14))
    owed = Owed("act4", "treatment_bill", hospital, INJURY, (stay, Term(ONCE, world.sen(500, 90_000), world.day)))
    return await world.state(world.new(), REHAB, [owed])


@step(4)
async def what_was_stated_is_corrected(world: World) -> bool:
    """A refund or a bill is another amount, and stays with its fund."""
    if (found := world.pick("contribution_refund", "treatment_bill")) is None:
        return False
    stated, old = found
    terms = tuple(term._replace(sen=max(1, term.sen * world.sen(2, 14) // 10)) for term in old.terms)
    return await world.change(stated, old, old._replace(terms=terms))


@step(6)
async def an_education_loan_is_granted(world: World) -> bool:
    """By the semester, and paid back in instalments that may begin before all of it is lent.

    Nobody has two of one owner: what was paid of one that ended is set off against the other, which is not looked at
    here.
    """
    party, semesters, owner = world.some("person"), world.chance.randint(1, 3), world.chance.choice(OWNERS)
    has = {key.source for key in world.debts if is_loan(key.what) and key.party == party}
    if any(world.stated[source].owner == owner for source in has):
        return False
    days = (world.day + timedelta(days=90 * number) for number in range(semesters))
    terms = tuple(Term(ONCE, world.sen(100_000, 400_000), day) for day in days)
    owed = Owed("act789", LOAN, party, SELF_EMPLOYED, terms, _instalments(world, terms))
    return await world.state(world.new(), owner, [owed])


@step(6)
async def a_loan_is_lent_or_paid_back_otherwise(world: World) -> bool:
    """A semester costs more or less, or is dropped; and the instalments are others, or are put off."""
    if (found := world.pick(LOAN)) is None:
        return False
    stated, old = found
    terms = old.terms
    if world.chance.random() < 0.5:
        *before, last = terms
        terms = (*before, last._replace(sen=world.sen(50_000, 400_000)))
        terms = tuple(before) if before and world.chance.random() < 0.3 else terms
    return await world.change(stated, old, old._replace(terms=terms, repayment=_instalments(world, terms)))


@step(12)
async def an_account_is_entered(world: World) -> bool:
    """Of somebody who has none, or whose account refused a payment."""
    without = [party for party in world.parties if party not in world.accounts]
    return bool(without) and await world.account(world.chance.choice(without))


@step(6)
async def a_month_is_declared(world: World) -> bool:
    """An employer's file brings a fund more, or corrects it downwards."""
    fund, sen = world.chance.choice(DECLARED), world.sen(-50_000, 200_000) or 1
    world.declared[fund] += sen
    await world.office.contribute(fund, sen)
    return True


@step(5)
async def a_month_is_banked(world: World) -> bool:
    """Some of what was declared comes in."""
    fund, sen = world.chance.choice(DECLARED), world.sen(100, 150_000)
    world.banked[fund] += sen
    await world.office.bank(fund, sen)
    return True


@step(4)
async def something_is_paid_back(world: World) -> bool:
    """At a counter or by a bank line: some of what is to come back of a debt, all, or more."""
    if (found := await world.debtor()) is None:
        return False
    key, open_ = found
    sen = world.sen(1, open_ + 5_000)
    paid = min(sen, open_)
    world.repaid[key] += paid
    world.repaid_to[world.debts[key].fund] += paid
    world.repaid_to[CLEARING] += sen - paid
    await world.office.repay(key, sen, world.day)
    world.look()
    return True


@step(2)
async def instalments_are_agreed(world: World) -> bool:
    """So much a month, at the most, is kept against it from now on."""
    if (found := await world.debtor()) is None:
        return False
    world.plans.add(found[0].party)
    await world.office.agree(found[0], world.sen(5_000, 50_000))
    return True


def _first(day: date) -> date:
    return day.replace(day=1)


def _instalments(world: World, lent: Iterable[Term]) -> tuple[Term, ...]:
    """At the most what is lent, by the month, in sums, or by the day; some of them would have come already."""
    whole, begins = sum(each.sen for each in lent), world.day + world.days(-60, 90)
    number = world.chance.randint(3, 18)
    match world.chance.choice((MONTH, MONTH, ONCE, DAY)):
        case "month":
            last = _first(_first(begins) + number * timedelta(days=31)) - _ONE
            return (Term(MONTH, whole // (number + 2), _first(begins), last),)
        case "once":
            return tuple(Term(ONCE, whole // number, begins + each * timedelta(days=40)) for each in range(number))
    return (Term(DAY, max(1, whole // 400), begins, begins + world.days(30, 399)),)


def _ranges(terms: Iterable[Term]) -> list[Range]:
    return [(term.first, term.last or date.max) for term in terms if term.per == DAY]


def _days(ranges: Iterable[Range], until: date) -> set[int]:
    """Up to a quarter after a day: nobody counts the days of what goes on for ever."""
    most = until.toordinal() + 90
    return {day for first, last in ranges for day in range(first.toordinal(), min(last.toordinal(), most) + 1)}


def _sums(pairs: Iterable[tuple[T, int]]) -> Counter[T]:
    found = Counter[T]()
    for name, sen in pairs:
        found[name] += sen
    return found
