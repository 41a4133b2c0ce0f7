"""What has happened before chance has its way in a life: from nothing on it comes to a pension hardly ever.

Each opening is a life of its own too, so that what it comes to hangs on no chance.
"""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import date
from typing import Any

from tests.machine import acts, appeals, bills, numbers
from tests.machine.world import World

Happens = Callable[[World], Coroutine[Any, Any, object]]


def _accident(sender: str, day: date, length: int) -> Happens:
    return lambda world: acts.report_accident(world, sender, day, length)


def _decided(choice: int) -> Happens:
    return lambda world: acts.decide(world, 0, choice, stale=False)


def _board(*ways: str) -> list[Happens]:
    """A case before a board, step by step: put, invited, the day comes, heard, found, closed."""
    return [lambda world, way=way: acts.board_goes_on(world, way) for way in ways]  # type: ignore[misc]


def _arrives(world: World) -> Coroutine[Any, Any, object]:
    return world.come_to_rest()


def _pays(world: World) -> Coroutine[Any, Any, object]:
    return acts.pay(world, ("ACSC",), twice=False)


def _says_later(status: str) -> Happens:
    return lambda world: acts.answer_late(world, 0, status)


async def _not_employed(world: World) -> None:
    """Her employment had ended before."""
    acts.end_employment(world, date(2026, 7, 31), 2)
    await world.carry()


def _goes_on(*acts_: tuple[Callable[..., Coroutine[Any, Any, object]], Sequence[object]]) -> list[Happens]:
    """Each of these with what it is told, as one thing that happens after the other."""
    return [lambda world, act=act, told=told: act(world, *told) for act, told in acts_]  # type: ignore[misc]


def _appealed(*ways: str) -> list[Happens]:
    return _goes_on(*((appeals.decide_appeal, (0, way)) for way in ways))


def _billed(which: int) -> Happens:
    return lambda world: bills.send_bill(world, 0, 1, which)


def _changed(which: int | None) -> Happens:
    return lambda world: bills.change_bill(world, 0, which, own=True)


def _priced(*choices: int) -> list[Happens]:
    """Two officers look at the lines of a bill, one after the other."""
    return _goes_on(*((acts.decide_in, ("medical_bill", choice)) for choice in choices))


def _said(word: str, revision: int) -> Happens:
    return lambda world: numbers.say_of_numbers(world, word, revision)


_EMPLOYER, _HOSPITAL, _, _OFFICE = acts.SENDERS
_HURT = [_accident(_EMPLOYER, acts.DAYS[0], 19), _arrives]
_FOUND = _board(*["found"] * 6)
_BOARD, _COURT = _goes_on(*((appeals.file_appeal, (0, 0, forum, None)) for forum in (appeals.BOARD, appeals.COURT)))
[_HEARD] = _goes_on((appeals.hear_appeal, (0,)))
OPENINGS: Mapping[str, Sequence[Happens]] = {
    "appealed": (
        *_HURT,
        *(_BOARD, _HEARD, *_appealed("answer", "amount"), _arrives, _pays),
        *(_COURT, _HEARD, *_appealed("set_aside"), _arrives),
    ),
    "appealed by an officer": (
        *(_accident(_OFFICE, acts.DAYS[0], 26), _decided(0), _arrives),
        lambda world: appeals.file_appeal(world, 0, 0, appeals.BOARD, 0),
        *(_HEARD, *_appealed("facts"), _arrives),
    ),
    "appealed in vain": (
        *(*_HURT, _BOARD, lambda world: appeals.withdraw_appeal(world, 0, own=True)),
        *(_BOARD, *_appealed("upheld"), lambda world: appeals.withdraw_appeal(world, 0, own=True), _BOARD),
    ),
    "treated": (
        lambda world: bills.admit(world, bills.HOSPITALS[0], acts.DAYS[0], noticed=True, known=True),
        *(_arrives, _billed(7), *_priced(0, 0, 0)),
        lambda world: acts.enter_account(world, bills.HOSPITALS[0], "5666666666666", 0),
        *(_pays, _arrives, _changed(5), *_priced(0), lambda world: bills.review_line(world, 0, 1, 1), *_priced(2)),
        *(_arrives, _pays, _changed(None), _arrives),
    ),
    "two numbers": (
        *_HURT,
        lambda world: numbers.report_of_other(world, numbers.OTHERS_EMPLOYER, acts.DAYS[0], 19),
        *(_arrives, _said("held", 3), _arrives, _pays, _said("split", 4), _arrives, _pays),
        *(_said("merged", 5), _arrives, _pays, _said("split", 6), _arrives, _pays),
    ),
    "claims put back": (
        *(lambda world: world.back_up("claims"), *_HURT, _pays, lambda world: world.put_back("claims"), _arrives),
        *_HURT,
    ),
    "benefits put back": (
        *(*_HURT, lambda world: world.back_up("benefits"), _pays, lambda world: world.put_back("benefits")),
        *(_arrives, _pays),
    ),
    "nothing": (),
    "hurt": _HURT,
    "paid": (*_HURT, _pays, _arrives),
    "refused by the bank": (
        *_HURT,
        lambda world: acts.pay(world, ("RJCT/AC04",), twice=False),
        _says_later("ACSC"),
        _arrives,
    ),
    "come back": (*_HURT, _pays, _says_later("RJCT/AC04"), _says_later("ACSC"), _arrives),
    "not employed": (_not_employed, *_HURT),
    "reported by an officer": (_accident(_OFFICE, acts.DAYS[0], 26), _decided(0), _arrives),
    "reported by a hospital": (_accident(_HOSPITAL, acts.DAYS[0], 45), _arrives),
    "adjacent days": (*_HURT, _accident(_HOSPITAL, acts.DAYS[1], 26), _arrives),
    "left with a loss": (*_HURT, *_FOUND, lambda world: acts.choose(world, 0, "periodic"), _arrives, _pays),
    "invalid": (lambda world: acts.report_invalidity(world, _HOSPITAL), *_FOUND, _arrives, _pays),
    "dead": (
        *_HURT,
        *(
            lambda world, sender=sender: acts.report_death(world, sender, date(2026, 8, 20))
            for sender in acts.SENDERS[:2]
        ),
        lambda world: acts.state(world, 1, 2, 0),
        _decided(0),
        _arrives,
    ),
}
