"""The five services, each on a database of its own with something in it, and the ids of what is in it."""

import json
import random
import zipfile
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from typing import Any

from fastapi.routing import iter_route_contexts

from services.benefits import main as benefits
from services.benefits.domain import queues as benefits_queues
from services.benefits.settings import BenefitsSettings
from services.benefits.tests import support as paying
from services.benefits.tests.api import years
from services.benefits.worker import work as benefits_work
from services.claims import main as claims
from services.claims.domain import queues
from services.claims.settings import ClaimsSettings
from services.claims.tests import support as claiming
from services.claims.worker import work as claims_work
from services.jobs import main as jobs
from services.jobs.settings import JobsSettings
from services.jobs.tests.support import Jobs
from services.jobs.worker import work as jobs_work
from services.registration import main as registration
from services.registration.domain import queues as registration_queues
from services.registration.files.contribution_file import render
from services.registration.settings import RegistrationSettings
from services.registration.tests import support as registering
from services.registration.worker import work as registration_work
from services.rehab import main as rehab
from services.rehab.domain import queues as rehab_queues
from services.rehab.settings import RehabSettings
from services.rehab.tests.support import Rehab, accident
from services.rehab.worker import work as rehab_work
from shared.inbound.cloudevents import BATCH, STRUCTURED
from shared.kernel.clock import today
from shared.kernel.identifiers import employer_id, new_id, person_id
from shared.security.scopes import declared_scope
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest, service_under_test
from shared.testing.tokens import TestIssuer
from tests.architecture.apps import APPS, document_of

# Of what is found under one name, so many are kept: the first, and the last.
MOST_KEPT = 8
_MEMBERS = frozenset(
    {"person", "employer", "claim", "notice", "spell", "file", "bank_file", "referral", "seeker", "offer", "placement"}
    | {"event"}
    | {
        "bill",
        "task",
        "evidence",
        "message_id",
        "end_to_end_id",
        "employer_code",
        "revision",
        "version",
        "next_cursor",
        "centre",
    }
    | {"number", "receipt", "recovery", "repayment", "agreement"}
    | {"search", "fact", "identity"}
    | {"relation", "relative", "register_statement", "statement", "opening_file"}
    | {"survivor", "inspection", "assessment", "compound", "upload", "archive", "erasure"}
    | {"investigation", "particular", "question", "complaint", "authorisation", "appeal"}
    | {"case", "session"}
    | {"registration", "payment"}
    | {"document", "request"}
    | {"figure"}
)
_OF_SEVERAL = frozenset({"statement"})
# They change while the rest of an item stays.
_COUNTED = frozenset({"revision", "version"})
# Well-formed; the first two are registered.
NATIONAL_IDS = (registering.MYKAD, registering.OTHER_MYKAD, *(f"90020{day}14567{day}" for day in range(1, 9)))
# What is uploaded in parts: a month that nobody else declares.
UPLOADED = registering.months_at_2480("2024-05")

Seeding = Callable[["World"], Awaitable[None]]


