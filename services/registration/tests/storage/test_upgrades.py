"""What stood in the tables of an earlier release still means the same after the migrations that came since."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from services.registration.commands.derive_membership import DeriveAgain
from services.registration.commands.index_names import IndexNames
from services.registration.commands.review_released_lines import ReviewReleasedLines
from shared.kernel.identifiers import new_id
from shared.persistence.due_work import command_of, kind_of, payload_of
from shared.testing.servers import Databases, TestDatabase
from shared.testing.upgrading import upgraded_from

# One person for each of what is told here, and some files.
PUBLISHED, VERIFIED, IN_SKBBK, SAID, INSURED, NAMED = range(1, 7)
BEGUN, FINISHED = [new_id(), new_id()], [new_id(), new_id()]

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
_PERSON = "INSERT INTO person (person, revision, registered_at) VALUES ($1, 1, now())"
_SPELL = """
    WITH stated AS (
        INSERT INTO spell_fact (spell, tenant, person, employer, days, source)
        VALUES ($1, 'employer:1', $2, 1, '[2020-01-06,)', 'employer:1') RETURNING *)
    INSERT INTO spell (spell, tenant, person, employer, days, fact, revision)
    SELECT spell, tenant, person, employer, days, id, 1 FROM stated
"""
_ID_OF_BEFORE = """
    INSERT INTO national_id (id, person, kind, number_sealed, blind_index, number_index, id_token, shares_digits)
    VALUES ($1, $2, 'mykad', 'sealed', 'blind', 'digits', 'token', false)
