"""Whatever a question read wakes it again: what others publish, and what is stated in other claims of the person.

A fact is changed, every question of the catalogue is asked with it as before and as it is then, and where one reads
something else the change has to wake a subject that is listened to.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any
from uuid import UUID

import pytest

from services.claims.domain import subjects
from services.claims.domain.answers import Answer, is_entitled
from services.claims.domain.asking import ask_all, coordinated, listens_to
from services.claims.domain.catalogue import questions_of
from services.claims.domain.claim import ClaimKind
from services.claims.domain.collectors.contributions import WINDOW, is_before_every_window
from services.claims.domain.contested import HeldDays
from services.claims.domain.facts import (
    Cause,
    Certificate,
    Circumstances,
    Death,
    Known,
    Membership,
    OfAnother,
    Spell,
    Statement,
    WageMonth,
)
from shared.kernel.periods import Days, Month
from shared.kernel.subjects import Subject
from shared.law.act4.increases.orders import Increase
from shared.law.book import book
from shared.law.decision import Source

PERSON, EMPLOYER = 12, 7
HAPPENED, DECIDED = date(2026, 7, 15), date(2026, 12, 20)
AT = datetime(2026, 12, 20, 3, tzinfo=UTC)
OTHER = UUID(int=99)
WIDOW_DIED = Death(date(2026, 11, 1), Source("claim", str(UUID(int=97)), 0))


def stated(kind: str, **members: Any) -> Statement:
    return Statement(kind, members, UUID(int=50 + len(kind)))


STATEMENTS: Mapping[str, tuple[Statement, ...]] = {
    "permanent_loss": (stated("permanent_loss", percent=100, attendance={"first": "2026-09-01"}),),
    "choice": (stated("choice", option="periodic", applied_on="2026-09-14"),),
    "dependant": (stated("dependant", party="person:21", relation="widow"),),
    "funeral": (stated("funeral", party="person:21", relation="widow", paid="3400.00"),),
    "invalidity": (stated("invalidity", certified="yes", earning_capacity="20"),),
    "repatriation": (stated("repatriation", party="employer:7", paid="4200.00"),),
    "education": (
        stated(
            "education", party="person:22", born="2008-01-01", applied_on="2026-09-01", course="diploma",
            course_ends="2029-06-30", tuition="24000.00", unmarried="yes", local="yes", full_time="yes",
            other_loan_refused="yes",
        ),
    ),
}  # fmt: skip
ACCIDENT = Known(
    person=PERSON,
    person_revision=3,
    born_on=date(1980, 1, 14),
    happened_on=HAPPENED,
    circumstances=Circumstances("at_work", evidence=UUID(int=77)),
    certificates=(Certificate(UUID(int=1), HAPPENED, Days(HAPPENED, date(2026, 8, 11))),),
    worked_with_wages=(HAPPENED,),
    spells=(Spell(UUID(int=9), EMPLOYER, date(2015, 1, 6), None, 1),),
    memberships=(
        Membership("act4", "first", date(2015, 1, 6), None, 1),
        Membership("skbbk", "mandatory", date(2026, 6, 1), None, 1),
    ),
    lines=tuple(WageMonth(EMPLOYER, Month(2026, 7) - back, 410_000, 1) for back in range(30, 0, -1)),
    watermarks={"registration": AT, "contribution.received": AT, "benefit.paid": AT},
    known_to=AT,
    stored_at=AT - timedelta(days=1),
    received_on=date(2026, 12, 1),
    statements=STATEMENTS,
    held=(HeldDays(OTHER, 1, (Days(date(2026, 8, 1), date(2026, 8, 3)),)),),
)
OUTSIDE = replace(ACCIDENT, circumstances=Circumstances("other"))
CAUSE = Cause(OTHER, 1, HAPPENED, found=True, circumstances=Circumstances("at_work", evidence=UUID(int=77)))
DEATH = replace(ACCIDENT, happened_on=date(2026, 8, 1), died_on=date(2026, 8, 1), certificates=(), held=(), cause=CAUSE)
OF_ITSELF = replace(DEATH, cause=None)
OUTSIDE_DEATH = replace(DEATH, cause=replace(CAUSE, found=False, circumstances=Circumstances("other")))
LEFT = (replace(ACCIDENT.spells[0], last=HAPPENED),)
INVALID = replace(ACCIDENT, certificates=(), held=(), spells=LEFT)
SINCE_MAY = Spell(UUID(int=9), EMPLOYER, date(2025, 5, 1), HAPPENED, 1)


def asked(kind: ClaimKind, known: Known) -> dict[str, Answer]:
    """Every question about an event, and what of several benefits is paid."""
    questions = questions_of(kind)
    return coordinated(questions, known, ask_all(questions, known, {}, book(), DECIDED), {}, book(), DECIDED)


@cache
def pension() -> OfAnother:
    """A claim of an invalidity with a pension."""
    record = asked(ClaimKind.INVALIDITY, INVALID)["invalidity_pension"].record
    assert record is not None
    assert is_entitled(record)
    return OfAnother(OTHER, 1, "invalidity", {"invalidity_pension": record})


@cache
def earlier_pension() -> OfAnother:
    """One that began before the death."""
    record = asked(ClaimKind.INVALIDITY, replace(INVALID, received_on=date(2026, 7, 16)))["invalidity_pension"].record
    assert record is not None
    return OfAnother(OTHER, 1, "invalidity", {"invalidity_pension": record})


# In force after it began, and before the death.
ORDER = Increase(UUID(int=97), "P.U.(A) 1", "Act 4", date(2026, 7, 20), 2026, 2026, Fraction(5, 100))
BESIDE = {
    fact: Statement("finding", {"found": found}, UUID(int=98), AT - timedelta(days=1))
    for fact, found in (("earlier losses", "20"), ("daily rates of earlier injuries", "15.00"))
}
ASKED: Sequence[tuple[ClaimKind, Known]] = (
    (ClaimKind.ACCIDENT, ACCIDENT),
    (ClaimKind.ACCIDENT, OUTSIDE),
    (ClaimKind.ACCIDENT, replace(ACCIDENT, died_on=date(2026, 8, 5))),
    (ClaimKind.ACCIDENT, replace(ACCIDENT, circumstances=Circumstances("employer_activity"))),
    (ClaimKind.ACCIDENT, replace(ACCIDENT, other_losses=True, spells=(), memberships=(), lines=())),
    (ClaimKind.ACCIDENT, replace(ACCIDENT, other_losses=True, findings=BESIDE)),
    (ClaimKind.DEATH, DEATH),
    (ClaimKind.DEATH, OF_ITSELF),
    (ClaimKind.DEATH, OUTSIDE_DEATH),
    (ClaimKind.DEATH, replace(OF_ITSELF, others=(earlier_pension(),))),
    (ClaimKind.DEATH, replace(DEATH, cause=replace(CAUSE, found=None))),
    (ClaimKind.INVALIDITY, INVALID),
    (ClaimKind.INVALIDITY, replace(INVALID, spells=ACCIDENT.spells)),
    (ClaimKind.INVALIDITY, replace(INVALID, lines=ACCIDENT.lines[-14:], spells=(SINCE_MAY,))),
)


@dataclass(frozen=True)
class Change:
    """A change of what others publish or state, the members of what is known that it is of, and what it wakes."""

    what: str
    of: tuple[str, ...]
    made: Callable[[Known], Known]
    wakes: frozenset[Subject]


def change(what: str, subject: Subject, of: str, to: Callable[[Known], Any]) -> Change:
    return Change(what, (of,), lambda known: replace(known, **{of: to(known)}), frozenset((subject,)))


def paid(back: int) -> Change:
    """A line of a month arrives, so many months before the accident; what it wakes as its consumer has it."""
    month = Month.of(HAPPENED) - back
    line = WageMonth(EMPLOYER, month, 305_000, 9)
    wakes = {subjects.wage(PERSON, str(month))}
    if is_before_every_window(month, DECIDED):
        wakes.add(subjects.older_wages(PERSON))

    def made(known: Known) -> Known:
        others = (each for each in known.lines if each.month != month)
        return replace(known, lines=tuple(sorted((*others, line), key=lambda each: each.month)))

    return Change(f"wages of {month}", ("lines",), made, frozenset(wakes))


def out_of(scheme: str) -> Callable[[Known], tuple[Membership, ...]]:
    return lambda known: tuple(each for each in known.memberships if each.scheme != scheme)


CHANGES: Sequence[Change] = (
    change("another birthday", subjects.person(PERSON), "born_on", lambda _: date(1960, 2, 1)),
    change("a foreign worker", subjects.person(PERSON), "is_foreign", lambda _: True),
    change("a newer person", subjects.person(PERSON), "person_revision", lambda _: 4),
    change("no spell", subjects.spells(PERSON), "spells", lambda _: ()),
    change("a spell more", subjects.spells(PERSON), "spells", lambda known: (
        *known.spells, Spell(UUID(int=8), 8, date(2012, 1, 1), None, 2))),
    change("no membership", subjects.memberships(PERSON), "memberships", out_of("act4")),
    change("out of SKBBK", subjects.memberships(PERSON), "memberships", out_of("skbbk")),
    change("insured earlier", subjects.memberships(PERSON), "memberships", lambda known: (
        Membership("act4", "first", date(2012, 1, 1), None, 2), *out_of("act4")(known))),
    change("a death", subjects.death(PERSON), "died_on", lambda _: date(2026, 7, 20)),
    change("no death", subjects.death(PERSON), "died_on", lambda _: None),
    change("another claim about the death", subjects.death(PERSON), "death", lambda _: UUID(int=98)),
    change("a widow dies", subjects.death(21), "deaths", lambda _: {"person:21": WIDOW_DIED}),
    Change("a pension", ("others",), lambda known: replace(known, others=(pension(),)),
           frozenset((subjects.revisions(PERSON), subjects.claims(PERSON)))),
    change("an order", subjects.raised_until(Month(2026, 8)), "increases", lambda _: (ORDER,)),
    change("days let go", subjects.decided_days(PERSON), "held", lambda _: ()),
    change("a loss of another claim", subjects.losses(PERSON), "other_losses", lambda _: True),
    change("no loss of another claim", subjects.losses(PERSON), "other_losses", lambda _: False),
    change("a word on a loss of another claim", subjects.losses(PERSON), "losses_said_at", lambda _: AT),
    change("no cause", subjects.claims(PERSON), "cause", lambda _: None),
    change("a cause", subjects.claims(PERSON), "cause", lambda _: CAUSE),
    change("another finding", subjects.claims(PERSON), "cause", lambda known: known.cause and replace(
        known.cause, found=not known.cause.found, revision=2)),
    change("other circumstances", subjects.claims(PERSON), "cause", lambda known: known.cause and replace(
        known.cause, circumstances=Circumstances("other", outside_malaysia=True))),
    change("a cause that no rule decides", subjects.claims(PERSON), "cause_not_ruled", lambda _: True),
    *(paid(back) for back in (*range(-4, 26), *range(WINDOW - 1, WINDOW + 3), 2 * WINDOW)),
)  # fmt: skip
# What is stated of the claim itself has it assessed, and so does what joins it; what a doubt reads, such as when taking
# part in SKBBK was stated, is read each time.
OF_ITS_OWN = {
    "person", "happened_on", "circumstances", "certificates", "worked_with_wages", "received_on", "stored_at",
    "findings", "statements", "joined_by_employer", "death_stated", "other_deaths", "choices", "senders",
}  # fmt: skip
# Accidents of adjacent days keep a claim from going on, or join it: whichever changes wakes it (`subjects.accidents`).
OF_NEIGHBOURS = {"neighbours"}
# Up to when topics have arrived wakes by itself what waits for that; the revisions are of what was read.
CLOCKS = {"watermarks", "known_to", "revisions"}
# Which numbers are one person's decides what all else is read of: each change asks every claim of them again
# (`follow_person`).
FOLLOWED = {"numbers"}


def read_by(answers: Mapping[str, Answer]) -> dict[str, object]:
    """How each question is answered, and on which facts from where."""
    return {
        name: (answer.state, answer.reason, answer.record and answer.record.body["facts"])
        for name, answer in answers.items()
    }


@cache
def looked(number: int) -> tuple[set[str], list[Change], set[Subject]]:
    """Of one of what is asked: the questions, the changes that one of them reads, and what they listen to."""
    kind, known = ASKED[number]
    questions = questions_of(kind)
    before = asked(kind, known)
    listened = listens_to(questions, known, before, book(), DECIDED)
    # The day of a death is that of its claim.
    changes = (each for each in CHANGES if not (kind is ClaimKind.DEATH and each.of in (("died_on",), ("death",))))
    asked_again = ((each, asked(kind, each.made(known))) for each in changes)
    read = [each for each, after in asked_again if read_by(after) != read_by(before)]
    return set(before), read, listened


@pytest.mark.parametrize("number", range(len(ASKED)))
def test_what_a_question_reads_wakes_it(number: int) -> None:
    _, read, listened = looked(number)
    assert [each.what for each in read if listened.isdisjoint(each.wakes)] == []


def test_every_question_is_asked_and_every_change_is_read_by_one() -> None:
    """Or nothing would be held of them."""
    names = {name for number in range(len(ASKED)) for name in looked(number)[0]}
    assert names == {question.name for kind in ClaimKind for question in questions_of(kind)}
    read = {each.what for number in range(len(ASKED)) for each in looked(number)[1]}
    unread = {each.what for each in CHANGES} - read
    assert unread <= {paid(back).what for back in range(-4, 0)}, unread


def test_a_month_that_no_window_holds_is_before_all_of_them() -> None:
    """Of what happened today, the first that its window holds and the one before."""
    first = Month.of(DECIDED).window_before(WINDOW)[0]
    assert [is_before_every_window(each, DECIDED) for each in (first.previous, first)] == [True, False]


def test_whatever_is_known_is_the_claims_own_or_changed_here() -> None:
    changed = {name for each in CHANGES for name in each.of}
    assert {each.name for each in fields(Known)} == changed | OF_ITS_OWN | OF_NEIGHBOURS | CLOCKS | FOLLOWED
