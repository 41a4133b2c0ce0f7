"""Who reads whose data is written down before it is told, and the person reads who did (decision 93)."""

from typing import Any

import pytest

from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.api.test_appeals import appeal, call
from services.claims.tests.api.test_benefit_letters import asked, opened, suspended
from services.claims.tests.commands.test_death import insured_worker
from services.claims.tests.commands.test_kinds import stated_and_approved
from services.claims.tests.files.letters import READ_LETTERS, letters_after
from services.claims.tests.support import (
    ACCIDENT,
    EMPLOYER,
    FIRST,
    HOSPITAL,
    OF_TASKS,
    OFFICER,
    PERSON,
    READ,
    WRITE,
    apply_events,
    certificate,
    propose,
    read,
    registered,
    report,
    tasks_of,
)
from shared.contracts.envelope import Cause
from shared.kernel.identifiers import new_id, person_id
from shared.kernel.reading import Purpose
from shared.testing.clock import BusinessClock
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

HERSELF: dict[str, Any] = {"party": f"person:{PERSON}", "role": "partner"}
LOG = "claims:read_log:read"
_CLAIM = "/v1/claims/{claim}"


async def read_by(
    claims: ServiceUnderTest, who: dict[str, Any], person: int = PERSON, **filters: Any
) -> list[dict[str, Any]]:
    """What somebody is shown of who read her data."""
    path = f"/v1/persons/{person_id(person)}/reads"
    answer = await claims.call("GET", path, scopes=[LOG], params=filters, **who)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def rows(claims: ServiceUnderTest, route: str = "%") -> list[dict[str, Any]]:
    """The rows of the log, with the numbers of people that each is about, oldest first."""
    async with claims.database.connection("migrate") as owner:
        found = await owner.fetch(
            "SELECT read_log.*, ARRAY(SELECT person FROM read_log_person WHERE read = id ORDER BY person) AS persons "
            "FROM read_log WHERE route LIKE $1 ORDER BY id",
            route,
        )
    return [dict(row) for row in found]


@pytest.fixture
async def claim(worker: ServiceUnderTest) -> str:
    """A claim about her, reported by her employer and assessed."""
    found: str = (await report(worker, **ACCIDENT))["claim"]
    await worker.work_off()
    return found


async def test_an_officer_says_for_what_it_reads_and_a_partner_may(claims: ServiceUnderTest, claim: str) -> None:
    path = f"/v1/claims/{claim}"
    for said, code in (("", "purpose_missing"), ("curiosity", "purpose_unknown"), ("CLAIM", "purpose_unknown")):
        answer = await claims.call("GET", path, scopes=READ, headers={"purpose": said})
        assert (answer.status_code, answer.json()["code"]) == (400, code)
        assert answer.json()["errors"][0]["allowed"] == list(Purpose)
    employer: dict[str, Any] = {"party": f"employer:{EMPLOYER}", "role": "partner"}
    refused = await claims.call("GET", path, scopes=READ, headers={"purpose": "curiosity"}, **employer)
    assert refused.json()["code"] == "purpose_unknown"
    assert await rows(claims, _CLAIM) == []
    for who, said in ((employer, ""), (employer, "support"), (HERSELF, "")):
        assert (await claims.call("GET", path, scopes=READ, headers={"purpose": said}, **who)).status_code == 200
    kept = [(row["tenant"], row["purpose"], row["persons"]) for row in await rows(claims, _CLAIM)]
    assert kept == [("employer:3", None, [7]), ("employer:3", "support", [7]), ("person:7", None, [7])]


