"""What an employer owes of months that it did not declare, as officers assess it: by month and person (Act 4, s.14).

An employer has time to object. Two officers confirm it; from then on it stands in the employer's account beside what is
declared, as far as that falls short of it: a true declaration leaves nothing of it, and nothing counts twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.registration.domain.contribution import Amounts
from services.registration.domain.errors import AssessedMonthLawless, AssessedNotEmployed
from services.registration.domain.insured import Insured
from shared.kernel.money import Sen
from shared.kernel.periods import Month
from shared.law.act4.contributions import rules as act4
from shared.law.act4.cover.rules import Category
from shared.law.act800.contributions import rules as act800
from shared.law.book import book
from shared.law.errors import NotYetLaw

LAW = "Act 4, s.14"


class ObjectionReason(StrEnum):
    """Why an employer objects."""

    NOT_EMPLOYED = "not_employed"
    WAGES_DIFFER = "wages_differ"
    DECLARED_ALREADY = "declared_already"
    NOT_LIABLE = "not_liable"


class AssessmentState(StrEnum):
    """Where an assessment stands."""

    STATED = "stated"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class AssessedWage:
    """What an officer found that a person earned in a month; zero: nothing is owed of it."""

    month: Month
    person: int
    wage_sen: Sen


@dataclass(frozen=True, slots=True)
class AssessedLine:
    """What is due of it, by the tables of its month."""

    month: Month
    person: int
    wage_sen: Sen
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Objection:
    """An employer's word against it, by which document."""

    source: str
    officer: str | None
    reason: ObjectionReason
    evidence: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Assessment:
    """An assessment as it stands; `lines` where they were asked for."""

    id: UUID
    employer: int
    inspection: UUID | None
    evidence: str
    officer: str
    stated_at: datetime
    object_by: date
    known_on: date
    law: str
    total_sen: Sen
    persons: int
    months: int
    revision: int = 1
    state: AssessmentState = AssessmentState.STATED
    objection: Objection | None = None
    proposed_by: str | None = None
    approved_by: str | None = None
    decided_at: datetime | None = None
    lines: Sequence[AssessedLine] = field(default=(), repr=False)

    @property
    def facts(self) -> dict[str, str | int]:
        """What of it a person looks at."""
        found: dict[str, str | int] = {
            "total_sen": self.total_sen,
            "persons": self.persons,
            "months": self.months,
            "object_by": str(self.object_by),
        }
        return found if self.objection is None else found | {"objection": str(self.objection.reason)}


def assessed(wage: AssessedWage, person: Insured, known: date) -> AssessedLine:
    """What the tables say of a wage; raises AssessedNotEmployed of who has no spell in the month, AssessedMonthLawless
    of a month of before the book."""
    if not person.works_here:
        raise AssessedNotEmployed(facts={"month": str(wage.month)})
    try:
        amounts = _due(wage, person, known) if wage.wage_sen and person.act4_has_work else Amounts()
    except NotYetLaw as error:
        raise AssessedMonthLawless(facts={"month": str(wage.month)}) from error
    return AssessedLine(wage.month, wage.person, wage.wage_sen, amounts)


def total(amounts: Amounts) -> Sen:
    """All that is due."""
    employer = amounts.act4_employer_sen + amounts.act800_employer_sen
    return employer + amounts.act4_employee_sen + amounts.act800_employee_sen + amounts.skbbk_employee_sen


def _due(wage: AssessedWage, person: Insured, known: date) -> Amounts:
    law = book().on(wage.month.first_day, known)
    category = Category.FIRST if person.in_first_category(wage.month, law) else Category.SECOND
    of_act4 = act4.contribution(wage.wage_sen, category, law)
    skbbk = act4.skbbk_contribution(wage.wage_sen, category, law)
    # Another employer may deduct it where there are two: it is not assessed then (assumed).
    if skbbk and (person.released_from_skbbk or person.may_owe_no_skbbk(wage.month, law)):
        skbbk = 0
    employer = employee = 0
    if person.in_act800(wage.month, law):
        of_act800 = act800.contribution(wage.wage_sen, True, law)
        employer, employee = of_act800.employer, of_act800.employee
    return Amounts(of_act4.employer, of_act4.employee, employer, employee, skbbk)
