"""A question about an event: which determination of the statute book answers it, and what supplies its facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from services.claims.domain.collectors.collector import Collector
from services.claims.domain.errors import FindingNotForQuestion, FindingNotReadable
from services.claims.domain.facts import Known
from shared.kernel.funds import Fund
from shared.law.decision import DecisionRecord
from shared.law.determination import Determination, determination
from shared.law.fact_types import MalformedFact
from shared.law.facts import Facts


def _always(_: Known) -> bool:
    return True


@dataclass(frozen=True)
class Question:
    """One question about an event: the statute book's determination that answers it, and the collectors of its facts.

    ``fund`` bears what is owed; None where the answer is a fact for others and owes nothing. ``unless_found``: asked
    while that question is not found to hold, and where it was answered before; but not while that is open and the
    benefit that it is ``below`` of stands. ``where_refused``: asked once that question is refused, and where it was
    answered before. ``asked_when``: asked once that holds. ``of_cause``: asked about the event
    that brought this one about; ``of_notice``: on the day of the notice. ``fund_by``: the fund by the value of the fact
    ``death``, in the place of ``fund``. ``coordinates``: asked over the answers that stand, where more than one benefit
    is lawful; its terms are what of them is paid. ``lends``: what is owed is a loan, stated as a payable. ``shared``
    names the amount that several share by the month, ``rated_by`` the average wage that work is measured against.
    """

    name: str
    determination: str
    collectors: tuple[Collector, ...]
    fund: Fund | None = None
    unless_found: str | None = None
    below: str | None = None
    where_refused: str | None = None
    asked_when: Callable[[Known], bool] = _always
    of_cause: bool = False
    of_notice: bool = False
    fund_by: Mapping[str, Fund] = field(default_factory=dict)
    coordinates: bool = False
    lends: bool = False
    shared: str | None = None
    rated_by: str | None = None

    @cached_property
    def asked(self) -> Determination:
        """What the statute book asks."""
        return determination(self.determination)

    @cached_property
    def by_fact(self) -> Mapping[str, Collector]:
        """The collectors by the names of the facts."""
        return {each.fact: each for each in self.collectors}

    def takes_finding(self, fact: str) -> bool:
        """Whether it reads a fact as officers found it."""
        return fact in self.by_fact and self.by_fact[fact].is_found

    def check_finding(self, fact: str, found: str) -> None:
        """Raise FindingNotForQuestion for a fact that no finding states, FindingNotReadable as the law reads it."""
        if not self.takes_finding(fact):
            raise FindingNotForQuestion(facts={"question": self.name})
        if not found.strip():
            # The law takes a blank for a fact that is not given, and its default for what was found.
            raise FindingNotReadable()
        try:
            Facts(tuple(each for each in self.asked.facts if each.name == fact), {fact: found})
        except MalformedFact as fault:
            raise FindingNotReadable(fault.detail) from fault

    @property
    def is_found_elsewhere(self) -> bool:
        """Whether another claim has what officers find of it."""
        return self.coordinates and not any(each.is_found for each in self.collectors)

    @property
    def owes(self) -> bool:
        """Whether it is about a benefit."""
        return self.fund is not None

    def fund_of(self, record: DecisionRecord) -> Fund:
        """Which fund bears what a record of it owes."""
        if self.fund is None:
            raise ValueError(f"{self.name} owes nothing")
        died = (fact["value"] for fact in record.body["facts"] if fact["name"] == "death")
        return next((self.fund_by[value] for value in died if value in self.fund_by), self.fund)

    @property
    def scheme(self) -> str:
        """The Act under which it is owed."""
        return self.determination.partition(" ")[0]

    @property
    def law(self) -> str:
        """Act and section, as they are shown."""
        return self.asked.law
