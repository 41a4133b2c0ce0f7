"""``make demo``: starts the platform and runs one worker's story through all five services (deploy/local/story.py), and
then a pensioner's, for which it moves the clock (deploy/local/pension.py), and that of a loss which a board finds
(deploy/local/board.py).

Exits with 1 when any amount differs from the law's. The platform stays up, so that the trace and the pages can be
opened; ``make down`` stops it.
"""

import asyncio
import secrets
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from deploy.local import board, clock
from deploy.local.client import HttpClient
from deploy.local.ending import books_of, ending, ending_of_loss, ending_of_pension
from deploy.local.errors import LauncherError
from deploy.local.letters import prefer, told
from deploy.local.officers import APPROVES, PROPOSES
from deploy.local.pension import CHAPTER, Pension
from deploy.local.state import State, address_of, open_state
from deploy.local.story import Story, StoryFailed, StoryStep
from deploy.local.up import up
from deploy.platform import SERVICES
from shared.kernel.clock import take_offset_from
from shared.process.clock_file import ClockFile

CHAPTERS = {
    1: "Registration: an employer, a worker, a bank account",
    2: "Contributions: five files of 278 characters a line",
    3: "Claims: an accident on Wednesday 15 July 2026",
    4: "Benefits: the first payment",
    5: "Benefits: June arrives late, the difference is paid",
    6: "Rehabilitation: fit for other work from 3 August",
    7: "Jobs: a new employer, proved by its first contribution",
    8: "A pension: three months of it, paid by moving the clock",
    9: "Letters: what both were told, and how it reached them",
    10: "A Medical Board: a loss for good, paid by the month",
}
TRACE_PATIENCE_SECONDS = 15.0


@dataclass(frozen=True)
class Hop:
    """A step of the trace: where, what, when after the request (ms), and for how long (ms)."""

    service: str
    what: str
    begins: float
    lasts: float


