"""What officers read, page by page, and who may not."""

from datetime import date
from typing import Any

import pytest

from services.benefits.main import openapi_app
from services.benefits.settings import BenefitsSettings
from services.benefits.tests.support import (
    PERSON,
    bank_answers,
    decided,
    enter_payee,
    first,
    listed,
    period,
    settle,
)
from services.benefits.tests.support import events as outbox
from shared.contracts.claim_assessed import ClaimAssessedV1
from shared.kernel.identifiers import new_id, person_id
from shared.security.scopes import routes_without_scope
from shared.testing.service import ServiceUnderTest, environment
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

PATHS = {
    "/v1/entitlements": "benefits:entitlement:read",
    "/v1/payments": "benefits:payment:read",
    "/v1/recoveries": "benefits:recovery:read",
}


def test_every_route_declares_its_scope() -> None:
    assert routes_without_scope(openapi_app()) == []


@pytest.mark.parametrize("path", list(PATHS))
async def test_a_partner_reads_nothing_even_with_the_scope(benefits: ServiceUnderTest, path: str) -> None:
    query = f"{path}?person={person_id(PERSON)}"
    answer = await benefits.call("GET", query, scopes=[PATHS[path]], party="employer:3", role="partner")
    assert (answer.status_code, answer.json()["code"]) == (403, "officers_only")


@pytest.mark.parametrize("path", list(PATHS))
async def test_a_list_needs_a_person_and_refuses_other_filters(benefits: ServiceUnderTest, path: str) -> None:
    codes = []
    for query in ("", "?person=P0000000129", f"?person={person_id(PERSON)}&state=open"):
        answer = await benefits.call("GET", path + query, scopes=[PATHS[path]])
        codes.append((answer.status_code, answer.json()["code"]))
    assert codes == [(422, "request_invalid"), (422, "public_id_invalid"), (400, "filter_unknown")]


@pytest.mark.parametrize("path", ["/v1/entitlements", "/v1/payments"])
async def test_a_list_is_read_page_by_page(benefits: ServiceUnderTest, path: str) -> None:
    await enter_payee(benefits)
    claims = [new_id() for _ in range(5)]
    days = [date(2026, month, 1) for month in range(1, 6)]
    await settle(
        benefits, *(decided(1, period(day, day, 6533), claim=claim) for claim, day in zip(claims, days, strict=True))
    )
    found, query = [], f"?person={person_id(PERSON)}&limit=2"
    cursor = ""
    while True:
        answer = await benefits.call("GET", path + query + cursor, scopes=[PATHS[path]])
        page = answer.json()
        found += [item["claim"] for item in page["data"]]
        if not page["has_more"]:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert sorted(found) == sorted(map(str, claims))


async def test_an_entitlement_is_shown_with_its_law_its_terms_and_its_revision(benefits: ServiceUnderTest) -> None:
    event: ClaimAssessedV1 = first()
    await settle(benefits, event)
    (shown,) = await listed(benefits, "entitlements")
    assert (shown["law"], shown["revision"], shown["settled_revision"]) == ("Act 4 s.22", 1, 1)
    names = ("scheme", "benefit", "party", "fund", "event", "decision_hash", "refused_for")
    assert {name: shown[name] for name in names} == {
        "scheme": "act4",
        "benefit": "temporary_disablement",
        "party": "person:12",
        "fund": "employment_injury",
        "event": "accident",
        "decision_hash": "ab" * 32,
        "refused_for": None,
    }
    assert shown["terms"] == [
        {
            "per": "day",
            "first": "2026-07-16",
            "last": "2026-08-11",
            "amount": {"amount": "65.33", "currency": "MYR"},
            "whole": {"amount": "1763.91", "currency": "MYR"},
        }
    ]


async def test_announcing_states_every_answered_payment_again_to_projections_only(
    benefits: ServiceUnderTest,
) -> None:
    await enter_payee(benefits)
    await settle(benefits, first())
    await bank_answers(benefits)
    answer = await benefits.call("POST", "/v1/announcements", scopes=["benefits:announcement:write"])
    assert answer.status_code == 202
    await benefits.work_off()
    told, again = await outbox(benefits)
    assert told == again
    async with benefits.database.connection() as connection:
        runs = await connection.fetch("""
            SELECT headers::jsonb ->> 'ce_announcement' AS run FROM outbox
            WHERE type NOT LIKE '%.instructed.%' ORDER BY id
        """)
    assert [row["run"] for row in runs] == [None, answer.json()["run"]]


def test_production_does_not_start_with_the_local_account(issuer: TestIssuer) -> None:
    values: dict[str, Any] = environment(issuer, "postgresql://somewhere/benefits", "somewhere:1", "")
    values["environment"] = "production"
    with pytest.raises(ValueError, match="paying account"):
        BenefitsSettings(**values)
    named = BenefitsSettings(**values, paying_account="514000000001", paying_bic="MBBEMYKL")
    assert named.paying_account == "514000000001"
