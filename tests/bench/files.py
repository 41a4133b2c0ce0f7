"""Contribution files: a large one in parts, beside a binary COPY of its rows; many of the nation's sizes; small ones.

One process has the API and both lanes of the worker; what is announced stands in the outbox (the relay is a part of its
own). People are written set-based, with their numbers and names sealed as registration seals them; each has
contributed before, so that no spell is confirmed.
"""

import asyncio
import itertools
import random
import resource
import struct
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from uuid import UUID

import asyncpg
from asyncpg import Range

from services.registration.domain.contribution import AMOUNTS
from services.registration.files.contribution_file import render
from services.registration.main import build
from services.registration.settings import RegistrationSettings
from services.registration.storage.keys import Keys
from services.registration.tests.support import AT_2480, Register, line
from services.registration.worker import work
from shared.kernel.clock import now
from shared.kernel.identifiers import new_id
from shared.kernel.periods import Month
from shared.security.fields import place
from shared.security.national_id import IdKind, NationalId
from shared.testing.servers import Databases, TestDatabase
from shared.testing.service import service_under_test
from shared.testing.tokens import TestIssuer
from tests.bench.figures import Figure, Part, percentile

LINES, FIRMS = 50_000, 500
# Of the rows a second of a binary COPY; seconds to the answer to the last byte, and for half a million lines.
RATIO_LIMIT, ANSWER_LIMIT, LARGE_LIMIT, SMALL_LIMIT_MS, MEBIBYTES = 0.3, 2.0, 60.0, 2_000.0, 1_024.0
FILES_A_SECOND = 150.0
SMALL_FILES, SMALL_LINES, PART_BYTES, COPY_ROUNDS = 40, 16, 16 << 20, 3
MONTH = Month.of("2026-05")
_SINCE = date(2024, 3, 1)
_SCOPE = "registration:contribution_file:write"
_NAMES = (
    "AHMAD BIN ALI",
    "SITI NURHALIZA BINTI OSMAN",
    "LIM AH KOW",
    "MUTHU A/L RAJAN",
    "TAN MEI LING",
    "JOSE ANAK UGAK",
)
_AT_ONCE = 20_000
_COPIED = ("employer", "person", "person_fact", "person_attribute", "national_id", "spell_fact")
_IDENTICAL = "CREATE TABLE contribution_line_beside (LIKE contribution_line INCLUDING ALL)"
_COLUMNS = (
    *("employer", "month", "person", "kind", "revision", "receipt", "wage_sen"),
    *AMOUNTS,
    "skbbk_receipt",
)


@dataclass(frozen=True)
class Firm:
    """An employer with people by number and name."""

    number: int
    code: str
    people: Sequence[tuple[int, str, str]]

    @property
    def party(self) -> str:
        return f"employer:{self.number}"

    def file(self, month: Month = MONTH) -> bytes:
        """A month of everybody, in an order by chance."""
        shuffled = random.Random(self.number).sample(self.people, len(self.people))
        return render(line(str(month), AT_2480, id_=id_, name=name, code=self.code) for _, id_, name in shuffled)


async def files(databases: Databases, lines: int, firms: int, folder: Path) -> Part:
    """The large one, the small ones, the many, and then the rows that stand copied beside."""
    part = Part(f"Contribution files: one of {lines:,} lines in parts, {firms:,} of 16 lines in the mean, one process")
    large, small, *many = firms_of([lines, SMALL_LINES, *sizes(firms)])
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(databases.fresh("registration"))
        built = service_under_test(RegistrationSettings, build, work, database, TestIssuer(folder))
        register = Register(await stack.enter_async_context(built))
        await _populate(database, register, [large, small, *many])
        part.figures.extend(await _small(register, small))
        part.figures.extend(await _many(register, many))
        part.figures.extend(await _large(register, database, large, folder))
    return part


async def _large(register: Register, database: TestDatabase, firm: Firm, folder: Path) -> list[Figure]:
    path = folder / "large.txt"
    path.write_bytes(firm.file())
    lines = len(firm.people)
    begun = time.perf_counter()
    answered = await uploaded(register, firm.party, path)
    sent = time.perf_counter()
    await _work_off(register)
    done = time.perf_counter()
    rate, beside = lines / (done - sent), await _copied(database, firm.number)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    limit = LARGE_LIMIT * lines / 500_000
    return [
        Figure("the large file: upload", lines / (sent - begun), "lines/s"),
        Figure("the large file: answer to the last part", answered, "s", ANSWER_LIMIT),
        Figure("the large file: worked off after it", done - sent, "s", limit),
        Figure("the large file: from parsed to announced", rate, "lines/s"),
        Figure("binary COPY of the same rows beside it", beside, "rows/s"),
        Figure("ratio of the two", rate / beside, "", RATIO_LIMIT, at_least=True),
        Figure("memory of API, worker and client at the most", memory, "MiB", MEBIBYTES),
    ]


