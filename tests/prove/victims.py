"""Processes of a service that do one thing and die at a point of it: each is forked of this one, which knows the code.

It reads orders, a line of JSON each, and answers how each of its processes ended. What one does is what the service's
own processes do: its app answers a request, its worker runs what is due, reads records or sends messages, on a database
of the test that asks (tests/prove/dying.py).
"""

import asyncio
import json
import os
import signal
import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from importlib import import_module
from typing import Any
from uuid import UUID

import uvloop

from shared.contracts.envelope import Cause
from shared.contracts.registry import BY_TYPE
from shared.kernel.clock import take_offset_from
from shared.law.book import book
from shared.messages.gateway import Gateway
from shared.messages.sending import MessageSender
from shared.messaging.batch import BatchHandler
from shared.persistence.due_work import kind_of
from shared.process.crashes import arm_crashes
from shared.process.worker import Worker
from shared.scheduling.counting import counting
from shared.testing.asking import AppClient
from shared.testing.records import received

SERVICES = ("registration", "claims", "benefits", "rehab")
Order = Mapping[str, Any]
# Whoever waits for longer waits for a lock that nobody lets go.
LONGEST_S = 60.0


def main() -> None:
    """Serve until nobody asks any more."""
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    for service in SERVICES:
        for part in ("settings", "main", "worker"):
            import_module(f"services.{service}.{part}")
    # Read once, and by all that are forked.
    book()
    for line in sys.stdin:
        sys.stdout.write(f"{json.dumps(ended(json.loads(line)))}\n")
        sys.stdout.flush()


def ended(order: Order) -> Mapping[str, int]:
    """How a process ended that was forked for an order: by which signal, or with which code."""
    pid = os.fork()
    if pid == 0:
        code = 1
        # What it says is no answer of ours.
        os.dup2(2, 1)
        try:
            asyncio.run(asyncio.wait_for(done(order), LONGEST_S))
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    return {"signal": os.WTERMSIG(status)} if os.WIFSIGNALED(status) else {"code": os.WEXITSTATUS(status)}


async def done(order: Order) -> None:
    """What an order asks for, by a process of its own, with the points armed that the test has armed."""
    take_offset_from(partial(timedelta, seconds=order["ahead_s"]), "test")
    service = order["service"]
    settings_of = import_module(f"services.{service}.settings")
    settings = getattr(settings_of, f"{service.capitalize()}Settings")(**order["settings"])
    arm_crashes(settings, "api" if order["does"] == "request" else "worker")
    await DOES[order["does"]](settings, order)


async def _request(settings: Any, order: Order) -> None:
    app = import_module(f"services.{settings.service}.main").build(settings)
    content = order["content"]
    if "bytes" in content:
        content = {"content": bytes.fromhex(content["bytes"])}
    answer = await AppClient(app).request(order["method"], order["path"], headers=order["headers"], **content)
    sys.stderr.write(f"{answer.status_code} {answer.text[:500]}\n")


def _worker(settings: Any) -> Worker[Any]:
    return Worker(settings, import_module(f"services.{settings.service}.worker").work(settings), BatchHandler)


async def _due(settings: Any, _: Order) -> None:
    runner = _worker(settings).runner
    while await runner.run_one():
        continue


async def _consume(settings: Any, order: Order) -> None:
    worker, readings = _worker(settings), []
    for each in order["records"]:
        found = received(BY_TYPE[each["type"]].model_validate_json(each["payload"]))
        readings.append(replace(found, envelope=found.envelope._replace(id=UUID(each["id"]))))
    (topic,) = {each.raw.topic for each in readings}
    subscription = next(each for each in worker.work.subscriptions if each.topic == topic)
    await BatchHandler(worker.database, worker.work.unit).handle(subscription, readings)


async def _send(settings: Any, order: Order) -> None:
    worker = _worker(settings)
    gateway = Gateway(order["gateway"], bytes.fromhex(order["key"]), settings.service)
    await MessageSender(worker.database, worker.work.unit, gateway).send_some()


async def _timer(settings: Any, order: Order) -> None:
    """What a timer of this name does; the process ends before it is committed: no point is passed by timers."""
    worker = _worker(settings)
    timers = (*worker.work.schedules, counting(worker.work.control_totals))
    (timer,) = [each for each in timers if kind_of(each.command) == order["timer"]]
    async with worker.database.begin(worker.work.unit, Cause("timer")) as uow:
        await timer.handler(timer.command(), uow)
        os.kill(os.getpid(), signal.SIGKILL)


DOES: Mapping[str, Callable[[Any, Order], Awaitable[None]]] = {
    "request": _request,
    "due": _due,
    "consume": _consume,
    "send": _send,
    "timer": _timer,
}

if __name__ == "__main__":
    main()
