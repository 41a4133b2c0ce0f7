"""Lint the SQL of every service's migrations with Squawk: `python -m tools.lint.migrations`.

Alembic prints the SQL without a database; Squawk names what locks a table that is in use or breaks the running release.
Each migration is linted alone: within one file Squawk holds every table made in it to be empty.
"""

import io
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import Script, ScriptDirectory

from deploy.platform import SERVICES
from shared.persistence.migrate import ROOT, configuration

RULES = Path(__file__).with_name("squawk.toml")
# What the migration environment sets on the connection before the first migration, and does not print.
TIMEOUTS = "SET LOCAL lock_timeout = '1s';\nSET LOCAL statement_timeout = '60s';\n"
_BEGINNING = "-- Running upgrade"
# Alembic's own statements, around those of the migration.
_TRANSACTION = {"BEGIN;", "COMMIT;"}


def main() -> int:
    """Lint them all; the exit status is Squawk's. Where no service has a migration there is nothing to find."""
    with tempfile.TemporaryDirectory() as folder:
        files = [
            _written(Path(folder) / f"{service}-{Path(script.path).stem}.sql", sql_of(config, script))
            for service in SERVICES
            if any((ROOT / "services" / service / "migrations").glob("*.py"))
            for config in [configuration(service)]
            for script in scripts(config)
        ]
        return squawk(files) if files else 0


def scripts(config: Config) -> Iterator[Script]:
    """The migrations of a service, the first one first."""
    yield from reversed(list(ScriptDirectory.from_config(config).walk_revisions()))


def sql_of(config: Config, script: Script) -> str:
    """The SQL of one migration, as it runs: in Alembic's transaction, with the time limits of the environment."""
    config.output_buffer = io.StringIO()
    command.upgrade(config, f"{script.down_revision or 'base'}:{script.revision}", sql=True)
    _, _, printed = config.output_buffer.getvalue().partition(_BEGINNING)
    own = [line for line in printed.splitlines()[1:] if line.strip() not in _TRANSACTION]
    return TIMEOUTS + "\n".join(own) + "\n"


def squawk(files: list[Path]) -> int:
    """Lint these files of SQL; what Squawk says goes to standard output."""
    program = Path(sys.executable).with_name("squawk")
    command_line = [str(program), "--config", str(RULES), *map(str, files)]
    return subprocess.run(command_line, check=False).returncode  # noqa: S603


def _written(file: Path, text: str) -> Path:
    file.write_text(text, encoding="utf-8")
    return file


if __name__ == "__main__":
    sys.exit(main())
