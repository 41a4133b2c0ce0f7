"""``make replay``: every stored record of the running platform is made again from itself, every list hashed.

Exits with 1 when a byte differs: then a sen of some entitlement does not follow from what its record says.
"""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ProcessPoolExecutor
from os import cpu_count

import asyncpg
import orjson
from rich.console import Console

from deploy.local.errors import LauncherError
from deploy.local.plan import make_plan, remembered_ports
from deploy.local.state import State, open_state, read_run
from shared.law.decision import DecisionRecord, revision_hash
from shared.law.desk import DeskEntry, lay_over
from shared.law.determination import replay
from shared.persistence.law_entries import ENTRIES, read_entry

CHUNK = 1_000
_STORED = """
    SELECT claim, question, hash, body FROM record
    UNION ALL
    SELECT bill, 'medical_bill', hash, body FROM medical_line_record
    ORDER BY 1, 3
"""
_LISTS = "SELECT claim, revision, hash, records FROM decision ORDER BY claim, revision"


async def stored(url: str) -> AsyncIterator[list[tuple[str, str, bytes]]]:
    """The records of a claims database in chunks: what names each, its stored hash and its bytes."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        async with connection.transaction(readonly=True):
            rows = []
            async for row in connection.cursor(_STORED, prefetch=CHUNK):
                rows.append((f"{row['claim']} {row['question']}", row["hash"], bytes(row["body"])))
                if len(rows) == CHUNK:
                    yield rows
                    rows = []
            yield rows
    finally:
        await connection.close()


async def differing_lists(url: str) -> list[str]:
    """The revisions whose hash is not that of the list of their records."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        async with connection.transaction(readonly=True):
            return [
                f"{row['claim']} revision {row['revision']}"
                async for row in connection.cursor(_LISTS, prefetch=CHUNK)
                if row["hash"] != revision_hash(row["records"])
            ]
    finally:
        await connection.close()


async def entered(url: str) -> list[DeskEntry]:
    """What officers entered into the statute book, by which records were made since."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        return [read_entry(row, orjson.loads(row["cells"])) for row in await connection.fetch(ENTRIES)]
    finally:
        await connection.close()


def differing(rows: Iterable[tuple[str, str, bytes]]) -> list[str]:
    """The names of the records whose hash is not that of their bytes, or which this release does not make again."""
    wrong = []
    for name, hash_, body in rows:
        record = DecisionRecord(body)
        if record.hash != hash_ or not record.is_of_this_format or replay(record).canonical != body:
            wrong.append(name)
    return wrong


async def replayed(url: str) -> tuple[int, list[str]]:
    """Replay all records of a claims database on every core, then their lists; how many there are, and which differ."""
    loop, count, wrong = asyncio.get_running_loop(), 0, []
    with ProcessPoolExecutor(cpu_count(), initializer=_begin, initargs=(await entered(url),)) as pool:
        at_work = []
        async for rows in stored(url):
            count += len(rows)
            at_work.append(loop.run_in_executor(pool, differing, rows))
        for found in await asyncio.gather(*at_work):
            wrong += found
    return count, wrong + await differing_lists(url)


def _begin(entries: list[DeskEntry]) -> None:
    """Go by the book that officers have; records hold no cycles: looking for some takes a third of the time."""
    gc.disable()
    lay_over(entries)


def main() -> int:
    """Replay what the platform on this machine has decided."""
    console, state = Console(highlight=False), open_state()
    try:
        url = _claims(state)
    except LauncherError as error:
        console.print(str(error), markup=False)
        return 1
    began = time.monotonic()
    count, wrong = asyncio.run(replayed(url))
    console.print(f"{count} records replayed in {time.monotonic() - began:.1f} s, {len(wrong)} differ")
    for name in wrong:
        console.print(f"  {name}", markup=False)
    return 1 if wrong else 0


def _claims(state: State) -> str:
    if not read_run(state).get("children"):
        raise LauncherError("Nothing runs here: make up starts it")
    url: str = make_plan(state, remembered_ports(state), {"JARING_TRACES": "none"}).postgres.url("claims")
    return url


if __name__ == "__main__":
    raise SystemExit(main())