async def test_she_reads_who_read_and_for_what_and_nobody_else_does(claims: ServiceUnderTest, claim: str) -> None:
    about: dict[str, Any] = {"subject": FIRST, "office": "melaka", "headers": {"purpose": "appeal"}}
    await claims.call("GET", f"/v1/claims/{claim}/decisions", scopes=READ, **about)
    await claims.call("GET", "/v1/claims", scopes=READ, headers={"purpose": "statistics"})
    await claims.call("GET", f"/v1/claims/{claim}", scopes=READ, **HERSELF)
    # Of what is not told to anybody there is nothing to keep.
    await claims.call("GET", f"/v1/claims/{new_id()}", scopes=READ)
    await claims.call("GET", "/v1/claims", scopes=READ, **HOSPITAL)
    listed, decided = await read_by(claims, HERSELF)
    shown = {name: decided[name] for name in ("party", "role", "office", "route", "data", "purpose", "subject", "path")}
    assert shown == {
        "party": "organisation:1",
        "role": "officer",
        "office": "melaka",
        "route": "/v1/claims/{claim}/decisions",
        "data": ["claim", "health", "wage"],
        "purpose": "appeal",
        "subject": None,
        "path": None,
    }
    assert (listed["route"], listed["purpose"]) == ("/v1/claims", "statistics")
    own = [each["route"] for each in await read_by(claims, HERSELF, own=True)]
    assert own == ["/v1/persons/{person}/reads", _CLAIM, listed["route"], decided["route"]]
    auditor: dict[str, Any] = {"headers": {"purpose": "audit"}}
    officers = await read_by(claims, auditor)
    assert (officers[-1]["subject"], officers[-1]["path"]) == (FIRST, f"/v1/claims/{claim}/decisions")
    assert (await read_by(claims, auditor))[0]["purpose"] == "audit", "who reads the log is in it"
    for stranger in ({"party": "person:8", "role": "partner"}, HOSPITAL, {"party": "employer:3", "role": "partner"}):
        assert await read_by(claims, stranger) == []


async def test_figures_of_a_few_claims_tell_of_each(claims: ServiceUnderTest, claim: str) -> None:
    """Of one claim in a day they tell whether people looked at it, and why."""
    day = (await read(claims, f"/v1/claims/{claim}"))["received_at"][:10]
    asked: dict[str, Any] = {"scopes": ["claims:statistics:read"], "subject": "statistician"}
    for first, purpose in ((day, "statistics"), ("2020-01-01", "fraud")):
        more: dict[str, Any] = {"params": {"first": first}, "headers": {"purpose": purpose}}
        assert (await claims.call("GET", "/v1/straight-through", **asked, **more)).status_code == 200
    told = [(row["subject"], row["purpose"], row["persons"]) for row in await rows(claims, "/v1/straight-through")]
    assert told == [("statistician", "statistics", [PERSON]), ("statistician", "fraud", [PERSON])]
    assert {each["route"] for each in await read_by(claims, HERSELF)} >= {"/v1/straight-through"}
    no_claims: dict[str, Any] = {"params": {"first": "2020-01-01", "last": "2020-01-02"}}
    assert (await claims.call("GET", "/v1/straight-through", **asked, **no_claims)).status_code == 200
    assert len(await rows(claims, "/v1/straight-through")) == 2, "of none there is nothing to keep"


async def test_whom_a_decision_owes_reads_who_was_told_of_it(claims: ServiceUnderTest) -> None:
    """The widow's share stands in the claim of her husband's death; her sister has no part in it."""
    await insured_worker(claims)
    await report(claims, died_on="2026-07-15")
    await claims.work_off()
    shown = (await read(claims, "/v1/claims"))["data"]
    death = next(str(each["claim"]) for each in shown if each["kind"] == "death")
    await claims.call("GET", f"/v1/claims/{death}", scopes=READ, subject="o-before")
    await apply_events(claims, registered(21).model_copy(update={"id_tokens": ()}))
    await stated_and_approved(claims, death, dependant={"person": person_id(21), "relation": "widow"})
    about: dict[str, Any] = {"subject": "o-after", "headers": {"purpose": "appeal"}}
    await claims.call("GET", f"/v1/claims/{death}/decisions", scopes=READ, **about)
    told = [row for row in await rows(claims) if row["subject"] in ("o-before", "o-after")]
    assert [row["persons"] for row in told] == [[PERSON], [PERSON, 21]]
    widow: dict[str, Any] = {"party": "person:21", "role": "partner"}
    assert "appeal" in {each["purpose"] for each in await read_by(claims, widow, 21)}
    sister: dict[str, Any] = {"party": "person:22", "role": "partner"}
    assert await read_by(claims, sister, 21) == []


