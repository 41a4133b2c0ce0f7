"""`make prove` without a parameter: everything in this folder, in two lanes side by side, and one table at the end.

The platform lane mostly waits: for pauses, outages and restarts. The other one mostly computes: planted bugs, the
simulation, cuts of the bank file, sweeps and mutants of the law; and it runs the journeys in every way that `make test`
runs in one. Run one after the other they take twice as long. The upgrade, the crash points of what is owed, which move
the clock, and what is pushed, which leaves people, have a platform of their own each, which starts when that of the
platform lane has been taken away.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from tests.journeys.ways import EVERY_WAY

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
PLATFORM = (
    "crash_points",
    "deciding_crash_points",
    "kills",
    "members",
    "outages",
    "topics",
    "poison",
    "poison_classes",
    "restore",
    "accidents_on_the_platform",
)


UPGRADE = "tests/prove/upgrade/test_upgrade.py"
OWING = "tests/prove/test_owing_crash_points.py"
PUSHED = "tests/prove/test_pushed_events.py"


@dataclass
class Lane:
    """Tests that run one after the other in one session of pytest, and how it ended."""

    name: str
    tests: tuple[str, ...]
    after: str = ""
    code: int | None = None
    seconds: float = 0.0
    said: str = ""

    def run(self) -> None:
        """Run to the end; what it says is kept, so that two lanes do not mix."""
        began = time.monotonic()
        command = (sys.executable, "-m", "pytest", "--durations=0", "--durations-min=1", *self.tests)
        done = subprocess.run(  # noqa: S603
            command,
            cwd=ROOT,
            env=os.environ | {EVERY_WAY: "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.code, self.said, self.seconds = done.returncode, done.stdout, time.monotonic() - began
        sys.stdout.write(f"\n==== lane {self.name}, {self.seconds:.0f} s ====\n{self.said}\n")
        sys.stdout.flush()


def journeys() -> tuple[str, ...]:
    """Those that run in one way only within `make test`."""
    files = sorted((ROOT / "tests/journeys").glob("test_*.py"))
    return tuple(path.relative_to(ROOT).as_posix() for path in files if "\n@in_one_way(" in path.read_text())


def lanes() -> Iterator[Lane]:
    """Every test of the folder, in one lane."""
    platform = tuple(f"tests/prove/test_{name}.py" for name in PLATFORM)
    others = [path.relative_to(ROOT).as_posix() for path in sorted(FOLDER.rglob("test_*.py"))]
    yield Lane("platform", platform)
    yield Lane("upgrade", (UPGRADE,), after="platform")
    yield Lane("what is owed", (OWING,), after="platform")
    yield Lane("what is pushed", (PUSHED,), after="platform")
    alone = (*platform, UPGRADE, OWING, PUSHED)
    yield Lane("pure and planted", (*(path for path in others if path not in alone), *journeys()))


def run_in_turn(lane: Lane, all_: Sequence[Lane]) -> None:
    """Run a lane, and then those that come after it."""
    lane.run()
    for each in all_:
        if each.after == lane.name:
            run_in_turn(each, all_)


def main() -> int:
    """Run the lanes side by side; zero when every test of all passed."""
    began, all_ = time.monotonic(), list(lanes())
    threads = [Thread(target=run_in_turn, args=(lane, all_)) for lane in all_ if not lane.after]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.stdout.write("\n| lane | ended | seconds |\n|---|---|---:|\n")
    for lane in all_:
        summary = lane.said.strip().splitlines()[-1].strip("= ") if lane.said.strip() else "said nothing"
        sys.stdout.write(f"| {lane.name} | {summary} | {lane.seconds:.0f} |\n")
    sys.stdout.write(f"| all | | {time.monotonic() - began:.0f} |\n")
    return int(any(lane.code != 0 for lane in all_))


if __name__ == "__main__":
    sys.exit(main())
