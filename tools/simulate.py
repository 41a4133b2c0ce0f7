"""``make simulate LAW=<overlay> POPULATION=<file or size>``: what an amendment would do, as tables and a picture.

Writes ``report.md``, ``groups.csv`` and ``distribution.svg`` to a folder and prints the report. Amounts are exact; the
picture alone is drawn with floats.
"""

import csv
import os
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from shared.kernel.errors import JaringError
from shared.kernel.money import Sen, half_up, ringgit
from shared.law.simulation.columns import COLUMNS, Column
from shared.law.simulation.effects import Group, MonthOfEffects, simulate
from shared.law.simulation.overlay import Overlay, named
from shared.law.simulation.population import Population, population

DEFAULT_LAW = "ceiling_2024"
DEFAULT_POPULATION = "9830000"
CONTRIBUTIONS = tuple(column for column in COLUMNS if column.paid_by)
BENEFITS = tuple(column for column in COLUMNS if not column.paid_by)


def report(overlay: Overlay, people: Population, months: tuple[MonthOfEffects, ...]) -> Iterator[str]:
    """The report as Markdown: whom it changes, by how much, what it costs, and each class."""
    first = months[0]
    yield f"# {overlay.title}"
    yield ""
    yield f"{overlay.title_ms}. {overlay.law}."
    yield ""
    yield f"As known on {overlay.known}; {len(months)} months from {first.month}; {people.size:,} people."
    yield ""
    yield from _winners(first)
    yield from _ranges(first)
    yield from _costs(months)
    yield from _classes(first)


def _winners(month: MonthOfEffects) -> Iterator[str]:
    yield "## Winners and losers"
    yield ""
    yield "| people | in a month |"
    yield "|---|---:|"
    for text, which in (
        ("entitled to more (winners), of whom some also pay more", "wins"),
        ("pay more and are entitled to no more (losers)", "loses"),
        ("pay more", "pays_more"),
        ("entitled to less, or pay less", "gets_less"),
        ("not touched", "is_untouched"),
    ):
        yield f"| {text} | {month.people(which):,} |"
    yield ""


def _ranges(month: MonthOfEffects) -> Iterator[str]:
    yield "## By how much, from class to class"
    yield ""
    yield "| amount | people whose amount rises | least | most | from the class above |"
    yield "|---|---:|---:|---:|---|"
    for column in COLUMNS:
        risen = [group for group in month.groups if group.change(column) > 0]
        if not risen:
            yield f"| {column.name} | 0 | | | |"
            continue
        shares = month.risen(column)
        most = [group for group in risen if group.before[column.name] and _share(group, column) == shares[-1]]
        count = sum(group.people for group in risen)
        above = f"RM{ringgit(most[0].wage_over)}" if most else ""
        yield f"| {column.name} | {count:,} | {percent(shares[:1])} | {percent(shares[-1:])} | {above} |"
    yield ""


def _share(group: Group, column: Column) -> Fraction:
    return Fraction(group.change(column), group.before[column.name])


def _costs(months: tuple[MonthOfEffects, ...]) -> Iterator[str]:
    yield "## What it costs, in RM"
    yield ""
    yield f"| month | {' | '.join(column.name for column in CONTRIBUTIONS)} | together |"
    yield f"|---|{'---:|' * (len(CONTRIBUTIONS) + 1)}"
    sums = {column.name: 0 for column in CONTRIBUTIONS}
    for month in months:
        totals = {column.name: month.total(column) for column in CONTRIBUTIONS}
        sums = {name: sums[name] + total for name, total in totals.items()}
        yield _cost_row(str(month.month), totals)
    yield _cost_row("all", sums)
    yield ""
    yield "What more is paid out depends on how many are injured, which no amendment says: benefits are a person's."
    yield ""


def _cost_row(name: str, totals: dict[str, Sen]) -> str:
    cells = [*totals.values(), sum(totals.values())]
    return f"| {name} | {' | '.join(thousands(cell) for cell in cells)} |"


