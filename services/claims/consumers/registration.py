"""Who a person is, who employed them, and what they were covered by (topic ``registration``)."""

from collections.abc import Sequence

from services.claims.domain import subjects
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.registration import MembershipChangedV1, PersonRegisteredV1, SpellEvent

Kept = PersonRegisteredV1 | SpellEvent | MembershipChangedV1


async def apply(events: Sequence[Kept], uow: ClaimsUnitOfWork) -> None:
    """Keep persons, spells and memberships, and wake the claims that listen to them."""
    persons = [event for event in events if isinstance(event, PersonRegisteredV1)]
    spells = [event for event in events if isinstance(event, SpellEvent)]
    memberships = [event for event in events if isinstance(event, MembershipChangedV1)]
    await uow.known_persons.keep_persons([_person(event) for event in persons])
    await uow.known_persons.keep_identities(_identities(persons))
    await uow.known_persons.keep_spells([_spell(event) for event in spells])
    await uow.known_persons.keep_memberships([_membership(event) for event in memberships])
    await uow.due.wake(
        {subjects.identity(token) for event in persons for token in event.id_tokens}
        | {subjects.person(event.person) for event in persons}
        | {subjects.spells(event.person) for event in spells}
        | {subjects.memberships(event.person) for event in memberships}
    )


def _person(event: PersonRegisteredV1) -> dict[str, object]:
    kept = event.model_dump(include={"person", "born_on", "residence", "revision"}, mode="python")
    return kept | {"name_tokens": list(event.name_tokens)}


def _identities(events: Sequence[PersonRegisteredV1]) -> list[dict[str, object]]:
    return [{"id_token": token, "person": event.person} for event in events for token in event.id_tokens]


def _spell(event: SpellEvent) -> dict[str, object]:
    whole = {"spell", "person", "employer", "started_on", "ended_on", "revision"}
    return event.model_dump(include=whole | {"stated_on", "verified", "end_stated_on", "end_verified", "refused"})


def _membership(event: MembershipChangedV1) -> dict[str, object]:
    return event.model_dump(include={"person", "scheme", "revision"}) | {
        "periods": [period.model_dump(mode="json") for period in event.periods],
        "statements": [statement.model_dump(mode="json") for statement in event.statements],
    }
