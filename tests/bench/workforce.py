"""Workers with an employer, months of contributions and a bank account, brought in by public APIs and files."""

import asyncio
import secrets
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncpg
import httpx

from deploy.local.client import HttpClient
from deploy.local.story import EARLY, JUNE, OFFICER, Employer, until
from services.registration.files.contribution_file import FileLine, render
from shared.kernel.identifiers import person_number
from shared.kernel.periods import Month
from tests.bench.platform_fixture import PlatformFixture

T = TypeVar("T")

AT_ONCE = 8
# Twelve digits: born on a day of 1990, a state, and a serial number.
PER_BIRTHDAY = 10_000
MONTHS = tuple(f"2026-{month:02d}" for month in range(1, 7))


@dataclass(frozen=True)
class Insured:
    """A worker who may have an accident."""

    mykad: str
    born_on: str
    name: str
    account: str
    person: str = ""


@dataclass(frozen=True)
class Firm:
    """An employer with its workers."""

    employer: Employer
    workers: Sequence[Insured]


class BadAnswer(RuntimeError):
    """The platform refused what preparing a measurement asked of it."""


async def post(client: HttpClient, service: str, path: str, party: str, **content: Any) -> Any:
    """What a POST answered; raises BadAnswer for anything but success."""
    answer = await client.call(service, "POST", path, party=party, **content)
    if not answer.is_success:
        raise BadAnswer(f"POST {path} of {service} answered {answer.status_code}: {answer.text[:300]}")
    return answer.json()


async def answered(asked: Iterable[Awaitable[T]]) -> list[T]:
    """Those that were done; what a server at its limit refused, or did not answer in time, is left out."""
    found = await asyncio.gather(*asked, return_exceptions=True)
    for each in found:
        if isinstance(each, BaseException) and not isinstance(each, BadAnswer | httpx.TransportError):
            raise each
    return [each for each in found if not isinstance(each, BaseException)]


async def prepare(platform: PlatformFixture, client: HttpClient, count: int) -> list[Insured]:
    """Register that many workers of one employer, with wages for half a year; returns when claims knows it all."""
    (firm,) = await prepare_firms(platform, client, count, 1)
    return list(firm.workers)


async def prepare_firms(platform: PlatformFixture, client: HttpClient, count: int, firms: int) -> list[Firm]:
    """The same with that many workers in all, of so many employers."""
    made = [await _firm(client, number, range(number, count, firms)) for number in range(firms)]
    await _until_known(platform, [worker for firm in made for worker in firm.workers])
    return made


async def _firm(client: HttpClient, number: int, numbers: range) -> Firm:
    employer = Employer(f"KILANG UKUR MASA {number} SDN BHD")
    body = {"name": employer.name, "employer_code": employer.code}
    employer.employer = (await post(client, "registration", "/v1/employers", OFFICER, json=body))["employer"]
    await client.admit(employer.party)
    workers = await _few_at_once(_register(client, employer, _worker(each)) for each in numbers)
    for month in MONTHS:
        await _contribute(client, employer, workers, month)
    return Firm(employer, workers)


def _worker(number: int) -> Insured:
    day, serial = 1 + number // PER_BIRTHDAY, number % PER_BIRTHDAY
    account = f"{secrets.randbelow(10**12):012d}"
    return Insured(f"9001{day:02d}14{serial:04d}", f"1990-01-{day:02d}", f"PEKERJA {number}", account)


async def _register(client: HttpClient, employer: Employer, worker: Insured) -> Insured:
    national_id = {"kind": "mykad", "number": worker.mykad}
    person = {"name": worker.name, "national_id": national_id, "born_on": worker.born_on, "residence": "citizen"}
    made = await post(client, "registration", "/v1/persons", employer.party, json=person)
    number = made["person"]
    spell = {"person": number, "national_id": national_id, "employer": employer.employer, "started_on": "2020-01-06"}
    await post(client, "registration", "/v1/spells", OFFICER, json=spell)
    account = {"bank_bic": "MBBEMYKL", "number": worker.account}
    payee = {"person": number, "account_name": worker.name, "account": account}
    await post(client, "benefits", "/v1/payees", OFFICER, json=payee)
    return Insured(worker.mykad, worker.born_on, worker.name, worker.account, number)


async def _contribute(client: HttpClient, employer: Employer, workers: Sequence[Insured], month: str) -> None:
    amounts = JUNE if month == MONTHS[-1] else EARLY
    lines = [FileLine(employer.code, each.mykad, each.name, Month.of(month), *amounts) for each in workers]
    path = "/v1/contribution-files"
    headers = {"content-type": "text/plain"}
    file = await post(client, "registration", path, employer.party, content=render(lines), headers=headers)

    async def ask() -> Any:
        answer = await client.call("registration", "GET", f"{path}/{file['file']}", party=employer.party)
        return answer.json() if answer.is_success else None

    done = await until(ask, lambda job: job["state"] != "received", f"the file of {month}")
    if done["state"] != "accepted":
        raise BadAnswer(f"the file of {month} is {done['state']}")


async def _until_known(platform: PlatformFixture, workers: Sequence[Insured]) -> None:
    persons = [person_number(each.person) for each in workers]
    connection = await asyncpg.connect(platform.database("claims"))
    try:

        async def ask() -> Any:
            return await connection.fetchval("SELECT count(*) FROM known_wage WHERE person = ANY($1)", persons)

        await until(ask, lambda known: known == len(persons) * len(MONTHS), "claims' wage history")
    finally:
        await connection.close()


async def _few_at_once(steps: Iterable[Awaitable[Insured]]) -> list[Insured]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(step: Awaitable[Insured]) -> Insured:
        async with gate:
            return await step

    return list(await asyncio.gather(*(one(step) for step in steps)))
