"""Tries mutants of the law in the tree that it is started in: `python -m tests.prove.mutations [FILE]`.

MUTANTS (a number, or "all"), SEED and MODULES (a pattern such as "shared/law/act4/*") choose them; the results go to
the file as JSON, and those that nothing noticed are printed.
"""

import importlib
import json
import os
import sys
import time
from collections.abc import Iterable, Mapping
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

from shared.law import cases as law_cases
from shared.law.book import book
from shared.law.case_files import read_cases
from shared.law.determination import determinations
from tests.prove.mutations import nearest
from tests.prove.mutations.mutants import Mutant, modules, mutants, sample
from tests.prove.mutations.trial import Near, killer, prepare_child
from tests.prove.mutations.workers import Outcome, tried

DEFAULT = "120"
OUT_OF_TIME = "time"
READ_AGAIN = 1


def main(arguments: list[str]) -> int:
    """Try the sound law, then the sample; the exit code is 1 when the sound law is red."""
    root = Path.cwd()
    everything = mutants(root, book())
    chosen = _chosen(everything)
    nears = choose(root, {mutant.module for mutant in chosen})
    red = try_sound(nears, root)
    if red:
        sys.stdout.write(f"without a mutant it is not green: {red}\n")
        return 1
    begun = time.monotonic()
    found = []
    for place, outcome in tried([partial(_try, mutant, nears[mutant.module], root) for mutant in chosen]):
        found.append(told(chosen[place], outcome))
        if found[-1]["killer"] == "":
            _write_line(found[-1])
    killed = sum(bool(each["killer"]) for each in found)
    sys.stdout.write(f"{killed} of {len(found)} killed ({len(everything)} in all), {time.monotonic() - begun:.0f} s\n")
    if arguments:
        keys = sorted({mutant.key for mutant in everything})
        Path(arguments[0]).write_text(json.dumps({"keys": keys, "tried": found}), encoding="utf-8")
    return 0


def _chosen(everything: list[Mutant]) -> list[Mutant]:
    size, seed = os.environ.get("MUTANTS") or DEFAULT, int(os.environ.get("SEED") or "1")
    of_modules = [mutant for mutant in everything if fnmatch(mutant.path, os.environ.get("MODULES") or "*")]
    return sample(of_modules, len(of_modules) if size == "all" else int(size), seed)


def choose(root: Path, chosen: Iterable[str]) -> Mapping[str, Near]:
    """What is tried of each module, by import path; all that it needs of others is imported on the way."""
    for path in modules(root):
        importlib.import_module(nearest.name_of(Path(path)))
    questions, cases = determinations(), list(read_cases(law_cases.OWN))
    imports = nearest.Imports.of(root, questions)
    found = {}
    for module in sorted(chosen):
        distances = imports.distances(module)
        tests, farther = nearest.near_tests(distances)
        found[module] = Near(
            stale=tuple(distances),
            cases=tuple(nearest.near_cases(distances, cases, questions)),
            tests=tuple(tests),
            farther_tests=tuple(farther),
        )
    for name in nearest.outside_modules(root, nearest.tests_of_the_law(imports)):
        try:
            importlib.import_module(name)
        except ImportError:  # a name in a module rather than a module
            continue
    return found


def try_sound(nears: Mapping[str, Near], root: Path) -> str:
    """What is red without any mutant: with each test once, and with the module read again that has the most."""
    tests = sorted({test for near in nears.values() for test in (*near.tests, *near.farther_tests)})
    cases = {id(case): case for near in nears.values() for case in near.cases}
    everything = Near((), tuple(cases.values()), tuple(tests), ())
    most = sorted(nears, key=lambda module: len(nears[module].stale), reverse=True)[:READ_AGAIN]
    jobs = [partial(_sound, everything, "", root), *(partial(_sound, nears[module], module, root) for module in most)]
    said = [OUT_OF_TIME if outcome.said is None else outcome.said for _, outcome in tried(jobs)]
    return "; ".join(filter(None, said))


def _sound(near: Near, module: str, root: Path) -> str:
    prepare_child(cpu_seconds=600)
    file = root / nearest.file_of(module)
    code = compile(file.read_text(encoding="utf-8"), str(file), "exec") if module else None
    return killer(near, module, file, code)


def _try(mutant: Mutant, near: Near, root: Path) -> str:
    prepare_child()
    return killer(near, mutant.module, root / mutant.path, mutant.code())


def told(mutant: Mutant, outcome: Outcome) -> dict[str, object]:
    """The result of one mutant as JSON; without a killer it survived."""
    return {
        "path": mutant.path,
        "where": mutant.where,
        "line": mutant.line,
        "before": mutant.before,
        "after": mutant.after,
        "killer": OUT_OF_TIME if outcome.said is None else outcome.said,
        "seconds": round(outcome.seconds, 2),
    }


def _write_line(result: Mapping[str, object]) -> None:
    sys.stdout.write(
        f"{result['path']}:{result['line']} {result['where']}\n  - {result['before']}\n  + {result['after']}\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
