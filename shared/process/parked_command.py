"""`python -m services.<service>.worker parked`: what a service has parked, and what a person does about it (rules M7).

Printed is for the person at the terminal; nothing of it goes into a log.
"""

import argparse
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from shared.contracts.envelope import Cause
from shared.messaging.parked import (
    MOST_COUNTED,
    Head,
    NotDone,
    Who,
    actions,
    discard,
    fix,
    found,
    heads,
    parked_counts,
    raw_of_row,
)
from shared.messaging.parking import replay_all, replay_by_id, replay_while_it_goes
from shared.messaging.received import Unreadable, read
from shared.messaging.subscription import Subscription
from shared.persistence.engine import Database
from shared.persistence.life import DatabaseHeld
from shared.persistence.unit_of_work import UnitOfWork

U = TypeVar("U", bound=UnitOfWork)

MOST_LISTED = 100
LONGEST_SHOWN = 2_000
LONGEST_NAME = 100
_CAUSE = Cause("parked")

Write = Callable[[str], None]


def parser(service: str) -> argparse.ArgumentParser:
    """The words of the command."""
    words = argparse.ArgumentParser(prog=f"parked {service}", description=f"What {service} has parked.")
    which = words.add_subparsers(dest="action", required=True, metavar="action")
    which.add_parser("list", help="how much is parked by topic and class, and the first record of each key")
    which.add_parser("actions", help="what was done to parked records, the newest first")
    which.add_parser("show", help="one record, and how this release reads it").add_argument("id", type=int)
    replayed = which.add_parser("replay", help="handle them like fresh ones, in order; without an id all of them")
    replayed.add_argument("id", type=int, nargs="*")
    discarded = which.add_parser("discard", help="take them away for good; what waits behind them goes on")
    discarded.add_argument("id", type=int, nargs="+")
    fixed = which.add_parser("fix", help="correct a record that cannot be read; it waits for its replay")
    fixed.add_argument("id", type=int)
    fixed.add_argument("--file", type=Path, required=True, help="the corrected data, as JSON")
    fixed.add_argument("--type", default=None, help="the corrected type of the event")
    for each in (replayed, discarded, fixed):
        each.add_argument("--by", type=named, required=True, help="who does it")
        each.add_argument("--reason", type=named, required=True, help="why")
    return words


async def parked(
    service: str,
    database: Database,
    unit: type[U],
    subscriptions: Sequence[Subscription[U]],
    arguments: Sequence[str],
    write: Write = print,
) -> int:
    """Do what the command line asks; 0, or 1 when it was not done or something is left that was to be replayed."""
    asked = parser(service).parse_args(arguments)
    try:
        if asked.action in ("list", "show", "actions"):
            async with database.begin(unit, _CAUSE) as uow:
                look = {"list": _list, "actions": _actions, "show": _show}[asked.action]
                await look(uow, asked, write)
            return 0
        await database.whole()
        who = Who(asked.by, asked.reason)
        if asked.action == "fix":
            await fix(database, unit, asked.id, asked.file.read_bytes(), asked.type, who)
            write(f"{asked.id} is fixed and waits for its replay")
            return 0
        if asked.action == "replay":
            return await _replay(database, unit, subscriptions, asked.id, who, write)
        return await _discard(database, unit, subscriptions, asked.id, who, write)
    except (NotDone, OSError) as reason:
        write(f"Not done: {reason}")
        return 1
    except DatabaseHeld as held:
        write(f"Not done: the database was put back and is held ({held.facts['held']}): wait until it is whole again")
        return 1


async def _list(uow: UnitOfWork, _: argparse.Namespace, write: Write) -> None:
    counts = await parked_counts(uow.connection)
    for each in counts:
        held = f", {each.keys_held} keys wait" if each.keys_held else ", nobody waits"
        write(f"{uow.service}: {each.topic} {each.fault}: {each.records}{held}, the oldest {_age(each.oldest_seconds)}")
    for topic in sorted({each.topic for each in counts}):
        if sum(each.records for each in counts if each.topic == topic) >= MOST_COUNTED:
            write(f"  of each partition of {topic} only the first {MOST_COUNTED} are counted")
    if not counts:
        write(f"{uow.service}: nothing is parked")
    listed = await heads(uow.connection, MOST_LISTED)
    for head in listed:
        write(f"  {_line(head)}")
    if len(listed) == MOST_LISTED:
        write(f"  these are the first {MOST_LISTED}")


