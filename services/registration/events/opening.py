"""What was taken over from an earlier system, stated many at once."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from services.registration.domain.contribution import AMOUNTS, month_of
from services.registration.domain.opening_judging import KeptMonths, Placed, TakenMonths
from services.registration.domain.person import PublicFacts
from services.registration.domain.spell import Spell
from services.registration.events.registration import membership_changed
from services.registration.storage.memberships import KeptMembership
from shared.contracts.contribution_received import ContributionsTakenOverV1
from shared.contracts.registration import (
    MembershipPeriodV1,
    MembershipTakenOverV1,
    PeopleTakenOverV1,
    PersonTakenOverV1,
    Residence,
    SpellTakenOverV1,
)

# So that an event has some hundred kilobytes at most: names have a few tokens, memberships a few periods.
PEOPLE_IN_AN_EVENT = 250
RANGES_IN_AN_EVENT = 1_000
# What they are made of is our own and was checked when it was stored: to check each part takes a third of the load.
# Events of a piece are numbered from here on.
_OF_A_PIECE = 1_000
_STATED_AGAIN = 1_000_000_000


def people_taken_over(
    file: UUID,
    piece: int,
    at: datetime,
    persons: Sequence[PublicFacts] = (),
    spells: Sequence[Spell] = (),
    memberships: Sequence[KeptMembership] = (),
) -> Iterator[PeopleTakenOverV1]:
    """What a piece brought, in chunks."""
    told = [("persons", _person(each)) for each in persons]
    told_spells = [("spells", _spell(each)) for each in spells]
    told_memberships = [("memberships", _membership(each)) for each in memberships]
    everything = [*told, *told_spells, *told_memberships]
    for chunk, first in enumerate(range(0, len(everything), PEOPLE_IN_AN_EVENT), start=piece * _OF_A_PIECE):
        parts: dict[str, list[Any]] = {"persons": [], "spells": [], "memberships": []}
        for name, part in everything[first : first + PEOPLE_IN_AN_EVENT]:
            parts[name].append(part)
        yield PeopleTakenOverV1(file=file, chunk=chunk, taken_at=at, **{n: tuple(each) for n, each in parts.items()})


def contributions_taken_over(
    file: UUID, piece: int, at: datetime, placed: Sequence[Placed]
) -> Iterator[ContributionsTakenOverV1]:
    """The months that a piece brought, in chunks."""
    kept = [KeptMonths(file, at, each.person, each.employer, TakenMonths.of(each.row)) for each in placed]
    for chunk, first in enumerate(range(0, len(kept), RANGES_IN_AN_EVENT), start=piece * _OF_A_PIECE):
        yield _taken_over(chunk, kept[first : first + RANGES_IN_AN_EVENT])


def contributions_taken_over_again(kept: Sequence[KeptMonths]) -> list[ContributionsTakenOverV1]:
    """Months of any files as they were stated at first, sorted by file."""
    grouped = (list(of_file) for _, of_file in groupby(kept, key=lambda each: (each.file, each.taken_at)))
    return [_taken_over(_STATED_AGAIN + each[0].person, each) for each in grouped]


def _taken_over(chunk: int, kept: Sequence[KeptMonths]) -> ContributionsTakenOverV1:
    months = [each.months for each in kept]
    return ContributionsTakenOverV1(
        file=kept[0].file,
        chunk=chunk,
        taken_at=kept[0].taken_at,
        employers=tuple(each.employer for each in kept),
        persons=tuple(each.person for each in kept),
        first_months=tuple(str(month_of(each.first_month)) for each in months),
        last_months=tuple(str(month_of(each.last_month)) for each in months),
        wages_sen=tuple(each.wage_sen for each in months),
        **{name: tuple(getattr(each.amounts, name) for each in months) for name in AMOUNTS},
    )


def _person(person: PublicFacts) -> PersonTakenOverV1:
    return PersonTakenOverV1.model_construct(
        person=person.number,
        revision=person.revision,
        id_tokens=person.id_tokens,
        born_on=person.born_on,
        residence=Residence(person.residence),
        name_tokens=person.name_tokens,
        died_on=person.died_on,
    )


def _spell(spell: Spell) -> SpellTakenOverV1:
    return SpellTakenOverV1.model_construct(
        spell=spell.id,
        person=spell.person,
        employer=spell.employer,
        revision=spell.revision,
        started_on=spell.started_on,
        ended_on=spell.ended_on,
        stated_on=spell.stated_on,
    )


def _membership(kept: KeptMembership) -> MembershipTakenOverV1:
    said = kept.statements and membership_changed(kept.person, kept.scheme, 1, (), kept.statements).statements
    return MembershipTakenOverV1.model_construct(
        person=kept.person,
        scheme=kept.scheme,
        revision=kept.revision,
        periods=tuple(
            MembershipPeriodV1.model_construct(category=str(each.category), first=each.first, last=each.last)
            for each in kept.periods
        ),
        statements=said or (),
    )
