"""Who sees what: officers all, other parties nothing of it, and no route without a scope."""

import pytest

from services.rehab.main import openapi_app
from services.rehab.tests.support import Rehab, accident, advised, decided
from shared.kernel.errors import error_classes
from shared.kernel.identifiers import new_id
from shared.security.scopes import routes_without_scope

EMPLOYER = {"party": "employer:7", "role": "partner"}


def test_no_route_is_without_a_scope() -> None:
    assert routes_without_scope(openapi_app()) == []


def test_the_errors_of_rehab_share_no_code_with_the_platform() -> None:
    codes = [error.code for error in error_classes() if error.__module__.startswith(("shared.", "services.rehab."))]
    assert len(codes) == len(set(codes))


async def test_every_table_with_a_tenant_has_forced_row_level_security(rehab: Rehab) -> None:
    found = await rehab.rows(
        "SELECT relname AS name, relrowsecurity AND relforcerowsecurity AS forced FROM pg_class "
        "JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'tenant' WHERE relkind = 'r'"
    )
    assert {row["name"] for row in found} == {
        *("referral", "accident", "assessment", "advice", "idempotency_key", "read_log"),
        *("bill", "bill_statement", "bill_decision"),
    }
    assert all(row["forced"] for row in found)


async def test_another_party_sees_and_moves_nothing(rehab: Rehab) -> None:
    claim = new_id()
    await rehab.consume(accident(claim), decided(claim))
    path = f"/v1/referrals/{(await rehab.referral_of(claim))['referral']}"
    assert (await rehab.get("/v1/referrals", **EMPLOYER)).json()["data"] == []
    assert (await rehab.get(path, **EMPLOYER)).json()["code"] == "referral_unknown"
    taken = await rehab.post(f"{path}/take", {"case_manager": "cm-1"}, **EMPLOYER)
    assert (taken.status_code, taken.json()["code"]) == (404, "referral_unknown")
    assert (await rehab.referral_of(claim))["state"] == "expected"


@pytest.mark.parametrize("table", ["referral", "accident", "assessment", "advice"])
async def test_the_database_itself_hides_the_rows(rehab: Rehab, table: str) -> None:
    claim = new_id()
    await rehab.consume(accident(claim), decided(claim), advised(claim))
    seen = {}
    for tenant, role in (("", ""), ("employer:7", "partner"), ("organisation:1", "partner"), ("x:1", "officer")):
        async with rehab.service.database.connection("api") as api, api.transaction():
            await api.execute(
                "SELECT set_config('jaring.tenant', $1, true), set_config('jaring.role', $2, true)", tenant, role
            )
            seen[tenant] = await api.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 (a name of ours)
    assert seen == {"": 0, "employer:7": 0, "organisation:1": 1, "x:1": 1}


@pytest.mark.parametrize(("authorization", "code"), [("", "token_missing"), ("Bearer x", "token_invalid")])
async def test_a_caller_without_a_good_token_is_turned_away(rehab: Rehab, authorization: str, code: str) -> None:
    answer = await rehab.service.call("GET", "/v1/referrals", headers={"authorization": authorization})
    assert (answer.status_code, answer.json()["code"]) == (401, code)