async def test_what_cannot_be_written_down_is_not_told_and_not_done(claims: ServiceUnderTest, claim: str) -> None:
    stated = {"permanent_loss": {"percent": 12}}
    await claims.call("POST", f"/v1/claims/{claim}/evidence", scopes=WRITE, subject=FIRST, json=stated)
    await claims.work_off()
    [task] = await tasks_of(claims, "evidence")
    async with claims.database.connection("migrate") as owner:
        await owner.execute("REVOKE INSERT ON read_log FROM claims_api")
        read = await claims.call("GET", f"/v1/claims/{claim}", scopes=READ)
        key = str(new_id())
        take: dict[str, Any] = {"scopes": OF_TASKS, "subject": FIRST, "key": key}
        taken = await claims.call("POST", f"/v1/tasks/{task['task']}/takings", **take)
        await owner.execute("GRANT INSERT ON read_log TO claims_api")
    for answer in (read, taken):
        assert (answer.status_code, answer.json()["code"]) == (503, "read_not_logged")
        assert answer.headers["retry-after"]
        assert "claim" not in answer.json()
    assert (await tasks_of(claims, "evidence"))[0]["state"] == "open"
    # The same again with the same key: nothing was kept of the first.
    for replayed in (None, "true"):
        again = await claims.call("POST", f"/v1/tasks/{task['task']}/takings", **take)
        assert (again.status_code, again.headers.get("idempotency-replayed")) == (201, replayed)
    taken_rows = await rows(claims, "/v1/tasks/{task}/takings")
    assert [(row["subject"], row["persons"]) for row in taken_rows] == [(FIRST, [PERSON])] * 2, "told twice, read twice"


async def test_a_refusal_that_says_what_changed_is_read_too(claims: ServiceUnderTest, claim: str) -> None:
    stated = {"permanent_loss": {"percent": 12}}
    await claims.call("POST", f"/v1/claims/{claim}/evidence", scopes=WRITE, subject=FIRST, json=stated)
    await claims.work_off()
    [task] = await tasks_of(claims, "evidence")
    await propose(claims, task, {"kind": "evidence_counts", "evidence": str(new_id())})
    more = {**ACCIDENT, "certificate": certificate("2026-08-25", "2026-09-30")}
    await report(claims, "hospital:1", **more)
    await claims.work_off()
    route = "/v1/tasks/{task}/approvals"
    for who, revision, code in (("o-7", task["revision"], "revision_stale"), (FIRST, 0, "approver_is_proposer")):
        path, says = f"/v1/tasks/{task['task']}/approvals", {"revision": revision}
        refused = await claims.call("POST", path, scopes=OF_TASKS, subject=who, json=says)
        assert refused.json()["code"] == code
        assert any("change" in each for each in refused.json().get("errors", [])) == (who != FIRST)
    assert [(row["subject"], row["persons"]) for row in await rows(claims, route)] == [("o-7", [PERSON])]
    async with claims.database.connection("migrate") as owner:
        await owner.execute("REVOKE INSERT ON read_log FROM claims_api")
        refused = await claims.call("POST", path, scopes=OF_TASKS, subject="o-7", json={"revision": task["revision"]})
        await owner.execute("GRANT INSERT ON read_log TO claims_api")
    assert (refused.status_code, refused.json()["code"]) == (503, "read_not_logged")


