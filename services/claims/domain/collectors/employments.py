"""The employments with the wages of the months that rate a benefit, or would if a line arrived (Fourth Schedule)."""

from collections.abc import Sequence
from datetime import date

from services.claims.domain import subjects
from services.claims.domain.collectors.collector import CONTRIBUTIONS, Asked, Collected, Collector, Missing
from services.claims.domain.collectors.cover import source_of
from services.claims.domain.facts import Known, WageMonth
from services.claims.domain.facts import Spell as KnownSpell
from shared.kernel.money import Sen, ringgit
from shared.kernel.periods import Month
from shared.kernel.subjects import Subject
from shared.law.act4.wage_base.employments import Spell, WithEmployer, months_read
from shared.law.book import LawOn
from shared.law.decision import Source
from shared.law.errors import NO_ANSWER
from shared.law.fact_types import Written

# Of no wage month there is no answer; a refusal for another reason waits for no contribution.
_NO_LINE = (Missing(CONTRIBUTIONS, frozenset((NO_ANSWER,))),)


def _employments(asked: Asked) -> Collected:
    known = asked.known
    months = set(months_that_would_count(known, asked.law))
    wages = [each for each in known.wages if each.month in months]
    employers = sorted({each.employer for each in wages} | {each.employer for each in known.spells})
    written: list[Written] = [
        {
            "employer": str(employer),
            "spells": [_spell(each, known) for each in known.spells if each.employer == employer],
            "wages": by_month([each for each in wages if each.employer == employer]),
        }
        for employer in employers
    ]
    lines = {each.id: Source("wage", each.id, each.revision) for each in wages}
    return Collected(written, (*map(source_of, known.spells), *lines.values()), _NO_LINE)


def _wages(asked: Asked) -> list[Subject]:
    person = asked.known.person
    months = months_that_would_count(asked.known, asked.law)
    return [subjects.spells(person), *(subjects.wage(person, str(month)) for month in months)]


def months_that_would_count(known: Known, law: LawOn) -> tuple[Month, ...]:
    """The months whose wages rate the benefit or would, if a line of theirs arrived: oldest first."""
    return months_read(with_employers(known.spells, known.wages, known.happened_on), known.happened_on, law)


def with_employers(spells: Sequence[KnownSpell], wages: Sequence[WageMonth], day: date) -> list[WithEmployer]:
    """The employments as the law takes them, asked about an event of that day."""
    found = []
    for employer in sorted({each.employer for each in spells}):
        own = [Spell(each.first, each.last, each.counts_for(day)) for each in spells if each.employer == employer]
        paid: dict[Month, tuple[Sen, ...]] = {}
        for line in (each for each in wages if each.employer == employer):
            paid[line.month] = (*paid.get(line.month, ()), line.wage)
        found.append(WithEmployer(own, paid))
    return found


def by_month(wages: Sequence[WageMonth]) -> Written:
    """The amounts of each month: several lines of one month are told apart."""
    paid: dict[str, list[Written]] = {}
    for each in wages:
        paid.setdefault(str(each.month), []).append(ringgit(each.wage))
    return dict(paid)


def _spell(spell: KnownSpell, known: Known) -> Written:
    written: dict[str, Written] = {"from": spell.first.isoformat()}
    if spell.last is not None:
        written["to"] = spell.last.isoformat()
    return written if spell.counts_for(known.happened_on) else written | {"counts": "no"}


EMPLOYMENTS = Collector("employments", _employments, _wages)
