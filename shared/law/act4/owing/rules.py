"""What is owed for a day: which loss it makes good, so that no day of one loss is owed twice; and with whom it ends."""

from datetime import date, timedelta

from shared.law.book import LawOn
from shared.law.errors import OutsideTable
from shared.law.rule import rule

_LOSSES = "act4.owing.losses"
_DAY = timedelta(days=1)


@rule("2013-01-01")
def insured_loss(scheme: str, benefit: str, law: LawOn) -> str:
    """The loss that a benefit of a scheme makes good; one that the book does not list has a loss of its own."""
    name, table = f"{scheme}/{benefit}", law.table(_LOSSES)
    try:
        return table.text(table.find(name), "loss")
    except OutsideTable:
        return name


@rule("2013-01-01")
def last_day_alive(died_on: date, law: LawOn) -> date:
    """The last day of what somebody is owed until death: the day before it, where those left behind have that day.

    Which of them has the day of the death is `assumed`; nobody has it beside the other.
    """
    return died_on - _DAY if law.says("act4.dependants.day_of_death_payable") else died_on
