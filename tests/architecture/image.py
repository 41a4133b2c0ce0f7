"""What the image holds, read from its Dockerfile and what is sent to its builder; and what its processes import."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path

from deploy.platform import COMPANIONS, PROCESSES
from tests.architecture.dependencies import installed_modules
from tests.architecture.tree import syntax_tree
from tools.image_packages import blocks_of, needed

DOCKERFILE, IGNORED = "deploy/Dockerfile", "deploy/Dockerfile.dockerignore"
COMMANDS = (
    *(process.module for process in (*PROCESSES, *COMPANIONS)),
    "deploy.compose.provision",
    "deploy.compose.ready",
    "deploy.partner_access",
    "shared.persistence.migrate",
)
# Imported by name when they are needed.
BY_NAME = re.compile(
    r"services/[a-z]+/(settings|migrations/[a-z0-9_]+)\.py|shared/persistence/migration_environment/env\.py"
)
OURS = ("deploy", "services", "shared")


def context(root: Path, paths: Iterable[str]) -> list[str]:
    """The files that reach the builder, by the last line of Docker's list that fits a path or a folder above it."""
    lines = [line.strip() for line in (root / IGNORED).read_text(encoding="utf-8").splitlines()]
    patterns = [(not line.startswith("!"), _pattern(line.lstrip("!"))) for line in lines if line and line[0] != "#"]
    return [path for path in paths if not _is_ignored(path, patterns)]


def _is_ignored(path: str, patterns: Iterable[tuple[bool, re.Pattern[str]]]) -> bool:
    parts = path.split("/")
    prefixes = ["/".join(parts[: length + 1]) for length in range(len(parts))]
    ignored = False
    for ignores, pattern in patterns:
        if any(pattern.fullmatch(prefix) for prefix in prefixes):
            ignored = ignores
    return ignored


def _pattern(line: str) -> re.Pattern[str]:
    escaped = re.escape(line.strip("/")).replace(r"\*\*/", "(?:.*/)?").replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
    return re.compile(escaped)


def reached(root: Path, paths: Iterable[str]) -> set[str]:
    """The Python files that the processes of the image import, wherever in a file the import stands."""
    modules = {path.removesuffix(".py").replace("/", "."): path for path in paths if path.endswith(".py")}
    waiting = [*COMMANDS, *(module for module, path in modules.items() if BY_NAME.fullmatch(path))]
    found: set[str] = set()
    while waiting:
        module = waiting.pop()
        if module in modules and modules[module] not in found:
            found.add(modules[module])
            waiting += _imports(syntax_tree(root, modules[module]))
    return found


def foreign(root: Path, paths: Iterable[str], packages: Set[str]) -> list[str]:
    """Imports of these files that are neither ours, nor Python's, nor of the packages in the image."""
    brings: Mapping[str, set[str]] = installed_modules()
    known = {module for package in packages for module in brings.get(package, set())}
    others = {module for modules in brings.values() for module in modules} - known - set(OURS)
    found = []
    for path in paths:
        tops = {name.partition(".")[0] for name in _imports(syntax_tree(root, path))}
        found += [f"{path}: imports {name}, which the image does not hold" for name in sorted(tops & others)]
    return found


def packages(declared: Iterable[str], lock: str) -> set[str]:
    """The packages of the image."""
    return set(blocks_of("\n".join(needed(declared, lock))))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def careless(dockerfile: str) -> list[str]:
    """What a linter of Dockerfiles would say, of what matters here."""
    lines = [line for line in re.sub(r"\\\n", " ", dockerfile).splitlines() if line.strip() and line[0] != "#"]
    words = [(line.split()[0].upper(), line.partition(" ")[2].strip()) for line in lines]
    found = [f"{word} is not used here" for word, _ in words if word in ("ADD", "MAINTAINER", "SHELL")]
    for word, rest in words:
        image = rest.split()[0] if word == "FROM" else ""
        if word == "FROM" and not re.search(r":[0-9][\w.-]+$", image):
            found.append(f"{image} has no version")
        if (
            word == "RUN"
            and "pip install" in rest.replace("pip --python /opt/venv", "pip")
            and "--require-hashes" not in rest
        ):
            found.append("pip installs without hashes")
        if word == "COPY" and rest.split()[-2:-1] == ["."]:
            found.append("everything is copied")
        if word in ("ENV", "ARG") and re.search(r"PASSWORD|SECRET|_KEY", rest):
            found.append("a secret is in the image")
        if word == "RUN" and re.search(r"\bapt-get\b|\bcurl\b|\bsudo\b|chmod 777", rest):
            found.append(f"runs {rest.split()[0]}")
    users = [rest for word, rest in words if word == "USER"]
    if not users or not re.fullmatch(r"[1-9][0-9]*:[1-9][0-9]*", users[-1]):
        found.append("does not end as an ordinary user, by number")
    return found
