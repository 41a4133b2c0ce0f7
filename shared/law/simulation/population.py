"""Whom a simulation is about: wages of a month with what decides their contributions, and how many people each is.

`assumed`: only two numbers are sourced, 8.38 million insured at RM5,000 or less and 1.45 million above (February 2024,
domain dossier act4 §2.4 [S45]); how they spread over population.csv, evenly inside each band, is our shape of a
population with a minimum wage of RM1,500. Whoever has real wages passes a file.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import numpy as np

from shared.kernel.errors import JaringError, Kind
from shared.kernel.money import MalformedAmount, sen_from_ringgit
from shared.law.bulk import BoolArray, Int64Array

BANDS = Path(__file__).with_name("population.csv")
STEP_SEN = 5_000
COLUMNS = ("wage", "count", "category", "act800", "skbbk", "plan", "housewife")
PLANS = ("", "1", "2", "3", "4")
SPREAD_IS_ASSUMED = (
    "How wages spread is assumed: only 8.38 million insured at RM5,000.00 or less and 1.45 million above are sourced; "
    "all are of the first category and in every scheme of employees. Pass a file for real wages."
)
_CATEGORIES = {"first": True, "second": False}
_YES_NO = {"yes": True, "no": False}


class PopulationMalformed(JaringError):
    """A population is neither a size nor a file that can be read; the detail names the line."""

    code = "population_malformed"
    title = "The population is malformed"
    title_ms = "Populasi tidak betul bentuknya"
    kind = Kind.MALFORMED


@dataclass(frozen=True)
class Population:
    """Row by row: wage in sen, people, first category of Act 4, insured under Act 800, takes part in SKBBK.

    ``plans`` are places in `PLANS` of the self-employed under Act 789, ``housewives`` who contributes under Act 838;
    ``spread_is_assumed`` where the wages are this project's shape and nobody's data.
    """

    wages: Int64Array
    people: Int64Array
    first_category: BoolArray
    insured: BoolArray
    takes_part: BoolArray
    plans: Int64Array
    housewives: BoolArray
    spread_is_assumed: bool = False

    @property
    def size(self) -> int:
        """How many people there are."""
        return int(self.people.sum())


def population(text: str) -> Population:
    """A population from a size ("9830000", apportioned over the bands) or from a CSV file."""
    if text.isascii() and text.replace("_", "").replace(",", "").isdecimal():
        return of_size(int(text.replace("_", "").replace(",", "")))
    return from_file(Path(text))


def of_size(size: int) -> Population:
    """So many people of the first category in every scheme, their wages spread as the bands say."""
    if size < 1:
        raise PopulationMalformed("A population has at least one person.")
    wages, weights = _spread()
    people = apportioned(weights, size)
    everybody = np.ones(len(wages), dtype=np.bool_)
    nobody, no_plan = np.zeros(len(wages), dtype=np.bool_), np.zeros(len(wages), dtype=np.int64)
    return Population(wages, people, everybody, everybody, everybody, no_plan, nobody, spread_is_assumed=True)


def apportioned(weights: Int64Array, size: int) -> Int64Array:
    """Whole people by weight that sum to the size, so that the people up to any row are right to within one."""
    total = int(weights.sum())
    shares = [0, *(size * int(up_to) // total for up_to in np.cumsum(weights))]
    return _whole([up_to - before for before, up_to in pairwise(shares)])


def _spread() -> tuple[Int64Array, Int64Array]:
    """Wages in steps of RM50 and, as weights, the people of each band shared out evenly."""
    wages: list[int] = []
    weights: list[int] = []
    with BANDS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            over, to = int(row["wage_over"]) * 100, int(row["wage_to"]) * 100
            steps = list(range(over + STEP_SEN, to + 1, STEP_SEN))
            each, rest = divmod(int(row["people"]), len(steps))
            wages += steps
            weights += [each + 1] * rest + [each] * (len(steps) - rest)
    return np.array(wages, dtype=np.int64), np.array(weights, dtype=np.int64)


def from_file(path: Path) -> Population:
    """Read a CSV file with the column wage (ringgit) and, as wanted, the others of `COLUMNS`.

    Without them a row is one person of the first category (`first`, `second`), insured and taking part (`yes`, `no`),
    without a plan of Act 789 (`1` to `4`, or nothing), and no housewife of Act 838.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            header = next(reader, [])
            if "wage" not in header or not set(header) <= set(COLUMNS) or len(set(header)) != len(header):
                raise PopulationMalformed(f"{path.name}:1: the columns are wage and any of {', '.join(COLUMNS[1:])}")
            rows = [_row(path.name, reader.line_num, header, cells) for cells in reader if cells]
    except OSError as fault:
        raise PopulationMalformed(f"{path}: {fault.strerror}") from fault
    if not rows:
        raise PopulationMalformed(f"{path.name}: nobody is in it")
    wages, people, first, insured, takes_part, plans, housewives = zip(*rows, strict=True)
    return Population(
        wages=_whole(wages),
        people=_whole(people),
        first_category=_flags(first),
        insured=_flags(insured),
        takes_part=_flags(takes_part),
        plans=_whole(plans),
        housewives=_flags(housewives),
    )


_Row: TypeAlias = tuple[int, int, bool, bool, bool, int, bool]


def _row(file: str, line: int, header: Sequence[str], cells: Sequence[str]) -> _Row:
    given = dict(zip(header, cells, strict=False))
    try:
        if len(cells) != len(header):
            raise ValueError
        wage, count = sen_from_ringgit(given["wage"]), int(given.get("count", "1"))
        if wage < 0 or count < 1:
            raise ValueError
        first = _CATEGORIES[given.get("category", "first")]
        insured, takes_part, housewife = (
            _YES_NO[given.get(name, default)]
            for name, default in (("act800", "yes"), ("skbbk", "yes"), ("housewife", "no"))
        )
        return wage, count, first, insured, takes_part, PLANS.index(given.get("plan", "")), housewife
    except (ValueError, KeyError, MalformedAmount) as fault:
        raise PopulationMalformed(f"{file}:{line}: {','.join(cells)!r} is not a row of {','.join(header)}") from fault


def _whole(values: Sequence[int]) -> Int64Array:
    return np.array(values, dtype=np.int64)


def _flags(values: Sequence[bool]) -> BoolArray:
    return np.array(values, dtype=np.bool_)
