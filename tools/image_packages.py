"""Which locked packages the image needs: `python image_packages.py pyproject.toml requirements.lock`.

The lock holds what the checks, the tests and one machine need as well. This prints the part of it that follows from
the project's own dependencies, with the same versions and hashes; the builder of the image installs that and no more.
It needs the standard library only.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

_PACKAGE = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)==", re.MULTILINE)
_REQUIREMENT = re.compile(r"[\w.-]+")
_VIA = re.compile(r"^\s+#\s+(?:via\s+)?(?P<name>[A-Za-z0-9][\w.-]*)", re.MULTILINE)


def needed(declared: Iterable[str], lock: str) -> list[str]:
    """The blocks of the lock that these requirements lead to, in the order of the lock.

    Raises:
        ValueError: a requirement is not in the lock.
    """
    blocks = blocks_of(lock)
    wanted = {_normalised(_REQUIREMENT.match(each)[0]) for each in declared}  # type: ignore[index]  # a requirement
    if missing := wanted - blocks.keys():
        raise ValueError(f"not in the lock: {', '.join(sorted(missing))}; run make lock")
    parents = {name: {_normalised(each) for each in _VIA.findall(block)} for name, block in blocks.items()}
    while more := {name for name, needed_by in parents.items() if needed_by & wanted} - wanted:
        wanted |= more
    return [block for name, block in blocks.items() if name in wanted]


def blocks_of(lock: str) -> Mapping[str, str]:
    """The lines of each package, by its normalised name."""
    starts = [*_PACKAGE.finditer(lock)]
    ends = [*(each.start() for each in starts[1:]), len(lock)]
    return {
        _normalised(start["name"]): lock[start.start() : end].rstrip() for start, end in zip(starts, ends, strict=True)
    }


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main(project: str, lock: str) -> None:
    """Print them."""
    declared = tomllib.loads(Path(project).read_text(encoding="utf-8"))["project"]["dependencies"]
    sys.stdout.write("\n".join(needed(declared, Path(lock).read_text(encoding="utf-8"))) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