async def _show(uow: UnitOfWork, asked: argparse.Namespace, write: Write) -> None:
    row = await found(uow.connection, asked.id)
    raw = raw_of_row(row)
    reading = read(raw)
    write(f"{row['topic']}/{row['kafka_partition']} at {row['kafka_offset']}, key {shown(raw.key)}")
    write(f"{row['reason']}, since {row['parked_at']:%Y-%m-%d %H:%M:%S} UTC")
    for name, value in raw.headers:
        write(f"  {shown(name)}: {shown(value.decode())}")
    write(f"{len(raw.payload)} bytes, sha256 {hashlib.sha256(raw.payload).hexdigest()}")
    write(shown(raw.payload.decode("utf-8", "replace"), LONGEST_SHOWN))
    said = f"cannot read it: {reading.reason}" if isinstance(reading, Unreadable) else "reads it"
    write(f"This release {said}")


async def _actions(uow: UnitOfWork, _: argparse.Namespace, write: Write) -> None:
    for row in await actions(uow.connection, MOST_LISTED):
        place = f"{row['topic']}/{row['kafka_partition']} at {row['kafka_offset']}"
        said = f"{row['action']} by {shown(row['acted_by'])}: {shown(row['why'])}"
        write(f"{row['acted_at']:%Y-%m-%d %H:%M:%S} {place}, {row['fault']}, {said}")


async def _replay(
    database: Database,
    unit: type[U],
    subscriptions: Sequence[Subscription[U]],
    ids: Sequence[int],
    who: Who,
    write: Write,
) -> int:
    if not ids:
        replayed = await replay_all(database, unit, subscriptions, who)
        for topic in replayed:
            if topic.handled or topic.left:
                write(f"{topic.topic}: {topic.handled} handled, {topic.left} left")
        return int(any(topic.left for topic in replayed))
    left = 0
    for id_ in ids:
        async with database.begin(unit, _CAUSE) as uow:
            row = await found(uow.connection, id_)
        subscription = _of_topic(subscriptions, row["topic"])
        handled = await replay_by_id(database, unit, subscription, row, who)
        async with database.begin(unit, _CAUSE) as uow:
            stays = await _is_there(uow, id_)
        left += stays
        write(f"{id_}: {handled} handled{', it stays parked' if stays else ''}")
    return int(left > 0)


async def _is_there(uow: UnitOfWork, id_: int) -> bool:
    try:
        await found(uow.connection, id_)
    except NotDone:
        return False
    return True


async def _discard(
    database: Database,
    unit: type[U],
    subscriptions: Sequence[Subscription[U]],
    ids: Sequence[int],
    who: Who,
    write: Write,
) -> int:
    """Discard each, and let go on what waited behind it."""
    for id_ in ids:
        raw = await discard(database, unit, id_, who)
        followed = 0
        if raw.key and any(each.topic == raw.topic for each in subscriptions):
            subscription = _of_topic(subscriptions, raw.topic)
            followed = await replay_while_it_goes(database, unit, subscription, raw.key, who)
        write(f"{id_} is discarded; {followed} that waited behind it went on")
    return 0


def _of_topic(subscriptions: Sequence[Subscription[U]], topic: str) -> Subscription[U]:
    for each in subscriptions:
        if each.topic == topic:
            return each
    raise NotDone(f"this service no longer listens to {topic}")


def _line(head: Head) -> str:
    waits = f", {head.behind} behind it" if head.holds else ", nobody waits for it"
    place = f"{head.topic}/{head.kafka_partition} at {head.kafka_offset}"
    return f"{head.id}: {place}, key {shown(head.key)}, {head.reason}{waits}"


def shown(text: str, most: int = 100) -> str:
    """A foreign text as it may be shown at a terminal: without control characters, and not too long."""
    escaped = ascii(text)
    return escaped if len(escaped) <= most else f"{escaped[:most]}… ({len(text)} characters)"


def _age(seconds: float) -> str:
    minutes = int(seconds // 60)
    return f"{minutes // 1440} d {minutes // 60 % 24} h {minutes % 60} min"


def named(text: str) -> str:
    """Who, or why: something must be said, within bounds."""
    said = text.strip()
    if not said or len(said) > LONGEST_NAME or not said.isprintable():
        raise argparse.ArgumentTypeError(f"1 to {LONGEST_NAME} printable characters")
    return said
