"""Repatriation of the remains of a foreign worker: whose they are, and who bore what of the cost (Act 4 s.15)."""

from services.claims.domain import subjects
from services.claims.domain.collectors.collector import Asked, Collected, Collector, of_person, yes_no
from services.claims.domain.collectors.death import by_party, is_found_alive
from services.claims.domain.collectors.event import finding
from services.claims.domain.facts import Known
from shared.kernel.subjects import Subject
from shared.law.act4.repatriation.determination import FOREIGN, HIGHEST
from shared.law.fact_types import Written

REPATRIATION = "repatriation"


def is_claimed(known: Known) -> bool:
    """Whether a cost of it is stated."""
    return REPATRIATION in known.statements


def _foreign(asked: Asked) -> Collected:
    return Collected(yes_no(asked.known.is_foreign), (of_person(asked.known),))


def _person(asked: Asked) -> list[Subject]:
    return [subjects.person(asked.known.person)]


def _costs(asked: Asked) -> Collected:
    if is_found_alive(asked.known):
        return Collected({})
    stated = by_party(asked.known, REPATRIATION)
    people: dict[str, Written] = {
        party: dict(each.written(paid="paid for the repatriation")) for party, each in stated.items()
    }
    return Collected(people, tuple(each.source for each in stated.values()))


IS_FOREIGN = Collector(FOREIGN, _foreign, _person)
COSTS = Collector("claimants", _costs)
HIGHEST_COST = finding(HIGHEST, "")
