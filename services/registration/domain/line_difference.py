"""Posted lines whose amounts are not those of the table any more, since what is known of the person has changed.

Nothing is posted otherwise by it: the employer sends the month again, and what it paid too much is refunded, what it
paid too little is owed. Until then the difference is listed for the employer and for officers.
"""

from dataclasses import dataclass
from datetime import date

from services.registration.domain.contribution import Amounts, month_of
from services.registration.domain.insured import Insured
from shared.kernel.money import Sen
from shared.law.act4.contributions import rules as act4
from shared.law.act4.cover.rules import Category
from shared.law.act800.contributions import rules as act800
from shared.law.book import book
from shared.law.errors import NotYetLaw

COVER_CHANGED = "cover_changed"


@dataclass(frozen=True, slots=True)
class PostedLine:
    """A line as it stands, the person as known now, and the day whose knowledge of the law it was posted by."""

    employer: int
    month: int
    kind: int
    revision: int
    wage_sen: Sen
    declared: Amounts
    insured: Insured
    known_on: date


@dataclass(frozen=True, slots=True)
class LineDifference:
    """A posted line and what is due for it."""

    employer: int
    month: int
    person: int
    kind: int
    line_revision: int
    reason: str
    declared: Amounts
    due: Amounts


def difference(line: PostedLine) -> LineDifference | None:
    """What is due for a line where that is not what it declares; None where it is. Of a month of before the law nothing
    is due.

    An SKBBK that was not declared is not looked for: another employer may deduct it.
    """
    try:
        due = _due(line) if line.insured.act4_has_work else Amounts()
    except NotYetLaw:
        due = Amounts()
    if due == line.declared:
        return None
    person = line.insured.person
    return LineDifference(
        line.employer, line.month, person, line.kind, line.revision, COVER_CHANGED, line.declared, due
    )


def _due(line: PostedLine) -> Amounts:
    if not line.insured.works_here:
        return Amounts()
    month = month_of(line.month)
    law = book().on(month.first_day, line.known_on)
    category = Category.FIRST if line.insured.in_first_category(month, law) else Category.SECOND
    of_act4 = act4.contribution(line.wage_sen, category, law)
    skbbk = 0
    if line.declared.skbbk_employee_sen and not line.insured.released_from_skbbk:
        skbbk = act4.skbbk_contribution(line.wage_sen, category, law)
    employer = employee = 0
    if line.insured.in_act800(month, law):
        of_act800 = act800.contribution(line.wage_sen, True, law)
        employer, employee = of_act800.employer, of_act800.employee
    return Amounts(of_act4.employer, of_act4.employee, employer, employee, skbbk)
