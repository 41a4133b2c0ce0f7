"""How the demo ends: what was paid, to whom and why, in a few lines, and the law below."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from deploy.local.story import OFFICER, Client, Story, StoryStep

Rows = Sequence[Mapping[str, Any]]

# Why each revision of the story's decision came about.
WHY = {
    1: "hurt at work on 15 July 2026, unfit until 11 August; June's wage was not known yet",
    2: "June's wage arrived: RM3,050.00",
    3: "fit for other work from 3 August",
}


@dataclass(frozen=True)
class Books:
    """What claims decided and benefits did for one person, as their APIs tell it, oldest first."""

    decisions: Rows
    payments: Rows
    recoveries: Rows
    entitlements: Rows


async def books_of(client: Client, story: Story) -> Books:
    """Ask claims and benefits."""

    async def ask(service: str, path: str) -> Any:
        answer = await client.call(service, "GET", path, party=OFFICER)
        answer.raise_for_status()
        return answer.json()

    async def money(what: str) -> Rows:
        rows: Rows = (await ask("benefits", f"/v1/{what}?person={story.worker.person}"))["data"]
        return rows

    decisions = await ask("claims", f"/v1/claims/{story.worker.claim}/decisions")
    return Books(decisions, await money("payments"), await money("recoveries"), await money("entitlements"))


def ending(name: str, person: str, books: Books) -> list[str]:
    """The lines: who, each amount with its reason, what remains, and the law."""
    settled = [each for each in books.payments if each["state"] == "settled"]
    to_come_back = sum((Decimal(each["open"]["amount"]) for each in books.recoveries), Decimal())
    paid = sum((Decimal(each["amount"]["amount"]) for each in settled), Decimal())
    lines = [f"Paid to {name} ({person}), and why"]
    lines += [_line(each["amount"]["amount"], "paid", each["revision"], books.decisions) for each in settled]
    newest = len(books.decisions)
    lines += [_line(each["open"]["amount"], "to come back", newest, books.decisions) for each in books.recoveries]
    lines.append(f"{_ringgit(paid - to_come_back):>13}  in the end, as decided")
    laws = dict.fromkeys(each["law"] for each in (*books.entitlements, *books.recoveries))
    return [*lines, "", "By law", *(f"  {law}" for law in laws)]


def ending_of_pension(name: str, person: str, steps: Iterable[StoryStep]) -> list[str]:
    """The lines of the second story: each month that was paid, on which day it fell due, and which fund bore it."""
    lines = [f"Paid to {name} ({person}) by moving the clock"]
    for step in steps:
        told = dict(step.facts)
        if "payday" in told:
            amount = _ringgit(_sum(told))
            lines.append(f"{amount:>13}  for {told['month']}, due on {told['payday']}, from {told['fund']}")
    return lines


def ending_of_loss(name: str, person: str, steps: Iterable[StoryStep]) -> list[str]:
    """The lines of the third story: what was paid of the benefit, for which months, and which fund bore it."""
    paid = (dict(step.facts) for step in steps if "month" in dict(step.facts))
    lines = [f"Paid to {name} ({person}) for what a board found"]
    return [*lines, *(f"{_ringgit(_sum(each)):>13}  for {each['month']}, from {each['fund']}" for each in paid)]


def _sum(told: Mapping[str, str]) -> str:
    return told["amount"].removeprefix("RM")


def _line(amount: str, what: str, revision: int, decisions: Rows) -> str:
    decision = next(each for each in decisions if each["revision"] == revision)
    days, rate, whole = decision["days"], decision["daily_rate"]["amount"], decision["amount"]["amount"]
    working = f"{days} days at {_ringgit(rate)} are {_ringgit(whole)}"
    return f"{_ringgit(amount):>13}  {what:<12}  {working}: {WHY.get(revision, 'decided again')}"


def _ringgit(amount: str | Decimal) -> str:
    return f"RM{Decimal(amount):,.2f}"
