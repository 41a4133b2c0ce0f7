"""Of a batch the events of one class are taken, its subclasses among them."""

from datetime import date
from uuid import UUID

from shared.contracts.envelope import Event, only
from shared.contracts.registration import EmployerRegisteredV1, SpellEndedV1, SpellEvent, SpellStartedV1
from shared.kernel.clock import now

STARTED = SpellStartedV1(person=1, spell=UUID(int=1), employer=7, revision=1, started_on=date(2026, 1, 1))
ENDED = SpellEndedV1(
    person=1, spell=UUID(int=1), employer=7, revision=2, started_on=date(2026, 1, 1), ended_on=date(2026, 2, 1)
)
EMPLOYER = EmployerRegisteredV1(employer=7, revision=1, registered_at=now())


def test_a_class_is_taken_with_its_subclasses_in_the_order_of_the_batch() -> None:
    batch: list[Event] = [ENDED, EMPLOYER, STARTED]
    assert only(batch, SpellEvent) == [ENDED, STARTED]
    assert only(batch, SpellStartedV1) == [STARTED]
    assert only(batch, EmployerRegisteredV1) == [EMPLOYER]
    assert only([EMPLOYER], SpellEvent) == []
    assert only([], SpellEvent) == []


def test_what_is_taken_is_a_list_of_its_own() -> None:
    batch: list[Event] = [STARTED]
    taken = only(batch, SpellEvent)
    assert taken == batch
    assert taken is not batch
