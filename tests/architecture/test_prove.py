"""`make prove` runs what its parameters ask for."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT
from tests.hostile import test_documented as short
from tests.prove import test_documented as long
from tests.prove.__main__ import command
from tests.prove.full import lanes
from tests.prove.short import CHOSEN, FOLDER

ONE_FILE = "tests/prove/test_law_mutations.py"


@pytest.mark.parametrize(
    ("environment", "arguments", "chosen"),
    [
        ({}, [], ["tests.prove.full"]),
        ({"SHORT": "", "LONG": ""}, [], ["tests.prove.full"]),
        ({"SHORT": "1"}, [], ["tests.prove.short"]),
        ({"SHORT": "1", "LONG": "1"}, ["-x"], ["tests.prove.short", "-x"]),
        ({"LONG": "1", "KILLS": "300"}, [], ["tests.prove.long"]),
        ({}, ["-k", "planted"], ["pytest", "tests/prove", "-k", "planted"]),
        ({"LONG": "1"}, ["-k", "crash"], ["pytest", "tests/prove", "-k", "crash"]),
        ({}, [ONE_FILE, "-k", "holds"], ["pytest", ONE_FILE, "-k", "holds"]),
    ],
)
def test_the_parameters_choose_what_runs(environment: dict[str, str], arguments: list[str], chosen: list[str]) -> None:
    assert command(environment, arguments) == chosen


def test_make_hands_parameters_and_arguments_on(tmp_path: Path) -> None:
    """The shell takes the quotes off, and make puts what stands on its command line into the environment."""
    program = tmp_path / "python"
    program.write_text('#!/bin/sh\nprintf "%s|" "SHORT=$SHORT" "KILLS=$KILLS" "$@"\n')
    program.chmod(0o755)
    given = ["SHORT=1", "KILLS=3", 'ARGS=-k "a or b"']
    # With -o nothing is installed on the way; what an outer `make test` was given is not for this one.
    order = ["make", "-s", "--no-print-directory", "-o", ".venv/.installed", f"RUN={program}", "prove", *given]
    outer = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "ARGS"))}
    done = subprocess.run(order, cwd=ROOT, env=outer, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "SHORT=1|KILLS=3|-m|tests.prove|-k|a or b|"


def test_the_short_prove_and_the_lanes_of_the_full_one_name_files_that_exist() -> None:
    named = [FOLDER / each.partition("::")[0] for each in CHOSEN]
    named += [ROOT / each for lane in lanes() for each in lane.tests]
    assert len(named) > 20
    assert [path for path in named if not path.exists()] == []


def test_of_the_cases_made_from_the_documents_make_prove_sends_many_times_as_many() -> None:
    assert "tests/prove/test_documented.py" in {path for lane in lanes() for path in lane.tests}
    assert long.CASES >= 20 * short.CASES
