"""The tables that the code speaks of are the tables that the migrations make."""

from services.jobs.storage import tables as t
from services.jobs.tests.support import INTERVIEW, Jobs
from shared.testing.never_changed import refused_to_every_role
from shared.testing.schema import declared_columns, migrated_columns


async def test_the_tables_are_those_of_the_migrated_database(jobs: Jobs) -> None:
    assert declared_columns(t.metadata) == await migrated_columns(jobs.service.database)


NEVER = (
    "UPDATE interview SET outcome = 'x'",
    "DELETE FROM interview",
    "UPDATE offer SET wage_sen = 1",
    "TRUNCATE offer CASCADE",
    "UPDATE placement SET starts_on = starts_on + 1",
    "DELETE FROM placement",
    "UPDATE seeker SET person = person + 1",
    "UPDATE idempotency_key SET body = ''",
)


async def test_what_was_agreed_is_never_changed_by_any_role(jobs: Jobs) -> None:
    search = await jobs.search()
    await jobs.post(f"{search}/interviews", INTERVIEW)
    await jobs.accept(search)
    await refused_to_every_role(jobs.service.database, "jobs", NEVER)
