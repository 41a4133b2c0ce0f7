"""Make the secrets of an installation in containers, once: `python -m deploy.compose.secrets`.

They go into .state/compose.env, which git ignores and only its owner reads; docker compose takes it by --env-file.
"""

import base64
import os
import secrets
import sys
from pathlib import Path

from deploy.platform import DATABASE_ROLES, SERVICES, stated_settings

FILE = Path(__file__).resolve().parents[2] / ".state" / "compose.env"
# Two services hash a national id with the first, and must hash alike; services and the gateway sign with the other.
# Every other key belongs to one service.
SHARED_KEYS = ("JARING_ID_TOKEN_KEY", "JARING_GATEWAY_KEY")


def names() -> tuple[list[str], list[str]]:
    """The variables that hold a password, and those that hold a key of 32 bytes in base64."""
    passwords = ["JARING_POSTGRES_PASSWORD", "JARING_CLIENT_SECRET_BANK", "JARING_CLIENT_SECRET_GATEWAY"]
    passwords += [role.password_setting for role in DATABASE_ROLES]
    keys = [*SHARED_KEYS]
    for service in SERVICES:
        own = (name for name in stated_settings(service) if name.endswith("_KEY") and name not in SHARED_KEYS)
        keys += [f"{name}_{service.upper()}" for name in own]
    return passwords, keys


def make() -> str:
    """Fresh secrets, a line each; the characters of a password need no quoting in a URL or a shell."""
    passwords, keys = names()
    lines = [f"{name}={secrets.token_hex(24)}" for name in passwords]
    lines += [f"{name}={base64.b64encode(secrets.token_bytes(32)).decode()}" for name in keys]
    return "\n".join(lines) + "\n"


def main(file: Path = FILE) -> int:
    """Write the file unless it is there: with other secrets the databases that exist could not be opened."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        sys.stderr.write(f"{file} is there already and stays as it is; remove it only with the volumes\n")
        return 1
    with os.fdopen(descriptor, "w") as opened:
        opened.write(make())
    return 0


if __name__ == "__main__":
    sys.exit(main())
