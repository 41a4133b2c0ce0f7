"""The desk of gazetted figures: one enters, another approves; then it is law here, and who waited for it is decided."""

import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.claims.commands.ask_of_unread_figures import AskOfUnreadFigures, ask_of_unread_figures
from services.claims.commands.compare_entry import CompareEntry, compare_entry
from services.claims.commands.republish_claims import RepublishClaims, republish_claims
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.support import (
    ACCIDENT,
    FIRST,
    SECOND,
    act,
    answer_of,
    answer_task,
    certificate,
    claims_on,
    decide,
    decisions_of,
    let_count,
    propose,
    report,
    tasks_of,
)
from shared.contracts.envelope import Cause
from shared.contracts.law_figures import FigureEnteredV1
from shared.kernel.identifiers import new_id
from shared.law.book import book, let_stand
from shared.law.decision import DecisionRecord
from shared.law.desk import DeskEntry, Instrument, lay_over
from shared.law.determination import replay
from shared.persistence.law_entries import LAID_AFTER
from shared.testing.clock import BusinessClock
from shared.testing.recalling import published_by, recall
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

FACTOR = "act4.permanent_disablement.lump_sum_factor"
STATER = "officer-3"
ENTRY: dict[str, Any] = {
    "instrument": "P.U.(A) 999/2026",
    "gazetted_on": "2026-09-10",
    "law": "Act 4, s.22",
    "in_force": "2026-01-01",
    "rows": [["30", "7479"], ["36", "7001"]],
}


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[ServiceUnderTest]:
    """Claims on a database that was put back."""
    async with claims_on(databases, issuer) as fresh:
        yield fresh


async def enter(claims: ServiceUnderTest, figure: str = FACTOR, **changes: Any) -> tuple[int, dict[str, Any]]:
    """An officer enters it; the status and the answer."""
    path, scopes = f"/v1/figures/{figure}/entries", ["claims:figure:write"]
    answer = await claims.call("POST", path, scopes=scopes, subject=STATER, json={**ENTRY, **changes})
    return answer.status_code, answer.json()


async def enter_and_count(claims: ServiceUnderTest, factor: str) -> None:
    """It is entered, and two officers let it count."""
    assert (await enter(claims, rows=[["30", "7479"], ["36", factor]]))[0] == 201
    assert await decide(claims, "figures", kind="figure_counts") == (201, None)


async def shown(claims: ServiceUnderTest, path: str) -> Any:
    """What officers are shown."""
    answer = await claims.call("GET", path, scopes=["claims:figure:read"])
    assert answer.status_code == 200, answer.text
    return answer.json()


async def waits(claims: ServiceUnderTest) -> str:
    """A board assessed 12 %, and at 36 she takes it as a lump sum: of that age the book has no factor."""
    claim: str = (await report(claims, **ACCIDENT))["claim"]
    await claims.work_off()
    choice = {"option": "lump sum", "applied_on": "2026-09-14", "chosen_on": "2026-09-14"}
    stating: list[dict[str, Any]] = [{"permanent_loss": {"percent": 12}}, {"choice": choice}]
    for stated in stating:
        path, scopes = f"/v1/claims/{claim}/evidence", ["claims:notice:write"]
        said = await claims.call("POST", path, scopes=scopes, subject=STATER, json=stated)
        assert await let_count(claims, said.json()["evidence"]) == (201, None)
    await claims.work_off()
    return claim


async def lump_sum(claims: ServiceUnderTest, claim: str) -> tuple[str, list[str]]:
    """How the question of the loss is answered, and what of it is owed once."""
    found = answer_of((await decisions_of(claims, {"claim": claim}))[-1], "permanent_disablement")
    return found["outcome"], [each["amount"]["amount"] for each in found["terms"] if each["per"] == "once"]


async def look_at(claims: ServiceUnderTest, clock: BusinessClock) -> None:
    """Every process has the entry, and what it touches is asked again."""
    for _ in range(2):
        clock.advance(seconds=LAID_AFTER.total_seconds())
        await claims.work_off()


async def doubts(claims: ServiceUnderTest) -> set[str]:
    return {each["reason"] for each in await tasks_of(claims, "doubt")}


