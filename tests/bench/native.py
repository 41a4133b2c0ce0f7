"""In whose machine code processes spend their time, as Linux sees it (perf); nothing where it may not look."""

import re
import shutil
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

PERF, A_SECOND, READY_SECONDS = "perf", "499", 0.5
_SAMPLE = re.compile(r"^\s*.+?\s+(?P<pid>\d+)\s+[0-9a-f]+\s+\((?P<object>.*)\)$")
_ENDING = re.compile(r"(\.cpython|\.abi3|\.so|-[0-9]).*")

# By process id: how many samples fell into the code of which object.
Objects = Mapping[int, Counter[str]]


@contextmanager
def objects_seen(folder: Path) -> Iterator[dict[int, Counter[str]]]:
    """Sample all processes of the machine while the block lasts; what was seen is there after it."""
    seen: dict[int, Counter[str]] = defaultdict(Counter)
    file = folder / "perf.data"
    sampler = _started(file)
    try:
        yield seen
    finally:
        if sampler is not None:
            sampler.terminate()
            sampler.wait()
    if sampler is not None:
        for line in _perf("script", "-i", str(file), "-F", "comm,pid,ip,dso").splitlines():
            if found := _SAMPLE.match(line):
                seen[int(found["pid"])][_name(found["object"])] += 1


def _started(file: Path) -> subprocess.Popen[bytes] | None:
    """The sampler; None where there is none, or where it may not look (kernel.perf_event_paranoid)."""
    if shutil.which(PERF) is None:
        return None
    command = [PERF, "record", "-q", "-a", "-F", A_SECOND, "-e", "cpu-clock", "-o", str(file)]
    sampler = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    time.sleep(READY_SECONDS)
    return sampler if sampler.poll() is None else None


def _perf(*arguments: str) -> str:
    return subprocess.run([PERF, *arguments], capture_output=True, text=True, check=False).stdout  # noqa: S603


def _name(path: str) -> str:
    if path.endswith(".map"):
        return "its own compiler"
    return "the kernel" if path.startswith("[kernel") else _ENDING.sub("", path.rsplit("/", 1)[-1]) or path
