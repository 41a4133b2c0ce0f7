"""What is owed for a day: which loss it makes good, so that no day of one loss is owed twice."""

from shared.law.book import LawOn
from shared.law.errors import OutsideTable
from shared.law.rule import rule

_LOSSES = "act4.owing.losses"


@rule("2013-01-01")
def insured_loss(scheme: str, benefit: str, law: LawOn) -> str:
    """The loss that a benefit of a scheme makes good; one that the book does not list has a loss of its own."""
    name, table = f"{scheme}/{benefit}", law.table(_LOSSES)
    try:
        return table.text(table.find(name), "loss")
    except OutsideTable:
        return name
