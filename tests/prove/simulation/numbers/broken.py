"""What forgets something of merges, splits and erasures, wired into the same world; each must be found."""

from collections.abc import Collection, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing import get_context
from typing import Any

from services.benefits.consumers import registration as numbers_of_benefits
from services.claims.commands.follow_merge import FollowMerge, follow_merge
from services.claims.commands.forget_person import ForgetPerson, forget_person
from services.claims.consumers import registration
from services.claims.domain.claim import Claim
from tests.prove.simulation.many import CORES, Found, find
from tests.prove.simulation.numbers.benefits import BenefitsUnit, Knowing
from tests.prove.simulation.numbers.claims import ClaimsUnit
from tests.prove.simulation.numbers.erased import ErasedModel
from tests.prove.simulation.numbers.links import Link, newest
from tests.prove.simulation.numbers.world import Wiring, run


def itself_alone(_: Collection[Link], number: int) -> list[int]:
    """A merge that forgets what was paid to the other number."""
    return [number]


def named_alone(links: Collection[Link], at: datetime) -> set[int]:
    """Holds the two numbers that officers named, and none that is one with them."""
    looked_at = [link for link in newest(links).values() if link.held_until is not None and link.held_until > at]
    return {number for link in looked_at for number in link.numbers}


async def stays_joined(command: FollowMerge, uow: Any) -> Claim:
    """A split that leaves a claim joined to the other person's."""
    claim = command.claim
    if claim.joined_to is None:
        return await follow_merge(command, uow)
    stands = replace(claim, person=(await uow.known_persons.numbers_of(claim.stated_of))[0])
    await uow.claims.save(stands)
    return stands


class _NobodyIsForgotten(ErasedModel):
    async def forgotten(self, _: Collection[int]) -> set[int]:
        return set()


async def keeps_what_came_before(events: Sequence[Any], uow: ClaimsUnit) -> None:
    """An event of before the erasure brings the person back."""
    uow.erased_persons = _NobodyIsForgotten(uow)
    await registration.apply(events, uow)  # type: ignore[arg-type]


async def forgets_once(command: ForgetPerson, uow: ClaimsUnit) -> None:
    """Lets go of the person while somebody keeps it who does not know that."""
    await forget_person(replace(command, again=True), uow)  # type: ignore[arg-type]


class _NothingIsSetOff:
    async def set_off_between(self, _: Collection[str]) -> list[Any]:
        return []


async def leaves_set_off(events: Sequence[Any], uow: BenefitsUnit) -> None:
    """One person's benefit goes on paying the debt of another."""
    ledger, uow.ledger = uow.ledger, _NothingIsSetOff()  # type: ignore[assignment]
    await numbers_of_benefits.apply(events, uow)  # type: ignore[arg-type]
    uow.ledger = ledger


@dataclass(frozen=True)
class Broken:
    """A broken wiring, and what the run must say of it, within how many seeds."""

    name: str
    wiring: Wiring
    violation: tuple[str, ...]
    within: int = 60


_MONEY = ("an accident is paid once", "no recovery is opened twice", "the ledger is even")
_CLAIMS = ("one claim stands of an event", "a claim is of who survives")
_ERASED = ("what is erased stays erased",)
# What takes longest first, so that the other core does the rest meanwhile.
BROKEN = (
    Broken("joined to one that joined", Wiring(follows_chains=False), _CLAIMS, 1_500),
    Broken("the other number's payments forgotten", Wiring(knowing=Knowing(numbers_of=itself_alone)), _MONEY),
    Broken("held are those who are named alone", Wiring(knowing=Knowing(held=named_alone)), ("nothing is paid",), 400),
    Broken("nobody is held", Wiring(knowing=Knowing(held=lambda *_: set())), ("nothing is paid",), 300),
    Broken("joined to another person's claim", Wiring(follow=stays_joined), (*_CLAIMS, *_MONEY)),
    Broken("joined to one that followed later", Wiring(looks_again=False), (*_CLAIMS, *_MONEY), 1_000),
    Broken("the last word of a number wins", Wiring(knowing=Knowing(replaces=lambda *_: True)), (*_MONEY, *_CLAIMS)),
    Broken("a set-off stands after a split", Wiring(numbers_of_benefits=leaves_set_off), _MONEY),
    Broken("a set-off is undone by each word", Wiring(knowing=Knowing(undoes_once=False)), _MONEY),
    Broken("an erased person is kept again", Wiring(numbers_of_claims=keeps_what_came_before), _ERASED),
    Broken("an erased person is forgotten once", Wiring(forget=forgets_once), _ERASED),
)


def find_broken(number: int) -> Found | None:
    """By its number: some of their parts are no more than a function without a name."""
    return find(BROKEN[number].wiring, BROKEN[number].within, run)


def find_all() -> list[Found | None]:
    """Each of them, over both cores of the machine."""
    with ProcessPoolExecutor(CORES, mp_context=get_context("spawn")) as pool:
        return list(pool.map(find_broken, range(len(BROKEN))))
