"""Files and calls of a population: nothing goes into a database, and no more is kept than one employer's staff."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import orjson

from services.registration.domain.insured import Insured
from services.registration.domain.opening import OpeningKind
from services.registration.files.contribution_file import FileLine, render
from services.registration.files.opening_file import HEADERS, OPTIONAL
from shared.kernel.money import ringgit
from shared.kernel.periods import Month
from shared.law.act4.contributions import bulk as act4
from shared.law.act800.contributions import bulk as act800
from shared.law.book import book
from shared.law.errors import NotYetLaw
from tests.population.people import Firm, Population, Someone

# So that each file is within what one request may have.
ROWS_IN_A_FILE = 200_000
Amounts = tuple[int, int, int, int, int]
# The sections of MSIC 2008 of the population's sectors.
_SECTIONS = {
    "manufacturing": "C",
    "construction": "F",
    "retail": "G",
    "food": "I",
    "agriculture": "A",
    "transport": "H",
    "health": "Q",
    "education": "P",
    "finance": "K",
    "public": "O",
}
_SHORT_STATES = {"N.SEMBILAN": "negeri_sembilan", "P.PINANG": "pulau_pinang"}


@dataclass(frozen=True, slots=True)
class Worked:
    """A month of somebody with an employer: wage and contributions, in sen."""

    month: Month
    wage: int
    amounts: Amounts


def months_of(someone: Someone, firm: Firm, first: Month, last: Month, known: date) -> Iterator[Worked]:
    """What is declared of somebody by an employer, in these months, by the law as known on a day."""
    jobs = [job for job in someone.employments if job.employer == firm.number]
    begun = min(job.first for job in someone.employments)
    for month in (first + at for at in range(last - first + 1)):
        if any(job.first <= month.last_day and (job.last is None or job.last >= month.first_day) for job in jobs):
            wage = someone.wage_sen(month, firm.number)
            is_foreign = someone.residence == "foreign_worker"
            amounts = _due(wage, _covered(someone.born_on, begun, is_foreign, month, known), month, known)
            yield Worked(month, wage, amounts)


def declared_by_firm(population: Population, month: Month) -> Iterator[tuple[Firm, list[FileLine]]]:
    """What each employer declares for a month; employers without anybody in it are left out."""
    for firm, staff in population.staff():
        declared = [
            _line(firm, each, worked)
            for each in staff
            for worked in months_of(each, firm, month, month, population.as_of)
        ]
        if declared:
            yield firm, declared


def write_contributions(population: Population, months: Sequence[Month], folder: Path) -> int:
    """A file of layout v2 for each employer and month; how many lines."""
    lines = 0
    folder.mkdir(parents=True, exist_ok=True)
    for month in months:
        for firm, declared in declared_by_firm(population, month):
            (folder / f"{firm.code}-{month}.txt").write_bytes(render(declared))
            lines += len(declared)
    return lines


def write_opening(population: Population, history: int, folder: Path, rows_in_a_file: int = ROWS_IN_A_FILE) -> None:
    """Opening files of each kind, with so many months up to that of the day."""
    folder.mkdir(parents=True, exist_ok=True)
    last = Month.of(population.as_of)
    writers = {kind: _Files(folder, kind, rows_in_a_file) for kind in OpeningKind}
    for firm, staff in population.staff():
        writers[OpeningKind.EMPLOYERS].row(firm.code, firm.name, firm.mycoid, _state(firm), _SECTIONS[firm.sector])
        for each in staff:
            id_ = (each.id_kind, each.id_number)
            if each.employments[0].employer == firm.number:
                known = (each.name, each.born_on.isoformat(), each.residence, each.old_ic or "")
                writers[OpeningKind.PERSONS].row(*id_, *known)
            for job in each.employments:
                if job.employer == firm.number:
                    ended = "" if job.last is None else job.last.isoformat()
                    writers[OpeningKind.SPELLS].row(*id_, firm.code, job.first.isoformat(), ended)
            for row in _ranges(months_of(each, firm, last - (history - 1), last, population.as_of)):
                writers[OpeningKind.MONTHS].row(*id_, firm.code, *row)
    for writer in writers.values():
        writer.close()


def write_calls(population: Population, path: Path) -> None:
    """The calls by which each employer, person and spell is registered, one a line, in an order that works.

    Names in braces stand for the answers of calls before: `{employer:3}`, `{person:7}`.
    """
    with path.open("wb") as out:
        for firm, staff in population.staff():
            body: dict[str, Any] = {"name": firm.name, "employer_code": firm.code, "mycoid": firm.mycoid}
            out.write(_call("/v1/employers", body, f"employer:{firm.number}"))
            for each in staff:
                if each.employments[0].employer == firm.number:
                    out.write(_call("/v1/persons", _person(each), f"person:{each.number}"))
                for job in each.employments:
                    if job.employer == firm.number:
                        who = {"person": f"{{person:{each.number}}}", "employer": f"{{employer:{firm.number}}}"}
                        out.write(_call("/v1/spells", {**who, "started_on": job.first.isoformat()}, None))


class _Files:
    """Rows of one kind in files of so many each."""

    def __init__(self, folder: Path, kind: OpeningKind, rows_in_a_file: int) -> None:
        self._folder, self._kind, self._most = folder, kind, rows_in_a_file
        self._rows = self._number = 0
        self._out: TextIO | None = None

    def row(self, *cells: str) -> None:
        if self._out is None or self._rows == self._most:
            self.close()
            path = self._folder / f"{self._kind.value}-{self._number:04d}.csv"
            self._out = path.open("w", encoding="utf-8", newline="")
            self._writer = csv.writer(self._out, lineterminator="\r\n")
            self._writer.writerow((*HEADERS[self._kind], *OPTIONAL[self._kind]))
            self._rows, self._number = 0, self._number + 1
        self._writer.writerow(cells)
        self._rows += 1

    def close(self) -> None:
        if self._out is not None:
            self._out.close()


def _ranges(worked: Iterator[Worked]) -> Iterator[list[str]]:
    """Months that follow each other with one wage and the same amounts are one row."""
    # Of months that follow each other the difference to their place is the same.
    numbered = enumerate(worked)
    for (_, wage, amounts), months in groupby(numbered, key=lambda e: (e[1].month - e[0], e[1].wage, e[1].amounts)):
        part = [each.month for _, each in months]
        yield [str(part[0]), str(part[-1]), ringgit(wage), *map(ringgit, amounts)]


def _state(firm: Firm) -> str:
    return _SHORT_STATES.get(firm.state, firm.state.lower())


def _line(firm: Firm, each: Someone, worked: Worked) -> FileLine:
    return FileLine(
        firm.code, each.id_number, each.name, worked.month, worked.wage, *worked.amounts, mycoid=firm.mycoid
    )


def _person(each: Someone) -> dict[str, Any]:
    national_id = {"kind": each.id_kind, "number": each.id_number}
    born_on = each.born_on.isoformat()
    return {"name": each.name, "national_id": national_id, "born_on": born_on, "residence": each.residence}


def _call(path: str, body: dict[str, Any], answer: str | None) -> bytes:
    return orjson.dumps({"method": "POST", "path": path, "body": body, "answer": answer}) + b"\n"


@lru_cache(maxsize=200_000)
def _covered(born_on: date, begun: date, is_foreign: bool, month: Month, known: date) -> tuple[bool, bool]:
    law = book().on(month.first_day, known)
    residence = "foreign_worker" if is_foreign else "citizen"
    person = Insured(
        0, born_on, begun, residence, "", works_here=True, works_elsewhere=False, released_from_skbbk=False
    )
    try:
        return person.in_first_category(month, law), person.in_act800(month, law)
    except NotYetLaw:
        return False, False


@lru_cache(maxsize=200_000)
def _due(wage: int, covered: tuple[bool, bool], month: Month, known: date) -> Amounts:
    law = book().on(month.first_day, known)
    wages, first = np.array([wage]), np.array([covered[0]])
    due4 = act4.contributions(wages, first, law)
    employer = employee = 0
    if covered[1]:
        due800 = act800.contributions(wages, np.array([True]), law)
        employer, employee = int(due800.employer[0]), int(due800.employee[0])
    skbbk = int(act4.skbbk_contributions(wages, first, law)[0])
    return int(due4.employer[0]), int(due4.employee[0]), employer, employee, skbbk
