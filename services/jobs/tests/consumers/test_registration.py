"""Spells in whatever order, however often, and rebuilt: the projection is the same."""

from itertools import permutations
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.jobs.tests.support import AN_INSTANT, EMPLOYER, PERSON, WAGE_SEN, Jobs, Spell
from shared.contracts.registration import (
    EmployerRegisteredV1,
    MembershipChangedV1,
    PeopleTakenOverV1,
    SpellTakenOverV1,
)
from shared.testing.records import received


async def _projection(jobs: Jobs) -> list[list[dict[str, Any]]]:
    statements = ("SELECT * FROM spell ORDER BY spell", "SELECT * FROM spell_proof ORDER BY spell")
    return [await jobs.rows(statement) for statement in statements]


async def test_every_order_and_every_repeat_ends_equal_and_keeps_the_wage(jobs: Jobs) -> None:
    spell = Spell()
    for order in permutations([spell.started, spell.confirmed, spell.ended]):
        await jobs.rows("TRUNCATE spell, spell_proof")
        records = [received(event) for event in order]
        for record in records:
            await jobs.consume(record, record)
        await jobs.consume(*records)
        [[shown], [proof]] = await _projection(jobs)
        assert (shown["revision"], shown["ended_on"]) == (3, spell.ended.ended_on)
        assert (proof["revision"], proof["month"], proof["wage_sen"]) == (2, "2026-09", WAGE_SEN)


async def test_one_batch_with_all_of_a_spell_ends_as_three_do(jobs: Jobs) -> None:
    spell = Spell()
    await jobs.consume(spell.started, spell.confirmed, spell.ended)
    before = await _projection(jobs)
    await jobs.rows("TRUNCATE spell, spell_proof")
    batch = [received(event, announcement="run") for event in (spell.ended, spell.confirmed, spell.started)]
    await jobs.service.consume_batch(batch)
    assert await _projection(jobs) == before


async def test_the_api_cannot_read_spells_at_all(jobs: Jobs) -> None:
    await jobs.consume(Spell().confirmed)
    async with jobs.service.database.connection("api") as api:
        for statement in ("SELECT * FROM spell", "SELECT * FROM spell_proof"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await api.fetch(statement)


async def test_what_else_the_topic_tells_is_passed_over(jobs: Jobs) -> None:
    employer = EmployerRegisteredV1(employer=EMPLOYER, revision=1, registered_at=AN_INSTANT)
    membership = MembershipChangedV1(person=PERSON, scheme="act4", revision=1, periods=())
    await jobs.consume(employer, membership, Spell().started)
    [spells, proofs] = await _projection(jobs)
    assert (len(spells), proofs) == (1, [])


async def test_spells_that_were_taken_over_are_known_as_if_told_singly(jobs: Jobs) -> None:
    started = Spell().started
    names = ("spell", "person", "employer", "revision", "started_on", "stated_on")
    part = SpellTakenOverV1(**{name: getattr(started, name) for name in names})
    await jobs.consume(PeopleTakenOverV1(file=UUID(int=1), chunk=0, taken_at=AN_INSTANT, spells=(part,)))
    [[shown], proofs] = await _projection(jobs)
    assert (shown["spell"], shown["person"], shown["revision"], proofs) == (started.spell, PERSON, 1, [])
