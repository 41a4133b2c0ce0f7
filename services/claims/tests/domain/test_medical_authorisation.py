"""Whose most an authorisation of treatment has, and how long each waits: by what was asked for first."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from services.claims.domain.medical_authorisation import (
    AuthorisationState,
    MedicalAuthorisation,
    shared_mosts,
)
from shared.kernel.clock import BUSINESS_ZONE

FIRST_ASKED = datetime(2026, 8, 6, 9, tzinfo=BUSINESS_ZONE)


def asked(number: int, admitted_on: date, days: int = 30, tenant: str = "hospital:1") -> MedicalAuthorisation:
    """The so many-th that was asked for, of a patient who is known."""
    return MedicalAuthorisation(
        id=UUID(int=number),
        tenant=tenant,
        asked_by="clerk",
        id_token=None,
        name_tokens=(),
        admitted_on=admitted_on,
        happened_on=date(2026, 8, 1),
        at_time=None,
        valid_until=admitted_on + timedelta(days=days - 1),
        asked_at=FIRST_ASKED + timedelta(hours=number),
        person=7,
        state=AuthorisationState.AUTHORISED,
    )


def leads(*given: MedicalAuthorisation) -> dict[int, int]:
    return {id_.int: lead.id.int for id_, lead in shared_mosts(given).items()}


def test_what_overlaps_has_the_most_of_what_was_asked_for_first_whatever_its_days() -> None:
    late, early = asked(1, date(2026, 8, 20)), asked(2, date(2026, 8, 5))
    assert leads(early, late) == {1: 1, 2: 1}
    assert leads(asked(1, date(2026, 8, 5)), asked(2, date(2026, 9, 4))) == {1: 1, 2: 2}, "the day after the last"


def test_what_lies_between_two_stays_joins_the_first_and_moves_neither() -> None:
    two = (asked(1, date(2026, 8, 1)), asked(2, date(2026, 9, 1)))
    assert leads(*two) == {1: 1, 2: 2}
    assert leads(*two, asked(3, date(2026, 8, 15))) == {1: 1, 2: 2, 3: 1}


def test_another_hospital_and_what_bears_nothing_share_no_most() -> None:
    first = asked(1, date(2026, 8, 5))
    assert leads(first, asked(2, date(2026, 8, 5), tenant="hospital:2")) == {1: 1, 2: 2}
    for state in (AuthorisationState.ENDED, AuthorisationState.AWAITING_PATIENT):
        assert leads(replace(first, state=state), asked(2, date(2026, 8, 5))) == {2: 2}


@pytest.mark.parametrize(
    ("died_on", "let_go", "is_held"),
    [
        (None, None, False),
        (date(2026, 8, 4), None, True),
        (date(2026, 8, 5), None, False),
        (date(2026, 8, 4), date(2026, 8, 4), False),
        (date(2026, 8, 3), date(2026, 8, 4), True),
    ],
)
def test_a_death_before_the_admission_holds_it_unless_officers_let_it_go_past_that_very_day(
    died_on: date | None, let_go: date | None, is_held: bool
) -> None:
    given = replace(asked(1, date(2026, 8, 5)), death_on=let_go)
    assert given.is_held_by(died_on) is is_held
    assert given.let_go_past(died_on) is (died_on is not None and died_on == let_go)
