"""Rotates the keys of a service of the local platform, in three steps between which everything works (decision 77).

`begin` makes a new key, which every process knows from its next start on and none writes under; `switch` makes it the
current one, and the worker puts what stands under the other key under it; `retire` lets go of the other key, once
nothing stands under it any more. What is retired is kept in escrow, since backups may stand under it.
"""

import asyncio
import base64
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import asyncpg
from rich.console import Console

from deploy.local.errors import LauncherError
from deploy.local.plan import make_plan, remembered_ports
from deploy.local.processes import stop
from deploy.local.ring import FIRST, Ring, escrowed, keep_ring, put_in_escrow, ring_of
from deploy.local.state import State, identity_in, read_run
from deploy.local.up import is_ready

GRACE_S = 30.0
READY_S = 60.0
LOOK_S = 0.2
STEPS = ("show", "begin", "switch", "retire", "recover")
# An empty value stands under no key: its text was let go of, or a restore knows of it and not what it was.
_COUNT = """
    SELECT key_id, sum(sealed)::bigint AS sealed FROM sealed_values() WHERE key_id IS NOT NULL GROUP BY key_id
"""
# A process of before may have written behind the round: the worker goes through all tables once more.
_LOOK_AGAIN = "UPDATE resealing SET done_at = NULL, position = NULL WHERE done_at IS NOT NULL"


def rotate(state: State, console: Console, service: str, step: str, key: str = "", *, dry_run: bool = False) -> None:
    """Take one step of a rotation, or show where it stands.

    Raises:
        LauncherError: there is no such service or step, or this is not the moment for it.
    """
    if service not in FIRST:
        raise LauncherError(f"{service or 'Nothing'} seals nothing; these do: {', '.join(FIRST)}")
    if step not in STEPS:
        raise LauncherError(f"There is no step {step}; there are: {', '.join(STEPS)}")
    ring = ring_of(state, service)
    counts = asyncio.run(_counts(state, service))
    console.print(_said(state, service, ring, counts), markup=False)
    if step == "show":
        return
    if ring.unfinished not in ("", step):
        raise LauncherError(f"{ring.unfinished} is not finished: ask for it again, then every process has these keys")
    taken = ring if ring.unfinished else _step(state, ring, service, step, key, counts)
    if dry_run:
        console.print(f"Would be: {_said(state, service, taken, counts)}", markup=False)
        return
    if step == "retire":
        put_in_escrow(state, service, ring, set(ring.keys) - set(taken.keys))
    # A process that knows not the next key reads nothing of what another one writes under it.
    keep_ring(state, service, replace(taken, unfinished=step))
    _restart(state, console, service)
    keep_ring(state, service, replace(taken, unfinished=""))
    console.print(_said(state, service, taken, counts), markup=False)


def _step(state: State, ring: Ring, service: str, step: str, key: str, counts: Mapping[str, int]) -> Ring:
    """The ring after a step."""
    if step == "begin":
        return _begun(state, service, ring)
    if step == "switch":
        return _switched(ring)
    if step == "retire":
        return _retired(state, service, ring, counts)
    found = escrowed(state, service).get(key)
    if found is None:
        raise LauncherError(
            f"No key {key!r} of {service} is in escrow: it has to come from where the operator keeps it"
        )
    # The newest one stays the last.
    return replace(ring, keys={key: found, **ring.keys})


def _begun(state: State, service: str, ring: Ring) -> Ring:
    if len(ring.keys) > 1:
        raise LauncherError("A rotation is on its way: switch and retire first")
    used = {*ring.keys, *escrowed(state, service)}
    name, _, number = ring.current.rpartition("-")
    next_number = int(number) + 1
    while (new := f"{name}-{next_number}" if name else str(next_number)) in used:
        next_number += 1
    return replace(ring, keys={**ring.keys, new: {"field": _key(), "index": _key()}})


def _switched(ring: Ring) -> Ring:
    # The newest one: keys stand in the order in which they were made.
    new = list(ring.keys)[-1]
    if new == ring.current:
        raise LauncherError("There is no key to switch to: begin first")
    return replace(ring, current=new)


