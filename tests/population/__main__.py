"""``make population``: writes the files and calls of a population that is the same for the same seed, of any size.

Names as Malaysia's communities write them, and numbers that no real person bears (docs/registration.md).
"""

import argparse
from datetime import date
from pathlib import Path

from rich.console import Console

from shared.kernel.periods import Month
from tests.population.people import Population
from tests.population.writing import write_calls, write_contributions, write_opening


def main() -> None:
    """Write what was asked for."""
    parser = argparse.ArgumentParser(prog="make population ARGS=...", description=__doc__)
    parser.add_argument("--persons", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--as-of", type=date.fromisoformat, default=date(2026, 10, 31), help="the last day of it all")
    parser.add_argument("--history", type=int, default=24, help="months in the opening files")
    parser.add_argument("--months", nargs="*", default=["2026-10"], help="of the contribution files")
    parser.add_argument("--out", type=Path, default=Path(".run/population"))
    chosen = parser.parse_args()
    population = Population(chosen.seed, chosen.persons, chosen.as_of)
    chosen.out.mkdir(parents=True, exist_ok=True)
    write_opening(population, chosen.history, chosen.out / "opening")
    lines = write_contributions(population, [Month.of(each) for each in chosen.months], chosen.out / "contributions")
    write_calls(population, chosen.out / "calls.jsonl")
    firms = sum(1 for _ in population.firms())
    Console().print(f"{chosen.persons} persons, {firms} employers, {lines} lines in {chosen.out}")


if __name__ == "__main__":
    main()