async def test_a_lump_sum_that_waits_for_its_factor_is_decided_when_two_officers_enter_it(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """RM3,120.00 is assumed RM3,150.00: 94.50 at full loss, RM11.34 a day; × 7,001 are RM79,391.34."""
    business_clock.set_day(2026, 9, 14)
    claim = await waits(worker)
    assert "lump_sum_factor_unknown" in await doubts(worker)
    status, stated = await enter(worker)
    assert (status, stated["counts"], book().edition) == (201, None, 0)
    [task] = await tasks_of(worker, "figures")
    changed = {name: value for name, value in task["facts"].items() if name.startswith("row")}
    assert changed == {"rows": 2, "rows_changed": 1, "rows_gone": 0, "row_1": "36, 7001"}
    assert await decide(worker, "figures", kind="figure_counts") == (201, None)
    await look_at(worker, business_clock)
    assert await lump_sum(worker, claim) == ("entitled", ["79391.34"])
    assert "lump_sum_factor_unknown" not in await doubts(worker)

    first, newest = (await shown(worker, f"/v1/figures/{FACTOR}"))["entries"]
    assert (first["certainty"], first["entered"]) == ("derived", None)
    assert (newest["certainty"], newest["in_force"], newest["known"]) == ("gazetted", "2026-01-01", "2026-09-14")
    desk = newest["entered"]
    assert (desk["entered_by"], desk["proposed_by"], desk["approved_by"]) == (STATER, "officer-1", SECOND)
    assert (desk["instrument"], desk["gazetted_on"], desk["edition"]) == ("P.U.(A) 999/2026", "2026-09-10", 1)

    # It was misread: another entry of the same day stands from now on.
    await enter_and_count(worker, "7010")
    await look_at(worker, business_clock)
    assert await lump_sum(worker, claim) == ("entitled", ["79493.40"])
    await every_record_is_made_again(worker)


async def every_record_is_made_again(claims: ServiceUnderTest) -> None:
    """By the book as it is now, in a process that has just begun: those before the factor, with it, and corrected."""
    let_stand(None)
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await uow.law_entries.lay()
    async with claims.database.connection() as connection:
        found = [DecisionRecord(bytes(row["body"])) for row in await connection.fetch("SELECT body FROM record")]
    assert book().edition == 2
    assert [replay(each).canonical for each in found] == [each.canonical for each in found]
    assert {each.body["days"].get("edition", 0) for each in found} == {0, 1, 2}


async def test_exactly_what_looked_the_figure_up_is_asked_again(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 9, 14)
    claim = await waits(worker)
    days = certificate("2026-06-10", "2026-06-20")
    await report(worker, happened_on="2026-06-10", certificate=days, wages_paid_for=["2026-06-10"])
    await worker.work_off()
    await enter_and_count(worker, "7001")
    assert await compared(worker, again=False) == {UUID(claim)}
    await look_at(worker, business_clock)
    assert await compared(worker, again=True) == set()


async def compared(claims: ServiceUnderTest, *, again: bool) -> set[UUID]:
    """The claims that a look at the first entry lists."""
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await compare_entry(CompareEntry(1, again=again), uow)
    async with claims.database.connection() as connection:
        return {row["claim"] for row in await connection.fetch("SELECT claim FROM claim_to_ask")}


_DAYS, _REVIEWS = "act4.calendar.payment_days", "act4.increases.reviews"
_HOLIDAYS, _RATES = "act4.calendar.public_holidays", "act4.rehabilitation.provider_rates"
_OUTSIDE = [["2027-01", "2027-02-20", "not moved", "calendar of 2027"]]
_BACKWARDS = [["2026-01-01", "1.0", "9.0"], ["2023-01-01", "0.7", "9.4"]]


async def test_what_cannot_be_an_entry_is_refused_and_nothing_is_kept(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 9, 14)
    unfit = (422, "figure_entry_unfit")
    for figure, changes, refused in (
        ("act4.of.nothing", {}, (404, "figure_unknown")),
        ("act4.daily_rate.floor", {"rows": [["31.00"]]}, (409, "figure_not_entered")),
        (FACTOR, {"rows": [["36", "-7001"]]}, unfit),
        (FACTOR, {"rows": [["36", "0"]]}, unfit),
        (FACTOR, {"rows": [["36", "7001"], ["30", "7479"]]}, unfit),
        (FACTOR, {"rows": [["30", "7479"]], "in_force": "2013-01-01"}, unfit),
        (FACTOR, {"rows": [], "in_force": "2012-12-31"}, unfit),
        (FACTOR, {"rows": []}, unfit),
        (FACTOR, {"rows": [["30", "7479"], ["36", "99999999999999999999"]]}, unfit),
        (_HOLIDAYS, {"rows": [["20261225", "Christmas"]]}, unfit),
        (_HOLIDAYS, {"rows": [], "in_force": "2013-01-01"}, unfit),
        (FACTOR, {"gazetted_on": "2026-09-15"}, unfit),
        (_DAYS, {"rows": _OUTSIDE}, unfit),
        (_REVIEWS, {"rows": _BACKWARDS}, unfit),
    ):
        status, told = await enter(claims, figure, **changes)
        assert (status, told["code"]) == refused, (figure, changes)
        assert "-7001" not in str(told), "what was sent is not repeated"
    assert await tasks_of(claims, "figures") == []
    async with claims.database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM figure_entry") == 0


async def test_a_figure_that_may_end_ends_on_the_first_day_of_what_stands_and_begins_again(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 9, 14)
    for rows in ([["physiotherapy", "170.00"]], [], [["physiotherapy", "180.00"]]):
        assert (await enter(claims, _RATES, rows=rows, law="Act 4, s.57"))[0] == 201
        assert await decide(claims, "figures", kind="figure_counts") == (201, None)
        status, told = await enter(claims, _RATES, rows=rows, law="Act 4, s.57")
        assert (status, told["code"]) == (422, "figure_entry_unfit"), "the book says just that"
    entries = (await shown(claims, f"/v1/figures/{_RATES}"))["entries"]
    assert [each["rows"] for each in entries] == [[["physiotherapy", "170.00"]], [], [["physiotherapy", "180.00"]]]


async def test_the_entry_that_corrects_a_calendar_which_ended_finds_its_officers(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 9, 14)
    said = Instrument("P.U.(A) 998/2026", date(2026, 9, 10), "Holidays Act 1951, s.2")
    lay_over([DeskEntry(1, new_id(), _HOLIDAYS, date(2013, 1, 1), date(2026, 9, 14), (), said)])
    rows = [["2026-09-16", "Malaysia Day"]]
    assert (await enter(claims, _HOLIDAYS, rows=rows, in_force="2013-01-01", law=said.law))[0] == 201
    assert len(await tasks_of(claims, "figures")) == 1


async def test_what_is_refused_is_no_law_and_an_approval_is_of_the_law_that_was_seen(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 9, 14)
    for _ in range(3):
        assert (await enter(claims))[0] == 201
    first, second, third = await tasks_of(claims, "figures")
    assert await answer_task(claims, first, kind="figure_refused") == (201, None)
    await propose(claims, third, {"kind": "figure_counts"})
    assert await answer_task(claims, second, kind="figure_counts") == (201, None)
    approval: dict[str, Any] = {"scopes": ["claims:task:write", "claims:figures:decide"], "subject": SECOND}
    path, seen = f"/v1/tasks/{third['task']}/approvals", third["revision"]
    codes = []
    for revision in (seen, seen + 1):
        late = await claims.call("POST", path, json={"revision": revision}, **approval)
        codes.append((late.status_code, late.json()["code"]))
    assert codes == [(412, "revision_stale"), (422, "figure_entry_unfit")], "the book says just that by now"
    entries = (await shown(claims, f"/v1/figures/{FACTOR}/entries"))["data"]
    assert sorted(str(each["counts"]) for each in entries) == ["False", "None", "True"]
    assert [(each["figure"], each["may_end"]) for each in await shown(claims, "/v1/figures")] == sorted(
        (name, figure.ends) for name, figure in book().figures.items() if figure.entered
    )


async def test_what_counts_is_known_again_with_its_edition_and_is_stated_again(
    claims: ServiceUnderTest, again: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 9, 14)
    for factor in ("7001", "7010"):
        await enter_and_count(claims, factor)
    told = await entered_by(claims)
    assert [(each.edition, each.cells[1], each.known.isoformat()) for each in told] == [
        (1, ("36", "7001"), "2026-09-14"),
        (2, ("36", "7010"), "2026-09-14"),
    ]
    await recall(claims, again)
    let_stand(None)
    entries = (await shown(again, f"/v1/figures/{FACTOR}"))["entries"]
    assert [each["entered"]["approved_by"] for each in entries if each["entered"]] == ["claims:restore"] * 2
    assert book().edition == 2
    async with again.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await republish_claims(RepublishClaims("run"), uow)
    assert [each.model_dump() for each in await entered_by(again)] == [each.model_dump() for each in told]
    await enter_and_count(again, "7020")
    assert [each.edition for each in await entered_by(again)] == [1, 2, 3]


async def entered_by(claims: ServiceUnderTest) -> list[FigureEnteredV1]:
    """What was published of figures."""
    return [each for each in await published_by(claims) if isinstance(each, FigureEnteredV1)]


async def test_what_an_earlier_release_let_count_and_this_one_cannot_read_is_set_aside_with_a_task(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """An age that no rule would look up, entered when nobody checked it; what came after it is law all the same."""
    business_clock.set_day(2026, 9, 14)
    claim = await waits(worker)
    wrong = await _let_count_before(worker, [["030", "7479"]])
    assert (await enter(worker, in_force="2026-02-01"))[0] == 201
    assert await decide(worker, "figures", kind="figure_counts") == (201, None)
    await look_at(worker, business_clock)
    assert book().edition == 2
    assert await lump_sum(worker, claim) == ("entitled", ["79391.34"])
    [task] = await tasks_of(worker, "figures")
    assert (task["reason"], task["subject"]["id"], task["facts"]["row_1"]) == ("figure_unread", wrong, "030, 7479")
    assert await answer_task(worker, task, kind="figure_counts") == (422, "figure_entry_unfit")
    assert (await act(worker, f"{task['task']}/releases", FIRST))[0] == 201
    [task] = await tasks_of(worker, "figures")
    assert await answer_task(worker, task, kind="figure_refused") == (201, None)
    await _compared(worker)
    assert await tasks_of(worker, "figures") == [], "two officers have seen it"


async def test_nobody_looks_at_what_was_set_aside_once_it_is_entered_rightly(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 9, 14)
    await _let_count_before(worker, [["030", "7479"]])
    await _compared(worker)
    [task] = await tasks_of(worker, "figures")
    assert task["reason"] == "figure_unread"
    assert (await enter(worker))[0] == 201
    [entered] = [each for each in await tasks_of(worker, "figures") if each["reason"] == "figure_entered"]
    assert await answer_task(worker, entered, kind="figure_counts") == (201, None)
    await look_at(worker, business_clock)
    assert await tasks_of(worker, "figures") == []


async def _let_count_before(claims: ServiceUnderTest, rows: list[list[str]]) -> str:
    """As a release did that did not check it; the entry."""
    entry = new_id()
    async with claims.database.connection("migrate") as owner:
        for statement in (
            """INSERT INTO figure_entry (id, tenant, figure, in_force, cells, law, instrument, gazetted_on, stated_by,
                                         stated_at)
               VALUES ($1, 'organisation:1', $2, '2026-01-01', $3, 'Act 4, s.22', 'P.U.(A) 998/2026', '2026-01-01',
                       'officer-3', now())""",
            """INSERT INTO figure_entry_answer (figure_entry, tenant, counts, edition, known, proposed_by, approved_by,
                                                at)
               SELECT $1, 'organisation:1', true, 1, '2026-09-01', 'officer-1', 'officer-2', now()
               WHERE CAST($2 AS text) IS NOT NULL AND CAST($3 AS jsonb) IS NOT NULL""",
            """INSERT INTO law_entry (edition, entry, figure, in_force, known, cells, law, instrument, gazetted_on)
               VALUES (1, $1, $2, '2026-01-01', '2026-09-01', $3, 'Act 4, s.22', 'P.U.(A) 998/2026', '2026-01-01')""",
        ):
            await owner.execute(statement, entry, FACTOR, json.dumps(rows))
    return str(entry)


async def _compared(claims: ServiceUnderTest) -> None:
    """As the timer does at the beginning of a release or a day."""
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await ask_of_unread_figures(AskOfUnreadFigures(), uow)
