"""Who may see what of a claim and of its notice, and lists in pages."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.claims.api.claims import AnswerOut, DecisionOut
from services.claims.domain.relation import Sight
from services.claims.main import openapi_app
from services.claims.queries.decisions import AnswerRead
from services.claims.tests.support import HOSPITAL, notice, rows_in, submit
from shared.security.scopes import routes_without_scope
from shared.testing.service import ServiceUnderTest
from shared.web.money import Money

pytestmark = pytest.mark.postgres

_ASKED = """
    INSERT INTO question (claim, question, tenant, state, reason, waits_for, since, queues, facts, revision)
    VALUES ($1, $2, 'hospital:1', 'awaiting', '', '', now(), '{}', '{}', 0)
"""


async def test_another_partys_notice_and_claim_do_not_exist(claims: ServiceUnderTest) -> None:
    mine = (await submit(claims, notice())).json()
    other: dict[str, Any] = {"party": "hospital:2", "role": "partner"}
    read = ["claims:notice:read", "claims:claim:read"]
    for path, code in (
        (f"/v1/notices/{mine['notice']}", "notice_unknown"),
        (f"/v1/claims/{mine['claim']}", "claim_unknown"),
    ):
        answer = await claims.call("GET", path, scopes=read, **other)
        assert (answer.status_code, answer.json()["code"]) == (404, code)
        assert (await claims.call("GET", path, scopes=read, **HOSPITAL)).status_code == 200
        assert (await claims.call("GET", path, scopes=read)).status_code == 200, "officers see all"
    assert (await claims.call("GET", "/v1/claims", scopes=read, **other)).json()["data"] == []
    assert len((await claims.call("GET", "/v1/claims", scopes=read, **HOSPITAL)).json()["data"]) == 1
    foreign = await claims.call("GET", f"/v1/claims/{mine['claim']}/decisions", scopes=read, **other)
    assert foreign.status_code == 404


async def test_a_list_is_paged_without_loss_or_repeat(claims: ServiceUnderTest) -> None:
    for day in range(1, 6):
        first = {"first": f"2026-07-0{day}", "last": "2026-08-11", "issued_on": "2026-07-15"}
        await submit(claims, notice(happened_on=f"2026-07-0{day}", certificate=first, wages_paid_for=[]))
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await claims.call("GET", f"/v1/claims?limit=2{cursor}", scopes=["claims:claim:read"])).json()
        seen += [each["claim"] for each in page["data"]]
        if not page["has_more"]:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen)) == 5
    unknown = await claims.call("GET", "/v1/claims?colour=blue", scopes=["claims:claim:read"])
    assert (unknown.status_code, unknown.json()["code"]) == (400, "filter_unknown")


async def test_a_question_that_this_release_does_not_ask_is_shown_last(claims: ServiceUnderTest) -> None:
    """Until the claim is asked again, which a new release has done in the background."""
    claim = (await submit(claims, notice())).json()["claim"]
    scopes = ["claims:claim:read"]
    async with claims.database.connection("migrate") as owner:
        for name in ("asked_before", "temporary_disablement"):
            await owner.execute(_ASKED, claim, name)
    shown = (await claims.call("GET", f"/v1/claims/{claim}/questions", scopes=scopes)).json()
    assert [each["question"] for each in shown] == ["temporary_disablement", "asked_before"]


async def test_only_an_officer_has_everything_announced_again(claims: ServiceUnderTest) -> None:
    scopes = ["claims:announcement:write"]
    refused = await claims.call("POST", "/v1/announcements", scopes=scopes, **HOSPITAL)
    assert (refused.status_code, refused.json()["code"]) == (403, "officers_only")
    assert await rows_in(claims) == 0
    assert (await claims.call("POST", "/v1/announcements", scopes=scopes)).status_code == 202


def test_every_route_declares_its_scope() -> None:
    assert routes_without_scope(openapi_app()) == []


def test_a_decision_on_a_certificate_of_a_thousand_years_is_readable() -> None:
    """It was taken before there were bounds; it must be readable to be corrected."""
    nothing = Money.of(0)
    read = DecisionOut(
        revision=1, outcome="entitled", decided_at=datetime(2026, 7, 16, tzinfo=UTC), amount=nothing,
        daily_rate=nothing, days=date.max.toordinal(), provisional=False, hash="", answers=[], inconsistencies=[],
    )  # fmt: skip
    assert read.days == 3_652_059


def test_the_explanation_of_a_widow_and_seventeen_children_is_readable() -> None:
    """One line for each term of each of them: 546."""
    line = "a" * 2000
    read = AnswerRead("dependants_benefit", "entitled", "", False, "", [], [line], [line] * 546, {})
    assert len(AnswerOut.seen(Sight.WORKINGS, read).explanation) == 546
