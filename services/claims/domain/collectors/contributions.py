"""Contributions and wages that a pension is owed and rated by (Act 4 ss.17, 20)."""

from datetime import date

from services.claims.domain import subjects
from services.claims.domain.answers import is_entitled
from services.claims.domain.collectors.collector import (
    CONTRIBUTIONS,
    REGISTRATION,
    Asked,
    Collected,
    Collector,
    Missing,
    Open,
    Unsettled,
    of_answer,
    of_person,
    silence_of,
    yes_no,
)
from services.claims.domain.collectors.cover import ACT4, source_of
from services.claims.domain.collectors.employments import by_month
from services.claims.domain.collectors.event import nothing
from services.claims.domain.facts import NOTICE_RECEIVED, Membership, Spell
from shared.kernel.periods import Month
from shared.kernel.subjects import Subject
from shared.law.act4.cover.rules import Category, contributes_as
from shared.law.act4.invalidity.asked import EARLIER, EARLIER_UNKNOWN
from shared.law.act4.invalidity.rules import LINES_BEGIN
from shared.law.book import LawOn
from shared.law.decision import Source
from shared.law.errors import NotYetLaw

INVALIDITY, RESIGNED, LIABLE = "invalidity", "resigned", "first liable"
PENSION = "invalidity_pension"
_NO_LINE = (Missing(CONTRIBUTIONS),)
# A pension from the notice on rests on there being no employment.
_GRANTED = frozenset(("entitled",))
# The 40 months before the event: the longest window of the Act.
WINDOW = 40


def _first_liable(asked: Asked) -> Collected:
    """The first day of employment with whoever: a membership begins with the book, and says nothing of before."""
    known = asked.known
    found = known.findings.get(LIABLE)
    if found is not None:
        return Collected(str(found.stated["found"]), (found.source,))
    held = [each for each in known.memberships if each.scheme == ACT4]
    days = [(each.first, Source("membership", ACT4, each.revision)) for each in held]
    days += [(each.first, source_of(each)) for each in known.spells]
    if not days:
        return Collected("", silence_of(REGISTRATION, known), (Missing(REGISTRATION),))
    first, source = min(days, key=lambda each: each[0])
    if known.is_foreign:
        insured = [day for each in held if (day := _first_insured(each, asked)) is not None]
        return Collected(min(insured, default=first).isoformat(), (source, of_person(known)))
    return Collected(first.isoformat(), (source,), () if held else (Missing(REGISTRATION),))


def _contributed_before(asked: Asked) -> Collected:
    """How much was contributed before the lines begin, as officers found it."""
    found = asked.known.findings.get(EARLIER)
    return Collected("0") if found is None else Collected(str(found.stated["found"]), (found.source,))


def _before_unknown(asked: Asked) -> Collected:
    found = asked.known.findings.get(EARLIER)
    if found is not None:
        return Collected("no", (found.source,))
    liable = _first_liable(asked)
    is_before = liable.written != "" and str(liable.written) < LINES_BEGIN.first_day.isoformat()
    return Collected(yes_no(is_before), liable.sources if is_before else ())


def _first_insured(membership: Membership, asked: Asked) -> date | None:
    """The first day of a membership on which invalidity is insured: before, a foreign worker pays nothing (s.6(2))."""
    last = min(membership.last or asked.day, asked.day)
    months = (Month.of(membership.first) + each for each in range(Month.of(last) - Month.of(membership.first) + 1))
    open_ = (month for month in months if membership.category == Category.FIRST and _is_open(month, asked))
    return next((max(membership.first, month.first_day) for month in open_), None)


def _wages(asked: Asked) -> Collected:
    """Of the months in which the person was insured for invalidity: they are those contributed for, too."""
    lines = [each for each in asked.known.wages if each.wage > 0 and _is_insured(each.month, asked)]
    sources = {each.id: Source("wage", each.id, each.revision) for each in lines}
    return Collected(by_month(lines), tuple(sources.values()), _NO_LINE)


def _payable(asked: Asked) -> Collected:
    """Months of an employment whose contribution its employer has not declared; one declared without wages owes none.

    The employment must have been stated by the end of the month, or be verified: whoever dates it back gains nothing.
    """
    known, before = asked.known, Month.of(asked.day)
    declared = {(each.employer, each.month) for each in known.wages}
    paid = {each.month for each in known.wages if each.wage > 0}
    by_month: dict[Month, Spell] = {}
    for spell in known.spells:
        for month in _months_of(spell, before):
            is_open = month not in paid and (spell.employer, month) not in declared
            if is_open and spell.counts_for(month.last_day) and _is_insured(month, asked):
                by_month.setdefault(month, spell)
    sources = {source_of(each) for each in by_month.values()}
    return Collected([str(month) for month in sorted(by_month)], tuple(sorted(sources, key=lambda each: each.id)))


