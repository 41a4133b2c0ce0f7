"""What stood in the tables of an earlier release still means the same after the migrations that came since."""

from collections.abc import AsyncIterator

import pytest

from services.registration.commands.derive_membership import DeriveAgain
from services.registration.commands.index_names import IndexNames
from services.registration.commands.review_released_lines import ReviewReleasedLines
from shared.kernel.identifiers import new_id
from shared.persistence.due_work import command_of, kind_of, payload_of
from shared.persistence.migrate import migrate
from shared.testing.servers import Databases, TestDatabase

_EMPLOYER = """
    INSERT INTO employer (employer, tenant, revision, code, name, registered_at)
    VALUES (1, 'employer:1', 1, 'F9702103813F', 'KILANG MAJU', now())
"""
_FILE = """
    INSERT INTO contribution_file (file, tenant, employer, digest, state, lines) VALUES ($1, 'employer:1', 1, $2, $3, 1)
"""
_FINISHED = """
    INSERT INTO contribution_file
        (file, tenant, employer, digest, state, lines, finished_at, accepted_lines, rejected_lines)
    VALUES ($1, 'employer:1', 1, 'done', 'accepted', 1, clock_timestamp(), 1, 0)
"""

_SPELL = """
    WITH stated AS (
        INSERT INTO spell_fact (spell, tenant, person, employer, days, source)
        VALUES ($1, 'employer:1', 1, 1, '[2020-01-06,)', 'employer:1') RETURNING *)
    INSERT INTO spell (spell, tenant, person, employer, days, fact, revision)
    SELECT spell, tenant, person, employer, days, id, 1 FROM stated
"""
_ID_OF_BEFORE = """
    INSERT INTO national_id (id, person, kind, number_sealed, blind_index, number_index, id_token, shares_digits)
    VALUES ($1, 1, 'mykad', 'sealed', 'blind', 'digits', 'token', false)
"""


@pytest.fixture
async def unmigrated(databases: Databases) -> AsyncIterator[TestDatabase]:
    """A database of registration without any table."""
    async with databases.unmigrated("registration") as database:
        yield database


async def test_a_file_whose_work_had_begun_is_received_again(unmigrated: TestDatabase) -> None:
    """The state `validating` went; its row of due work is still there and starts from the beginning."""
    await migrate("registration", unmigrated.url("migrate"), "registration_0003")
    async with unmigrated.connection("migrate") as owner:
        await owner.execute(_EMPLOYER)
        for state in ("received", "validating"):
            await owner.execute(_FILE, new_id(), state.encode(), state)
    await migrate("registration", unmigrated.url("migrate"))
    async with unmigrated.connection("migrate") as owner:
        rows = await owner.fetch("SELECT state FROM contribution_file")
    assert [row["state"] for row in rows] == ["received", "received"]


async def test_a_finished_file_keeps_its_instants_for_both_clocks(unmigrated: TestDatabase) -> None:
    await migrate("registration", unmigrated.url("migrate"), "registration_0003")
    async with unmigrated.connection("migrate") as owner:
        await owner.execute(_EMPLOYER)
        await owner.execute(_FILE, new_id(), b"open", "received")
        await owner.execute(_FINISHED, new_id())
    await migrate("registration", unmigrated.url("migrate"))
    async with unmigrated.connection("migrate") as owner:
        rows = await owner.fetch(
            "SELECT stored_at = received_at AS received, closed_at IS NOT DISTINCT FROM finished_at AS finished,"
            " closed_at IS NOT NULL AS closed FROM contribution_file ORDER BY closed_at NULLS FIRST"
        )
    assert [tuple(row) for row in rows] == [(True, True, False), (True, True, True)]


async def test_a_spell_of_before_counts_as_verified(unmigrated: TestDatabase) -> None:
    await migrate("registration", unmigrated.url("migrate"), "registration_0015")
    async with unmigrated.connection("migrate") as owner:
        await owner.execute(_EMPLOYER)
        await owner.execute("INSERT INTO person (person, revision, registered_at) VALUES (1, 1, now())")
        await owner.execute(_SPELL, new_id())
    await migrate("registration", unmigrated.url("migrate"))
    async with unmigrated.connection("migrate") as owner:
        (spell,) = await owner.fetch("SELECT stated_on, verified, refused, revision, end_verified FROM spell")
        (word,) = await owner.fetch("SELECT granted, source, officer FROM spell_verification")
    assert tuple(spell) == (None, True, False, 1, True)
    assert tuple(word) == (True, "employer:1", None)


