"""A population is the same on every machine, and nobody real is in it."""

import csv
import hashlib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from shared.kernel.periods import Month
from shared.security.names import readings
from shared.security.national_id import NationalId
from shared.security.synthetic import is_synthetic
from tests.population.dice import Dice
from tests.population.people import Population
from tests.population.writing import write_calls, write_contributions, write_opening

AS_OF = date(2026, 10, 31)
# Of what is written for 300 people with the seed 7: another one on another machine, or after a change, says so.
DIGEST = "3b01f1d8b1768836317979b81d45d862ae031a3cf012fe2f337e7d52b1789360"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("population")
    population = Population(7, 300, AS_OF)
    write_opening(population, 6, folder / "opening", rows_in_a_file=250)
    write_contributions(population, [Month.of("2026-09"), Month.of("2026-10")], folder / "contributions")
    write_calls(population, folder / "calls.jsonl")
    return folder


def test_a_population_is_the_same_on_every_machine(written: Path) -> None:
    digest = hashlib.sha256()
    for path in sorted(each for each in written.rglob("*") if each.is_file()):
        digest.update(f"{path.relative_to(written)}\n".encode() + path.read_bytes())
    assert digest.hexdigest() == DIGEST


def test_each_number_is_one_persons_and_none_can_be_a_real_ones() -> None:
    seen = set()
    for _, staff in Population(1, 30_000, AS_OF).staff():
        for each in staff:
            ids = [(each.id_kind, each.id_number), *([("old_ic", each.old_ic)] if each.old_ic else [])]
            assert all(is_synthetic(NationalId.of(*who), each.born_on, AS_OF) for who in ids), ids
            seen.add((each.number, each.id_number))
    assert len(seen) == len({number for number, _ in seen}) == len({id_ for _, id_ in seen}) == 30_000


def test_employers_are_of_real_sizes() -> None:
    sizes = [firm.size for firm in Population(1, 1_000_000, AS_OF).firms()]
    assert sum(sizes) == 1_000_000
    assert 15 <= sum(sizes) / len(sizes) <= 17.5
    assert max(sizes) > 10_000
    assert sum(size < 5 for size in sizes) > len(sizes) / 2


def test_people_are_as_those_of_a_nation() -> None:
    people = [each for _, staff in Population(2, 5_000, AS_OF).staff() for each in staff]
    names = " ".join(each.name for each in people)
    assert all(mark in names for mark in (" BIN ", " BINTI ", " A/L ", " A/P ", " @ ", "'", " ANAK ", "GOMBUNG"))
    assert all(readings(each.name) for each in people)
    kinds = Counter(each.id_kind for each in people)
    assert kinds["passport"] > kinds["ssfw"] > 50
    assert any(each.old_ic for each in people)
    jobs = [each.employments for each in people]
    assert any(len({job.employer for job in each}) == 2 for each in jobs), "two jobs"
    assert any(len(each) > 1 and each[0].employer == each[1].employer for each in jobs), "gaps"
    assert all(job.first <= (job.last or AS_OF) <= AS_OF for each in jobs for job in each)


def test_what_is_written_is_within_the_files_that_are_taken(written: Path) -> None:
    parts = sorted((written / "opening").glob("months-*.csv"))
    assert len(parts) > 1
    rows = [row for part in parts for row in list(csv.reader(part.open()))[1:]]
    assert all(len(list(csv.reader(part.open()))) <= 251 for part in parts)
    assert all("2026-05" <= first <= last <= "2026-10" for *_, first, last in (row[:5] for row in rows))
    assert all(len(line) == 278 for line in _lines(written / "contributions"))


def _lines(folder: Path) -> list[bytes]:
    return [line for path in folder.iterdir() for line in path.read_bytes().split(b"\r\n") if line]


def test_dice_fall_alike_whatever_was_thrown_before() -> None:
    thrown = [Dice(1, "person", 5).below(1000) for _ in range(2)]
    assert thrown[0] == thrown[1]
    assert [Dice(1, "person", number).below(10**6) for number in range(3)] != [
        Dice(2, "person", number).below(10**6) for number in range(3)
    ]
