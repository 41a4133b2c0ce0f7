"""How long a record is needed: by its own entries, and by those that family is insured by."""

from datetime import date, datetime
from uuid import UUID

import pytest

from services.registration.domain.erasure import Basis, Erasure, ErasureReason, ErasureState, kept_of
from services.registration.domain.errors import MergedByMistake
from shared.kernel.clock import BUSINESS_ZONE

TODAY = date(2026, 7, 15)
NOTHING = Basis(None, is_open=False, born_on=date(1990, 1, 1), died_on=None)
# Dead since 2020: seven years more, and until the end of that year as the law counts.
DEAD = Basis(date(2018, 6, 30), is_open=False, born_on=date(1960, 1, 1), died_on=date(2020, 5, 1))
LONG_DEAD = Basis(date(1998, 6, 30), is_open=False, born_on=date(1930, 1, 1), died_on=date(2000, 5, 1))
WORKS = Basis(TODAY, is_open=True, born_on=date(1980, 1, 1), died_on=None)


def test_whose_family_is_not_insured_is_kept_for_nobody() -> None:
    assert kept_of(NOTHING, TODAY) is None
    assert kept_of(Basis(None, False, None, None, [NOTHING, LONG_DEAD]), TODAY) is None


def test_a_survivor_is_kept_as_long_as_the_record_that_insures_it() -> None:
    of_dead = kept_of(DEAD, TODAY)
    assert of_dead is not None
    assert of_dead.until is not None
    survivor = kept_of(Basis(None, False, date(1990, 1, 1), None, [LONG_DEAD, DEAD]), TODAY)
    assert survivor == of_dead
    assert kept_of(Basis(None, False, date(1990, 1, 1), None, [DEAD]), of_dead.until.replace(year=2030)) is None
    endless = kept_of(Basis(None, False, date(1990, 1, 1), None, [DEAD, WORKS]), TODAY)
    assert endless is not None
    assert endless.until is None, "an employment that goes on has no last day"


def test_who_is_dead_survives_nobody() -> None:
    assert kept_of(Basis(None, False, date(1950, 1, 1), date(2001, 1, 1), [WORKS]), TODAY) is None


def test_what_is_asked_of_other_numbers_is_decided_by_nobody() -> None:
    at = datetime(2026, 7, 15, tzinfo=BUSINESS_ZONE)
    who = (UUID(int=1), 1, "organisation:1", "officer-3", ErasureReason.ASKED_BY_PERSON, None, at)
    said = Erasure(*who, state=ErasureState.GRANTED, revision=2, numbers=[1], proposed_by="a", approved_by="b")
    assert said.is_of([1])
    assert not said.is_of([2, 1])
    asked = said.asked_again([2, 1])
    assert (asked.state, asked.revision, asked.numbers) == (ErasureState.WAITING, 3, [1, 2])
    assert (asked.proposed_by, asked.approved_by, asked.decided_at) == (None, None, None)
    assert asked.is_of([1, 2])


def test_who_is_known_by_two_numbers_was_not_registered_by_mistake() -> None:
    at = datetime(2026, 7, 15, tzinfo=BUSINESS_ZONE)
    said = Erasure(UUID(int=1), 1, "organisation:1", None, ErasureReason.REGISTERED_BY_MISTAKE, None, at, numbers=[1])
    said.check_numbers([1])
    with pytest.raises(MergedByMistake):
        said.check_numbers([1, 2])
