"""Each of the 720 orders in which six messages of one death may come, each of them twice: the shipped domains alone.

What claims decides when each message has come, and what benefits pays of it, in memory. The night guard of life 3, once
at work and once on a way that he interrupted (SKBBK). The same through commands and databases: orders.py.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from math import factorial
from typing import Any
from uuid import UUID

from services.claims.domain.catalogue import questions_of
from services.claims.domain.claim import ClaimKind, Relation
from services.claims.domain.deciding import decide
from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.domain.facts import Cause, Circumstances, Known, Membership, Spell, Statement, WageMonth
from services.claims.domain.revision import standing_records
from services.claims.domain.standing import standing
from services.claims.events.claim_assessed import claim_assessed
from services.claims.tests.support import EMPLOYER, OFFICER, PERSON, a_claim
from shared.contracts.claim_assessed import EntitlementV1
from shared.kernel.periods import Month
from shared.law.book import book
from shared.law.decision import DecisionRecord
from tests.deaths.lives import AT_WORK, FIRST_WIFE, OUTSIDE, SECOND_WIFE, SON, Life
from tests.oracle.office import Instruction, OfficeInMemory, Owed, Stated
from tests.oracle.owing import Term

FELL, REPORTED = date(2026, 7, 31), date(2026, 8, 3)
NOW = datetime(2026, 8, 3, 3, tzinfo=UTC)
ACCIDENT, DEATH = UUID(int=1), UUID(int=2)
SPELL = Spell(UUID(int=3), EMPLOYER, date(2020, 1, 6), None, 1)
SENDERS = {"employer": f"employer:{EMPLOYER}", "hospital": "hospital:1"}
STATED: Mapping[str, tuple[EvidenceKind, Mapping[str, Any]]] = {
    "first wife": (EvidenceKind.DEPENDANT, {"party": f"person:{FIRST_WIFE}", "relation": "widow"}),
    "second wife": (EvidenceKind.DEPENDANT, {"party": f"person:{SECOND_WIFE}", "relation": "widow"}),
    "son": (EvidenceKind.DEPENDANT, {"party": f"person:{SON}", "relation": "child", "born": "2006-10-15"}),
    "funeral": (EvidenceKind.FUNERAL, {"party": f"person:{FIRST_WIFE}", "relation": "widow", "paid": "3400.00"}),
}
MESSAGES = (*SENDERS, *STATED)
CASES = {
    "at work": (AT_WORK, {"place": "at_work", "interrupted": False, "outside_malaysia": False}),
    "outside": (OUTSIDE, {"place": "commuting", "interrupted": True, "outside_malaysia": False}),
}


class _Everything(dict[tuple[str, str], int]):
    """Nothing of what was published is unknown by now."""

    def get(self, *_: Any) -> int:
        return 1


BASE = Known(
    person=PERSON,
    person_revision=1,
    born_on=date(1965, 2, 10),
    happened_on=FELL,
    circumstances=Circumstances(""),
    certificates=(),
    worked_with_wages=(),
    spells=(SPELL,),
    memberships=(
        Membership("act4", "second", date(2025, 2, 10), None, 1),
        Membership("skbbk", "mandatory", date(2026, 6, 1), None, 1),
    ),
    lines=tuple(WageMonth(EMPLOYER, Month(2026, number), 198_000, 1) for number in range(1, 8)),
    watermarks=dict.fromkeys(("registration", "contribution.received", "benefit.paid"), NOW + timedelta(days=1)),
    known_to=NOW,
    stored_at=NOW,
    received_on=REPORTED,
    died_on=FELL,
    death=DEATH,
    death_stated=True,
    revisions=_Everything(),
)

Published = tuple[Owed, ...]


@dataclass(frozen=True)
class Told:
    """A claim of a death as it stands when some messages have come: what was stated, decided and published of it."""

    evidence: tuple[Evidence, ...] = ()
    last: Mapping[str, DecisionRecord] = field(default_factory=dict)
    published: tuple[Published, ...] = ()

    @property
    def hashes(self) -> Mapping[str, str]:
        """What stands of each question, whoever stated what of it."""
        return {name: record.substance_hash for name, record in sorted(self.last.items())}


def _evidence(message: str, circumstances: Mapping[str, Any], number: int, *, again: bool) -> Iterator[Evidence]:
    """What a message states, and that another officer let it count; what is said again is another statement."""
    id_, at = UUID(int=1000 + 4 * MESSAGES.index(message) + 2 * again), NOW + timedelta(minutes=number)
    if message in SENDERS:
        yield Evidence(id_, ACCIDENT, SENDERS[message], EvidenceKind.CIRCUMSTANCES, at, stated=circumstances)
        return
    kind, stated = STATED[message]
    said = Evidence(id_, DEATH, OFFICER, kind, at, stated=stated, stated_by="officer-1")
    yield from (said, said.approved(UUID(int=id_.int + 1), at, OFFICER, "officer-2"))


def _known(evidence: tuple[Evidence, ...], circumstances: Mapping[str, Any]) -> Known:
    """As the facts are gathered: of the accident once somebody has reported it."""
    counts = standing([each for each in evidence if each.claim == DEATH], (SPELL,))
    kinds = (EvidenceKind.DEPENDANT, EvidenceKind.FUNERAL)
    statements = {kind.value: tuple(map(_statement, counts.of(kind))) for kind in kinds if counts.of(kind)}
    of_accident = standing([each for each in evidence if each.claim == ACCIDENT], (SPELL,)).circumstances
    at_work = circumstances["place"] == "at_work"
    cause = None if of_accident is None else Cause(ACCIDENT, 1, FELL, found=at_work, circumstances=of_accident)
    return replace(BASE, statements=statements, cause=cause)


def _statement(said: Evidence) -> Statement:
    return Statement(said.kind.value, said.stated, said.id, said.stated_at)


def _owed(stated: EntitlementV1) -> Owed:
    terms = tuple(Term(str(each.per), each.sen, each.first, each.last) for each in stated.terms)
    return Owed(stated.scheme, stated.benefit, stated.party, str(stated.fund), terms)


class EveryOrder:
    """All orders of the messages: what begins alike is decided once, and so is what is known alike."""

    def __init__(self, life: Life, circumstances: Mapping[str, Any]) -> None:
        self.life = life
        self._circumstances = circumstances
        self._claim = a_claim(id=DEATH, kind=ClaimKind.DEATH, happened_on=FELL, relation=Relation.HOSPITAL, place=None)
        self._begun: dict[tuple[str, ...], Told] = {(): Told()}
        self._decided: dict[object, tuple[Mapping[str, DecisionRecord], Published]] = {}
        self._paid: dict[tuple[Published, ...], list[Instruction]] = {}

    def __iter__(self) -> Iterator[tuple[tuple[str, ...], Told]]:
        """Each order, with what it comes to when all has been said a second time, what was said last first."""
        for order in permutations(MESSAGES):
            told = self._after(order)
            for number, message in enumerate(reversed(order), len(order)):
                told = self._told(told, message, number, again=True)
            yield order, self._assessed(told)

    def _after(self, order: tuple[str, ...]) -> Told:
        """When these messages have come, and the claim was assessed after each."""
        if order not in self._begun:
            told = self._told(self._after(order[:-1]), order[-1], len(order) - 1, again=False)
            self._begun[order] = self._assessed(told)
        return self._begun[order]

    def _told(self, told: Told, message: str, number: int, *, again: bool) -> Told:
        said = _evidence(message, self._circumstances, number, again=again)
        return replace(told, evidence=(*told.evidence, *said))

    def _assessed(self, told: Told) -> Told:
        """Decided again, and a revision more where what it owes has changed."""
        known = _known(told.evidence, self._circumstances)
        stated = tuple(each.evidence for of_kind in known.statements.values() for each in of_kind)
        cause = None if known.cause is None else known.cause.circumstances.evidence
        alike = (stated, cause, tuple(sorted((name, record.hash) for name, record in told.last.items())))
        if alike not in self._decided:
            self._decided[alike] = self._decide(told, known)
        last, owed = self._decided[alike]
        published = told.published if told.published[-1:] == (owed,) else (*told.published, owed)
        return replace(told, last=last, published=published)

    def _decide(self, told: Told, known: Known) -> tuple[Mapping[str, DecisionRecord], Published]:
        """The records that stand, and what they owe whom."""
        counts = standing([each for each in told.evidence if each.claim == DEATH], (SPELL,))
        decided = decide(self._claim, known, counts, told.last, book(), REPORTED)
        assert not decided.is_held_up
        stands = standing_records(questions_of(ClaimKind.DEATH), decided.answers, told.last)
        event = claim_assessed(self._claim, stands, ())
        return {each.question.name: each.record for each in stands}, tuple(sorted(map(_owed, event.entitlements)))

    async def paid(self, told: Told) -> list[Instruction]:
        """What the bank has paid by the last payday of what was published, each revision of it read twice."""
        if told.published not in self._paid:
            self._paid[told.published] = await self._pay(told.published)
        return self._paid[told.published]

    async def _pay(self, published: tuple[Published, ...]) -> list[Instruction]:
        office = OfficeInMemory()
        named: Published = ()
        for person in self.life.owed:
            await office.enter_account(f"person:{person}")
        for revision, owed in enumerate(published, 1):
            named = owed or named
            for _ in range(2):
                await office.state(Stated(DEATH.int, "claims", revision, owed, named))
                await office.work(REPORTED)
        found: list[Instruction] = []
        for day in self.life.paydays:
            await office.work(date(*day))
            sent = await office.send()
            for each in sent:
                await office.hear(each.id, "settled")
            found += sent
        stands = await office.stands()
        assert not any(stands.open.values()), f"something is asked back: {stands.open}"
        assert not any(stands.unsent.values())
        return found


async def check_every_order(case: str) -> None:
    """Raises AssertionError unless the records that stand and what each is paid are the same in all of them."""
    orders, decided, found = EveryOrder(*CASES[case]), dict[str, str](), 0
    owed = orders.life.owed.items()
    wanted = {(f"person:{person}", name): sen for person, each in owed for name, sen in each.sen.items()}
    for order, told in orders:
        found += 1
        decided = decided or dict(told.hashes)
        assert told.hashes == decided, f"{order}: other records than in another order"
        paid = await orders.paid(told)
        assert len({each.id for each in paid}) == len(paid), f"{order}: paid twice"
        assert _by_benefit(paid) == wanted, f"{order}: {paid}"
        assert {each.fund for each in paid} == set(orders.life.funds), f"{order}: another fund"
    assert found == factorial(len(MESSAGES)) == 720


def _by_benefit(paid: Sequence[Instruction]) -> Counter[tuple[str, str]]:
    """Sen by party and benefit."""
    sums = Counter[tuple[str, str]]()
    for each in paid:
        sums[each.party, each.of.what] += each.sen
    return sums
