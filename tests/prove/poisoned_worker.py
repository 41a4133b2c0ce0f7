"""The worker of a service, except that some events make it raise and some kill it.

`python -m tests.prove.poisoned_worker <service>`, with the environment of that service's worker. The product knows
nothing of it: the subscriptions are wrapped here.
"""

import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import wraps
from importlib import import_module
from typing import Any

from shared.contracts.envelope import Event
from shared.messaging.subscription import Subscription
from shared.process.worker import Work, serve
from tests.prove.poison import Poisonous, effect_of


def poisoned(subscription: Subscription[Any]) -> Subscription[Any]:
    """The subscription with a taster in front: of its reaction where it has one, else of its projection."""
    if subscription.handle is not None:
        return replace(subscription, handle=_tasting(subscription.handle))
    assert subscription.apply is not None
    return replace(subscription, apply=_tasting_all(subscription.apply))


def _tasting(handle: Callable[[Any, Any], Awaitable[None]]) -> Callable[[Any, Any], Awaitable[None]]:
    @wraps(handle)
    async def tasted(event: Event, uow: Any) -> None:
        _taste(event, reacted_to=True)
        await handle(event, uow)

    return tasted


def _tasting_all(
    apply: Callable[[Any, Sequence[Any]], Awaitable[None]],
) -> Callable[[Any, Sequence[Any]], Awaitable[None]]:
    # It says which types it uses as the honest one does.
    @wraps(apply)
    async def tasted(events: Sequence[Event], uow: Any) -> None:
        for event in events:
            _taste(event, reacted_to=False)
        await apply(events, uow)

    return tasted


def _taste(event: Event, *, reacted_to: bool) -> None:
    effect = effect_of(event.type(), event.data(), reacted_to=reacted_to)
    if effect == "kills":
        os.kill(os.getpid(), signal.SIGKILL)
    if effect == "raises":
        raise Poisonous(event.type())


def main(service: str) -> None:
    """Run it until it is told to stop, or until an event kills it."""
    settings = getattr(import_module(f"services.{service}.settings"), f"{service.capitalize()}Settings")()
    honest: Work[Any] = import_module(f"services.{service}.worker").work(settings)
    serve(settings, replace(honest, subscriptions=[poisoned(each) for each in honest.subscriptions]), [])


if __name__ == "__main__":
    main(sys.argv[1])