async def test_a_letter_tells_of_whose_matter_it_is_whoever_reads_it(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Her employer is asked about her, one who acts for her reads what became of her benefit: it is her data."""
    business_clock.set_day(2026, 8, 26)
    await report(worker, "hospital:1", **{**ACCIDENT, "wages_paid_for": []})
    await worker.work_off()
    to_guardian: dict[str, Any] = {"written_to": ("person:50",)}
    await worker.consume(asked(1, **to_guardian), suspended(**to_guardian), opened(**to_guardian))
    business_clock.advance(hours=2)
    told = {}
    for each in await letters_after(worker):
        await worker.call("GET", f"/v1/letters/{each['letter']}", scopes=READ_LETTERS, subject=FIRST)
        told[each["about"].partition("/")[0]] = (await rows(worker, "/v1/letters/{letter}"))[-1]["persons"]
    both = [PERSON, 50]
    of_benefits = {"certificate": both, "suspension": both, "recovery": both}
    assert told == {"claim": [PERSON], "evidence_request": [PERSON], **of_benefits}


async def test_a_letter_of_before_names_whose_it_is_in_its_first_lines(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Written when no letter said it as data: whoever acts for her read them, and it is her data all the same."""
    business_clock.set_day(2026, 8, 26)
    to_guardian: dict[str, Any] = {"written_to": ("person:50",)}
    await worker.consume(asked(1, **to_guardian), suspended(**to_guardian), opened(**to_guardian))
    business_clock.advance(hours=2)
    letters = await letters_after(worker)
    async with worker.database.connection("migrate") as owner:
        await owner.execute("ALTER TABLE letter DISABLE TRIGGER never_changed")
        said = "convert_to(CAST(CAST(convert_from(content, 'UTF8') AS jsonb) #- '{says,of}' AS text), 'UTF8')"
        await owner.execute(f"UPDATE letter SET content = {said}")  # noqa: S608 - a constant
        await owner.execute("ALTER TABLE letter ENABLE TRIGGER never_changed")
    told = {}
    for each in letters:
        await worker.call("GET", f"/v1/letters/{each['letter']}", scopes=READ_LETTERS, subject=FIRST)
        told[each["about"].partition("/")[0]] = (await rows(worker, "/v1/letters/{letter}"))[-1]["persons"]
    assert told == {key: [PERSON, 50] for key in ("certificate", "suspension", "recovery")}


async def test_a_row_is_never_changed_and_goes_after_seven_years(claims: ServiceUnderTest, claim: str) -> None:
    await claims.call("GET", f"/v1/claims/{claim}", scopes=READ)
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        assert await uow.reads.forget() == 0
    async with claims.database.connection("migrate") as owner:
        for statement in (
            "UPDATE read_log SET purpose = 'audit'",
            "DELETE FROM read_log",
            "DELETE FROM read_log_person",
            "DELETE FROM read_log_about",
            "UPDATE read_log_about SET kind = 'task'",
            "TRUNCATE read_log",
        ):
            with pytest.raises(Exception, match="never changed"):
                await owner.execute(statement)
        for table, name in (("read_log", "id"), ("read_log_person", "read"), ("read_log_about", "read")):
            await owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER never_changed")
            # As if it had been read then: an id has its time in its first bits.
            moved = f"CAST('0150' || substr({name}::text, 5) AS uuid)"
            await owner.execute(f"UPDATE {table} SET {name} = {moved}")  # noqa: S608 - constants
            await owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER never_changed")
    async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        assert await uow.reads.forget() == 1
        assert await uow.reads.forget() == 0
    async with claims.database.connection("migrate") as owner:
        assert await owner.fetchval("SELECT count(*) FROM read_log_about") == 0
    assert await read_by(claims, HERSELF) == []


async def test_who_files_an_appeal_and_takes_it_back_stands_in_the_log(worker: ServiceUnderTest) -> None:
    reported = await report(worker, **ACCIDENT)
    await worker.work_off()
    _, filed = await appeal(worker, str(reported["claim"]), OFFICER, subject="officer-3", person=person_id(PERSON))
    assert (await call(worker, "POST", f"appeals/{filed['appeal']}/withdrawal"))[0] == 201
    found = {each["route"]: each["persons"] for each in await rows(worker, "%appeals%")}
    assert found == {"/v1/claims/{claim}/appeals": [PERSON], "/v1/appeals/{appeal}/withdrawal": [PERSON]}
