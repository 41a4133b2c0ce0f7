"""Who a person is, who employed them, and what they were covered by (topic ``registration``)."""

from collections.abc import Sequence

from services.claims.domain import subjects
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.envelope import only
from shared.contracts.registration import (
    MembershipChangedV1,
    PeopleTakenOverV1,
    PersonRegisteredV1,
    SpellEvent,
    told_singly,
)

Kept = PersonRegisteredV1 | SpellEvent | MembershipChangedV1 | PeopleTakenOverV1


async def apply(events: Sequence[Kept], uow: ClaimsUnitOfWork) -> None:
    """Keep persons, spells and memberships, and wake the claims that listen to them."""
    singly = told_singly(events)
    persons = only(singly, PersonRegisteredV1)
    spells = only(singly, SpellEvent)
    memberships = only(singly, MembershipChangedV1)
    await uow.known_persons.keep_persons([_person(event) for event in persons])
    await uow.known_persons.keep_identities(_identities(persons))
    await uow.known_persons.keep_spells([_spell(event) for event in spells])
    await uow.known_persons.keep_memberships([_membership(event) for event in memberships])
    await uow.due.wake(
        [
            subjects.identities(token for event in persons for token in event.id_tokens),
            subjects.persons(event.person for event in persons),
            subjects.spells_of(event.person for event in spells),
            *map(subjects.memberships, {event.person for event in memberships}),
        ]
    )


def _person(event: PersonRegisteredV1) -> dict[str, object]:
    # By hand: a dump by pydantic takes ten times as long, and there are as many as people.
    return {
        "person": event.person,
        "born_on": event.born_on,
        "residence": event.residence,
        "revision": event.revision,
        "name_tokens": event.name_tokens,
    }


def _identities(events: Sequence[PersonRegisteredV1]) -> list[dict[str, object]]:
    return [{"id_token": token, "person": event.person} for event in events for token in event.id_tokens]


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


def _membership(event: MembershipChangedV1) -> dict[str, object]:
    return event.model_dump(include={"person", "scheme", "revision"}) | {
        "periods": [period.model_dump(mode="json") for period in event.periods],
        "statements": [statement.model_dump(mode="json") for statement in event.statements],
    }
