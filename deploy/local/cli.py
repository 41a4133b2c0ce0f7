"""`python -m deploy.local`: up, down, status, admit, backup and what else `--help` lists."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console

from deploy.local import admission
from deploy.local import backup as backups
from deploy.local import clock as business_clock
from deploy.local import rotation as key_rotation
from deploy.local import up as platform
from deploy.local.errors import LauncherError
from deploy.local.plan import environment_of, make_plan, remembered_ports
from deploy.local.state import State, open_state, read_run
from deploy.platform import PROCESSES

app = typer.Typer(help="The whole platform on this machine, without containers.", no_args_is_help=True)
console = Console(highlight=False, soft_wrap=True)


@contextmanager
def _plainly() -> Iterator[None]:
    """Say an error in one line and end with code 1."""
    try:
        yield
    except LauncherError as error:
        console.print(str(error), markup=False)
        raise typer.Exit(1) from None


def _do(action: Callable[[State, Console], None]) -> None:
    with _plainly():
        action(open_state(), console)


@app.command()
def up() -> None:
    """Start the platform, or use the one that runs, and wait until it is ready."""
    _do(platform.up)


@app.command()
def down() -> None:
    """Stop everything, in order."""
    _do(platform.down)


@app.command()
def reset() -> None:
    """Stop everything and delete its data, keys and logs."""
    _do(platform.reset)


@app.command()
def status() -> None:
    """Show what runs, how it is, and where; ends with code 1 when something is not ready."""
    with _plainly():
        state = open_state()
        children = read_run(state).get("children", {})
        if not children:
            raise LauncherError("Nothing runs here: make up starts it")
        console.print(platform.address_table(state))
        if not all(platform.is_ready(name, record) for name, record in children.items()):
            raise typer.Exit(1)


@app.command()
def clock(
    instant: Annotated[str, typer.Option("--set", help="A day such as 2026-12-01, or an instant.")] = "",
    span: Annotated[str, typer.Option("--advance", help="A span such as 30d, 12h or 90m.")] = "",
) -> None:
    """Show the business clock of the platform, or move it forward."""
    with _plainly():
        console.print(business_clock.move(open_state(), instant, span), markup=False)


@app.command()
def admit(
    partner: Annotated[str, typer.Argument(help="Such as E000000012X, employer:12 or hospital:1.")],
    scopes: Annotated[str, typer.Option("--scopes", help="Of its client; those of its kind when empty.")] = "",
) -> None:
    """Admit a partner: a client for REST, and topics of its own on Kafka. Each secret is told once."""
    with _plainly():
        admission.admit(open_state(), console, partner, scopes)


@app.command()
def dismiss(partner: Annotated[str, typer.Argument(help="As it was admitted.")]) -> None:
    """Take away what a partner was admitted with."""
    with _plainly():
        admission.dismiss(open_state(), console, partner)


@app.command()
def logs(
    name: Annotated[str, typer.Argument(help="A process as status names it, or supervisor.")],
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as it grows.")] = False,
) -> None:
    """Show the last 200 lines of a log."""
    with _plainly():
        state = open_state()
        known = {path.stem: path for path in state.logs.glob("*.log")} | {"supervisor": state.root / "supervisor.log"}
        if name not in known or not known[name].exists():
            raise LauncherError(f"There is no log of {name}; there are: {', '.join(sorted(known))}")
    sys.stdout.flush()
    os.execvp("tail", ["tail", "-n", "200", *(["-f"] if follow else []), str(known[name])])  # noqa: S606


@app.command()
def backup(
    services: Annotated[str, typer.Option("--services", help="Such as claims, or several; all when empty.")] = "",
) -> None:
    """Back up the databases of services, while they work."""
    with _plainly():
        backups.back_up(open_state(), console, backups.known_services(services))


@app.command()
def restore(
    service: Annotated[str, typer.Argument(help="The service, such as claims, or all.")],
    backup: Annotated[str, typer.Option("--backup", help="A backup's name or folder.")] = "latest",
) -> None:
    """Put a service's database back from a backup; ends with code 1 when an officer must look."""
    with _plainly():
        chosen = backups.known_services("" if service == "all" else service or "?")
        for each in chosen:
            backups.restore(open_state(), console, each, backup)


