"""What a life has come to: what was owed by a day, what the bank settled by month, and what of it differs."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from services.benefits.domain.ledger import GRANTED
from shared.contracts.claim_assessed import EntitlementV1, Per, TermV1
from shared.kernel.clock import business_day
from shared.kernel.money import ringgit
from shared.kernel.periods import Month
from tests.lives.life import Life
from tests.lives.never import Happened, Payment, broken
from tests.lives.people import People
from tests.lives.world import World

_PAYMENTS = """
    SELECT party, benefit, fund, amount_sen, state, coalesce(reported_at, created_at) AS at FROM payment
    WHERE party = ANY($1::text[])
"""
_WAITING = """
    SELECT party, benefit, waiting::text AS waiting FROM settlement
    WHERE waiting::text <> '[]' AND party = ANY($1::text[])
"""
_TO_COME_BACK = """
    SELECT party, benefit, booked_at,
           CASE debit WHEN 'recoveries_receivable' THEN amount_sen ELSE -amount_sen END AS sen
    FROM transfer WHERE party = ANY($1::text[]) AND 'recoveries_receivable' IN (debit, credit) ORDER BY booked_at, id
"""
_MOVED = """
    WITH own AS (SELECT * FROM transfer WHERE party = ANY($1::text[]))
    SELECT party, benefit, fund, account, sum(sen)::bigint AS sen
    FROM (SELECT party, benefit, fund, debit AS account, amount_sen AS sen FROM own
          UNION ALL SELECT party, benefit, fund, credit, -amount_sen FROM own) AS moved
    GROUP BY party, benefit, fund, account
"""


class Row(NamedTuple):
    """What was settled in a month, to whom, of what, from which fund."""

    month: str
    to: str
    benefit: str
    fund: str


@dataclass
class Found:
    """What one life came to, and why it could not go on, where it could not."""

    life: Life
    owed: dict[tuple[date, str], dict[str, int]] = field(default_factory=dict)
    paid: Counter[Row] = field(default_factory=Counter)
    happened: Happened = field(default_factory=Happened)
    """All that came to pass on its way, for what must never."""
    borne: Counter[str] = field(default_factory=Counter)
    back: Counter[tuple[str, str]] = field(default_factory=Counter)
    waiting: list[str] = field(default_factory=list)
    explained: list[str] = field(default_factory=list)
    stopped: str = ""

    @property
    def differences(self) -> list[str]:
        """Each difference between what the file says and what was found, in words; none where all is to the sen."""
        found = [self.stopped] if self.stopped else []
        return [*found, *self._of_owed(), *self._of_paid(), *self._of_the_end(), *self._of_never()]

    def _of_owed(self) -> Iterator[str]:
        for each in self.life.owed:
            owed = self.owed.get((each.by, each.to), {})
            sen = sum(sen for benefit, sen in owed.items() if each.benefit in (None, benefit))
            if sen != each.amount:
                said = f"expected {_ringgit(each.amount)}, found {_ringgit(sen)}"
                yield f"owed by {each.by} to {each.to} of {each.benefit or 'all benefits'}: {said}"

    def _of_paid(self) -> Iterator[str]:
        expected: Counter[Row] = Counter()
        for each in self.life.paid:
            expected[Row(each.month, each.to, each.benefit, each.fund.value)] += each.amount
        for row in sorted(expected.keys() | self.paid.keys()):
            if expected[row] != self.paid[row]:
                said = f"expected {_ringgit(expected[row])}, found {_ringgit(self.paid[row])}"
                yield f"paid in {row.month} to {row.to}, {row.benefit} from {row.fund}: {said}"

    def _of_the_end(self) -> Iterator[str]:
        for each in self.life.borne:
            if self.borne[each.fund.value] != each.amount:
                borne = _ringgit(self.borne[each.fund.value])
                yield f"borne by {each.fund.value} in the end: expected {_ringgit(each.amount)}, found {borne}"
        expected: Counter[tuple[str, str]] = Counter()
        for of in self.life.comes_back:
            expected[of.of, of.benefit] += of.amount
        for key in sorted(expected.keys() | self.back.keys()):
            if expected[key] != self.back[key]:
                said = f"expected {_ringgit(expected[key])}, found {_ringgit(self.back[key])}"
                yield f"to come back in the end from {key[0]} of {key[1]}: {said}"

    def _of_never(self) -> Iterator[str]:
        sums = [Payment(*row, sen) for row, sen in self.paid.items()]
        for each in self.life.never:
            if found := broken(each, self.happened, sums):
                yield f"never: {each.says}: {found}"

    @property
    def told(self) -> str:
        """The differences, and all that helps to see why."""
        return "\n".join([self.life.name, *self.differences, *self.waiting, self.table, *self.explained])

    @property
    def table(self) -> str:
        """The months, as they were paid."""
        rows = [(*row, _ringgit(sen)) for row, sen in sorted(self.paid.items()) if sen]
        head = ("month", "to", "benefit", "fund", "paid")
        width = [max(len(row[each]) for row in (head, *rows)) for each in range(5)]
        lines = ["  ".join(text.ljust(width[each]) for each, text in enumerate(row)).rstrip() for row in (head, *rows)]
        total = _ringgit(sum(self.paid.values()))
        return "\n".join([*lines, f"total {total}"])


def note_owed(world: World, claims: Iterable[UUID], people: People, day: date, found: Found) -> None:
    """What is owed by the end of a day, by what claims has announced of the life's claims so far."""
    owed: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for claim in claims:
        told = world.announced[claim]
        for each in told[-1].entitlements if told else ():
            owed[str(people.name_of(each.party))][each.benefit] += _owed_by(each, day)
    for expected in found.life.owed:
        if expected.by == day:
            found.owed[day, expected.to] = dict(owed[expected.to])


