"""300 days of an office that owes, in memory on the shipped domain, against the oracle; `make prove` has 5,000."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from random import Random

import pytest

from services.benefits.domain.entitled import EntitlementKey
from services.benefits.domain.ledger import SET_OFF_ELSEWHERE, Transfer
from services.benefits.domain.loans import CallIn, CallOff
from tests.oracle.office import Instruction, OfficeInMemory, Owed, Stated
from tests.oracle.owing import DAY, MONTH, ONCE, Debt, Range, Term, payday
from tests.oracle.owing_days import INVALIDITY, PARTIES, STEPS, World

# Paydays before a month's end by the calendar of 2025, then months without one.
SEED, DAYS, BEGINS = 20250915, 300, date(2025, 9, 15)


async def test_300_days_are_owed_and_paid_as_the_oracle_says() -> None:
    """Each day: the trial balance is even, each fund is as the oracle has it, no day is owed twice, nobody has less."""
    world = World(OfficeInMemory(), Random(SEED), BEGINS)
    await world.run(DAYS)
    await world.end()
    assert [each.__name__ for each in STEPS if not world.done[each.__name__]] == [], "each kind of step happens"
    assert min(world.done["bank settled"], world.done["bank returned"]) >= 30
    assert {paid.line.party for paid in world.bank.values()} == set(PARTIES)


class DropsATerm(OfficeInMemory):
    """Keeps the first term of what is stated."""

    async def state(self, stated: Stated) -> None:
        await super().state(replace(stated, owed=tuple(each._replace(terms=each.terms[:1]) for each in stated.owed)))


class SwapsAFund(OfficeInMemory):
    """Books what comes back by set-off in the fund that pays instead of the one that is owed it."""

    def _book(self, moved: Transfer, key: EntitlementKey | None = None) -> None:
        if moved.reason in SET_OFF_ELSEWHERE.values():
            moved = replace(moved, fund=INVALIDITY)
        super()._book(moved, key)


class DividesAMonth(OfficeInMemory):
    """Pays half of what is stated for a broken month."""

    async def state(self, stated: Stated) -> None:
        await super().state(replace(stated, owed=tuple(map(_halved, stated.owed))))


class OwesADayTwice(OfficeInMemory):
    """Asks nobody who has a day already."""

    def _sharing(self, *_: object) -> list[EntitlementKey]:
        return []


class PaysAgain(OfficeInMemory):
    """Sends what it sent before: of what the bank has not answered nobody knows whether it was paid."""

    async def send(self) -> list[Instruction]:
        sent = [*await super().send()]
        return [*sent, *sent[:1]]


class ForgetsThePayday(OfficeInMemory):
    """Looks at nothing by itself: only a new revision is settled."""

    async def work(self, day: date) -> None:
        for kept in self.kept.values():
            kept.looks_on = None
        await super().work(day)


class AsksForNoLoan(OfficeInMemory):
    """Lends, and waits for what comes back by itself."""

    def _call(self, key: EntitlementKey, call: CallIn | CallOff | None) -> None:
        pass


class AsksForWhatItNeverLent(OfficeInMemory):
    """Goes on asking for what came back from the bank, is withdrawn, or is put off."""

    def _call(self, key: EntitlementKey, call: CallIn | CallOff | None) -> None:
        super()._call(key, None if isinstance(call, CallOff) else call)


class LendsLess(OfficeInMemory):
    """Takes an instalment out of the next semester of the same loan."""

    def _call(self, key: EntitlementKey, call: CallIn | CallOff | None) -> None:
        super()._call(key, call)
        self.kept[key].overpaid += call.amount_sen if isinstance(call, CallIn) else 0


def _halved(owed: Owed) -> Owed:
    monthly = any(term.per == MONTH for term in owed.terms)
    return owed._replace(terms=tuple(_half(term) if monthly and term.per == ONCE else term for term in owed.terms))


def _half(term: Term) -> Term:
    return term._replace(sen=term.sen // 2)


ERRING = {
    DropsATerm: "a day is lost|is granted [0-9]+ of",
    SwapsAFund: "borne by another fund",
    DividesAMonth: "is granted [0-9]+ of",
    OwesADayTwice: "a day is owed twice",
    PaysAgain: "stands in one file",
    ForgetsThePayday: "is granted [0-9]+ of|are to come back and not",
    AsksForNoLoan: "0 are to come back and not",
    AsksForWhatItNeverLent: "are to come back and not",
    LendsLess: "is lent [0-9]+ of",
}


@pytest.mark.parametrize(("office", "found"), ERRING.items())
async def test_an_office_that_errs_is_found_out_within_those_days(office: type[OfficeInMemory], found: str) -> None:
    with pytest.raises(AssertionError, match=found):
        await World(office(), Random(SEED), BEGINS).run(DAYS)


@pytest.mark.parametrize(
    ("month", "day"),
    [
        (date(2025, 1, 1), date(2025, 1, 22)),
        (date(2025, 6, 1), date(2025, 7, 1)),
        (date(2026, 8, 1), date(2026, 8, 28)),
        (date(2026, 10, 1), date(2026, 10, 30)),
        (date(2026, 12, 1), date(2026, 12, 31)),
    ],
    ids=str,
)
def test_a_month_is_paid_as_the_calendar_says_else_on_its_last_banking_day(month: date, day: date) -> None:
    """Before Chinese New Year and after June by the list of 2025; 31 August 2026 is National Day (dossier act4 4.7)."""
    assert payday(month) == day


@dataclass(frozen=True)
class Life:
    """What somebody is owed by a day, in sen, as the lives of the domain dossier have it."""

    terms: tuple[Term, ...]
    owed: tuple[tuple[date, int], ...]


# Lives 1 to 3 and 6, and public case 39; worked there by hand.
LIVES = {
    "the night market": Life((Term(DAY, 8400, date(2026, 8, 6), date(2026, 8, 24)),), ((date(2026, 8, 25), 159_600),)),
    "ninety days": Life(
        (Term(DAY, 7400, date(2026, 6, 4), date(2026, 8, 31)), Term(ONCE, 7_471_521, date(2026, 9, 14))),
        ((date(2026, 7, 1), 199_800), (date(2026, 9, 1), 658_600), (date(2026, 9, 14), 8_130_121)),
    ),
    "a son": Life((Term(MONTH, 70_200, date(2026, 8, 1)),), ((date(2026, 8, 27), 0), (date(2026, 10, 31), 210_600))),
    "a clerk": Life(
        (Term(ONCE, 91_450, date(2026, 4, 30)), Term(MONTH, 182_900, date(2026, 5, 1))),
        ((date(2026, 5, 28), 91_450), (date(2026, 5, 29), 274_350)),
    ),
}


@pytest.mark.parametrize("name", LIVES)
def test_the_oracle_owes_what_the_lives_say(name: str) -> None:
    debt = Debt("person:1", INVALIDITY, LIVES[name].terms)
    for day, sen in LIVES[name].owed:
        debt.look(day)
        assert (debt.least(day), debt.most(day)) == (sen, sen), day


def test_days_that_have_passed_are_due_at_once_and_those_to_come_by_the_month() -> None:
    """137 of 200 days at RM65.33 are RM8,950.21 on 29 November; what goes on for longer takes none of it back."""
    debt = Debt("person:1", INVALIDITY, (Term(DAY, 6533, date(2026, 7, 15), date(2027, 1, 30)),))
    debt.look(date(2026, 11, 29))
    assert debt.least(date(2026, 11, 29)) == 895_021
    debt.look(date(2026, 11, 30))
    assert (debt.least(date(2026, 11, 30)), debt.most(date(2026, 11, 30))) == (895_021, 895_021 + 6533)
    debt.look(date(2026, 12, 1))
    assert debt.least(date(2026, 12, 1)) == 895_021 + 2 * 6533
    taken: Iterable[Range] = [(date(2026, 7, 1), date(2026, 7, 16))]
    assert debt.least(date(2026, 12, 1), [*taken]) == 895_021, "two of its days are another's"
