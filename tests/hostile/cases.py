"""Requests that schemathesis makes from the OpenAPI documents, sent with tokens, keys and ids that are real.

What is asked of every answer: it is no fault of ours, and its status, media type, headers and body are documented.
"""

import asyncio
import math
import random
import re
import time
from collections import Counter
from collections.abc import Collection, Coroutine
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, cast

import httpx
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared.kernel.clock import today
from shared.kernel.identifiers import new_id
from shared.testing.asking import AppClient
from tests.hostile.fitting import CONTENTS, FITTING
from tests.hostile.world import UPLOADED, World, collection_of, example_of, pretty, real

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
BASE = "http://test"
MOST_FINDINGS = 10
# To each operation for which there is something to do.
OF_THE_SURE = 16
# A body has more to get wrong.
WRITES = 3
# In so many of the cases what is made up is replaced by what is real; in so many of those bodies most is an example.
OFTEN, HALF = 0.85, 0.5
# And so many of its days are today: money comes back of what the world has paid just now.
TODAY = 0.25
TOKEN_SECONDS = 120.0
# Nearly all say for what they read; one says nothing, and one what is none.
_PURPOSES = ["claim"] * 40 + ["", "curiosity"]
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LATELY = date(2026, 6, 1)
# Party, role and client: some things need a second officer.
OFFICERS = [("organisation:1", "officer", f"officer-{number}") for number in (1, 2)]
PARTNERS = [(party, "partner", party) for party in ("employer:1", "hospital:1", "bank:1", "register:1")]
CALLERS = OFFICERS * 7 + PARTNERS
# What one party alone may ask is asked by it in half of the cases.
ASKED_BY = {
    "read_me": "person:1",
    "correct_medical_bill": "hospital:1",
    "read_event": "employer:1",
    "report_cover_payment": "bank:1",
    "report_cover_payments": "bank:1",
    "report_register_statement": "register:1",
    "send_medical_authorisation": "hospital:1",
    "send_medical_bill": "hospital:1",
    "start_medical_dispute": "hospital:1",
    "state_employer_agent": "employer:1",
    "withdraw_medical_bill": "hospital:1",
}


