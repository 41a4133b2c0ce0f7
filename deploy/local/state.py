"""The state folder of the local platform: what stands in it, its secrets, and the record of what runs."""

import base64
import json
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from deploy.local import postgres
from deploy.local.errors import LauncherError
from deploy.local.processes import Identity, alive

CHECKOUT = Path(__file__).resolve().parents[2]
OURS = (
    "run.json",
    "ports.json",
    "lock",
    "up.lock",
    "supervisor.log",
    "jwks.json",
    "clients.json",
    "partner.env",
    "conformance.env",
    "conformance.json",
    "conformance.xml",
    "sandbox",
    "clock",
    "bank",
    "gateway",
    "backups",
    "kafka",
    "zipkin",
)


@dataclass(frozen=True, slots=True)
class State:
    """Paths below the state folder."""

    root: Path

    @property
    def logs(self) -> Path:
        """A log per process."""
        return self.root / "logs"

    @property
    def secrets(self) -> Path:
        """A file per secret, for its owner only."""
        return self.root / "secrets"

    @property
    def run_file(self) -> Path:
        """What runs, by identity: written by the supervisor at every change."""
        return self.root / "run.json"

    @property
    def key_set(self) -> Path:
        """The public keys that the services verify tokens with."""
        return self.root / "jwks.json"

    @property
    def clock_file(self) -> Path:
        """The business clock of the processes, the same for all of them."""
        return self.root / "clock"

    @property
    def is_sandbox(self) -> bool:
        """Whether it is the sandbox of vendors: its folder `sandbox` holds what each of them is told."""
        return (self.root / "sandbox").is_dir()

    def folder(self, name: str) -> Path:
        """The data folder of a server or companion."""
        return self.root / name


def open_state(environment: Mapping[str, str] = os.environ) -> State:
    """Return the state folder (`JARING_STATE`, else `.state` in the checkout), made where it is missing.

    Raises:
        LauncherError: it cannot be written.
    """
    state = State(Path(environment.get("JARING_STATE") or CHECKOUT / ".state").resolve())
    try:
        for folder in (state.root, state.logs, state.secrets):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            probe = folder / f".probe-{os.getpid()}"
            probe.touch()
            probe.unlink()
    except OSError as error:
        raise LauncherError(
            f"The state folder {state.root} cannot be written ({error.strerror}): "
            "mend it, or set JARING_STATE to another"
        ) from error
    return state


def replace(path: Path, text: str) -> None:
    """Write a file whole or not at all, readable by its owner only."""
    scratch = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    scratch.replace(path)


def secret(state: State, name: str, make: Callable[[], str] = lambda: secrets.token_hex(24)) -> str:
    """Return a secret of this installation, made by `make` at the first call and kept."""
    path = state.secrets / name
    if not path.exists():
        replace(path, make())
    return path.read_text()


def key(state: State, name: str) -> str:
    """Return a key of 32 bytes in base64, made at the first call and kept."""
    return secret(state, name, lambda: base64.b64encode(secrets.token_bytes(32)).decode())


def read_run(state: State) -> dict[str, Any]:
    """Return the record of what runs or ran last: `supervisor`, `children`, each with an identity; empty if none."""
    try:
        found = json.loads(state.run_file.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_run(state: State, supervisor: Identity, children: Mapping[str, Mapping[str, object]]) -> None:
    """Record what runs."""
    replace(state.run_file, json.dumps({"supervisor": asdict(supervisor), "children": children}, indent=1))


def identity_in(record: Mapping[str, Any] | None) -> Identity | None:
    """Return the identity inside an entry of the record, if that very process still runs."""
    try:
        identity = Identity(int(record["pid"]), int(record["started"]), str(record["boot"])) if record else None
    except (KeyError, TypeError, ValueError):
        return None
    return identity if identity and alive(identity) else None


def supervisor_of(state: State) -> Identity | None:
    """Return the running supervisor of this state, if there is one."""
    return identity_in(read_run(state).get("supervisor"))


def address_of(state: State, name: str) -> str:
    """Return where a process that runs here answers, for example `http://127.0.0.1:8102` for `claims-api`.

    Raises:
        LauncherError: nothing of this name runs.
    """
    record = read_run(state).get("children", {}).get(name)
    if record is None or identity_in(record) is None:
        raise LauncherError(f"{name} does not run: make up starts the platform")
    return str(record["address"])


def wipe(state: State) -> None:
    """Delete what this platform put into the state folder, and the folder if nothing else is in it."""
    postgres.remove(state.folder("postgres"))
    for path in (state.logs, state.secrets, *(state.folder(name) for name in OURS)):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if state.root.exists() and not any(state.root.iterdir()):
        state.root.rmdir()
