"""What the tests of family relations do: state, have two officers decide, read."""

from typing import Any

import httpx

from services.registration.tests.support import FIRST, SECOND, Register

DECIDE = "registration:family_relation:decide"
WRITE, READ = "registration:family:write", "registration:family:read"
# A child who is not registered.
NUR = {"name": "Nur", "born_on": "2017-03-09"}
STATED = {"kind": "spouse", "first_on": "2016-05-14", "evidence": "NC-2016-0514"}


async def state(register: Register, person: str, officer: str = "officer-0", **said: Any) -> httpx.Response:
    """State a relation as an officer: a marriage, unless something else is said."""
    body = {**STATED, "person": person, **said}
    return await register.service.call("POST", "/v1/family-relations", scopes=[WRITE], subject=officer, json=body)


async def change(
    register: Register, relation: str, what: str, officer: str = "officer-0", **said: Any
) -> httpx.Response:
    """End or withdraw a relation as an officer."""
    body = {"evidence": "SC-2026-0131", **said}
    path = f"/v1/family-relations/{relation}/{what}"
    return await register.service.call("POST", path, scopes=[WRITE], subject=officer, json=body)


async def tasks(register: Register) -> list[dict[str, Any]]:
    """What waits in the queue."""
    scopes = [DECIDE, "registration:task:read"]
    answer = await register.service.call("GET", "/v1/tasks", scopes=scopes, params={"state": "open"})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def act(register: Register, task: dict[str, Any], what: str, officer: str, **body: Any) -> httpx.Response:
    """What an officer does to a task."""
    more: dict[str, Any] = {"json": body} if body else {}
    scopes = [DECIDE, "registration:task:write"]
    path = f"/v1/tasks/{task['task']}/{what}"
    return await register.service.call("POST", path, scopes=scopes, subject=officer, **more)


async def decide(
    register: Register, task: dict[str, Any], approver: str = SECOND, kind: str = "relation_stands", **says: Any
) -> httpx.Response:
    """Take and propose as the first officer, and the answer to the one who approves."""
    assert (await act(register, task, "takings", FIRST)).status_code == 201
    revision = task["revision"]
    proposed = await act(register, task, "proposals", FIRST, revision=revision, says={"kind": kind, **says})
    assert proposed.status_code == 201, proposed.text
    return await act(register, task, "approvals", approver, revision=revision)


async def related(register: Register, person: str, **said: Any) -> str:
    """State a relation and let it count; its id."""
    answer = await state(register, person, **said)
    assert answer.status_code == 202, answer.text
    (task,) = await tasks(register)
    assert (await decide(register, task)).status_code == 201
    return str(answer.json()["relation"])


async def changed(register: Register, relation: str, what: str, **said: Any) -> None:
    """End or withdraw a relation, and let that count."""
    answer = await change(register, relation, what, **said)
    assert answer.status_code == 202, answer.text
    (task,) = await tasks(register)
    assert (await decide(register, task)).status_code == 201


async def family(register: Register, person: str, party: str = "", **asked: Any) -> list[dict[str, Any]]:
    """A person's family as a party sees it; without one as an officer."""
    answer = await register.as_party("GET", f"/v1/persons/{person}/family", READ, party, params=asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found
