"""Three Act 4 amounts of a population by openfisca-core, as its users would write them; run by `tests.bench.law`.

It runs in an environment of its own and imports nothing of ours. Arguments: the file of the classes, and the number of
wages. Prints a JSON object: seconds of the calculation, and the sum of each amount in sen.
"""

import csv
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from openfisca_core.entities import Entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERIOD, FIRST_DAY = "2026-06", "2024-10-01"
AMOUNTS = ("assumed", "employer_first", "employee_first")
PERSON = Entity("person", "people", "", "")


def in_sen(text: str) -> int:
    """The sen of an amount with two decimals."""
    return int(text.replace(".", ""))


def scales(file: str) -> dict[str, Any]:
    """A scale of single amounts for each column: above a threshold, up to and with the next."""
    with open(file, newline="") as opened:
        rows = list(csv.DictReader(opened))

    def bracket(row: dict[str, str], column: str) -> dict[str, Any]:
        return {
            "threshold": {FIRST_DAY: {"value": in_sen(row["wage_over"])}},
            "amount": {FIRST_DAY: {"value": in_sen(row[column])}},
        }

    return {
        column: {"metadata": {"type": "single_amount"}, "brackets": [bracket(row, column) for row in rows]}
        for column in AMOUNTS
    }


class wage(Variable):  # noqa: N801  the variable is called what the class is
    """The wage of the month in sen."""

    value_type = int
    entity = PERSON
    definition_period = DateUnit.MONTH


def amount(column: str) -> type[Variable]:
    """The variable of a column."""

    def formula(person: Callable[..., Any], period: Any, parameters: Callable[..., Any]) -> Any:
        return getattr(parameters(period), column).calc(person("wage", period), right=True)

    attributes = {"value_type": int, "entity": PERSON, "definition_period": DateUnit.MONTH, "formula": formula}
    return type(column, (Variable,), attributes)


def main(classes: str, count: int) -> None:
    """Build the system, give everybody a wage, and time the three amounts."""
    system = TaxBenefitSystem([PERSON])
    system.parameters = ParameterNode("", data=scales(classes))
    system.add_variable(wage)
    for column in AMOUNTS:
        system.add_variable(amount(column))
    wages = (np.arange(count, dtype=np.int64) * 7_919) % 1_000_000 + 1
    simulation = SimulationBuilder().build_default_simulation(system, count=count)
    simulation.set_input("wage", PERIOD, wages.astype(np.int32))
    began = time.perf_counter()
    found = {column: simulation.calculate(column, PERIOD) for column in AMOUNTS}
    seconds = time.perf_counter() - began
    sums = {column: int(values.astype(np.int64).sum()) for column, values in found.items()}
    sys.stdout.write(json.dumps({"seconds": seconds, "sums": sums}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
