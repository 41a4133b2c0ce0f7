"""Merges and splits of three numbers amid decisions and payments, in any order and repeated: what each has at the end.

A history is drawn as registration would make it, links on links among them, and its words arrive shuffled, late and
twice, between the decisions about one accident of each number and the bank's answers. Whatever the order was: who is
one person by the last words has the accident's days once, and each of two people has their own.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from services.benefits.tests.consumers.test_merged_persons import RATE, apply, net, pay
from services.benefits.tests.support import (
    ACCOUNT_NUMBER,
    FIRST_DAY,
    LAST_DAY,
    decided,
    enter_payee,
    period,
    refused,
    settle,
)
from shared.contracts.registration import PersonHeldV1, PersonMergedV1, PersonMergeEvent, PersonSplitV1
from shared.kernel.clock import now
from shared.persistence.transient import is_transient
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

NUMBERS = (12, 21, 34)
CLAIMS = {number: UUID(int=number) for number in NUMBERS}
OWED = 27 * RATE
Act = Callable[[], Awaitable[None]]


class Registry:
    """How the numbers stand, as registration keeps it, and all that it published of that."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self.links: dict[int, int] = {}
        self._revisions: dict[int, int] = {}
        self._named: dict[int, int] = {}
        self.told: list[PersonMergeEvent] = []

    def root(self, number: int) -> int:
        """The number that survives of one."""
        return self.root(self.links[number]) if number in self.links else number

    def act(self) -> None:
        """Two officers look at two numbers, and find them to be one, or two, or leave them."""
        person = self._dice.choice(NUMBERS)
        if person in self.links:
            survivor, after = self.links[person], {k: v for k, v in self.links.items() if k != person}
        else:
            survivor = self.root(self._dice.choice(NUMBERS))
            after = {**self.links, person: survivor}
            if survivor == person:
                return
        self._tell(PersonHeldV1, person, survivor, held_until=now() + timedelta(days=14))
        if self._dice.random() < 0.8:
            self.links = after
        self._tell(PersonMergedV1 if person in self.links else PersonSplitV1, person, survivor)

    def _tell(self, kind: type[PersonMergeEvent], person: int, survivor: int, **held: Any) -> None:
        revision = self._revisions[person] = self._revisions.get(person, 0) + 1
        said = {"person": person, "survivor": survivor, "revision": revision, "changed_at": now()}
        self.told.append(kind(**said, merged=person in self.links, **held))


def drawn(dice: random.Random, benefits: ServiceUnderTest) -> tuple[Registry, list[Act], list[Act]]:
    """What arrives here, and how often the bank is paid by, each in the order in which it does."""
    registry = Registry(dice)
    for _ in range(dice.randint(2, 5)):
        registry.act()
    acts: list[Act] = [partial(apply, benefits, event) for event in registry.told]
    acts += dice.sample(acts, len(acts) // 2)
    for number in NUMBERS:
        whole = decided(2, period(FIRST_DAY, LAST_DAY, RATE), claim=CLAIMS[number], person=number)
        before = dice.choice((refused(1, CLAIMS[number], number), _half(number)))
        acts += [partial(settle, benefits, event) for event in (before, whole)]
    dice.shuffle(acts)
    return registry, acts, [partial(pay, benefits) for _ in range(dice.randint(1, 4))]


async def until_done(act: Act) -> None:
    """As the consumer and the runner do it: what others were in the way of is done again."""
    for _ in range(20):
        try:
            return await act()
        except Exception as error:
            if not is_transient(error):
                raise
    raise AssertionError("others are always in the way")


def _half(number: int) -> Any:
    return decided(1, period(FIRST_DAY, LAST_DAY, 2 * RATE), claim=CLAIMS[number], person=number)


def people(registry: Registry) -> list[Sequence[int]]:
    """The numbers of each person."""
    roots = {registry.root(number) for number in NUMBERS}
    return [[number for number in NUMBERS if registry.root(number) == root] for root in roots]


@pytest.mark.parametrize("at_once", [1, 3])
@pytest.mark.parametrize("seed", range(8))
async def test_each_person_has_the_days_once_whatever_came_when(
    benefits: ServiceUnderTest, seed: int, at_once: int
) -> None:
    """One after the other, and several at once: the word of a merge while the party is settled."""
    for number in NUMBERS:
        await enter_payee(benefits, f"{number}{ACCOUNT_NUMBER}"[:12], number)
    dice = random.Random(seed)
    registry, acts, payments = drawn(dice, benefits)
    while acts:
        now_, acts = acts[:at_once], acts[at_once:]
        await asyncio.gather(*map(until_done, now_))
        if payments and dice.random() < len(payments) / (len(acts) / at_once + 1):
            await payments.pop()()
    for _ in range(3):
        await pay(benefits)
        await benefits.work_off()
    has = await net(benefits)
    for numbers in people(registry):
        assert sum(has.get(f"person:{number}", 0) for number in numbers) == OWED, (numbers, has)
