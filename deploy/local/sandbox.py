"""`python -m deploy.local.sandbox`: a platform of its own in which vendors try their software (docs/partners.md).

It has databases, keys, topics, a token issuer and a business clock of its own, in a state folder of its own: nothing of
it is anywhere else, and no token of another platform is taken. Registration of it registers made-up people alone.
Each vendor is an employer with a client and topics of its own, and a second employer for what concerns two at once; it
sees what is its own.
"""

import asyncio
import json
import os
import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy.local import cli
from deploy.local.conformance import Vendor, admitted, told_of_second, told_to
from deploy.local.errors import LauncherError
from deploy.local.state import CHECKOUT, State, open_state, replace, supervisor_of

FOLDER = "JARING_SANDBOX_STATE"
NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
ABOUT = (
    "The sandbox of vendors, beside the platform of this machine. "
    "Also up, down, reset, status, clock and whatever else `python -m deploy.local` does."
)
app = typer.Typer(help=ABOUT, no_args_is_help=True)
console = Console(highlight=False, soft_wrap=True)


def sandbox() -> State:
    """The state folder of the sandbox (`JARING_SANDBOX_STATE`, else `.sandbox` in the checkout), marked as one.

    Raises:
        LauncherError: a platform that is no sandbox has this folder.
    """
    state = open_state({"JARING_STATE": os.environ.get(FOLDER) or str(CHECKOUT / ".sandbox")})
    if state.run_file.exists() and not state.is_sandbox:
        raise LauncherError(f"{state.root} is the platform of somebody else, and no sandbox")
    (state.root / "sandbox").mkdir(exist_ok=True, mode=0o700)
    return state


def vendors(state: State) -> list[Path]:
    """What each vendor was told."""
    return sorted((state.root / "sandbox").glob("*.env"))


async def admit(state: State, name: str) -> Path:
    """Make a vendor an employer with a client of its own, once; the file with what it is told. Who was stopped amid it
    goes on with the employers that there are, and a vendor of before there was a second one gets it."""
    if NAME.fullmatch(name) is None:
        raise LauncherError("A vendor's name has small letters, digits and dashes, and begins with a letter")
    path = state.root / "sandbox" / f"{name}.env"
    told = path.read_text() if path.exists() else ""
    if "SECOND_EMPLOYER=" not in told:
        vendor = None if told else await _vendor(state, name)
        # For what concerns two employers at once the vendor is a second one too.
        second = await _vendor(state, f"{name}-second")
        replace(path, told + told_of_second(second) if vendor is None else await told_to(state, vendor, second))
    return path


async def _vendor(state: State, name: str) -> Vendor:
    """Kept as soon as there is one: an employer that nobody was told of would be nobody's."""
    path = state.root / "sandbox" / f"{name}.json"
    if not path.exists():
        replace(path, json.dumps(asdict(await admitted(state, name))))
    return Vendor(**json.loads(path.read_text()))


@app.command("admit")
def admit_vendor(name: Annotated[str, typer.Argument(help="A name for the vendor, such as acme-payroll.")]) -> None:
    """Admit a vendor, and say where stands what to hand to it."""
    try:
        state = sandbox()
        if supervisor_of(state) is None:
            raise LauncherError("The sandbox does not run: make sandbox starts it")
        path = asyncio.run(admit(state, name))
    except LauncherError as error:
        console.print(str(error), markup=False)
        raise typer.Exit(1) from None
    console.print(f"Hand this file to {name}: {path}")
    console.print(f"With it: python -m conformance --settings {path}", markup=False)


@app.command("vendors")
def list_vendors() -> None:
    """List who is admitted."""
    for path in vendors(sandbox()):
        console.print(path.stem)


def main() -> None:
    """Whatever is not of vendors is done to the sandbox as `python -m deploy.local` does it."""
    own = {command.name for command in app.registered_commands} | {"--help"}
    if len(sys.argv) > 1 and sys.argv[1] not in own:
        try:
            os.environ["JARING_STATE"] = str(sandbox().root)
        except LauncherError as error:
            console.print(str(error), markup=False)
            raise SystemExit(1) from None
        cli.app()
    app()


if __name__ == "__main__":
    main()