def _months_of(spell: Spell, before: Month) -> list[Month]:
    """The months of a spell that come before one."""
    end = before if spell.last is None else min(before, Month.of(spell.last) + 1)
    return [Month.of(spell.first) + each for each in range(end - Month.of(spell.first))]


def _is_insured(month: Month, asked: Asked) -> bool:
    """Whether a month is contributed for by the first category, of which alone invalidity is insured (s.6(2))."""
    return _is_open(month, asked) and any(
        each.scheme == ACT4
        and each.category == Category.FIRST
        and each.first <= month.last_day
        and (each.last is None or month.first_day <= each.last)
        for each in asked.known.memberships
    )


def _is_open(month: Month, asked: Asked) -> bool:
    """Whether the law of a month insures the person against invalidity: foreign workers since July 2024."""
    return not asked.known.is_foreign or _foreign_contributes(month, asked.law)


def _foreign_contributes(month: Month, law: LawOn) -> bool:
    try:
        return contributes_as(Category.FIRST, True, law.on(month.first_day)) is Category.FIRST
    except NotYetLaw:
        return False


def _all_months(asked: Asked) -> list[Subject]:
    """Those of the longest window one by one, and all before together: they count in all (s.17(2), s.20(2))."""
    month, person = Month.of(asked.day), asked.known.person
    window = (subjects.wage(person, str(each)) for each in month.window_before(WINDOW))
    return [subjects.person(person), subjects.memberships(person), subjects.older_wages(person), *window]


def is_before_every_window(month: Month, today: date) -> bool:
    """Whether a month lies before the window of whatever has happened by a day."""
    return month + WINDOW < Month.of(today)


def _of_board(member: str) -> Collector:
    def supply(asked: Asked) -> Collected | Open:
        stated = asked.known.statements.get(INVALIDITY)
        if not stated:
            return Open("medical_board_to_certify")
        return Collected(str(stated[-1].stated[member]), (stated[-1].source,))

    return Collector(member.replace("_", " "), supply)


def _resigned(asked: Asked) -> Collected:
    """The last day of an employment that went on at the notice; what officers found goes before."""
    found, day = asked.known.findings.get(RESIGNED), asked.day
    if found is not None:
        return Collected(str(found.stated["found"]), (found.source,))
    ended = [each for each in asked.known.spells_on_the_day if each.last is not None and each.last > day]
    last = max((each.last for each in ended if each.last is not None), default=None)
    return Collected("" if last is None else last.isoformat(), tuple(map(source_of, ended)))


def _goes_on(asked: Asked) -> Collected:
    """Whether an employment went on at the notice that has no end, while no officer has found when the person left."""
    known = asked.known
    found = known.findings.get(RESIGNED)
    if found is not None:
        return Collected("no", (found.source,))
    open_ = [each for each in known.spells_on_the_day if each.last is None]
    if open_:
        return Collected("yes", tuple(map(source_of, open_)))
    return Collected("no", (), (Missing(REGISTRATION, _GRANTED),))


def _spells(asked: Asked) -> list[Subject]:
    return [subjects.spells(asked.known.person)]


def _pension_owed(asked: Asked) -> Collected | Unsettled:
    found = asked.answers[PENSION]
    if not found.is_settled:
        return Unsettled(PENSION)
    return Collected(yes_no(is_entitled(found.record)), of_answer(found))


def _received(asked: Asked) -> Collected:
    """The day on which the notice came; a database that was put back knows when it was decided on, and no more."""
    found = asked.known.findings.get(NOTICE_RECEIVED)
    return Collected(asked.known.received_on.isoformat(), () if found is None else (found.source,))


FIRST_LIABLE = Collector(LIABLE, _first_liable, _spells, is_found=True)
BEFORE = Collector(EARLIER, _contributed_before, is_found=True)
BEFORE_UNKNOWN = Collector(EARLIER_UNKNOWN, _before_unknown, _spells)
CONTRIBUTED = nothing("contributed")
PAYABLE = Collector("payable", _payable, _spells)
WAGES = Collector("wages", _wages, _all_months)
CERTIFIED = _of_board("certified")
EARNING_CAPACITY = _of_board("earning_capacity")
RESIGNATION = Collector(RESIGNED, _resigned, _spells, is_found=True)
EMPLOYMENT_GOES_ON = Collector("employment goes on", _goes_on, _spells)
RECEIVED = Collector(NOTICE_RECEIVED, _received, is_found=True)
PENSION_OWED = Collector("invalidity pension", _pension_owed)