def _classes(month: MonthOfEffects) -> Iterator[str]:
    yield "## By class"
    yield ""
    yield f"| wage above | up to | people | {' | '.join(column.name for column in COLUMNS)} | cost in the month |"
    yield f"|---:|---:|---:|{'---:|' * (len(COLUMNS) + 1)}"
    for group in month.groups:
        if not any(group.change(column) for column in COLUMNS):
            continue
        to = "" if group.wage_to is None else ringgit(group.wage_to)
        cells = [_before_and_after(group, column) for column in COLUMNS]
        cost = group.people * sum(group.change(column) for column in CONTRIBUTIONS)
        yield f"| {ringgit(group.wage_over)} | {to} | {group.people:,} | {' | '.join(cells)} | {thousands(cost)} |"


def _before_and_after(group: Group, column: Column) -> str:
    before, after = group.before[column.name], group.after[column.name]
    if before == after:
        return ringgit(before)
    change = f" (+{percent([_share(group, column)])})" if before and after > before else ""
    return f"{ringgit(before)} → {ringgit(after)}{change}"


def percent(shares: list[Fraction]) -> str:
    """A share as a percentage with two decimals, half up; nothing for no share."""
    return f"{ringgit(half_up(shares[0] * 10_000))} %" if shares else ""


def thousands(sen: Sen) -> str:
    """An amount in ringgit with separators, for reading only."""
    whole, _, cents = ringgit(abs(sen)).partition(".")
    return f"{'-' if sen < 0 else ''}{int(whole):,}.{cents}"


def write_groups(file: Path, months: tuple[MonthOfEffects, ...]) -> None:
    """Every group of every month with both laws' amounts, as CSV in sen."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        names = [f"{column.name}, {which}" for column in COLUMNS for which in ("before", "after")]
        writer.writerow(["month", "wage_over_sen", "wage_to_sen", "category", "act800", "skbbk", "people", *names])
        for month in months:
            for group in month.groups:
                amounts = [law[column.name] for column in COLUMNS for law in (group.before, group.after)]
                who = (group.person.category.value, group.person.insured, group.person.takes_part)
                writer.writerow([month.month, group.wage_over, group.wage_to, *who, group.people, *amounts])


def draw(file: Path, overlay: Overlay, month: MonthOfEffects) -> None:
    """The distribution as SVG: people by wage, and by how much each amount rises there."""
    os.environ.setdefault("MPLCONFIGDIR", str(file.parent / ".matplotlib"))
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "jaring"
    from matplotlib import pyplot

    groups = [group for group in month.groups if group.wage_to is not None or group.people]
    lefts = [group.wage_over / 100 for group in groups]
    last = max(lefts) + 1_000
    widths = [(group.wage_to / 100 if group.wage_to is not None else last) - group.wage_over / 100 for group in groups]
    figure, (top, bottom) = pyplot.subplots(2, 1, sharex=True, figsize=(10, 7), layout="constrained")
    top.bar(lefts, [group.people for group in groups], widths, align="edge", color="#2f6f8f")
    top.set_ylabel("people (the last bar: all above)")
    top.set_title(f"{overlay.title}\n{month.month}")
    for column in COLUMNS:
        points = [
            (left, float(_share(group, column)) * 100)
            for left, group in zip(lefts, groups, strict=True)
            if group.before[column.name]
        ]
        if any(share for _, share in points):
            bottom.step([left for left, _ in points], [share for _, share in points], where="post", label=column.name)
    bottom.set_ylabel("rise of the amount, %")
    bottom.set_xlabel("monthly wage, RM")
    if bottom.get_legend_handles_labels()[0]:
        bottom.legend(fontsize="small")
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)


def main(environment: dict[str, str]) -> int:
    """Simulate what LAW and POPULATION name and write it to OUT; 1 when one of them cannot be read."""
    try:
        folder = named(environment.get("LAW") or DEFAULT_LAW)
        overlay, people = Overlay.load(folder), population(environment.get("POPULATION") or DEFAULT_POPULATION)
        months = simulate(overlay, people)
    except JaringError as fault:
        sys.stdout.write(f"{type(fault).title}: {fault.detail}\n")
        return 1
    out = Path(environment.get("OUT") or Path(".state") / "simulations" / folder.name)
    out.mkdir(parents=True, exist_ok=True)
    text = "\n".join(report(overlay, people, months)) + "\n"
    (out / "report.md").write_text(text, encoding="utf-8")
    write_groups(out / "groups.csv", months)
    draw(out / "distribution.svg", overlay, months[0])
    sys.stdout.write(f"{text}\nWritten to {out}: report.md, groups.csv (in sen), distribution.svg\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(dict(os.environ)))