"""


_LEFT = "SELECT kind, payload FROM due_work WHERE payload::jsonb ->> 'person' = $1::bigint::text ORDER BY kind"


async def files_of_before(owner: asyncpg.Connection) -> None:
    await owner.execute(_EMPLOYER)
    for file, state in zip(BEGUN, ("received", "validating"), strict=True):
        await owner.execute(_FILE, file, state.encode(), state)
    await owner.execute(_FILE, FINISHED[0], b"open", "received")
    await owner.execute(_FINISHED, FINISHED[1])


async def person_of_before(owner: asyncpg.Connection) -> None:
    await owner.execute(_PERSON, PUBLISHED)


async def spell_of_before(owner: asyncpg.Connection) -> None:
    await owner.execute(_PERSON, VERIFIED)
    await owner.execute(_SPELL, new_id(), VERIFIED)


async def member_before_skbbk(owner: asyncpg.Connection) -> None:
    add = "INSERT INTO membership (person, scheme, revision, periods) VALUES ($1, 'act4', 3, '[]')"
    await owner.execute(_PERSON, IN_SKBBK)
    await owner.execute(add, IN_SKBBK)


async def statements_of_before(owner: asyncpg.Connection) -> None:
    await owner.executemany(
        "INSERT INTO skbbk_statement (person, kind, filed_on, tenant, said_at)"
        " VALUES ($1, $2, '2026-07-20', $3, '2026-07-20T04:00Z')",
        [(SAID, kind, f"person:{SAID}") for kind in ("release", "return")],
    )


async def member_before_act_800(owner: asyncpg.Connection) -> None:
    add = "INSERT INTO membership (person, scheme, revision, periods, statements) VALUES ($1, $2, 3, '[]', '[]')"
    await owner.execute(_PERSON, INSURED)
    await owner.executemany(add, [(INSURED, "act4"), (INSURED, "skbbk")])


async def names_of_before(owner: asyncpg.Connection) -> None:
    await owner.execute(_PERSON, NAMED)
    await owner.execute(_ID_OF_BEFORE, new_id(), NAMED)


RELEASES = (
    ("registration_0003", files_of_before),
    ("registration_0006", person_of_before),
    ("registration_0015", spell_of_before),
    ("registration_0019", member_before_skbbk),
    ("registration_0021", statements_of_before),
    ("registration_0031", member_before_act_800),
    ("registration_0031", names_of_before),
)


@pytest.fixture(scope="module")
async def upgraded(databases: Databases) -> AsyncIterator[TestDatabase]:
    """A database that came through all of these releases; the tests only look at it."""
    async with upgraded_from(databases, "registration", RELEASES) as database:
        yield database


async def test_a_file_whose_work_had_begun_is_received_again(upgraded: TestDatabase) -> None:
    """The state `validating` went; its row of due work is still there and starts from the beginning."""
    async with upgraded.connection("migrate") as owner:
        rows = await owner.fetch("SELECT state FROM contribution_file WHERE file = ANY ($1)", BEGUN)
    assert [row["state"] for row in rows] == ["received", "received"]


async def test_a_finished_file_keeps_its_instants_for_both_clocks(upgraded: TestDatabase) -> None:
    async with upgraded.connection("migrate") as owner:
        rows = await owner.fetch(
            "SELECT stored_at = received_at AS received, closed_at IS NOT DISTINCT FROM finished_at AS finished,"
            " closed_at IS NOT NULL AS closed FROM contribution_file WHERE file = ANY ($1)"
            " ORDER BY closed_at NULLS FIRST",
            FINISHED,
        )
    assert [tuple(row) for row in rows] == [(True, True, False), (True, True, True)]


async def test_a_spell_of_before_counts_as_verified(upgraded: TestDatabase) -> None:
    async with upgraded.connection("migrate") as owner:
        (spell,) = await owner.fetch("SELECT stated_on, verified, refused, revision, end_verified FROM spell")
        (word,) = await owner.fetch("SELECT granted, source, officer FROM spell_verification")
    assert tuple(spell) == (None, True, False, 1, True)
    assert tuple(word) == (True, "employer:1", None)


async def test_a_member_of_before_is_derived_again_with_skbbk(upgraded: TestDatabase) -> None:
    """Else nobody who works today would be covered by it; the work is left for the worker."""
    async with upgraded.connection("migrate") as owner:
        left = await owner.fetch(_LEFT, IN_SKBBK)
        kept = "SELECT statements FROM membership WHERE person = $1"
        assert await owner.fetchval(kept, IN_SKBBK) == "[]"
    assert [command_of(DeriveAgain, row["payload"]) for row in left] == [DeriveAgain(IN_SKBBK)]
    assert [row["payload"] for row in left] == [payload_of(DeriveAgain(IN_SKBBK))], "so that it is left once"
    assert [row["kind"] for row in left] == [kind_of(DeriveAgain)]


async def test_a_member_of_before_is_derived_again_with_act_800(upgraded: TestDatabase) -> None:
    """Else nobody would know who is insured until something else of the person changes."""
    async with upgraded.connection("migrate") as owner:
        left = await owner.fetch(_LEFT, INSURED)
    assert [tuple(row) for row in left] == [(kind_of(DeriveAgain), payload_of(DeriveAgain(INSURED)))]


async def test_a_person_of_before_is_published_again_with_a_higher_revision(upgraded: TestDatabase) -> None:
    """Else no projection would take the tokens of the name."""
    async with upgraded.connection("migrate") as owner:
        assert await owner.fetchval("SELECT revision FROM person WHERE person = $1", PUBLISHED) == 2
        assert await owner.fetchval("SELECT revision FROM person WHERE person = $1", NAMED) == 1


async def test_who_stated_something_of_skbbk_is_derived_again_and_what_was_paid_is_looked_at(
    upgraded: TestDatabase,
) -> None:
    """Else what was stated before the upgrade would stay without its instant, and nobody could claim what it frees."""
    async with upgraded.connection("migrate") as owner:
        left = await owner.fetch(_LEFT, SAID)
        said = await owner.fetch("SELECT kind, stated_by FROM skbbk_statements($1)", SAID)
    commands = (DeriveAgain(SAID), ReviewReleasedLines(SAID))
    assert [tuple(row) for row in left] == [(kind_of(type(each)), payload_of(each)) for each in commands]
    assert [tuple(row) for row in said] == [("release", "person"), ("return", "person")]


async def test_names_of_before_are_left_to_be_indexed_and_ids_of_before_still_hold(upgraded: TestDatabase) -> None:
    """The worker has the keys; when an id of before was stated, and by whom, was not kept."""
    async with upgraded.connection("migrate") as owner:
        left = await owner.fetch("SELECT kind, payload FROM due_work WHERE kind = $1", kind_of(IndexNames))
        of_nobody = "SELECT count(*) FROM due_work WHERE payload::jsonb ->> 'person' IS NULL"
        assert await owner.fetchval(of_nobody) == len(left)
        assert await owner.fetch(_LEFT, NAMED) == []
        (kept,) = await owner.fetch("SELECT valid::text, source, recorded_at, withdrawn_at FROM national_id")
    assert [tuple(row) for row in left] == [(kind_of(IndexNames), payload_of(IndexNames()))]
    assert tuple(kept) == ("(,)", None, None, None)
