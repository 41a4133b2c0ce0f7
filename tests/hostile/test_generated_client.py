"""A client that openapi-python-client generates works untouched for every POST of every service.

It is generated from the committed document, imported as it is, and sends the examples of the document with real ids.
"""

import asyncio
import hashlib
import importlib
import random
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.benefits.tests.support import report
from services.registration.files.contribution_file import render
from services.registration.tests.support import AT_2480, line
from shared.contracts.generate import OPENAPI
from shared.kernel.clock import today
from shared.kernel.identifiers import new_id
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer
from tests.architecture.shape import SERVICES
from tests.architecture.tree import ROOT
from tests.hostile.world import World, example_of, real, world_of

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600)]

# Which of the things that are known an operation may be done with is found by trying.
MOST_TRIES = 400
# For what whoever uses a generated client reads, unless a call says otherwise.
PURPOSE = {"purpose": "claim"}
# Of whom these are stated.
WHO = {"release_from_skbbk": "releasable", "take_part_in_skbbk": "released"}
# Of all tasks few can be asked about, answered or decided, and whether one of those is among the few ids that the world
# keeps hangs on the order of random ids: for these one is taken of those that are listed so.
TASKS_FOR = {
    "inquire_of_proposal": {"state": "proposed"},
    "answer_query": {"queried": "true"},
    "propose_answer": {"state": "taken"},
    "approve_proposal": {"state": "proposed"},
    "refuse_proposal": {"state": "proposed"},
}
_CALLERS: list[dict[str, Any]] = [
    {"client_id": "officer-0"},
    {"client_id": "officer-1"},
    {"client_id": "hospital-1", "party": "hospital:1", "role": "partner"},
    {"client_id": "bank-1", "party": "bank:1", "role": "partner"},
    {"client_id": "employer-1", "party": "employer:1", "role": "partner"},
    {"client_id": "register-1", "party": "register:1", "role": "partner"},
    {"client_id": "employer-3", "party": "employer:3", "role": "partner"},
]


