"""Two officers let evidence count that waits for them, as any number of them do at once."""

from typing import Any

from deploy.local.story import OFFICER, Client, until

TASKS = "claims:task:read claims:task:write claims:evidence:decide"
PROPOSES, APPROVES = "officer-1", "officer-2"


async def let_count(client: Client, claim: str, evidence: str) -> None:
    """One proposes it as soon as the claim has a task about evidence, and another one approves it.

    Where the claim has moved on meanwhile, or the task is about something else first, they look again.
    """
    says = {"kind": "evidence_counts", "evidence": evidence}

    async def done() -> bool:
        task = await _task(client, claim)
        if task is not None and task["state"] == "open":
            task = await _act(client, task, "takings", PROPOSES)
        if task is not None and task["state"] == "taken":
            task = await _act(client, task, "proposals", PROPOSES, revision=task["revision"], says=says)
        if task is None or task["proposal"] is None or task["proposal"]["says"] != says:
            return False
        return await _act(client, task, "approvals", APPROVES, revision=task["revision"]) is not None

    await until(done, bool, f"that {evidence} counts")


async def _task(client: Client, claim: str) -> dict[str, Any] | None:
    """The first task of the claim that is about evidence, if there is one."""
    answer = await client.call(
        "claims", "GET", "/v1/tasks?queue=evidence&limit=100", party=OFFICER, scopes=TASKS, subject=APPROVES
    )
    found = answer.json()["data"] if answer.is_success else []
    return next((each for each in found if claim in each["subject"]["id"]), None)


async def _act(client: Client, task: dict[str, Any], what: str, officer: str, **body: Any) -> dict[str, Any] | None:
    """The task after it, or None where somebody else was faster."""
    path, more = f"/v1/tasks/{task['task']}/{what}", {"json": body} if body else {}
    answer = await client.call("claims", "POST", path, party=OFFICER, scopes=TASKS, subject=officer, **more)
    return dict(answer.json()) if answer.is_success else None
