"""Which scheme bears the treatment after an accident, by what stands of the questions of its claim (Act 4 s.15, s.44C).

The law has decided both already: whether it is an employment injury, and, with the tests of every benefit outside
employment, whether SKBBK covers it. What SKBBK bears in any case does not wait for the dispute about employment injury
(`assumed`, as of temporary disablement), and turns into that when it is found.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.claims.domain.answers import QuestionState
from services.claims.domain.catalogue import ACCIDENT
from services.claims.domain.claim import Claim, ClaimKind
from services.claims.domain.collectors.findings import EMPLOYMENT_INJURY
from shared.kernel.funds import Fund
from shared.law.act4.skbbk_benefits.asked import INJURY_TESTS
from shared.law.decision import DecisionRecord
from shared.law.determination import REFUSED, determination_of

# The first benefit that is asked about outside employment: of whatever benefit the tests of cover are the same.
OUTSIDE = next(question.name for question in ACCIDENT if question.unless_found == EMPLOYMENT_INJURY)
_OF_INJURY = frozenset(test.name for test in INJURY_TESTS)
# Why nobody knows yet which scheme bears it.
PATIENT_NOT_FOUND, NAME_DIFFERS = "patient_not_found", "name_differs"
ADMITTED_AFTER_DEATH = "admitted_after_death"
ACCIDENT_TO_BE_NOTICED, NOT_AN_ACCIDENT = "accident_to_be_noticed", "not_an_accident"
ACCIDENT_NOT_NOTICED = "accident_not_noticed"
SCHEME_OPEN, NO_COVER_KNOWN = "scheme_open", "no_cover_known"
_SENDER, _CLAIM = "party:hospital", "rule:claim"


class MedicalScheme(StrEnum):
    """Which scheme bears the treatment."""

    EMPLOYMENT_INJURY = "employment_injury"
    NON_EMPLOYMENT_INJURY = "non_employment_injury"
    NONE = "none"
    """Neither covers the accident."""

    @property
    def fund(self) -> Fund | None:
        """The fund that bears what is owed; None where no scheme does."""
        return None if self is MedicalScheme.NONE else Fund(self.value)

    @property
    def in_law(self) -> str:
        """As the statute book says it."""
        return self.value.replace("_", " ")


@dataclass(frozen=True)
class Cover:
    """Which scheme bears it, by which record; or why nobody knows yet, and with whom that is.

    ``is_provisional``: SKBBK bears it in any case, and employment injury may yet.
    """

    scheme: MedicalScheme | None = None
    record: DecisionRecord | None = None
    is_provisional: bool = False
    reason: str = ""
    waits_for: str = ""


TO_BE_NOTICED = Cover(reason=ACCIDENT_TO_BE_NOTICED, waits_for=_SENDER)
# Two officers found that nobody notices it: no scheme bears what is billed, until somebody does.
NOBODY_NOTICED = Cover(MedicalScheme.NONE)
NOBODY_KNOWN = Cover(reason=PATIENT_NOT_FOUND, waits_for="topic:registration")


@dataclass(frozen=True)
class Asked:
    """How a question of the claim stands: its state, why it is so, and with whom it waits."""

    state: QuestionState
    reason: str
    waits_for: str


def cover_of(claim: Claim, stands: Mapping[str, DecisionRecord], asked: Mapping[str, Asked]) -> Cover:
    """By the records that stand of a claim, and how its questions do.

    That it is an employment injury may be found while no benefit is decided yet, and no record of it is kept.
    """
    if claim.kind is not ClaimKind.ACCIDENT:
        return Cover(reason=NOT_AN_ACCIDENT, waits_for="officer:unruled")
    inside, outside = stands.get(EMPLOYMENT_INJURY), stands.get(OUTSIDE)
    if inside is not None and _holds(inside):
        return Cover(MedicalScheme.EMPLOYMENT_INJURY, inside)
    question = asked.get(EMPLOYMENT_INJURY)
    if inside is None and question is not None and question.state is QuestionState.FOUND:
        return Cover(MedicalScheme.EMPLOYMENT_INJURY)
    is_refused = inside is not None and inside.body["outcome"] == REFUSED
    if outside is not None and _covers(outside):
        return Cover(MedicalScheme.NON_EMPLOYMENT_INJURY, outside, is_provisional=not is_refused)
    if outside is not None and is_refused and outside.body["outcome"] == REFUSED:
        return Cover(MedicalScheme.NONE, outside)
    waits = asked.get(OUTSIDE) if is_refused else question
    if waits is None or not waits.waits_for:
        return Cover(reason=SCHEME_OPEN, waits_for=_CLAIM)
    return Cover(reason=waits.reason or SCHEME_OPEN, waits_for=waits.waits_for)


def _holds(record: DecisionRecord) -> bool:
    return bool(record.body["outcome"] == determination_of(record).granted)


def _covers(record: DecisionRecord) -> bool:
    """Whether SKBBK covers the injury, whatever of its benefits is owed: none of its own tests is failed."""
    made = {test["name"]: test["met"] for test in record.body["tests"] if test["name"] in _OF_INJURY}
    return made.keys() == _OF_INJURY and all(made.values())