def _owed_by(entitlement: EntitlementV1, day: date) -> int:
    return sum(term.sen * _times(term, day) for term in entitlement.terms)


def _times(term: TermV1, day: date) -> int:
    """How many days have passed, or months have ended, when the day has; a sum is owed on its day."""
    if term.first > day:
        return 0
    last = min(term.last or day, day)
    if term.per is Per.DAY:
        return (last - term.first).days + 1
    if term.per is Per.ONCE:
        return 1
    ended = Month.of(day) if Month.of(day).last_day == day else Month.of(day) - 1
    until = min(ended, Month.of(term.last)) if term.last else ended
    return max(0, until - Month.of(term.first) + 1)


async def settle(world: World, people: People, found: Found) -> None:
    """Read what the bank settled to the people of a life, what the funds bore, what is to come back and what waits."""
    parties = people.parties
    for row in await world.rows("benefits", _PAYMENTS, parties):
        month, name = f"{business_day(row['at']):%Y-%m}", str(people.name_of(row["party"]))
        found.happened.payments.append(Payment(month, name, row["benefit"], row["fund"], row["amount_sen"]))
        if row["state"] == "settled":
            found.paid[Row(month, name, row["benefit"], row["fund"])] += row["amount_sen"]
    for row in await world.rows("benefits", _MOVED, parties):
        if row["account"] in GRANTED:
            found.borne[row["fund"]] += row["sen"]
        if row["account"] == "recoveries_receivable":
            found.back[str(people.name_of(row["party"])), row["benefit"]] += row["sen"]
    for row in await world.rows("benefits", _WAITING, parties):
        found.waiting.append(f"{people.name_of(row['party'])}, {row['benefit']}: waits: {row['waiting']}")
    await _note_debts(world, people, found)


async def _note_debts(world: World, people: People, found: Found) -> None:
    """What was to come back from each of them on the evenings of all days."""
    still: Counter[tuple[str, str]] = Counter()
    rows = await world.rows("benefits", _TO_COME_BACK, people.parties)
    for _, moved in groupby(rows, key=lambda row: business_day(row["booked_at"])):
        for row in moved:
            still[str(people.name_of(row["party"])), row["benefit"]] += row["sen"]
        found.happened.debts |= {(*of, sen) for of, sen in still.items() if sen}


def note_said(world: World, claims: Iterable[UUID], people: People, found: Found) -> None:
    """What claims said of each benefit and decided of each party, in whatever revision."""
    said, decided = found.happened.said, found.happened.decided
    for told in (each for claim in set(claims) for each in world.announced[claim]):
        said |= {(each.benefit, "entitled", "") for each in told.entitlements}
        said |= {(each.benefit, "refused", each.reason) for each in told.refusals}
        said |= {(each.benefit, "waits", each.reason) for each in told.pending}
        for of in told.entitlements:
            decided |= {(str(people.name_of(of.party)), of.benefit, term.sen) for term in of.terms}


async def explain(world: World, claims: Mapping[str, UUID], found: Found) -> None:
    """The explanation of what stands of each claim, for whoever reads a difference."""
    for name, claim in claims.items():
        path = f"/v1/claims/{claim}/decisions?language=en"
        told = await world.claims.call("GET", path, scopes=["claims:claim:read"])
        if told.status_code == 200 and told.json():
            for answer in _answers(told.json()[-1]):
                found.explained.append(f"{name}, {answer['question']}:")
                found.explained += [f"    {line}" for line in answer["explanation"] if not _is_usual(line)]


def _is_usual(line: str) -> bool:
    """A test that is met, or which figure was looked up since when: what nobody looks for first."""
    return ": met (" in line or ", since " in line


def _answers(decision: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = decision["answers"]
    return found


def _ringgit(sen: int) -> str:
    return ringgit(sen)
