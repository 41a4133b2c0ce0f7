"""What of a record cites nothing: a test, an amount, a figure or a rule without Act and section."""

from collections.abc import Iterator, Mapping
from typing import Any

_FORUMS = frozenset(("social_security_appellate_board", "high_court"))


def uncited(body: Mapping[str, Any]) -> Iterator[str]:
    """What of a record names no Act and section, no rule, or a figure that it does not list."""
    listed = {(each["figure"], each["in_force"], each["known"]) for each in body["figures"]}
    for step in (*body["tests"], *body["amounts"], *body["looks"]):
        name = step.get("name", step.get("code"))
        if not step["law"] or not all(each.startswith(("Act ", "SKBBK")) for each in step["law"]):
            yield f"{name} cites {step['law']}"
        named = {(each["figure"], each["in_force"], each["known"]) for each in step.get("figures", ())}
        if not named <= listed:
            yield f"{name} reads figures that are not listed"
    if not (body["tests"] or body["amounts"] or body["looks"]):
        yield "nothing was tested or worked out"
    if body["amounts"] and not body["rules"] and not _is_ordered(body):
        yield "amounts without a rule"
    if body["terms"] and not body["amounts"]:
        yield "terms without an amount"


def _is_ordered(body: Mapping[str, Any]) -> bool:
    """Whether a forum named the amount, which no rule works out: its order is the source."""
    return any(source["kind"] in _FORUMS for fact in body.get("facts", ()) for source in fact["sources"])