class Bridge(httpx.BaseTransport):
    """What a generated client that waits sends, brought to an app on another thread's loop."""

    def __init__(self, app: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._app, self._loop = app, loop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        sent = httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
        answer = asyncio.run_coroutine_threadsafe(self._ask(sent), self._loop).result(60)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self._app)) as client:
            return await client.send(request)


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the generated packages, which can be imported from it."""
    folder = tmp_path_factory.mktemp("clients")
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


async def generated(service: str, folder: Path) -> tuple[str, str]:
    """The name of the package of a service, and what the generator said."""
    name = f"generated_{service}"
    document, package = ROOT / OPENAPI / f"{service}.json", folder / name
    command = ["-m", "openapi_python_client", "generate", "--meta", "none"]
    options = ["--path", str(document), "--output-path", str(package)]
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, *command, *options], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return name, done.stdout + done.stderr


@pytest.fixture
async def world(request: pytest.FixtureRequest, databases: Databases, issuer: TestIssuer) -> AsyncIterator[World]:
    async with world_of(request.param, databases, issuer) as made:
        yield made


@pytest.mark.parametrize("world", SERVICES, indirect=True)
async def test_every_operation_is_generated_and_every_post_works(world: World, clients: Path) -> None:
    package, said = await generated(world.name, clients)
    assert "endpoint" not in said.lower(), said
    paths = world.document["paths"]
    found = {file.stem for file in (clients / package / "api").glob("*/*.py")} - {"__init__"}
    assert found == {operation["operationId"] for path in paths.values() for operation in path.values()}
    # Uploads in parts are the tus protocol, whose answers are headers: its own clients send them (api/test_uploads.py).
    operations = [(method, operation) for each in paths.values() for method, operation in each.items()]
    posts = [operation for method, operation in operations if method == "post" and operation["tags"] != ["uploads"]]
    # What the gateway says is signed, and what a person prefers or consents to only that person says: in
    # services/claims/tests/api/test_letters.py and test_referral_offers.py, services/benefits/tests/api/
    # test_receipts.py. An appeal is of its own answer and day, and its party's alone to take back: test_appeals.py.
    # What is refused of a bill is disputed and appealed once it is settled: test_medical_bills_told.py.
    theirs = {"take_message_receipt", "state_message_preference", "answer_referral_offer", "withdraw_referral_consent"}
    theirs |= {"state_receipt_consent", "withdraw_receipt_consent"}
    theirs |= {"send_appeal", "record_appeal_hearing", "withdraw_appeal", "start_medical_dispute", "send_line_appeal"}
    # Money of the house only its bank states: services/registration/tests/api/test_scheme_cover.py.
    theirs |= {"report_cover_payment"}
    posts = [operation for operation in posts if operation["operationId"] not in theirs]
    assert posts
    loop = asyncio.get_running_loop()
    refused = [await asyncio.to_thread(_done, world, package, operation, loop) for operation in posts]
    assert not any(refused), "; ".join(filter(None, refused))


def _done(world: World, package: str, operation: dict[str, Any], loop: asyncio.AbstractEventLoop) -> str:
    """As `_tried`; a StopIteration can be raised into no future, which would be waited for until the time is over."""
    try:
        return _tried(world, package, operation, loop)
    except StopIteration:
        raise LookupError(f"{operation['operationId']}: nothing of the world or the document fits") from None


def _tried(world: World, package: str, operation: dict[str, Any], loop: asyncio.AbstractEventLoop) -> str:
    """Call an operation by its generated function until it is done; empty, or what it was refused for."""
    name, refusals = operation["operationId"], Counter[str]()
    module = importlib.import_module(f"{package}.api.{operation['tags'][0].replace(' ', '_')}.{name}")
    authenticated = importlib.import_module(f"{package}.client").AuthenticatedClient
    asked = world.list_tasks(**TASKS_FOR[name]) if name in TASKS_FOR else None
    tasks = asyncio.run_coroutine_threadsafe(asked, loop).result(60) if asked else []
    for number in range(MOST_TRIES):
        # Some things need a second officer, some a provider, and some the bank.
        token = world.service.issuer.token(world.scopes, **_CALLERS[number % len(_CALLERS)])
        through: dict[str, Any] = {"httpx_args": {"transport": Bridge(world.service.app, loop)}, "headers": PURPOSE}
        with authenticated("http://test", token, **through) as client:
            dice = random.Random(number)
            path = {each["name"]: world.any(each["name"], dice) for each in operation["parameters"] if _in_path(each)}
            path |= {"person": dice.choice(world.known[WHO[name]])} if name in WHO else {}
            path |= {"task": dice.choice(tasks)["task"]} if tasks else {}
            path |= _said_of_document(world, package, operation, dice) if name == "send_document" else {}
            body = _body(world, package, operation, dice)
            given = {**path, **({} if body is None else {"body": body})}
            answer = module.sync_detailed(client=client, idempotency_key=str(new_id()), **given)
            # Whatever came, the client knew what it was.
            assert answer.parsed is not None, f"{name}: {answer.status_code} {answer.content!r}"
            if answer.status_code < 300:
                world.learn(answer.parsed.to_dict())
                return ""
            refusals[f"{answer.status_code} {answer.parsed.code}"] += 1
    # Whoever may not do it says nothing of why it was not done.
    return f"{name}: " + ", ".join(f"{said} ({times})" for said, times in refusals.most_common())


def _said_of_document(world: World, package: str, operation: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """What stands in its query: of which claim, as what, with which hash."""
    kinds = importlib.import_module(f"{package}.models").DocumentKind
    content = str(example_of(operation["requestBody"]["content"])).encode()
    return {"kind": kinds.LETTER, "sha256": hashlib.sha256(content).hexdigest(), "claim": world.any("claim", dice)}


def _in_path(parameter: dict[str, Any]) -> bool:
    return bool(parameter["in"] == "path")


def _body(world: World, package: str, operation: dict[str, Any], dice: random.Random) -> Any:
    content, name = operation.get("requestBody", {}).get("content"), operation["operationId"]
    if content is None:
        return None
    types = importlib.import_module(f"{package}.types")
    if name == "send_contribution_archive":
        return types.File(payload=BytesIO(_archive()))
    example = example_of(content)
    if isinstance(example, str):
        return types.File(payload=BytesIO(_real_file(world, name, example)))
    schema = next(iter(content.values()))["schema"]
    # What is no component is named after its operation.
    named = name.title().replace("_", "") + str(schema.get("title"))
    model = schema["$ref"].rpartition("/")[2] if "$ref" in schema else named
    # Who is registered is new.
    stated = example if name.startswith("register_") else real(example, world, dice)
    # Who is split was merged.
    stated |= {"person": dice.choice(world.known["merged"])} if name == "state_person_split" else {}
    # Of these months more was paid than is due, and nobody has claimed it.
    stated |= dice.choice(world.known["refundable"]) if name == "claim_refund" else {}
    # The number of a bank's statement is no id of what is stated of a payee.
    stated |= {"statement": f"{today()}/7"} if name == "send_statement_lines" else {}
    # A board is asked another question than the law is.
    stated |= {"question": example["question"]} if "question" in example else {}
    # Whose wages are assessed works there.
    stated |= _of_one_employment(stated, world, dice) if name == "state_assessment" else {}
    # An event is news under its own id.
    stated |= {"id": str(new_id())} if "specversion" in stated else {}
    # Nobody sits in a session of an earlier day.
    stated |= {"day": today().isoformat()} if "quota" in stated else {}
    # Of what this world has just paid, nothing came back on an earlier day.
    stated |= {"received_on": today().isoformat()} if "received_on" in stated else {}
    return getattr(importlib.import_module(f"{package}.models"), model).from_dict(stated)


def _of_one_employment(stated: dict[str, Any], world: World, dice: random.Random) -> dict[str, Any]:
    who = world.together({"employer", "person", "spell"}, dice)
    wages = [{**each, "person": who["person"]} for each in stated["wages"]]
    return {"employer": who["employer"], "wages": wages}


def _archive() -> bytes:
    """Of one file."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("2026-07.txt", render([line("2026-07", AT_2480)]))
    return packed.getvalue()


def _real_file(world: World, name: str, example: str) -> bytes:
    """The example is whole; what it names is not in this world."""
    if name == "answer_bank_file":
        return report(world.known["message_id"][0], {world.known["end_to_end_id"][0]: "ACSC"})
    if name in ("send_bank_statement", "send_document", "send_opening_file"):
        # Money that names nobody of this world is taken too, and an employer of an earlier system.
        return example.encode()
    assert len(example.encode()) == len(render([line("2026-07", AT_2480)]))
    return render([line("2026-07", AT_2480)])
