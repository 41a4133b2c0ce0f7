"""`make prove LONG=1 KILLS=300 EVENTS=200000 SEEDS=1 SEED=1 MINUTES=40`: long runs with kills, and one table.

Kills and events are shared among the seeds, each of which gets a platform of its own. The exit code is zero when
nothing is lost, doubled, stuck or off by a sen. PROVE_LOGS names a folder that keeps the logs of the platform.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from tests.prove.long.run import Order, Outcome, run

KILLS, EVENTS, SEEDS, SEED = 300, 200_000, 1, 1
HEADING = ("seed", "events", "kills", "lost", "doubled", "stuck over 60 s", "sen paid", "sen to come back", "sen due")
MORE = ("sen differing", "waited over 60 s", "longest wait, s", "quiet after, s", "ended unasked", "minutes")


def orders(environment: Mapping[str, str]) -> list[Order]:
    """The runs that the parameters ask for; raises ValueError for one that is no number or below its least."""
    kills, events = _number(environment, "KILLS", KILLS, 0), _number(environment, "EVENTS", EVENTS, 1)
    seeds, first = _number(environment, "SEEDS", SEEDS, 1), _number(environment, "SEED", SEED, 0)
    minutes = environment.get("MINUTES")
    limit = float(minutes) / seeds if minutes else None
    return [Order(first + at, _share(kills, seeds, at), _share(events, seeds, at), limit) for at in range(seeds)]


def _number(environment: Mapping[str, str], name: str, default: int, least: int) -> int:
    value = int(environment.get(name) or default)
    if value < least:
        raise ValueError(f"{name} is at least {least}")
    return value


def _share(whole: int, parts: int, part: int) -> int:
    return whole // parts + (part < whole % parts)


def table(outcomes: Sequence[Outcome]) -> str:
    """A row for each seed, and what the runs consisted of."""
    rows = [
        (
            *(each.seed, each.events, each.kills, each.lost, each.doubled, each.stuck),
            *(each.paid_sen, each.to_come_back_sen, each.due_sen, each.differing_sen),
            *(
                each.waited_too_long,
                each.longest_wait_s,
                each.quiet_after_s,
                each.restarts_unasked,
                round(each.whole_s / 60, 1),
            ),
        )
        for each in outcomes
    ]
    lines = ["", _row((*HEADING, *MORE)), "|" + "---|" * len((*HEADING, *MORE)), *map(_row, rows), ""]
    for each in outcomes:
        lines += [f"seed {each.seed}: killed {_list(each.killed)}", f"  answered 2xx: {_list(each.done)}"]
        lines += [f"  events: {_list(each.types)}", *(f"  WRONG: {sentence}" for sentence in each.sentences)]
    return "\n".join(lines)


def _row(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _list(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counted.items())


def write_line(line: str) -> None:
    """Write a line where the run is read, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """All the runs, the table, and a line of JSON."""
    outcomes = [run(order, write_line) for order in orders(os.environ)]
    write_line(table(outcomes))
    write_line(json.dumps([asdict(each) for each in outcomes]))
    return 0 if all(each.right for each in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
