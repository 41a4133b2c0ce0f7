"""The models of both simulations stand in for repositories: by the same methods, with the same parameters (rules P2).

Whoever adds a method to a repository, and has a command ask it, has the model learn it in the same change: else the
simulation runs in no seed, which `make prove` alone would tell.
"""

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, NamedTuple, get_type_hints

import pytest

from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.messaging.consumer_store import ConsumerStore
from shared.persistence.due_work import DueWork
from tests.prove.simulation import numbers
from tests.prove.simulation.numbers.benefits import BenefitsUnit, Knowing
from tests.prove.simulation.numbers.claims import ClaimsUnit
from tests.prove.simulation.numbers.service import DueModel
from tests.prove.simulation.tables import ConsumerStoreModel

_NOTHING: Any = None
_UNITS = {
    "claims": (ClaimsUnit(_NOTHING, _NOTHING, _NOTHING), ClaimsUnitOfWork),
    "benefits": (BenefitsUnit(_NOTHING, _NOTHING, Knowing()), BenefitsUnitOfWork),
}

# What the commands ask on ways that no run goes: nobody dies, nothing was taken over from an earlier system, no claim
# is another one's twin or says more than it, people are asked about none, nothing is lent or offered, and nothing is
# owed by the month.
_ON_OTHER_WAYS = {
    "claims": {
        *("claims.lock", "claims.lock_death", "claims.is_joined"),
        *("held_answers.keep", "known_wages.keep_ranges"),
        *("claims.notices_of", "evidence.count", "referral_offers.keep"),
    },
    "benefits": {
        *("ledger.loan", "conditions.ask", "conditions.remind", "known_deaths.keep", "known_deaths.days_of"),
    },
}


def _repository(unit_of_work: type, name: str) -> type | None:
    """What a unit of work has under a name, if it is a repository of its own."""
    found = inspect.getattr_static(unit_of_work, name, None)
    if not isinstance(found, cached_property):
        return None
    whole: type = get_type_hints(found.func)["return"]
    return whole


def _stand_ins() -> Iterator[tuple[type, type]]:
    yield DueModel, DueWork
    yield ConsumerStoreModel, ConsumerStore
    for unit, unit_of_work in _UNITS.values():
        for name, part in vars(unit).items():
            repository = _repository(unit_of_work, name)
            if repository is not None:
                yield type(part), repository


def _methods(whose: type) -> dict[str, Callable[..., Any]]:
    return {name: each for name, each in inspect.getmembers(whose, inspect.isfunction) if not name.startswith("_")}


class _Parameter(NamedTuple):
    """How it is named, where it is used at all, how it is passed, and whether it may be left out."""

    name: str
    kind: Any
    may_be_left: bool


def _parameters(method: Callable[..., Any]) -> list[_Parameter]:
    each = list(inspect.signature(method).parameters.values())[1:]
    return [_Parameter("" if p.name.startswith("_") else p.name, p.kind, p.default is not p.empty) for p in each]


def _is_called_alike(ours: list[_Parameter], theirs: list[_Parameter]) -> bool:
    """Whether both have the same, but for what may be left out of the real one's, and nobody here says."""
    if len(ours) > len(theirs):
        return False
    same = all(
        mine.name in ("", its.name) and (mine.kind, mine.may_be_left) == (its.kind, its.may_be_left)
        for mine, its in zip(ours, theirs, strict=False)
    )
    return same and all(each.may_be_left for each in theirs[len(ours) :])


def differences(model: type, repository: type) -> list[str]:
    """What a model has that its repository has not, or has otherwise."""
    found = []
    for name, method in _methods(model).items():
        real = getattr(repository, name, None)
        if real is None:
            found.append(f"{name} is none of {repository.__name__}")
            continue
        if not _is_called_alike(_parameters(method), _parameters(real)):
            found.append(f"{name}{inspect.signature(method)} is {inspect.signature(real)}")
        elif inspect.iscoroutinefunction(method) is not inspect.iscoroutinefunction(real):
            found.append(f"{name} is awaited in one of both alone")
    return found


@pytest.mark.parametrize(("model", "repository"), list(_stand_ins()), ids=lambda each: each.__name__)
def test_a_model_has_the_methods_of_what_it_stands_in_for(model: type, repository: type) -> None:
    assert differences(model, repository) == []


def _run_there() -> Iterator[tuple[str, Callable[..., Any]]]:
    """The functions of services that the simulation of numbers runs, by service."""
    for module in pkgutil.iter_modules(numbers.__path__, f"{numbers.__name__}."):
        for each in vars(importlib.import_module(module.name)).values():
            for function in _functions(each):
                yield function.__module__.split(".")[1], function


def _functions(found: Any) -> Iterator[Callable[..., Any]]:
    """A command's, or those of a consumer's module."""
    if inspect.isfunction(found) and _is_run(found.__module__):
        yield found
    elif inspect.ismodule(found) and _is_run(found.__name__):
        yield from (found.__dict__[name] for name in ("apply", "handle") if name in found.__dict__)


def _is_run(module: str) -> bool:
    return module.startswith("services.") and module.split(".")[2] in ("commands", "consumers")


def asked(function: Callable[..., Any], seen: set[Any]) -> set[tuple[str, str]]:
    """What a command, and each that it calls, asks of parts of its unit of work: the part, and its method."""
    if function in seen:
        return set()
    seen.add(function)
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(ast.Attribute(ast.Name("uow"), part), method)):
                found.add((part, method))
            case ast.Call(func=ast.Name(name), args=args) if any(_is_uow(each) for each in args):
                called = function.__globals__.get(name)
                if inspect.isfunction(called):
                    found |= asked(called, seen)
    return found


def _is_uow(argument: ast.expr) -> bool:
    return isinstance(argument, ast.Name) and argument.id == "uow"


@pytest.mark.parametrize("service", _UNITS)
def test_a_model_has_all_that_the_commands_ask_which_it_is_run_with(service: str) -> None:
    unit, _ = _UNITS[service]
    seen: set[Any] = set()
    functions = [function for of, function in _run_there() if of == service]
    wanted = set().union(*(asked(each, seen) for each in functions))
    missing = {f"{part}.{method}" for part, method in wanted if not hasattr(getattr(unit, part, None), method)}
    assert len(wanted) > 10, "it is looked for where it stands"
    assert missing == _ON_OTHER_WAYS[service]


class _Real:
    async def settle(self, claim: int, day: int = 0) -> None: ...

    async def ask(self, claim: int) -> None: ...


class _Model:
    async def settle(self, person: int) -> None: ...

    def ask(self, _: int) -> None: ...

    async def forget(self) -> None: ...


def test_what_a_model_has_otherwise_is_found() -> None:
    assert differences(_Real, _Real) == []
    assert [each.split("(")[0].split(" ")[0] for each in differences(_Model, _Real)] == ["ask", "forget", "settle"]
