"""Who a person is, who employed them, and what they were covered by (topic ``registration``)."""

import itertools
from collections.abc import Collection, Sequence

from services.claims.commands.follow_person import FollowPerson
from services.claims.domain import subjects
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.envelope import only
from shared.contracts.registration import (
    MembershipChangedV1,
    MembershipTakenOverV1,
    PeopleTakenOverV1,
    PersonMergeEvent,
    PersonRegisteredV1,
    PersonTakenOverV1,
    SpellEvent,
    SpellTakenOverV1,
)
from shared.kernel.clock import now

AnyPerson = PersonRegisteredV1 | PersonTakenOverV1
Kept = PersonRegisteredV1 | SpellEvent | MembershipChangedV1 | PeopleTakenOverV1 | PersonMergeEvent


async def apply(events: Sequence[Kept], uow: ClaimsUnitOfWork) -> None:
    """Keep persons, spells, memberships and which numbers are one person's, and wake the claims that listen to them."""
    taken_over = only(events, PeopleTakenOverV1)
    told_persons: list[AnyPerson] = [*only(events, PersonRegisteredV1)]
    memberships: list[MembershipChangedV1 | MembershipTakenOverV1] = [*only(events, MembershipChangedV1)]
    told, taken = only(events, SpellEvent), [spell for each in taken_over for spell in each.spells]
    for each in taken_over:
        told_persons += each.persons
        memberships += each.memberships
    persons = await _kept(told_persons, uow)
    merges = only(events, PersonMergeEvent)
    # Of who was known before: an id that is named no more means somebody else.
    known = [event.person for event in persons if event.revision > 1]
    left = await uow.known_persons.tokens_of(known) if known else []
    await uow.known_persons.keep_persons([_person(event) for event in persons])
    died = await _died(persons, uow)
    await uow.known_persons.keep_identities(_identities(persons))
    await uow.known_persons.keep_spells([*map(_spell, told), *map(_spell_taken_over, taken)])
    await uow.known_persons.keep_memberships([_membership(event) for event in memberships])
    await uow.known_persons.keep_merges([_merge(event) for event in merges])
    for person in sorted({event.person for event in merges}):
        await uow.due.at(FollowPerson(person), now())
    await uow.due.wake(
        [
            subjects.identities([*left, *(token for event in persons for token in event.id_tokens)]),
            subjects.persons(event.person for event in (*persons, *merges)),
            subjects.persons(event.survivor for event in merges),
            subjects.spells_of([*(spell.person for spell in told), *(spell.person for spell in taken)]),
            subjects.memberships_of({event.person for event in memberships}),
            subjects.deaths(died),
        ]
    )


async def _died(persons: Sequence[AnyPerson], uow: ClaimsUnitOfWork) -> Collection[int]:
    """Keep of whom a register says that the person died, or that it was taken back; by which numbers that is new.

    What is said of one number of a person is said of each.
    """
    newest = {event.person: event for event in sorted(persons, key=lambda event: event.revision)}
    told = {person: (event.died_on, event.revision) for person, event in newest.items() if _may_tell_a_death(event)}
    known = await uow.known_deaths.days_of(told) if told else {}
    await uow.known_deaths.keep(told)
    changed = [person for person, (day, _) in told.items() if known.get(person) != day]
    return set(itertools.chain.from_iterable([await uow.known_persons.numbers_of(each) for each in changed]))


def _may_tell_a_death(event: AnyPerson) -> bool:
    """What is said first of who lives tells none; what is said later may take one back."""
    return event.died_on is not None or event.revision > 1


async def _kept(told: Sequence[AnyPerson], uow: ClaimsUnitOfWork) -> Sequence[AnyPerson]:
    """Without those of whom nothing is kept any more: what was published before may come after that."""
    forgotten = await uow.erased_persons.forgotten([event.person for event in told])
    return [event for event in told if event.person not in forgotten]


def _person(event: AnyPerson) -> dict[str, object]:
    # By hand: a dump by pydantic takes ten times as long, and there are as many as people.
    return {
        "person": event.person,
        "born_on": event.born_on,
        "residence": event.residence,
        "revision": event.revision,
        "name_tokens": event.name_tokens,
        "id_tokens": event.id_tokens,
    }


def _identities(events: Sequence[AnyPerson]) -> list[dict[str, object]]:
    return [{"id_token": token, "person": event.person} for event in events for token in event.id_tokens]


def _merge(event: PersonMergeEvent) -> dict[str, object]:
    return event.model_dump(include={"person", "survivor", "merged", "revision"})


def _spell(event: SpellEvent) -> dict[str, object]:
    return {
        "spell": event.spell,
        "person": event.person,
        "employer": event.employer,
        "started_on": event.started_on,
        "ended_on": event.ended_on,
        "revision": event.revision,
        "stated_on": event.stated_on,
        "verified": event.verified,
        "end_stated_on": event.end_stated_on,
        "end_verified": event.end_verified,
        "refused": event.refused,
    }


def _spell_taken_over(spell: SpellTakenOverV1) -> dict[str, object]:
    """Two officers let it count, and its last day was stated with it."""
    return {
        "spell": spell.spell,
        "person": spell.person,
        "employer": spell.employer,
        "started_on": spell.started_on,
        "ended_on": spell.ended_on,
        "revision": spell.revision,
        "stated_on": spell.stated_on,
        "verified": True,
        "end_stated_on": None if spell.ended_on is None else spell.stated_on,
        "end_verified": True,
        "refused": False,
    }


def _membership(event: MembershipChangedV1 | MembershipTakenOverV1) -> dict[str, object]:
    return {
        "person": event.person,
        "scheme": event.scheme,
        "revision": event.revision,
        "periods": [{"category": each.category, "first": each.first, "last": each.last} for each in event.periods],
        "statements": [statement.model_dump(mode="json", exclude={"person"}) for statement in event.statements],
    }
