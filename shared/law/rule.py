"""Marks a function as a rule of the law, so that a decision knows which version of which rules it rests on.

A rule is a pure function of facts and the law. Where the law changed there is one function a version, named by its
first day in force, and the function under the plain name chooses by `law.in_force`. A corrected rule is a new version
with a higher correction; the old one stays callable.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_versions: dict[str, str] = {}


def rule(in_force: str, correction: int = 0) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a function with a parameter `law`: each call notes its name and its version in that law.

    The name is the path of the function without `shared.law` and `rules`; the version is the first day in force, with
    "+1" for the first correction and so on.
    """
    version = f"{in_force}+{correction}" if correction else in_force

    def mark(function: Callable[P, R]) -> Callable[P, R]:
        name = f"{function.__module__.removeprefix('shared.law.').removesuffix('.rules')}.{function.__name__}"
        position = list(signature(function).parameters).index("law")
        _versions[name] = version
        by_position: Callable[..., R] = function

        @wraps(function)
        def noted(*args: P.args, **kwargs: P.kwargs) -> R:
            # Passing on no names takes a dict all the same, and few rules are called by name.
            if kwargs:
                law: Any = kwargs["law"] if "law" in kwargs else args[position]
                law.ran[name] = version
                return function(*args, **kwargs)
            args[position].ran[name] = version  # type: ignore[attr-defined]
            return by_position(*args)

        return noted

    return mark


def rule_versions() -> Mapping[str, str]:
    """The version of each rule that has been imported, by its name."""
    return dict(_versions)
