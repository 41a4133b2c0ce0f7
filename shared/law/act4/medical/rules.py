"""What medical benefit bears of a provider's line: by which scheme, in which ward, up to which price (Act 4 s.15)."""

import re
from datetime import date, timedelta

from shared.kernel.money import Sen
from shared.law.book import LawOn
from shared.law.errors import NoLongerLaw, NotYetLaw, OutsideTable
from shared.law.rule import rule

_OF_CLASS = re.compile("_class_[0-9]+$")
_PRICES, _MOST = "act4.medical.prices", "act4.medical.most_of_an_authorisation"


@rule("2013-01-01")
def is_borne(scheme: str, law: LawOn) -> bool:
    """Whether a scheme bears medical treatment, for example "employment_injury"."""
    return scheme in law.names("act4.medical.schemes")


@rule("2013-01-01")
def borne_class(ward_class: int, law: LawOn) -> int:
    """The class of the ward that is borne for a day in one of another class, of which 1 is the best."""
    return max(ward_class, law.count("act4.medical.ward_class"))


@rule("2013-01-01")
def price(item: str, ward_class: int, law: LawOn) -> Sen | None:
    """What one of an item costs by the schedule, of a ward day by its class (else 0); None where none is entered.

    The row of a ward's class is no item: it is found by the class alone.
    """
    if not ward_class and _OF_CLASS.search(item):
        return None
    try:
        table = law.table(_PRICES)
        return table.whole(table.find(f"{item}_class_{ward_class}" if ward_class else item), "price")
    except (NotYetLaw, NoLongerLaw, OutsideTable):
        return None


@rule("2013-01-01")
def most_of_an_authorisation(law: LawOn) -> Sen | None:
    """The most that is paid on one authorisation, in sen; None where nobody has entered one."""
    try:
        return law.sen(_MOST)
    except (NotYetLaw, NoLongerLaw):
        return None


@rule("2013-01-01")
def last_day_of_dispute(told_on: date, law: LawOn) -> date:
    """The last day on which a provider disputes what of a line is refused (`assumed`)."""
    return told_on + timedelta(days=law.days("act4.medical.dispute_days"))


@rule("2013-01-01")
def usual_quantity(law: LawOn) -> int:
    """How many of an item on one day are paid without a person having looked."""
    return law.count("act4.medical.usual_quantity")