@dataclass
class World:
    """A service with its worker at rest, and what is known of what is in it, by the name of the member."""

    name: str
    service: ServiceUnderTest
    scopes: frozenset[str]
    known: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    # Tasks with a proposal of an officer whom no case is sent as, and those that the ones whom they are sent as took.
    proposed: list[dict[str, Any]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    _items: dict[frozenset[tuple[str, Any]], dict[str, Any]] = field(default_factory=dict)

    def learn(self, body: Any, asked: Mapping[str, Any] | None = None, collection: str = "") -> None:
        """Keep the ids that stand in an answer, and of each of its items those that stand together.

        `asked` are those of the path that was asked: an item is of them. What several collections call by one name is
        kept by the collection too.
        """
        for item in _items_of(body):
            together = {name: value for name, value in {**(asked or {}), **item}.items() if name in _MEMBERS}
            named = frozenset((name, value) for name, value in together.items() if name not in _COUNTED)
            self._items[named] = together
        for name, value in _members(body):
            if name in _MEMBERS:
                _keep(self.known[name], value)
            if name in _OF_SEVERAL and collection:
                _keep(self.known[f"{collection}/{name}"], value)

    def any(self, name: str, dice: random.Random, collection: str = "") -> Any:
        """Something that is known under this name, of the collection if any of it is, or None."""
        found = self.known.get(f"{collection}/{name}") or self.known[name]
        return dice.choice(found) if found else None

    def together(self, names: Collection[str], dice: random.Random) -> dict[str, Any]:
        """What is known under these names of one item, of its newest revision; nothing where no item has them all."""
        fitting = [each for each in self._items.values() if each.keys() >= set(names)]
        return {name: value for name, value in dice.choice(fitting).items() if name in names} if fitting else {}

    @cached_property
    def document(self) -> dict[str, Any]:
        """The OpenAPI document of the service: a test may have it say something else."""
        return deepcopy(document_of(self.name))

    def operations(self) -> set[str]:
        """The ids of the operations that the service describes."""
        paths = self.document["paths"].values()
        return {each["operationId"] for path in paths for each in path.values()}

    async def list_tasks(self, **asked: str) -> list[dict[str, Any]]:
        """Tasks as an officer of all queues and offices finds them, by `state` or what else a list is asked for."""
        params = {"limit": "100", **asked}
        listed = await self.service.call("GET", "/v1/tasks", scopes=self.scopes, params=params)
        found: list[dict[str, Any]] = listed.json()["data"]
        return found

    async def look_around(self) -> None:
        """Read what can be read, so that what was made by the seeding is known."""
        dice = random.Random(1)
        for path, operations in self.document["paths"].items():
            if "get" not in operations:
                continue
            needed = [each for each in operations["get"].get("parameters", []) if each["required"]]
            values = {each["name"]: self.any(each["name"], dice, collection_of(path, each["name"])) for each in needed}
            if None in values.values():
                continue
            query = {each["name"]: values[each["name"]] for each in needed if each["in"] == "query"}
            address = path.format(**values)
            answer = await self.service.call("GET", address, scopes=self.scopes, params=query)
            assert answer.status_code < 500, f"{address}: {answer.text}"
            if answer.is_success and answer.headers["content-type"].startswith("application/json"):
                self.learn(answer.json(), values, collection_of(path, ""))

    async def refill(self) -> None:
        """Let there be again what the operations of a round use up."""
        if self.name in REFILLS:
            await REFILLS[self.name](self)

    async def rest(self) -> None:
        """Work off what is due, and see that none of it failed."""
        await self.service.work_off()
        async with self.service.database.connection("migrate") as connection:
            failed = await connection.fetch("SELECT kind, failed FROM due_work WHERE attempts > 0")
        assert [dict(row) for row in failed] == []


def collection_of(path: str, name: str) -> str:
    """The collection whose item a path names so, or, where it names none, the one that it is."""
    before = path.partition("/{" + name + "}")[0]
    return before.rpartition("/")[2]


def _keep(kept: list[Any], value: Any) -> None:
    if value not in kept:
        kept.append(value)
        if len(kept) > MOST_KEPT:
            del kept[MOST_KEPT // 2]


def _items_of(body: Any) -> Iterator[dict[str, Any]]:
    """The items of a list or a page, or the one item, with the members that are ids or numbers."""
    inner = body.get("data", body) if isinstance(body, dict) else body
    for each in inner if isinstance(inner, list) else [inner]:
        if isinstance(each, dict):
            yield {name: value for name, value in each.items() if isinstance(value, str | int)}


def _members(body: Any) -> Iterator[tuple[str, Any]]:
    for name, value in body.items() if isinstance(body, dict) else ():
        if isinstance(value, str | int) and not isinstance(value, bool):
            yield name, value
        yield from _members(value)
    for each in body if isinstance(body, list) else ():
        yield from _members(each)


async def _seed_registration(world: World) -> None:
    register = registering.Register(world.service)
    employer, person = await register.worker_of()
    other = await register.employer(registering.OTHER_CODE)
    second = await register.person(registering.OTHER_MYKAD, born_on="1985-06-15")
    spell = await register.spell(second, other)
    late = {"ended_on": "2024-06-30"}
    await register.as_party(
        "POST", f"/v1/spells/{spell}/end", "registration:spell:write", registering.party_of(other), json=late
    )
    job = await register.sent(employer, registering.months_at_2480("2026-05", "2026-06"))
    await _seed_receipts(world, register, employer)
    await _seed_events(world, registering.party_of(employer))
    world.learn([{"employer_code": code} for code in (registering.CODE, registering.OTHER_CODE)])
    world.learn(
        [{"employer": employer, "person": person}, {"employer": other, "person": second}, {"spell": spell}, job]
    )
    await _seed_refunds(world, register, other)
    await _seed_legacy_files(world, register, employer)
    await _seed_people(world, register, person)
    await _seed_matters(world, register, employer, person)
    await _seed_family(world, person, second)
    await _seed_register_statements(world)
    await _seed_opening_file(world)
    await _seed_employer_facts(world, register, employer, other)
    await _seed_late_month(register, employer)
    await _seed_bank_statement(world)
    await _seed_archive(world)
    await _begin_uploads(world)
    await _seed_skbbk(world, register)
    await _seed_schemes(world, register)


async def _seed_events(world: World, party: str) -> None:
    """What a party pushed: the examples of the document, each of which is answered."""
    path = world.document["paths"]["/v1/events"]["post"]
    asked: dict[str, Any] = {
        "scopes": world.scopes,
        "party": party,
        "role": "partner",
        "headers": {"content-type": BATCH},
    }
    events = [each["value"] for each in path["requestBody"]["content"][STRUCTURED]["examples"].values()]
    answer = await world.service.call("POST", "/v1/events", json=events, **asked)
    assert answer.status_code == 202, answer.text
    world.learn(answer.json())


async def _seed_receipts(world: World, register: registering.Register, employer: str) -> None:
    """One that was expected, others that were not; of some an attribution or a counter-entry waits, and one is an
    officer's."""
    receipts = [await register.banked(employer, "2026-05", "64.90", f"FPX {number}") for number in range(4)]
    await register.said(receipts[1], "attributions", "officer-8")
    await register.said(receipts[2], "counter-entries", "officer-8")
    stated = await _stated_receipt(world, employer, "SLIP 1")
    world.learn([{"receipt": each} for each in (*receipts, stated)])


async def _stated_receipt(world: World, employer: str, reference: str) -> str:
    """One that an officer stated; it waits for another one."""
    body = {"employer": employer, "month": "2026-06", "banked_on": "2026-07-15", "reference": reference}
    amount = {"amount": {"amount": "1.00", "currency": "MYR"}}
    path, scopes = "/v1/contribution-receipts", world.scopes
    stated = await world.service.call("POST", path, scopes=scopes, subject="officer-8", json=body | amount)
    return str(stated.json()["receipt"])


async def _seed_employer_facts(world: World, register: registering.Register, *employers: str) -> None:
    """Where each of them is and what it does, which may be taken back."""
    for employer in employers:
        path, party, scope = f"/v1/employers/{employer}/facts", registering.party_of(employer), "registration:employer"
        for fact in ({"attribute": "state", "value": "melaka"}, {"attribute": "sector", "value": "C"}):
            stated = await register.as_party("POST", path, f"{scope}:state", party, json=fact)
            assert stated.status_code == 201, stated.text
        world.learn((await register.as_party("GET", path, f"{scope}:read", party)).json(), {"employer": employer})


async def _seed_late_month(register: registering.Register, employer: str) -> None:
    """The month of the document's example was declared and banked late: interest is charged that may be waived."""
    await register.sent(employer, registering.months_at_2480("2026-04"))
    await register.banked(employer, "2026-04", "64.90", "late")


async def _seed_bank_statement(world: World) -> None:
    """The document's example with other ids, as an officer sends it: it waits for a second one."""
    content = world.document["paths"]["/v1/bank-statements"]["post"]["requestBody"]["content"]
    said = str(example_of(content)).replace("-2026-08-14<", "-2026-08-13<").replace("FPX000731", "FPX000730")
    sent: dict[str, Any] = {"content": said.encode(), "headers": {"content-type": "application/xml"}}
    path, officer = "/v1/bank-statements", "officer-8"
    answer = await world.service.call("POST", path, scopes=world.scopes, subject=officer, **sent)
    assert answer.status_code == 202, answer.text
    await world.service.work_off()
    world.learn(answer.json()["statements"], collection="bank-statements")


async def _seed_archive(world: World) -> None:
    """An archive of one file, of an officer by whom cases are sent: who sent it sees it."""
    how = {"content-type": "application/zip"}
    asked: dict[str, Any] = {"scopes": world.scopes, "subject": "officer-1", "headers": how}
    sent = await world.service.call("POST", "/v1/contribution-archives", content=archive_of("2024-01"), **asked)
    assert sent.status_code == 202, sent.text
    await world.service.work_off()
    world.learn(sent.json())


def archive_of(*months: str) -> bytes:
    """A ZIP of a file for each of these months."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for month in months:
            file = render([registering.line(month, registering.AT_2480, code=registering.CODE)])
            archive.writestr(f"{month}.txt", file)
    return packed.getvalue()


async def _begin_uploads(world: World) -> None:
    """Some of that officer wait for their first byte: they are continued, read and dropped."""
    headers = {"tus-resumable": "1.0.0", "upload-length": str(len(UPLOADED))}
    asked: dict[str, Any] = {"scopes": world.scopes, "subject": "officer-1"}
    for _ in range(4):
        begun = await world.service.call("POST", "/v1/uploads", headers=headers, **asked)
        assert begun.status_code == 201, begun.text
        world.learn([{"upload": begun.headers["location"].rpartition("/")[2]}])


async def _fill_registration(world: World) -> None:
    register = registering.Register(world.service)
    await _begin_uploads(world)
    await _seed_skbbk(world, register)
    await _register_more(world, register)
    await _wait_for_another_officer(world, register)
    await _take_tasks(world)


async def _register_more(world: World, register: registering.Register) -> None:
    """Two who may be one, and to whom numbers may be issued; a number that may be split; an end that waits."""
    made = [
        await register.person(f"E{new_id().int % 10**8:08d}", kind="passport", name="BUDI", residence="foreign_worker")
        for _ in range(4)
    ]
    world.known["newest"] += made[:2]
    await _merge(world, register, *made[2:])
    spell, late = await register.spell(made[0], employer_id(2)), {"ended_on": "2024-06-30"}
    party = registering.party_of(employer_id(2))
    await register.as_party("POST", f"/v1/spells/{spell}/end", "registration:spell:write", party, json=late)
    world.known["ending"].append(spell)


async def _seed_skbbk(world: World, register: registering.Register) -> None:
    """New employees: some who may be released, and some who were and may come back, each once."""
    for number in range(6):
        person = await register.person(f"S{new_id().int % 10**8:08d}", kind="passport", name=f"CHANDRA {number}")
        await register.spell(person, employer_id(1), "2026-08-10" if number % 2 else str(today()))
        if number % 2:
            path, scope = f"/v1/persons/{person}/skbbk/release", "registration:skbbk:write"
            # Before the day on which the document's example comes back.
            released = await register.as_party("POST", path, scope, json={"filed_on": "2026-08-28"})
            assert released.is_success, released.text
        world.known["released" if number % 2 else "releasable"].append(person)


async def _merge(world: World, register: registering.Register, person: str, survivor: str) -> None:
    """Two officers whom no case is sent as decide what of merges waits."""
    body = {"person": person, "survivor": survivor, "reason": "registered_twice", "evidence": "KB-7"}
    merge = "registration:person_merge:write"
    await register.as_party("POST", "/v1/person-merges", merge, json=body, subject="officer-3")
    for task in await register.waiting("person_merge"):
        if task["state"] == "open":
            says = {"revision": task["revision"], "says": SAYS["person_merge"]}
            await register.act(task, "takings", "officer-8")
            await register.act(task, "proposals", "officer-8", **says)
            await register.act(task, "approvals", "officer-9", revision=task["revision"])
    world.known["merged"].append(person)


async def _wait_for_another_officer(world: World, register: registering.Register) -> None:
    """Receipts of which an attribution or a counter-entry waits, and one that an officer stated."""
    for what in ("attributions", "counter-entries"):
        receipt = await register.banked(employer_id(1), "2026-05", "64.90", f"FPX {new_id()}"[:35])
        await register.said(receipt, what, "officer-8")
        world.known[what].append(receipt)
    world.known["receipts"].append(await _stated_receipt(world, employer_id(1), f"SLIP {new_id()}"[:35]))


# What may be proposed in some of the queues.
SAYS = {
    "person_correction": {"kind": "correction_counts"},
    "person_merge": {"kind": "persons_merge"},
    "opening_file": {"kind": "opening_released"},
    "refund": {"kind": "refund_due", "paid": {"amount": "64.90", "currency": "MYR"}},
}


async def _take_tasks(world: World) -> None:
    """Some by an officer whom no case is sent as, who proposes at once; some by those who may propose."""

    async def act(task: dict[str, Any], what: str, officer: str, body: dict[str, Any] | None = None) -> None:
        path = f"/v1/tasks/{task['task']}/{what}"
        await world.service.call("POST", path, scopes=world.scopes, subject=officer, json=body)

    async def listed(state: str) -> list[dict[str, Any]]:
        return [each for each in await world.list_tasks(state=state) if each["queue"] in SAYS]

    for number, task in enumerate((await listed(state="open"))[:6]):
        officer = f"officer-{number % 3}"
        await act(task, "takings", officer)
        if number % 3 == 0:
            await act(task, "proposals", officer, {"revision": task["revision"], "says": SAYS[task["queue"]]})
    world.proposed = [each for each in await listed(state="proposed") if each["taken_by"] == "officer-0"]
    world.taken = [each for each in await listed(state="taken") if each["taken_by"] in ("officer-1", "officer-2")]


async def _seed_legacy_files(world: World, register: registering.Register, employer: str) -> None:
    """What their amount means is chosen, and one of them says that its worker left."""
    await register.choose_template(employer, "both", "wage")
    left = registering.legacy_line("2026-05", 248_000, status="H", day="2026-05-31")
    world.learn(await register.sent(employer, left, params={"format": "legacy_223", "part": "both"}))


async def _seed_family(world: World, person: str, other: str) -> None:
    """Relations that count, whose ends may be stated, and one that waits."""
    service, names = world.service, "ABCDEFGH"
    for name in names:
        named = {"kind": "child", "named": {"name": f"NUR {name}"}}
        body = {"person": person, "first_on": "2016-05-14", "evidence": "NC-1", **named}
        said = await service.call("POST", "/v1/family-relations", scopes=world.scopes, subject="officer-8", json=body)
        assert said.status_code == 202, said.text
        world.learn([{"relation": said.json()["relation"]}])
        if name != names[-1]:
            await _let_count(world)
    # To be married by the example of the document.
    world.learn([{"relative": other}])


async def _seed_schemes(world: World, register: registering.Register) -> None:
    """Registrations of a hawker and a housewife, and payments of which a reversal may be stated, or waits."""
    person = await register.person("800409145678", name="SITI BINTI OMAR", born_on="1980-04-09")
    for scheme in ({"scheme": "act789", "activity": "hawkers", "plan": "1"}, {"scheme": "act838"}):
        said = await register.as_party(
            "POST",
            "/v1/scheme-registrations",
            "registration:scheme_registration:write",
            json={**scheme, "person": person},
        )
        assert said.status_code == 201, said.text
        world.learn(said.json())
    registration = (await register.rows("SELECT registration FROM scheme_registration_fact WHERE plan = '1'"))[0][0]
    for receipt in range(12):
        body = {
            "registration": str(registration),
            "channel": "house",
            "receipt_number": f"H-{receipt}",
            "payer": "person:1",
            "months": 1,
            "amount": {"amount": "13.10", "currency": "MYR"},
        }
        paid = await register.as_party(
            "POST", "/v1/cover-payments", "registration:cover_payment:write", "bank:1", json=body
        )
        assert paid.status_code == 201, paid.text
        world.learn(paid.json())


async def _seed_register_statements(world: World) -> None:
    """A death of nobody who is registered: it waits for officers."""
    who = {"national_id": {"kind": "mykad", "number": "770707145555"}, "name": "NOBODY"}
    body = {"reference": "D-0", "says": {"kind": "person_died", "who": who, "died_on": "2026-06-30"}}
    path, party = "/v1/register-statements", "register:1"
    said = await world.service.call("POST", path, scopes=world.scopes, party=party, role="partner", json=body)
    assert said.status_code == 202, said.text
    await world.service.work_off()
    world.learn([said.json()])


async def _seed_opening_file(world: World) -> None:
    """A file of an earlier system: it waits for officers."""
    content = "employer_code,name,mycoid\r\nF9702103899F,KILANG LAMA SDN BHD,\r\n"
    path, how = "/v1/opening-files?kind=employers", {"content-type": "text/csv"}
    sent = await world.service.call("POST", path, scopes=world.scopes, content=content, headers=how)
    assert sent.status_code == 202, sent.text
    await world.service.work_off()
    world.learn([sent.json()])


async def _let_count(world: World) -> None:
    """The one family relation that waits."""
    service, asked = world.service, {"queue": "family_relation", "state": "open"}
    (task,) = (await service.call("GET", "/v1/tasks", scopes=world.scopes, params=asked)).json()["data"]
    revision = {"revision": task["revision"]}
    stands = {**revision, "says": {"kind": "relation_stands", "permission": "MS-1"}}
    for what, officer, body in (("takings", 8, None), ("proposals", 8, stands), ("approvals", 9, revision)):
        path = f"/v1/tasks/{task['task']}/{what}"
        done = await service.call("POST", path, scopes=world.scopes, subject=f"officer-{officer}", json=body)
        assert done.is_success, done.text


async def _seed_refunds(world: World, register: registering.Register, employer: str) -> None:
    """Months that were withdrawn; all are claimed but the one that the document's example names, and two more.

    Each stands in its second revision, as the document's example of a proposal has it.
    """
    whose = {"code": registering.OTHER_CODE, "id_": registering.OTHER_MYKAD}
    months = [f"2025-{month:02d}" for month in (8, 9, 10, 11, 12)] + [f"2026-0{month}" for month in range(1, 8)]
    more = {name: sen for name, sen in registering.AT_2600.items() if name != "skbbk_employee"}
    for amounts in (more, registering.AT_2480, registering.NOTHING):
        await register.sent(employer, render([registering.line(month, amounts, **whose) for month in months]))
    unclaimed = (*months[:2], months[-1])
    world.known["refundable"] = [{"employer": employer, "month": month} for month in unclaimed]
    for month in months[2:-1]:
        assert (await register.claim_refund(employer, month)).status_code == 202
    says = {"kind": "refund_due", "paid": {"amount": "64.90", "currency": "MYR"}}
    await _work_on_tasks(world, says)
    # What is known first stays known, among the numbers of what happened to tasks.
    world.learn([{"number": number} for number in NATIONAL_IDS[:4]])


async def _seed_people(world: World, register: registering.Register, person: str) -> None:
    """Somebody with two ids and a corrected name, foreign workers of whom one has a number, and what waits of them."""
    passport = {
        "national_id": {"kind": "passport", "number": "B1234567"},
        "reason": "document_renewed",
        "evidence": "PP-1",
    }
    correct = "registration:person:correct"
    stated = await register.as_party("POST", f"/v1/persons/{person}/national-ids", correct, json=passport)
    assert (await register.decided("person_correction", "correction_counts")).is_success
    for number in range(3):
        worker = await register.person(
            f"C123456{number}", kind="passport", name=f"BUDI {number}", residence="foreign_worker"
        )
        world.learn({"person": worker})
    await register.as_party("POST", f"/v1/persons/{worker}/ssfw-numbers", "registration:ssfw:issue")
    named = await register.correct(person, "name", "Ahmad bin Alias")
    search = "registration:person:search"
    found = await register.as_party("POST", "/v1/person-searches", search, json={"born_on": "1990-01-01"})
    for answer in (stated, named, found):
        assert answer.is_success, answer.text
    world.known["with_ssfw"] = [worker]
    await world.service.work_off()
    ids = (await world.service.call("GET", f"/v1/persons/{person}/national-ids", scopes=world.scopes)).json()[
        "national_ids"
    ]
    facts = (await world.service.call("GET", f"/v1/persons/{person}/facts", scopes=world.scopes)).json()["data"]
    world.learn([found.json(), {"person": person}, {"person": worker}])
    world.learn([{"person": person, "identity": each["identity"]} for each in ids])
    world.learn([{"person": person, "fact": each["fact"]} for each in facts])


async def _seed_matters(world: World, register: registering.Register, employer: str, person: str) -> None:
    """Numbers that are one person's, inspections, and an assessment that its employer may object to."""
    numbers = [await register.person(f"D765432{number}", kind="passport") for number in range(5)]
    merge, said = "registration:person_merge:write", {"reason": "registered_twice", "evidence": "KB-7"}
    # Some are looked at by officers while others may be split.
    for number, survivor in zip(numbers[:2], numbers[2:4], strict=True):
        body = {"person": number, "survivor": survivor, **said}
        stated = await register.as_party("POST", "/v1/person-merges", merge, json=body, subject="officer-3")
        assert stated.is_success, stated.text
        assert (await register.decided("person_merge", "persons_merge")).is_success
    wage = {"month": "2026-06", "person": person, "wage": {"amount": "3050.00", "currency": "MYR"}}
    found = {"employer": employer, "evidence": "LP-1", "wages": [wage]}
    assessed = await register.as_party("POST", "/v1/assessments", "registration:enforcement:write", json=found)
    assert assessed.is_success, assessed.text
    planned = {"employer": employer, "reason": "routine", "planned_for": str(today())}
    inspections = [
        await register.as_party("POST", "/v1/inspections", "registration:enforcement:write", json=planned)
        for _ in range(2)
    ]
    # Of somebody who was registered by mistake, which officers look at.
    nobody = await register.person("D7654329", kind="passport")
    erasing = {"person": nobody, "reason": "registered_by_mistake", "evidence": "PDP-1"}
    erasure = await register.as_party("POST", "/v1/erasures", "registration:erasure:write", json=erasing)
    assert erasure.is_success, erasure.text
    await world.service.work_off()
    world.learn([each.json() for each in inspections])
    world.learn([{"erasure": erasure.json()["erasure"]}])
    world.learn([assessed.json(), {"survivor": numbers[4]}])
    world.known["merged"] += numbers[:2]


async def _seed_claims(world: World) -> None:
    service = world.service
    events = [claiming.registered(), *claiming.employed(), *claiming.january_to_may()]
    await claiming.apply_events(service, *events)
    answer = await claiming.submit(service, claiming.notice())
    assert answer.status_code == 202, answer.text
    await service.work_off()
    world.learn(answer.json())
    stated = await service.call("GET", f"/v1/claims/{answer.json()['claim']}/evidence", scopes=world.scopes)
    # What is known first stays known.
    world.learn(stated.json())
    await _seed_events(world, "hospital:1")
    await _seed_tasks(world)
    await _seed_boards(world)
    world.learn([{"number": number} for number in (claiming.MYKAD, *NATIONAL_IDS)])
    world.learn([answer.json(), {"person": person_id(claiming.PERSON), "employer": employer_id(claiming.EMPLOYER)}])
    await _seed_complaints(world)
    await _seed_appeals(world, str(answer.json()["claim"]))
    await _seed_treatment(world)


async def _seed_treatment(world: World) -> None:
    """A hospital asks about the treatment of an accident, and bills it twice: it may correct or take back each.

    Nothing is worked off: people are asked about nothing yet, and other tasks stay the known ones.
    """
    asked: dict[str, Any] = {"scopes": world.scopes, "party": "hospital:1", "role": "partner"}
    named = {"national_id": {"kind": "mykad", "number": claiming.MYKAD}, "name": claiming.NAME}
    admitted = {**named, "admitted_on": "2026-07-15", "happened_on": "2026-07-15"}
    answer = await world.service.call("POST", "/v1/medical-authorisations", json=admitted, **asked)
    assert answer.status_code == 201, answer.text
    world.learn(answer.json())
    line = {"treated_on": "2026-07-16", "item": "physiotherapy", "quantity": 1, "of_the_injury": False}
    for number in ("INV-1", "INV-2"):
        lines = [{**line, "amount": {"amount": "90.00", "currency": "MYR"}}]
        said = {"bill_number": number, "authorisation": answer.json()["authorisation"], "lines": lines}
        sent = await world.service.call("POST", "/v1/medical-bills", json=said, **asked)
        assert sent.status_code == 201, sent.text
        world.learn(sent.json())


async def _seed_complaints(world: World) -> None:
    """Of the hospital, which may take each of them back; nobody is asked yet: other tasks stay the known ones."""
    for kind in ("delay", "access"):
        asked: dict[str, Any] = {"scopes": world.scopes, "party": "hospital:1", "role": "partner"}
        answer = await world.service.call("POST", "/v1/complaints", json={"kind": kind}, **asked)
        assert answer.status_code == 201, answer.text
        world.learn(answer.json())


async def _seed_appeals(world: World, claim: str) -> None:
    """Of the person, as an officer files it; nobody is asked yet: other tasks stay the known ones."""
    body = {"forum": "social_security_appellate_board", "ground": "wages", "question": "temporary_disablement"}
    asked = {**body, "person": person_id(claiming.PERSON)}
    answer = await world.service.call("POST", f"/v1/claims/{claim}/appeals", json=asked, scopes=world.scopes)
    assert answer.status_code == 201, answer.text
    world.learn(answer.json())


async def _seed_tasks(world: World) -> None:
    for day in range(1, 9):
        body = claiming.notice(happened_on=f"2026-06-0{day}", capacity="other", wages_paid_for=[])
        answer = await claiming.submit(world.service, body, party="employer:9", role="partner")
        assert answer.status_code == 202, answer.text
    await claiming.all_has_arrived(world.service)
    await _work_on_tasks(world, {"kind": "nobodys"})


async def _seed_boards(world: World) -> None:
    """Cases before a board at every step, and sessions that hear them today."""
    service = world.service

    async def sent(path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await service.call("POST", path, scopes=world.scopes, subject="officer-3", json=body)
        assert answer.is_success, answer.text
        await service.work_off()
        found: dict[str, Any] = answer.json()
        return found

    planned = {"board": "medical", "day": str(today()), "place": "KL-1", "quota": 100}
    sessions = [await sent("/v1/board-sessions", planned) for _ in range(2)]
    path = f"/v1/board-sessions/{sessions[0]['session']}"
    await sent(f"{path}/panels", {"chairman": "officer-0", "members": ["officer-1", "officer-2"]})
    cases = []
    for day in ("2026-05-01", "2026-05-11", "2026-05-21", "2026-05-31"):
        body = claiming.notice(happened_on=day, certificate=claiming.certificate(day, day), wages_paid_for=[])
        reported = (await claiming.submit(service, body)).json()
        await service.work_off()
        cases.append(await sent(f"/v1/claims/{reported['claim']}/board-cases", {"question": "permanent_loss"}))
    for case in cases[1:]:
        await sent(f"{path}/invitations", {"case": case["case"], "justified_by": "asked_by_person"})
    await sent(f"/v1/board-cases/{cases[3]['case']}/attendances", {"came": True})
    world.learn([*sessions, *cases])


async def _work_on_tasks(world: World, says: dict[str, Any]) -> None:
    """Tasks in every state that something can be done in, of either officer."""
    service = world.service

    async def act(task: dict[str, Any], what: str, officer: int, body: dict[str, Any] | None = None) -> None:
        path = f"/v1/tasks/{task['task']}/{what}"
        done = await service.call("POST", path, scopes=world.scopes, subject=f"officer-{officer}", json=body)
        assert done.is_success, done.text

    tasks = (await service.call("GET", "/v1/tasks", scopes=world.scopes)).json()["data"]
    for number, task in enumerate(tasks):
        if number == 0 or number >= 2:
            await act(task, "takings", number % 2)
        if number >= 4:
            await act(task, "proposals", number % 2, {"revision": task["revision"], "says": says})
        if number == 0:
            await act(task, "stops", 0, {"waiting_for": "hospital", "by": "KB-2026-0193"})
    world.learn(tasks)


async def _propose_again(world: World) -> None:
    """Of what is open some proposed by an officer whom no case is sent as, and some taken by those who may propose.

    One whose notice was stated again meanwhile is refused, and left.
    """

    async def act(task: dict[str, Any], what: str, officer: int, body: dict[str, Any] | None = None) -> None:
        path = f"/v1/tasks/{task['task']}/{what}"
        await world.service.call("POST", path, scopes=world.scopes, subject=f"officer-{officer}", json=body)

    found = {"queue": "identity", "state": "open", "limit": 12}
    tasks = (await world.service.call("GET", "/v1/tasks", scopes=world.scopes, params=found)).json()["data"]
    for number, task in enumerate(tasks):
        officer = (0, 1, 0, 2)[number % 4]
        await act(task, "takings", officer)
        if officer == 0:
            await act(task, "proposals", officer, {"revision": task["revision"], "says": {"kind": "nobodys"}})
    world.learn(tasks)


async def _seed_benefits(world: World) -> None:
    service = world.service
    await paying.enter_payee(service)
    await paying.settle(service, paying.first())
    await paying.freeze(service)
    (file,) = await paying.files(service)
    refused = "<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>"
    await paying.fetch(service, file)
    await paying.send_report(service, file, paying.report(file["message_id"], {}, group=refused))
    other = paying.PERSON + 1
    await paying.enter_payee(service, "77777777", other)
    await paying.settle(service, paying.first(claim=new_id(), person=other))
    await paying.freeze(service)
    await paying.enter_payee(service, "88888888", other)
    assert (await paying.enter_account(service, "employer:7", "99999999")).status_code == 201
    world.known["party"] = ["employer:7", f"person:{paying.PERSON}"]
    world.learn([file, *await paying.files(service), {"version": 1}, {"version": 2}])
    world.learn([{"person": person_id(paying.PERSON)}, {"person": person_id(paying.PERSON + 1)}])
    await _seed_recoveries(world)
    # What is known first stays known, among the numbers of what happened to tasks.
    world.learn([{"number": f"5123456789{number}"} for number in range(10, 14)])
    await _seed_years(world)


async def _seed_years(world: World) -> None:
    """A pension, and suspensions of it that wait, all of the revision that the examples of the documents name."""
    service, claim = world.service, new_id()
    await paying.settle(service, years.pension(claim=claim))
    said = years.suspension(claim=str(claim), ground="refuses_rehabilitation")
    await years.state(service, "/v1/suspensions", said)
    await years.decide(service, "suspension", "suspension_counts")
    other = {**said, "ground": "refuses_treatment"}
    for number in range(8):
        await years.state(service, "/v1/suspensions", {**other, "evidence": f"S49-{number}"}, subject="officer-8")
    world.learn([{"claim": str(claim)}])
    await _work_on_tasks(world, {"kind": "suspension_refused"})


async def _seed_recoveries(world: World) -> None:
    """Something is to come back; a repayment and instalments wait for a second officer, who is the attacker."""
    service, claim, person = world.service, new_id(), paying.PERSON + 2
    await paying.enter_payee(service, "66666666", person)
    await paying.settle(service, paying.first(claim=claim, person=person))
    await paying.bank_answers(service)
    await paying.settle(service, paying.refused(2, claim, person))
    (recovery,) = await paying.listed(service, "recoveries", person)
    amount = {"amount": "1.00", "currency": "MYR"}
    came_in = {"amount": amount, "received_on": today().isoformat(), "route": "counter", "reference": "RCPT-1"}
    agreed = {"monthly": amount, "from_on": "2026-11-01", "evidence": "KB-1"}
    for what, body in (("repayments", came_in), ("instalments", agreed)):
        path = f"/v1/recoveries/{recovery['recovery']}/{what}"
        answer = await service.call("POST", path, scopes=world.scopes, subject="officer-1", json=body)
        assert answer.status_code == 201, answer.text
        world.learn([recovery, answer.json()])
    await _seed_counter_entries(world, recovery["recovery"], came_in)


async def _seed_counter_entries(world: World, recovery: str, came_in: Mapping[str, Any]) -> None:
    """Two repayments are booked; one of them is said not to have come in."""
    service = world.service
    for number in (2, 3):
        body = {**came_in, "reference": f"RCPT-{number}"}
        path = f"/v1/recoveries/{recovery}/repayments"
        entered = await service.call("POST", path, scopes=world.scopes, subject="officer-8", json=body)
        repayment = f"/v1/repayments/{entered.json()['repayment']}"
        await service.call("POST", f"{repayment}/releases", scopes=world.scopes, subject="officer-9")
        world.learn([entered.json()])
    await service.work_off()
    wrong = {"evidence": "KB-9"}
    path = f"{repayment}/counter-entries"
    answer = await service.call("POST", path, scopes=world.scopes, subject="officer-8", json=wrong)
    assert answer.status_code == 201, answer.text


async def _seed_rehab(world: World) -> None:
    driver = Rehab(world.service)
    for person in (12, 13):
        await driver.consume(accident(new_id(), person=person + 4))
        await driver.taken(new_id(), person=person)
        await driver.admitted(new_id(), person=person + 2)
    bills = [await driver.bill(f"INV-{number}") for number in range(8)]
    for bill in bills:
        said = {name: bill[name] for name in ("treatment", "treated_on", "amount")}
        await driver.as_hospital("POST", f"/v1/bills/{bill['bill']}/corrections", said)
    # Each task is of the revision that the examples of the documents name.
    await world.service.work_off()
    world.learn(bills)
    await _work_on_tasks(world, {"kind": "bill_refused", "reason": "not_treated"})
    world.learn([{"person": person_id(person)} for person in range(12, 18)])
    world.learn([{"centre": "MELAKA"}, {"centre": "IPOH"}])


async def _seed_jobs(world: World) -> None:
    driver = Jobs(world.service)
    await driver.accept(await driver.search(12))
    await driver.search(13)
    world.learn([{"person": person_id(12)}, {"person": person_id(13)}, {"employer": employer_id(7)}])


# Beside the scopes of its routes an officer has those of the queues.
QUEUES_OF: dict[str, set[str | None]] = {
    service: {f"{service}:task:all_offices", *(queue.scope for queue in stated)}
    for service, stated in (
        ("claims", queues.ALL),
        ("registration", registration_queues.ALL),
        ("rehab", rehab_queues.ALL),
        ("benefits", benefits_queues.ALL),
    )
}

SERVICES: dict[str, tuple[Any, Any, Any, Seeding]] = {
    "registration": (RegistrationSettings, registration.build, registration_work, _seed_registration),
    "claims": (ClaimsSettings, claims.build, claims_work, _seed_claims),
    "benefits": (BenefitsSettings, benefits.build, benefits_work, _seed_benefits),
    "rehab": (RehabSettings, rehab.build, rehab_work, _seed_rehab),
    "jobs": (JobsSettings, jobs.build, jobs_work, _seed_jobs),
}


# Cases of all kinds begin uploads as one party, and end none.
_CHANGED: dict[str, dict[str, Any]] = {"registration": {"most_open_uploads": "100000"}}
REFILLS: dict[str, Seeding] = {"claims": _propose_again, "registration": _fill_registration}


@asynccontextmanager
async def world_of(name: str, databases: Databases, issuer: TestIssuer) -> AsyncIterator[World]:
    """A service with something in it."""
    settings, build, work, seed = SERVICES[name]
    async with (
        databases.fresh(name) as database,
        service_under_test(settings, build, work, database, issuer, **_CHANGED.get(name, {})) as service,
    ):
        scopes = {declared_scope(context) for context in routes(name)} - {None} | QUEUES_OF.get(name, set())
        world = World(name, service, frozenset(map(str, scopes)))
        await seed(world)
        for _ in range(2):
            await world.look_around()
        yield world


def routes(name: str) -> list[Any]:
    """The routes of a service."""
    return list(iter_route_contexts(APPS[name].routes))


def real(body: Any, world: World, dice: random.Random, likely: float = 1.0) -> Any:
    """The body with ids that are known in place of those that were made up."""
    if isinstance(body, list):
        return [real(each, world, dice, likely) for each in body]
    if not isinstance(body, dict):
        return body
    changed = {}
    for name, value in body.items():
        known = world.any(name, dice) if isinstance(value, str) and dice.random() < likely else None
        changed[name] = real(value, world, dice, likely) if known is None else known
    return changed


def example_of(content: dict[str, Any]) -> Any:
    """The first example of a body in a document: JSON as an object, other content as it is sent."""
    for each in content.values():
        if "examples" in each:
            return next(iter(each["examples"].values()))["value"]
    return next(each["example"] for each in content.values() if "example" in each)


def pretty(body: Any) -> str:
    """A body in a finding."""
    return json.dumps(body, default=str)[:300]