async def test_a_member_of_before_is_derived_again_with_skbbk(unmigrated: TestDatabase) -> None:
    """Else nobody who works today would be covered by it; the work is left for the worker."""
    await migrate("registration", unmigrated.url("migrate"), "registration_0019")
    async with unmigrated.connection("migrate") as owner:
        await owner.execute("INSERT INTO person (person, revision, registered_at) VALUES (1, 1, now())")
        await owner.execute("INSERT INTO membership (person, scheme, revision, periods) VALUES (1, 'act4', 3, '[]')")
    await migrate("registration", unmigrated.url("migrate"))
    async with unmigrated.connection("migrate") as owner:
        left = await owner.fetch("SELECT kind, payload FROM due_work WHERE kind <> 'index_names'")
        assert await owner.fetchval("SELECT statements FROM membership") == "[]"
    assert [command_of(DeriveAgain, row["payload"]) for row in left] == [DeriveAgain(1)]
    assert [row["payload"] for row in left] == [payload_of(DeriveAgain(1))], "so that it is left once"
    assert [row["kind"] for row in left] == [kind_of(DeriveAgain)]


async def test_a_member_of_before_is_derived_again_with_act_800(unmigrated: TestDatabase) -> None:
    """Else nobody would know who is insured until something else of the person changes."""
    await migrate("registration", unmigrated.url("migrate"), "registration_0031")
    async with unmigrated.connection("migrate") as owner:
        await owner.execute("INSERT INTO person (person, revision, registered_at) VALUES (1, 1, now())")
        add = "INSERT INTO membership (person, scheme, revision, periods, statements) VALUES (1, $1, 3, '[]', '[]')"
        await owner.executemany(add, [("act4",), ("skbbk",)])
    await migrate("registration", unmigrated.url("migrate"))
    async with unmigrated.connection("migrate") as owner:
        left = await owner.fetch("SELECT kind, payload FROM due_work WHERE kind <> 'index_names'")
    assert [tuple(row) for row in left] == [(kind_of(DeriveAgain), payload_of(DeriveAgain(1)))]


async def test_a_person_of_before_is_published_again_with_a_higher_revision(unmigrated: TestDatabase) -> None:
    """Else no projection would take the tokens of the name."""
    await migrate("registration", unmigrated.url("migrate"), "registration_0006")
    async with unmigrated.connection("migrate") as owner:
        await owner.execute("INSERT INTO person (person, revision, registered_at) VALUES (1, 1, now())")
    await migrate("registration", unmigrated.url("migrate"))
    async with unmigrated.connection("migrate") as owner:
        assert await owner.fetchval("SELECT revision FROM person") == 2


async def test_who_stated_something_of_skbbk_is_derived_again_and_what_was_paid_is_looked_at(
    unmigrated: TestDatabase,
) -> None:
    """Else what was stated before the upgrade would stay without its instant, and nobody could claim what it frees."""
    await migrate("registration", unmigrated.url("migrate"), "registration_0021")
    async with unmigrated.connection("migrate") as owner:
        await owner.executemany(
            "INSERT INTO skbbk_statement (person, kind, filed_on, tenant, said_at)"
            " VALUES (1, $1, '2026-07-20', 'person:1', '2026-07-20T04:00Z')",
            [("release",), ("return",)],
        )
    await migrate("registration", unmigrated.url("migrate"))
    async with unmigrated.connection("migrate") as owner:
        left = await owner.fetch("SELECT kind, payload FROM due_work WHERE kind <> 'index_names' ORDER BY kind")
        said = await owner.fetch("SELECT kind, stated_by FROM skbbk_statements(1)")
    commands = (DeriveAgain(1), ReviewReleasedLines(1))
    assert [tuple(row) for row in left] == [(kind_of(type(each)), payload_of(each)) for each in commands]
    assert [tuple(row) for row in said] == [("release", "person"), ("return", "person")]


async def test_names_of_before_are_left_to_be_indexed_and_ids_of_before_still_hold(unmigrated: TestDatabase) -> None:
    """The worker has the keys; when an id of before was stated, and by whom, was not kept."""
    await migrate("registration", unmigrated.url("migrate"), "registration_0031")
    async with unmigrated.connection("migrate") as owner:
        await owner.execute("INSERT INTO person (person, revision, registered_at) VALUES (1, 1, now())")
        await owner.execute(_ID_OF_BEFORE, new_id())
    await migrate("registration", unmigrated.url("migrate"))
    async with unmigrated.connection("migrate") as owner:
        left = await owner.fetch("SELECT kind, payload FROM due_work")
        (kept,) = await owner.fetch("SELECT valid::text, source, recorded_at, withdrawn_at FROM national_id")
    assert [tuple(row) for row in left] == [(kind_of(IndexNames), payload_of(IndexNames()))]
    assert tuple(kept) == ("(,)", None, None, None)
