"""Two officers decide what waits for people in the queues of claims, or of another service, as many do at once."""

from typing import Any

from deploy.local.story import OFFICER, Client, StoryFailed, until

PROPOSES, APPROVES = "officer-1", "officer-2"
# The claim is assessed meanwhile, or somebody else was faster: whoever decides looks again.
LOOK_AGAIN = frozenset((409, 412))


async def confirm_notice(client: Client, claim: str, person: str) -> None:
    """What an officer reported of this person counts."""
    await decide(client, "identity", claim, {"kind": "relation_shown", "person": person})


async def let_count(client: Client, claim: str, evidence: str) -> None:
    """A statement counts that waits for a person."""
    await decide(client, "evidence", claim, {"kind": "evidence_counts", "evidence": evidence})


async def let_finding_count(client: Client, claim: str, evidence: str) -> None:
    """What an officer found counts."""
    await decide(client, "doubt", claim, {"kind": "finding_counts", "evidence": evidence})


async def decide(client: Client, queue: str, subject: str, says: dict[str, Any], *, service: str = "claims") -> None:
    """One proposes it as soon as the claim has a task in the queue, unless that was done, and another one approves it.

    Where the claim has moved on meanwhile, or the task is about something else first, they look again. In queues of
    another service the subject is what its tasks are about.
    """
    claim = subject

    async def done() -> bool:
        task = await _proposed(client, queue, claim, says, service)
        if task is None:
            return False
        return await _act(client, task, "approvals", APPROVES, service, revision=task["revision"])

    await until(done, bool, f"that two officers decide {says} of {claim}")


async def propose(client: Client, queue: str, claim: str, says: dict[str, Any], *, service: str = "claims") -> None:
    """One takes the task of the claim and proposes it; nobody has approved it yet."""

    async def done() -> bool:
        return await _proposed(client, queue, claim, says, service) is not None

    await until(done, bool, f"that an officer proposes {says} of {claim}")


async def find_task(client: Client, queue: str, claim: str, service: str = "claims") -> dict[str, Any] | None:
    """The first task of the claim in the queue that waits for a person, on whichever page it is."""
    path = f"/v1/tasks?queue={queue}&limit=100"
    page = await _page(client, service, path)
    while True:
        for each in page["data"]:
            if claim in each["subject"]["id"]:
                return dict(each)
        if not page["has_more"]:
            return None
        page = await _page(client, service, f"{path}&cursor={page['next_cursor']}")


async def _page(client: Client, service: str, path: str) -> dict[str, Any]:
    answer = await client.call(service, "GET", path, party=OFFICER, subject=APPROVES)
    if not answer.is_success:
        raise StoryFailed(f"GET {path} of {service} answered {answer.status_code}: {answer.text}")
    return dict(answer.json())


async def _proposed(
    client: Client, queue: str, claim: str, says: dict[str, Any], service: str
) -> dict[str, Any] | None:
    """The task of the claim once this is proposed in it, which is done now where it can be."""
    task = await find_task(client, queue, claim, service)
    if task is None or (task["state"] == "open" and not await _act(client, task, "takings", PROPOSES, service)):
        return None
    if task["proposal"] is None:
        made = await _act(client, task, "proposals", PROPOSES, service, revision=task["revision"], says=says)
        return task if made else None
    return task if task["proposal"]["says"] == says else None


async def _act(client: Client, task: dict[str, Any], what: str, officer: str, service: str, **body: Any) -> bool:
    """Whether it was done; raises StoryFailed for what looking again does not mend."""
    path, more = f"/v1/tasks/{task['task']}/{what}", {"json": body} if body else {}
    answer = await client.call(service, "POST", path, party=OFFICER, subject=officer, **more)
    if not answer.is_success and answer.status_code not in LOOK_AGAIN:
        raise StoryFailed(f"POST {path} of {service} answered {answer.status_code}: {answer.text}")
    return answer.is_success
