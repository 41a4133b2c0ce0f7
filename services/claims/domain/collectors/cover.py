"""Who was covered by what on the day: employment, category, and taking part in SKBBK (Act 4 s.2(5), s.5, s.6)."""

from services.claims.domain import subjects
from services.claims.domain.collectors.collector import (
    CONTRIBUTIONS,
    REGISTRATION,
    Asked,
    Collected,
    Collector,
    Missing,
    of_person,
    silence_of,
    yes_no,
)
from services.claims.domain.facts import Known, Membership, Spell, WageMonth
from services.claims.domain.participation import SKBBK, takes_part
from services.claims.domain.participation import TAKES_PART as FOUND
from shared.kernel.periods import Month
from shared.kernel.subjects import Subject
from shared.law.act4.cover.asked import NOT_INSURED
from shared.law.book import LawOn
from shared.law.decision import Source
from shared.law.errors import NotYetLaw

ACT4 = "act4"
_NOT_REGISTERED = (Missing(REGISTRATION),)


def _contract(asked: Asked) -> Collected:
    known = asked.known
    on_the_day = known.spells_on_the_day
    stated = (of_person(known), *map(source_of, on_the_day or known.spells))
    if on_the_day:
        return Collected("yes", stated)
    return Collected("no", (*stated, *silence_of(REGISTRATION, known)), _NOT_REGISTERED)


def _category(asked: Asked) -> Collected:
    known = asked.known
    stated = tuple(map(_membership, (each for each in known.memberships if each.scheme == ACT4)))[:1]
    category = known.category_of(ACT4)
    if category is None:
        return Collected(NOT_INSURED, (*stated, *silence_of(REGISTRATION, known)), _NOT_REGISTERED)
    return Collected(category, stated)


def _takes_part(asked: Asked) -> Collected:
    """Stated by registration for every month of employment; what it has not stated is not taken for granted.

    What officers found of the event goes before.
    """
    known = asked.known
    found = known.findings.get(FOUND)
    if found is not None:
        return Collected(str(found.stated["found"]), (found.source,))
    category = known.category_of(SKBBK)
    stated = tuple(map(_membership, (each for each in known.memberships if each.scheme == SKBBK)))[:1]
    if category is None:
        return Collected("no", (*stated, *silence_of(REGISTRATION, known)), _NOT_REGISTERED)
    return Collected(yes_no(takes_part(category)), stated)


def _wages_of_month(asked: Asked) -> Collected:
    """By the lines of the month and by days with wages; until a line says otherwise, by the employment (`assumed`)."""
    known, month = asked.known, Month.of(asked.day)
    lines = _lines_of(month, known)
    sources = tuple(Source("wage", each.id, each.revision) for each in lines)
    if any(each.wage > 0 for each in lines) or any(Month.of(day) == month for day in known.worked_with_wages):
        return Collected("yes", sources)
    employed = tuple(map(source_of, known.spells_on_the_day))
    if not lines and employed and _presumes(asked.law):
        return Collected("yes", employed)
    return Collected("no", (*sources, *silence_of(CONTRIBUTIONS, known)), (Missing(CONTRIBUTIONS),))


def _lines_of(month: Month, known: Known) -> list[WageMonth]:
    """The lines of a month by whoever employed the person in it, by an employment that counts: nobody insures by a line
    for whom it never employed, once the accident is known."""
    employers = {each.employer for each in known.counted_spells if each.touches(month)}
    return [each for each in known.lines if each.month == month and each.employer in employers]


def _presumes(law: LawOn) -> bool:
    """Before the scheme nothing is presumed, and the question ends with the test of cover."""
    try:
        return law.says("act4.skbbk_benefits.wages_presumed")
    except NotYetLaw:
        return False


def _line_of_month(asked: Asked) -> list[Subject]:
    return [subjects.wage(asked.known.person, str(Month.of(asked.day)))]


def _person_and_spells(asked: Asked) -> list[Subject]:
    return [subjects.person(asked.known.person), subjects.spells(asked.known.person)]


def _memberships(asked: Asked) -> list[Subject]:
    return [subjects.memberships(asked.known.person)]


def _membership(membership: Membership) -> Source:
    return Source("membership", membership.scheme, membership.revision)


def source_of(spell: Spell) -> Source:
    """The spell as a decision cites it."""
    return Source("spell", str(spell.id), spell.revision)


CONTRACT = Collector("contract of service", _contract, _person_and_spells)
CATEGORY = Collector("category", _category, _memberships)
TAKES_PART = Collector(FOUND, _takes_part, _memberships, is_found=True)
WAGES_OF_MONTH = Collector("wages paid in the month", _wages_of_month, _line_of_month)
