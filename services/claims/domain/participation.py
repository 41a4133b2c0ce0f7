"""Who takes part in SKBBK, where it rests on what was stated when the accident had happened.

By the law a release frees months that have passed, and who comes back is in from that month on. Whether that reaches an
accident that had happened by then no source says (`act4.skbbk.stated_late_is_looked_at`, assumed): two officers find
whether the person takes part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from services.claims.domain.facts import Known, StatedChoice, Statement
from shared.kernel.periods import Month
from shared.law.act4.skbbk.rules import Choices, Participation, new_hire_from, participation
from shared.law.book import LawOn

SKBBK = "skbbk"
# The fact of the law that officers find.
TAKES_PART = "takes part"
_OUT = Participation.OUT.name.lower()


def takes_part(category: str) -> bool:
    """Whether who is in a category of the scheme takes part."""
    return category != _OUT


def stated_late(known: Known) -> tuple[StatedChoice, ...]:
    """What was stated on the day of the event, when nobody can tell which came first, or later."""
    return tuple(each for each in known.choices if each.stated_on >= known.happened_on)


def otherwise(known: Known, law: LawOn) -> Known | None:
    """The same with taking part as it was before what was stated late; None where that changes nothing.

    Before it is what officers found, if they have; else what registration would have derived without it. Of a death it
    is about the event that brought it about.
    """
    about = known.of_cause()
    category = about.category_of(SKBBK)
    if category is None or not about.choices:
        return None
    found = about.findings.get(TAKES_PART)
    if found is not None:
        differs = _is_since(about, found) and takes_part(category) != found.says(default="yes")
        return _without_finding(known) if differs else None
    before = _category_before(about, category, law)
    return None if takes_part(before) == takes_part(category) else _in(before, about.happened_on, known)


def what_was_stated_late(known: Known) -> dict[str, str | int]:
    """What of it a person looks at: the last statement, or the employment by which a release was not in time."""
    about = known.of_cause()
    late = stated_late(about)
    if late:
        last = max(late, key=lambda each: each.stated_at)
        of_day = {"filed_on": last.filed_on.isoformat(), "stated_on": last.stated_on.isoformat()}
        return {"stated": last.kind, **of_day, "stated_by": last.stated_by}
    days = [each.stated_on for each in about.late_spells if each.stated_on is not None]
    return {"stated": "employment", **({"stated_on": max(days).isoformat()} if days else {})}


def _category_before(known: Known, category: str, law: LawOn) -> str:
    """The category without what was stated late: choices, and employments, the first of which bounds a release."""
    late = stated_late(known)
    is_mandatory = category == Participation.MANDATORY.name.lower()
    if is_mandatory or not (late or known.late_spells) or not law.says("act4.skbbk.stated_late_is_looked_at"):
        return category
    in_time = [each for each in known.choices if each not in late]
    released_on, came_back_on = (_first(kind, in_time) for kind in ("release", "return"))
    spells = [(each.first, each.last) for each in known.counted_spells]
    employed_from = None if released_on is None else new_hire_from(spells, released_on, law.on(released_on))
    # A foreign worker's is mandatory whatever is said.
    choices = Choices(False, employed_from, released_on, came_back_on)
    return participation(choices, Month.of(known.happened_on), law).name.lower()


def _first(kind: str, stated: Sequence[StatedChoice]) -> date | None:
    return min((each.filed_on for each in stated if each.kind == kind), default=None)


def _is_since(known: Known, found: Statement) -> bool:
    """Whether something was stated on which the officers have not looked."""
    return found.stated_at is not None and any(each.stated_at > found.stated_at for each in stated_late(known))


def _without_finding(known: Known) -> Known:
    """The same, as if nobody had found who takes part: in the claim itself, and in that of what brought it about."""
    cause = known.cause
    return replace(
        known,
        findings=_others(known.findings),
        cause=None if cause is None else replace(cause, findings=_others(cause.findings)),
    )


def _others(findings: Mapping[str, Statement]) -> Mapping[str, Statement]:
    return {fact: each for fact, each in findings.items() if fact != TAKES_PART}


def _in(category: str, day: date, known: Known) -> Known:
    """The same in another category of the scheme on a day."""
    memberships = (
        replace(each, category=category) if each.scheme == SKBBK and each.covers(day) else each
        for each in known.memberships
    )
    return replace(known, memberships=tuple(memberships))
