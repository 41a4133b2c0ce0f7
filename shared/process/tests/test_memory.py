"""A process of a service shares most of its memory with those beside it, as long as it leaves those pages alone."""

import subprocess
import sys

from deploy.platform import PROCESSES


def test_no_process_looks_through_all_that_is_imported_for_the_source_of_a_class() -> None:
    """``inspect`` then touches each module and asks the file system for its file: once for every process that starts.

    pydantic does so for each class of models whose docstrings it is to read.
    """
    modules = ", ".join(process.module for process in PROCESSES)
    asked = f"import inspect, {modules}; print(len(inspect.modulesbyfile))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert int(done.stdout) == 0