@dataclass
class Run:
    """What was sent to one service, and what was wrong with its answers."""

    world: World
    loop: asyncio.AbstractEventLoop
    sent: int = 0
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    findings: dict[str, str] = field(default_factory=dict)
    _tokens: dict[tuple[str, str, str], tuple[float, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._client = AppClient(self.world.service.app)
        schema = schemathesis.openapi.from_dict(self.world.document)
        operations: list[Any] = [each.ok() for each in cast(Any, schema.get_all_operations())]
        self._fitting = {
            each.label: each.as_strategy(GenerationMode.POSITIVE, feedback=NO_FEEDBACK, headers=_keys(each))
            for each in operations
        }
        wrong = {
            each.label: each.as_strategy(GenerationMode.NEGATIVE, feedback=NO_FEEDBACK)
            for each in operations
            if _can_be_wrong(each)
        }
        self._wrong = self._fitting | wrong
        self._names = {each.label: each.definition.raw["operationId"] for each in operations}
        self._weights = {each.label: WRITES if "requestBody" in each.definition.raw else 1 for each in operations}

    @property
    def operations(self) -> set[str]:
        """The operations that were asked."""
        return {name for name, _ in self.statuses}

    @property
    def succeeded(self) -> set[str]:
        """The operations that did at least once what was asked."""
        return {name for name, status in self.statuses if status < 300}

    def said(self) -> str:
        """What was wrong."""
        return "\n\n".join(f"{what}\n{how}" for what, how in self.findings.items())

    def cases(self, number: int, begin: int) -> None:
        """Send about so many cases, each operation its share; the same ones for the same beginning."""
        share = number / sum(self._weights.values())
        # In turns from the end: what one operation needs another may have used up.
        order = list(self._weights.items())
        for label, weight in order if begin % 2 else reversed(order):
            self._cases_of(label, math.ceil(share * weight), begin)

    def cases_for(self, operations: Collection[str], number: int) -> None:
        """Send so many cases to each of these operations."""
        for label in self._fitting:
            if self._names[label] in operations:
                self._cases_of(label, number, 0)

    def _cases_of(self, label: str, number: int, begin: int) -> None:
        which = st.sampled_from([self._fitting, self._fitting, self._fitting, self._wrong])

        @seed(begin)
        @settings(
            max_examples=number,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(which.flatmap(lambda strategies: strategies[label]), st.integers(0, 2**32))
        def send(case: Any, luck: int) -> None:
            self._send(case, luck)

        send()

    def _send(self, case: Any, luck: int) -> None:
        dice = random.Random(luck)
        request = self._request(case, dice)
        if request is None:
            return
        response = self._await(self._client.send(request))
        self.sent += 1
        name = case.operation.definition.raw["operationId"]
        self.statuses[name, response.status_code] += 1
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                self._note(f"{name} {response.status_code} {type(failure).__name__}", request, response, str(failure))
        if response.is_success and response.headers.get("content-type", "").startswith("application/json"):
            self.world.learn(response.json(), case.path_parameters, collection_of(case.path, ""))
        elif response.is_success and case.path == "/v1/uploads":
            self.world.learn([{"upload": response.headers["location"].rpartition("/")[2]}])

    def _note(self, what: str, request: httpx.Request, response: httpx.Response, said: str) -> None:
        if len(self.findings) < MOST_FINDINGS:
            asked = f"{request.method} {request.url} {request.content[:300]!r}"
            self.findings.setdefault(what, f"{said[:600]}\n  {asked}\n  {pretty(response.text)}")

    def _request(self, case: Any, dice: random.Random) -> httpx.Request | None:
        """The case with real ids as a request; None where no client could send it."""
        for name in case.path_parameters or {}:
            known = self.world.any(name, dice, collection_of(case.path, name))
            if known is not None and dice.random() < OFTEN:
                case.path_parameters[name] = known
        for name in case.query or {}:
            known = self.world.any({"cursor": "next_cursor"}.get(name, name), dice)
            if known is not None and dice.random() < OFTEN:
                case.query[name] = known
        if isinstance(case.body, dict) and dice.random() < OFTEN:
            body = _lately(real(case.body, self.world, dice, OFTEN), dice)
            case.body = self._mixed(case, body, dice) if dice.random() < HALF else body
        self._let_fit(case, dice)
        name = case.operation.definition.raw["operationId"]
        if name in FITTING and dice.random() < HALF:
            FITTING[name](case, self.world, dice)
        if dice.random() < 0.95:
            case.headers["Idempotency-Key"] = str(new_id())
        case.headers["Purpose"] = _PURPOSES[self.sent % len(_PURPOSES)]
        self._say_of_upload(case, dice)
        try:
            prepared: Any = requests.Request(**case.as_transport_kwargs(base_url=BASE)).prepare()
        except (requests.RequestException, UnicodeError, ValueError):
            return None
        headers = {name: value for name, value in prepared.headers.items() if name.lower() != "content-length"}
        party = ASKED_BY.get(name) if dice.random() < HALF else None
        caller = dice.choice(CALLERS) if party is None else (party, "partner", party)
        headers["Authorization"] = f"Bearer {self._token(caller)}"
        body = self._content(case, dice) or prepared.body
        content = body.encode() if isinstance(body, str) else body
        return httpx.Request(prepared.method or "GET", prepared.url or "", headers=headers, content=content)

    def _let_fit(self, case: Any, dice: random.Random) -> None:
        """In half of the cases let what stands in path and body be of one item: a task and its own revision."""
        path = case.path_parameters or {}
        body = case.body if isinstance(case.body, dict) else {}
        names = {name for name in (*path, *body) if self.world.known.get(name)}
        if len(names) < 2 or dice.random() > HALF:
            return
        for name, value in self.world.together(names, dice).items():
            (path if name in path else body)[name] = value

    def _say_of_upload(self, case: Any, dice: random.Random) -> None:
        """In most of the cases let the headers of a resumable upload be those of one."""
        for name in [each for each in case.headers if each.lower() in _TUS]:
            if dice.random() < OFTEN:
                said = _TUS[name.lower()]
                case.headers.pop(name) if said is None else case.headers.update({name: said})

    def _content(self, case: Any, dice: random.Random) -> bytes | None:
        """For most of the cases a body that is no JSON, as a partner would send it."""
        made = CONTENTS.get(case.operation.definition.raw["operationId"])
        return made(self.world, case.operation.definition.raw, dice) if made and dice.random() < OFTEN else None

    def _mixed(self, case: Any, made: dict[str, Any], dice: random.Random) -> dict[str, Any]:
        """The example of the document with some of what was made up: most bodies that fit say what is refused."""
        content = case.operation.definition.raw["requestBody"]["content"]
        if "application/json" not in content:
            return made
        whole: dict[str, Any] = real(example_of(content), self.world, dice)
        return whole | {name: value for name, value in made.items() if dice.random() > OFTEN}

    def _token(self, caller: tuple[str, str, str]) -> str:
        made, token = self._tokens.get(caller, (0.0, ""))
        if not token or time.monotonic() - made > TOKEN_SECONDS:
            party, role, client = caller
            token = self.world.service.issuer.token(self.world.scopes, party=party, role=role, client_id=client)
            self._tokens[caller] = (time.monotonic(), token)
        return token

    def _await(self, asked: Coroutine[Any, Any, httpx.Response]) -> httpx.Response:
        return asyncio.run_coroutine_threadsafe(asked, self.loop).result(60)


# What a resumable upload says of itself (tus 1.0); of what may be left out nothing.
_TUS = {
    "tus-resumable": "1.0.0",
    "upload-length": str(len(UPLOADED)),
    "upload-offset": "0",
    "upload-metadata": None,
    "upload-checksum": None,
}


def _keys(operation: Any) -> dict[str, str]:
    """A key is made for each request; to draw one from its pattern would take longer than the request."""
    return {each["name"]: "key" for each in operation.definition.raw.get("parameters", []) if each["in"] == "header"}


def _can_be_wrong(operation: Any) -> bool:
    raw = operation.definition.raw
    return bool(raw.get("parameters") or raw.get("requestBody"))


def _lately(body: Any, dice: random.Random) -> Any:
    """The body with days of this year, at times of today: what was made up lies somewhere between 1900 and 2100."""
    if isinstance(body, dict):
        return {name: _lately(value, dice) for name, value in body.items()}
    if isinstance(body, list):
        return [_lately(each, dice) for each in body]
    if isinstance(body, str) and _DAY.fullmatch(body):
        return (today() if dice.random() < TODAY else _LATELY + timedelta(days=dice.randrange(150))).isoformat()
    return body


async def run(world: World, number: int, rounds: int = 2, sure: Collection[str] = ()) -> Run:
    """Send so many cases to a service; its worker does what is due after each round. At the end some to each operation
    that surely does what it is for, since there is something for it."""
    ran = Run(world, asyncio.get_running_loop())
    for begin in range(rounds):
        await world.refill()
        await asyncio.to_thread(ran.cases, math.ceil(number / rounds), begin)
        await world.rest()
    if sure:
        await world.refill()
        await asyncio.to_thread(ran.cases_for, sure, OF_THE_SURE)
        await world.rest()
    return ran