async def uploaded(register: Register, party: str, path: Path) -> float:
    """Upload the file in parts; seconds that the answer to the last took, from its last byte on."""
    tus = {"tus-resumable": "1.0.0", "content-type": "application/offset+octet-stream"}
    length = (await asyncio.to_thread(path.stat)).st_size
    begun = await register.as_party(
        "POST", "/v1/uploads", _SCOPE, party, headers={"tus-resumable": "1.0.0", "upload-length": str(length)}
    )
    upload, took = begun.headers["location"], 0.0
    for offset in range(0, length, PART_BYTES):
        part = await asyncio.to_thread(_read, path, offset)
        at = time.perf_counter()
        headers = {**tus, "upload-offset": str(offset)}
        answer = await register.as_party("PATCH", upload, _SCOPE, party, headers=headers, content=part)
        took = time.perf_counter() - at
        if answer.status_code != 204:
            raise RuntimeError(answer.text)
    return took


def _read(path: Path, offset: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(PART_BYTES)


async def _small(register: Register, firm: Firm) -> list[Figure]:
    """Send a file of 16 lines and work it off, again and again: each time the month stands again."""
    took = []
    for number in range(SMALL_FILES):
        content = firm.file() if number % 2 else firm.file().replace(b"  4285", b"004285")
        begun = time.perf_counter()
        answer = await register.as_party(
            "POST",
            "/v1/contribution-files",
            _SCOPE,
            firm.party,
            content=content,
            headers={"content-type": "text/plain"},
        )
        await _work_off(register)
        took.append((time.perf_counter() - begun) * 1000)
        if answer.status_code != 202:
            raise RuntimeError(answer.text)
    return [Figure("a file of 16 lines: line results, p99", percentile(took, 99), "ms", SMALL_LIMIT_MS)]


async def _many(register: Register, firms: Sequence[Firm]) -> list[Figure]:
    if not firms:
        return []
    begun = time.perf_counter()
    for firm in firms:
        headers = {"content-type": "text/plain"}
        path, content = "/v1/contribution-files", firm.file()
        await register.as_party("POST", path, _SCOPE, firm.party, content=content, headers=headers)
    sent = time.perf_counter()
    await _work_off(register)
    done = time.perf_counter()
    lines = sum(len(firm.people) for firm in firms)
    return [
        Figure("files of the nation's sizes: sent", len(firms) / (sent - begun), "files/s"),
        Figure("files of the nation's sizes: worked off by two lanes", len(firms) / (done - sent), "files/s"),
        Figure(
            "files of the nation's sizes: both", len(firms) / (done - begun), "files/s", FILES_A_SECOND, at_least=True
        ),
        Figure("lines of them", lines / (done - begun), "lines/s"),
    ]


async def _work_off(register: Register) -> None:
    """As the worker's two lanes do, until both find nothing."""
    busy = [True, True]
    await asyncio.gather(*(_lane(register, busy, lane) for lane in range(len(busy))))


async def _lane(register: Register, busy: list[bool], lane: int) -> None:
    while any(busy):
        busy[lane] = await register.service.worker.runner.run_one()
        if not busy[lane]:
            await asyncio.sleep(0.005)


async def _copied(database: TestDatabase, employer: int) -> float:
    """Rows a second of a binary COPY of the employer's lines, from bytes that are ready; the middle of some rounds."""
    async with database.connection("migrate") as owner:
        await owner.execute(_IDENTICAL)
        columns = ", ".join(_COLUMNS)
        rows = await owner.fetch(
            f"SELECT {columns} FROM contribution_line WHERE employer = $1 ORDER BY random()",  # noqa: S608
            employer,
        )
        payload = _binary(rows)
        rates = []
        for _ in range(COPY_ROUNDS):
            await owner.execute("TRUNCATE contribution_line_beside")
            begun = time.perf_counter()
            await owner.copy_to_table(
                "contribution_line_beside", source=_chunks(payload), columns=_COLUMNS, format="binary"
            )
            rates.append(len(rows) / (time.perf_counter() - begun))
        await owner.execute("DROP TABLE contribution_line_beside")
    return median(rates)


def _binary(rows: Sequence[asyncpg.Record]) -> bytes:
    widths = [{"employer": 4, "month": 4, "person": 4, "kind": 2, "revision": 4}.get(name, 8) for name in _COLUMNS]
    formats = "".join("i" + {2: "h", 4: "i", 8: "q"}[width] for width in widths)
    row = struct.Struct(f">h{formats}")
    body = b"".join(
        row.pack(len(widths), *(each for pair in zip(widths, found, strict=True) for each in pair)) for found in rows
    )
    return b"PGCOPY\n\xff\r\n\x00" + bytes(8) + body + b"\xff\xff"


async def _chunks(payload: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(payload), 1 << 20):
        yield payload[start : start + (1 << 20)]


def sizes(firms: int) -> list[int]:
    """Lines of each of so many firms: most have a handful, few hundreds; 16 in the mean."""
    dice = random.Random(16)
    return [max(1, min(2_000, int(dice.paretovariate(1.07) * 2.4))) for _ in range(firms)]


def _mykad(number: int) -> str:
    day, last = divmod(number, 10_000)
    return f"{70 + day // 336}{day // 28 % 12 + 1:02d}{day % 28 + 1:02d}14{last:04d}"


def _born_on(number: int) -> str:
    """Of working age in the month, on days of many years: nobody is judged by what was found of another."""
    return f"{1975 + number % 30}-{number // 30 % 12 + 1:02d}-{number // 360 % 28 + 1:02d}"


def firms_of(lines: Sequence[int]) -> list[Firm]:
    """Firms with so many people each, all of them different."""
    found, first = [], 1
    for number, size in enumerate(lines, start=1):
        people = [(first + each, _mykad(first + each), _NAMES[each % len(_NAMES)]) for each in range(size)]
        found.append(Firm(number, f"F{number:011d}", people))
        first += size
    return found


async def _populate(database: TestDatabase, register: Register, firms: Sequence[Firm]) -> None:
    settings = register.service.app.state.settings
    async with database.connection("migrate") as owner:
        await populate([owner], Keys.of_settings(settings), firms)


async def populate(owners: Sequence[asyncpg.Connection], keys: Keys, firms: Sequence[Firm]) -> None:
    """Write firms and their people, as whoever owns the tables, over as many connections as there are."""
    owner, at = owners[0], now()
    employers = [(f.number, f.party, 1, f.code, "KILANG MAJU", at) for f in firms]
    columns = ["employer", "tenant", "revision", "code", "name", "registered_at"]
    # COPY takes no table whose rows are guarded from its owner.
    for table in _COPIED:
        await owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    await owner.copy_records_to_table("employer", records=employers, columns=columns)
    everybody = ((f, *each) for f in firms for each in f.people)
    some = iter(lambda: list(itertools.islice(everybody, _AT_ONCE)), [])
    await asyncio.gather(*(_add_those(each, keys, some) for each in owners))
    for table in _COPIED:
        await owner.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    await owner.execute("ANALYZE")


async def _add_those(
    owner: asyncpg.Connection, keys: Keys, some: Iterator[Sequence[tuple[Firm, int, str, str]]]
) -> None:
    for people in some:
        await _add_people(owner, keys, people)


async def _add_people(owner: asyncpg.Connection, keys: Keys, people: Sequence[tuple[Firm, int, str, str]]) -> None:
    at = now()
    always: Range[date] = Range(empty=False)
    persons = [(number, 1, at) for _, number, _, _ in people]
    await owner.copy_records_to_table("person", records=persons, columns=["person", "revision", "registered_at"])
    facts, ids, spells = [], [], []
    for firm, number, id_, name in people:
        sealed = keys.cipher.encrypt(name, place("person_fact", "sealed", number * 3))
        facts += [
            (number * 3, number, "name", always, None, sealed, "organisation:1"),
            (number * 3 + 1, number, "born_on", always, _born_on(number), None, "organisation:1"),
            (number * 3 + 2, number, "residence", always, "citizen", None, "organisation:1"),
        ]
        stated, row = NationalId(IdKind.MYKAD, id_), new_id()
        ids.append(_national_id(keys, row, number, stated))
        spells.append((new_id(), firm.party, number, firm.number, Range(_SINCE, None)))
    await owner.copy_records_to_table(
        "person_fact", records=facts, columns=["id", "person", "attribute", "valid", "plain", "sealed", "source"]
    )
    await owner.copy_records_to_table(
        "person_attribute",
        records=[(number, attribute, valid, fact) for fact, number, attribute, valid, *_ in facts],
        columns=["person", "attribute", "valid", "fact"],
    )
    columns = ["id", "person", "kind", "number_sealed", "blind_index", "number_index", "id_token", "shares_digits"]
    await owner.copy_records_to_table("national_id", records=ids, columns=columns)
    stated_spells = [(*spell, "organisation:1", at) for spell in spells]
    columns = ["spell", "tenant", "person", "employer", "days", "source", "recorded_at"]
    await owner.copy_records_to_table("spell_fact", records=stated_spells, columns=columns)
    await owner.execute(
        """INSERT INTO spell (spell, tenant, person, employer, days, fact, revision, stated_on, verified, refused,
                              end_verified, confirmed_month, confirmed_wage_sen)
           SELECT spell, tenant, person, employer, days, id, 2, '2024-03-01', true, false, true, 202403, 248000
           FROM spell_fact
           WHERE spell = ANY ($1::uuid[])""",
        [spell for spell, *_ in spells],
    )


def _national_id(keys: Keys, row: UUID, person: int, stated: NationalId) -> tuple[object, ...]:
    sealed = keys.cipher.encrypt(stated.number, place("national_id", "number_sealed", str(row)))
    indexes = (keys.ids.of_id(stated), keys.numbers.of(stated.number), keys.id_tokens.of(stated))
    return (row, person, stated.kind.value, sealed, *indexes, False)
