"""Who sees what: officers all, other parties nothing of it, and no route without a scope."""

import pytest

from services.jobs.main import openapi_app
from services.jobs.tests.support import INTERVIEW, OFFER, Jobs
from shared.kernel.errors import error_classes
from shared.kernel.identifiers import new_id
from shared.security.scopes import routes_without_scope

EMPLOYER = {"party": "employer:8", "role": "partner"}


def test_no_route_is_without_a_scope() -> None:
    assert routes_without_scope(openapi_app()) == []


def test_the_errors_of_jobs_share_no_code_with_the_platform() -> None:
    codes = [error.code for error in error_classes() if error.__module__.startswith(("shared.", "services.jobs."))]
    assert len(codes) == len(set(codes))


async def test_every_table_with_a_tenant_has_forced_row_level_security(jobs: Jobs) -> None:
    found = await jobs.rows(
        "SELECT relname AS name, relrowsecurity AND relforcerowsecurity AS forced FROM pg_class "
        "JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'tenant' WHERE relkind = 'r'"
    )
    own = {"seeker", "interview", "offer", "placement"}
    assert {row["name"] for row in found} == {*own, "idempotency_key", "read_log"}
    assert all(row["forced"] for row in found)


async def test_another_party_sees_and_adds_nothing(jobs: Jobs) -> None:
    search = await jobs.search()
    await jobs.accept(search)
    assert (await jobs.get("/v1/seekers", **EMPLOYER)).json()["data"] == []
    assert (await jobs.get("/v1/placements", **EMPLOYER)).json()["data"] == []
    answers = [
        await jobs.get(search, **EMPLOYER),
        await jobs.post(f"{search}/interviews", INTERVIEW, **EMPLOYER),
        await jobs.post(f"{search}/offers", OFFER, **EMPLOYER),
    ]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "seeker_unknown")] * 3
    assert (await jobs.rows("SELECT count(*) FROM interview"))[0]["count"] == 0


@pytest.mark.parametrize("table", ["seeker", "interview", "offer", "placement"])
async def test_the_database_itself_hides_the_rows(jobs: Jobs, table: str) -> None:
    search = await jobs.search()
    await jobs.post(f"{search}/interviews", INTERVIEW)
    await jobs.accept(search)
    seen = {}
    for tenant, role in (("", ""), ("employer:8", "partner"), ("organisation:1", "partner"), ("x:1", "officer")):
        async with jobs.service.database.connection("api") as api, api.transaction():
            await api.execute(
                "SELECT set_config('jaring.tenant', $1, true), set_config('jaring.role', $2, true)", tenant, role
            )
            seen[tenant] = await api.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 (a name of ours)
    assert seen == {"": 0, "employer:8": 0, "organisation:1": 1, "x:1": 1}


@pytest.mark.parametrize(("authorization", "code"), [("", "token_missing"), ("Bearer x", "token_invalid")])
async def test_a_caller_without_a_good_token_is_turned_away(jobs: Jobs, authorization: str, code: str) -> None:
    answer = await jobs.service.call("GET", f"/v1/seekers/{new_id()}", headers={"authorization": authorization})
    assert (answer.status_code, answer.json()["code"]) == (401, code)
