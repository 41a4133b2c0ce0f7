"""`make conformance`: runs the conformance pack against the platform of this machine, as a stranger would.

Two employers with a client each are made for each run, and topics for the first; then `python -m conformance` is told
where and who, and nothing else.
"""

import asyncio
import secrets
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from deploy.local.admission import admitted_to_topics
from deploy.local.client import HttpClient
from deploy.local.errors import LauncherError
from deploy.local.state import CHECKOUT, State, address_of, identity_in, open_state, read_run, replace, secret
from deploy.local.story import OFFICER
from shared.kernel.identifiers import employer_number

HOSPITAL = "hospital"


@dataclass(frozen=True)
class Vendor:
    """An employer that a vendor is, and its client."""

    employer: str
    employer_code: str
    client_id: str
    client_secret: str


async def admitted(state: State, name: str) -> Vendor:
    """Register an employer by this name and make a client for it; raises LauncherError."""
    client = HttpClient(state)
    code = f"V{secrets.randbelow(10**10):010d}Z"
    try:
        answer = await client.call(
            "registration",
            "POST",
            "/v1/employers",
            party=OFFICER,
            json={"name": f"{name.upper()} (UJIAN)", "employer_code": code},
        )
        if not answer.is_success:
            raise LauncherError(f"The employer was not registered ({answer.status_code}): {answer.text}")
        employer = str(answer.json()["employer"])
        client_id = f"vendor-{name}-{employer_number(employer)}"
        await client.admit(f"employer:{employer_number(employer)}", client_id=client_id)
    except httpx.HTTPError as error:
        raise LauncherError(f"The platform does not answer ({error!r}): make up starts it") from error
    finally:
        await client.close()
    return Vendor(employer, code, client_id, secret(state, f"client-{client_id}"))


async def told_to(state: State, vendor: Vendor, second: Vendor) -> str:
    """What a vendor is told, as `python -m conformance --settings` and a shell read it."""
    values = {
        "REGISTRATION": address_of(state, "registration-api"),
        "CLAIMS": address_of(state, "claims-api"),
        "TOKEN_URL": f"{address_of(state, 'token-issuer')}/token",
        "CLIENT_ID": vendor.client_id,
        "CLIENT_SECRET": vendor.client_secret,
        "EMPLOYER": vendor.employer,
        "EMPLOYER_CODE": vendor.employer_code,
        **await _topics_of(state, vendor),
    }
    return _settings(values) + told_of_second(second)


def told_of_second(second: Vendor) -> str:
    """What a vendor is told of the second employer that it is."""
    values = {
        "SECOND_CLIENT_ID": second.client_id,
        "SECOND_CLIENT_SECRET": second.client_secret,
        "SECOND_EMPLOYER": second.employer,
        "SECOND_EMPLOYER_CODE": second.employer_code,
    }
    return _settings(values)


def _settings(values: Mapping[str, str]) -> str:
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items())


async def _topics_of(state: State, vendor: Vendor) -> dict[str, str]:
    """What a vendor is told of topics of its own; nothing where the Kafka of this platform is somebody else's."""
    kafka = read_run(state).get("children", {}).get("kafka")
    if identity_in(kafka) is None:
        return {}
    told = await admitted_to_topics(state, f"employer:{employer_number(vendor.employer)}")
    return {**told, "KAFKA_TLS": "no"}


async def prepare(state: State) -> Path:
    """Make what a run needs; the settings that the runner reads."""
    run = secrets.token_hex(3)
    vendor, second = await admitted(state, f"run-{run}"), await admitted(state, f"run-{run}-second")
    hospital = {"HOSPITAL_CLIENT_ID": HOSPITAL, "HOSPITAL_CLIENT_SECRET": secret(state, f"client-{HOSPITAL}")}
    path = state.root / "conformance.env"
    told = await told_to(state, vendor, second)
    replace(path, told + "".join(f"{name}={value}\n" for name, value in hospital.items()))
    return path


def command(state: State, settings: Path, arguments: Sequence[str]) -> list[str]:
    """How the runner is called."""
    reports = ["--json", str(state.root / "conformance.json"), "--junit", str(state.root / "conformance.xml")]
    return [sys.executable, "-m", "conformance", "--settings", str(settings), *reports, *arguments]


def main(arguments: Sequence[str]) -> int:
    """Make an employer, run the pack, and end as it ends."""
    try:
        state = open_state()
        settings = asyncio.run(prepare(state))
    except LauncherError as reason:
        sys.stderr.write(f"The pack was not run: {reason}\n")
        return 2
    return subprocess.run(command(state, settings, arguments), cwd=CHECKOUT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