@app.command()
def release(
    service: Annotated[str, typer.Argument(help="The service whose database is held.")],
    name: Annotated[str, typer.Argument(help="Who releases it.")],
    reason: Annotated[str, typer.Argument(help="Why: what was compared, and with what.")],
) -> None:
    """Release a database that was put back and cannot know by itself that it is whole; ends with code 1 if none is."""
    _become_worker(service, "release", name, reason)


@app.command()
def forget(
    service: Annotated[str, typer.Argument(help="The service that does not believe it, such as claims.")],
    topic: Annotated[str, typer.Argument(help="The topic whose heartbeats it passes over.")],
    name: Annotated[str, typer.Argument(help="Who says so.")],
    reason: Annotated[str, typer.Argument(help="Why: whose heartbeat it was, as far as is known.")],
) -> None:
    """Forget up to when a topic is said to have arrived; the next heartbeats say it again."""
    _become_worker(service, "forget", topic, name, reason)


@app.command()
def replay(service: Annotated[str, typer.Argument(help="The service that parked events, such as claims.")]) -> None:
    """Replay what a service parked, while it works; ends with code 1 when something is still parked."""
    _become_worker(service, "replay")


@app.command()
def rotate(
    service: Annotated[str, typer.Argument(help="The service whose keys are rotated.")],
    step: Annotated[str, typer.Argument(help="show, begin, switch, retire, or recover (from escrow).")] = "show",
    key: Annotated[str, typer.Option("--key", help="Of recover: the key's id.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be, and change nothing.")] = False,
) -> None:
    """Rotate the keys of a service, step by step, or show where that stands; ends with code 1 when it is refused."""
    with _plainly():
        key_rotation.rotate(open_state(), console, service, step, key, dry_run=dry_run)


def _become_worker(service: str, *arguments: str) -> None:
    with _plainly():
        workers = {process.service: process for process in PROCESSES if process.kind == "worker"}
        if service not in workers:
            raise LauncherError(f"There is no service {service}; there are: {', '.join(workers)}")
        state, worker = open_state(), workers[service]
        environment = environment_of(worker, make_plan(state, remembered_ports(state)))
    sys.stdout.flush()
    os.execvpe(sys.executable, [sys.executable, "-m", worker.module, *arguments], environment)  # noqa: S606


@app.command(context_settings={"ignore_unknown_options": True})
def parked(
    action: Annotated[str, typer.Argument(help="list, actions, show, replay, discard or fix.")] = "list",
    service: Annotated[str, typer.Argument(help="The service; list and actions go through all without one.")] = "",
    rest: Annotated[list[str] | None, typer.Argument(help="Ids and options: parked show claims --help.")] = None,
) -> None:
    """Look at what the services parked, and act on it; ends with code 1 when something was not done."""
    with _plainly():
        workers = {process.service: process for process in PROCESSES if process.kind == "worker"}
        if service not in workers and (service or action not in ("list", "actions")):
            raise LauncherError(f"Name the service after {action}: {', '.join(workers)}")
        state = open_state()
        plan = make_plan(state, remembered_ports(state))
        chosen = [workers[service]] if service else list(workers.values())
        # No metric or trace of a look is worth a line at the terminal.
        environments = {each.module: {**environment_of(each, plan), "JARING_TRACES": "none"} for each in chosen}
    sys.stdout.flush()
    words = ["parked", action, *(rest or [])]
    codes = [
        subprocess.run([sys.executable, "-m", module, *words], env=environment, check=False).returncode
        for module, environment in environments.items()
    ]
    if any(codes):
        raise typer.Exit(max(codes))