class StoryPrinter:
    """Prints what happens, with the time since the story began."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._begun = time.monotonic()
        self._chapter = 0
        self._figures: set[str] = set()

    def print_step(self, step: StoryStep) -> None:
        """Print one thing that happened; decisions with every step and its citation."""
        if step.chapter != self._chapter:
            self._chapter = step.chapter
            self._console.print(f"\n[bold]{step.chapter}. {CHAPTERS[step.chapter]}[/bold]")
        facts = "  ".join(f"[dim]{name}[/dim] {value}" for name, value in step.facts)
        elapsed = time.monotonic() - self._begun
        line = f"  [dim]{elapsed:6.2f} s[/dim]  {step.title}  {facts}"
        self._console.print(line, highlight=False, soft_wrap=True)
        for line in step.explanation:
            if self._is_new(line):
                self._console.print(f"            [dim]{line}[/dim]", highlight=False, soft_wrap=True)

    def _is_new(self, line: str) -> bool:
        """A figure of the law is shown once; tests and amounts each time."""
        if ", since " not in line:
            return True
        new = line not in self._figures
        self._figures.add(line)
        return new


async def run_story(state: State, console: Console) -> None:
    """Run the stories on the running platform, then show the hops, the addresses, and at the end the money."""
    client = HttpClient(state)
    trace = secrets.token_hex(16)
    story = Story(client, trace_headers={"traceparent": f"00-{trace}-{secrets.token_hex(8)}-01"})
    printer = StoryPrinter(console)
    try:
        async for step in story.run():
            printer.print_step(step)
        hops = await hops_of(state, trace)
        books = await books_of(client, story)
        await client.admit(story.worker.party)
        await prefer(client, story.worker, "sms", "+60 12 345 6789")
        pension = await run_pension(state, client, printer)
        # Her decision is told an hour after it: the clock was moved meanwhile.
        printer.print_step(await told(client, story.worker, "award", "payment_advice"))
        loss = await run_loss(client, printer)
        console.print()
        console.print(hop_table(hops))
        console.print(pages(state, trace), highlight=False, soft_wrap=True)
        # Last, where the eye is when it stands still: the money.
        for heading, *lines in (ending(story.worker.name, story.worker.person, books), pension, loss):
            console.print(f"\n[bold]{heading}[/bold]", highlight=False)
            console.print("\n".join(lines), highlight=False, soft_wrap=True)
    finally:
        await client.close()


async def run_pension(state: State, client: HttpClient, printer: StoryPrinter) -> list[str]:
    """Run the eighth chapter, which moves the clock of the platform and of this process; the lines of its end."""
    for name in (PROPOSES, APPROVES):
        await client.appoint(name)
    take_offset_from(ClockFile(state.clock_file), "local")
    story = Pension(client, move_to=lambda day: print_moved(printer, clock.move(state, day.isoformat(), "")))
    steps: list[StoryStep] = []
    async for step in story.told():
        printer.print_step(step)
        if not steps:
            await prefer(client, story.worker, "email", "faridah@example.org")
        steps.append(step)
    printer.print_step(await told(client, story.worker, "award", "payment_advice"))
    return ending_of_pension(story.worker.name, story.worker.person, steps)


async def run_loss(client: HttpClient, printer: StoryPrinter) -> list[str]:
    """Run the tenth chapter, with the officers of the eighth; the lines of its end."""
    story = board.Loss(client)
    steps = []
    async for step in story.told():
        printer.print_step(step)
        steps.append(step)
    return ending_of_loss(story.worker.name, story.worker.person, steps)


def print_moved(printer: StoryPrinter, said: str) -> None:
    """Say what the clock shows now."""
    printer.print_step(StoryStep(CHAPTER, "The clock is moved", (("to", said.partition(" in ")[0]),)))


async def hops_of(state: State, trace: str) -> list[Hop]:
    """The steps of the accident's trace as Zipkin has them, once the payment is among them."""
    url = f"{zipkin_of(state)}/api/v2/trace/{trace}"
    async with httpx.AsyncClient(timeout=5) as client:
        end = time.monotonic() + TRACE_PATIENCE_SECONDS
        spans: list[dict[str, Any]] = []
        while time.monotonic() < end and not any(span.get("name") == "render payment" for span in spans):
            await asyncio.sleep(0.5)
            answer = await client.get(url)
            spans = answer.json() if answer.is_success else []
    shown = [span for span in spans if "timestamp" in span and not _is_statement(span)]
    begun = min((span["timestamp"] for span in shown), default=0)
    hops = [
        Hop(
            span.get("localEndpoint", {}).get("serviceName", ""),
            span.get("name", ""),
            (span["timestamp"] - begun) / 1000,
            span.get("duration", 0) / 1000,
        )
        for span in shown
    ]
    return sorted(hops, key=lambda hop: hop.begins)


def _is_statement(span: dict[str, Any]) -> bool:
    return any(name.startswith("db.") for name in span.get("tags", {}))


def zipkin_of(state: State) -> str:
    """Where the traces are kept."""
    return address_of(state, "zipkin").rstrip("/")


def hop_table(hops: Sequence[Hop]) -> Table:
    """One row for each hop of the trace, from the request through Kafka to the payment."""
    table = Table(title="One trace, from the request through Kafka to the payment", title_justify="left")
    for column, justify in (("service", "left"), ("step", "left"), ("after ms", "right"), ("lasts ms", "right")):
        table.add_column(column, justify=justify)  # type: ignore[arg-type]
    for hop in hops:
        table.add_row(hop.service, hop.what, f"{hop.begins:.1f}", f"{hop.lasts:.1f}")
    return table


def pages(state: State, trace: str) -> str:
    """Where to look next."""
    lines = [f"The trace:  {zipkin_of(state)}/zipkin/traces/{trace}"]
    lines += [f"API pages:  {address_of(state, f'{service}-api')}/docs   ({service})" for service in SERVICES]
    return "\n".join([*lines, "The platform goes on running. Stop it with: make down"])


def main() -> int:
    """Start, run, and say plainly what went wrong; 0 only when every amount is right."""
    console = Console()
    try:
        state = open_state()
        up(state, console)
        asyncio.run(run_story(state, console))
    except (LauncherError, StoryFailed, httpx.HTTPError) as reason:
        console.print(f"[bold red]The demo failed:[/bold red] {reason}", soft_wrap=True, highlight=False)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