def _retired(state: State, service: str, ring: Ring, counts: Mapping[str, int]) -> Ring:
    others = [id_ for id_ in ring.keys if id_ != ring.current]
    if not others:
        raise LauncherError("There is one key: nothing can be retired")
    if list(ring.keys)[-1] != ring.current:
        raise LauncherError("The new key is not current yet: switch first")
    left = {id_: counts[id_] for id_ in others if counts.get(id_)}
    if left:
        asyncio.run(_look_again(state, service))
        told = ", ".join(f"{count:,} under {id_}" for id_, count in left.items())
        raise LauncherError(f"Not yet: {told}. The worker goes on; ask again when there are none")
    return replace(ring, keys={ring.current: ring.keys[ring.current]})


def keys_missing(counts: Iterable[str], ring: Ring) -> set[str]:
    """Under which keys something stands that this installation does not have."""
    return set(counts) - set(ring.keys)


async def check_keys(state: State, connection: asyncpg.Connection, service: str) -> None:
    """Raises LauncherError where a database that is about to be put back stands under a key that is not here."""
    if service not in FIRST:
        return
    missing = keys_missing(await counted(connection), ring_of(state, service))
    if missing:
        told = ", ".join(sorted(missing))
        raise LauncherError(
            f"The backup of {service} is sealed under {told}, which is not here: nobody could read it. Take it "
            f"from escrow (make rotate SERVICE={service} DO=recover KEY={min(missing)}), then restore. Nothing changed"
        )


async def counted(connection: asyncpg.Connection) -> dict[str, int]:
    """How many values stand under each key."""
    return {row["key_id"]: row["sealed"] for row in await connection.fetch(_COUNT)}


async def _counts(state: State, service: str) -> dict[str, int]:
    found: dict[str, int] = await _asked(state, service, counted)
    return found


async def _look_again(state: State, service: str) -> None:
    async def ask(connection: asyncpg.Connection) -> None:
        await connection.execute(_LOOK_AGAIN)

    await _asked(state, service, ask)


async def _asked(state: State, service: str, ask: Any) -> Any:
    plan = make_plan(state, remembered_ports(state))
    try:
        connection = await asyncpg.connect(plan.postgres.url(service), timeout=10)
    except OSError as reason:
        raise LauncherError(f"PostgreSQL does not answer ({reason}): make up starts it") from None
    try:
        return await ask(connection)
    finally:
        await connection.close()


def _restart(state: State, console: Console, service: str) -> None:
    """The API and the worker, one after the other, each with the keys as they are now."""
    for name in (f"{service}-api", f"{service}-worker"):
        record = read_run(state).get("children", {}).get(name)
        identity = identity_in(record)
        if record is None or identity is None:
            continue
        stop([(identity, int(record["stop_signal"]))], GRACE_S)
        _await_ready(state, name, identity.pid)
        console.print(f"{name} started again with the keys as they are now")


def _await_ready(state: State, name: str, before: int) -> None:
    end = time.monotonic() + READY_S
    while time.monotonic() < end:
        record = read_run(state).get("children", {}).get(name, {})
        if record.get("pid") not in (None, before) and is_ready(name, record):
            return
        time.sleep(LOOK_S)
    raise LauncherError(f"{name} is not ready again after {READY_S:.0f} s: see its log, and ask for this step again")


def _said(state: State, service: str, ring: Ring, counts: Mapping[str, int]) -> str:
    lines = [f"Keys of {service}:"]
    for id_ in (*ring.keys, *(each for each in counts if each not in ring.keys)):
        place = "current" if id_ == ring.current else "opens and finds" if id_ in ring.keys else "NOT HERE"
        lines.append(f"  {id_}: {place}; {counts.get(id_, 0):,} values stand under it")
    kept = escrowed(state, service)
    if kept:
        lines.append(f"  in escrow: {', '.join(kept)}")
    return "\n".join(lines)


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
